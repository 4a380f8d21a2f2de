"""DLMS/COSEM: both envelopes, associations, services by object, refusals, ciphered services, what makes up the key."""

from __future__ import annotations

import pytest

from fixtures.record.dlms import (
    ASSOCIATION,
    BREAKER,
    CLIENT_TITLE,
    CLOCK,
    COMMAND,
    DONE,
    ENERGY,
    IMAGE,
    LONG,
    NAME,
    ONE,
    PASSWORD,
    RESPONSE,
    SECURITY,
    SHORT,
    TITLE,
    aare,
    aarq,
    act,
    get,
    glo,
    hdlc,
    named,
    put,
    wrapper,
)
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.dlms.dlms import PROTOCOL, obis
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, told, understand_capture


def dissected(raw: bytes, *, side: bool | None = True, port: int = 4059, transport: str = "tcp") -> list:
    message = Message(raw, len(raw), side, transport, port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def rows(apdu: bytes, *, side: bool | None = True, port: int = 4059) -> list:
    return dissected(wrapper(apdu, 16, 1), side=side, port=port)


@pytest.mark.parametrize(
    ("mechanism", "words", "credentials", "authenticated"),
    [
        (0, "lowest level security", "none", False),
        (1, "low level security", "user-password", None),
        (3, "high level security with MD5", "digest", None),
        (5, "high level security with GMAC", "challenge", None),
    ],
)
def test_an_association_asks_for_a_level_of_security_and_shows_no_secret(mechanism, words, credentials, authenticated):
    found = rows(aarq(mechanism=mechanism, secret=PASSWORD))
    session, operation = found
    assert isinstance(session, Session)
    assert (session.credentials, session.authenticated, session.encrypted) == (credentials, authenticated, False)
    assert operation.detail == f"logical names, {words}"
    assert PASSWORD.decode() not in str(found)
    assert PASSWORD.hex() not in str(found)


def test_titles_and_ciphered_contexts():
    session, operation = rows(aarq(3, 5, bytes(16), TITLE))
    assert session.encrypted is None
    assert operation.detail.endswith("with GMAC, system title 4C475A1020304050 of maker LGZ")
    (operation,) = rows(aare(3, title=CLIENT_TITLE), side=False)
    assert operation.detail == "logical names with ciphering, system title 4D444D0000000001 of maker MDM"


def test_a_refused_association_says_why():
    (found,) = rows(aare(1, 1, 13), side=False)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, "rejected-permanent (1), authentication-failure (13)")
    (found,) = rows(aare(1, 0, 14, secret=bytes(16)), side=False)
    assert (found.kind, found.refusal) == (Kind.RESPONSE, "")


@pytest.mark.parametrize(
    ("apdu", "verb", "code", "thing"),
    [
        (get(ENERGY, 2), Verb.READ, "192:1", "Register 1-0:1.8.0.255 attribute 2"),
        (get(NAME, 2), Verb.IDENTIFY, "192:1", "Data 0-0:42.0.0.255 attribute 2"),
        (put(ENERGY, 2, b"\0"), Verb.WRITE, "193:1", "Register 1-0:1.8.0.255 attribute 2"),
        (put(CLOCK, 2, b"\0"), Verb.TIME_SYNC, "193:1", "Clock 0-0:1.0.0.255 attribute 2"),
        (put(CLOCK, 3, b"\0"), Verb.CONFIGURE, "193:1", "Clock 0-0:1.0.0.255 attribute 3"),
        (put(SECURITY, 2, b"\0"), Verb.CONFIGURE, "193:1", "Security setup 0-0:43.0.0.255 attribute 2"),
        (put(IMAGE, 5, b"\0"), Verb.FIRMWARE_UPDATE, "193:1", "Image transfer 0-0:44.0.0.255 attribute 5"),
        (act(BREAKER, 1), Verb.OPERATE, "195:1", "Disconnect control 0-0:96.3.10.255 method 1 (remote_disconnect)"),
        (act(BREAKER, 9), Verb.OPERATE, "195:1", "Disconnect control 0-0:96.3.10.255 method 9"),
        (act(CLOCK, 6), Verb.TIME_SYNC, "195:1", "Clock 0-0:1.0.0.255 method 6 (shift_time)"),
        (act(IMAGE, 4), Verb.FIRMWARE_UPDATE, "195:1", "Image transfer 0-0:44.0.0.255 method 4 (image_activate)"),
        (act(SECURITY, 2), Verb.CONFIGURE, "195:1", "Security setup 0-0:43.0.0.255 method 2 (key_transfer)"),
        (
            act(ASSOCIATION, 1),
            Verb.AUTHENTICATE,
            "195:1",
            "Association LN 0-0:40.0.0.255 method 1 (reply_to_HLS_authentication)",
        ),
        (act((9999, "1.2.3.4.5.6"), 1), Verb.OPERATE, "195:1", "class 9999 1-2:3.4.5.6 method 1"),
    ],
)
def test_requests_by_their_object(apdu, verb, code, thing):
    for raw, start in ((wrapper(apdu, 16, 1), 8), (hdlc(0x10, ONE, b"\x21", COMMAND + apdu), 11)):
        (found,) = dissected(raw)
        assert (found.verb, found.code, found.object, found.kind) == (verb, code, thing, Kind.REQUEST)
        assert found.unit == "16 to 1"
        assert found.filter == f"tcp.payload[{start}] == 0x{apdu[0]:02x}"


