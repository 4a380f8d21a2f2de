"""Sercos III."""
