"""The zones-and-conduits policy of a plant: read, checked, and given as rows of the facts."""

from scanner.policy.document import Policy, read_policy, recognises

__all__ = ["Policy", "read_policy", "recognises"]
