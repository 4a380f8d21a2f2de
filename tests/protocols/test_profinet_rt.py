"""PROFINET RT: FrameID ranges, provider state, alarms and clock frames."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.profinet import acknowledgement, channel, notification, rta
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Kind, Malformed, Message, Verb
from scanner.protocols.profinet.profinet_rt import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES


def layer2(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, None, "ethernet", 0x8892, "02:00:00:00:00:01")


def cyclic(frame_id: int, status: int = 0x35) -> Message:
    return layer2(struct.pack(">H", frame_id) + bytes(range(36)) + struct.pack(">HBB", 0x1234, status, 0))


def row(message: Message):
    assert PROTOCOL.probe(message)
    (found,) = PROTOCOL.dissect(message)
    assert found.kind is Kind.NOTICE
    assert found.verb in PROTOCOL.verbs
    return found


@pytest.mark.parametrize(
    ("frame_id", "function"),
    [
        (0x0100, "Cyclic data, RT_CLASS_3"),
        (0x06FF, "Cyclic data, RT_CLASS_3"),
        (0x0700, "Cyclic data, RT_CLASS_3 redundant"),
        (0x0FFF, "Cyclic data, RT_CLASS_3 redundant"),
        (0x1000, "Cyclic data, RT_CLASS_STREAM"),
        (0x2FFF, "Cyclic data, RT_CLASS_STREAM"),
        (0x3800, "Cyclic data, RT_CLASS_STREAM"),
        (0x3FFF, "Cyclic data, RT_CLASS_STREAM"),
        (0x8000, "Cyclic data, RT_CLASS_1 unicast"),
        (0xBBFF, "Cyclic data, RT_CLASS_1 unicast"),
        (0xBC00, "Cyclic data, RT_CLASS_1 multicast"),
        (0xC000, "Cyclic data, RT_CLASS_1 legacy unicast"),
        (0xF800, "Cyclic data, RT_CLASS_1 legacy multicast"),
        (0xFBFF, "Cyclic data, RT_CLASS_1 legacy multicast"),
    ],
)
def test_cyclic_frames_are_named_by_their_range(frame_id, function):
    found = row(cyclic(frame_id))
    assert (found.verb, found.function, found.code) == (Verb.REPORT, function, f"0x{frame_id:04X}")
    assert found.filter == f"pn_rt.frame_id == 0x{frame_id:04x}"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0x35, "provider runs, data valid"),
        (0x25, "provider stopped, data valid"),
        (0x15, "provider runs, data valid, station problem"),
        (0x30, "provider runs, data invalid, backup"),
        (0xB5, "provider runs, data valid, to be ignored"),
    ],
)
def test_the_provider_state_is_read_from_the_end_of_the_frame(status, words):
    assert row(cyclic(0x8000, status)).detail == words


def test_the_state_of_a_frame_cut_short_is_not_guessed():
    whole = cyclic(0x8000)
    assert row(layer2(whole.data[:20], whole.length)).detail == ""


def test_secured_cyclic_frames_have_no_readable_status():
    body = bytes(6) + struct.pack(">H", 20) + bytes(20) + bytes(16)
    assert row(layer2(struct.pack(">H", 0x8001) + body)).detail == "with security"


def alarm(frame_id: int, kind: int, payload: bytes, number: int = 7) -> Message:
    raw = rta(frame_id, kind, number, payload)
    return layer2(raw + bytes(max(0, 46 - len(raw))))


ABORTED = "RTA error, RTA_ERR_CLS_PROTOCOL, AR release received (0xCF81FD0F)"


@pytest.mark.parametrize(
    ("frame_id", "priority", "kind", "words"),
    [
        (0xFC01, "high", 2, "Process"),
        (0xFE01, "low", 1, "Diagnosis"),
        (0xFE01, "low", 12, "Diagnosis disappears"),
        (0xFE01, "low", 0x0A, "Plug wrong submodule"),
        (0xFE01, "low", 0x99, "alarm type 0x0099"),
    ],
)
def test_alarm_notifications_say_type_and_place(frame_id, priority, kind, words):
    found = row(alarm(frame_id, 1, notification(kind, 3, 9)))
    assert found.function == f"Alarm notification, {priority} priority"
    assert (found.unit, found.detail) == ("slot 3 subslot 0x0001", words)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (b"", ""),
        (channel(3, 0x0006, 1), ", wire break, channel 3, appears"),
        (channel(3, 0x0006, 3, 1), ", wire break, channel 3, disappears, others remain, maintenance required"),
        (channel(0x8000, 0x0001, 0), ", short circuit, all disappear"),
        (channel(1, 0x9999, 2), ", channel error 0x9999, channel 1, disappears"),
        (
            channel(0x8000, 0x8002, 1, 2, 0x8001),
            ", media redundancy mismatch, extended error 0x8001, appears, maintenance demanded",
        ),
        (struct.pack(">HI", 0x8201, 0), ", iParameter"),
        (b"\x12\x34\1\2\3\4\5\6", ""),  # a structure of the maker's own
    ],
)
def test_diagnosis_alarms_say_what_is_wrong(more, words):
    assert row(alarm(0xFE01, 1, notification(1, 3, 9, more))).detail == "Diagnosis" + words


def test_alarms_of_profiles_say_their_api():
    body = bytearray(notification(1, 3, 9))
    body[8:12] = struct.pack(">I", 0x3A00)
    assert row(alarm(0xFE01, 1, bytes(body))).unit == "API 0x3A00 slot 3 subslot 0x0001"


def test_alarm_transport_frames():
    assert row(alarm(0xFC01, 3, b"")).function == "RTA ACK, high priority"
    assert row(alarm(0xFC01, 2, b"")).function == "RTA NACK, high priority"
    error = row(alarm(0xFE01, 4, bytes.fromhex("cf81fd0f")))
    assert (error.function, error.detail) == ("RTA ERR, low priority", ABORTED)


def test_alarm_acknowledgements_say_what_they_refuse():
    taken = row(alarm(0xFE01, 1, acknowledgement(1, 3, 9)))
    assert (taken.function, taken.unit, taken.detail) == (
        "Alarm acknowledge, low priority",
        "slot 3 subslot 0x0001",
        "Diagnosis",
    )
    refused = row(alarm(0xFC01, 1, acknowledgement(3, 3, 9, 0xDA813C01, block_type=0x8001)))
    assert refused.detail == "Pull, AlarmAck, AlarmAck, wrong submodule state (0xDA813C01)"


def test_sequence_numbers_and_measured_values_make_no_other_alarm():
    def same(*messages: Message) -> bool:
        return len({key("profinet", m.data) for m in messages}) == 1

    wire_break = channel(3, 0x0006, 1)
    assert same(*(alarm(0xFE01, 1, notification(1, 3, n, wire_break), n) for n in (1, 900, 2047)))
    assert same(*(alarm(0xFE01, 1, acknowledgement(1, 3, n), n) for n in (1, 900)))
    assert same(*(alarm(0xFE01, 3, b"", n) for n in (1, 900)))
    assert same(*(alarm(0xFC01, 1, notification(2, 3, 1, b"\x12\x34" + bytes([n]))) for n in (1, 2)))
    assert not same(*(alarm(0xFE01, 1, notification(1, 3, 1, channel(n, 6, 1))) for n in (1, 2)))
    assert not same(*(alarm(0xFE01, 1, acknowledgement(1, 3, 1, n)) for n in (0, 0xDA813C01)))
    assert not same(*(alarm(0xFE01, 4, bytes.fromhex(s)) for s in ("cf81fd05", "cf81fd06")))


def test_fragments_are_one_row():
    pieces = [layer2(struct.pack(">HBB", frame_id, 2, 0x80) + bytes(60)) for frame_id in (0xFF80, 0xFF85, 0xFF8F)]
    assert len({row(p) for p in pieces}) == len({key("profinet", p.data) for p in pieces}) == 1
    assert row(pieces[0]).code == "0xFF80-0xFF8F"


@pytest.mark.parametrize(
    ("frame_id", "function"),
    [(0xC000, "Cyclic data, RT_CLASS_UDP unicast"), (0xFBFF, "Cyclic data, RT_CLASS_UDP multicast")],
)
def test_cyclic_frames_over_udp(frame_id, function):
    message = replace(cyclic(frame_id), transport="udp")
    assert row(message).function == function
    assert not PROTOCOL.probe(replace(message, port=34964))


def test_alarms_over_udp():
    message = replace(alarm(0xFE01, 1, notification(4, 3, 1)), transport="udp")
    assert row(message).detail == "Plug"


def test_recorded_alarms_are_few_rows():
    result = read_capture(CAPTURES / "profinet" / "rt_alarms.pcap", "rt_alarms.pcap", framing_plan())
    assert sum(m.count for m in result.messages) == 1201
    assert len(result.messages) == 17  # six alarms, six acknowledgements, two ACK each way, an error


def test_recorded_classes_over_ethernet_and_udp():
    result = read_capture(CAPTURES / "profinet" / "rt_classes.pcap", "rt_classes.pcap", framing_plan())
    rows = understand(result, protocols()).rows
    found = {}
    for index, (operation,) in rows.items():
        found[operation.code, operation.detail] = (operation.function, result.messages[index].count)
    kinds = {
        "0x0100": "RT_CLASS_3",
        "0x0700": "RT_CLASS_3 redundant",
        "0x8010": "RT_CLASS_1 unicast",
        "0xBC01": "RT_CLASS_1 multicast",
        "0xC001": "RT_CLASS_UDP unicast",
        "0xC002": "RT_CLASS_UDP unicast",
    }
    good, bad = "provider runs, data valid", "provider runs, data valid, station problem"
    assert found == {
        (code, state): (f"Cyclic data, {name}", count)
        for code, name in kinds.items()
        for state, count in ((good, 15), (bad, 5))
    }


@pytest.mark.parametrize("frame_id", [0x0020, 0x0080, 0xFF00, 0xFF20, 0xFF40, 0xFF43])
def test_clock_frames_synchronise_time(frame_id):
    assert row(layer2(struct.pack(">H", frame_id) + bytes(44))).verb is Verb.TIME_SYNC


@pytest.mark.parametrize("frame_id", [0x0000, 0x0090, 0x3000, 0x37FF, 0x4000, 0x7FFF, 0xFC00, 0xFEFD, 0xFF50, 0xFFFF])
def test_reserved_frame_ids_and_dcp_are_not_real_time(frame_id):
    message = layer2(struct.pack(">H", frame_id) + bytes(44))
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        PROTOCOL.dissect(message)


def test_reserved_status_bits_are_not_believed():
    assert not PROTOCOL.probe(cyclic(0x8000, 0x7F))


def test_nothing_but_layer_2_is_believed():
    message = cyclic(0x8000)
    assert not PROTOCOL.probe(Message(message.data, message.length, True, "udp", 0x8892))


@given(st.binary(max_size=80))
def test_any_bytes_give_rows_or_malformed(data):
    try:
        for found in PROTOCOL.dissect(layer2(data)):
            assert found.verb in PROTOCOL.verbs
    except Malformed:
        assert not (PROTOCOL.probe(layer2(data)) and 0x0100 <= int.from_bytes(data[:2], "big") <= 0xFBFF)
