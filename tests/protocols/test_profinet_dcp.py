"""PROFINET DCP: every service, block, qualifier and refusal, frame by frame after IEC 61158-6-10 section 4.3."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.protocols import cases
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.profinet._vendors import vendor_name
from scanner.protocols.profinet.profinet_dcp import PROTOCOL

HELLO, GET_SET, IDENTIFY, ANSWER = 0xFEFC, 0xFEFD, 0xFEFE, 0xFEFF
DEVICE = "02:00:0a:14:00:20"


def block(option: int, suboption: int, value: bytes = b"", word: int | None = None) -> bytes:
    value = (b"" if word is None else struct.pack(">H", word)) + value
    return struct.pack(">BBH", option, suboption, len(value)) + value + b"\0" * (len(value) % 2)


def frame(frame_id: int, service: int, kind: int, *blocks: bytes, length: int | None = None) -> Message:
    body = b"".join(blocks)
    declared = len(body) if length is None else length
    data = struct.pack(">HBBIHH", frame_id, service, kind, 0x01000001, 1, declared) + body
    data += b"\xee" * max(0, 46 - len(data))  # Ethernet padding is not always zero
    return Message(data, len(data), None, "ethernet", 0x8892, DEVICE, "02:00:0a:14:00:10")


def rows(message: Message) -> list:
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


ADDRESS = bytes([10, 20, 0, 32, 255, 255, 255, 0, 10, 20, 0, 1])


@pytest.mark.parametrize(
    ("value", "verb", "name", "detail", "field"),
    [
        (
            block(2, 2, b"press-4", 1),
            Verb.CONFIGURE,
            "Name of Station",
            '"press-4", permanent',
            "suboption_device == 2",
        ),
        (block(2, 2, b"", 0), Verb.CONFIGURE, "Name of Station", '"", temporary', "suboption_device == 2"),
        (
            block(1, 2, ADDRESS, 1),
            Verb.CONFIGURE,
            "IP parameter",
            "10.20.0.32 mask 255.255.255.0 gateway 10.20.0.1, permanent",
            "suboption_ip == 2",
        ),
        (
            block(1, 3, ADDRESS + bytes([10, 20, 0, 53]) + bytes(12), 0),
            Verb.CONFIGURE,
            "Full IP suite",
            "10.20.0.32 mask 255.255.255.0 gateway 10.20.0.1 DNS 10.20.0.53, temporary",
            "suboption_ip == 3",
        ),
        (block(5, 3, b"\x01\x00", 0), Verb.DIAGNOSE, "Signal", "flash LED", "suboption_control == 3"),
        (block(5, 5, b"", 0), Verb.RESTART, "Reset Factory Settings", "", "suboption_control == 5"),
        (block(5, 6, b"", 4), Verb.RESTART, "Reset to Factory", "communication parameters", "suboption_control == 6"),
        (
            block(5, 6, b"", 0x10),
            Verb.RESTART,
            "Reset to Factory",
            "all stored data to factory values",
            "suboption_control == 6",
        ),
        (block(5, 1, b"", 1), Verb.SESSION, "Start Transaction", "", "suboption_control == 1"),
        (block(5, 2, b"", 0), Verb.SESSION, "End Transaction", "", "suboption_control == 2"),
        (
            block(3, 255, b"\xff\x01\x02", 1),
            Verb.CONFIGURE,
            "DHCP for address resolution",
            "use DHCP, permanent",
            "suboption_dhcp == 255",
        ),
        (
            block(3, 61, b"\x3d\x01\x01", 1),
            Verb.CONFIGURE,
            "DHCP Client identifier",
            "MAC address as client identifier, permanent",
            "suboption_dhcp == 61",
        ),
        (block(6, 1, b"\0\1", 1), Verb.CONFIGURE, "Device Initiative", "hello on, permanent", "deviceinitiative == 1"),
        (block(0x80, 7, b"secret", 1), Verb.CONFIGURE, "Manufacturer specific 128.7", "permanent", "option == 128"),
    ],
)
def test_set_says_what_is_changed_and_for_how_long(value, verb, name, detail, field):
    (row,) = rows(frame(GET_SET, 4, 0, value))
    assert (row.verb, row.function, row.code) == (verb, "Set", "4")
    assert (row.object, row.detail, row.kind) == (name, detail, Kind.REQUEST)
    assert row.filter.startswith("pn_dcp.service_id == 4 && ")
    assert row.filter.endswith(field)


def test_every_block_of_a_set_is_answered_by_its_own_control_response():
    request = rows(frame(GET_SET, 4, 0, block(2, 2, b"odd", 1), block(1, 2, ADDRESS, 1), block(5, 2, b"", 0)))
    answer = rows(
        frame(GET_SET, 4, 1, block(5, 4, b"\2\2\0"), block(5, 4, b"\1\2\6"), block(5, 4, b"\5\2\0")),
    )
    assert [r.object for r in request] == [r.object for r in answer]
    assert [r.verb for r in request] == [r.verb for r in answer]
    assert [r.kind for r in answer] == [Kind.RESPONSE, Kind.REFUSAL, Kind.RESPONSE]
    assert answer[1].refusal == "In operation, set not possible"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (1, "Option not supported"),
        (2, "Suboption not supported or no data set available"),
        (3, "Suboption not set"),
        (4, "Resource error"),
        (5, "Set not possible by local reasons"),
        (6, "In operation, set not possible"),
        (9, "BlockError 9"),
    ],
)
def test_block_errors_are_refusals(error, words):
    (row,) = rows(frame(GET_SET, 4, 1, block(5, 4, bytes([2, 2, error]))))
    assert (row.kind, row.refusal) == (Kind.REFUSAL, words)


@pytest.mark.parametrize("service", [3, 4])
def test_service_type_5_is_a_refusal(service):
    (row,) = rows(frame(GET_SET, service, 5))
    assert (row.kind, row.refusal) == (Kind.REFUSAL, "Request not supported")


def test_identify_request_names_its_filters():
    (every,) = rows(frame(IDENTIFY, 5, 0, block(255, 255)))
    (named,) = rows(frame(IDENTIFY, 5, 0, block(2, 2, b"press-4"), block(2, 3, bytes.fromhex("002a0101"))))
    assert every.object == "all devices"
    assert named.object == 'Name of Station "press-4"; Device ID vendor 0x002A device 0x0101'


IDENTITY_BLOCKS = (
    block(2, 5, b"\1\2\2\2", 0),
    block(2, 1, b"S7-1500\0", 0),
    block(2, 2, b"press-4", 0),
    block(2, 3, bytes.fromhex("002a010e"), 0),
    block(2, 4, b"\x0a\0", 0),
    block(1, 2, ADDRESS, 0x81),
)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (frame(ANSWER, 5, 1, *IDENTITY_BLOCKS), Kind.RESPONSE),
        (frame(HELLO, 6, 0, *IDENTITY_BLOCKS), Kind.NOTICE),
    ],
)
def test_identify_answer_and_hello_reveal_the_device(message, kind):
    found = rows(message)
    operation, identities = found[0], found[1:]
    assert operation.kind is kind
    assert operation.detail == (
        '"press-4", vendor 0x002A device 0x010E, IO-Controller, IO-Supervisor, IP set, address conflict detected'
    )
    assert {(i.field, i.value) for i in identities} == {
        ("model", "S7-1500"),
        ("profinet_name", "press-4"),
        ("vendor", "Siemens"),
        ("role", "controller"),
        ("role", "engineering_station"),
        ("ip", "10.20.0.32"),
    }
    assert {i.mac for i in identities} == {DEVICE}


def test_a_device_without_name_and_address_has_neither():
    found = rows(frame(ANSWER, 5, 1, block(2, 2, b"", 0), block(1, 2, bytes(12), 0)))
    assert [r for r in found if isinstance(r, Identity)] == []
    assert found[0].detail == "IP not set"


def test_get_reads_selectors_and_answers_them_one_by_one():
    request = rows(frame(GET_SET, 3, 0, b"\2\2\1\2\2\7"))
    found = rows(frame(GET_SET, 3, 1, block(2, 2, b"x", 0), block(1, 2, ADDRESS, 1), block(5, 4, b"\2\7\2")))
    answer = [r for r in found if isinstance(r, Operation)]
    assert [r.object for r in request] == ["Name of Station", "IP parameter", "Device Instance"]
    assert [r.object for r in answer] == [r.object for r in request]
    assert [r.kind for r in answer] == [Kind.RESPONSE, Kind.RESPONSE, Kind.REFUSAL]
    assert {(r.field, r.value) for r in found if isinstance(r, Identity)} == {
        ("profinet_name", "x"),
        ("ip", "10.20.0.32"),
    }


def test_unknown_vendor_is_named_by_number():
    assert vendor_name(0x002A) == "Siemens"
    assert vendor_name(0xBEEF) == "PI vendor 0xBEEF"


def test_names_cannot_carry_control_characters():
    (row,) = rows(frame(GET_SET, 4, 0, block(2, 2, b"a\x1b[31m\r\nb", 1)))
    assert row.detail.isprintable()


@pytest.mark.parametrize(
    "message",
    [
        frame(GET_SET, 4, 0, block(2, 2, b"name", 1)[:-3], length=5),
        frame(GET_SET, 3, 0, b"\2\2\1"),
        frame(GET_SET, 4, 0, length=400),
        Message(b"\xfe\xfd\4\0", 4, None, "ethernet", 0x8892),
        frame(GET_SET, 4, 2),
    ],
)
def test_frames_that_break_the_specification_are_malformed(message):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def test_a_frame_cut_by_the_snap_length_gives_its_whole_blocks():
    whole = frame(GET_SET, 4, 0, block(2, 2, b"press-4", 1), block(1, 2, ADDRESS, 1))
    cut = Message(whole.data[:30], whole.length, None, "ethernet", 0x8892)
    assert [r.object for r in PROTOCOL.dissect(cut)] == ["Name of Station"]


@pytest.mark.parametrize(
    "message",
    [
        frame(GET_SET, 5, 0, block(255, 255)),  # identify under the FrameID of get/set
        frame(0xC000, 4, 0, block(2, 2, b"x", 1)),
        Message(frame(GET_SET, 4, 0, block(2, 2, b"x", 1)).data, 46, None, "udp", 0x8892),
    ],
)
def test_probe_refuses_what_is_not_dcp(message):
    assert not PROTOCOL.probe(message)


def test_the_key_leaves_out_the_xid_and_the_padding():
    for case in cases()["profinet"]:
        if case.protocol == "profinet-dcp":
            covered = {at for r in case.key for at in range(r.start, r.end if isinstance(r.end, int) else 64)}
            assert covered.isdisjoint(range(4, 10))
            assert all(r.end is not None for r in case.key)


@given(st.sampled_from([HELLO, GET_SET, IDENTIFY, ANSWER]), st.sampled_from([3, 4, 5, 6]), st.binary(max_size=80))
def test_any_bytes_give_rows_or_malformed(frame_id, service, body):
    for kind in (0, 1, 5):
        try:
            found = list(PROTOCOL.dissect(frame(frame_id, service, kind, body)))
        except Malformed:
            continue
        assert {r.verb for r in found if isinstance(r, Operation)} <= PROTOCOL.verbs
