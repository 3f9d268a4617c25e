"""What a caller asks for: parameters, their rules, and the request they make up."""
