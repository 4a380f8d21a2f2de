"""DNP3: functions, objects, controls, files, indications, checksums, keys."""

from __future__ import annotations

import struct
from io import BytesIO
from itertools import accumulate, pairwise

import pytest

from fixtures.record.dnp3 import (
    BLOCK,
    MALFORMED,
    aggressive,
    answered,
    asked,
    attribute,
    challenge,
    crob,
    failure,
    file_status,
    frame,
    key_status,
    opened,
    reply,
    setpoint,
    setpoints,
    sized,
)
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.dnp3._names import FUNCTIONS, UNANSWERED
from scanner.protocols.dnp3.dnp3 import PROTOCOL
from tests.capture.files import pcap
from tests.capture.traffic import CLIENT, Talk, udp
from tests.protocols.keys import case_of, key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes):
    message = Message(raw, len(raw), True, "tcp", 20000)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def operations(raw: bytes) -> list[Operation]:
    """Those that ask or answer, and what tells of the outstation where nothing else does."""
    found = [r for r in rows(raw) if isinstance(r, Operation)]
    assert {r.verb for r in found} <= PROTOCOL.verbs
    return [r for r in found if r.function != "Internal Indication"]


def only(raw: bytes) -> Operation:
    (row,) = operations(raw)
    return row


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f < 128])
def test_every_function(function):
    found = only(asked(function))
    assert (found.function, found.verb, found.code) == (*FUNCTIONS[function], str(function))
    kind = Kind.NOTICE if not function else Kind.UNCONFIRMED if function in UNANSWERED else Kind.REQUEST
    assert (found.unit, found.kind) == ("10", kind)


def test_functions_that_do_not_exist():
    assert (only(asked(77)).function, only(asked(77)).verb) == ("Function 77", Verb.UNKNOWN)
    with pytest.raises(Malformed):
        rows(asked(200))


REQUESTS = [
    (1, "3c0206 3c0306", Verb.READ, "class 1 (g60v2); class 2 (g60v3)", "master 1"),
    (1, "1e01000003", Verb.READ, "analog input (g30v1) 0-3", "master 1"),
    (1, "1e01010001 0002", Verb.READ, "analog input (g30v1) 256-512", "master 1"),
    (1, "00fe0000 00", Verb.IDENTIFY, "device attributes (g0v254) 0", "master 1"),
    (1, "4605 5b 01 0800 0100000002000000", Verb.FILE_READ, "file (g70v5)", "master 1"),
    (2, "3201 07 01 001122334455", Verb.TIME_SYNC, "time and date (g50v1)", "master 1"),
    (2, "5001000707 00", Verb.DIAGNOSE, "internal indications (g80v1) 7", "master 1"),
    (2, "2201 17 01 05 1000", Verb.CONFIGURE, "analog input deadband (g34v1) 5", "master 1"),
    (2, "4605 5b 01 0c00 34120000 00000080 abcdef01", Verb.FILE_WRITE, "file (g70v5)", "master 1"),
    (2, "0a01 00 0407 05", Verb.OPERATE, "binary output (g10v1) 4-7", "master 1"),
    (1, "1e01 28 0200 0300 0900", Verb.READ, "analog input (g30v1) 3 and 1 more", "master 1"),
    (8, "140006 150006", Verb.OPERATE, "counter (g20v0); frozen counter (g21v0)", "master 1"),
    (3, crob(4, 0x41), Verb.OPERATE, "binary output command (g12v1) 4", "pulse on close, master 1"),
    (5, crob(4, 0x81), Verb.OPERATE, "binary output command (g12v1) 4", "pulse on trip, master 1"),
    (6, crob(300, 0x04), Verb.OPERATE, "binary output command (g12v1) 300", "latch off, master 1"),
    (5, setpoint(2, 1.5), Verb.OPERATE, "analog output command (g41v3) 2", "master 1"),
    (25, opened(b"a.cfg", 1, 1), Verb.FILE_READ, "file a.cfg", "mode read, master 1"),
    (25, opened(b"C:/config/station.xml", 2, 1), Verb.FILE_WRITE, "file C:/config/station.xml", "mode write, master 1"),
    (27, opened(b"old.log", 0, 1), Verb.FILE_DELETE, "file old.log", "master 1"),
    (20, "3c0206", Verb.SUBSCRIBE, "class 1 (g60v2)", "master 1"),
]


