"""The locked environments that models are scored in."""
