"""The HTTP API and console: stateless, launches jobs, imports neither pandas nor scikit-learn."""
