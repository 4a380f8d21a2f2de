"""TLS and DTLS, certificates and cipher suites."""