@pytest.mark.parametrize("case", REQUESTS, ids=[f"{c[0]} {c[3]}" for c in REQUESTS])
def test_requests_and_what_they_touch(case):
    function, objects, verb, where, detail = case
    found = only(asked(function, objects))
    assert (found.verb, found.object, found.detail) == (verb, where, detail)


def test_broadcast_is_said():
    found = only(asked(13, "", target=0xFFFF))
    assert (found.unit, found.detail, found.kind) == ("65535", "master 1, broadcast", Kind.UNCONFIRMED)


ANSWERS = [
    ("", 0, Kind.RESPONSE, "", ""),
    ("", 0x0080, Kind.RESPONSE, "", "device restarted"),
    ("", 0x0112, Kind.REFUSAL, "function code not supported", "class 1 events, needs time"),
    ("", 0x0600, Kind.REFUSAL, "object unknown, parameter error", ""),
    ("", 0x0800, Kind.RESPONSE, "", "event buffer overflow"),
    (crob(4, 0x41), 0, Kind.RESPONSE, "", ""),
    (crob(4, 0x41, 9), 0, Kind.REFUSAL, "not authorized", ""),
    (setpoint(2, 1.5, 12), 0, Kind.REFUSAL, "out of range", ""),
    ("2902 17 01 05 3412 02", 0, Kind.REFUSAL, "no select", ""),
    ("2904 28 0100 0500 1122334455667788 07", 0, Kind.REFUSAL, "local control", ""),
    (file_status(0, 1), 0, Kind.RESPONSE, "", ""),
    (file_status(1, 1), 0, Kind.REFUSAL, "permission denied", ""),
    ("4606 5b 01 0900 34120000 00000080 12", 0, Kind.REFUSAL, "buffer overrun", ""),
    ("4606 5b 01 0900 34120000 00000080 00", 0, Kind.RESPONSE, "", ""),
    ("4602 5b 01 0c00 0c00 0000 0c00 0000 00000000", 0, Kind.REFUSAL, "no key given", ""),
    ("4602 5b 01 0c00 0c00 0000 0c00 0000 01020304", 0, Kind.RESPONSE, "", ""),
    (key_status(2), 0, Kind.RESPONSE, "", ""),
    (key_status(4), 0, Kind.REFUSAL, "session keys not authenticated", ""),
    (failure(7), 0, Kind.REFUSAL, "authorization failed", ""),
]


@pytest.mark.parametrize("case", ANSWERS, ids=[f"{c[3] or c[4]} {c[0][:6]}" for c in ANSWERS])
def test_answers(case):
    objects, iin, kind, refusal, detail = case
    found = only(answered(objects, iin=iin))
    assert (found.kind, found.refusal, found.detail, found.unit) == (kind, refusal, detail, "10")
    assert case_of("dnp3", answered(objects, iin=iin)).role.name == "RESPONSE"


def test_the_second_of_two_controls_can_be_refused():
    one = struct.pack("<HBBIIB", 4, 0x41, 1, 100, 100, 0)
    two = struct.pack("<HBBIIB", 5, 0x41, 1, 100, 100, 10)
    found = operations(answered((b"\x0c\x01\x28\x02\x00" + one + two).hex()))
    assert [(r.kind, r.refusal) for r in found] == [(Kind.RESPONSE, ""), (Kind.REFUSAL, "automation inhibit")]


def test_what_is_not_read_of_a_write_may_be_anything():
    few, time = "5001 00 07 07 00", "3201 07 01 001122334455"
    for headers, verbs in ((few * 31 + time, {Verb.TIME_SYNC}), (few * 33 + time, {Verb.UNKNOWN})):
        found = {row.verb for row in operations(asked(2, headers))}
        assert found & {Verb.TIME_SYNC, Verb.UNKNOWN} == verbs
    found = operations(asked(2, "fe09 17 01 05 31" + time))  # how long such an object is, is not known
    assert Verb.UNKNOWN in {row.verb for row in found}


