"""Moxa management: who the device is, what is disclosed, refusals, keys."""

from __future__ import annotations

import pytest

from fixtures.record.moxa_nport import (
    CREDENTIALS,
    DEVICE,
    DISCOVER,
    FOUND,
    NAME,
    NAMED,
    PRODUCT,
    SNMP,
    VARIANT,
    answer,
    message,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Verb
from scanner.protocols.vendors.moxa_nport import FUNCTIONS, PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

MOXA = [Identity("vendor", "Moxa"), Identity("model", "6250"), Identity("mac", "00:90:e8:15:1c:22")]


def rows(raw: bytes, *, side: bool = True, port: int = 4800) -> list:
    found = Message(raw, len(raw), side, "udp", port)
    assert PROTOCOL.probe(found)
    return list(PROTOCOL.dissect(found))


def test_discovery():
    (found,) = rows(message(DISCOVER))
    assert (found.verb, found.kind, found.object) == (Verb.IDENTIFY, Kind.REQUEST, "")
    operation, *identities = rows(FOUND, side=False)
    assert (operation.kind, operation.object) == (Kind.RESPONSE, "device 00:90:e8:15:1c:22")
    assert identities == [*MOXA, Identity("ip", "10.83.0.21")]


def test_other_answers_that_identify():
    assert rows(NAMED, side=False)[1:] == [*MOXA, Identity("name", "NP6250_5896")]
    assert rows(PRODUCT, side=False)[1:] == [*MOXA, Identity("firmware", "1.13"), Identity("serial", "5896")]
    found = rows(answer(DISCOVER, bytes(4), VARIANT), side=False)[1:]
    assert found == [Identity("vendor", "Moxa"), Identity("mac", "00:90:e8:aa:aa:aa")]


@pytest.mark.parametrize(
    ("function", "detail"),
    [
        (SNMP, "discloses SNMP communities"),
        (CREDENTIALS, "discloses SNMP communities and the administrator's password"),
        (0x22, ""),
    ],
)
def test_what_is_disclosed_is_said_and_not_shown(function, detail):
    (found,) = rows(message(function, DEVICE))
    assert found.detail == detail
    assert "never-shown" not in str(rows(answer(function, b"never-shown".ljust(60, b"\0")), side=False))


def test_a_function_that_does_not_exist_is_refused():
    (found,) = rows(answer(0x7E, status=4), side=False)
    assert (found.kind, found.refusal, found.function) == (Kind.REFUSAL, "invalid function (4)", "Function 0x7E")
    (found,) = rows(message(0x33, DEVICE))
    assert (found.verb, found.function) == (Verb.UNKNOWN, "Function 0x33")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (message(0x80), "function 0x80"),
        (message(DISCOVER, status=7), "status 0x07"),
        (message(DISCOVER) + b"\0", "length says 8 bytes, there are 9"),
        (b"\1\0\0\x08", "no message"),
    ],
)
def test_what_is_no_message_is_malformed(raw, text):
    with pytest.raises(Malformed, match=text):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "udp", 4800)))


def test_away_from_the_port_a_device_must_be_named():
    for raw, believed in (
        (message(DISCOVER), True),
        (FOUND, True),
        (message(NAME, DEVICE), True),
        (message(NAME, bytes(12)), False),
    ):
        assert PROTOCOL.probe(Message(raw, len(raw), True, "udp", 5000)) is believed


def test_the_key():
    assert key("moxa-nport", answer(0x14, b"1234")) == key("moxa-nport", answer(0x14, b"5678", transaction=9))
    assert key("moxa-nport", message(NAME, DEVICE)) != key("moxa-nport", message(NAME, VARIANT))
    asked = message(NAME, DEVICE, transaction=7)
    assert pair("moxa-nport", asked) == pair("moxa-nport", answer(NAME, transaction=7))
    assert pair("moxa-nport", asked) != pair("moxa-nport", answer(NAME, transaction=8))


def test_every_function_has_a_row():
    for number, (name, _) in FUNCTIONS.items():
        assert rows(message(number, DEVICE))[0].function == name


def operations(name: str) -> list[tuple]:
    path = CAPTURES / "moxa_nport" / name
    result, understood = understand_capture(path)
    assert not understood.malformed
    return [
        (c["function"], c["count"], c["accepted"], c["refused"])
        for _, protocol, _, c in operation_rows(result, understood)
        if protocol == "moxa-nport"
    ]


def test_captures():
    found = operations("session.pcap")
    assert found[0] == ("Discover", 1, 2, 0)
    assert ("Get credentials", 1, 1, 0) in found
    assert ("Function 0x7E", 1, 0, 1) in found
    assert len(found) == 10
    assert operations("port_14800.pcap") == [("Discover", 1, 1, 0), ("Get server name", 1, 1, 0)]
    assert operations("syslog_on_4800.pcap") == []
