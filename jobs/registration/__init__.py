"""How an upload becomes a fact of the registry: what happened, what was found, and the append."""
