"""HART-IP: sessions, commands and sub-devices, response codes, identities, what is and is not part of the key."""

from __future__ import annotations

import pytest

from fixtures.record.hart_ip import (
    COMMANDS,
    IDENTITY,
    INITIATE,
    INITIATED,
    LONG_TAG,
    NAK,
    OLD_IDENTITY,
    POLLING,
    PUBLISH,
    REQUEST,
    RESPONSE,
    TAG,
    UNIQUE,
    answered,
    asked,
    direct,
    frame,
    message,
)
from scanner.capture.read import read_capture
from scanner.facts.sessions import session_rows
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.hart._ip_names import COMMANDS as NAMES
from scanner.protocols.hart._ip_pdu import packed
from scanner.protocols.hart.hart_ip import PROTOCOL
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes, port: int = 5094) -> list:
    packet = Message(raw, len(raw), True, "udp", port)
    assert PROTOCOL.probe(packet)
    return list(PROTOCOL.dissect(packet))


def only(raw: bytes) -> Operation:
    (row,) = [r for r in rows(raw) if isinstance(r, Operation)]
    return row


@pytest.mark.parametrize("command", sorted(c for c in NAMES if c > 255))
def test_commands_of_two_bytes_are_sent_within_another_or_directly(command):
    for found in (only(asked(31, f"{command:04x}")), only(direct(REQUEST, command))):
        assert (found.function, found.verb) == NAMES[command]


@pytest.mark.parametrize("command", sorted(c for c in NAMES if c < 256))
def test_every_command_by_name_and_verb(command):
    found = only(asked(command))
    assert (found.function, found.verb) == NAMES[command]
    assert (found.kind, found.code, found.unit) == (Kind.REQUEST, str(command), "type 0x1150 id 4860732")
    assert found.filter == f"hart_ip.pt.command == {command}"


def test_what_is_dangerous():
    verbs = {c: v for c, (_, v) in NAMES.items()}
    assert [c for c, v in verbs.items() if v is Verb.RESTART] == [42]
    writing = {
        6,
        *range(17, 20),
        22,
        *range(34, 40),
        *range(43, 48),
        49,
        51,
        52,
        53,
        55,
        56,
        58,
        59,
        64,
        65,
        67,
        68,
        69,
    }
    writing |= {71, 82, 83, 87, 88, 92, 97, 99, 102, 103, 104, 107, 108, 109, 113, 116, 117, 118}
    writing |= {513, 521, 533, *range(539, 543), *range(544, 548), 768, 771, 773, 775, 961}
    assert {c for c, v in verbs.items() if v is Verb.CONFIGURE} == writing
    assert {c for c, v in verbs.items() if v is Verb.OPERATE} == {40, 66, 72, 119}
    assert {c for c, v in verbs.items() if v is Verb.WRITE} == {79}


def test_addresses():
    assert only(asked(0, address=b"\x05")).unit == "5"
    assert only(asked(0, address=b"\xc5")).unit == "5"
    assert only(answered(1, "27 41a00000")).unit == "type 0x1150 id 4860732"


def test_extended_commands_have_their_own_number():
    found = only(asked(31, "0340"))
    assert (found.function, found.code) == ("Command 832", "31:832")
    assert only(answered(31, "0340 00")).code == "31:832"
    assert only(answered(31, "", 20)).refusal == "Invalid Extended Command Number (20)"


SUB = "command 35 Write Primary Variable Range Values"


def test_a_command_to_a_sub_device_has_that_command_s_verb():
    found = only(asked(77, "01 03 05 82 a6064a2b3c 23 09 27 42c80000 00000000"))
    assert (found.verb, found.object, found.detail) == (Verb.CONFIGURE, "card 1 channel 3", SUB)
    for preambles in ("05 ", ""):
        found = only(answered(77, f"01 03 {preambles} 86 a6064a2b3c 23 0b 0000 27 42c80000 00000000"))
        assert (found.verb, found.object, found.detail) == (Verb.CONFIGURE, "card 1 channel 3", SUB)
    found = only(asked(77, "01 04 05 02 80 00 00"))
    assert (found.verb, found.detail) == (Verb.IDENTIFY, "command 0 Read Unique Identifier")
    assert only(asked(77, "01 04 05 ff 80 00 00")).verb is Verb.UNKNOWN


@pytest.mark.parametrize(
    ("code", "refusal", "detail"),
    [
        (0, "", ""),
        (2, "Invalid Selection (2)", ""),
        (7, "In Write Protect Mode (7)", ""),
        (8, "", "warning 8"),
        (9, "Command-specific error (9)", ""),
        (16, "Access Restricted (16)", ""),
        (30, "", "warning 30"),
        (32, "Busy (32)", ""),
        (33, "", "delayed response initiated"),
        (64, "Command Not Implemented (64)", ""),
        (112, "", "warning 112"),
        (0x88, "Communication error: longitudinal parity (0x88)", ""),
        (0x80, "Communication error: unknown (0x80)", ""),
    ],
)
def test_response_codes(code, refusal, detail):
    found = only(answered(35, "", code))
    assert (found.refusal, found.detail) == (refusal, detail)
    assert found.kind is (Kind.REFUSAL if refusal else Kind.RESPONSE)


