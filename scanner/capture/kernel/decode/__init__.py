"""A record to its addresses, ports and payload: link layers, tunnels, IP."""
