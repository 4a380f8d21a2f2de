"""The MAC addresses from which an end of a conversation sends, but for those of routers that pass its packets on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

_PASSING = 8  # packets that a router passes on, to one of which the capture lacks the original


class OtherSender(NamedTuple):
    """A further MAC address of an end, and the first frame from it."""

    mac: str
    frame: int


Others = tuple[OtherSender, ...]


def senders(rows: Any, chains: Any, end: str) -> dict[int, tuple[str, Others]]:
    """Of rows of the kernel's conversations in which an end has several MAC addresses: its own, and others.

    chains: the kernel's table ``senders``. end: client, server.
    """
    first, packets = rows[f"{end}_senders"], rows[f"{end}_packets"]
    several = first.nonzero()[0].tolist()
    return {number: _apart(int(packets[number]), list(_chain(chains, int(first[number])))) for number in several}


def _apart(packets: int, known: list[tuple[str, int, int, int]]) -> tuple[str, Others]:
    """packets: of all senders, those included that were not counted as nobody else had sent yet."""
    before = packets - sum(alone + passed for _, alone, passed, _ in known)
    own = [alone + (before if place == 0 else 0) for place, (_, alone, _, _) in enumerate(known)]
    others = [
        OtherSender(mac, frame)
        for (mac, _, passed, frame), alone in zip(known, own, strict=True)
        if alone > 0 and _PASSING * alone > passed
    ]
    return (others[0].mac, tuple(others[1:])) if others else (known[0][0], ())


def _chain(chains: Any, row: int) -> Iterator[tuple[str, int, int, int]]:
    while row:
        found = chains[row]
        yield mac_text(int(found["mac"])), int(found["alone"]), int(found["passed"]), int(found["frame"])
        row = int(found["next"])


def each_once(own: str, others: Iterable[OtherSender]) -> Others:
    """The others than ``own``, in their order."""
    found = {other.mac: other for other in reversed(list(others)) if other.mac not in ("", own)}
    return tuple(reversed(found.values()))


def mac_text(mac: int) -> str:
    """Lower case with colons; empty for 0, which stands for unknown."""
    return mac.to_bytes(6, "big").hex(":") if mac else ""
