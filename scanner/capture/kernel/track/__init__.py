"""Who speaks with whom: conversations, connections, TCP reassembly, hosts, services and tunnels."""
