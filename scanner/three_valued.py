"""Truth where something may not be known, which is None (Kleene's strong logic)."""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def every(truths: Iterable[Truth]) -> Truth:
    """All of them."""
    found = set(truths)
    return False if False in found else None if None in found else True


def some(truths: Iterable[Truth]) -> Truth:
    """One of them."""
    found = set(truths)
    return True if True in found else None if None in found else False
