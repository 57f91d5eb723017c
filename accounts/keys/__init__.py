"""API keys: made, listed, revoked and counted by people; presented to `/v1` by their programs."""
