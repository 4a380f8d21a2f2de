"""How the algorithms are called that protect the radio (3GPP TS 33.501, sections 5.11.1.1 and 5.11.1.2)."""

from __future__ import annotations


def algorithm(what: str, number: int) -> str:
    """``NEA0``, ``128-NIA2``. what: EA for ciphering, IA for integrity."""
    return f"N{what}0" if number == 0 else f"128-N{what}{number}"
