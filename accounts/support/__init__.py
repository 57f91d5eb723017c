"""What people write to us, and how members of staff answer."""
