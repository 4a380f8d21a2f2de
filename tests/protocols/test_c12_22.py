"""ANSI C12.22: services on tables, procedures, refusals, modes of security, what makes up the key."""

from __future__ import annotations

import struct

import pytest

from fixtures.record.c12_22 import (
    DEVICE,
    HOST,
    OTHER,
    PASSWORD,
    REGISTER,
    SECURITY,
    logon,
    message,
    services,
    table,
    write,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.c12_22.c12_22 import PROTOCOL, oid
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told

METER, SYSTEM = "1.3.6.1.4.1.33507.1919.753.66.78.0", "1.3.6.1.4.1.33507.1919.88.1"


def dissected(raw: bytes, *, side: bool | None = True, port: int = 1153) -> list:
    found = Message(raw, len(raw), side, "tcp", port)
    assert PROTOCOL.probe(found)
    return list(PROTOCOL.dissect(found))


def rows(*each: bytes, flags: int = 0x80, mac: bytes = b"") -> list[Operation]:
    found = dissected(message(DEVICE, HOST, services(*each) + mac, 1, flags=flags))
    return [row for row in found if isinstance(row, Operation)]


@pytest.mark.parametrize(
    ("service", "verb", "thing"),
    [
        (b"\x20", Verb.IDENTIFY, ""),
        (table(0x30, 1), Verb.IDENTIFY, "ST-1 General Manufacturer Identification"),
        (table(0x30, 23), Verb.READ, "ST-23 Current Register Data"),
        (table(0x30, 0x0800 + 12), Verb.READ, "MT-12"),
        (table(0x30, 0x1000 + 52), Verb.READ, "pending ST-52 Clock"),
        (table(0x3F, 64, 0, 1, 0, 0, 64), Verb.READ, "ST-64 Load Profile Data Set 1 from byte 256, 64 bytes"),
        (b"\x3e", Verb.READ, ""),
        (write(52, bytes(6)), Verb.TIME_SYNC, "ST-52 Clock"),
        (write(45, b"k"), Verb.CONFIGURE, "ST-45 Key"),
        (write(0x0800 + 45, b"k"), Verb.WRITE, "MT-45"),
        (write(6, b"x"), Verb.WRITE, "ST-6 Utility Information"),
        (table(0x4F, 6, 0, 0, 16, 0, 1, 65, 0xBF), Verb.WRITE, "ST-6 Utility Information from byte 16"),
        (write(7, b"\0\0\1"), Verb.RESTART, "ST-7 Procedure Initiate: Cold Start"),
        (write(7, b"\x06\0\1\2"), Verb.MODE_CHANGE, "ST-7 Procedure Initiate: Change End Device Mode"),
        (write(7, b"\x15\x10\1\2"), Verb.OPERATE, "ST-7 Procedure Initiate: Direct Load Control"),
        (write(7, b"\x21\x08\1"), Verb.OPERATE, "ST-7 Procedure Initiate: manufacturer's procedure 33"),
    ],
)
def test_services_by_their_table(service, verb, thing):
    (found,) = rows(service)
    assert (found.verb, found.object, found.kind, found.unit) == (verb, thing, Kind.REQUEST, METER)
    assert found.code == f"0x{service[0]:02X}"
    assert found.detail == "clear text"


def test_a_logon_shows_its_user_and_no_password_is_shown():
    found = dissected(message(DEVICE, HOST, services(logon(), SECURITY), 1))
    assert [row.credentials for row in found if isinstance(row, Session)] == ["", "user-name", "user-password"]
    assert [row.detail for row in found if isinstance(row, Operation)] == [
        "user operator (7), clear text",
        "clear text",
    ]
    assert PASSWORD.strip().decode() not in str(found)


@pytest.mark.parametrize(
    ("code", "refusal"),
    [(3, "Insufficient Security Clearance (3)"), (0x12, "Segmentation Error (18)"), (0x1F, "reserved (31)")],
)
def test_refusals(code, refusal):
    (found,) = rows(bytes((code,)))
    assert (found.kind, found.refusal) == (Kind.REFUSAL, refusal)
    (found,) = rows(b"\0data")
    assert (found.kind, found.refusal) == (Kind.RESPONSE, "")


def test_modes_of_security():
    session, operation = dissected(message(DEVICE, HOST, bytes(20), 1, flags=0x88, vector=b"1234"), side=False)
    assert (session.encrypted, session.authenticated) == (True, True)
    assert (operation.function, operation.kind) == ("EPSEM", Kind.RESPONSE)
    found = dissected(message(DEVICE, HOST, services(table(0x30, 52)) + b"1234", 1, flags=0x84, vector=b"1234"))
    assert (found[0].encrypted, found[0].authenticated) == (False, True)
    assert found[1].detail == "clear text with authentication"
    reserved = message(DEVICE, HOST, bytes(9), 1, flags=0x8C)
    with pytest.raises(Malformed, match="reserved"):
        list(PROTOCOL.dissect(Message(reserved, len(reserved), True, "tcp", 1153)))


def test_several_services_and_a_class_of_device():
    assert [row.object for row in rows(table(0x30, 3), table(0x30, 5))] == [
        "ST-3 End Device Mode Status",
        "ST-5 Device Identification",
    ]
    raw = message(DEVICE, HOST, b"ELEC" + services(b"\x20"), 1, flags=0x90)
    assert [row.function for row in dissected(raw) if isinstance(row, Operation)] == ["Identification"]


def test_services_beyond_what_is_read_may_be_anything():
    found = rows(*[b"\x20"] * 70)
    assert [row.verb for row in found] == [Verb.IDENTIFY] * 64 + [Verb.UNKNOWN]
    assert [row.verb for row in rows(*[b"\x20"] * 64)] == [Verb.IDENTIFY] * 64


def test_a_registration_identifies():
    found = dissected(message(HOST, DEVICE, services(REGISTER), 1))
    assert [row for row in found if isinstance(row, Identity)] == [
        Identity("name", METER),
        Identity("serial", "1.3.6.1.4.1.33507.1919.102.5"),
    ]
    cut = dissected(message(HOST, DEVICE, services(REGISTER[:12]), 1))
    assert not [row for row in cut if isinstance(row, Identity)]


def test_titles():
    assert oid(bytes.fromhex("2b060104018285638e7f5801")) == SYSTEM
    assert oid(b"") == ""
    relative = b"\x80\3\x82\x32\5"
    assert rows_of_title(relative) == ".306.5"
    assert rows_of_title(HOST) == SYSTEM


def rows_of_title(title: bytes) -> str:
    return next(r for r in dissected(message(title, HOST, services(b"\x20"), 1)) if isinstance(r, Operation)).unit


FRAMINGS = {1: "c12-22", 2: "c12-22-81", 3: "c12-22-82"}


def keyed(raw: bytes) -> tuple:
    return key(FRAMINGS[1 if raw[1] < 0x80 else raw[1] - 0x7F], raw)


@pytest.mark.parametrize(
    ("called", "calling", "answers"),
    [(DEVICE, HOST, None), (OTHER, HOST, None), (HOST, DEVICE, 7), (HOST, OTHER, None)],
)
def test_invocations_and_data_are_no_meaning(called, calling, answers):
    def of(one: bytes, identifier: int = 1, flags: int = 0x80) -> tuple:
        again = None if answers is None else answers + identifier
        return keyed(message(called, calling, services(one), identifier, flags=flags, answers=again))

    for one in (b"\x20", table(0x30, 23), table(0x3F, 64, 0, 0, 0, 1, 0), logon(), SECURITY, b"\3", b"\0"):
        assert of(one, 1) == of(one, 0x7FFFFFF0), one
    assert of(table(0x30, 23)) != of(table(0x30, 24))
    assert of(b"\3") != of(b"\4")
    assert of(logon(b"a")) != of(logon(b"b"))
    assert of(SECURITY) == of(b"\x51" + b"y" * 20 + b"\0\7")
    for size in (4, 80, 150, 400):
        assert of(b"\0" + bytes(size), 1) == of(b"\0" + b"x" * size, 2)
        assert of(b"\0" + bytes(size), 1) != of(b"\3" + bytes(size), 1)


def test_vectors_are_no_meaning():
    for size in (8, 30, 100, 400):
        first, second = (
            keyed(message(OTHER, HOST, bytes((n,)) * size, n, flags=0x88, vector=struct.pack(">I", n))) for n in (1, 2)
        )
        assert first == second
        assert first != keyed(message(DEVICE, HOST, bytes(size), 1, flags=0x88, vector=bytes(4)))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x60\x02\xa2\0",
        message(DEVICE, HOST, b"", 1),
        message(DEVICE, HOST, b"\x05\x20", 1),
        message(DEVICE, HOST, services(b"\x20"), 1).replace(b"\xbe", b"\xbd"),
        b"\x61" + message(DEVICE, HOST, services(b"\x20"), 1)[1:],
    ],
)
def test_what_is_no_message(raw):
    found = Message(raw, len(raw), True, "tcp", 1153)
    assert not PROTOCOL.probe(found)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(found))


