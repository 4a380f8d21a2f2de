"""M-Bus: what is written, who answers and how encrypted, and what is of IEC 60870-5-101 or of neither."""

from __future__ import annotations

import pytest

from fixtures.record.iec101 import variable as station
from fixtures.record.mbus import HEAT, PASSWORD, WATER, long, reading, short, variable
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.mbus.mbus import PROTOCOL
from scanner.wording import plain
from tests.protocols.keys import case_of, key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FOLDER = CAPTURES / "mbus"


def message(raw: bytes) -> Message:
    return Message(raw, len(raw), True, "tcp", 10001)


def rows(raw: bytes) -> list:
    assert PROTOCOL.probe(message(raw))
    assert case_of("iec101", raw).protocol == "mbus"
    return list(PROTOCOL.dissect(message(raw)))


def operations(raw: bytes) -> list[Operation]:
    found = [row for row in rows(raw) if isinstance(row, Operation)]
    assert {row.verb for row in found} <= PROTOCOL.verbs
    return found


WRITTEN = [
    (b"\x01\x7a\x05", Verb.CONFIGURE, "bus address"),
    (b"\x04\x6d\x00\x08\x21\x31", Verb.TIME_SYNC, "date and time"),
    (b"\x02\x6c\x21\x31", Verb.TIME_SYNC, "date"),
    (b"\x0c\x79\x78\x56\x34\x12", Verb.CONFIGURE, "identification"),
    (b"\x07\x79" + WATER, Verb.CONFIGURE, "identification"),
    (b"\x01\xfd\x1c\x0b", Verb.CONFIGURE, "baud rate"),
    (b"\x04\xfd\x16" + PASSWORD, Verb.AUTHENTICATE, "password"),
    (b"\x04\xfd\x12" + PASSWORD, Verb.AUTHENTICATE, "access code of user"),
    (b"\x0d\xfd\x19\x10" + bytes(16), Verb.CONFIGURE, "security key"),
    (b"\x01\xfd\x1a\x01", Verb.OPERATE, "digital output"),
    (b"\x01\xfd\x1f\x01", Verb.OPERATE, "remote control"),
    (b"\x84\x10\x13\x01\x02\x03\x04", Verb.WRITE, "volume"),
    (b"\x08\x13", Verb.READ, "volume"),
    (b"\x7f", Verb.READ, "everything"),
    (b"\x2f\x2f\x08\x13", Verb.READ, "volume"),
    (b"\x02\x7c\x03ABC\x01\x02", Verb.WRITE, "plain text"),
    (b"\x0f\x01\x02", Verb.UNKNOWN, "manufacturer specific"),
    (b"\x01\xff\x01\x02", Verb.UNKNOWN, "manufacturer specific"),
]


@pytest.mark.parametrize(("data", "verb", "name"), WRITTEN, ids=[f"{w[2]} {w[0].hex()}" for w in WRITTEN])
def test_what_is_written(data, verb, name):
    (found,) = operations(long(0x53, 5, 0x51, data))
    assert (found.verb, found.object, found.kind) == (verb, name, Kind.REQUEST)
    assert (found.code, plain(found.unit)) == ("0x51", "meter 5")
    in_header = operations(long(0x73, 5, 0x5B, variable(WATER, 1, data)))
    assert [(f.verb, f.object) for f in in_header] == [(verb, name)]
    secret = name in ("password", "access code of user", "security key")
    (session,) = [row for row in rows(long(0x53, 5, 0x51, data)) if isinstance(row, Session)]
    assert (session.credentials, session.encrypted) == ("password" if secret else "", False)


def test_several_records_are_several_operations():
    found = operations(long(0x53, 5, 0x51, b"\x01\x7a\x05" + b"\x04\x13\x01\x00\x00\x00" + b"\x04\x13\x02\x00\x00\x00"))
    assert [(f.verb, f.object) for f in found] == [(Verb.CONFIGURE, "bus address"), (Verb.WRITE, "volume")]


