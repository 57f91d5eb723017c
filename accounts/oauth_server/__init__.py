"""Our own OAuth 2.1 authorization server: apps ask here for tokens that open `/mcp`.

`tokens.resolve` says whom a token stands for. Sign-in at others is `accounts.oauth`.
"""
