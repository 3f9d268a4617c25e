"""What happens to an approved version: aliases, and promotion to the next environment."""
