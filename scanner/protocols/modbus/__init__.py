"""Modbus TCP, RTU and ASCII, with Schneider's UMAS."""
