"""Protocols between switches and their neighbours."""
