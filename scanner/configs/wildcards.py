"""Dotted quads as numbers, and the addresses of wildcards whose free bits do not all stand at the end."""

from __future__ import annotations

import itertools
import re

from scanner.intervals import united

MOST_HOLES = 8  # bits of a wildcard that leave holes, so 256 networks
_QUAD = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")


def number(dotted: str) -> int | None:
    """A dotted quad as a number, None if it is none."""
    if not _QUAD.fullmatch(dotted):
        return None
    parts = [int(part) for part in dotted.split(".")]
    if max(parts) > 255:
        return None
    return (parts[0] << 24) | (parts[1] << 16) | (parts[2] << 8) | parts[3]


def spans_with_holes(address: str, wildcard: str) -> list[tuple[int, int]] | None:
    """The addresses of ``10.0.0.0 0.255.0.255``, the first and last of each piece; None where they are no dotted quads,
    or more pieces than MOST_HOLES bits make.
    """
    base, free = number(address), number(wildcard)
    if base is None or free is None:
        return None
    tail = (~free & (free + 1)).bit_length() - 1  # free bits at the end
    holes = [bit for bit in range(tail, 32) if free >> bit & 1]
    if len(holes) > MOST_HOLES:
        return None
    base &= ~free
    size = 1 << tail
    some = (bits for count in range(len(holes) + 1) for bits in itertools.combinations(holes, count))
    starts = sorted(base | sum(1 << bit for bit in bits) for bits in some)
    return united((start, start + size - 1) for start in starts)


def inverse(mask: str) -> str:
    """The bits that a mask leaves free, as a wildcard; the text itself where it is no dotted quad."""
    held = number(mask)
    return mask if held is None else ".".join(str(~held >> shift & 255) for shift in (24, 16, 8, 0))


def free_bits(wildcard: str) -> int:
    """How many bits of an address the wildcard leaves open; none where it is no dotted quad."""
    return (number(wildcard) or 0).bit_count()
