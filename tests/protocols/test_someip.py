"""SOME/IP: services found, called and subscribed to, on any port; segments, damage, and what only looks like it."""

from __future__ import annotations

import struct

import pytest

from fixtures.record.someip import (
    ANSWER,
    ERROR,
    EVENT,
    OFFER,
    REQUEST,
    RESPONSE,
    SEGMENT,
    SERVICE,
    SILENT,
    SUBSCRIBE,
    discovery,
    endpoint,
    entry,
    message,
)
from scanner.protocols.base import Kind, Malformed, Message, Operation, Verb
from scanner.protocols.vehicles.someip import PROTOCOL
from tests.protocols.recordings import CAPTURES, written
from tests.protocols.understanding import operation_rows, understand_capture


def sent(raw: bytes, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, True, "udp", 30501)


def operations(raw: bytes, length: int | None = None) -> list[Operation]:
    return [row for row in PROTOCOL.dissect(sent(raw, length)) if isinstance(row, Operation)]


@pytest.mark.parametrize("name", ["session.pcap", "port_40490.pcap"])
def test_a_session(name):
    result, understood = understand_capture(CAPTURES / "someip" / name)
    assert set(understood.spoken.values()) == {("someip",)}
    assert not understood.malformed
    rows = [c for *_, c in operation_rows(result, understood)]
    found = {(c["function"], c["object"]): (c["verb"], c["count"], c["accepted"], c["refusals"]) for c in rows}
    service, group = "service 0x1234.0x0001", ", event group 0x0009"
    assert found["OfferService", service] == ("report", 2, 0, [])
    assert found["FindService", service][0] == "identify"
    assert found["SubscribeEventgroupNack", service + group][3] == ["subscription refused"]
    assert found["method 0x0001", "service 0x1234"] == ("unknown-function", 2, 2, [])
    assert found["method 0x0063", "service 0x1234"][3] == ["unknown method"]
    assert found["event 0x8001", "service 0x1234"][0] == "report"
    assert found["method 0x0003", "service 0x1234"][1] == 1  # in two segments
    offered = next(c for c in rows if c["function"] == "OfferService")
    assert "udp 10.20.55.20:30501" in offered["detail"]


def test_over_tcp_with_cookies():
    result, understood = understand_capture(CAPTURES / "someip" / "tcp.pcap")
    assert set(understood.spoken.values()) == {("someip",)}
    assert {c["function"] for *_, c in operation_rows(result, understood)} == {"magic cookie", "method 0x0001"}


def test_http_on_the_port_is_http():
    _, understood = understand_capture(CAPTURES / "someip" / "http_on_30490.pcap")
    assert set(understood.spoken.values()) == {("http",)}


def test_answers_and_events():
    assert operations(message(SERVICE, 1, RESPONSE))[0].kind is Kind.RESPONSE
    refused = operations(message(SERVICE, 1, RESPONSE, code=4))[0]
    assert (refused.kind, refused.refusal) == (Kind.REFUSAL, "not ready")
    assert operations(message(SERVICE, 1, ERROR))[0].refusal == "code 0"
    assert operations(message(SERVICE, 2, SILENT))[0].kind is Kind.UNCONFIRMED
    assert operations(message(SERVICE, 0x8002, EVENT))[0].verb is Verb.REPORT
    later = message(SERVICE, 3, REQUEST | SEGMENT, struct.pack(">I", 0x560) + b"x")
    assert operations(later)[0].function == "segment"


def test_entries_with_addresses_of_both_families():
    options = endpoint("10.1.2.3", 30501) + endpoint("fd00::5", 30502, 6)
    (offer,) = operations(discovery(entry(OFFER, options=2), options))
    assert str(offer.detail) == "at udp 10.1.2.3:30501, tcp [fd00::5]:30502"
    (stop,) = operations(discovery(entry(OFFER, ttl=0)))
    assert stop.function == "StopOfferService"
    assert [o.function for o in operations(discovery(entry(SUBSCRIBE) + entry(ANSWER) + entry(5)))] == [
        *("SubscribeEventgroup", "SubscribeEventgroupAck", "entry 0x05"),
    ]
    assert operations(discovery(entry(OFFER, options=2), b"\0\xff\4junk"))[0].detail == ""


def test_what_was_cut_is_read_as_far_as_it_goes():
    raw = discovery(entry(OFFER) * 3)
    assert len(operations(raw[: 24 + 20], len(raw))) == 1


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", message(SERVICE, 1, REQUEST)[:15], message(SERVICE, 1, REQUEST) + b"x", message(SERVICE, 1, 3)),
        message(SERVICE, 1, REQUEST, code=1),
        message(SERVICE, 0x8001, REQUEST),
        message(SERVICE, 1, EVENT),
        message(SERVICE, 1, RESPONSE, code=0x5F),
        message(0xFFFF, 0x8100, EVENT, struct.pack(">II", 0, 17) + bytes(21)),
        message(0xFFFF, 0x8100, EVENT, struct.pack(">II", 0, 160) + bytes(20)),
        message(SERVICE, 1, REQUEST)[:12] + b"\2" + message(SERVICE, 1, REQUEST)[13:],
    ],
)
def test_what_is_none_is_malformed(raw):
    assert not PROTOCOL.probe(sent(raw))
    with pytest.raises(Malformed):
        operations(raw)


def test_one_message_away_from_the_port_is_nothing(tmp_path):
    _, understood = understand_capture(written(tmp_path / "x.pcap", [(True, message(SERVICE, 1, REQUEST))], 40502))
    assert not understood.spoken


def test_one_message_of_service_discovery_is_enough(tmp_path):
    _, understood = understand_capture(written(tmp_path / "x.pcap", [(True, discovery(entry(OFFER)))], 40503))
    assert set(understood.spoken.values()) == {("someip",)}
