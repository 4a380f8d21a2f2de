"""Saved outputs of switches: what they learnt of addresses, neighbours and the state of their ports."""

from scanner.outputs.document import parse_outputs, recognises

__all__ = ["parse_outputs", "recognises"]