OTHERS = [
    (long(0x53, 5, 0x50), Verb.RESTART, "Application Reset or Select", ""),
    (long(0x53, 5, 0x50, b"\x10"), Verb.RESTART, "Application Reset or Select", "sub-code 0x10"),
    (long(0x53, 5, 0xBD), Verb.CONFIGURE, "Set Baud Rate to 9600", ""),
    (long(0x53, 5, 0xB2), Verb.UNKNOWN, "Manufacturer Specific", ""),
    (long(0x53, 255, 0x5C), Verb.OPERATE, "Synchronise Action", ""),
    (long(0x53, 253, 0x52, HEAT), Verb.SESSION, "Selection of Device", "KAM 11223344 heat, outlet"),
    (long(0x53, 253, 0x52, b"\xff" * 8), Verb.SESSION, "Selection of Device", "FFFFFFFF"),
    (long(0x53, 5, 0x6C, variable(WATER, 1, bytes(9))), Verb.TIME_SYNC, "Set Clock", "ACW 12345678 water"),
    (long(0x53, 5, 0xC0, variable(WATER, 1, bytes(9))), Verb.FIRMWARE_UPDATE, "Image Transfer to Device", ""),
    (long(0x53, 5, 0xC3, variable(WATER, 1, bytes(9))), Verb.CONFIGURE, "Security Information to Device", ""),
]


@pytest.mark.parametrize(("raw", "verb", "name", "detail"), OTHERS, ids=[o[2] for o in OTHERS])
def test_what_else_is_sent(raw, verb, name, detail):
    (found,) = operations(raw)
    assert (found.verb, found.function) == (verb, name)
    assert plain(found.detail).startswith(detail)
    assert found.kind is (Kind.UNCONFIRMED if raw[5] == 255 else Kind.REQUEST)


@pytest.mark.parametrize(
    ("configuration", "encrypted", "words"),
    [
        (0, False, "ACW 12345678 water"),
        (0x0500, False, "ACW 12345678 water, encrypted in mode 5 (AES-128-CBC), blocks: 0"),
        (0x0510, True, "ACW 12345678 water, encrypted in mode 5 (AES-128-CBC), blocks: 1"),
        (0x0720, True, "ACW 12345678 water, encrypted in mode 7 (AES-128-CBC, ephemeral key), blocks: 2"),
        (0x0D00, True, "ACW 12345678 water, encrypted in mode 13 (TLS)"),
        (0x1100, True, "ACW 12345678 water, encrypted in mode 17"),
    ],
)
def test_answers_say_who_and_how_encrypted(configuration, encrypted, words):
    raw = long(0x18, 5, 0x72, variable(WATER, 7, bytes(32) if encrypted else reading(7), configuration=configuration))
    (found,) = operations(raw)
    assert (found.verb, found.kind, plain(found.detail)) == (Verb.READ, Kind.RESPONSE, words)
    (session,) = [row for row in rows(raw) if isinstance(row, Session)]
    assert session.encrypted is encrypted


def test_an_encrypted_command_is_not_known():
    (found,) = operations(long(0x53, 5, 0x5B, variable(WATER, 1, bytes(16), configuration=0x0510)))
    assert (found.verb, found.function) == (Verb.UNKNOWN, "Encrypted Command to Device")


def test_errors():
    (found,) = operations(long(0x08, 5, 0x70, b"\x01"))
    assert (found.kind, found.refusal) == (Kind.REFUSAL, "Unimplemented CI field")


def test_readings_and_frame_counts_make_no_other_message():
    first = key("iec101", long(0x08, 5, 0x72, variable(WATER, 1, reading(1))))
    assert key("iec101", long(0x38, 5, 0x72, variable(WATER, 2, reading(999)))) == first
    assert key("iec101", long(0x08, 5, 0x72, variable(HEAT, 1, reading(1)))) != first
    assert key("iec101", long(0x08, 5, 0x72, variable(WATER, 1, reading(1), configuration=0x510))) != first
    assert key("iec101", long(0x53, 5, 0x51, b"\x01\x7a\x05")) == key("iec101", long(0x73, 5, 0x51, b"\x01\x7a\x05"))
    assert key("iec101", long(0x53, 5, 0x51, b"\x01\x7a\x05")) != key("iec101", long(0x73, 5, 0x51, b"\x01\x7a\x06"))


