"""Words and rules that the gateway and the jobs both need; nothing happens at import."""
