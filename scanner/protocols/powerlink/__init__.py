"""Ethernet POWERLINK."""
