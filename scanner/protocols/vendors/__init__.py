"""Protocols of single vendors that fill one file each."""
