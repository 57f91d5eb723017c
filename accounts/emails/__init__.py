"""E-mail addresses: proved by a link, and changed."""
