"""Socket.IO (CONTRACT §5) for the React client: one more face of what `realtime` publishes."""
