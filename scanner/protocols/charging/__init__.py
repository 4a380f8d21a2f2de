"""Charging of electric vehicles: OCPP."""
