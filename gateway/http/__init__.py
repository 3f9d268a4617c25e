"""HTTP: request parameters, error responses, security headers, request ids, OpenAPI operations."""
