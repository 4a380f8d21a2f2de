"""Captures that are parts of one, which saw the same time: a full-duplex tap writes a file for each direction, and so
does an adapter for each of its queues.

Two files are such parts when they begin together and have connections in common of which, but for a few, one has the
one direction and the other the other. Files that go on with one of them, a ring, belong to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.capture.directions import Directions, directions, opposite
from scanner.capture.read import Measured, goes_on, measured
from scanner.capture_entries import CaptureEntry, content_of, next_in_ring
from scanner.succession import follows

MOST_PARTS = 16  # files that are read at one time; a queue for each processor of a small computer
_COMPARED = 32  # files that began last, which a file is compared with


@dataclass
class ReadTogether:
    """Files that are read together, in the order in which they begin; mostly one.

    packets: how many each has; empty when it is one file, which is read whatever it has.
    """

    entries: list[CaptureEntry]
    packets: list[int] = field(default_factory=list)


def together(entries: Sequence[CaptureEntry]) -> list[ReadTogether]:
    """The files of a folder, which are in the order of their time, by what is to be read together."""
    kin = _kin(entries)
    if not kin:
        return [ReadTogether([entry]) for entry in entries]
    groups: list[_Growing] = []
    of: dict[int, _Growing] = {}
    for number, entry in enumerate(entries):
        mine = next((of[other] for other in kin.get(number, ()) if other in of), None)
        mine = mine or next((group for group in groups if group.goes_on_with(entry)), None)
        if mine is None:
            mine = _Growing(bound=number in kin)
            groups.append(mine)
        mine.take(entry)
        of[number] = mine
    return [group.made() for group in groups]


@dataclass
class _Growing:
    """A group that may still get files. bound: it has parts, so it is worth asking when each of its files ends."""

    bound: bool
    entries: list[CaptureEntry] = field(default_factory=list)
    known: list[Measured] = field(default_factory=list)

    def take(self, entry: CaptureEntry) -> None:
        """The file belongs here."""
        self.entries.append(entry)
        if self.bound:
            self.known.append(_measured(entry))

    def goes_on_with(self, entry: CaptureEntry) -> bool:
        """The file is the next one of the ring of a part."""
        if not self.bound:
            return False
        latest = {one.series: (one, known) for one, known in zip(self.entries, self.known, strict=True)}
        one, known = latest.get(entry.series, (None, None))
        if one is None or known is None:
            return False
        numbered_so = next_in_ring(one.input, entry.input) and follows(entry.first.time, known.last_time)
        return numbered_so or goes_on(known.last_time, entry.first.time)

    def made(self) -> ReadTogether:
        """What has become of it."""
        return ReadTogether(self.entries, [known.packets for known in self.known] if len(self.entries) > 1 else [])


def _kin(entries: Sequence[CaptureEntry]) -> Mapping[int, set[int]]:
    """By index of a file those that are parts of the same."""
    kin: dict[int, set[int]] = {}
    seen: dict[int, Directions] = {}
    for one, other in _begun_together(entries):
        for number in (one, other):
            if number not in seen:
                seen[number] = _directions(entries[number])
        found = kin.get(one, {one}) | kin.get(other, {other})
        if len(found) <= MOST_PARTS and opposite(seen[one], seen[other]):
            for number in found:
                kin[number] = found
    return kin


def _begun_together(entries: Sequence[CaptureEntry]) -> Iterator[tuple[int, int]]:
    """Pairs of files of which the later one begins before the first chunk of the other ends."""
    for number, entry in enumerate(entries):
        if entry.first.time:
            for other in range(max(0, number - _COMPARED), number):
                if entries[other].first.time and entry.first.time <= entries[other].first.until:
                    yield other, number


def _directions(entry: CaptureEntry) -> Directions:
    from scanner.protocols import framing_plan

    try:
        return directions(content_of(entry.input), framing_plan())
    except Exception:  # noqa: BLE001 - reading it says why
        return {}


def _measured(entry: CaptureEntry) -> Measured:
    try:
        return measured(content_of(entry.input))
    except Exception:  # noqa: BLE001 - the same
        return Measured(0, entry.first.until)
