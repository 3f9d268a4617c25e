"""How an upload becomes an event of the registry: what happened, what was found, and the append."""
