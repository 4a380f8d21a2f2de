"""Synchrophasors (IEEE C37.118)."""