def test_a_session_has_no_security():
    operation, session = rows(INITIATE)
    assert (operation.function, operation.detail) == ("Session Initiate", "primary host")
    assert isinstance(session, Session)
    assert (session.version, session.credentials, session.encrypted, session.authenticated) == (
        "HART-IP 1",
        "none",
        False,
        False,
    )
    assert session == rows(INITIATED)[1]
    assert only(message(REQUEST, 0, bytes(5))).detail == "secondary host"
    assert only(INITIATED).kind is Kind.RESPONSE
    assert only(message(RESPONSE, 0, bytes(5), status=15)).refusal == "All available sessions in use (15)"
    assert only(message(RESPONSE, 0, bytes(5), status=8)).detail == "Set to nearest possible value (8)"
    assert only(message(NAK, 0, b"\2")).refusal == "Service unavailable (2)"
    assert only(message(NAK, 3)).refusal == "Error"


def identity(raw: bytes) -> dict[str, str]:
    return {r.field: r.value for r in rows(raw) if isinstance(r, Identity)}


@pytest.mark.parametrize("command", [0, 11, 21, 73])
def test_unique_identifiers(command):
    assert identity(answered(command, IDENTITY)) == {
        "vendor": "Endress+Hauser",
        "model": "HART device type 0x1150 (process automation device)",
        "serial": "4860732",
        "firmware": "device revision 3, software revision 5",
        "hardware_revision": "2",
    }


def test_revision_5_has_the_manufacturer_in_the_device_type():
    found = identity(answered(0, OLD_IDENTITY, address=POLLING))
    assert (found["vendor"], found["model"], found["serial"]) == ("Rosemount", "HART device type 0x2606", "123456")


def test_who_is_not_identified():
    assert identity(answered(0, IDENTITY[:-1] + b"\x81")) == {}  # an instrument behind a wireless gateway
    assert "vendor" not in identity(answered(0, IDENTITY[:17] + b"\x7f\x7f" + IDENTITY[19:]))
    assert identity(answered(0, IDENTITY, 16)) == {}
    assert identity(answered(0, b"\x01" + IDENTITY[1:])) == {}
    assert identity(asked(0, IDENTITY)) == {}


def test_tags_are_names():
    assert packed(TAG[:6]) == "TT-1017"
    assert identity(answered(13, TAG)) == {"name": "TT-1017"}
    assert identity(answered(20, LONG_TAG)) == {"name": "Boiler 2 / steam temperature"}
    assert identity(answered(20, bytes(32))) == {}
    assert identity(answered(13, bytes(21))) == {}


def test_burst_and_direct_pdus():
    found = only(message(PUBLISH, 3, frame(1, UNIQUE, 3, bytes(12))))
    assert (found.kind, found.verb, found.function) == (Kind.NOTICE, Verb.REPORT, NAMES[3][0])
    assert only(direct(REQUEST, 42)).verb is Verb.RESTART
    assert only(direct(RESPONSE, 35, b"\x07")).refusal == "In Write Protect Mode (7)"
    answers = rows(direct(RESPONSE, 48, bytes(10), b"\0\x2a\1\7" + b"\0\x23\2\0\0"))
    assert [(r.code, r.kind, r.refusal) for r in answers] == [
        ("48", Kind.RESPONSE, ""),
        ("42", Kind.REFUSAL, "In Write Protect Mode (7)"),
        ("35", Kind.RESPONSE, ""),
    ]
    asks = direct(REQUEST, 0, b"", b"\0\x2a\0" + b"\0\x23\x09")
    assert [r.verb for r in rows(asks)] == [Verb.IDENTIFY, Verb.RESTART, Verb.CONFIGURE]  # the last one cut short
    many = rows(direct(REQUEST, 1, b"", b"\0\1\0" * 900))
    assert [r.verb for r in many] == [Verb.READ] * 64 + [Verb.UNKNOWN]
    assert len(rows(direct(REQUEST, 1, b"", b"\0\1\0" * 63))) == 64
    assert only(direct(PUBLISH, 9, bytes(4))).kind is Kind.NOTICE
    assert only(message(REQUEST, 5, b"\0\1")).function == "Read Audit Log"


