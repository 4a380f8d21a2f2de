"""ADS: commands and what they touch, states, answers, discovery and routes, what is and is not part of the key."""

from __future__ import annotations

import pytest

from fixtures.record.ads import (
    EXCHANGES,
    HERE,
    NOT_ROUTED,
    OPEN_BOOT,
    ROUTE,
    ROUTED,
    SYSTEM,
    WHO,
    answered,
    control,
    data,
    device,
    message,
    notification,
    numbered,
    read,
    read_write,
    tagged,
    words,
    write,
)
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.ads.ads import PROTOCOL
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes) -> list:
    over = "udp" if raw.startswith(b"\x03") else "tcp"
    packet = Message(raw, len(raw), True, over, 48898)
    assert PROTOCOL.probe(packet)
    return list(PROTOCOL.dissect(packet))


def only(raw: bytes) -> Operation:
    (row,) = [r for r in rows(raw) if isinstance(r, Operation)]
    return row


REQUESTS = [
    (message(1), Verb.IDENTIFY, "", "TwinCAT 3 PLC 1"),
    (message(4, port=1234), Verb.DIAGNOSE, "", ""),
    (read(0x4020, 100, 4), Verb.READ, "%M byte 100 x 4", "TwinCAT 3 PLC 1"),
    (read(0x4021, 803, 1), Verb.READ, "%MX bit 100.3", "TwinCAT 3 PLC 1"),
    (read(0xF005, 0x0B00001F, 2), Verb.READ, "symbol with handle 0x0B00001F", "TwinCAT 3 PLC 1"),
    (read(0x12345, 1, 2), Verb.READ, "group 0x00012345 offset 0x00000001 x 2", "TwinCAT 3 PLC 1"),
    (write(0xF005, 0x0B00001F, b"\1\0"), Verb.WRITE, "symbol with handle 0x0B00001F", "TwinCAT 3 PLC 1"),
    (write(0xF030, 4, b"\1\0"), Verb.WRITE, "%Q byte 4 x 2", "TwinCAT 3 PLC 1"),
    (write(0xF006, 0, b"\1\0\0\0"), Verb.SESSION, "release of handle 0 x 4", "TwinCAT 3 PLC 1"),
    (write(0xF00A, 0, b"\1"), Verb.CONFIGURE, "symbol download 0", "TwinCAT 3 PLC 1"),
    (read_write(0xF003, 0, b"MAIN.nSpeed\0"), Verb.READ, "symbol MAIN.nSpeed", "TwinCAT 3 PLC 1"),
    (read_write(0xF011, 0, b"ST_Drive\0"), Verb.READ, "symbol ST_Drive", "TwinCAT 3 PLC 1"),
    (read_write(0xF005, 7, b"\1\0"), Verb.OPERATE, "method with handle 0x00000007", "TwinCAT 3 PLC 1"),
    (read_write(0xF005, 7, b""), Verb.READ, "symbol with handle 0x00000007", "TwinCAT 3 PLC 1"),
    (read_write(0x4020, 8, b"\1\0"), Verb.WRITE, "%M byte 8", "TwinCAT 3 PLC 1"),
    (read_write(0x1234, 1, b"\1\0"), Verb.WRITE, "group 0x00001234 offset 0x00000001", "TwinCAT 3 PLC 1"),
    (read_write(0x1234, 1, b""), Verb.READ, "group 0x00001234 offset 0x00000001", "TwinCAT 3 PLC 1"),
    (read_write(0x01F4, 1, b"\1\0", 110), Verb.UNKNOWN, "group 0x000001F4 offset 0x00000001", "event logger"),
    (read_write(0xF086, 1, words(21)), Verb.SUBSCRIBE, "sum delete notification 1", "TwinCAT 3 PLC 1"),
    (control(5), Verb.START, "", "TwinCAT 3 PLC 1, RUN"),
    (control(6), Verb.STOP, "", "TwinCAT 3 PLC 1, STOP"),
    (control(2, port=SYSTEM), Verb.RESTART, "", "system service, RESET"),
    (control(16, port=SYSTEM), Verb.MODE_CHANGE, "", "system service, RECONFIG"),
    (control(12, 1, SYSTEM), Verb.STOP, "", "system service, SHUTDOWN, device state 1"),
    (control(7), Verb.CONFIGURE, "", "TwinCAT 3 PLC 1, SAVECFG"),
    (control(99), Verb.MODE_CHANGE, "", "TwinCAT 3 PLC 1, state 99"),
    (message(6, words(0x4020, 8, 2, 4, 0, 0) + bytes(16)), Verb.SUBSCRIBE, "%M byte 8 x 2", "TwinCAT 3 PLC 1"),
    (message(7, words(21)), Verb.SUBSCRIBE, "", "TwinCAT 3 PLC 1"),
    (read_write(120, 0x11, b"a.txt\0", SYSTEM), Verb.FILE_READ, "open file a.txt", "system service"),
    (read_write(120, 0x12, b"a.txt\0", SYSTEM), Verb.FILE_WRITE, "open file a.txt", "system service"),
    (read_write(120, 0x14, b"a.txt\0", SYSTEM), Verb.FILE_WRITE, "open file a.txt", "system service"),
    (
        read_write(120, OPEN_BOOT, b"CurrentConfig.xml\0", SYSTEM),
        Verb.PROGRAM_DOWNLOAD,
        "open file boot project, CurrentConfig.xml",
        "system service",
    ),
    (read_write(131, 0, b"a.txt\0", SYSTEM), Verb.FILE_DELETE, "delete file a.txt", "system service"),
    (read_write(123, 8, b"hello", SYSTEM), Verb.FILE_WRITE, "write file", "system service"),
    (read_write(121, 8, b"", SYSTEM), Verb.SESSION, "close file", "system service"),
    (read_write(200, 0, b"Key\0Value\0", SYSTEM), Verb.READ, "registry HKLM Key Value", "system service"),
    (write(200, 0, b"Key\0Value\0secret\0", SYSTEM), Verb.CONFIGURE, "registry HKLM", "system service"),
    (write(801, 0, bytes(9), SYSTEM), Verb.CONFIGURE, "add route 0", "system service"),
    (write(500, 0, bytes(9), SYSTEM), Verb.OPERATE, "start process 0", "system service"),
    (write(400, 1, bytes(16), SYSTEM), Verb.TIME_SYNC, "time services 1", "system service"),
    (read(400, 1, 16, SYSTEM), Verb.READ, "time services 1", "system service"),
    (read(700, 1, 16, SYSTEM), Verb.IDENTIFY, "target information 1", "system service"),
    (read(120, 1, 16), Verb.READ, "group 0x00000078 offset 0x00000001 x 16", "TwinCAT 3 PLC 1"),
]