def test_a_file_opened_behind_a_proof_of_who_asks():
    assert [row.verb for row in operations(asked(25, SIGNED + opened(b"a.cfg", 2, 5)))] == [Verb.FILE_WRITE]
    assert [row.verb for row in operations(asked(25, "5001 00 07 07 00"))] == [Verb.UNKNOWN]


def test_every_point_of_a_command_is_a_row_and_every_write_of_a_message():
    found = operations(asked(5, crob(4, 0x41) + setpoints({2: 1, 7: 1}) + setpoint(9, 1.5)))
    assert [(r.verb, r.object) for r in found] == [
        (Verb.OPERATE, "binary output command (g12v1) 4"),
        (Verb.OPERATE, "analog output command (g41v2) 2"),
        (Verb.OPERATE, "analog output command (g41v2) 7"),
        (Verb.OPERATE, "analog output command (g41v3) 9"),
    ]
    found = operations(asked(2, "3201 0701 001122334455 2201 17 01 05 1000 0a01 00 0001 03"))
    assert [r.verb for r in found] == [Verb.TIME_SYNC, Verb.CONFIGURE, Verb.OPERATE]
    many = (bytes((0x29, 2, 0x17, 40)) + b"".join(struct.pack("<BhB", n, 1, n == 39) for n in range(40))).hex()
    asked_for, answers = operations(asked(5, many)), operations(answered(many))
    assert len(asked_for) == len(answers) == 33
    assert asked_for[-1].object == "further points"
    assert [r.kind for r in answers] == [Kind.RESPONSE] * 32 + [Kind.REFUSAL]


@pytest.mark.parametrize("objects", [*MALFORMED, "0c0117 03 " + ("0500" + BLOCK) * 3, crob(5, 0x41) + "0c"])
def test_of_objects_that_do_not_fit_no_index_is_made_up(objects):
    (found,) = operations(asked(5, objects))
    assert (found.verb, found.function, found.kind) == (Verb.OPERATE, "Direct Operate", Kind.REQUEST)
    assert found.object == "binary output command (g12v1)"
    assert found.detail == "objects malformed, master 1"


def test_an_echo_that_does_not_fit_accepts_nothing():
    raw = answered(MALFORMED[0])
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(raw, len(raw), False, "tcp", 20000)))


def test_malformed_commands_have_their_outcome():
    assert outcomes("malformed.pcap")["binary output command (g12v1)"] == (0, 4, ["parameter error"])


def test_states_of_the_outstation_are_rows_of_their_own():
    found = [r for r in rows(answered("", iin=0x2196)) if isinstance(r, Operation)]
    assert [(r.kind, r.object, r.filter) for r in found[1:]] == [
        (Kind.NOTICE, "needs time", "dnp3.al.iin.tsr == 1"),
        (Kind.NOTICE, "device restarted", "dnp3.al.iin.rst == 1"),
        (Kind.NOTICE, "configuration corrupt", "dnp3.al.iin.cc == 1"),
    ]


def outcomes(name: str) -> dict[str, tuple[int, int, list[str]]]:
    result, understood = understand_capture(CAPTURES / "dnp3" / name)
    return {
        row["object"]: (row["accepted"], row["refused"], row["refusals"])
        for _, _, _, row in operation_rows(result, understood)
        if row["verb"] == "operate" and row["function"] in ("Direct Operate", "Write")
    }


def test_a_challenged_command_has_the_outcome_of_what_follows_the_proof():
    assert outcomes("authenticated.pcap") == {
        "binary output command (g12v1) 20": (1, 0, []),
        "binary output command (g12v1) 21": (0, 1, ["authentication failed"]),
        "binary output command (g12v1) 22": (1, 0, []),
        "binary output command (g12v1) 23": (0, 1, ["authorization failed"]),
    }


