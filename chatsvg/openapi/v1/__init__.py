"""What `/v1` says of itself (OpenAPI 3.1), with an example of every request and answer."""
