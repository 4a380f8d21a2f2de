"""Modbus RTU and ASCII over TCP and UDP: the same operations as Modbus/TCP, checksums, what makes another message."""

from __future__ import annotations

import struct
from collections import Counter
from io import BytesIO

import pytest

from scanner.capture.read import read_capture
from scanner.facts.dissection import claimed
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Verb
from scanner.protocols.common.crc import crc16_modbus
from scanner.protocols.modbus import modbus, modbus_ascii, modbus_rtu
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES

RTU, ASCII = modbus_rtu.PROTOCOL, modbus_ascii.PROTOCOL


def rtu(pdu: str, unit: int = 1) -> bytes:
    raw = bytes((unit,)) + bytes.fromhex(pdu)
    return raw + struct.pack("<H", crc16_modbus(raw))


def ascii_(pdu: str, unit: int = 1) -> bytes:
    raw = bytes((unit,)) + bytes.fromhex(pdu)
    return b":" + (raw + bytes((-sum(raw) & 0xFF,))).hex().upper().encode() + b"\r\n"


FRAMES = [(RTU, rtu), (ASCII, ascii_)]
both = pytest.mark.parametrize(("protocol", "frame"), FRAMES, ids=["rtu", "ascii"])


def rows(protocol: Protocol, data: bytes, from_client: bool | None = True) -> list:
    message = Message(data, len(data), from_client, "tcp", 4001)
    assert protocol.probe(message)
    return list(protocol.dissect(message))


def recorded(protocol: str, path: str) -> list[tuple[int, list]]:
    result = read_capture(CAPTURES / path, path, framing_plan())
    found = []
    for index, found_as, message in claimed(result):
        assert found_as == protocol
        found.append((result.messages[index].count, list(protocols()[protocol].dissect(message))))
    return found


@both
@pytest.mark.parametrize(
    ("pdu", "side", "expected"),
    [
        ("03 0028 000a", True, (Verb.READ, "holding register 40-49")),
        ("01 0000 0010", True, (Verb.READ, "coil 0-15")),
        ("06 0028 04d2", True, (Verb.WRITE, "holding register 40")),
        ("10 0001 0002 04 000a0102", True, (Verb.WRITE, "holding register 1-2")),
        ("16 0004 00f2 0025", True, (Verb.WRITE, "holding register 4")),
        ("18 04de", True, (Verb.READ, "FIFO at holding register 1246")),
        ("08 0004 0000", True, (Verb.MODE_CHANGE, "")),
        ("14 07 06 0004 0001 0002", True, (Verb.FILE_READ, "file 4 record 1-2")),
        ("03 04 00010002", False, (Verb.READ, "")),
    ],
)
def test_a_frame_is_read_as_modbus_over_tcp(protocol, frame, pdu, side, expected):
    (row,) = rows(protocol, frame(pdu), side)
    assert (row.verb, row.object, row.unit) == (*expected, "1")
    assert row.kind is (Kind.REQUEST if side else Kind.RESPONSE)


@both
def test_an_exception_refuses(protocol, frame):
    (row,) = rows(protocol, frame("90 02"), False)
    assert (row.refusal, row.function) == ("Illegal Data Address (2)", "Write Multiple Registers")


SAME = [
    ("03 04 00010002", "03 04 ffffffff"),
    ("05 0003 ff00", "05 0003 0000"),
    ("06 0028 04d2", "06 0028 0000"),
    ("0f 0013 000a 02 cd01", "0f 0013 000a 02 0000"),
    ("10 0001 0002 04 000a0102", "10 0001 0002 04 ffffffff"),
    ("16 0004 00f2 0025", "16 0004 0000 ffff"),
    ("17 0003 0006 000e 0003 06 00ff00ff00ff", "17 0003 0006 000e 0003 06 000000000000"),
    ("18 0006 0002 01b8 1284", "18 0006 0002 0000 0000"),
]
OTHER = [
    ("03 0028 000a", "03 0029 000a"),
    ("03 0028 000a", "03 0028 000b"),
    ("05 0003 ff00", "05 0004 ff00"),
    ("10 0001 0002 04 000a0102", "10 0002 0002 04 000a0102"),
    ("83 02", "83 03"),
    ("2b 0e 01 00", "2b 0e 02 00"),
]


@both
@pytest.mark.parametrize(("one", "two"), SAME)
def test_values_make_no_other_message(protocol, frame, one, two):
    assert key(protocol.name, frame(one)) == key(protocol.name, frame(two))


