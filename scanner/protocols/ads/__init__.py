"""Beckhoff ADS/AMS."""
