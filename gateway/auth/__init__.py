"""Who is calling, what the caller may do, and how often."""
