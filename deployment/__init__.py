"""What checks, builds and deploys."""
