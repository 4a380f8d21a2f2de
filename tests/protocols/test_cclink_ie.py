"""CC-Link IE: frames of Field, Control and TSN, Field Basic and SLMP over UDP, what is none of them."""

from __future__ import annotations

import pytest

from fixtures.record.cclink_ie import (
    CONTROL,
    SLAVE_1,
    SLAVE_2,
    commanded,
    cyclic_request,
    cyclic_response,
    detection_ack,
    found,
    frame,
    lmt,
    new_address,
    search,
    setting,
    settled,
    transient,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.mitsubishi.cclink_ie import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

FOLDER = CAPTURES / "cclink_ie"


def rows(raw: bytes, transport: str = "ethernet") -> list:
    message = Message(raw, len(raw), None, transport, 0x890F)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def one(raw: bytes, transport: str = "ethernet") -> Operation:
    return next(r for r in rows(raw, transport) if isinstance(r, Operation))


def capture(name: str) -> tuple:
    return understand_capture(FOLDER / name)


@pytest.mark.parametrize(
    ("raw", "function", "verb", "detail"),
    [
        (frame(0x10, 7, node_type=0x30), "Persuasion", Verb.SESSION, "CC-Link IE Field, master node"),
        (frame(0x10, 7, network=CONTROL), "Persuasion", Verb.SESSION, "CC-Link IE Control, management node"),
        (frame(0x12, 7, node_type=0x35), "TestDataAck", Verb.DIAGNOSE, "CC-Link IE Field, remote I/O node"),
        (
            frame(0x20, 7, node_type=0x33),
            "MyStatus",
            Verb.REPORT,
            "CC-Link IE Field, node identifier 0, intelligent device node",
        ),
        (frame(0x11, 7, node_type=0x77), "TestData", Verb.DIAGNOSE, "CC-Link IE Field, node type 0x77"),
        (frame(0x13, 7, identifier=5), "Setup", Verb.CONFIGURE, "CC-Link IE Field, node identifier 5"),
        (frame(0x29, 7, identifier=5), "Parameter", Verb.CONFIGURE, "CC-Link IE Field, node identifier 5"),
        (frame(0x1C, 7), "Timer", Verb.TIME_SYNC, "CC-Link IE Field"),
        (frame(0x42, 7, identifier=5), "Offset", Verb.TIME_SYNC, "CC-Link IE Field, node identifier 5"),
        (frame(0x84, 7, bytes(40), identifier=5), "CyclicDataRWr", Verb.REPORT, "CC-Link IE Field, node identifier 5"),
        (frame(0x06, 7, network=CONTROL), "Token", Verb.SESSION, "CC-Link IE Control"),
        (frame(0x8C, 7, bytes(40), network=CONTROL), "CyclicDataOut1", Verb.REPORT, "CC-Link IE Control"),
    ],
)
def test_frames_of_field_and_control(raw, function, verb, detail):
    operation = one(raw)
    assert (operation.function, operation.verb, operation.detail) == (function, verb, detail)
    assert (operation.unit, operation.code) == ("node 7", f"0x{raw[0]:02X}")
    assert operation.filter == f"eth.type == 0x890f && data[0] == 0x{raw[0]:02x}"


def test_who_persuades_as_master_is_the_controller():
    assert Identity("role", "controller") in rows(frame(0x10, 0, node_type=0x30))
    assert Identity("role", "controller") in rows(frame(0x10, 0, network=CONTROL))
    assert Identity("role", "controller") not in rows(frame(0x10, 0, node_type=0x33))
    assert Identity("role", "controller") not in rows(frame(0x11, 0, node_type=0x30))


@pytest.mark.parametrize(
    ("raw", "function", "verb", "kind"),
    [
        (transient(0, 1), "Transient1: deliverNodeInformation", Verb.IDENTIFY, Kind.REQUEST),
        (transient(3, 4, 0x80), "Transient1: acquiresDetailedNodeInformation", Verb.IDENTIFY, Kind.RESPONSE),
        (transient(0, 3, data_type=8), "Transient1: objectWrite", Verb.WRITE, Kind.REQUEST),
        (transient(0, 0x55), "Transient1: command 0x55", Verb.UNKNOWN, Kind.REQUEST),
        (commanded(0, 0x08), "Transient2: run", Verb.START, Kind.REQUEST),
        (commanded(3, 0x88), "Transient2: run", Verb.START, Kind.RESPONSE),
        (commanded(0, 0x09), "Transient2: stop", Verb.STOP, Kind.REQUEST),
        (commanded(0, 0x10), "Transient2: readMemory", Verb.READ, Kind.REQUEST),
        (commanded(0, 0x12), "Transient2: writeMemory", Verb.WRITE, Kind.REQUEST),
        (commanded(0, 0x30, kind=0x22), "Transient1: slmpTransmit", Verb.UNKNOWN, Kind.REQUEST),
    ],
)
def test_transient_messages(raw, function, verb, kind):
    operation = one(raw)
    assert (operation.function, operation.verb, operation.kind) == (function, verb, kind)


def test_detection():
    operation, *identities = rows(detection_ack(1, 0x21))
    assert (operation.kind, operation.verb) == (Kind.RESPONSE, Verb.IDENTIFY)
    assert operation.detail == "CC-Link IE TSN, version 1, slave station, servo"
    assert identities == []
    operation, *identities = rows(detection_ack(0x80, 0x01))
    assert operation.detail == "CC-Link IE TSN, version 1, master station, PLC"
    assert identities == [Identity("role", "controller")]
    assert one(b"\xc1\0\0\0\2" + bytes(41)).detail == "CC-Link IE TSN, version 2"
    assert one(b"\xc4" + bytes(45)).verb is Verb.REPORT


def test_cyclic_data_of_field_basic():
    operation, identity = rows(cyclic_request(SLAVE_1, SLAVE_2, group=2), "udp")
    assert (operation.kind, operation.verb, operation.unit) == (Kind.REQUEST, Verb.REPORT, "group 2")
    assert operation.detail == "master running, protocol version 1, slaves 192.168.3.11, 192.168.3.12"
    assert identity == Identity("role", "controller")
    operation, *identities = rows(cyclic_response(SLAVE_1, group=2), "udp")
    assert (operation.kind, operation.unit, operation.detail) == (Kind.RESPONSE, "group 2", "application running")
    assert identities == [
        Identity("vendor", "CLPA vendor 0x1234"),
        Identity("order_number", "model code 0x00000101"),
        Identity("hardware_revision", "equipment version 2"),
    ]
    assert len(rows(cyclic_response(SLAVE_1, vendor=0), "udp")) == 1


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        (0xCFE0, "Master station duplication (0xCFE0)"),
        (0xCFFF, "Slave station requests disconnection (0xCFFF)"),
        (0x4001, "end code (0x4001)"),
    ],
)
def test_end_codes(code, refusal):
    operation = one(cyclic_response(SLAVE_1, code=code, error=0x21), "udp")
    assert (operation.kind, operation.refusal) == (Kind.REFUSAL, refusal)
    assert operation.detail == "application running, slave error code 0x0021"


