"""What a config.xml of OPNsense looks like: its outermost element, and what stands in it."""

from __future__ import annotations

from scanner.configs.pf_firewalls.recognition import outermost
from scanner.resemblance import Resemblance


def resemblance(head: bytes) -> Resemblance:
    """How much the first bytes of a file are such a file."""
    return outermost(head, b"opnsense")
