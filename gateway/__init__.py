"""The door: small, stateless, without pandas and scikit-learn. Launches jobs, answers with ids."""
