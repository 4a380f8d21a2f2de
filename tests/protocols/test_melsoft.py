"""MELSOFT: commands, logins, files, type names, what is and is not part of the key."""

from __future__ import annotations

import pytest

from fixtures.record.melsoft import EXCHANGES, OPEN, SAFETY, SEARCH, answered, asked, model, text
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.mitsubishi.melsoft import COMMANDS, PROTOCOL, REQUEST
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes, port: int = 5007) -> list:
    packet = Message(raw, len(raw), raw[0] == REQUEST, "tcp", port)
    assert PROTOCOL.probe(packet)
    return list(PROTOCOL.dissect(packet))


def only(raw: bytes) -> Operation:
    (row,) = [r for r in rows(raw) if isinstance(r, Operation)]
    return row


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_by_name_and_verb(command):
    for raw, kind in ((asked(command), Kind.REQUEST), (answered(command), Kind.RESPONSE)):
        found = only(raw)
        assert (found.function, found.verb, found.kind) == (*COMMANDS[command], kind)
        assert (found.code, found.unit) == (f"{command:04X}", "own station")
        assert case_of("melsoft", raw).role.name == kind.name


def test_what_was_published_is_read():
    request = bytes.fromhex("57000000001111070000ffff030000fe03000014001c080a0800000000000000040101010000000001")
    answer = bytes.fromhex(
        "d700c80000111107000000e40300ffff03000038009c000c08000000001004000000000101010000005130335544454350552020202020202068"
        "020008baba081020210316002002000101e802"
    )
    assert only(request).function == "Read Type Name"
    assert Identity("model", "Q03UDECPU") in rows(answer)


def test_stations_files_and_states():
    assert only(asked(0x1002, route=SAFETY)).unit == "network 1 station 125 module 0x03E0"
    assert only(answered(0x1002, route=(2, 3, 0x03FF))).unit == "network 2 station 3"
    assert only(asked(0x1867, OPEN + text("$MELPRJ$\\MAIN.PRG"))).object == "file $MELPRJ$\\MAIN.PRG"
    assert only(asked(0x185F, SEARCH + text("$MELPRJ$\\CPU.PRM"))).object == "file $MELPRJ$\\CPU.PRM"
    assert only(asked(0x1867)).object == ""
    found = only(answered(0x0132, status=0x4408))
    assert (found.kind, found.refusal) == (Kind.REFUSAL, "Status (0x4408)")
    assert [c for c, (_, v) in COMMANDS.items() if v is Verb.STOP] == [0x1002, 0x1003]


def test_a_login_is_said_and_shows_nobody():
    for command, _, _, _ in EXCHANGES[2:6]:
        request = next(e[1] for e in EXCHANGES if e[0] == command)
        found = rows(asked(command, request))
        assert found[0].verb is Verb.AUTHENTICATE
        assert "secret" not in repr(found)
        assert "operator" not in repr(found).replace("\\x00", "")
    assert [r.credentials for r in rows(asked(0x0132)) if isinstance(r, Session)] == ["user-password"]


def test_type_names():
    for q in (False, True):
        found = {(r.field, r.value) for r in rows(answered(0x0101, model("Q03UDECPU"), q=q)) if isinstance(r, Identity)}
        assert found == {("vendor", "Mitsubishi Electric"), ("model", "Q03UDECPU")}
    assert not [r for r in rows(answered(0x0410, model("Q03UDECPU"))) if isinstance(r, Identity)]
    assert not [r for r in rows(answered(0x0121, model("Q03UDECPU"), 0x4002)) if isinstance(r, Identity)]
    assert not [r for r in rows(answered(0x0121, bytes(20))) if isinstance(r, Identity)]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (asked(0x1002)[:20], "no MELSOFT frame"),
        (b"\x58" + asked(0x1002)[1:], "no MELSOFT frame"),
        (asked(0x1002)[:-1], "length of a frame"),
        (asked(0x1002)[:23] + b"\x20" + asked(0x1002)[24:], "unknown form"),
        (asked(0x1002)[:21] + b"\x9c" + asked(0x1002)[22:], "unknown form"),
    ],
)
def test_what_breaks_the_frame_is_malformed(raw, words):
    message = Message(raw, len(raw), True, "tcp", 5007)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed, match=words):
        list(PROTOCOL.dissect(message))


