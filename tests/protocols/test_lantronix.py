"""Lantronix management: who the device is, that its password is disclosed, configuration, keys."""

from __future__ import annotations

import pytest

from fixtures.record.lantronix import FOUND, QUERY, RELEASE, SET, SETUP, message, setup
from scanner.protocols.base import Identity, Kind, Malformed, Message, Verb
from scanner.protocols.vendors.lantronix import FUNCTIONS, PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes, *, side: bool = True, port: int = 30718) -> list:
    found = Message(raw, len(raw), side, "udp", port)
    assert PROTOCOL.probe(found)
    return list(PROTOCOL.dissect(found))


def test_discovery_and_version():
    (found,) = rows(message(QUERY))
    assert (found.verb, found.function, found.kind, found.code) == (Verb.IDENTIFY, "Query", Kind.REQUEST, "0xF6")
    operation, *identities = rows(FOUND, side=False)
    assert operation.kind is Kind.RESPONSE
    assert identities == [
        Identity("vendor", "Lantronix"),
        Identity("mac", "00:20:4a:80:12:ff"),
        Identity("model", "type X90"),
    ]
    assert rows(RELEASE, side=False)[1:] == [Identity("firmware", "6.10.0.1")]


def test_a_password_is_disclosed_and_never_shown():
    operation, identity = rows(setup(0xF9, b"PW12"), side=False)
    assert operation.detail == "discloses the password, IP address 10.84.0.21, gateway 10.84.0.1"
    assert identity == Identity("ip", "10.84.0.21")
    assert "PW12" not in str(rows(setup(0xF9, b"PW12"), side=False))
    assert rows(setup(0xF9), side=False)[0].detail.startswith("no password")


def test_a_configuration_is_set():
    (found,) = rows(setup(SET, b"PW12"))
    assert (found.verb, found.kind, found.function) == (Verb.CONFIGURE, Kind.REQUEST, "Set configuration")
    assert found.detail.startswith("password set, IP address 10.84.0.21")
    assert rows(message(0xFB), side=False)[0].kind is Kind.RESPONSE


@pytest.mark.parametrize(
    ("number", "verb", "function", "kind"),
    [
        (0xE3, Verb.READ, "Get setup record 3", Kind.REQUEST),
        (0xD3, Verb.READ, "Get setup record 3", Kind.RESPONSE),
        (0xC1, Verb.CONFIGURE, "Set setup record 1", Kind.REQUEST),
        (0xA1, Verb.CONFIGURE, "Set setup record 1", Kind.REQUEST),
        (0xB1, Verb.CONFIGURE, "Set setup record 1", Kind.RESPONSE),
    ],
)
def test_setup_records(number, verb, function, kind):
    (found,) = rows(message(number, bytes(120)))
    assert (found.verb, found.function, found.kind) == (verb, function, kind)
    assert found.filter == f"udp.payload[3] == 0x{number:02x}"


@pytest.mark.parametrize("raw", [b"\0\0\1\xf6", message(0x10), b"\0\0\0", b""])
def test_what_is_no_message_is_malformed(raw):
    found = Message(raw, len(raw), True, "udp", 30718)
    assert not PROTOCOL.probe(found)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(found))


def test_away_from_the_port_lengths_must_be_right():
    for raw, believed in (
        (message(QUERY), True),
        (FOUND, True),
        (setup(0xF9), True),
        (message(QUERY, b"\0"), False),
        (message(0xE3), False),
    ):
        assert PROTOCOL.probe(Message(raw, len(raw), True, "udp", 5000)) is believed


def test_the_key():
    def of(raw: bytes) -> tuple:
        return key("lantronix", raw)

    assert of(message(0xC1, bytes(120))) == of(message(0xC1, bytes(range(120)))) != of(message(0xC2, bytes(120)))
    assert of(setup(0xF9, b"PW12")) != of(setup(0xF9))
    assert of(FOUND) != of(FOUND[:-1] + b"\1")
    assert of(message(SETUP)) != of(message(QUERY))


def test_every_function_has_a_row():
    for number, (name, verb, kind) in FUNCTIONS.items():
        found = rows(message(number))[0]
        assert (found.function, found.verb, found.kind) == (name, verb, kind)


def operations(name: str) -> list[tuple]:
    path = CAPTURES / "lantronix" / name
    result, understood = understand_capture(path)
    assert not understood.malformed
    return [
        (c["verb"], c["function"], c["count"], c["accepted"])
        for _, protocol, _, c in operation_rows(result, understood)
        if protocol == "lantronix"
    ]


def test_captures():
    assert operations("session.pcap") == [
        ("identify", "Query", 1, 2),
        ("identify", "Get firmware version", 1, 1),
        ("read", "Get configuration", 2, 2),
        ("configure", "Set configuration", 1, 1),
        ("read", "Get setup record 3", 1, 1),
        ("configure", "Set setup record 1", 1, 1),
        ("configure", "Set setup record 1", 1, 1),
        ("read", "Get setup record 5", 1, 0),
    ]
    assert operations("port_30719.pcap") == [("identify", "Query", 1, 1), ("read", "Get configuration", 1, 1)]
    assert operations("syslog_on_30718.pcap") == []
