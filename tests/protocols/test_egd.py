"""EGD: produced data, commands, outcomes; what makes up the key."""

from __future__ import annotations

import pytest

from fixtures.record import egd as made
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.ge.egd import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, told, understand_capture


def rows(data: bytes, port: int = made.COMMAND_PORT) -> list:
    message = Message(data, len(data), None, "udp", port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def understood(name: str) -> list[tuple]:
    return [(m.protocol, m.count, row) for _, m, row in told(CAPTURES / "egd" / name) if isinstance(row, Operation)]


def test_producers_and_their_exchanges():
    data = understood("data.pcap")
    assert {(name, row.verb, row.kind) for name, _, row in data} == {("egd", Verb.REPORT, Kind.NOTICE)}
    assert [(count, row.unit, row.object, row.detail) for _, count, row in data] == [
        (6, "producer 10.20.0.101", "exchange 12001", ""),
        (6, "producer 10.20.0.102", "exchange 7", "no error, configuration signature 0x00000100"),
        (1, "producer 10.20.0.101", "exchange 12001", "data refresh error"),
    ]
    assert [(count, row.object) for _, count, row in understood("port_20000.pcap")] == [(6, "exchange 12001")]


def test_commands_and_what_became_of_them():
    found = [
        (row["verb"], row["code"], row["object"], row["detail"], row["count"], row["accepted"], row["refusals"])
        for _, _, _, row in operation_rows(*understand_capture(CAPTURES / "egd" / "commands.pcap"))
    ]
    exchange = "exchange 12001"
    assert found == [
        ("identify", "9", "", "", 1, 1, []),
        ("read", "7", "", "", 1, 1, []),
        ("read", "3", exchange, "", 1, 1, []),
        ("diagnose", "15", exchange, "", 1, 1, []),
        ("read", "32", f"{exchange} bytes 8-11", "", 2, 2, []),
        ("write", "34", f"{exchange} bytes 12-14", "", 2, 2, []),
        ("write", "36", exchange, "", 2, 2, []),
        ("read", "32", f"{exchange} byte 0", "first of 2 cells", 1, 1, []),
        ("write", "34", "address 0800000064000000 of type 1 bytes 0-1", "", 1, 0, ["error 4"]),
        ("write", "34", f"{exchange} bytes 2000-2001", "", 1, 0, ["status 12"]),
        ("read", "3", "exchange 9", "", 1, 0, ["status 1"]),
    ]


def test_a_node_names_itself():
    _, found = understand_capture(CAPTURES / "egd" / "commands.pcap")
    identities = [row for group in found.rows.values() for row in group if isinstance(row, Identity)]
    assert identities == [Identity("model", "IC698ETM001 EGD")]


def test_messages_as_the_manual_prints_them():
    """ProSoft MVI69-EGD User Manual, section 5.2, pages 63 to 65."""
    (asked,) = rows(bytes.fromhex("0300111101001000696600c8e02e0000"))
    assert (asked.kind, asked.unit, asked.object) == (Kind.REQUEST, "producer 105.102.0.200", "exchange 12000")
    answer = "0400111101004c00696600c8e12e0000400600000000" + "0100696600c8" + "00" * 28
    answer += "0200780500000000464700000000020000000000"
    (answered,) = rows(bytes.fromhex(answer))
    assert (answered.kind, answered.object) == (Kind.RESPONSE, "exchange 12001")


def test_options_are_no_refusal():
    (row,) = rows(made.memory(33, made.HERE, bytes(4) + made.cell(0, b"\1"), status=4))
    assert row.kind is Kind.RESPONSE
    (row,) = rows(made.memory(33, made.HERE, count=0, status=4))
    assert (row.kind, row.refusal) == (Kind.REFUSAL, "status 4")


@pytest.mark.parametrize("name", ["syslog_on_18246.pcap", "syslog_on_7937.pcap"])
def test_another_protocol_on_its_ports(name):
    assert {protocol for protocol, _, _ in understood(name)} <= {"syslog"}


def test_counters_times_and_values_make_no_other_message():
    def data(**more: int) -> tuple:
        return key("egd", made.produced(made.PRODUCER, 5, **more))

    assert data(turn=1) == data(turn=2) == key("egd", made.produced(made.PRODUCER, 5, values=b"\7" * 24))
    others = (data(), data(status=1), data(signature=1), key("egd", made.produced(made.PRODUCER, 6)))
    assert len(set(others)) == len(others)

    def write(offset: int, values: bytes, request: int = 1) -> tuple:
        return key("egd-command", made.memory(34, made.HERE, made.cell(offset, values), request=request))

    assert write(1, b"\1\2") == write(1, b"\3\4", request=9) != write(2, b"\1\2")


DATA = made.produced(made.PRODUCER, 5)
READ = made.memory(32, made.HERE, made.cell(0, size=4))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        DATA[:31],
        DATA[:1] + b"\2" + DATA[2:],
        DATA[:16] + b"\xff\xff\xff\xff" + DATA[20:],
        DATA[:20] + b"\5" + DATA[21:],
        DATA + bytes(1400),
        READ[:-1],
        READ[:4] + b"\2" + READ[5:],
        made.command(32, bytes(8)),
    ],
)
def test_what_is_none(data):
    message = Message(data, len(data), True, "udp", made.COMMAND_PORT)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def test_it_is_no_protocol_of_streams():
    assert not PROTOCOL.probe(Message(DATA, len(DATA), True, "tcp", made.DATA_PORT))
