"""What both the gateway and the jobs import; importing it has no effect."""
