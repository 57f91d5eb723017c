"""What members of staff may see and do in the admin."""
