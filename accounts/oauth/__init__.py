"""Signing in by an account elsewhere: Google and GitHub."""
