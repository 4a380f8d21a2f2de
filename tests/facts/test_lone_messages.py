"""One command among messages of another protocol is not believed to be one, and its bytes count as not read."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.lone_messages import lone_bytes
from scanner.facts.understand import understand
from scanner.framing.language import Case, Framing, Length, Range
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Malformed, Message, Operation, Row, Verb
from tests.adversarial.talk import CAPTURES
from tests.capture.traffic import Talk, modbus, read

CLIENT, SERVER = "10.10.0.66", "10.20.1.12"
WRITE = struct.pack(">HHHBBHH", 1, 0, 6, 1, 5, 7, 0xFF00)  # Modbus: a coil
READS = [(1, struct.pack(">HHHBBHH", n, 0, 6, 1, 3, 0, 2)) for n in range(4)]
OPENINGS = {
    "HTTP": [(1, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), (0, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")],
    "SMTP": [(0, b"220 mail ESMTP\r\n"), (1, b"EHLO scada\r\n"), (0, b"250 STARTTLS\r\n")],
    "SSH": [(1, b"SSH-2.0-a\r\n"), (0, b"SSH-2.0-b\r\n")],
    "Telnet": [(0, b"login: "), (1, b"admin\r\n")],
    "FTP": [(0, b"220 x\r\n"), (1, b"USER a\r\n"), (0, b"331 p\r\n")],
}


def flow(path: Path, parts: list[tuple[int, bytes]], port: int) -> dict[str, object]:
    with Wire(path) as wire:
        way = wire.tcp(CLIENT, SERVER, port)
        for asks, data in parts:
            (way.client if asks else way.server)(data)
        way.close()
    (row,) = capture_facts(read_capture(path, "x", framing_plan()), protocols())["flows"].to_dicts()
    return row


@pytest.mark.parametrize("port", [22, 80, 443, 9999])
@pytest.mark.parametrize("opening", OPENINGS)
def test_a_command_that_nothing_bears_out_was_not_read(tmp_path: Path, opening: str, port: int) -> None:
    row = flow(tmp_path / "x.pcap", [*OPENINGS[opening], (1, WRITE)], port)
    assert row["protocols"] == [opening.lower()]
    assert (row["client_unread"], row["server_unread"]) == (len(WRITE), 0)
    assert row["client_doubt_frame"]


@pytest.mark.parametrize("opening", OPENINGS)
def test_openings_alone_are_read(tmp_path: Path, opening: str) -> None:
    row = flow(tmp_path / "x.pcap", OPENINGS[opening], 9999)
    assert (row["client_unread"], row["server_unread"]) == (0, 0)


def test_commands_that_are_believed_are_read(tmp_path: Path) -> None:
    row = flow(tmp_path / "x.pcap", [*READS, (1, WRITE)], 9999)
    assert (row["protocols"], row["client_unread"]) == (["modbus"], 0)


def test_of_a_conversation_that_is_not_recognised_nothing_was_read_anyway(tmp_path: Path) -> None:
    row = flow(tmp_path / "x.pcap", [(1, WRITE)], 9999)
    assert (row["protocol"], row["client_unread"]) == ("", 0)


@pytest.mark.parametrize(("last", "unread"), [([1, 0, 0], 30), ([1, 1, 1], 30), ([0, 1, 1], 0), ([1], 10)])
def test_what_is_broken_was_not_read_nor_what_came_behind_it_with_its_key(last: list[int], unread: int) -> None:
    """A device may do what it says all the same. The first of a key is kept: nobody knows of those behind it."""

    def dissect(message: Message) -> Iterable[Row]:
        if message.data[8:] == b"\1\1":
            raise Malformed("as no key says")
        yield Operation(Verb.WRITE, "write")

    framing = Framing("modbus", Length(at=4, width=2, add=6, minimum=8, maximum=260), ports={"tcp": (502,)})
    case = Case("modbus", key=(Range(6, 8),), keep=300)
    given = {"modbus": replace(protocols()["modbus"], framing=framing, dissect=dissect)}
    talk = Talk((CLIENT, 50000))
    for number, broken in enumerate(last):
        talk.send(False, modbus(number, b"\3" + bytes((broken, broken))))
    result = read(talk.frames, (framing,), {"modbus": (case,)})
    sizes, _ = lone_bytes(result, understand(result, given), given)
    assert sizes.tolist() == [[unread, 0]]


def tpdu(data: bytes) -> bytes:
    """A data TPDU of COTP over TPKT."""
    return struct.pack(">BBH", 3, 0, 7 + len(data)) + b"\2\xf0\x80" + data


CONNECT, CONFIRM = (bytes.fromhex(f"0300001611{kind}000100c0010ac1020100c2020102") for kind in ("e00000", "d00001"))
SETUP = bytes.fromhex("32010000000000080000f0000001000101e0")


@pytest.mark.parametrize(
    ("sent", "unread"),
    [([], 0), ([tpdu(b"")], 0), ([tpdu(b"ABCDEFGH")] * 3, 45), ([tpdu(SETUP), tpdu(b"ABCDEFGH"), tpdu(b"")], 15)],
)
def test_data_that_is_of_no_protocol_was_not_read(tmp_path: Path, sent: list[bytes], unread: int) -> None:
    parts = [(1, CONNECT), (0, CONFIRM), *((1, data) for data in sent)]
    row = flow(tmp_path / "x.pcap", parts, 102)
    assert "cotp" in row["protocols"]  # type: ignore[operator]
    assert (row["client_unread"], row["server_unread"]) == (unread, 0)


@pytest.mark.parametrize(("recording", "hidden"), [("ipmi/lanplus", True), ("snmp/pysnmp", True), ("ipmi/weak", False)])
def test_messages_that_say_only_that_they_are_encrypted_are_counted(recording: str, hidden: bool) -> None:
    """IPMI 2.0 and SNMP 3 with privacy: a machine may be switched off in them, a value set."""
    path = CAPTURES / f"{recording}.pcap"
    flows = capture_facts(read_capture(path, "x", framing_plan()), protocols())["flows"]
    assert (flows["client_encrypted"].sum() > 0) is hidden
