"""TriStation: commands and answers, refusals, key switch, what the controller is, keys."""

from __future__ import annotations

import pytest

from fixtures.record.tristation import (
    COMMAND,
    CONNECT,
    DISCONNECT,
    DOWNLOAD,
    PING,
    answer,
    chassis_status,
    command,
    cp_status,
    packet,
    versions,
)
from fixtures.record.wire import Wire
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.common.crc import crc16_arc
from scanner.protocols.tristation._names import ANSWERS, COMMANDS, REJECTS
from scanner.protocols.tristation.tristation import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes, *, side: bool = True, port: int = 1502) -> list:
    message = Message(raw, len(raw), side, "udp", port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def test_the_crc_is_the_one_of_recorded_traffic():
    assert crc16_arc(bytes.fromhex("01000000")).to_bytes(2, "little") == bytes.fromhex("01fc")
    assert crc16_arc(bytes.fromhex("05000a0000001300000027000a00")).to_bytes(2, "little") == bytes.fromhex("5010")


@pytest.mark.parametrize(
    ("number", "verb", "name"),
    [
        (20, Verb.START, "Run program"),
        (21, Verb.STOP, "Halt program"),
        (22, Verb.STOP, "Pause program"),
        (0, Verb.PROGRAM_DOWNLOAD, "Start download all"),
        (11, Verb.PROGRAM_DOWNLOAD, "End download change"),
        (3, Verb.PROGRAM_UPLOAD, "Upload configuration"),
        (80, Verb.MODE_CHANGE, "Go to DOWNLOAD mode"),
        (27, Verb.WRITE, "Set I/O point values"),
        (15, Verb.CONFIGURE, "Configure module"),
        (40, Verb.CONFIGURE, "Disable all OVDs"),
        (19, Verb.READ, "Get CP status"),
        (7, Verb.TIME_SYNC, "Set calendar"),
        (99, Verb.UNKNOWN, "command 99"),
    ],
)
def test_commands(number, verb, name):
    (found,) = rows(command(number, 3))
    assert found == Operation(
        verb, name, Kind.REQUEST, f"5:{number}", filter=f"udp.payload[0] == 0x05 && udp.payload[6] == 0x{number:02x}"
    )


def test_what_commands_touch():
    assert rows(command(55, 1, b"\2\0" + bytes(8)))[0].object == "program 2"
    assert rows(command(66, 1, b"\x10\1" + bytes(8)))[0].object == "function 272"
    assert rows(command(59, 1, DOWNLOAD))[0].object == "project BURNER"
    assert rows(command(55, 1))[0].object == ""


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (answer(100, 1, b"\xd4\0"), "Key setting prohibits this operation (212)"),
        (answer(100, 1, b"\xd0\1"), "Network is out of range (208)"),
        (answer(100, 1, b"\x01\0"), "reject code (1)"),
        (answer(241), "Command not allowed (241)"),
        (packet(7), "Connection limit reached"),
        (packet(10), "Access denied"),
    ],
)
def test_refusals(raw, refusal):
    (found,) = rows(raw, side=False)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, refusal)


def test_key_switch_and_program_state():
    (found,) = rows(answer(108, 1, cp_status(1, 0)), side=False)
    assert (found.kind, found.detail) == (Kind.RESPONSE, "key switch Program, program running, project BURNER 2.7")
    (found,) = rows(answer(119, 1, chassis_status(3, 1)), side=False)
    assert found.detail == "key switch Remote, program stopped, project BURNER 2.7"
    (found,) = rows(answer(108, 1, cp_status(9, 9, b"")), side=False)
    assert found.detail == "key switch 9, program 9"


def test_what_the_controller_is():
    tricon = [Identity("vendor", "Triconex"), Identity("model", "Tricon"), Identity("role", "safety_controller")]
    operation, *identities = rows(answer(106, 1, b"\0\0\0\x0a\x03"), side=False)
    assert operation.detail == "Tricon v10.3.x"
    assert identities == [*tricon, Identity("firmware", "10.3.x")]
    operation, *identities = rows(answer(151, 1, versions()), side=False)
    assert operation.detail == "slot 0 3008 Enhanced Main Processor 6200.3.1; slot 4 4351 TCM 5400.2.0"
    assert identities == [*tricon, Identity("serial", "TR004711"), Identity("hardware_revision", "2.1")]