@pytest.mark.parametrize("case", REQUESTS, ids=[f"{c[1]} {c[2] or c[3]}" for c in REQUESTS])
def test_requests_and_what_they_touch(case):
    raw, verb, where, detail = case
    found = only(raw)
    assert (found.verb, found.object, found.detail, found.kind) == (verb, where, detail, Kind.REQUEST)
    assert found.unit.startswith("10.20.0.20.1.1:")
    assert "secret" not in repr(found)
    assert case_of("ads", raw).role.name == "REQUEST"


def test_sum_commands_are_several_operations():
    found = rows(read_write(0xF080, 2, words(0x4020, 0, 4, 0xF005, 0x0B00001F, 2)))
    assert [(r.verb, r.object) for r in found] == [
        (Verb.READ, "%M byte 0 x 4"),
        (Verb.READ, "symbol with handle 0x0B00001F"),
    ]
    many = rows(read_write(0xF083, 30, words(*(0x4020, 0, 4) * 30)))
    assert len(many) == 20
    assert many[-1].object == "%M byte 0 x 4 and 10 more"
    found = rows(read_write(0xF081, 2, words(0x4020, 8, 4, 0xF006, 0, 4) + bytes(8)))
    assert [(r.verb, r.object) for r in found] == [
        (Verb.WRITE, "%M byte 8 x 4"),
        (Verb.SESSION, "release of handle 0 x 4"),
    ]
    found = only(read_write(0xF082, 0, b""))
    assert (found.verb, found.object) == (Verb.READ, "sum read write")
    looked_up = words(0xF003, 0, 4, 6, 0xF009, 0, 80, 6, 0xF005, 7, 4, 2, 0x4020, 8, 0, 4, 0x4020, 8, 4, 0)
    assert [(r.verb, r.object) for r in rows(read_write(0xF082, 5, looked_up + bytes(18)))] == [
        (Verb.READ, "handle of symbol 0 x 4"),
        (Verb.READ, "information of symbol 0 x 80"),
        (Verb.OPERATE, "method with handle 0x00000007"),
        (Verb.WRITE, "%M byte 8"),
        (Verb.READ, "%M byte 8"),
    ]
    many = words(0xF003, 0, 4, 4) * 24 + words(0xF005, 7, 4, 2) + bytes(98)
    assert [r.verb for r in rows(read_write(0xF082, 25, many))] == [Verb.READ] * 20 + [Verb.OPERATE]
    assert [r.verb for r in rows(read_write(0xF082, 90, many))][20:] == [
        Verb.OPERATE,
        Verb.UNKNOWN,
    ]  # not all are there
    found = only(read_write(0xF085, 1, words(0xF005, 7, 2, 4, 0, 0) + bytes(16)))
    assert (found.verb, found.object) == (Verb.SUBSCRIBE, "symbol with handle 0x00000007")