BROKEN = [
    b"",
    b"\xe5\xe5",
    short(0x42, 5),
    short(0x40, 5)[:-1],
    short(0x40, 5)[:3] + b"\0\x16",
    long(0x53, 5, 0x51, b"\x01\x7a\x05")[:-1],
    long(0x53, 5, 0x51, b"\x01\x7a\x05")[:-2] + b"\x00\x16",
    long(0x53, 5, 0x51, b"\x04\x7a\x05"),
    long(0x53, 5, 0x51, b"\x01" + b"\xfd" * 12),
    long(0x53, 5, 0x51, b"\x0d\x13\xff\x00"),
    long(0x53, 5, 0x51, b"\x8f\x00\x13\x00"),  # a reserved data field
    long(0x53, 5, 0x52, HEAT),
    long(0x53, 253, 0x52, HEAT[:4]),
    long(0x53, 5, 0xBB, b"\x00"),
    long(0x08, 5, 0x72, WATER[:6]),
    long(0x08, 5, 0x20, b"\x00"),
    long(0x0B, 5, 0x72, variable(WATER, 1, b"")),
    long(0x53, 5, 0xC0, bytes(15)),
]


@pytest.mark.parametrize("raw", BROKEN, ids=[b.hex() for b in BROKEN])
def test_what_is_no_m_bus(raw):
    assert not PROTOCOL.probe(message(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message(raw)))


@pytest.mark.parametrize("number", [1, 30, 45, 70, 81, 82, 90, 91, 100, 103, 105, 112, 113, 120, 122, 126])
@pytest.mark.parametrize("control", [0x53, 0x73, 0x08, 0x28])
def test_stations_are_stations(number, control):
    """Types of IEC 60870-5-101 and of its security, with one object and a cause of theirs."""
    cause = 14 if 81 <= number <= 95 else 6
    raw = station(control, bytes((number, 1, cause, 1, 0, 0)) + bytes(14))
    assert case_of("iec101", raw).protocol == "iec101"


def told(name: str) -> list[dict]:
    return [c for _, protocol, _, c in operation_rows(*understand_capture(FOLDER / name)) if protocol == "mbus"]


@pytest.mark.parametrize("name", ["service.pcap", "udp.pcap"])
def test_built(name):
    _, understood = understand_capture(FOLDER / name)
    assert understood.spoken[0] == ("mbus",)
    assert not understood.malformed
    assert not understood.defects
    found = {(o["verb"], o["object"] or o["function"]): o for o in told(name)}
    for verb, what in (
        *(("configure", "bus address"), ("time-sync", "date and time"), ("authenticate", "password")),
        *(("restart", "Application Reset or Select"), ("configure", "Set Baud Rate to 2400")),
    ):
        assert found[verb, what]["accepted"] == 1, what
    assert 6 in [o["count"] for o in told(name) if o["function"] == "Variable Data"]
    (session,) = [c for _, protocol, c in session_rows(*understand_capture(FOLDER / name)) if protocol == "mbus"]
    assert session["credentials"] == ["password"]
    assert PASSWORD.hex() not in str(told(name)) + str(understood.rows)


def test_recorded_from_pymeterbus():
    found = [(o["function"], plain(o["detail"]), o["count"]) for o in told("pymeterbus.pcap")]
    assert ("Variable Data", "ACW 12345678 water", 4) in found
    assert ("Selection of Device", "KAM 11223344 heat, outlet", 1) in found


def test_the_link_is_read_where_meters_are():
    found = {o["function"]: o for o in told("service.pcap")}
    assert found["SND_NKE"]["count"] == 1
    assert found["REQ_UD2"]["verb"] == "read"


def test_what_only_the_link_says_names_nobody():
    _, understood = understand_capture(FOLDER / "link_only.pcap")
    assert not understood.spoken
    assert not understood.suggested
