"""HTTP: parameters in, error answers out, security headers, request ids."""
