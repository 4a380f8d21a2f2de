"""Protocols by which routers find routes, groups and who of them is the gateway."""
