"""Radio networks."""