def test_each_point_has_its_outcome():
    found = outcomes("tcp.pcap")
    assert found["binary output command (g12v1) 4"] == (1, 0, [])
    assert found["analog output command (g41v3) 2"] == (1, 2, ["not supported", "out of range"])
    assert found["analog output command (g41v2) 4"] == (1, 1, ["out of range"])
    assert found["binary output (g10v1) 0-1"] == (1, 0, [])


RECORDED = [
    ("Read", "class 1 (g60v2); class 2 (g60v3); class 3 (g60v4); class 0 (g60v1)", "", 1, []),
    ("Write", "internal indications (g80v1) 7", "", 1, []),
    ("Write", "time and date (g50v1)", "", 1, []),
    ("Read", "class 1 (g60v2)", "", 1, []),
    ("Read", "class 2 (g60v3)", "", 1, []),
    ("Read", "class 3 (g60v4)", "", 1, []),
    ("Read", "class 1 (g60v2); class 2 (g60v3); class 3 (g60v4)", "", 1, []),
    ("Read", "binary input (g1v0) 0-1; analog input (g30v0) 2", "", 1, []),
    ("Read", "analog output (g40v0) 0", "", 0, ["object unknown"]),
    ("Select", "binary output command (g12v1) 0", "latch on", 1, []),
    ("Operate", "binary output command (g12v1) 0", "latch on", 1, []),
    ("Select", "binary output command (g12v1) 3", "pulse on trip", 0, ["local control"]),
    ("Operate", "binary output command (g12v1) 1", "latch off", 0, ["no select"]),
    ("Direct Operate", "binary output command (g12v1) 1", "pulse on close", 1, []),
    ("Direct Operate", "binary output command (g12v1) 2", "latch off", 1, []),
    ("Direct Operate", "binary output command (g12v1) 3", "latch on", 0, ["local control"]),
    ("Direct Operate", "analog output command (g41v2) 0", "", 2, []),
    ("Direct Operate", "analog output command (g41v3) 1", "", 1, []),
    ("Direct Operate", "analog output command (g41v2) 1", "", 0, ["out of range"]),
    ("Direct Operate without acknowledgement", "binary output command (g12v1) 2", "latch on", 0, []),
    ("Record Current Time", "", "", 1, []),
    ("Write", "time and date (g50v3)", "", 1, []),
    ("Immediate Freeze", "counter (g20v0)", "", 1, []),
    ("Freeze and Clear", "counter (g20v0)", "", 1, []),
    (
        "Enable Unsolicited Messages",
        "class 1 (g60v2); class 2 (g60v3); class 3 (g60v4)",
        "",
        0,
        ["function code not supported"],
    ),
    ("Warm Restart", "", "", 0, ["function code not supported"]),
    ("Cold Restart", "", "", 1, []),
]


def test_what_a_real_master_and_outstation_say():
    result, understood = understand_capture(CAPTURES / "dnp3" / "py1815.pcap")
    assert set(understood.spoken.values()) == {("dnp3",)}
    assert not understood.malformed
    assert not understood.defects
    found = [
        (
            row["function"],
            row["object"],
            row["detail"].removesuffix("master 1").rstrip(", "),
            row["accepted"],
            row["refusals"],
        )
        for _, _, _, row in operation_rows(result, understood)
        if row["function"] not in ("Confirm", "Internal Indication")
    ]
    assert found == RECORDED
    assert {row["unanswered"] for _, _, _, row in operation_rows(result, understood)} == {0}
    assert [
        (row["object"], row["count"])
        for _, _, _, row in operation_rows(result, understood)
        if row["function"] == "Internal Indication"
    ] == [("needs time", 2), ("device restarted", 1)]


@pytest.mark.parametrize(
    ("message", "authenticated"),
    [
        (asked(5, crob(4, 0x41)), False),
        (asked(32, reply()), True),
        (answered(challenge(), function=131), True),
        (asked(5, aggressive(crob(4, 0x41))), True),
        (asked(32, "7804 07 01 0100"), None),
        (answered(key_status(1), function=131), None),
        (answered(failure(1), function=131), None),
    ],
)
def test_only_what_proves_a_command_says_that_commands_are_proven(message, authenticated):
    assert [r.authenticated for r in rows(message) if isinstance(r, Session)] == [authenticated]


