"""Checks Terraform without a cloud, and formats it: `python -m deployment.terraform`."""