def test_away_from_its_port_only_known_services_are_believed():
    raw = message(DEVICE, HOST, services(b"\x7f"), 1)
    assert not PROTOCOL.probe(Message(raw, len(raw), True, "tcp", 11530))
    assert PROTOCOL.probe(Message(raw, len(raw), True, "tcp", 1153))
    with pytest.raises(Malformed, match="service 0x7F"):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 1153)))


def understood(name: str) -> list[tuple]:
    return [(m.protocol, m.count, row) for _, m, row in told(CAPTURES / "c12_22" / name) if isinstance(row, Operation)]


def test_captures():
    found = understood("clear.pcap")
    assert (6, "ST-23 Current Register Data") in [(count, row.object) for _, count, row in found]
    assert sum(count for _, count, row in found if row.kind is Kind.REFUSAL) == 3
    assert {Verb.RESTART, Verb.TIME_SYNC, Verb.CONFIGURE, Verb.AUTHENTICATE} <= {row.verb for _, _, row in found}
    assert [count for _, count, row in understood("protected.pcap") if row.function == "EPSEM"] == [4, 2, 2]
    elsewhere = understood("clear_on_11530.pcap")
    assert {protocol for protocol, _, _ in elsewhere} == {"c12-22"}
    assert len(elsewhere) == 30
    assert {protocol for protocol, _, _ in understood("syslog_on_1153.pcap")} == {"syslog"}
