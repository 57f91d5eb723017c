"""Pages of drawings and of making them, and the files themselves."""