@pytest.mark.parametrize("kind", [2, 6])
def test_blocks_of_an_action_that_name_no_method_operate_nothing(kind):
    (found,) = rows(bytes((0xC3, kind, 0xC1)) + b"\0\0\0\2\1\0")
    assert (found.verb, found.kind, found.object) == (Verb.UNKNOWN, Kind.REQUEST, "")


def test_lists_and_accesses_have_a_row_for_each_object():
    found = rows(b"\xc3\3\xc1\2" + named(BREAKER, 1) + named(CLOCK, 6) + b"\2\x0f\0\x0f\0")
    assert [r.verb for r in found] == [Verb.OPERATE, Verb.TIME_SYNC]
    access = b"\xd9\0\0\0\1\0\3\1" + named(CLOCK, 2) + b"\2" + named(CLOCK, 2) + b"\3" + named(BREAKER, 1) + b"\0"
    assert [r.verb for r in rows(access)] == [Verb.READ, Verb.TIME_SYNC, Verb.OPERATE]
    many = rows(b"\xc0\3\xc1\x09" + (named(ENERGY, 2) + b"\0") * 9)
    assert len(many) == 6
    assert many[-1].detail == "and 3 more"
    selective = rows(b"\xc0\3\xc1\2" + named(ENERGY, 2) + b"\1\2\0" + named(CLOCK, 2) + b"\0")
    assert [r.detail for r in selective] == ["and 1 more"]


@pytest.mark.parametrize(
    ("apdu", "refusal"),
    [
        (b"\xc4\1\xc1\1\4", "object-undefined (4)"),
        (b"\xc4\2\xc1\1\0\0\0\7\1\x13", "data-block-number-invalid (19)"),
        (b"\xc5\1\xc1\3", "read-write-denied (3)"),
        (b"\xc7\1\xc1\x0d\0", "scope-of-access-violated (13)"),
        (b"\xc7\1\xc1\xfa", "other-reason (250)"),
        (b"\x0c\1\1\3", "read-write-denied (3)"),
        (b"\xd8\1\2", "service-not-allowed, service-not-supported (1:2)"),
        (b"\x0e\6\1\2", "write (6:1:2)"),
    ],
)
def test_refusals(apdu, refusal):
    (found,) = rows(apdu, side=False)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, refusal)


@pytest.mark.parametrize(
    "apdu", [b"\xc4\1\xc1\0\x06\0\0\0\1", b"\xc5\1\xc1\0", DONE, b"\xc5\2\xc1\0\0\0\1", b"\x0d\1\0"]
)
def test_answers(apdu):
    (found,) = rows(apdu, side=False)
    assert (found.kind, found.refusal) == (Kind.RESPONSE, "")


@pytest.mark.parametrize(
    ("apdu", "function", "verb", "kind"),
    [
        (glo(0xC8, 1, bytes(13)), "glo-get-request", Verb.READ, Kind.REQUEST),
        (glo(0xC9, 1, bytes(200)), "glo-set-request", Verb.WRITE, Kind.REQUEST),
        (glo(0xCB, 1, bytes(13)), "glo-action-request", Verb.UNKNOWN, Kind.REQUEST),
        (glo(0xD4, 1, bytes(13)), "ded-get-response", Verb.READ, Kind.RESPONSE),
        (b"\xdb\x08" + TITLE + glo(0, 7, bytes(13))[1:], "general-glo-ciphering", Verb.UNKNOWN, Kind.REQUEST),
    ],
)
def test_ciphered_services(apdu, function, verb, kind):
    operation, session = rows(apdu)
    assert (operation.function, operation.verb, operation.kind) == (function, verb, kind)
    assert operation.detail.startswith("security suite 0, authenticated, encrypted")
    assert (session.encrypted, session.authenticated) == (True, True)


