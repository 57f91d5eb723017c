"""The figures of the installation, for those who run it (CONTRACT §3.10)."""
