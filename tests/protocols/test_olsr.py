"""OLSR: who announces what, and what is none of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import olsr
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Malformed, Message, Operation, Session
from scanner.protocols.routing.olsr import PROTOCOL

HELLO = olsr.packet(olsr.part(1, olsr.hello(olsr.SECOND)))
GATEWAY = olsr.packet(olsr.part(1, olsr.hello(olsr.SECOND)), olsr.part(4, olsr.gateway("0.0.0.0/0", "10.30.0.0/16")))
SIX = olsr.packet(olsr.part(4, olsr.gateway("2001:db8::/32"), "fd00::1"))


def sent(data: bytes, length: int | None = None, source: str = olsr.FIRST) -> Message:
    return Message(data, len(data) if length is None else length, True, "udp", 698, source)


def said(data: bytes, **more: str) -> list[tuple[str, str, str]]:
    rows = PROTOCOL.dissect(sent(data, **more))
    return [(row.function, str(row.object), str(row.detail)) for row in rows if isinstance(row, Operation)]


def test_who_announces_what() -> None:
    assert said(HELLO) == [("HELLO", "originator 10.20.7.1", "")]
    assert said(GATEWAY)[1] == ("HNA", "originator 10.20.7.1", "gateway to 0.0.0.0/0, gateway to 10.30.0.0/16")
    assert said(SIX, source="fd00::1") == [("HNA", "originator fd00::1", "gateway to 2001:db8::/32")]
    assert said(olsr.packet(olsr.part(1, b""), olsr.part(77, b"")))[1][0] == "message type 77"


def test_nobody_proves_it_unless_it_is_signed() -> None:
    (plain,) = [row for row in PROTOCOL.dissect(sent(GATEWAY)) if isinstance(row, Session)]
    assert plain.credentials == "none"
    signed = olsr.packet(olsr.part(1, olsr.hello(olsr.SECOND)), olsr.part(10, bytes(28)))
    (proven,) = [row for row in PROTOCOL.dissect(sent(signed)) if isinstance(row, Session)]
    assert (proven.credentials, proven.unread) == ("", ("credentials",))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HELLO + b"\0",
        HELLO[:-1],
        olsr.packet(olsr.part(1, olsr.hello(olsr.SECOND), "0.0.0.0")),  # noqa: S104 - nobody
        olsr.packet(olsr.part(55, b"")),
        olsr.packet(b"\1\x86\0\7" + bytes(8)),
        olsr.packet(b"\1\x86\1\0" + bytes(8)),
    ],
)
def test_what_is_none_of_it(data: bytes) -> None:
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


@pytest.mark.parametrize(("port", "found"), [(698, {"olsr"}), (699, set())])
def test_its_port_and_its_lengths_tell_it(tmp_path: Path, port: int, found: set[str]) -> None:
    path = tmp_path / "x.pcap"
    with Wire(path) as wire:
        way = wire.udp(olsr.FIRST, olsr.SECOND, port)
        for _ in range(5):
            way.client(HELLO)
    flows = capture_facts(read_capture(path, path.name, framing_plan()), protocols())["flows"]
    assert {one for names in flows["protocols"] for one in names} == found


def test_another_protocol_on_its_port_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    with Wire(path) as wire:
        way = wire.udp(olsr.FIRST, olsr.SECOND, 698)
        for number in range(9):
            way.client(b"STATUS? unit=%d ok ok ok" % number)
    flows = capture_facts(read_capture(path, path.name, framing_plan()), protocols())["flows"]
    assert {one for names in flows["protocols"] for one in names} <= {""}


@given(st.binary(max_size=120))
def test_anything_is_read(data: bytes) -> None:
    for each in (data, olsr.packet(data), olsr.packet(olsr.part(4, data))):
        if PROTOCOL.probe(sent(each)):
            list(PROTOCOL.dissect(sent(each)))
