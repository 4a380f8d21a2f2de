"""Diameter over TCP and SCTP: commands, what became of them, who speaks, masked subscribers; on any port."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import diameter as made
from fixtures.record.mobile import SUBSCRIBER
from fixtures.record.wire import Wire
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Row, Verb
from scanner.protocols.mobile.diameter import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

FOLDER = CAPTURES / "diameter"


def sent(data: bytes, transport: str = "tcp", length: int | None = None) -> Message:
    whole = b"\0\0\0\x2e" + data if transport == "sctp" else data
    return Message(whole, len(whole) if length is None else length, True, transport, 1)


def rows(data: bytes, transport: str = "tcp") -> list[Row]:
    message = sent(data, transport)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


@pytest.mark.parametrize("name", ["tcp", "tcp_port_13868", "sctp", "sctp_port_13868"])
def test_recordings(name):
    _, understood = understand_capture(FOLDER / f"{name}.pcap")
    assert set(understood.spoken.values()) == {("diameter",)}
    every = [row for found in understood.rows.values() for row in found]
    assert Counter((r.function, r.kind.value, r.refusal) for r in every if isinstance(r, Operation)) == {
        ("Capabilities-Exchange", "request", ""): 1,
        ("Capabilities-Exchange", "response", ""): 1,
        ("Authentication-Information", "request", ""): 1,
        ("Authentication-Information", "response", ""): 1,
        ("Update-Location", "request", ""): 1,
        ("Update-Location", "refusal", "result 5420"): 1,
        ("Update-Location", "response", ""): 1,
        ("Device-Watchdog", "request", ""): 1,
        ("Device-Watchdog", "response", ""): 1,
        ("Insert-Subscriber-Data", "request", ""): 1,
        ("Insert-Subscriber-Data", "response", ""): 1,
    }
    said = {(r.field, r.value) for r in every if isinstance(r, Identity)}
    assert {("hostname", made.MME), ("hostname", made.HSS), ("software", "mme 2.1"), ("software", "hss 3")} == said
    assert SUBSCRIBER not in repr(every)


def test_several_in_a_segment_and_one_in_several(tmp_path):
    with Wire(tmp_path / "x.pcap") as wire:
        link = wire.tcp("10.20.61.2", "10.20.60.4", 23868)
        link.client(made.OPENING + made.WATCHDOG + made.asked(316, 3)[:30])
        link.client(made.asked(316, 3)[30:])
        link.server(made.OPENED + made.ALIVE)
        link.close()
    _, understood = understand_capture(tmp_path / "x.pcap")
    found = [r for each in understood.rows.values() for r in each if isinstance(r, Operation)]
    assert Counter(r.kind for r in found) == {Kind.REQUEST: 3, Kind.RESPONSE: 2}


def test_refusals_and_what_is_not_known():
    (row,) = (r for r in rows(made.message(272, 0x20, 4, 1, made.avp(268, 3002))) if isinstance(r, Operation))
    assert (row.function, row.kind, row.refusal) == ("Credit-Control", Kind.REFUSAL, "result 3002")
    (row, *_) = rows(made.message(299, 0x80, 99, 1, made.origin("a.example")), "sctp")
    assert (row.verb, row.function, str(row.detail)) == (Verb.UNKNOWN, "command 299", "application 99")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        made.OPENING[:-1],
        made.OPENING + bytes(4),
        b"\2" + made.OPENING[1:],
        made.OPENING[:4] + b"\xa0" + made.OPENING[5:],  # a request that is an error
        made.OPENING[:4] + b"\x81" + made.OPENING[5:],
        made.OPENING[:25] + b"\0\0\4" + made.OPENING[28:],
        bytes(40),
    ],
)
def test_what_is_no_diameter(data):
    for transport in ("tcp", "sctp"):
        assert not PROTOCOL.probe(sent(data, transport))
        with pytest.raises(Malformed):
            list(PROTOCOL.dissect(sent(data, transport)))
    assert not PROTOCOL.probe(sent(made.OPENING, "udp"))
    assert not PROTOCOL.probe(Message(b"\0\0\0\x3c" + made.OPENING, len(made.OPENING) + 4, True, "sctp", 1))


def test_a_message_that_was_cut_gives_what_is_there():
    for end in range(28, len(made.OPENING)):
        message = sent(made.OPENING[:end], length=len(made.OPENING))
        if PROTOCOL.probe(message):
            list(PROTOCOL.dissect(message))


@given(st.binary(max_size=120))
def test_any_bytes_are_read(data):
    for code in (1, 264, 268, 269, 297):
        rows(made.message(316, 0x40, made.S6A, 1, made.avp(code, data)))
    message = sent(made.message(316, 0x40, made.S6A, 1, data))
    if PROTOCOL.probe(message):
        list(PROTOCOL.dissect(message))


@pytest.mark.parametrize(
    ("application", "command", "shown"),
    [(16777251, 318, "IMSI"), (16777265, 303, "IMSI"), (16777216, 303, ""), (5, 268, ""), (4, 272, "")],
)
def test_which_commands_name_a_subscriber(application, command, shown):
    data = made.message(command, 0xC0, application, 7, made.avp(1, "001010000000001"))
    (operation,) = (r for r in rows(data) if isinstance(r, Operation))
    assert operation.object == shown
