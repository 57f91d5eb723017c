"""Passwords: forgotten, reset, changed, and which are too well known."""
