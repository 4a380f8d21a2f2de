"""Mitsubishi SLMP, MELSOFT and CC-Link IE."""
