"""Traffic that stands in YAML byte by byte: frames, and conversations line by line, over and over.

A line is ``> hex`` or ``< hex`` for what client and server say, with text instead of digits behind ``>:`` and ``<:``,
``again`` for the last segment once more, ``> lost 1000`` for bytes of TCP that nobody recorded, or a number for seconds
of waiting. In lines and frames ``{n}`` counts the times, in any format of Python, and ``{z:0<8}`` are eight zeros; in
lines stand names of messages of ``parts.yaml``, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from ipaddress import IPv4Address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import yaml

from fixtures.record.wire import ACK, PSH, START, Tcp, Udp, Wire, ipv4, mac_of, udp_datagram
from tests.capture.frames import gtp
from tests.twins import is_ip, records, summed

CLIENT_PORT = 61_000  # the first: no recording has it
GTP_U = 2152
PARTS = Path(__file__).parent / "parts.yaml"
Timed = Iterator[tuple[float, bytes]]


class Played(Protocol):
    """What has frames with their time since the plant's recording began."""

    def play(self) -> Timed: ...


@dataclass(frozen=True)
class Frames:
    """Frames one after the other, times over, every so many seconds."""

    frames: Sequence[str]
    times: int
    every: float
    at: float

    def play(self) -> Timed:
        """With right checksums."""
        for n in range(self.times):
            for number, frame in enumerate(self.frames):
                raw = bytes.fromhex(frame.format(n=n, z="")).ljust(60, b"\0")
                yield self.at + n * self.every + number / 1000, summed(raw) if is_ip(raw) else raw


@dataclass(frozen=True)
class Talk:
    """A conversation of client and server over ``port`` (``tcp/502``), each block of lines as often as it says."""

    ends: tuple[str, str]
    port: str
    blocks: Sequence[Mapping[str, Any]]
    at: float
    each: bool = False  # time in a conversation of its own
    over: str = ""  # what is another one each time: ``hosts``
    hops: Sequence[int] = ()  # times to live of what the server sends, in turn
    rounds: int = 1  # that every packet comes, each time with less time to live

    def play(self) -> Timed:
        """All of it."""
        for number, (moment, frame) in enumerate(self._frames):
            if self.hops and frame[6:12] == bytes.fromhex(mac_of(self.ends[1]).replace(":", "")):
                frame = _with_hops(frame, self.hops[number % len(self.hops)])  # noqa: PLW2901
            for turn in range(self.rounds):
                yield moment + turn / 1e5, _with_hops(frame, frame[22] - 2 * turn) if turn else frame

    @cached_property
    def _frames(self) -> list[tuple[float, bytes]]:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "made.pcap"
            with Wire(path) as wire:
                wire._next_port = CLIENT_PORT
                self._write(wire)
            return [(self.at + s - START + f / 1e6, frame) for s, f, frame, _ in records(path)]

    def _write(self, wire: Wire) -> None:
        talk = None if self.each else self._opened(wire)
        for block in self.blocks:
            for n in range(block.get("times", 1)):
                mine = talk or self._opened(wire, n)
                for line in block["lines"]:
                    _say(wire, mine, line, {"n": n, "z": "", **parts()})
                if self.each:
                    mine.close()
                wire.pause(block.get("every", 0))
        if talk:
            talk.close()

    def _opened(self, wire: Wire, number: int = 0) -> Tcp | Udp:
        transport, port = self.port.split("/")
        client, server = self.ends
        if self.over == "hosts":
            server = str(IPv4Address(server) + number)
        return getattr(wire, transport)(client, server, int(port))  # type: ignore[no-any-return]


@cache
def parts() -> Mapping[str, str]:
    """All of ``parts.yaml``."""
    return dict(yaml.safe_load(PARTS.read_text(encoding="utf-8")))


def _say(wire: Wire, talk: Tcp | Udp, line: str | float, named: Mapping[str, Any]) -> None:
    if isinstance(line, int | float):
        wire.pause(line)
    elif line == "again" and isinstance(talk, Tcp):
        side, data = talk.last  # type: ignore[attr-defined]
        talk.seq[side] -= len(data)
        talk._segment(side, PSH | ACK, data)
        talk.seq[side] += len(data)
    elif line[1:].startswith(" lost ") and isinstance(talk, Tcp):
        side = int(line[0] == "<")
        talk.seq[side] += int(line.split()[-1])
        talk._segment(1 - side, ACK)
    else:
        text = line[1:].format(**named)
        data = text[1:].encode() if text[0] == ":" else bytes.fromhex(text)
        (talk.client if line[0] == ">" else talk.server)(data)
        talk.last = (int(line[0] == "<"), data)  # type: ignore[union-attr]


def _with_hops(frame: bytes, hops: int) -> bytes:
    return summed(frame[:22] + bytes((hops,)) + frame[23:]) if is_ip(frame) else frame


@dataclass(frozen=True)
class UserPlane:
    """What a device of a mobile network says, between its base station and the core's user plane function."""

    inner: Played
    device: str
    station: str
    function: str
    tunnel: int = 0x1001

    def play(self) -> Timed:
        """Each packet in GTP-U."""
        for moment, frame in self.inner.play():
            if frame[12:14] != b"\x08\0":
                continue
            packet = frame[14 : 14 + int.from_bytes(frame[16:18], "big")]
            up = ".".join(map(str, packet[12:16])) == self.device
            ends = (self.station, self.function) if up else (self.function, self.station)
            data = udp_datagram((ends[0], GTP_U), (ends[1], GTP_U), gtp(packet, self.tunnel + (not up)))
            macs = bytes.fromhex((mac_of(ends[1]) + mac_of(ends[0])).replace(":", ""))
            yield moment, macs + b"\x08\0" + ipv4(*ends, 17, data)


def written(part: Mapping[str, Any], at: float) -> Played | None:
    """Of an entry in YAML, if it is one of these."""
    at += part.get("after", 0)
    if "frames" in part:
        return Frames(part["frames"], part.get("times", 1), part.get("every", 0), at)
    if "talk" not in part:
        return None
    blocks = part["said"] if isinstance(part["said"][0], Mapping) else [{**part, "lines": part["said"]}]
    more = {key: part[key] for key in ("each", "hops", "rounds", "over") if key in part}
    return Talk(tuple(part["talk"]), part["port"], blocks, at, **more)


def in_user_plane(part: Mapping[str, Any], played: Played) -> Played:
    """The same inside the user planes that the entry names, the innermost first."""
    for plane in part.get("user_plane", ()):
        played = UserPlane(played, *plane)
    return played