def test_a_reply_takes_back_what_one_command_lacks():
    (command,) = [r for r in rows(asked(5, crob(4, 0x41))) if isinstance(r, Session)]
    (proof,) = [r for r in rows(asked(32, reply())) if isinstance(r, Session)]
    assert (command.unread, proof.read) == (("authenticated",), ("authenticated",))


@pytest.mark.parametrize(("behind", "authenticated"), [("", False), ("78095b", None)])
def test_aggressive_mode_proves_nothing_without_its_code(behind, authenticated):
    raw = asked(5, "780307010100000001 00" + crob(4, 0x41) + behind)
    assert [r.authenticated for r in rows(raw) if isinstance(r, Session)] == [authenticated]


def test_commands_in_aggressive_mode_are_told_apart_by_all_that_they_move():
    def two(first: int, second: int, sequence: int) -> bytes:
        points = b"".join(struct.pack("<HBBIIB", n, 0x41, 1, 100, 100, 0) for n in (first, second))
        return asked(5, aggressive("0c01280200" + points.hex(), sequence, bytes([sequence]) * 16))

    one, other = (asked(5, aggressive(crob(4, 0x41), n, bytes([n]) * 16), n) for n in (1, 2))
    assert key("dnp3", one) == key("dnp3", other)
    assert key("dnp3", two(20, 21, 1)) != key("dnp3", two(20, 99, 1))
    low, high = (asked(5, aggressive(setpoint(4, value), n, bytes([n]) * 8), n) for n, value in ((1, 1.0), (2, 2.0)))
    assert key("dnp3", low) == key("dnp3", high)


def test_what_is_sent_to_everybody_is_answered_by_nobody():
    assert case_of("dnp3", asked(13, target=0xFFFF)).role.name == "NOTICE"
    assert case_of("dnp3", asked(13, target=0xFFF0)).role.name == "REQUEST"


def test_identities():
    raw = answered(attribute(252, b"Example Controls") + attribute(250, b"EC-RTU 7") + attribute(242, b"3.1.4"))
    found = {r.field: r.value for r in rows(raw) if isinstance(r, Identity)}
    assert found == {"vendor": "Example Controls", "model": "EC-RTU 7", "firmware": "3.1.4"}


def test_secure_authentication_is_said_and_no_password_is_shown():
    found = rows(asked(32, "7801 5b 01 0c00 00000001 0100 02 01 aabbccdd"))
    assert [r.authenticated for r in found if isinstance(r, Session)] == [True]
    found = only(asked(5, aggressive(crob(1, 3))))
    assert (found.object, found.detail) == (
        "binary output command (g12v1) 1",
        "latch on, aggressive mode request, master 1",
    )
    found = rows(asked(29, "4602 5b 01 1500 0c00 0400 1000 0500 00000000 75736572 7061737321"))
    assert [r.credentials for r in found if isinstance(r, Session)] == ["user-password"]
    assert "pass!" not in repr(found)
    assert "user'" not in repr(found)


def test_unsolicited_confirm_and_link_frames_are_notices():
    assert only(answered(function=130)).kind is Kind.NOTICE
    assert (only(frame(0xC9, 10, 1)).function, only(frame(0xC9, 10, 1)).code) == (
        "Link Request Link Status",
        "primary 9",
    )
    assert only(frame(0x0B, 1, 10)).function == "Link Link Status"


def test_a_further_segment_gives_no_rows():
    assert rows(frame(0x44, 1, 10, b"\x81" + bytes(30))) == []


@pytest.mark.parametrize("at", [8, 12, 25, 30])
def test_a_wrong_checksum_is_malformed(at):
    raw = bytearray(asked(5, crob(4, 0x41)))
    raw[at] ^= 1
    message = Message(bytes(raw), len(raw), True, "tcp", 20000)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


