"""What answers say about being kept on their way."""

PRIVATE = "private, no-store"
NO_STORE = {"Cache-Control": PRIVATE}
"""The header of what is somebody's own."""
