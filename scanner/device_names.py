"""By what names of devices are compared, wherever they come from: policy, inventory, configuration."""

from __future__ import annotations

# Full-width forms of ASCII, and the ideographic space (Unicode, Halfwidth and Fullwidth Forms).
_PLAIN = {0xFF01 + at: 0x21 + at for at in range(94)} | {0x3000: 0x20}


def in_half_width(text: str) -> str:
    """The text without full-width letters, which whoever writes Chinese or Japanese types unawares."""
    return text if text.isascii() else text.translate(_PLAIN)


def with_domain(one: str, other: str) -> bool:
    """One is the other with a domain behind it: plc-1 and PLC-1.plant.example.

    >>> with_domain("PLC-1.plant.example", "plc-1"), with_domain("plc-1", "plc-10.plant.example")
    (True, False)
    """
    shorter, longer = sorted((name_key(one), name_key(other)), key=len)
    return bool(shorter) and longer.startswith(f"{shorter}.")


def name_key(name: str) -> str:
    """Case makes no difference, and neither do full-width letters. Letters that only look alike (Cyrillic, Greek) stay
    different: they may be meant to deceive.
    """
    return in_half_width(name).casefold()
