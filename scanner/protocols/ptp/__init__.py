"""Precision Time Protocol (IEEE 1588)."""
