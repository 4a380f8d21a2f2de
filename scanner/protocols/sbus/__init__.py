"""SAIA Ether-S-Bus."""