def test_connections():
    for kind, way in ((CONNECT, Kind.REQUEST), (DISCONNECT, Kind.REQUEST), (2, Kind.RESPONSE), (PING, Kind.NOTICE)):
        (found,) = rows(packet(kind))
        assert (found.verb, found.kind, found.code) == (Verb.SESSION, way, str(kind))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (packet(12)[:-1] + b"\0", "packet type 12"),
        (packet(CONNECT) + b"\0", "length says 6 bytes, there are 7"),
        (packet(COMMAND, b"\0\0\x13"), "a command of 3 bytes"),
        (packet(COMMAND, b"\2" + bytes(9)), "direction 2"),
        (b"\1\0\0", "no TriStation packet"),
    ],
)
def test_what_is_no_packet_is_malformed(raw, text):
    with pytest.raises(Malformed, match=text):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "udp", 1502)))


def test_the_crc_decides_away_from_the_port():
    raw = command(21, 1)
    wrong = raw[:-1] + bytes((raw[-1] ^ 1,))
    assert PROTOCOL.probe(Message(raw, len(raw), True, "udp", 5000))
    assert not PROTOCOL.probe(Message(wrong, len(raw), True, "udp", 5000))
    assert PROTOCOL.probe(Message(wrong, len(raw), True, "udp", 1502))


def test_sequence_numbers_and_data_are_no_part_of_the_key():
    def of(raw: bytes) -> tuple:
        return key("tristation", raw)

    assert of(command(28, 1, b"12345678")) == of(command(28, 2, b"87654321")) != of(command(27, 2, b"87654321"))
    assert of(command(55, 1, b"\2\0" + bytes(9))) != of(command(55, 1, b"\3\0" + bytes(9)))
    assert of(answer(108, 1, cp_status(1, 0, counter=1))) == of(answer(108, 9, cp_status(1, 0, counter=7)))
    assert of(answer(108, 1, cp_status(1, 0))) != of(answer(108, 1, cp_status(2, 0)))
    assert (
        pair("tristation", command(28, 7)) == pair("tristation", answer(121, 7)) != pair("tristation", answer(121, 8))
    )


def test_every_command_and_answer_has_a_row():
    for number, (name, _) in COMMANDS.items():
        assert rows(command(number))[0].function == name
    for number, (name, verb) in ANSWERS.items():
        found = rows(answer(number))[0]
        assert (found.function, found.verb) == (name, verb)
    assert rows(answer(199))[0].verb is Verb.UNKNOWN


def test_an_answer_has_the_verb_of_its_command():
    """Seen without its command, the answer to a download or a halt is no read."""
    pairs = ((0, 101), (10, 105), (20, 109), (21, 110), (30, 128), (7, 122), (65, 162), (28, 121), (13, 106))
    assert [COMMANDS[asked][1] for asked, _ in pairs] == [ANSWERS[said][1] for _, said in pairs]
    for number in REJECTS:
        if number < 256:
            assert rows(answer(number))[0].kind is Kind.REFUSAL


def operations(name: str) -> list[tuple]:
    path = CAPTURES / "tristation" / name
    result, understood = understand_capture(path)
    assert not understood.malformed
    return [
        (c["verb"], c["function"], c["count"], c["accepted"], c["refused"], c["unanswered"])
        for _, protocol, _, c in operation_rows(result, understood)
        if protocol == "tristation"
    ]


def test_a_session():
    found = operations("session.pcap")
    for row in (
        ("session", "Connection request", 2, 1, 1, 0),
        ("read", "Get CP status", 7, 7, 0, 0),
        ("stop", "Halt program", 1, 1, 0, 0),
        ("start", "Run program", 2, 1, 1, 0),
        ("program-download", "Start download all", 1, 0, 1, 0),
        ("program-upload", "Upload function", 1, 0, 1, 0),
        ("mode-change", "Go to DOWNLOAD mode", 1, 0, 1, 0),
        ("read", "Get I/O point values", 1, 0, 0, 1),
        ("session", "Disconnect request", 1, 1, 0, 0),
    ):
        assert row in found


def test_another_port_and_another_protocol():
    assert operations("port_11502.pcap") == [
        ("session", "Connection request", 1, 1, 0, 0),
        ("stop", "Halt program", 1, 1, 0, 0),
    ]
    assert operations("syslog_on_1502.pcap") == []


def test_dhcp_on_its_port_is_dhcp_alone(tmp_path):
    """An answer of DHCP begins as a packet of twelve bytes might; its datagram is longer."""
    offer = bytes.fromhex("0201060012345678") + bytes(228) + bytes.fromhex("63825363 350102 ff") + bytes(60)
    with Wire(tmp_path / "dhcp.pcap") as wire:
        talk = wire.udp("10.90.0.10", "10.90.0.20", 1502)
        for _ in range(4):
            talk.server(offer)
    _, understood = understand_capture(tmp_path / "dhcp.pcap")
    assert "tristation" not in {name for names in understood.spoken.values() for name in names}
