"""Values change from poll to poll, transactions and counters count: what is distinct stays the same, through the whole
capture stage, for every kind of read, write, cyclic frame and notification of the controllers' protocols.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator

import pytest

from fixtures.record import cip_io, opcua_pubsub
from fixtures.record.wire import Wire, crc16
from scanner.capture.read import read_capture
from scanner.protocols import framing_plan
from tests.protocols import test_enip as cip
from tests.protocols import test_opcua as ua

ROUNDS = 120
CLIENT, SERVER = "10.20.0.1", "10.20.0.2"
Exchange = Iterator[tuple[bytes, bytes]]
Poll = Callable[[int, random.Random], Exchange]


def mbap(number: int, pdu: bytes) -> bytes:
    return struct.pack(">HHHB", number & 0xFFFF, 0, len(pdu) + 1, 17) + pdu


def rtu(_: int, pdu: bytes) -> bytes:
    return b"\x11" + pdu + struct.pack("<H", crc16(b"\x11" + pdu, 0xA001))


def lrc(_: int, pdu: bytes) -> bytes:
    octets = b"\x11" + pdu
    return b":" + (octets + bytes((-sum(octets) & 0xFF,))).hex().upper().encode() + b"\r\n"


def modbus(carried: Callable[[int, bytes], bytes]) -> Poll:
    def poll(n: int, chance: random.Random) -> Exchange:
        r = chance.randbytes
        pdus = [
            ("01 0000 0010", b"\x01\x02" + r(2)),
            ("01 0300 0018", b"\x01\x03" + r(3)),
            ("02 0000 0028", b"\x02\x05" + r(5)),
            ("03 0010 0002", b"\x03\x04" + r(4)),
            ("03 0010 0020", b"\x03\x40" + r(64)),
            ("04 0010 0008", b"\x04\x10" + r(16)),
            ("07", b"\x07" + r(1)),
            ("0b", b"\x0b\0\0" + r(2)),
            ("0c", b"\x0c\x08" + r(8)),
            ("14 07 06 0004 0001 0002", b"\x14\x06\x05\x06" + r(4)),
            ("18 04de", b"\x18\0\x06\0\x02" + r(4)),
        ]
        for asked, said in pdus:
            yield carried(n, bytes.fromhex(asked)), carried(n, said)
        coil, one, few, many = (chance.choice((b"\xff\0", b"\0\0")), r(2), r(4), r(64))
        for asked_pdu, said in (
            (b"\x05\0\x03" + coil, b"\x05\0\x03" + coil),
            (b"\x06\0\x28" + one, b"\x06\0\x28" + one),
            (b"\x0f\0\x13\0\x10\x02" + one, b"\x0f\0\x13\0\x10"),
            (b"\x10\0\x01\0\x02\x04" + few, b"\x10\0\x01\0\x02"),
            (b"\x10\0\x01\0\x20\x40" + many, b"\x10\0\x01\0\x20"),
            (b"\x16\0\x04" + few, b"\x16\0\x04" + few),
            (b"\x17\0\x03\0\x02\0\x0e\0\x02\x04" + few, b"\x17\x04" + r(4)),
        ):
            yield carried(n, asked_pdu), carried(n, said)

    return poll


def s7_pdu(kind: int, number: int, parameters: bytes, data: bytes, error: bytes = b"") -> bytes:
    head = struct.pack(">BBHHHH", 0x32, kind, 0, number & 0xFFFF, len(parameters), len(data)) + error
    body = b"\x02\xf0\x80" + head + parameters + data
    return struct.pack(">BBH", 3, 0, 4 + len(body)) + body


def s7(n: int, chance: random.Random) -> Exchange:
    item = bytes.fromhex("12 0a 10 02 0008 0005 84 000000")
    value = chance.randbytes(8)
    yield (
        s7_pdu(1, n, b"\4\1" + item, b""),
        s7_pdu(3, n, b"\4\1", b"\xff\x04\0\x40" + value, b"\0\0"),
    )
    yield (
        s7_pdu(1, n, b"\5\1" + item, b"\0\x04\0\x40" + value),
        s7_pdu(3, n, b"\5\1", b"\xff", b"\0\0"),
    )
    cyclic = bytes.fromhex("00011208 1202 01") + bytes((n & 0xFF, 0, 0, 0, 0))
    yield b"", s7_pdu(7, n, cyclic, b"\xff\x09\0\x0c\0\1\xff\x04\0\x40" + value)


def enip(n: int, chance: random.Random) -> Exchange:
    value, tag = chance.randbytes(4), "91045075 6d70"
    for carry in (
        lambda c: cip.unit_data(c, n & 0xFFFF),
        lambda c: cip.rr(c, context=n),
    ):
        yield carry(cip.ask(0x4C, tag, b"\1\0")), carry(b"\xcc\0\0\0\xc4\0" + value)
        yield carry(cip.ask(0x4D, tag, b"\xc4\0\1\0" + value)), carry(b"\xcd\0\0\0")
        yield carry(cip.ask(0x0E, "200424643003")), carry(b"\x8e\0\0\0" + chance.randbytes(20))
        yield carry(cip.ask(0x10, "200424643003", value)), carry(b"\x90\0\0\0")
        both = cip.several(cip.ask(0x4D, tag, b"\xc4\0\1\0" + value), cip.ask(0x4C, tag, b"\1\0"))
        yield carry(both), carry(b"\x8a\0\0\0\2\0\6\0\x0a\0\xcd\0\0\0\xcc\0\0\0\xc4\0" + value)
        for command in (
            "a2 04 07 89 00 00",
            "aa 04 07 89 00 00" + value.hex(),
            "68 0000 0100 0007",
            "88 01 06 a2 02 07 89 00 00",
        ):
            asked = struct.pack("<BHIBBH", 7, 1, 2, 0x0F, 0, n & 0xFFFF) + bytes.fromhex(command)
            reply = struct.pack("<BHIBBH", 7, 1, 2, 0x4F, 0, n & 0xFFFF) + chance.randbytes(4)
            yield carry(cip.ask(0x4B, "20672401", asked)), carry(b"\xcb\0\0\0" + reply)


def opcua(n: int, chance: random.Random) -> Exchange:
    value = chance.random() * 1e6
    number = struct.pack("<d", value)
    read = bytes(8) + struct.pack("<II", 0, 1) + ua.node("Speed") + struct.pack("<I", 13) + ua.NULL + b"\0\0" + ua.NULL
    yield (
        ua.asked(631, read, request=n),
        ua.answered(634, struct.pack("<I", 1) + b"\x01\x0b" + number + ua.NULL, request=n),
    )
    yield (
        ua.asked(673, ua.write("Speed", value), request=n),
        ua.answered(676, struct.pack("<II", 1, 0) + ua.NULL, request=n),
    )
    acknowledged = struct.pack("<III", 1, 7, n)
    yield (
        ua.asked(826, acknowledged, request=n),
        ua.answered(829, struct.pack("<I", 7) + chance.randbytes(60), request=n),
    )


TALKS = [
    ("modbus", "tcp", 502, modbus(mbap), 2 * 18),
    ("modbus", "udp", 502, modbus(mbap), 2 * 18),
    ("modbus-rtu", "tcp", 4001, modbus(rtu), 2 * 18),
    ("modbus-ascii", "tcp", 4001, modbus(lrc), 2 * 18),
    ("s7comm", "tcp", 102, s7, 5),
    ("enip", "tcp", 44818, enip, 30),
    ("opcua", "tcp", 4840, opcua, 6),
]


def distinct(path, protocol: str) -> list[bytes]:
    result = read_capture(path, path.name, framing_plan())
    return [m.data for m in result.messages if m.protocol == protocol]


@pytest.mark.parametrize("kind", TALKS, ids=[f"{t[0]}-{t[1]}" for t in TALKS])
def test_values_of_a_poll_make_no_message_distinct(tmp_path, kind):
    protocol, transport, port, poll, count = kind
    found = []
    for rounds in (3, ROUNDS):
        chance = random.Random(protocol)  # noqa: S311 - the same values in every run
        path = tmp_path / f"{rounds}.pcap"
        with Wire(path) as wire:
            talk = wire.tcp(CLIENT, SERVER, port) if transport == "tcp" else wire.udp(CLIENT, SERVER, port)
            for n in range(1, rounds + 1):
                for asked, said in poll(n, chance):
                    if asked:
                        talk.client(asked)
                    talk.server(said)
            talk.close()
        found.append(len(distinct(path, protocol)))
    assert found == [count, count]


def cyclic(wire: Wire, n: int, chance: random.Random) -> None:
    """One frame of each kind of cyclic data."""
    data = chance.randbytes(40) + struct.pack(">HBB", 128 * n & 0xFFFF, 0x35, 0)
    wire.ethernet("02:00:00:00:00:01", "02:00:00:00:00:02", 0x8892, b"\x80\x01" + data)
    wire.ethernet("02:00:00:00:00:02", "02:00:00:00:00:01", 0x8892, b"\x80\x02" + data)
    io, published = wire.udp(CLIENT, SERVER, 2222), wire.udp(CLIENT, "239.0.0.1", 4840)
    io.client(cip_io.io(7, n, chance.randbytes(32)))
    io.server(cip_io.io(8, n, chance.randbytes(32)))
    for message in opcua_pubsub.messages(n):
        published.client(message.encoded() + chance.randbytes(8))


@pytest.mark.parametrize("protocol", ["profinet-rt", "cip-io", "opcua-pubsub"])
def test_cyclic_data_make_no_message_distinct(tmp_path, protocol):
    found = []
    for rounds in (3, ROUNDS):
        chance = random.Random(protocol)  # noqa: S311 - the same values in every run
        path = tmp_path / f"{rounds}.pcap"
        with Wire(path) as wire:
            for n in range(1, rounds + 1):
                cyclic(wire, n, chance)
        found.append({d[:2] + len(d).to_bytes(2, "big") for d in distinct(path, protocol)})
    assert found[0] == found[1]
