"""What developers read: the guide, the reference of `/v1`, and llms.txt for their models."""
