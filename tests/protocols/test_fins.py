"""FINS: what commands touch, answers, end codes, identities, FINS/TCP, what is and is not part of the key."""

from __future__ import annotations

import pytest

from fixtures.record.fins import DISK, EXCHANGES, answered, asked, file, identity, tcp
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.fins._names import COMMANDS
from scanner.protocols.fins.fins import PROTOCOL
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes, *, port: int = 9600) -> list:
    over = "tcp" if raw.startswith(b"FINS") else "udp"
    message = Message(raw, len(raw), True, over, port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def only(raw: bytes) -> Operation:
    (row,) = [r for r in rows(raw) if isinstance(r, Operation)]
    return row


REQUESTS = [
    (0x0101, "82 006400 000a", Verb.READ, "DM 100-109", ""),
    (0x0101, "30 006403 0001", Verb.READ, "CIO 100.03", ""),
    (0x0101, "31 00190f 0004", Verb.READ, "WR 25.15 x 4", ""),
    (0x0101, "00 006405 0001", Verb.READ, "CIO 100.05", ""),
    (0x0101, "80 0a8600 0001", Verb.READ, "G 134", ""),
    (0x0101, "80 0b0100 0002", Verb.READ, "A 1-2", ""),
    (0x0101, "80 0c0100 0001", Verb.READ, "A 257", ""),
    (0x0101, "89 800500 0002", Verb.READ, "counter 5-6", ""),
    (0x0101, "81 080500 0001", Verb.READ, "counter 5", ""),
    (0x0101, "a3 000700 0001", Verb.READ, "EM bank 3 7", ""),
    (0x0101, "e2 000701 0001", Verb.READ, "EM bank 12 7.01", ""),
    (0x0101, "55 000700 0001", Verb.READ, "area 0x55 7", ""),
    (0x0102, "b2 000000 0001 0000", Verb.WRITE, "HR 0", ""),
    (0x0103, "b1 000000 0064 0000", Verb.WRITE, "WR 0-99", ""),
    (0x0201, "8012 0000 0064", Verb.READ, "I/O table word 0-99", ""),
    (0x0202, "8010 0005 8001 0000", Verb.CONFIGURE, "PC setup word 5", ""),
    (0x0203, "8000 0000 0001 0000", Verb.CONFIGURE, "all parameter areas word 0", ""),
    (0x0304, "ffff 00 00000000 ffffffff 53454352", Verb.CONFIGURE, "all programs", "password"),
    (0x0306, "0000 00000e00 0200", Verb.PROGRAM_UPLOAD, "program 0", ""),
    (0x0307, "0000 00000e00 8002 1234", Verb.PROGRAM_DOWNLOAD, "program 0", ""),
    (0x0308, "ffff 00", Verb.PROGRAM_DOWNLOAD, "all programs", ""),
    (0x0401, "ffff 04", Verb.START, "all programs", "RUN mode"),
    (0x0401, "", Verb.START, "", "MONITOR mode"),
    (0x0402, "ffff", Verb.STOP, "all programs", ""),
    (0x0403, "", Verb.RESTART, "", ""),
    (0x0702, "24 01 01 08 00", Verb.TIME_SYNC, "", ""),
    (0x2101, "fffe", Verb.OPERATE, "all errors", ""),
    (0x2101, "0101", Verb.OPERATE, "FAL 0x0101", ""),
    (0x2202, DISK + file("A.IOM") + bytes(8), Verb.FILE_READ, "file A.IOM", ""),
    (0x2203, DISK + b"\0\1" + file("A.IOM") + bytes(8), Verb.FILE_WRITE, "file A.IOM", ""),
    (0x2204, DISK, Verb.FILE_DELETE, "memory card", ""),
    (0x2205, DISK + b"\0\2" + file("A.IOM") + file("B.IOM"), Verb.FILE_DELETE, "file A.IOM, file B.IOM", ""),
    (0x2207, DISK + file("A.IOM") + DISK + file("B.IOM"), Verb.FILE_WRITE, "file A.IOM, file B.IOM", ""),
    (0x2206, DISK + b"\0\1" + file("LINE1."), Verb.FILE_WRITE, "volume label LINE1 .", ""),
    (
        0x220A,
        bytes.fromhex("0001 82 000000 0064") + DISK + file("A.IOM"),
        Verb.WRITE,
        "DM 0-99, file A.IOM",
        "from the file",
    ),
    (
        0x220B,
        bytes.fromhex("0000 8010 0000 0064") + DISK + file("S.STD"),
        Verb.FILE_WRITE,
        "PC setup, file S.STD",
        "to the file",
    ),
    (
        0x220C,
        bytes.fromhex("0001 ffff 00000000 ffffffff") + DISK + file("P.OBJ"),
        Verb.PROGRAM_DOWNLOAD,
        "program 65535, file P.OBJ",
        "from the file",
    ),
    (0x230A, "00 000001 0001", Verb.READ, "CIO 0.01", ""),
    (0x2601, b"PRESS_01", Verb.CONFIGURE, "", "name PRESS_01"),
]


@pytest.mark.parametrize("case", REQUESTS, ids=[f"{c[0]:04X} {c[3] or c[4]}" for c in REQUESTS])
def test_requests_and_what_they_touch(case):
    code, parameters, verb, where, detail = case
    for raw in (asked(code, parameters), tcp(asked(code, parameters))):
        found = only(raw)
        assert (found.verb, found.object, found.detail, found.kind) == (verb, where, detail, Kind.REQUEST)
        assert (found.code, found.unit) == (f"{code:04X}", "0.81.0")
        assert found.filter == f"omron.command == 0x{code:04x}"


def test_every_command_is_recorded():
    assert set(COMMANDS) - {e[0] for e in EXCHANGES} <= {0x0221, 0x0802, 0x0803, 0x2210, 0x2211, 0x2220} | set(
        range(0x2701, 0x2806)
    )


def test_several_things_are_several_operations():
    assert [r.object for r in rows(asked(0x0104, "82 000a00 b3 000100 20 000305"))] == [
        "DM 10",
        "AR 1",
        "EM bank 0 3.05",
    ]
    found = [(r.verb, r.object) for r in rows(asked(0x0105, "82 000000 82 03e800 0064"))]
    assert found == [(Verb.READ, "DM 0-99"), (Verb.WRITE, "DM 1000-1099")]
    found = [(r.object, r.detail) for r in rows(asked(0x2301, "0003 0001 30 006403 8000 70 006404 ffff 32 000000"))]
    assert found == [("CIO 100.03", "force set"), ("CIO 100.04", "released, OFF"), ("HR 0.00", "released")]


@pytest.mark.parametrize(
    ("parameter", "function", "verb"),
    [
        ("0001", "Message Read", Verb.READ),
        ("4001", "Message Clear", Verb.OPERATE),
        ("8001", "FAL/FALS Read", Verb.DIAGNOSE),
    ],
)
def test_one_command_is_three_by_its_parameter(parameter, function, verb):
    found = only(asked(0x0920, parameter))
    assert (found.function, found.verb) == (function, verb)


@pytest.mark.parametrize(
    ("end", "refusal", "detail"),
    [
        (0x0000, "", ""),
        (0x0040, "", "non-fatal CPU error"),
        (0x0080, "", "fatal CPU error"),
        (0x2102, "The data is protected (0x2102)", ""),
        (0x21C2, "The data is protected (0x2102)", "fatal CPU error, non-fatal CPU error"),
        (0x3001, "The access right is held by another device (0x3001)", ""),
        (0x8205, "Response time-out (0x0205)", "relay error"),
        (0x8000, "Relay error (0x0000)", "relay error"),
        (0x7001, "End code (0x7001)", ""),
    ],
)
def test_end_codes(end, refusal, detail):
    found = only(answered(0x0102, end))
    assert (found.kind, found.refusal, found.detail) == (
        Kind.REFUSAL if refusal else Kind.RESPONSE,
        refusal,
        detail,
    )
    assert found.unit == "0.81.0"


def test_no_answer_wanted_is_said():
    assert only(asked(0x0102, "82 000000 0001 0001", icf=0x81)).detail == "no answer wanted"


def test_identities():
    found = {
        (r.field, r.value)
        for r in rows(answered(0x0501, 0, identity("CJ2M-CPU33", "02.10")))
        if isinstance(r, Identity)
    }
    assert found == {("model", "CJ2M-CPU33"), ("firmware", "02.10")}
    units = answered(0x0501, 0, b"\x41\x30" + b"\x20" * 62 + bytes(3))
    assert not [r for r in rows(units) if isinstance(r, Identity)]
    assert Identity("name", "PRESS_01") in rows(answered(0x2603, 0, b"PRESS_01"))


def test_status_says_the_mode():
    assert only(answered(0x0601, 0, "01 02" + "00" * 24)).detail == "running, MONITOR mode"
    assert only(answered(0x0601, 0, "00 00" + "00" * 24)).detail == "stopped, PROGRAM mode"


def test_no_password_and_no_value_is_shown():
    text = repr(rows(asked(0x0305, b"\xff\xff\0" + bytes(8) + b"SECR")))
    assert "SECR" not in text
    assert "1234" not in repr(rows(asked(0x0102, "82 000000 0001 04d2"))).replace("0x0102", "")


def test_connection_of_fins_tcp():
    asking, session = rows(tcp((80).to_bytes(4, "big"), 0))
    assert (asking.kind, asking.detail) == (Kind.REQUEST, "client node 80")
    assert isinstance(session, Session)
    assert (session.authenticated, session.encrypted, session.credentials) == (False, False, "none")
    assert only(tcp(bytes(4), 0)).detail == "client node left to the server"
    answer = only(tcp(bytes.fromhex("0000005000000051"), 1))
    assert (answer.kind, answer.detail) == (Kind.RESPONSE, "client node 80, server node 81")
    refused = only(tcp(bytes(8), 1, 0x22))
    assert refused.refusal == "Attempt to access a protected node from an unspecified IP address (0x22)"
    assert only(tcp(b"", 3, 2)).refusal == "The data length is too long (0x02)"
    assert only(tcp(b"", 6)).kind is Kind.NOTICE


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (asked(0x0101)[:11], "too few"),
        (asked(0x0101, "82 0064"), "too few"),
        (answered(0x0101)[:13], "too few"),
        (b"\x80\x01" + asked(0x0402)[2:], "ICF, RSV or GCT"),
        (b"\x80\0\x09" + asked(0x0402)[3:], "ICF, RSV or GCT"),
        (tcp(asked(0x0402))[:-1], "length says"),
        (asked(0x0920, "c001"), "bits 14 and 15"),
        (asked(0x2301, "0001 0001 30 0064"), "too few"),
    ],
)
def test_what_breaks_the_specification_is_malformed(raw, words):
    over = "tcp" if raw.startswith(b"FINS") else "udp"
    with pytest.raises(Malformed, match=words):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, over, 9600)))


