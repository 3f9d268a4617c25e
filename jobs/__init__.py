"""What runs to an end (Cloud Run Jobs), and what an event starts (the register service)."""
