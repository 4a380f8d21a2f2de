"""The language of rules: selections, conditions, values, correlations and messages."""
