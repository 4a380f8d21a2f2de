"""PROFINET RT: FrameID ranges, provider state, alarms and clock frames."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.protocols.base import Kind, Malformed, Message, Verb
from scanner.protocols.profinet_rt import PROTOCOL


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
        (0x0FFF, "Cyclic data, RT_CLASS_3"),
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


def alarm(frame_id: int, kind: int, payload: bytes) -> Message:
    head = struct.pack(">HHHBBHHH", frame_id, 0x8001, 0x8002, 0x10 | kind, 1, 7, 6, len(payload))
    return layer2(head + payload + bytes(max(0, 46 - len(head) - len(payload))))


def notification(kind: int, block: int = 1) -> bytes:
    return struct.pack(">HHBBHIHHIIH", block, 24, 1, 0, kind, 0, 3, 0x8001, 0x20, 0x30, 0x8800)


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
    found = row(alarm(frame_id, 1, notification(kind)))
    assert found.function == f"Alarm notification, {priority} priority"
    assert (found.unit, found.detail) == ("slot 3 subslot 0x8001", words)


def test_alarm_transport_frames():
    assert row(alarm(0xFC01, 3, b"")).function == "RTA ACK, high priority"
    assert row(alarm(0xFE01, 1, notification(1, 0x8002))).function == "Alarm acknowledge, low priority"
    error = row(alarm(0xFE01, 4, bytes.fromhex("cf81fd0f")))
    assert (error.function, error.detail) == ("RTA ERR, low priority", "PNIOStatus 0xCF81FD0F")


@pytest.mark.parametrize("frame_id", [0x0020, 0x0080, 0xFF00, 0xFF20, 0xFF40, 0xFF43])
def test_clock_frames_synchronise_time(frame_id):
    assert row(layer2(struct.pack(">H", frame_id) + bytes(44))).verb is Verb.TIME_SYNC


@pytest.mark.parametrize("frame_id", [0x0000, 0x0090, 0x1000, 0x7FFF, 0xFC00, 0xFEFD, 0xFF50, 0xFFFF])
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
