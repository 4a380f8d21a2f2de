"""Inventories (one reader a format) and the devices seen, reconciled."""
