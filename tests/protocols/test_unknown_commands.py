"""A command, a service or a message that nobody has published is a row of its protocol, on its own port and on any
other where the protocol was recognised; random bytes are not.
"""

from __future__ import annotations

import random
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.record import codesys_v3, pcom
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Operation, Verb
from tests.protocols.test_unknown_functions import Sweep, record

ELSEWHERE = 23456


def fins(code: int) -> bytes:
    return bytes.fromhex("800002000500000100 07") + code.to_bytes(2, "big") + bytes.fromhex("820064000001")


def fins_tcp(command: int, frame: bytes = b"") -> bytes:
    return b"FINS" + struct.pack(">III", 8 + len(frame), command, 0) + frame


def ads(command: int) -> bytes:
    body = struct.pack("<III", 0x4020, 100, 4)
    ends = bytes.fromhex("0a140014010153030a140014010101 80")
    head = ends + struct.pack("<HHIII", command, 4, len(body), 0, 7)
    return struct.pack("<HI", 0, len(head) + len(body)) + head + body


def enip(command: int) -> bytes:
    return struct.pack("<HHIIQI", command, 4, 0, 0, 7, 0) + b"\1\0\0\0"


def egd(command: int) -> bytes:
    return struct.pack("<BBHBBH", command, 0, 7, 1, 0, 16) + bytes(8)


def hart(message: int, kind: int = 0) -> bytes:
    return struct.pack(">BBBBHH", 1, kind, message, 0, 7, 8)


def dlms(apdu: bytes) -> bytes:
    return struct.pack(">HHHH", 1, 16, 1, len(apdu)) + apdu


def ff_hse(service: int) -> bytes:
    return struct.pack(">BBBBII", 1, 0, 0x0C, service, 0, 16) + struct.pack(">I", 5)


def knx(service: int) -> bytes:
    return struct.pack(">BBHH", 6, 0x10, service, 8) + bytes((1, 0))


def bvlc(function: int) -> bytes:
    return struct.pack(">BBH", 0x81, function, 4)


def codesys(number: int) -> bytes:
    """A request of the CODESYS service ``number``: group << 8 | service; from group 0x80 on one of two bytes."""
    group, service = divmod(number, 256)
    group += 0x80 if group >= 0x80 else 0
    return codesys_v3.over_tcp(0x40, codesys_v3.block(codesys_v3.service(group, service), 1))


GET = bytes.fromhex("c001c100080000010000ff0200")
CODESYS_UNPUBLISHED = [0x0150, 0x0250, 0x0350, 0x0550, 0x0850, 0x0F50, 0x1150, 0x1E01, 0x1F50, 0x4001, 0x7F02, 0x8202]
SWEEPS = {
    "codesys-v3": Sweep("codesys-v3", "tcp", 11740, codesys(0x0101), codesys, CODESYS_UNPUBLISHED),
    "fins": Sweep("fins", "udp", 9600, fins(0x0101), fins, [0x0929, 0x2929, 0x29FF, *range(0x3000, 0x3020)]),
    "fins-tcp": Sweep(
        "fins", "tcp", 9600, fins_tcp(2, fins(0x0101)), lambda c: fins_tcp(2, fins(c)), range(0x7700, 0x7720)
    ),
    "fins-tcp/command": Sweep("fins", "tcp", 9600, fins_tcp(2, fins(0x0101)), fins_tcp, range(7, 40)),
    "ads": Sweep("ads", "tcp", 48898, ads(2), ads, [0, *range(10, 60), 0x1234]),
    "enip": Sweep("enip", "tcp", 44818, enip(0x65), enip, [*range(6, 60), *range(0xD0, 0xF0)]),
    "enip-udp": Sweep("enip", "udp", 44818, enip(0x65), enip, range(0xD0, 0xF0)),
    "hart-ip": Sweep("hart-ip", "tcp", 5094, hart(2), hart, range(6, 60)),
    "hart-ip-udp": Sweep("hart-ip", "udp", 5094, hart(2), hart, range(6, 60)),
    "hart-ip/type": Sweep("hart-ip", "udp", 5094, hart(2), lambda c: hart(2, c), range(4, 15)),
    "dlms": Sweep("dlms", "tcp", 4059, dlms(GET), lambda c: dlms(bytes((c, 1, 2, 3))), range(0x70, 0xA0)),
    "dlms-udp": Sweep("dlms", "udp", 4059, dlms(GET), lambda c: dlms(bytes((c, 1, 2, 3))), range(0x70, 0xA0)),
    "ff-hse": Sweep("ff-hse", "udp", 1090, ff_hse(0x83), ff_hse, range(0xE1, 0xFF)),
    "pcom": Sweep("pcom", "tcp", 20256, pcom.text(1, b"ID"), lambda c: pcom.text(1, b"%02d" % c), range(60)),
    "pcom/binary": Sweep("pcom", "tcp", 20256, pcom.frame(1, 0x0C), lambda c: pcom.frame(1, c), range(0x10, 0x40)),
    "knxnet-ip": Sweep("knxnet-ip", "udp", 3671, knx(0x0207), knx, [0x020F, 0x0299, *range(0x0A00, 0x0A20)]),
}
OWN_PORT_ONLY = {
    "enip/vendor": Sweep("enip", "tcp", 44818, enip(0x65), enip, [5, *range(0x101, 0x120), 0x6501, 0xFFFF]),
    "enip-udp/vendor": Sweep("enip", "udp", 44818, enip(0x65), enip, [5, *range(0x101, 0x120), 0x6501, 0xFFFF]),
    "egd": Sweep("egd", "udp", 7937, egd(15), egd, range(0x50, 0x80)),
    "bacnet": Sweep("bacnet", "udp", 47808, bvlc(2), bvlc, range(0x10, 0x40)),
}
CASES = [
    *((name, sweep) for name, sweep in (SWEEPS | OWN_PORT_ONLY).items()),
    *((f"{name} elsewhere", replace(sweep, port=ELSEWHERE)) for name, sweep in SWEEPS.items()),
]


@pytest.mark.parametrize(("name", "sweep"), CASES, ids=[name for name, _ in CASES])
def test_what_nobody_has_published_may_do_anything(tmp_path: Path, name: str, sweep: Sweep) -> None:
    asked = record(tmp_path / "sweep.pcap", sweep)
    result = read_capture(tmp_path / "sweep.pcap", name, framing_plan())
    understood = understand(result, protocols())
    assert not understood.defects
    found = {
        asked[result.conversations[message.conversation].server]: message.protocol
        for index, message in enumerate(result.messages)
        for row in understood.rows.get(index, ())
        if isinstance(row, Operation) and row.verb is Verb.UNKNOWN_FUNCTION
    }
    assert found == dict.fromkeys(asked.values(), sweep.protocol)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_random_bytes_are_of_no_protocol(tmp_path: Path, transport: str) -> None:
    chance = random.Random(transport)  # noqa: S311 - the same bytes in every run
    path = tmp_path / "random.pcap"
    with Wire(path) as wire:
        for number in range(200):
            talk = (wire.tcp if transport == "tcp" else wire.udp)("10.20.0.1", f"10.30.0.{number}", ELSEWHERE)
            for _ in range(6):
                talk.client(chance.randbytes(chance.randrange(12, 200)))
                talk.server(chance.randbytes(chance.randrange(12, 200)))
            talk.close()
    result = read_capture(path, path.name, framing_plan())
    assert not understand(result, protocols()).spoken