def test_what_a_security_control_byte_leaves_open():
    operation, session = rows(glo(0xC9, 1, b"", 0x10))
    assert operation.detail == "security suite 0, authenticated"
    assert (session.encrypted, session.authenticated) == (False, True)
    operation, session = rows(glo(0xC9, 1, b"", 0x02))
    assert operation.detail == "security suite 2, unprotected"
    assert (session.encrypted, session.authenticated) == (False, None)


def test_notifications():
    (found,) = rows(b"\xc2\0" + named(BREAKER, 3) + b"\x16\0")
    assert (found.verb, found.kind) == (Verb.REPORT, Kind.NOTICE)
    assert found.object == "Disconnect control 0-0:96.3.10.255 attribute 3"
    (timed,) = rows(b"\xc2\1\x0c" + bytes(12) + named(CLOCK, 2) + b"\x09\0")
    assert timed.object == "Clock 0-0:1.0.0.255 attribute 2"


@pytest.mark.parametrize(("server", "shown"), [(ONE, "1"), (SHORT, "1.17"), (LONG, "1.2082")])
def test_frames_of_hdlc(server, shown):
    client = b"\x21"
    (found,) = dissected(hdlc(0x93, server, client), port=7000)
    assert (found.function, found.kind, found.unit) == ("HDLC SNRM", Kind.REQUEST, f"16 to {shown}")
    (found,) = dissected(hdlc(0x1F, client, server), side=False, port=7000)
    assert (found.function, found.refusal, found.unit) == ("HDLC DM", "disconnected mode", f"{shown} to 16")
    (found,) = dissected(hdlc(0xD1, server, client), port=7000)
    assert found.function == "HDLC RR"
    (found,) = dissected(hdlc(0x13, server, client, COMMAND + get(NAME, 2)), port=7000)
    assert found.verb is Verb.IDENTIFY


def test_check_sequences_of_hdlc():
    frame = hdlc(0x10, ONE, b"\x21", COMMAND + get(ENERGY, 2))
    for at in (3, 6, 15, len(frame) - 2):
        raw = bytearray(frame)
        raw[at] ^= 0x10
        message = Message(bytes(raw), len(raw), True, "tcp", 4059)
        assert not PROTOCOL.probe(message)
        with pytest.raises(Malformed):
            list(PROTOCOL.dissect(message))


def test_of_a_long_frame_the_beginning_is_enough():
    frame = hdlc(0x10, ONE, b"\x21", COMMAND + put(ENERGY, 2, b"\x09\x82\7\0" + bytes(1792)))
    for kept in (len(frame), len(frame) - 1, 512, 24):
        message = Message(frame[:kept], len(frame), True, "tcp", 4059)
        assert PROTOCOL.probe(message)
        (row,) = PROTOCOL.dissect(message)
        assert (row.verb, row.object) == (Verb.WRITE, "Register 1-0:1.8.0.255 attribute 2")
    broken = bytearray(frame[:512])
    broken[6] ^= 1
    assert not PROTOCOL.probe(Message(bytes(broken), len(frame), True, "tcp", 4059))


