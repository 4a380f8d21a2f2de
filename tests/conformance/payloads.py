"""What the transports of a capture carry, put together from tshark's fields and nothing of otaudit's.

UDP gives its datagrams, layer 2 what tshark leaves to nobody, TCP the bytes of each side of a connection in the order
of their sequence numbers: repeated bytes once, a new piece after a gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conformance import oracle

PORTS = ("tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport")
FIELDS = (*PORTS, "tcp.stream", "tcp.seq", "tcp.payload", "udp.payload", "data.data")


@dataclass(frozen=True)
class Piece:
    """Bytes that follow one another; ``starts`` are where segments begin in them."""

    transport: str
    source: str
    target: str
    source_port: int
    target_port: int
    data: bytes
    starts: tuple[int, ...] = (0,)


def pieces(capture: Path) -> Iterator[Piece]:
    """Everything that is carried, datagrams as they come, streams behind them."""
    streams: defaultdict[tuple[str, str, str, int, int], list[tuple[int, bytes]]] = defaultdict(list)
    for frame in oracle.frames(capture, FIELDS, ()):
        for transport in ("tcp", "udp"):
            if frame.get(f"{transport}.payload"):
                ports = [int(frame[f"{transport}.{end}port"][-1]) for end in ("src", "dst")]
                data = bytes.fromhex(frame[f"{transport}.payload"][-1].replace(":", ""))
                ends = _ends(frame)
                if transport == "udp":
                    yield Piece("udp", *ends, *ports, data)
                else:
                    key = (frame["tcp.stream"][-1], *ends, *ports)
                    streams[key].append((int(frame["tcp.seq"][-1]), data))
                break
        else:
            source, target = (frame.get(f"eth.{end}", [""])[-1] for end in ("src", "dst"))
            for text in frame.get("data.data", ()):
                yield Piece("ethernet", source, target, 0, 0, bytes.fromhex(text.replace(":", "")))
    for (_, source, target, source_port, target_port), segments in streams.items():
        for data, starts in _joined(segments):
            yield Piece("tcp", source, target, source_port, target_port, data, starts)


def _ends(frame: dict[str, list[str]]) -> tuple[str, str]:
    """The innermost addresses."""
    kind = "ip" if "ip.src" in frame else "ipv6"
    return frame.get(f"{kind}.src", [""])[-1], frame.get(f"{kind}.dst", [""])[-1]


def _joined(segments: list[tuple[int, bytes]]) -> Iterator[tuple[bytes, tuple[int, ...]]]:
    """(bytes without a gap, where segments begin in them)."""
    data = bytearray()
    starts: list[int] = []
    expected = None
    for sequence, payload in sorted(segments, key=lambda s: s[0]):
        if expected is not None and sequence > expected:
            yield bytes(data), tuple(starts)
            data, starts, expected = bytearray(), [], None
        known = 0 if expected is None else expected - sequence
        if known < len(payload):
            starts.append(len(data))
            data += payload[known:]
            expected = sequence + len(payload)
    if data:
        yield bytes(data), tuple(starts)
