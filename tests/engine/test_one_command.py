"""One command to a controller in a conversation that seems to be something else: nothing passes for its sake."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterable
from pathlib import Path

import pytest

from fixtures.record.wire import Tcp, Udp, Wire
from scanner.results.model import Verdict
from tests.given import CALM, Given
from tests.twins import Record, records

STRANGER, SCADA, PLC = "10.10.0.66", "10.20.10.10", "10.20.1.12"
MINUTES = 2
READ = struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 0, 2), struct.pack(">HHHBBBHH", 1, 0, 7, 1, 3, 4, 1, 2)
WRITE = struct.pack(">HHHBBHH", 1, 0, 6, 1, 5, 7, 0xFF00)
FINS_STOP = bytes.fromhex("800002000c0000420011 0402".replace(" ", ""))
MC_WRITE = bytes.fromhex("03ff0a0064000000204401003412")  # frame 1E
RULES = ("write-unauthorised", "controller-stop-unauthorised")
TLS = b"\x16\3\1\0\x84\1\0\0\x80\3\3" + bytes(32) + b"\0\0\2\xc0\x2f\1\0\0\x55" + bytes((0, 21, 0, 81)) + bytes(81)
RDP = b"\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\0\0\0\0", b"\3\0\0\x0b\6\xd0\0\0\0\0\0"
SYSLOG = b"<34>Oct 11 22:14:15 host su: a message of some length, for a server\n"
TCP_OPENINGS = {
    "TLS": (TLS,),
    "HTTP": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    "SSH": (b"SSH-2.0-a\r\n", b"SSH-2.0-b\r\n"),
    "RDP": RDP,
}
DATAGRAMS = {"syslog": SYSLOG, "NTP": b"\x23\2\6\xe9" + random.Random(1).randbytes(44)}  # noqa: S311 - the same bytes


def polled(path: Path, stranger: Iterable[bytes], over: str, port: int) -> list[Record]:
    """A controller that is polled all the time, and what a stranger says to it, in turns with what it answers."""
    with Wire(path) as wire:
        poll = wire.tcp(SCADA, PLC, 502)
        for second in range(60 * MINUTES):
            poll.client(READ[0])
            poll.server(READ[1])
            wire.pause(1)
            if second == 60:
                way: Tcp | Udp = getattr(wire, over)(STRANGER, PLC, port)
                for number, said in enumerate(stranger):
                    (way.server if number % 2 else way.client)(said)
    return records(path)


def said_of(given: list[Record]) -> dict[str, Verdict]:
    verdicts = Given(given).verdicts()
    return {rule: verdicts[rule] for rule in RULES}


def test_without_a_stranger_there_is_nothing(tmp_path: Path) -> None:
    assert set(said_of(polled(tmp_path / "x.pcap", (), "tcp", 80)).values()) <= set(CALM)


@pytest.mark.parametrize("opening", TCP_OPENINGS)
def test_in_a_stream(tmp_path: Path, opening: str) -> None:
    parts = TCP_OPENINGS[opening]
    whole = said_of(polled(tmp_path / "x.pcap", parts, "tcp", 9999))
    said = said_of(polled(tmp_path / "x.pcap", (*parts, *([b""] * (len(parts) % 2)), WRITE), "tcp", 9999))
    assert said["write-unauthorised"] not in CALM, whole


@pytest.mark.parametrize(
    ("command", "rule"),
    [(FINS_STOP, "controller-stop-unauthorised"), (MC_WRITE, "write-unauthorised")],
    ids=["FINS", "MC 1E"],
)
@pytest.mark.parametrize("before", DATAGRAMS)
def test_in_a_datagram(tmp_path: Path, before: str, command: bytes, rule: str) -> None:
    decoys = [part for _ in range(4) for part in (DATAGRAMS[before], b"")]
    said = said_of(polled(tmp_path / "x.pcap", (*decoys, command), "udp", 443))
    assert said[rule] not in CALM