@pytest.mark.parametrize("server", [b"", ONE, SHORT, LONG])
def test_values_counters_and_frame_numbers_are_no_meaning(server):
    def carried(apdu: bytes, control: int = 0x10, *, answer: bool = False) -> tuple[str, bytes]:
        if not server:
            return "dlms", wrapper(apdu, 16, 1)
        ends, llc = ((b"\x21", server), RESPONSE) if answer else ((server, b"\x21"), COMMAND)
        return "dlms-hdlc", hdlc(control, *ends, llc + apdu)

    assert key(*carried(get(ENERGY, 2, 0xC1))) == key(*carried(get(ENERGY, 2, 0xC2), 0x32))
    assert key(*carried(get(ENERGY, 2))) != key(*carried(get(ENERGY, 3)))
    assert key(*carried(put(ENERGY, 2, b"\1"))) == key(*carried(put(ENERGY, 2, b"\2\2")))
    assert key(*carried(act(BREAKER, 1))) != key(*carried(act(BREAKER, 2)))
    answer = [carried(b"\xc4\1\xc1\0\x06" + value, answer=True) for value in (b"\1\2", b"\3\4\5")]
    assert key(*answer[0]) == key(*answer[1]) != key(*carried(b"\xc4\1\xc1\1\x03", answer=True))
    for size in (0, 150, 300, 1900):
        assert key(*carried(glo(0xC8, 1, bytes(size)))) == key(*carried(glo(0xC8, 9, bytes(size))))
        assert key(*carried(glo(0xC8, 1, bytes(size)))) != key(*carried(glo(0xC8, 1, bytes(size), 0x10)))
    assert pair(*carried(get(ENERGY, 2, 0xC7))) == pair(*carried(b"\xc4\1\xc7\0\0", answer=True)) == b"\xc7"
    for title in (b"", TITLE):
        asked = [carried(aarq(3, 5, secret, title)) for secret in (bytes(16), b"x" * 16)]
        assert key(*asked[0]) == key(*asked[1]) != key(*carried(aarq(3, 2, bytes(16), title)))


@pytest.mark.parametrize(
    "apdu",
    [
        b"",
        b"\xc0",
        b"\xc0\x09\xc1\0",
        get(ENERGY, 2)[:9],
        b"\xc0\3\xc1\0",
        b"\xc4\1\xc1\2\0",
        b"\xc8\x20\x30",
        b"\xd8\7\1",
        b"\x0e\2\0\0",
        b"\x60\3\xa1\1\0",
        b"\xd9\0\0\0\1\0\1\x09" + named(CLOCK, 2),
    ],
)
def test_what_is_malformed(apdu):
    raw = wrapper(apdu, 16, 1)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 4059)))
    assert not PROTOCOL.probe(Message(raw, len(raw), True, "tcp", 14059))


def understood(name: str) -> list[tuple]:
    return [(m.protocol, m.count, row) for _, m, row in told(CAPTURES / "dlms" / name) if isinstance(row, Operation)]


def test_captures():
    found = [(count, row.verb, row.kind) for _, count, row in understood("wrapper.pcap")]
    assert (6, Verb.READ, Kind.REQUEST) in found
    verbs = {verb for _, verb, kind in found if kind is Kind.REQUEST}
    assert {Verb.OPERATE, Verb.TIME_SYNC, Verb.FIRMWARE_UPDATE, Verb.CONFIGURE, Verb.WRITE, Verb.IDENTIFY} <= verbs
    assert [(count, row.verb) for _, count, row in understood("pushed.pcap")] == [(n, Verb.REPORT) for n in (5, 1, 1)]
    framed = [(count, row.function, row.unit) for _, count, row in understood("hdlc_on_7000.pcap")]
    for unit in ("1", "1.17", "1.2082"):
        assert (4, "GET-Request-Normal", f"16 to {unit}") in framed
        assert (6, "GET-Response-Normal", f"{unit} to 16") in framed  # one in two segments, one in a frame of 1524
    assert {row.function for _, _, row in understood("wrapper_on_14059.pcap")} >= {"AARQ", "GET-Request-Normal"}
    assert {protocol for protocol, _, _ in understood("modbus_on_4059.pcap")} == {"modbus"}