SIGNED = sized(120, 3, bytes(6))
SAME = [
    (asked(1, "3c0206", 1), asked(1, "3c0206", 9)),
    (asked(5, crob(4, 0x41), 1), asked(5, crob(4, 0x41), 2)),
    (asked(5, setpoint(2, 1.5), 1), asked(5, setpoint(2, 9.5), 2)),
    (asked(2, "3201 07 01 001122334455", 1), asked(2, "3201 07 01 665544332211", 2)),
    (asked(25, opened(b"C:/config/station.xml", 2, 5), 1), asked(25, opened(b"C:/config/station.xml", 2, 6), 2)),
    (asked(25, opened(b"a.cfg", 2, 5), 1), asked(25, opened(b"a.cfg", 2, 6), 2)),
    (asked(13, "", 1), asked(13, "", 2)),
    (answered("", 1), answered("", 2)),
    (answered("1e01000000 0111223344", 1), answered("1e01000000 0199887766", 2)),
    (answered(setpoint(2, 1.5), 1), answered(setpoint(2, 9.5), 2)),
    (answered(file_status(3, 1), 1), answered(file_status(3, 2), 2)),
    (asked(5, setpoints({1: 5, 9: 6}), 1), asked(5, setpoints({1: 7, 9: 8}), 2)),
    (asked(6, setpoints({1: 5}), 1), asked(6, setpoints({1: 7}), 2)),
    (answered(setpoints(dict.fromkeys(range(8), 5)), 1), answered(setpoints({n: n for n in range(8)}), 2)),
    (
        asked(2, "4605 5b 01 0c00 34120000 00000000 abcdef01", 1),
        asked(2, "4605 5b 01 0c00 34120000 01000000 11223344", 2),
    ),
    (asked(2, "3201 07 01 001122334455", 1, 0xFFFF), asked(2, "3201 07 01 665544332211", 2, 0xFFFF)),
    (asked(5, aggressive(crob(4, 0x41), 1), 1), asked(5, aggressive(crob(4, 0x41), 2, b"x" * 16), 2)),
    (asked(32, reply(1), 1), asked(32, reply(2, b"y" * 16), 2)),
    (answered(challenge(1), 1, 0, 131), answered(challenge(2), 2, 0, 131)),
]
OTHER = [
    (asked(1, "3c0206"), asked(1, "3c0306")),
    (asked(5, crob(4, 0x41)), asked(5, crob(4, 0x81))),
    (asked(5, crob(4, 0x41)), asked(3, crob(4, 0x41))),
    (asked(5, setpoint(2, 1.5)), asked(5, setpoint(3, 1.5))),
    (asked(25, opened(b"a.cfg", 2, 5)), asked(25, opened(b"a.cfg", 1, 5))),
    (asked(25, opened(b"a.cfg", 2, 5)), asked(25, opened(b"b.cfg", 2, 5))),
    (asked(13), asked(13, target=11)),
    (answered(""), answered("", iin=0x0100)),
    (answered(setpoint(2, 1.5)), answered(setpoint(2, 1.5, 4))),
    (answered(file_status(0, 1)), answered(file_status(3, 1))),
    (asked(5, setpoints({1: 5, 9: 6})), asked(5, setpoints({1: 5, 8: 6}))),
    (asked(5, setpoint(2, 1.5)), asked(5, setpoint(2, 1.5) + crob(4, 0x41))),
    (answered(setpoints({1: 5, 9: 6})), answered(setpoints({1: 5, 9: 6}, 4))),
    (asked(2, "3201 07 01 001122334455"), asked(2, "3201 07 01 001122334455 0a01 00 0001 03")),
    (asked(2, "6e01 17 01 05 31 6e01 17 03 05 31 06 32 07 33"), asked(2, "6e01 17 01 05 31 3201 07 01 001122334455")),
    (asked(25, SIGNED + opened(b"a.cfg", 1, 5)), asked(25, SIGNED + opened(b"a.cfg", 2, 5))),
    (asked(18, "5a01 5b 01 0400 41504c31"), asked(18, "5a01 5b 01 0400 41504c32")),
    (asked(5, aggressive(crob(4, 0x41))), asked(5, aggressive(crob(5, 0x41)))),
    (answered("4606 5b 01 0900 34120000 00000080 00"), answered("4606 5b 01 0900 34120000 00000080 12")),
    (answered(failure(1), function=131), answered(failure(7), function=131)),
    (answered(key_status(1), function=131), answered(key_status(4), function=131)),
]