def test_away_from_its_port_only_published_commands_with_their_parameters():
    def believed(raw: bytes, port: int) -> bool:
        return PROTOCOL.probe(Message(raw, len(raw), True, "udp", port))

    assert believed(asked(0x0101, "82 006400 000a"), 5000)
    assert not believed(asked(0x0101, "82 00"), 5000)
    assert not believed(asked(0x0777), 5000)
    assert believed(asked(0x0777), 9600)
    assert not PROTOCOL.probe(Message(asked(0x0402), 12, True, "tcp", 9600))


SAME = [
    (asked(0x0102, "82 000000 0001 1111", 1), asked(0x0102, "82 000000 0001 2222", 2)),
    (answered(0x0101, 0, "1111", 1), answered(0x0101, 0, "2222", 2)),
    (asked(0x0306, "0000 00000000 0200", 1), asked(0x0306, "0000 00000200 0200", 2)),
    (asked(0x0702, "24 01 01 08 00", 1), asked(0x0702, "25 02 03 09 01", 2)),
    (asked(0x0304, "ffff 00 00000000 ffffffff 41414141"), asked(0x0304, "ffff 00 00000000 ffffffff 42424242")),
    (
        asked(0x2203, DISK + b"\0\1" + file("A.IOM") + bytes(8)),
        asked(0x2203, DISK + b"\0\1" + file("A.IOM") + b"12345678"),
    ),
    (answered(0x0601, 0, "01 02 0000"), answered(0x0601, 0, "01 02 1111")),
]
OTHER = [
    (asked(0x0102, "82 000000 0001 1111"), asked(0x0102, "82 000100 0001 1111")),
    (asked(0x0102, "82 000000 0001 1111"), asked(0x0102, "82 000000 0002 1111")),
    (asked(0x0102, "82 000000 0001 1111"), asked(0x0103, "82 000000 0001 1111")),
    (asked(0x0102, "82 000000 0001 1111"), asked(0x0102, "82 000000 0001 1111", icf=0x81)),
    (asked(0x0401, "ffff 04"), asked(0x0401, "ffff 02")),
    (answered(0x0101), answered(0x0101, 0x1103)),
    (answered(0x0101), asked(0x0101, "82 006400 000a")),
    (answered(0x0601, 0, "01 02 0000"), answered(0x0601, 0, "01 04 0000")),
    (asked(0x2202, DISK + file("A.IOM")), asked(0x2202, DISK + file("B.IOM"))),
]


