"""Siemens S7comm and S7comm-plus, and the transport class 0 that carries them."""
