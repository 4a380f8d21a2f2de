"""``python -m tests.conformance.loss [FOLDER...]``: how many messages remain when packets were lost, for each reader.

Of every capture that holds enough messages of one of ``TABLES``, packets are dropped at random with a fixed seed, 1, 5
and 20 in a hundred, and otaudit and tshark read what is left. A message is kept when the same reader counted it, by its
function or service, in the whole capture too; what only the broken capture shows is not, and stands apart as invented.
A Markdown table is printed: each reader's share of what it counted in the whole captures.

Without a folder the capture is one that is built, of Modbus messages that span segments, and Suricata reads it too,
where it is installed.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from scapy.error import Scapy_Exception
from scapy.utils import RawPcapReader, RawPcapWriter

from scanner.protocols import protocols
from tests.conformance import spanning
from tests.conformance.compare import compare
from tests.conformance.known import captures
from tests.conformance.spec import Value

LOST = (0.01, 0.05, 0.20)
SEED = 62443
FEWEST = 40  # messages in the whole capture
TABLES = {
    "modbus": ("function code",),
    "s7comm": ("rosctr",),
    "opcua": ("message type",),
    "mms": ("request", "response", "unconfirmed", "PDU"),
    "iec104": ("format",),
    "dnp3": ("function",),
}
READERS = ("otaudit", "tshark")
SURICATA = "Suricata"


def main(arguments: list[str]) -> int:
    """Every capture below the folders, or the one that is built."""
    if not arguments:
        sys.stdout.writelines(f"{line}\n" for line in of_spanning())
        return 0
    kept: Counter[tuple[str, str, float]] = Counter()
    invented: Counter[tuple[str, str, float]] = Counter()
    whole: Counter[tuple[str, str]] = Counter()
    held: defaultdict[str, int] = defaultdict(int)
    for capture in (c for folder in arguments for c in captures(Path(folder))):
        before = counted(capture)
        if not before or not can_be_thinned(capture):
            continue
        for protocol, sides in before.items():
            held[protocol] += 1
            for reader, values in zip(READERS, sides, strict=True):
                whole[protocol, reader] += values.total()
        for share in LOST:
            after = counted(capture, share)
            for protocol, sides in before.items():
                for reader, had, has in zip(READERS, sides, after.get(protocol, (Counter(), Counter())), strict=True):
                    kept[protocol, reader, share] += (had & has).total()
                    invented[protocol, reader, share] += (has - had).total()
    sys.stdout.writelines(f"{line}\n" for line in table(held, whole, kept, invented))
    return 0


def of_spanning() -> Iterator[str]:
    """A row for each reader: messages in the whole capture, and the share of them that is left."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "spanning.pcap"
        spanning.build(whole)
        before = _of_each(whole)
        kept: defaultdict[str, list[str]] = defaultdict(list)
        for share in LOST:
            part = Path(folder) / "lossy.pcap"
            thinned(whole, part, share)
            for reader, has in _of_each(part).items():
                kept[reader].append(f"{(before[reader] & has).total() / before[reader].total():.3f}")
    yield f"| reader | messages | {' | '.join(f'{100 * share:.0f} % lost' for share in LOST)} |"
    yield "|---|---:|" + "---:|" * len(LOST)
    for reader, shares in kept.items():
        yield f"| {reader} | {before[reader].total():,} | {' | '.join(shares)} |"


def _of_each(capture: Path) -> dict[str, Counter[Value]]:
    """Reader -> Modbus messages by function; without Suricata where that is not installed."""
    (one,) = (c for c in compare(capture, capture.name) if c.protocol == "modbus")
    found = {name: _messages("modbus", side) for name, side in zip(READERS, (one.ours, one.theirs), strict=True)}
    logged = spanning.suricata(capture)
    return found if logged is None else {**found, SURICATA: logged}


def counted(capture: Path, lost: float = 0.0) -> dict[str, tuple[Counter[Value], Counter[Value]]]:
    """Protocol -> messages by function, of either reader, where the whole capture holds enough of them."""
    with tempfile.TemporaryDirectory() as folder:
        read = capture
        if lost:
            read = Path(folder) / "lossy.pcap"
            if not thinned(capture, read, lost):
                return {}
        found = {}
        for one in compare(read, capture.name):
            sides = tuple(_messages(one.protocol, side) for side in (one.ours, one.theirs))
            if lost or min(side.total() for side in sides) >= FEWEST:
                found[one.protocol] = sides
    return {name: (sides[0], sides[1]) for name, sides in found.items() if name in TABLES}


def can_be_thinned(capture: Path) -> bool:
    """Whether it can be written again."""
    with tempfile.TemporaryDirectory() as folder:
        return thinned(capture, Path(folder) / "whole.pcap", 0.0)


def _messages(protocol: str, values: Counter[Value]) -> Counter[Value]:
    return Counter({value: count for value, count in values.items() if value[0] in TABLES.get(protocol, ())})


def thinned(capture: Path, into: Path, lost: float) -> bool:
    """The capture without packets taken at random; False when it is none that can be written again."""
    choose = random.Random(f"{SEED}{capture.name}{lost}")  # noqa: S311 - repeatable on purpose
    writer = None
    try:
        with RawPcapReader(str(capture)) as packets:
            for data, head in packets:
                sec, usec = _time(head)
                link = packets.linktype if hasattr(head, "sec") else head.linktype
                if writer is None:
                    writer = RawPcapWriter(str(into), linktype=link, sync=True)
                    writer.write_header(None)
                if link != writer.linktype:
                    return False
                if choose.random() >= lost:
                    writer.write_packet(data, sec=sec, usec=usec, caplen=len(data), wirelen=head.wirelen)
    except (OSError, ValueError, Scapy_Exception):
        return False
    finally:
        if writer is not None:
            writer.close()
    return writer is not None


def _time(head: Any) -> tuple[int, int]:
    """(seconds, microseconds) of a packet of either format."""
    if hasattr(head, "sec"):
        return head.sec, head.usec
    ticks = (head.tshigh or 0) << 32 | (head.tslow or 0)
    return ticks // head.tsresol, ticks % head.tsresol * 1_000_000 // head.tsresol


def table(
    held: dict[str, int],
    whole: Counter[tuple[str, str]],
    kept: Counter[tuple[str, str, float]],
    invented: Counter[tuple[str, str, float]],
) -> Iterator[str]:
    """Rows of protocols, columns of shares lost."""
    titles = [f"{100 * share:.0f} % lost: {reader}" for share in LOST for reader in READERS]
    yield f"| protocol | captures | messages | {' | '.join(titles)} | invented by otaudit | by tshark |"
    yield "|---|---:|---:|" + "---:|" * (len(titles) + 2)
    for name in sorted(held):
        shares = [f"{kept[name, r, s] / whole[name, r]:.3f}" for s in LOST for r in READERS]
        more = [f"{sum(invented[name, r, s] for s in LOST):,}" for r in READERS]
        cells: Iterable[str] = (*shares, *more)
        title = protocols()[name].title
        yield f"| {title} | {held[name]} | {whole[name, READERS[0]]:,} | {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
