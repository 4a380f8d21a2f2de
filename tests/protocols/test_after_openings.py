"""What follows an opening of something else, or lies among messages of a protocol that takes anything, is read anew.

Proxies, greetings and decoys come first, on ports where anything could be a message of their protocol; what hardly
anything else is, behind them, is told by its content. Encrypted sessions stay what they are.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from fixtures.record.wire import Tcp, Udp, Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from tests.conformance.changes import CHANGING
from tests.twins import TCP, ends, is_ip, records

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
Way = Tcp | Udp
CLIENT, SERVER = "10.10.0.66", "10.20.1.12"
PLC = bytes((10, 20, 1, 12))
SOCKS_5 = ((1, b"\5\1\0"), (0, b"\5\0"), (1, b"\5\1\0\1" + PLC + b"\1\xf6"), (0, b"\5\0\0\1" + bytes(6)))
SOCKS_2 = ((1, b"\5\1\2"), (0, b"\5\2"))
OPENINGS = {
    "nothing": (),
    "SOCKS 5": SOCKS_5,
    "SOCKS 4": ((1, b"\4\1\1\xf6" + PLC + b"user\0"), (0, b"\0\x5a" + bytes(6))),
    "a tunnel of HTTP": (
        (1, b"CONNECT 10.20.1.12:502 HTTP/1.1\r\nHost: 10.20.1.12:502\r\n\r\n"),
        (0, b"HTTP/1.1 200 Connection established\r\n\r\n"),
    ),
    "an upgrade of HTTP": (
        (1, b"GET /raw HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n"),
        (0, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\n"),
    ),
    "the header of a load balancer": ((1, b"PROXY TCP4 10.10.0.66 10.20.1.12 56324 502\r\n"),),
    "a greeting": ((0, b"Welcome to the gateway\r\n"),),
    "a dialogue in text": ((0, b"login: "), (1, b"admin\r\n"), (0, b"ok\r\n")),
}
STREAMS = ("s7comm/snap7", "iec104/built", "modbus/umas", "dnp3/tcp", "mms/program")
PORTS = (23, 502, 513, 1080, 3306, 6379, 8080)  # several of protocols that take anything
DATAGRAMS = {
    "nothing": (),
    "a query of DNS": (bytes.fromhex("12340100000100000000000003777777076578616d706c6503636f6d0000010001"),),
    "NTP": (b"\x23" + bytes(47),),
    "keep-alives": (b"\xff",) * 3,
    "ESP": tuple(struct.pack(">II", 0xC0FFEE, n) + random.Random(n).randbytes(80) for n in range(1, 4)),  # noqa: S311
    "IKE": ("ike/v2_nat_null",),
    "QUIC": ("quic/*",),
    "noise": tuple(random.Random(n).randbytes(40) for n in range(3)),  # noqa: S311
}
BY_DATAGRAM = ("bacnet/bacpypes3", "fins/udp", "dnp3/udp", "tristation/session")
DATAGRAM_PORTS = (161, 443, 4500, 47808)


@cache
def dialogue(name: str, protocol: int) -> tuple[tuple[bool, bytes], ...]:
    """(whether the client says it, payload) of the conversation in which most is said."""
    found: dict[object, list[tuple[bool, bytes]]] = {}
    for _, _, frame, _ in records(CAPTURES / f"{name}.pcap"):
        if is_ip(frame) and frame[23] == protocol:
            source, target = ends(frame)
            asks = (target, source) not in found
            said = found.setdefault((source, target) if asks else (target, source), [])
            start = 34 + (4 * (frame[46] >> 4) if protocol == TCP else 8)
            if data := frame[start : 14 + int.from_bytes(frame[16:18], "big")]:
                said.append((asks, data))
    return tuple(max(found.values(), key=len))


def first_of(decoy: bytes | str) -> bytes:
    """A decoy, or the first datagram of a recording."""
    if isinstance(decoy, bytes):
        return decoy
    name = next(iter(sorted(CAPTURES.glob(f"{decoy}.pcap")))).relative_to(CAPTURES).with_suffix("")
    return dialogue(str(name), 17)[0][1]


def say(way: Way, parts: tuple[tuple[int | bool, bytes], ...]) -> None:
    for asks, data in parts:
        (way.client if asks else way.server)(data)


def facts(path: Path, play: Callable[[Wire], None]) -> dict[str, pl.DataFrame]:
    with Wire(path) as wire:
        play(wire)
    tables = capture_facts(read_capture(path, "x", framing_plan()), protocols())
    return {name: tables[name] for name in ("flows", "operations", "sessions")}


def changes(operations: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    """(protocol, verb, function) of what changes a controller or its values."""
    wanted = operations.filter(pl.col("verb").is_in([*CHANGING, "write", "operate"]))
    return wanted.select("protocol", "verb", "function").unique().iter_rows()


def stream(port: int, opening: tuple[tuple[int, bytes], ...], name: str) -> Callable[[Wire], None]:
    def play(wire: Wire) -> None:
        way = wire.tcp(CLIENT, SERVER, port)
        say(way, opening)
        say(way, dialogue(name, TCP))
        way.close()

    return play


def datagrams(port: int, decoys: tuple[bytes | str, ...], name: str) -> Callable[[Wire], None]:
    def play(wire: Wire) -> None:
        way = wire.udp(CLIENT, SERVER, port)
        for decoy in decoys:
            way.client(first_of(decoy))
        say(way, dialogue(name, 17))

    return play


@pytest.mark.parametrize("name", STREAMS)
def test_streams(tmp_path: Path, name: str) -> None:
    everything = set(changes(facts(tmp_path / "bare.pcap", stream(9999, (), name))["operations"]))
    assert everything
    silent = []
    for opening, parts in OPENINGS.items():
        for port in PORTS:
            found = set(changes(facts(tmp_path / "x.pcap", stream(port, parts, name))["operations"]))
            if not found & everything or len(everything - found) > 1:  # evidence may take a message or two
                silent.append((opening, port))
    assert silent == []


@pytest.mark.parametrize("name", BY_DATAGRAM)
def test_datagrams(tmp_path: Path, name: str) -> None:
    everything = set(changes(facts(tmp_path / "bare.pcap", datagrams(9999, (), name))["operations"]))
    assert everything
    silent = []
    for decoy, parts in DATAGRAMS.items():
        for port in DATAGRAM_PORTS:
            found = set(changes(facts(tmp_path / "x.pcap", datagrams(port, parts, name))["operations"]))
            if len(everything - found) > 2:
                silent.append((decoy, port))
    assert silent == []


def test_short_writes_behind_short_openings(tmp_path: Path) -> None:
    """Segments too short for anything, put together, are nothing that refutes what comes behind them."""
    write = struct.pack(">HHHBBHH", 1, 0, 6, 1, 5, 7, 0xFF00)
    for opening in (SOCKS_5, SOCKS_5[::2], SOCKS_5[1::2], SOCKS_5[:3]):
        for port in PORTS[1:]:

            def play(wire: Wire, opening: tuple[tuple[int, bytes], ...] = opening, port: int = port) -> None:
                way = wire.tcp(CLIENT, SERVER, port)
                say(way, opening)
                say(way, ((1, write), (0, write)) * 4)
                way.close()

            found = facts(tmp_path / "x.pcap", play)["operations"].filter(pl.col("protocol") == "modbus")
            assert found["count"].sum() >= 3, (len(opening), port)


@pytest.mark.parametrize("opening", ["quic/*", "ike/v2_nat_null", "ssh/port_2222"])
def test_encrypted_sessions_stay_what_they_are(tmp_path: Path, opening: str) -> None:
    chance = random.Random(7)  # noqa: S311

    def play(wire: Wire) -> None:
        for _ in range(40):
            way: Way = wire.udp(CLIENT, SERVER, 4500) if "ssh" not in opening else wire.tcp(CLIENT, SERVER, 2222)
            if "ssh" in opening:
                say(way, dialogue(opening, TCP)[:2])
            else:
                way.client(first_of(opening))
            for number in range(40):
                say(way, ((number & 1, chance.randbytes(chance.randrange(20, 400))),))

    flows = facts(tmp_path / "x.pcap", play)["flows"]
    assert set(flows["protocol"]) <= {"", opening.split("/", maxsplit=1)[0]}


TEXTS = {
    "irc": ((1, b"NICK bot\r\n"), (0, b":hub 001 bot :hello\r\n"), (1, b"JOIN #plant\r\n")),
    "smtp": ((0, b"220 mail ESMTP\r\n"), (1, b"EHLO scada\r\n"), (0, b"250-mail\r\n250 AUTH PLAIN\r\n")),
    "ftp": ((0, b"220 FTP server ready\r\n"), (1, b"USER admin\r\n"), (0, b"331 password\r\n")),
    "pop3": ((0, b"+OK POP3 ready\r\n"), (1, b"USER admin\r\n"), (0, b"+OK\r\n")),
    "redis": ((1, b"*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n"), (0, b"+OK\r\n")),
    "ssh": ((0, b"SSH-2.0-OpenSSH_9.6\r\n"), (1, b"SSH-2.0-OpenSSH_9.0\r\n")),
}
HOMES = {"irc": 6667, "smtp": 25, "ftp": 21, "pop3": 110, "redis": 6379, "ssh": 22}
SOME = ((1, b"\5\1\0"), (0, b"\5\0"), (1, b"\5\1\0\1" + PLC + b"\x0c\xea"))  # SOCKS, to the port of MySQL


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("size", [3, 512], ids=["in pieces", "whole"])
def test_texts_on_ports_of_what_takes_anything(tmp_path: Path, name: str, size: int) -> None:
    """A protocol that is at home there says nothing with it, and not what others said there before."""
    for port in sorted({1080, 3306, 5432, 6379, 143, 513, 6667} - {HOMES[name]}):
        for before in ((), SOME):

            def play(wire: Wire, port: int = port, before: tuple[tuple[int, bytes], ...] = before) -> None:
                if before:
                    say(wire.tcp(CLIENT, SERVER, port), before)
                way = wire.tcp("10.10.0.67", SERVER, port)
                for asks, data in TEXTS[name]:
                    say(way, tuple((asks, data[at : at + size]) for at in range(0, len(data), size)))
                way.close()

            flows = facts(tmp_path / "x.pcap", play)["flows"].filter(pl.col("client") == "10.10.0.67")
            assert flows["protocols"].to_list() == [[name]], (port, before)
            assert flows["recognised_by"].to_list() == ["content"], (port, before)


def test_a_command_among_encrypted_messages_was_not_read(tmp_path: Path) -> None:
    """Too little to be believed, and more than chance; in a long session as well."""
    chance = random.Random(3)  # noqa: S311
    commands = {"modbus": struct.pack(">HHHBBHH", 1, 0, 6, 1, 5, 7, 0xFF00), "slmp": b"\x14\xff\x0a\0"}
    for command in (b"", *commands.values()):
        for many in (1, 40):
            noise = tuple((asks, chance.randbytes(44)) for _ in range(many) for asks in (1, 0))

            def play(wire: Wire, noise: tuple[tuple[int, bytes], ...] = noise, command: bytes = command) -> None:
                say(wire.tcp(CLIENT, SERVER, 22), (*dialogue("ssh/paramiko", TCP)[:8], *noise, (1, command), *noise))

            (flow,) = facts(tmp_path / "x.pcap", play)["flows"].to_dicts()
            assert (flow["protocols"], flow["client_unread"]) == (["ssh"], len(command))


LOG_INS = {
    "redis": (6380, ((1, b"*3\r\n$4\r\nAUTH\r\n$5\r\nadmin\r\n$6\r\nsecret\r\n"), (0, b"+OK\r\n"))),
    "socks": (1080, (*SOCKS_2, (1, b"\1\5admin\6secret"), (0, b"\1\0"))),
    "postgresql": (
        5432,
        (
            (1, struct.pack(">II", 20, 196608) + b"user\0admin\0\0"),
            (0, b"R" + struct.pack(">II", 8, 3)),
            (1, b"p" + struct.pack(">I", 11) + b"secret\0"),
            (0, b"R" + struct.pack(">II", 8, 0)),
        ),
    ),
    "irc": (6667, ((1, b"PASS secret\r\n"), (1, b"NICK bot\r\n"), (0, b":hub 001 bot :hello\r\n"))),
}


@pytest.mark.parametrize("name", LOG_INS)
@pytest.mark.parametrize("size", [3, 5, 7, 512])
def test_log_ins_in_pieces(tmp_path: Path, name: str, size: int) -> None:
    """What a segment is too short for goes on in those behind it."""
    port, parts = LOG_INS[name]

    def play(wire: Wire) -> None:
        way = wire.tcp(CLIENT, SERVER, port)
        for asks, data in parts:
            say(way, tuple((asks, data[at : at + size]) for at in range(0, len(data), size)))
        way.close()

    (session,) = facts(tmp_path / "x.pcap", play)["sessions"].to_dicts()
    assert "user-password" in session["credentials"]
