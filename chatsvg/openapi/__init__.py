"""What `/api` says of itself (OpenAPI 3.1): made of the routes when asked, never kept by hand."""
