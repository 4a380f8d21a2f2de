"""SERCOS III: telegrams, phases, addresses, service channels, what is no SERCOS."""

from __future__ import annotations

import pytest

from fixtures.record.sercos import (
    AT,
    MDT,
    READ,
    SECONDARY,
    SWITCH,
    WRITE,
    access,
    addresses,
    channels,
    failed,
    open_idn,
    telegram,
    version,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.sercos.sercos import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

FOLDER = CAPTURES / "sercos"


def operations(raw: bytes) -> list[Operation]:
    message = Message(raw, len(raw), None, "ethernet", 0x88CD)
    assert PROTOCOL.probe(message)
    return [r for r in PROTOCOL.dissect(message) if isinstance(r, Operation)]


def capture(name: str) -> tuple:
    return understand_capture(FOLDER / name)


@pytest.mark.parametrize(
    ("raw", "verb", "code", "detail"),
    [
        (telegram(MDT, 0, version()), Verb.SESSION, "MDT0", "CP0, primary channel, 2 MDTs and ATs in CP1 and CP2"),
        (
            telegram(MDT, 0, version(0x10101)),
            Verb.SESSION,
            "MDT0",
            "CP0, primary channel, 4 MDTs and ATs in CP1 and CP2, remote address allocation",
        ),
        (
            telegram(AT | SECONDARY, 0, addresses(3, 0, 0xFFFF)),
            Verb.IDENTIFY,
            "AT0",
            "CP0, secondary channel, 3 devices with addresses 3, none",
        ),
        (telegram(AT, 0, addresses()), Verb.IDENTIFY, "AT0", "CP0, primary channel, 0 devices"),
        (telegram(MDT, SWITCH | 4, bytes(60)), Verb.MODE_CHANGE, "MDT0", "switching to CP4, primary channel"),
        (telegram(AT, SWITCH | 4, bytes(60)), Verb.REPORT, "AT0", "switching to CP4, primary channel"),
        (telegram(MDT, 4, bytes(60), number=2), Verb.REPORT, "MDT2", "CP4, primary channel"),
        (telegram(AT, 3, bytes(60), number=1), Verb.REPORT, "AT1", "CP3, primary channel"),
        (telegram(MDT, 2, channels({})), Verb.REPORT, "MDT0", "CP2, primary channel"),
    ],
)
def test_telegrams(raw, verb, code, detail):
    (operation,) = operations(raw)
    assert (operation.verb, operation.code, operation.detail) == (verb, code, detail)
    assert operation.kind is Kind.NOTICE


def test_the_master_is_the_controller():
    raw = telegram(MDT, 4, bytes(60))
    message = Message(raw, len(raw), None, "ethernet", 0x88CD)
    assert Identity("role", "controller") in list(PROTOCOL.dissect(message))


@pytest.mark.parametrize(
    ("number", "channel", "verb", "said"),
    [
        (0, open_idn(267), Verb.SESSION, ("open IDN", "S-0-0267 password")),
        (3, open_idn(0x8000 | 3 << 12 | 17), Verb.SESSION, ("open IDN", "P-3-0017")),
        (5, open_idn(1302, element=1, instance=2), Verb.SESSION, ("open IDN", "S-0-1302.2.1")),
        (1, access(7, WRITE, 5), Verb.WRITE, ("write operation data", "")),
        (1, access(7, READ), Verb.READ, ("read operation data", "")),
        (1, access(3, READ), Verb.READ, ("read attribute", "")),
        (127, access(6, WRITE), Verb.CONFIGURE, ("write maximum", "")),
    ],
)
def test_service_channels(number, channel, verb, said):
    (operation,) = operations(telegram(MDT, 2, channels({number: channel})))
    assert (operation.kind, operation.verb, operation.unit) == (Kind.REQUEST, verb, f"device {number}")
    assert (operation.function, operation.object) == (f"Service channel: {said[0]}", said[1])
    (second,) = operations(telegram(MDT, 1, channels({number: channel}), number=1))
    assert second.unit == f"device {number + 128}"


def test_every_channel_in_use_is_told():
    found = operations(telegram(MDT, 2, channels({0: open_idn(32), 9: access(7, WRITE)})))
    assert [(o.unit, o.verb) for o in found] == [("device 0", Verb.SESSION), ("device 9", Verb.WRITE)]


def test_refusals():
    (operation,) = operations(telegram(AT, 2, channels({1: failed(0x7009)})))
    assert (operation.kind, operation.unit) == (Kind.REFUSAL, "device 1")
    assert operation.refusal == "Operation data is write-protected by a password (0x7009)"
    (other,) = operations(telegram(AT, 2, channels({1: failed(0x1234)})))
    assert other.refusal == "service channel error (0x1234)"


def test_cycles_values_and_checksums_make_no_other_message():
    cyclic = [telegram(MDT, 4, bytes((n,)) * 60, cycle=n) for n in range(8)]
    assert len({key("sercos", raw) for raw in cyclic}) == 1
    written = [telegram(MDT, 2, channels({4: access(7, WRITE, n)}), cycle=n) for n in range(8)]
    assert len({key("sercos", raw) for raw in written}) == 1
    read = [telegram(AT, 2, channels({4: b"\x08\0" + bytes((n, 0, 0, 0))}), cycle=n) for n in range(8)]
    assert len({key("sercos", raw) for raw in read}) == 1


def test_what_makes_another_message():
    distinct = [
        telegram(MDT, 4, bytes(60)),
        telegram(MDT | SECONDARY, 4, bytes(60)),
        telegram(MDT, 4, bytes(60), number=1),
        telegram(MDT, 3, bytes(60)),
        telegram(MDT, SWITCH | 4, bytes(60)),
        telegram(AT, 4, bytes(60)),
        telegram(AT, 0, addresses(1, 2)),
        telegram(AT, 0, addresses(1, 3)),
        telegram(MDT, 2, channels({0: open_idn(32)})),
        telegram(MDT, 2, channels({0: open_idn(33)})),
        telegram(MDT, 2, channels({31: open_idn(33)})),
        telegram(MDT, 2, channels({31: access(7, WRITE)})),
        telegram(MDT, 2, channels({31: access(7, READ)})),
        telegram(AT, 2, channels({31: failed(0x7009)})),
        telegram(AT, 2, channels({31: failed(0x7008)})),
    ]
    assert len({key("sercos", raw) for raw in distinct}) == len(distinct)


def test_what_was_written_is_in_no_row():
    _, understood = capture("boot.pcap")
    assert understood.spoken == {0: ("sercos",)}
    assert "68736168" not in repr(understood.rows)
    assert str(0x68736168) not in repr(understood.rows)
    assert "hash" not in repr(understood.rows)


def test_cycles_are_few_messages():
    result, _ = capture("cycles.pcap")
    assert [m.count for m in result.messages] == [30, 30, 30, 30]


def test_strangers():
    result, understood = capture("strangers.pcap")
    assert result.info.packets == 3
    assert understood.spoken == {}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        telegram(MDT, 4, b"")[:5],
        b"\x10\4" + bytes(50),  # reserved bit
        b"\0\5" + bytes(50),  # no such phase
        telegram(MDT, 2, bytes(100)),  # too short for 128 service channels
    ],
)
def test_what_is_malformed(raw):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(raw, len(raw), None, "ethernet", 0x88CD)))


def test_a_telegram_that_was_captured_in_part():
    raw = telegram(MDT, 2, channels({0: open_idn(32), 60: open_idn(33)}))
    message = Message(raw[:100], len(raw), None, "ethernet", 0x88CD)
    assert [r.object for r in PROTOCOL.dissect(message) if isinstance(r, Operation)] == [
        "S-0-0032 primary operation mode"
    ]
