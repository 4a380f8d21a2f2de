"""DeltaV: which kinds of messages are told, and that nothing is believed whose checksum does not hold."""

from __future__ import annotations

import pytest

from fixtures.record.deltav import packet, payload
from scanner.protocols.base import Kind, Malformed, Message, Verb
from scanner.protocols.vendors.deltav import ENVELOPE, PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

# A value report of a training system, as the documentation of Apache PLC4X prints it (0x0403, before registration).
RECORDED = bytes.fromhex(
    "face 0032 0002 3346 000b 63b854 800400"
    "0403 00 00000000 52 00000000 00000000 0004 0000 0008 0001 00000000 04"
    "048f17b8002f0136 048f17b8 01 000000000000 0000"
    "9417"
)


def message(raw: bytes, *, length: int | None = None, transport: str = "udp") -> Message:
    return Message(raw, len(raw) if length is None else length, None, transport, 18507)


def found(name: str) -> set[tuple[str, str, str, str, str, int]]:
    result, understood = understand_capture(CAPTURES / "deltav" / name)
    return {
        (c["seen_as"], c["verb"], c["function"], c["code"], c["unit"], c["count"])
        for _, _, _, c in operation_rows(result, understood)
    }


def test_a_recorded_message():
    assert PROTOCOL.probe(message(RECORDED))
    (row,) = PROTOCOL.dissect(message(RECORDED))
    assert (row.verb, row.function, row.kind, row.code, row.unit) == (
        Verb.REPORT,
        "Value report",
        Kind.NOTICE,
        "0x0002:0x0403",
        "sender 0x000B",
    )
    assert row.filter == "udp.payload[0:2] == fa:ce && udp.payload[4:2] == 00:02 && udp.payload[16:2] == 04:03"


@pytest.mark.parametrize("name", ["session.pcap", "port_29507.pcap"])
def test_a_session_on_any_port(name):
    _, understood = understand_capture(CAPTURES / "deltav" / name)
    assert set(understood.spoken.values()) == {("deltav",)}
    station, controller = "sender 0x0001", "sender 0x000B"
    assert found(name) == {
        ("request", "session", "Connection request", "0x0003", station, 1),
        ("notice", "identify", "Version information", "0x0002:0x0501", station, 1),
        ("notice", "identify", "Version information", "0x0002:0x0502", controller, 1),
        ("request", "unknown-function", "Request 0x0201", "0x0002:0x0201", station, 1),
        ("request", "unknown", "Event request", "0x0002:0x0301", station, 1),
        ("request", "unknown", "Data request", "0x0002:0x0401", station, 1),
        ("request", "subscribe", "Subscribe", "0x0002:0x1B01", station, 1),
        ("notice", "report", "Value report", "0x0002:0x0403", controller, 12),
        ("notice", "report", "Event report", "0x0002:0x0304", controller, 1),
        ("notice", "unknown", "Payload 0x0A77", "0x0002:0x0A77", controller, 1),
        ("notice", "session", "Acknowledgement", "0x0002", station, 19),
        ("notice", "session", "Acknowledgement", "0x0002", controller, 5),
        ("notice", "session", "Synchronisation", "0x0006", station, 2),
        ("notice", "session", "Synchronisation", "0x0006", controller, 2),
    }, "neither counters nor values make other messages, and responses stand with their requests"


@pytest.mark.parametrize("name", ["wrong_checksums.pcap", "dns_on_18507.pcap"])
def test_what_only_looks_like_it_is_not_believed(name):
    _, understood = understand_capture(CAPTURES / "deltav" / name)
    assert "deltav" not in {name for names in understood.spoken.values() for name in names}


def test_an_acknowledgement_has_no_payload():
    (row,) = PROTOCOL.dissect(message(packet(2, 7, 1)))
    assert (row.verb, row.function, row.kind) == (Verb.SESSION, "Acknowledgement", Kind.NOTICE)


def test_what_is_not_known_is_named_by_its_number():
    (other,) = PROTOCOL.dissect(message(packet(2, 7, 1, payload(0x0A77))))
    (kind,) = PROTOCOL.dissect(message(packet(9, 7, 1)))
    assert (other.verb, other.function, other.code) == (Verb.UNKNOWN, "Payload 0x0A77", "0x0002:0x0A77")
    assert (kind.verb, kind.function, kind.code) == (Verb.UNKNOWN, "Message 0x0009", "0x0009")


def test_a_cut_message_is_not_contradicted_by_its_checksum():
    (row,) = PROTOCOL.dissect(message(RECORDED[:40], length=len(RECORDED)))
    assert row.function == "Value report"


@pytest.mark.parametrize(
    ("raw", "length", "why"),
    [
        (RECORDED[:15], len(RECORDED), "no message"),
        (RECORDED[:16], len(RECORDED), "type of the payload"),
        (b"\xfa\xcf" + RECORDED[2:], None, "no message"),
        (RECORDED + b"\0", None, "length says 68"),
        (RECORDED[:-1] + b"\0", None, "checksum"),
        (packet(2, 1, 1, b"\4"), ENVELOPE + 1, "type of the payload"),
    ],
)
def test_what_does_not_hold_is_malformed(raw, length, why):
    with pytest.raises(Malformed, match=why):
        list(PROTOCOL.dissect(message(raw, length=length)))
