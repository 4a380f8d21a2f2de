"""HL7 version 2: results, orders and questions between applications on any port; nobody's name in any row."""

from __future__ import annotations

import pytest

from fixtures.record.hl7 import acknowledged, message
from fixtures.record.wire import Wire
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.health.hl7 import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, told, understand_capture


def sent(raw: bytes) -> Message:
    return Message(raw, len(raw), True, "tcp", 2575)


def operation(raw: bytes) -> Operation:
    return next(row for row in PROTOCOL.dissect(sent(raw)) if isinstance(row, Operation))


@pytest.mark.parametrize("name", ["session.pcap", "port_12575.pcap"])
def test_a_talk(name):
    result, understood = understand_capture(CAPTURES / "hl7" / name)
    assert set(understood.spoken.values()) == {("hl7",)}
    assert not understood.malformed
    found = {
        c["function"]: (c["verb"], c["count"], c["accepted"], c["refusals"])
        for *_, c in operation_rows(result, understood)
    }
    assert found == {
        "ORU^R01": ("report", 2, 2, []),
        "OML^O21": ("write", 1, 0, ["application error"]),
        "QBP^Q11": ("read", 1, 1, []),
    }
    rows = repr([row for _, _, row in told(CAPTURES / "hl7" / name)])
    assert "Made" not in rows
    assert "0815" not in rows


def test_http_on_its_port_is_http():
    _, understood = understand_capture(CAPTURES / "hl7" / "http_on_2575.pcap")
    assert set(understood.spoken.values()) == {("http",)}


def test_who_sends_what_to_whom():
    order = operation(message("ORM^O01", "PID|1"))
    assert (order.verb, order.object, str(order.detail)) == (Verb.WRITE, "LIS PLANT", "from LAB PLANT")
    assert operation(message("ADT")).code == "ADT"
    assert operation(acknowledged("CR")).kind is Kind.REFUSAL
    assert operation(message("ACK", "ERR|x")).kind is Kind.REQUEST  # acknowledges nothing


def test_security_is_never_shown():
    rows = list(PROTOCOL.dissect(sent(message("ADT^A01", security="real-secret"))))
    assert "secret" not in repr(rows)
    assert {row.credentials for row in rows if isinstance(row, Session)} == {"other"}


def test_other_separators():
    raw = message("ADT^A01").replace(b"|", b"#").replace(b"^", b":")
    assert operation(raw).function == "ADT^A01"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x0bMSH",
        message("ADT^A01")[1:],
        message("adt"),
        b"\x0bMSHAAAAAAAAAA",
        message("A"),
        b"\x0bMSH|^~\\&|a|b\r",
    ],
)
def test_what_is_none_is_malformed(raw):
    assert not PROTOCOL.probe(sent(raw))
    with pytest.raises(Malformed):
        operation(raw)


def test_a_block_of_something_else_is_nothing(tmp_path):
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp("10.20.58.10", "10.20.58.20", 12576)
        way.client(b"\x0bHELLO|^~\\&|LAB|PLANT|LIS|PLANT\x1c\r")
        way.close()
    _, understood = understand_capture(tmp_path / "x.pcap")
    assert not understood.spoken
