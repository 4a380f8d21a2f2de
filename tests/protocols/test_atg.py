"""Tank gauges: functions, devices, security codes, refusals, the software; any port; what is none of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.atg import CONSOLE, OFFICE, REFUSED, REVISION, command, computed, shown
from fixtures.record.wire import Wire
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.vendors.atg import PROTOCOL
from tests.protocols.keys import case_of, key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def sent(raw: bytes, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, None, "tcp", 9999)


def operations(raw: bytes) -> list[Operation]:
    return [row for row in PROTOCOL.dissect(sent(raw)) if isinstance(row, Operation)]


@pytest.mark.parametrize(
    ("raw", "verb", "code", "touched"),
    [
        (b"\x01I20100", Verb.READ, "I201", "all devices"),
        (b"\x01i20101\r", Verb.READ, "I201", "device 1"),
        (b"\x01I90200\n", Verb.IDENTIFY, "I902", "all devices"),
        (b"\x01I@A000\x03", Verb.READ, "I@A0", "all devices"),
        (command("S50100", "2401010800"), Verb.TIME_SYNC, "S501", "all devices"),
        (command("s60202", "DIESEL"), Verb.CONFIGURE, "S602", "device 2"),
        (command("S7AF01", "1"), Verb.CONFIGURE, "S7AF", "device 1"),
        (command("S00100"), Verb.RESTART, "S001", "all devices"),
        (command("S00300"), Verb.OPERATE, "S003", "all devices"),
        (command("S05301"), Verb.OPERATE, "S053", "device 1"),
        (command("SV1000"), Verb.UNKNOWN, "SV10", "all devices"),
        (command("S20100"), Verb.UNKNOWN, "S201", "all devices"),
    ],
)
def test_commands(raw: bytes, verb: Verb, code: str, touched: str) -> None:
    (row,) = operations(raw)
    assert (row.verb, row.code, row.object, row.kind) == (verb, code, touched, Kind.REQUEST)


@pytest.mark.parametrize(
    ("security", "credentials"), [("", "none"), ("274901", "user-password"), ("I s#~x", "user-password")]
)
def test_security_codes(security: str, credentials: str) -> None:
    rows = list(PROTOCOL.dissect(sent(command("S60201", "X", security=security))))
    assert [row.credentials for row in rows if isinstance(row, Session)] == [credentials]
    assert [row.code for row in rows if isinstance(row, Operation)] == ["S602"]
    assert not security or security not in repr(rows)


def test_answers() -> None:
    for raw in (shown("I20100", "TEXT"), computed("i20101", "2401010800"), computed("s62802", "")):
        assert [row.kind for row in operations(raw)] == [Kind.RESPONSE]
        assert case_of("atg", raw).role.name == "RESPONSE"
    (refusal,) = operations(REFUSED)
    assert (refusal.kind, str(refusal.refusal)) == (Kind.REFUSAL, "function not recognised")
    said = list(PROTOCOL.dissect(sent(shown("I90200", REVISION))))
    assert {(row.field, row.value) for row in said if isinstance(row, Identity)} == {
        ("firmware", "123.02"),
        ("software", "346123-100-C"),
    }


def test_commands_that_share_a_segment_are_all_read() -> None:
    both = command("I20100") + command("S00100")
    assert [row.code for row in operations(both)] == ["I201", "S001"]
    assert key("atg", both) != key("atg", command("I20100"))


def test_values_are_in_no_key() -> None:
    assert key("atg", shown("I20101", "1")) == key("atg", shown("I20101", "2"))
    assert key("atg", command("S62201000000", "1")) == key("atg", command("S62201000000", "2"))
    assert key("atg", command("S62201", "1")) != key("atg", command("S62202", "1"))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x01I2010",
        b"\x01SUBJECT of mail",
        b"\x01X20100\r",
        b"\x01Ialert00\r",
        b"\x01\r\nHELLO\r\n",
        b"\x01I20100\r\x01\x02\x03\x04\x05\x06",
        b"I20100\r",
        b"\x01I20100\xff\xfe",
    ],
)
def test_what_is_none_is_malformed(raw: bytes) -> None:
    assert not PROTOCOL.probe(sent(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(raw)))


@pytest.mark.parametrize("name", ["session.pcap", "port_4001.pcap"])
def test_a_session(name: str) -> None:
    result, understood = understand_capture(CAPTURES / "atg" / name)
    assert set(understood.spoken.values()) == {("atg",)}
    assert not understood.malformed
    rows = [columns for *_, columns in operation_rows(result, understood)]
    assert {row["code"] for row in rows if not row["accepted"]} == {"I7ZZ", "S1ZZ"}
    assert {"S603", "I202"} <= {row["code"] for row in rows}


def test_http_on_its_port_is_http() -> None:
    _, understood = understand_capture(CAPTURES / "atg" / "http_on_10001.pcap")
    assert set(understood.spoken.values()) == {("http",)}


@pytest.mark.parametrize("port", [10001, 4444, 23, 502])
@pytest.mark.parametrize("raw", [command("S00100"), shown("I20100"), REFUSED])
def test_one_message_of_one_side_is_enough(tmp_path: Path, port: int, raw: bytes) -> None:
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp(OFFICE, CONSOLE, port)
        (way.client if raw == command("S00100") else way.server)(raw)
        way.close()
    _, understood = understand_capture(tmp_path / "x.pcap")
    assert set(understood.spoken.values()) == {("atg",)}


def test_what_is_typed_is_put_together(tmp_path: Path) -> None:
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp(OFFICE, CONSOLE, 7777)
        for letter in command("S60801", "00.10"):
            way.client(bytes((letter,)))
        way.server(shown("S60801"))
        way.close()
    rows = operation_rows(*understand_capture(tmp_path / "x.pcap"))
    assert [(columns["code"], columns["accepted"]) for *_, columns in rows] == [("S608", 1)]


@given(st.binary(max_size=60))
def test_anything_is_read(data: bytes) -> None:
    for raw in (
        data,
        b"\x01" + data,
        b"\x01I20100" + data,
        b"\x01\r\nI90200\r\n" + data,
        b"\x01i90200" + data + b"&&0000\3",
    ):
        message = sent(raw)
        if PROTOCOL.probe(message):
            list(PROTOCOL.dissect(message))