def test_search_and_address():
    assert one(setting(0x0E30, search()), "udp").verb is Verb.IDENTIFY
    operation, *identities = rows(settled(found(SLAVE_1)), "udp")
    assert (operation.kind, operation.unit, operation.detail) == (Kind.RESPONSE, "02:00:c0:a8:03:0b", SLAVE_1)
    assert Identity("ip", SLAVE_1, mac="02:00:c0:a8:03:0b") in identities
    assert Identity("vendor", "CLPA vendor 0x1234", mac="02:00:c0:a8:03:0b") in identities
    operation = one(setting(0x0E31, new_address(SLAVE_2, "10.0.0.1")), "udp")
    assert (operation.verb, operation.unit, operation.object) == (Verb.CONFIGURE, "02:00:c0:a8:03:0c", "IP address")
    assert operation.detail == "10.0.0.1 mask 255.255.255.0"


@pytest.mark.parametrize(
    ("command", "sub", "function", "verb"),
    [
        (0x0E90, 1, "NetworkConfig Tslt", Verb.CONFIGURE),
        (0x0E92, 0, "SlaveConfig", Verb.CONFIGURE),
        (0x0E94, 0, "Notification", Verb.REPORT),
        (0x0401, 2, "SLMP command 0x0401:2", Verb.UNKNOWN),
    ],
)
def test_configuration_of_tsn(command, sub, function, verb):
    request, answer = one(lmt(command, sub), "udp"), one(lmt(command, sub, answer=True), "udp")
    assert (request.function, request.verb, request.kind) == (function, verb, Kind.REQUEST)
    assert (answer.function, answer.verb, answer.kind) == (function, verb, Kind.RESPONSE)
    refused = one(lmt(command, sub, answer=True, code=0xC059), "udp")
    assert (refused.kind, refused.refusal) == (Kind.REFUSAL, "Command error (0xC059)")


