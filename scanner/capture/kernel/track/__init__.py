"""Who speaks with whom: conversations, connections, hosts, services and tunnels."""