def test_commands_that_are_not_known_do_not_hide_a_conversation_on_another_port(tmp_path):
    assert only(asked(0x0162)).function == "Command 0162"
    with Wire(tmp_path / "unknown.pcap") as wire:
        talk = wire.tcp("10.20.0.10", "10.20.0.11", 6007)
        for number in range(9):
            command = 0x0162 if number % 3 else 0x0410
            talk.client(asked(command, bytes(24), reference=number))
            talk.server(answered(command, b"", reference=number))
        talk.close()
    _, understood = understand_capture(tmp_path / "unknown.pcap")
    assert set(understood.spoken.values()) == {("melsoft",)}


SAME = [
    (asked(0x1410, b"\1\2", reference=1, sequence=1), asked(0x1410, b"\3\4", reference=2, sequence=2)),
    (answered(0x0410, b"\1"), answered(0x0410, b"\2")),
    (asked(0x0132, b"one"), asked(0x0132, b"two")),
]
OTHER = [
    (asked(0x1001), asked(0x1002)),
    (asked(0x1001), asked(0x1001, route=SAFETY)),
    (answered(0x1001), answered(0x1001, status=0x4010)),
    (answered(0x0121, model("R08SFCPU")), answered(0x0121, model("R04CPU"))),
    (asked(0x1867, OPEN + text("A.PRG")), asked(0x1867, OPEN + text("B.PRG"))),
]


def test_values_and_counters_are_no_part_of_the_key_and_meaning_is():
    assert [key("melsoft", a) == key("melsoft", b) for a, b in SAME] == [True] * len(SAME)
    assert [key("melsoft", a) == key("melsoft", b) for a, b in OTHER] == [False] * len(OTHER)
    assert pair("melsoft", asked(0x1001, reference=7)) == pair("melsoft", answered(0x1001, reference=7))
    assert pair("melsoft", asked(0x1001, reference=7)) != pair("melsoft", answered(0x1001, reference=8))


@pytest.mark.parametrize("name", ["tcp.pcap", "port_6007.pcap", "udp.pcap", "q.pcap"])
def test_captures_are_recognised_on_any_port(name):
    _result, understood = understand_capture(CAPTURES / "melsoft" / name)
    assert set(understood.spoken.values()) == {("melsoft",)}
    assert not understood.malformed
    assert not understood.defects


def test_outcomes():
    result = read_capture(CAPTURES / "melsoft" / "tcp.pcap", "x", framing_plan())
    found = [c for _, _, _, c in operation_rows(result, understand(result, protocols()))]
    outcome = {c["code"]: (c["accepted"], c["refusals"]) for c in found if c["seen_as"] == "request"}
    assert outcome["0132"] == (1, ["Status (0x4408)"])
    assert outcome["1006"] == (0, ["Status (0x4010)"])
    assert outcome["0410"] == (3, [])


def test_what_iqf_answers_by_broadcast_is_no_command_of_the_controller():
    result, understood = understand_capture(CAPTURES / "melsoft" / "iqf_broadcast.pcap")
    assert set(understood.spoken.values()) == {("melsoft",)}
    found = list(operation_rows(result, understood))
    asked_for = [(c["verb"], c["function"], c["seen_as"], c["count"]) for _, _, _, c in found]
    assert sorted(asked_for) == [
        ("identify", "Open Initial", "request", 1),
        ("report", "Device Write", "notice", 1),
        ("report", "Device Write", "notice", 1),
        ("report", "Open Initial", "notice", 1),
        ("write", "Device Write", "request", 2),
    ]
    assert {c["detail"] for _, _, _, c in found} == {
        "",
        "answered by broadcast",
        "answered by broadcast, Status (0x4010)",
    }
    named = [r.value for rows in understood.rows.values() for r in rows if isinstance(r, Identity)]
    assert named == ["Mitsubishi Electric", "FX5U-32MT/ES"]


def test_http_on_the_port_is_http():
    result = read_capture(CAPTURES / "melsoft" / "http_on_5007.pcap", "x", framing_plan())
    assert set(understand(result, protocols()).spoken.values()) == {("http",)}
