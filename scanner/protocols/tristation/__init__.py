"""Triconex TriStation."""
