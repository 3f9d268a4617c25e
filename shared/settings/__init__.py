"""The settings of a deployment, read from environment variables."""