def test_values_and_counters_are_no_part_of_the_key_and_meaning_is():
    assert [key("dnp3", a) == key("dnp3", b) for a, b in SAME] == [True] * len(SAME)
    assert [key("dnp3", a) == key("dnp3", b) for a, b in OTHER] == [False] * len(OTHER)


@pytest.mark.parametrize("name", ["tcp.pcap", "udp.pcap", "port_20100.pcap"])
def test_captures_are_recognised_on_any_port(name):
    _result, understood = understand_capture(CAPTURES / "dnp3" / name)
    assert set(understood.spoken.values()) == {("dnp3",)}
    assert not understood.malformed
    assert not understood.defects
    found = [r for rs in understood.rows.values() for r in rs if isinstance(r, Operation)]
    assert {Verb.RESTART, Verb.OPERATE, Verb.FILE_WRITE, Verb.AUTHENTICATE, Verb.STOP} <= {r.verb for r in found}


def test_http_on_the_port_is_http():
    result = read_capture(CAPTURES / "dnp3" / "http_on_20000.pcap", "x", framing_plan())
    assert set(understand(result, protocols()).spoken.values()) == {("http",)}


def spread(application: bytes, *sizes: int) -> list[bytes]:
    """An application fragment from the outstation in several link frames, ``sizes`` octets in each but the last."""
    cuts = [0, *accumulate(sizes), len(application)]
    frames = []
    for number, (low, high) in enumerate(pairwise(cuts)):
        transport = number & 0x3F | (0x40 if low == 0 else 0) | (0x80 if high == len(application) else 0)
        frames.append(frame(0x44, 1, 10, bytes([transport]) + application[low:high]))
    return frames


IDENTITY = b"\xc5\x81\0\0" + bytes.fromhex(
    attribute(252, b"Example Controls") + attribute(250, b"EC-RTU 7" * 20) + attribute(242, b"3.1.4")
)


def identities(frames: list[bytes], *, datagrams: bool = False) -> list[tuple[str, str]]:
    messages = [(False, asked(1, "00fe0600", 5)), *((True, part) for part in frames)]
    if datagrams:
        packets = [udp(side, data, CLIENT, ("10.0.0.2", 20000)) for side, data in messages]
    else:
        talk = Talk(server=("10.0.0.2", 20000))
        for side, data in messages:
            talk.send(side, data)
        packets = talk.frames
    result = read_capture(BytesIO(pcap([(0, i, f) for i, f in enumerate(packets)])), "x", framing_plan())
    understood = understand(result, protocols())
    assert not understood.malformed
    return [(r.field, r.value) for found in understood.rows.values() for r in found if isinstance(r, Identity)]


ALL = [("vendor", "Example Controls"), ("model", "EC-RTU 7" * 20), ("firmware", "3.1.4")]


@pytest.mark.parametrize("datagrams", [False, True])
@pytest.mark.parametrize("sizes", [(), (100,), (4, 30, 100), (249 - 200, 1, 1)])
def test_a_fragment_spread_over_link_frames_is_joined(sizes, datagrams):
    frames = spread(IDENTITY, *sizes)
    assert identities(frames, datagrams=datagrams) == ALL
    assert identities([b"".join(frames)], datagrams=datagrams) == ALL
    assert identities([f for f in frames for _ in range(2)], datagrams=datagrams)[-1:] == ALL[-1:]


@pytest.mark.parametrize("datagrams", [False, True])
def test_a_fragment_that_begins_ends_one_that_has_no_end(datagrams):
    first, second, _ = spread(IDENTITY, 60, 60)
    found = identities([first, second, *spread(IDENTITY, 100)], datagrams=datagrams)
    assert found == [ALL[0], *ALL]


def test_a_fragment_whose_middle_is_lost_ends_there():
    first, _, third = spread(IDENTITY, 60, 60)
    fresh = spread(IDENTITY, 60, 60)
    assert ("vendor", "Example Controls") in identities([first, *fresh])
    assert ("firmware", "3.1.4") not in identities([third])