ANSWERS = [
    (answered(3), "", "TwinCAT 3 PLC 1"),
    (answered(4, b"\x05\0\0\0"), "", "TwinCAT 3 PLC 1, RUN"),
    (answered(3, b"", 0x704), "reading or writing not permitted (0x0704)", "TwinCAT 3 PLC 1"),
    (answered(3, b"", 0x777), "error (0x0777)", "TwinCAT 3 PLC 1"),
    (answered(1, error=7, port=900), "target machine not found (0x0007)", "cam switch"),
    (answered(9, data(b""), 2), "no real time (0x0002)", "TwinCAT 3 PLC 1"),
    (answered(9, data(b""), 2, SYSTEM), "registry: invalid value (0x0002)", "system service"),
]


@pytest.mark.parametrize(("raw", "refusal", "detail"), ANSWERS, ids=[a[1] or a[2] for a in ANSWERS])
def test_answers(raw, refusal, detail):
    found = only(raw)
    assert (found.refusal, found.detail, found.kind) == (
        refusal,
        detail,
        Kind.REFUSAL if refusal else Kind.RESPONSE,
    )
    assert case_of("ads", raw).role.name == "RESPONSE"


def test_device_info_is_an_identity():
    found = rows(answered(1, device(b"Plc30 App", 3, 1, 4024)))
    assert Identity("software", "Plc30 App 3.1.4024") in found
    assert len(rows(answered(1, device(b"", 3, 1, 4024)))) == 1


def test_notifications_come_from_the_server():
    found = only(notification())
    assert (found.kind, found.verb, found.unit) == (Kind.NOTICE, Verb.REPORT, "10.20.0.20.1.1:851")
    assert case_of("ads", notification()).role.name == "NOTICE"


def test_discovery_reveals_the_device():
    assert only(WHO).verb is Verb.IDENTIFY
    assert only(HERE).detail == "AMS net ID 10.20.0.20.1.1"
    found = {r.field: r.value for r in rows(HERE) if isinstance(r, Identity)}
    assert found == {"hostname": "CX-2A5B1C", "software": "TwinCAT 3.1.4024", "os": "Windows NT 10.0 build 19041"}


def test_a_route_is_added_with_a_password_that_is_not_shown():
    operation, session = rows(ROUTE)
    assert (operation.verb, operation.object, operation.detail) == (
        Verb.CONFIGURE,
        "route STATION",
        "to 10.20.0.10.1.1 at 10.20.0.10",
    )
    assert isinstance(session, Session)
    assert (session.credentials, session.encrypted) == ("user-password", False)
    assert "secret" not in repr(rows(ROUTE))
    assert "Administrator" not in repr(rows(ROUTE))
    assert rows(tagged(6))[1].credentials == "none"
    assert only(ROUTED).refusal == ""
    assert only(NOT_ROUTED).refusal == "reading or writing not permitted (0x0704)"
    assert only(tagged(9)).verb is Verb.UNKNOWN


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (message(4)[:37], "too few"),
        (message(4)[:-1], "too few"),
        (read(1, 2, 3)[:-1], "AMS/TCP length"),
        (read(1, 2, 3)[:26] + words(5) + read(1, 2, 3)[30:], "AMS length"),
        (message(2, b"\1\2"), "too few"),
        (message(5, b"\1"), "too few"),
        (WHO[:23], "no discovery"),
        (ROUTE[:-1], "cut short"),
    ],
)
def test_what_breaks_the_specification_is_malformed(raw, words):
    over = "udp" if raw.startswith(b"\x03") else "tcp"
    with pytest.raises(Malformed, match=words):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, over, 48898)))