def changed(raw: bytes, at: int, value: int) -> bytes:
    return raw[:at] + bytes((value,)) + raw[at + 1 :]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (INITIATE[:7], "too few"),
        (changed(INITIATE, 0, 3), "version 3"),
        (INITIATE[:-1], "length says"),
        (message(REQUEST, 0), "without a host type"),
        (changed(asked(1), 8, 0x84), "delimiter 0x84"),
        (changed(asked(1), 15, 9), "byte count"),
        (changed(asked(1), 14, 2), "check byte"),
        (message(RESPONSE, 3, frame(6, UNIQUE, 1, b"\0")), "without response code"),
        (message(REQUEST, 3, b"\x82"), "cut short"),
        (message(REQUEST, 3, bytes.fromhex("82 91 50 4a")), "cut short"),
        (message(REQUEST, 4, b"\0\0\0"), "without a command"),
    ],
)
def test_what_breaks_the_specification_is_malformed(raw, words):
    with pytest.raises(Malformed, match=words):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 5094)))


def test_away_from_its_port_everything_must_hold():
    def believed(raw: bytes, port: int = 7000) -> bool:
        return PROTOCOL.probe(Message(raw, len(raw), True, "udp", port))

    assert believed(asked(1))
    assert believed(INITIATE)
    assert not believed(changed(asked(1), 14, 2))
    assert believed(changed(asked(1), 14, 2), 5094)
    assert not believed(message(REQUEST, 0, b"\1"))
    assert not believed(message(REQUEST, 2, b"\1"))


SAME = [
    (asked(35, "27 42c80000 00000000", sequence=1), asked(35, "27 40000000 00000000", sequence=2)),
    (answered(1, "27 41a00000", device=1), answered(1, "27 41b00000", device=2)),
    (message(REQUEST, 0, bytes.fromhex("010000ea60")), message(REQUEST, 0, bytes.fromhex("0100007530"))),
    (answered(0, IDENTITY), answered(0, IDENTITY[:14] + b"\x11\x22\x33" + IDENTITY[17:])),
    (direct(RESPONSE, 48, b"\0" + bytes(4)), direct(RESPONSE, 48, b"\0" + b"1234")),
    (direct(RESPONSE, 1, b"\0aaaa", b"\0\3\3\0aa"), direct(RESPONSE, 1, b"\0bbbb", b"\0\3\3\0bb")),
]
OTHER = [
    (asked(35), asked(34)),
    (asked(35), asked(35, address=b"\x11\x50\0\0\1")),
    (answered(35), answered(35, "", 7)),
    (asked(31, "0340"), asked(31, "0341")),
    (asked(77, "01 04 05 02 80 00 00"), asked(77, "01 05 05 02 80 00 00")),
    (asked(77, "01 04 05 02 80 00 00"), asked(77, "01 04 05 02 80 2a 00")),
    (answered(0, IDENTITY), answered(0, IDENTITY[:5] + b"\x09" + IDENTITY[6:])),
    (direct(REQUEST, 1, b"", b"\0\x2a\0"), direct(REQUEST, 1, b"", b"\0\1\0")),
    (direct(RESPONSE, 1, b"\0", b"\0\x2a\1\0"), direct(RESPONSE, 1, b"\0", b"\0\x2a\1\7")),
    (answered(20, LONG_TAG), answered(20, LONG_TAG[::-1])),
    (INITIATE, INITIATED),
]


def test_values_and_counters_are_no_part_of_the_key_and_meaning_is():
    assert [key("hart-ip", a) == key("hart-ip", b) for a, b in SAME] == [True] * len(SAME)
    assert [key("hart-ip", a) == key("hart-ip", b) for a, b in OTHER] == [False] * len(OTHER)
    assert pair("hart-ip", asked(1, sequence=7)) == pair("hart-ip", answered(1, sequence=7))
    assert pair("hart-ip", asked(1, sequence=7)) != pair("hart-ip", answered(1, sequence=8))
    roles = [case_of("hart-ip", m).role.name for m in (asked(1), answered(1), INITIATE, INITIATED)]
    assert roles == ["REQUEST", "RESPONSE"] * 2


@pytest.mark.parametrize("name", ["tcp.pcap", "udp.pcap", "port_20094.pcap", "port_20094_udp.pcap", "refused.pcap"])
def test_captures_are_recognised_on_any_port(name):
    _result, understood = understand_capture(CAPTURES / "hart_ip" / name)
    assert set(understood.spoken.values()) == {("hart-ip",)}
    assert not understood.malformed
    assert not understood.defects