def test_a_recorded_client_is_refused_without_the_password_and_served_with_it():
    _, found = understand_capture(CAPTURES / "dlms" / "dlms_cosem.pcap")
    assert PASSWORD in (CAPTURES / "dlms" / "dlms_cosem.pcap").read_bytes()
    everything = str(found.rows)
    assert PASSWORD.decode() not in everything
    assert PASSWORD.hex() not in everything.lower()
    sessions = [row for rows in found.rows.values() for row in rows if isinstance(row, Session)]
    assert [s.credentials for s in sessions] == ["none", "user-password", "user-password"]
    told = [(row.unit, row.function, row.verb, row.kind) for _, _, row in understood("dlms_cosem.pcap")]
    refusals = [(row.unit, row.function, row.refusal) for _, _, row in understood("dlms_cosem.pcap") if row.refusal]
    assert refusals == [
        ("1 to 16", "GET-Response-Normal", "object-undefined (4)"),
        ("1 to 16", "SET-Response-Normal", "read-write-denied (3)"),
        ("1 to 16", "ACTION-Response-Normal", "read-write-denied (3)"),
        ("1 to 32", "GET-Response-Normal", "object-undefined (4)"),
        ("1 to 32", "AARE", "rejected-permanent (1), authentication-failure (13)"),
    ]
    for client in (16, 32):
        for function, verb in (
            ("AARQ", Verb.SESSION),
            ("GET-Request-Normal", Verb.READ),
            ("GET-Request-Next", Verb.READ),
            ("GET-Request-With-List", Verb.READ),
            ("SET-Request-Normal", Verb.TIME_SYNC),
            ("ACTION-Request-Normal", Verb.OPERATE),
            ("RLRQ", Verb.SESSION),
        ):
            assert (f"{client} to 1", function, verb, Kind.REQUEST) in told
    assert ("1 to 32", "SET-Response-Normal", Verb.WRITE, Kind.RESPONSE) in told
    assert ("1 to 32", "ACTION-Response-Normal", Verb.UNKNOWN, Kind.RESPONSE) in told


READ = [
    ("HDLC SNRM", "session", ""),
    ("AARQ", "session", ""),
    ("GET-Request-Normal", "identify", "Data 0-0:42.0.0.255 attribute 2"),
    ("GET-Request-Normal", "read", "Register 1-0:1.8.0.255 attribute 2"),
    ("GET-Request-Normal", "read", "Association LN 0-0:40.0.0.255 attribute 2"),
    ("HDLC RR", "session", ""),
    ("GET-Request-Normal", "read", "Data 0-0:99.99.0.255 attribute 2"),
    ("SET-Request-Normal", "time-sync", "Clock 0-0:1.0.0.255 attribute 2"),
    ("ACTION-Request-Normal", "operate", "Disconnect control 0-0:96.3.10.255 method 1 (remote_disconnect)"),
    ("ACTION-Request-Normal", "operate", "Disconnect control 0-0:96.3.10.255 method 2 (remote_reconnect)"),
    ("RLRQ", "session", ""),
    ("HDLC DISC", "session", ""),
]
PROOF = (
    "ACTION-Request-Normal",
    "authenticate",
    "Association LN 0-0:40.0.0.255 method 1 (reply_to_HLS_authentication)",
)
DENIED = ["read-write-denied (3)"]
WRONG = ["rejected-permanent (1), authentication-failure (13)"]


@pytest.mark.parametrize(
    ("unit", "security", "said", "refusals"),
    [
        ("16 to 1", "lowest level security", READ, [DENIED] * 3),
        ("32 to 1.17", "low level security", READ, [WRONG]),
        ("32 to 1", "high level security with MD5", [*READ[:2], PROOF, *READ[2:]], []),
    ],
)
def test_a_recorded_client_in_frames_behind_a_serial_server(unit, security, said, refusals):
    result, found = understand_capture(CAPTURES / "dlms" / "gurux_on_4001.pcap")
    assert set(found.spoken.values()) == {("dlms",)}
    assert not found.malformed
    assert not found.defects
    rows = [row for _, _, _, row in operation_rows(result, found) if row["unit"] == unit]
    assert [(row["function"], row["verb"], row["object"]) for row in rows] == said
    assert [row["detail"] for row in rows if row["function"] == "AARQ"] == [f"logical names, {security}"]
    assert {row["unanswered"] for row in rows} == {0}
    refused = [row["refusals"] for row in rows if row["refused"]]
    assert sorted(refused) == sorted([["object-undefined (4)"], *refusals])


def test_no_password_and_no_challenge_of_a_recorded_client_is_shown():
    raw = (CAPTURES / "dlms" / "gurux_on_4001.pcap").read_bytes()
    _, found = understand_capture(CAPTURES / "dlms" / "gurux_on_4001.pcap")
    for secret in (PASSWORD, bytes(range(0x40, 0x50))):
        assert secret in raw
        assert secret.decode() not in str(found.rows)
        assert secret.hex() not in str(found.rows).lower()
    sessions = [row for rows in found.rows.values() for row in rows if isinstance(row, Session)]
    assert [s.credentials for s in sessions] == ["none", "user-password", "user-password", "digest"]


def test_logical_names():
    assert obis(bytes((1, 0, 1, 8, 0, 255))) == "1-0:1.8.0.255"
