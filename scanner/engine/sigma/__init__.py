"""Sigma rules of network categories as otaudit's own: what maps onto the tables is written, the rest is told."""
