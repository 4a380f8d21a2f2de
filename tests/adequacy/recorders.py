"""Who records what is sent in the plant, and how well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.capture.files import pcap
from tests.twins import Record

PLANT = "plant.pcap"


@dataclass(frozen=True)
class Recorder:
    """Writes a file; of everything, in time and whole, unless it says otherwise.

    hears: ``everything``, or what the violation adds. ahead: seconds that its clock is. until: the second since the
    plant's recording began, in which it stops. snap: the bytes that it keeps of a packet. cut: bytes that were lost of
    the end of its file.
    """

    file: str = PLANT
    hears: str = "everything"
    ahead: float = 0
    until: float = float("inf")
    snap: int = 65_535
    cut: int = 0

    def records(self, own: Sequence[Record], added: Sequence[Record]) -> Iterable[Record]:
        """Of the plant's own traffic and what is added to it."""
        heard = sorted([*own, *added] if self.hears == "everything" else added, key=lambda record: record[:2])
        began = min(record[0] for record in [*own, *added])
        for seconds, fraction, frame, wire in heard:
            if seconds + fraction / 1e6 - began < self.until:
                moment = round((seconds + self.ahead) * 1_000_000) + fraction
                yield moment // 1_000_000, moment % 1_000_000, frame[: self.snap], wire

    def written(self, own: Sequence[Record], added: Sequence[Record]) -> bytes:
        """The file."""
        whole = pcap(self.records(own, added))
        return whole[: len(whole) - self.cut]
