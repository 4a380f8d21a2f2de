"""Virtual private networks: how their ends agree on keys, and what can be seen of what they carry."""
