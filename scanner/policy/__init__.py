"""Zones, conduits and roles."""