def test_data_counters_and_times_make_no_other_message():
    same = (
        [frame(0x82, 0, bytes((n,)) * 40, identifier=3) for n in range(20)],
        [frame(0x10, 0, node_type=0x30, counter=n) for n in range(20)],
        [frame(0x06, 1, network=CONTROL, counter=n) for n in range(20)],
        [bytes((0xC4, n)) + bytes((n,)) * 60 for n in range(20)],
        [cyclic_request(SLAVE_1, SLAVE_2, sequence=n, data=n) for n in range(20)],
        [cyclic_response(SLAVE_1, sequence=n, data=n) for n in range(20)],
        [lmt(0x0E94, 0, serial=n) for n in range(20)],
    )
    framings = {0x50: "cclink-ie-basic", 0xD0: "cclink-ie-basic", 0x68: "cclink-ie-tsn"}
    for messages in same:
        assert len({key(framings.get(raw[0], "cclink-ie"), raw) for raw in messages}) == 1


def test_what_makes_another_message():
    frames = [
        frame(0x82, 0, bytes(40), identifier=3),
        frame(0x82, 0, bytes(40), identifier=4),
        frame(0x82, 1, bytes(40), identifier=3),
        frame(0x83, 0, bytes(40), identifier=3),
        frame(0x10, 0, node_type=0x30),
        frame(0x10, 0, node_type=0x33),
        transient(0, 1),
        transient(0, 1, 0x80),
        transient(0, 2),
        commanded(0, 8),
        commanded(0, 9),
        commanded(0, 8, kind=0x22),
        commanded(0, 9, kind=0x22),
        detection_ack(1, 2),
        detection_ack(1, 3),
    ]
    assert len({key("cclink-ie", raw) for raw in frames}) == len(frames)
    basic = [
        cyclic_request(SLAVE_1),
        cyclic_request(SLAVE_2),
        cyclic_request(SLAVE_1, SLAVE_2),
        cyclic_request(SLAVE_1, group=2),
        cyclic_request(SLAVE_1, running=0),
        cyclic_response(SLAVE_1),
        cyclic_response(SLAVE_2),
        cyclic_response(SLAVE_1, code=0xCFE0),
        cyclic_response(SLAVE_1, error=1),
    ]
    assert len({key("cclink-ie-basic", raw) for raw in basic}) == len(basic)


def test_answers_find_their_requests():
    request, answer = cyclic_request(SLAVE_1, group=3, sequence=77), cyclic_response(SLAVE_1, group=3, sequence=77)
    assert pair("cclink-ie-basic", request) == pair("cclink-ie-basic", answer)
    result, understood = capture("basic.pcap")
    refusals = {
        (understood.rows[p.request][0].function, understood.rows[p.response][0].refusal): p.count
        for p in result.pairings
    }
    assert refusals == {
        ("Cyclic data request", ""): 30,
        ("Cyclic data request", "Wrong number of occupied stations (0xCFE1)"): 1,
        ("Node search", ""): 1,
        ("IP address set", ""): 1,
        ("IP address set", "Cannot be set (0xCF20)"): 1,
    }


def test_captures_are_recognised():
    for name in ("field.pcap", "tsn.pcap", "basic.pcap"):
        result, understood = capture(name)
        assert {s for spoken in understood.spoken.values() for s in spoken} == {"cclink-ie"}
        assert len(understood.spoken) == len(result.conversations)
        assert not understood.malformed


def test_strangers():
    result, understood = capture("strangers.pcap")
    assert result.info.packets == 5
    assert understood.spoken == {}


@pytest.mark.parametrize(
    ("raw", "transport"),
    [
        (b"", "ethernet"),
        (b"", "udp"),
        (frame(0x13, 0)[:13], "ethernet"),
        (frame(0x13, 0, network=9), "ethernet"),
        (b"\x45" + bytes(40), "ethernet"),
        (transient(0, 1)[:31], "ethernet"),
        (commanded(0, 8)[:36], "ethernet"),
        (detection_ack(1, 2)[:120], "ethernet"),
        (cyclic_request(SLAVE_1)[:-1], "udp"),
        (cyclic_request(SLAVE_1)[:11] + b"\x01\x04" + cyclic_request(SLAVE_1)[13:], "udp"),
        (setting(0x0401, bytes(10)), "udp"),
        (setting(0x0E31, bytes(10)), "udp"),
        (b"\x99" + bytes(40), "udp"),
    ],
)
def test_what_is_malformed(raw, transport):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(raw, len(raw), None, transport, 0x890F)))