def test_outcomes():
    result = read_capture(CAPTURES / "hart_ip" / "tcp.pcap", "x", framing_plan())
    found = [c for _, _, _, c in operation_rows(result, understand(result, protocols()))]
    outcome = {(c["code"], c["object"]): (c["accepted"], c["refusals"]) for c in found if c["seen_as"] == "request"}
    assert {str(c[0]) for c in COMMANDS} - {c for c, _ in outcome} == {"31"}
    assert outcome["17", ""] == (0, ["In Write Protect Mode (7)"])
    assert outcome["35", ""] == (1, ["Command-specific error (9)"])
    assert outcome["77", "card 1 channel 3"] == (1, [])
    result = read_capture(CAPTURES / "hart_ip" / "refused.pcap", "x", framing_plan())
    (row,) = [c for _, _, _, c in operation_rows(result, understand(result, protocols()))]
    assert row["refusals"] == ["All available sessions in use (15)", "Service unavailable (2)"]


def test_version_2_has_security_unless_it_goes_on_in_clear():
    def session(raw: bytes) -> tuple:
        (row,) = [r for r in rows(b"\2" + raw[1:]) if isinstance(r, Session)]
        return row.version_offered, row.version, row.encrypted, row.authenticated

    assert session(INITIATE) == (("HART-IP 2",), "", None, None)
    assert session(INITIATED) == ((), "HART-IP 2", None, None)
    for raw in (asked(1), direct(REQUEST, 48), message(REQUEST, 5, b"\0\1")):
        assert session(raw) == ((), "HART-IP 2", False, False)
        assert not [r for r in rows(raw) if isinstance(r, Session)]
    assert not [r for r in rows(message(RESPONSE, 0, bytes(5), status=15)) if isinstance(r, Session)]


# what was asked, how often it was asked, accepted and refused
CLIENT = [
    ("session", "Session Initiate", (1, 1, 0)),
    ("identify", "Read Unique Identifier", (1, 1, 0)),
    ("identify", "Read Tag, Descriptor, Date", (1, 1, 0)),
    ("identify", "Read Long Tag", (1, 1, 0)),
    ("read", "Read Primary Variable", (3, 3, 0)),
    ("read", "Read Dynamic Variables and Loop Current", (1, 1, 0)),
    ("report", "Read Dynamic Variables and Loop Current", (1, 0, 0)),
    ("read", "Read Device Variables with Status", (1, 1, 0)),
    ("diagnose", "Read Additional Device Status", (1, 1, 0)),
    ("configure", "Write Tag, Descriptor, Date", (1, 1, 0)),
    ("configure", "Write Message", (1, 0, 1)),
    ("configure", "Write Polling Address", (1, 1, 0)),
    ("diagnose", "Perform Self Test", (2, 2, 0)),
    ("configure", "Lock Device", (2, 2, 0)),
    ("read", "Read Lock Device State", (1, 1, 0)),
    ("unknown-function", "Command 832", (1, 1, 0)),
    ("diagnose", "Read Additional Device Status", (1, 1, 0)),
    ("configure", "Write Message", (1, 0, 1)),
    ("read", "Read Primary Variable", (1, 1, 0)),
    ("diagnose", "Read Audit Log", (1, 1, 0)),
    ("restart", "Perform Device Reset", (1, 1, 0)),
    ("session", "Session Close", (1, 1, 0)),
]


@pytest.mark.parametrize("name", ["client_tcp.pcap", "client_udp.pcap"])
def test_a_real_client_and_its_outcomes(name):
    result, understood = understand_capture(CAPTURES / "hart_ip" / name)
    assert set(understood.spoken.values()) == {("hart-ip",)}
    assert not understood.malformed
    assert not understood.defects
    found = [row for _, _, _, row in operation_rows(result, understood)]
    counts = ("count", "accepted", "refused")
    assert [(row["verb"], row["function"], tuple(row[c] for c in counts)) for row in found] == CLIENT
    assert {tuple(row["refusals"]) for row in found if row["refused"]} == {("In Write Protect Mode (7)",)}
    identities = {row for rows in understood.rows.values() for row in rows if isinstance(row, Identity)}
    assert {i.value for i in identities if i.field == "name"} == {"TT-1017", "TT-1018", "Boiler 2 / steam temperature"}


def test_of_a_real_client_with_tls_only_the_initiation_is_seen():
    result, understood = understand_capture(CAPTURES / "hart_ip" / "client_tls.pcap")
    assert {frozenset(spoken) for spoken in understood.spoken.values()} == {frozenset(("hart-ip", "tls"))}
    assert not understood.malformed
    assert not understood.defects
    sessions = {protocol: columns for _, protocol, columns in session_rows(result, understood)}
    assert sessions["tls"]["encrypted"]
    assert sessions["hart-ip"]["versions"] == ["HART-IP 2"]
    assert "encrypted" not in sessions["hart-ip"]
    found = [row["function"] for _, protocol, _, row in operation_rows(result, understood) if protocol == "hart-ip"]
    assert found == ["Session Initiate"]


def test_http_on_the_port_is_http():
    result = read_capture(CAPTURES / "hart_ip" / "http_on_5094.pcap", "x", framing_plan())
    assert set(understand(result, protocols()).spoken.values()) == {("http",)}
