"""Mobile networks."""