@both
@pytest.mark.parametrize(("one", "two"), OTHER)
def test_addresses_and_codes_make_another_message(protocol, frame, one, two):
    assert key(protocol.name, frame(one)) != key(protocol.name, frame(two))
    assert key(protocol.name, frame(one, unit=2)) != key(protocol.name, frame(one))


@pytest.mark.parametrize("path", ["modbus_rtu/port_502.pcap", "modbus_rtu/udp.pcap", "modbus_ascii/udp.pcap"])
def test_polling_through_a_converter(path):
    found = recorded("modbus-ascii" if "ascii" in path else "modbus-rtu", path)
    asked = [(n, r.verb, r.object) for n, rows in found for r in rows if r.kind is Kind.REQUEST]
    assert asked == [
        (5, Verb.WRITE, "holding register 41"),
        (5, Verb.READ, "holding register 40-49"),
        (5, Verb.READ, "coil 0-15"),
    ]


@pytest.mark.parametrize("name", ["modbus_rtu", "modbus_ascii"])
def test_every_function_of_pymodbus(name):
    rows = [r for _, found in recorded(name.replace("_", "-"), f"{name}/converter.pcap") for r in found]
    functions = {r.function for r in rows if isinstance(r, Operation)}
    assert {"Mask Write Register", "Read/Write Multiple Registers", "Read Device Identification"} <= functions
    assert Identity("vendor", "Example Controls") in rows
    assert any(r.refusal for r in rows if isinstance(r, Operation))


def spoken(path: str, port: int = 0, to: int = 0) -> set[str]:
    """Protocols of a recording; what looks like ``port`` in it is replaced."""
    content = (CAPTURES / path).read_bytes().replace(port.to_bytes(2, "big"), to.to_bytes(2, "big"))
    result = read_capture(BytesIO(content), path, framing_plan())
    return {name for names in understand(result, protocols()).spoken.values() for name in names}


def test_the_checksum_recognises_it_on_any_port():
    assert "modbus-rtu" in spoken("modbus_rtu/port_1503.pcap")


@pytest.mark.parametrize(
    ("path", "port", "to", "protocol"),
    [
        ("iec104/c104.pcap", 2404, 4001, "iec104"),
        ("dlms/wrapper.pcap", 4059, 10001, "dlms"),
        ("knxnet_ip/xknx_tcp.pcap", 3671, 8899, "knxnet-ip"),
        ("mqtt/v311.pcap", 1883, 4008, "mqtt"),
    ],
)
def test_others_on_the_ports_of_converters(path, port, to, protocol):
    found = spoken(path, port, to)
    assert protocol in found
    assert "modbus-rtu" not in found


def test_text_on_the_port_of_a_converter():
    assert not spoken("modbus_rtu/text_on_4001.pcap") & {"modbus", "modbus-rtu", "modbus-ascii"}


def test_the_functions_are_those_of_modbus_over_tcp():
    assert Counter(len(c.when) for c in modbus_rtu.CASES) == Counter(len(c.when) for c in modbus.CASES)


def test_a_frame_as_the_specification_prints_it():
    """MODBUS over Serial Line V1.02, 6.2.2 (02 07, CRC 41 12) and the LRC of annex B."""
    assert rows(RTU, bytes.fromhex("02074112"))[0].function == "Read Exception Status"
    assert rows(ASCII, b":1103006B00037E\r\n")[0].object == "holding register 107-109"


GOOD, LINE = rtu("03 0028 000a"), ascii_("03 0028 000a")


@pytest.mark.parametrize(
    ("protocol", "data"),
    [
        (RTU, b""),
        (RTU, GOOD[:-1]),
        (RTU, GOOD[:-1] + bytes((GOOD[-1] ^ 1,))),
        (RTU, GOOD + GOOD),  # two frames in a segment
        (ASCII, b""),
        (ASCII, LINE[:-1]),
        (ASCII, LINE[1:]),
        (ASCII, LINE.replace(b"0028", b"0029")),  # the LRC is wrong
        (ASCII, LINE.replace(b"A", b"G")),
        (ASCII, b":00\r\n"),
    ],
)
def test_what_is_none(protocol, data):
    message = Message(data, len(data), True, "tcp", 4001)
    assert not protocol.probe(message)
    with pytest.raises(Malformed):
        list(protocol.dissect(message))