def test_values_and_counters_are_no_part_of_the_key_and_meaning_is():
    for wrap, framing in ((bytes, "fins-udp"), (tcp, "fins-tcp")):
        assert [key(framing, wrap(a)) == key(framing, wrap(b)) for a, b in SAME] == [True] * len(SAME)
        assert [key(framing, wrap(a)) == key(framing, wrap(b)) for a, b in OTHER] == [False] * len(OTHER)
        request, answer = wrap(asked(0x0101, "82 006400 000a", 7)), wrap(answered(0x0101, 0, "11", 7))
        assert pair(framing, request) == pair(framing, answer) != pair(framing, wrap(answered(0x0101, service=8)))
        assert [case_of(framing, m).role.name for m in (request, answer)] == ["REQUEST", "RESPONSE"]


@pytest.mark.parametrize("name", ["tcp.pcap", "udp.pcap", "port_19600.pcap", "port_19600_udp.pcap"])
def test_captures_are_recognised_on_any_port(name):
    _result, understood = understand_capture(CAPTURES / "fins" / name)
    assert set(understood.spoken.values()) == {("fins",)}
    assert not understood.malformed
    assert not understood.defects
    found = [r for rs in understood.rows.values() for r in rs if isinstance(r, Operation)]
    assert {e[0] for e in EXCHANGES} == {int(r.code, 16) for r in found if len(r.code) == 4}
    assert {Verb.START, Verb.STOP, Verb.PROGRAM_DOWNLOAD, Verb.OPERATE, Verb.IDENTIFY} <= {r.verb for r in found}


