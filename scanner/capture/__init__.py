"""Packets to distinct messages: containers, the compiled kernel, and the result they give."""
