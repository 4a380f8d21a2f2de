"""Pairs of messages of six protocols that read and write something, which the number tells."""

from __future__ import annotations

import struct

from scanner.protocols.common.crc import crc16_dnp


def modbus(number: int) -> tuple[bytes, bytes]:
    """Read Holding Registers, and Write Multiple Registers as it is answered."""
    head = struct.pack(">HH", number & 0xFFFF, 0)
    unit, address = 1 + number % 247, number % 60_000
    count = 1 + number // 60_000 % 100
    return (
        head + struct.pack(">HBBHH", 6, unit, 3, address, count),
        head + struct.pack(">HBBHH", 6, unit, 16, address, count),
    )


def s7comm(number: int) -> tuple[bytes, bytes]:
    """Read Var of one byte of a data block, and a Write Var of it."""
    item = struct.pack(">BBBBHHB", 0x12, 0x0A, 0x10, 0x02, 1, 1 + number % 65_000, 0x84) + (8 * number).to_bytes(
        3, "big"
    )
    read = struct.pack(">BBHHHH", 0x32, 1, 0, number & 0xFFFF, 2 + len(item), 0) + b"\x04\x01" + item
    data = b"\x00\x04\x00\x08\x00"
    write = struct.pack(">BBHHHH", 0x32, 1, 0, number & 0xFFFF, 2 + len(item), len(data)) + b"\x05\x01" + item + data
    return tuple(struct.pack(">BBH", 3, 0, 7 + len(p)) + b"\x02\xf0\x80" + p for p in (read, write))  # type: ignore[return-value]


def iec104(number: int) -> tuple[bytes, bytes]:
    """A single command to one object, and the report of another."""
    address = (1 + number).to_bytes(3, "little")
    asdu = struct.pack("<BBBBH", 45, 1, 6, 0, 1 + number % 60_000) + address + b"\x01"
    report = struct.pack("<BBBBH", 30, 1, 3, 0, 1 + number % 60_000) + address + bytes(8)
    return tuple(b"\x68" + struct.pack("<BHH", 4 + len(a), 2 * (number & 0x3FFF), 0) + a for a in (asdu, report))  # type: ignore[return-value]


def dnp3(number: int) -> tuple[bytes, bytes]:
    """A read of one analog input, and a control of the output of that number."""
    target, point = 10 + number // 60_000, number % 60_000
    read = struct.pack("<BBBHH", 30, 1, 1, point, point)
    control = struct.pack("<BBBHHBBIIB", 12, 1, 0x28, 1, point, 0x41, 1, 100, 100, 0)
    return _link(target, number, 1, read), _link(target, number, 5, control)


def _link(target: int, sequence: int, function: int, objects: bytes) -> bytes:
    user = bytes((0xC0 | sequence & 0x3F, 0xC0 | sequence & 0x0F, function)) + objects
    parts = [struct.pack("<BBBBHH", 5, 0x64, 5 + len(user), 0xC4, target, 1)]
    parts += [user[at : at + 16] for at in range(0, len(user), 16)]
    return b"".join(part + struct.pack("<H", crc16_dnp(part)) for part in parts)


def enip(number: int) -> tuple[bytes, bytes]:
    """Read Tag and Write Tag of one tag of a Logix controller, on a connection."""
    name = f"Line{number % 100:02d}_Tank{number:07d}".encode("ascii")
    path = bytes((0x91, len(name))) + name + bytes(len(name) % 2)
    asked = [bytes((service, len(path) // 2)) + path for service in (0x4C, 0x4D)]
    return unit_data(number, asked[0] + b"\x01\x00"), unit_data(number, asked[1] + b"\xc4\x00\x01\x00" + bytes(4))


def unit_data(number: int, request: bytes) -> bytes:
    """SendUnitData of EtherNet/IP with a CIP message on a connection."""
    items = struct.pack("<IHHHHIHHH", 0, 0, 2, 0xA1, 4, 7, 0xB1, 2 + len(request), number & 0xFFFF) + request
    return struct.pack("<HHII8sI", 0x70, len(items), 1, 0, bytes(8), 0) + items


def opcua(number: int) -> tuple[bytes, bytes]:
    """Read and Write of the value of one node, on a channel without security."""
    node = struct.pack("<BHI", 2, 2, number) + struct.pack("<I", 13) + b"\xff" * 4
    read = bytes(8) + struct.pack("<II", 3, 1) + node + b"\x00\x00" + b"\xff" * 4
    write = struct.pack("<I", 1) + node + b"\x01\x0b" + bytes(8)
    return _service(631, number, read), _service(673, number, write)


def _service(kind: int, number: int, body: bytes) -> bytes:
    header = b"\x01\x00" + struct.pack("<H", kind) + struct.pack("<BHI", 2, 0, 5)
    header += bytes(8) + struct.pack("<II", number, 0) + b"\xff" * 4 + struct.pack("<I", 1000) + bytes(3)
    sequence = struct.pack("<IIII", 1, 1, number & 0xFFFFFFFF, number & 0xFFFFFFFF)
    return struct.pack("<4sI", b"MSGF", 24 + len(header) + len(body)) + sequence + header + body
