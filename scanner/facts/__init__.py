"""Typed tables: the only thing that rules see."""