# what was asked, how often it was asked, accepted and refused, and the refusals
CLIENT = [
    ("identify", "Controller Data Read", "", "", (1, 1, 0), []),
    ("diagnose", "Controller Status Read", "", "", (2, 2, 0), []),
    ("read", "Memory Area Read", "WR 20-23", "", (1, 1, 0), []),
    ("read", "Memory Area Read", "CIO 100.03 x 4", "", (1, 1, 0), []),
    ("write", "Memory Area Write", "DM 300-301", "", (1, 1, 0), []),
    ("write", "Memory Area Write", "HR 10-12", "", (1, 1, 0), []),
    ("write", "Memory Area Write", "WR 25.07", "", (1, 1, 0), []),
    ("read", "Clock Read", "", "", (1, 1, 0), []),
    ("time-sync", "Clock Write", "", "", (1, 1, 0), []),
    ("operate", "Forced Set/Reset", "CIO 100.03", "force set", (1, 1, 0), []),
    ("read", "Memory Area Read", "DM 40000", "", (1, 0, 1), ["First address in an inaccessible area (0x1103)"]),
    (
        "read",
        "Memory Area Read",
        "DM 32760-32779",
        "",
        (1, 0, 1),
        ["The end of the specified word range exceeds the acceptable range (0x1104)"],
    ),
    ("read", "Memory Area Read", "EM bank 5 0", "", (1, 0, 1), ["Memory area code invalid (0x1101)"]),
    ("write", "Memory Area Write", "AR 0", "", (1, 0, 1), ["Specified area is read-only (0x2101)"]),
    ("session", "Access Right Acquire", "", "", (1, 0, 1), ["An undefined command has been used (0x0401)"]),
    ("program-upload", "Program Area Read", "all programs", "", (6, 6, 0), []),
    (
        "program-download",
        "Program Area Write",
        "all programs",
        "",
        (4, 3, 1),
        ["The PC is in the RUN mode (0x2206)"],
    ),
    ("stop", "Stop", "", "", (2, 2, 0), []),
    ("start", "Run", "", "MONITOR mode", (1, 1, 0), []),
]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("client_tcp.pcap", {"function": "Node Address Data Send (client to server)", "accepted": 1}),
        ("client_udp.pcap", {"object": "DM 100-109", "count": 3, "accepted": 3, "unanswered": 0}),
    ],
)
def test_a_real_client_has_its_outcomes_though_every_request_has_the_same_identifier(name, first):
    result, understood = understand_capture(CAPTURES / "fins" / name)
    assert not understood.malformed
    assert not understood.defects
    rows = [row for _, protocol, _, row in operation_rows(result, understood) if protocol == "fins"]
    assert first.items() <= rows[0].items()
    found = [
        (
            *(row[c] for c in ("verb", "function", "object", "detail")),
            tuple(row[c] for c in ("count", "accepted", "refused")),
            row["refusals"],
        )
        for row in rows[1:]
        if row["object"] != "DM 100-109"
    ]
    assert found == CLIENT
    identities = {row for rows in understood.rows.values() for row in rows if isinstance(row, Identity)}
    assert identities == {Identity("model", "CJ2M-CPU33"), Identity("firmware", "02.10")}


def test_http_on_the_port_is_http():
    result = read_capture(CAPTURES / "fins" / "http_on_9600.pcap", "x", framing_plan())
    assert set(understand(result, protocols()).spoken.values()) == {("http",)}