SAME = [
    (numbered(write(0xF005, 7, b"\1\0"), 1), numbered(write(0xF005, 7, b"\2\0"), 2)),
    (answered(2, data(b"\1")), answered(2, data(b"\2\3"))),
    (notification(value=b"\1"), notification(value=b"\2\2")),
    (read_write(123, 8, b"hello", SYSTEM), read_write(123, 9, b"other!", SYSTEM)),
    (read_write(0xF081, 1, words(0x4020, 8, 4) + b"1234"), read_write(0xF081, 1, words(0x4020, 8, 4) + b"9876")),
    (
        read_write(0xF081, 2, words(0x4020, 8, 2, 0x4020, 12, 2) + b"1234"),
        read_write(0xF081, 2, words(0x4020, 8, 2, 0x4020, 12, 2) + b"9876"),
    ),
    (
        read_write(0xF082, 1, words(0xF005, 7, 4, 2) + b"12"),
        read_write(0xF082, 1, words(0xF005, 7, 4, 2) + b"98"),
    ),
    (read_write(0xF005, 7, b"1234"), read_write(0xF005, 7, b"98")),
    (message(7, words(1)), message(7, words(2))),
]
OTHER = [
    (write(0xF005, 7, b"\1\0"), write(0xF005, 8, b"\1\0")),
    (write(0xF005, 7, b"\1\0"), read(0xF005, 7, 2)),
    (read(1, 2, 3), read(1, 2, 3, port=852)),
    (read_write(0xF003, 0, b"A\0"), read_write(0xF003, 0, b"B\0")),
    (control(5), control(6)),
    (answered(3), answered(3, b"", 0x704)),
    (answered(3), answered(3, error=6)),
    (answered(4, b"\5\0\0\0"), answered(4, b"\6\0\0\0")),
]


def test_values_and_counters_are_no_part_of_the_key_and_meaning_is():
    assert [key("ads", a) == key("ads", b) for a, b in SAME] == [True] * len(SAME)
    assert [key("ads", a) == key("ads", b) for a, b in OTHER] == [False] * len(OTHER)
    assert pair("ads", numbered(read(1, 2, 3), 9)) == pair("ads", numbered(answered(2), 9))
    assert pair("ads", numbered(read(1, 2, 3), 9)) != pair("ads", numbered(answered(2), 8))


@pytest.mark.parametrize("name", ["pyads.pcap", "tcp.pcap", "port_48000.pcap", "discovery.pcap"])
def test_captures_are_recognised_on_any_port(name):
    _result, understood = understand_capture(CAPTURES / "ads" / name)
    assert set(understood.spoken.values()) == {("ads",)}
    assert not understood.malformed
    assert not understood.defects


def test_outcomes():
    result = read_capture(CAPTURES / "ads" / "tcp.pcap", "x", framing_plan())
    found = [c for _, _, _, c in operation_rows(result, understand(result, protocols()))]
    assert sum(c["count"] for c in found if c["seen_as"] == "request") == len(EXCHANGES) + 1 + 3  # three sums of two
    outcome = {(c["verb"], c["object"]): (c["accepted"], c["refusals"]) for c in found}
    assert outcome["write", "symbol with handle 0x0B00001F"] == (2, [])
    assert outcome["operate", "method with handle 0x0B000020"] == (2, [])
    assert outcome["read", "symbol MAIN.missing"] == (0, ["symbol not found (0x0710)"])
    assert outcome["operate", "start process 0"] == (0, ["access denied (0x0723)"])


def test_a_broadcast_is_answered():
    result = read_capture(CAPTURES / "ads" / "discovery.pcap", "x", framing_plan())
    found = [c for _, _, _, c in operation_rows(result, understand(result, protocols()))]
    assert {(c["function"], c["count"], c["accepted"]) for c in found} == {("Server Info", 1, 1), ("Add Route", 2, 1)}


def test_http_on_the_port_is_http():
    result = read_capture(CAPTURES / "ads" / "http_on_48898.pcap", "x", framing_plan())
    assert set(understand(result, protocols()).spoken.values()) == {("http",)}
