"""Which port of which switch is connected to what: a part of the results model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CableRow:
    """A link, as switches and devices tell it."""

    device: str  # the switch
    port: str
    other_device: str
    other_port: str  # empty: not told
    sure: str  # both-ends, one-end, one-sided, contradicted, learned
    known: bool | None  # by an inventory or configuration; None: it cannot be told
    source: str  # file in which it is said first
    line: int


@dataclass(frozen=True, slots=True)
class OccupiedPortRow:
    """A port of a switch with devices behind it."""

    device: str
    port: str
    mode: str  # access, trunk, routed; empty: not told
    names: tuple[str, ...]  # of the devices, else their MAC addresses
    macs: tuple[str, ...]
    captured: bool | None  # one of them was seen talking with somebody; None: without captures
    unseen: tuple[str, ...]  # those that were not
    source: str  # file in which the first is said
    line: int
