"""A request whose function nobody knows is a row of its protocol, whatever its number: it may do anything. It is never
nothing, and what follows it in the stream is read.
"""

from __future__ import annotations

import binascii
import struct
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixtures.record.wire import Wire, crc16
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Operation, Session, Verb
from tests.protocols.recordings import CAPTURES, streams

GOOD = 12  # requests before the unknown one: a conversation is believed by most of its messages
CLIENT = "10.20.0.1"
DCP_GROUP = "01:0e:cf:00:00:00"


@dataclass(frozen=True)
class Sweep:
    """Requests of a protocol that differ in nothing but their function."""

    protocol: str
    transport: str
    port: int
    good: bytes
    asked: Callable[[int], bytes]
    unknown: Iterable[int]
    verb: Verb = Verb.UNKNOWN_FUNCTION


def mbap(pdu: bytes) -> bytes:
    return struct.pack(">HHHB", 1, 0, len(pdu) + 1, 17) + pdu


def rtu(pdu: bytes) -> bytes:
    octets = b"\x11" + pdu
    return octets + struct.pack("<H", crc16(octets, 0xA001))


def ascii_line(pdu: bytes) -> bytes:
    octets = b"\x11" + pdu
    return b":" + (octets + bytes((-sum(octets) & 0xFF,))).hex().upper().encode() + b"\r\n"


def tpkt(body: bytes) -> bytes:
    return struct.pack(">BBH", 3, 0, 4 + len(body)) + body


def s7(parameters: bytes, rosctr: int = 1) -> bytes:
    return tpkt(b"\x02\xf0\x80" + struct.pack(">BBHHHH", 0x32, rosctr, 0, 7, len(parameters), 0) + parameters)


def ber(tag: bytes, body: bytes) -> bytes:
    return tag + bytes((len(body),)) + body


def mms(service: bytes) -> bytes:
    presented = ber(b"\x30", b"\x02\x01\x03" + ber(b"\xa0", ber(b"\xa0", b"\x02\x02\x01\x42" + service)))
    return tpkt(bytes.fromhex("02f08001000100") + ber(b"\x61", presented))


def opcua(number: int) -> bytes:
    header = bytes.fromhex("0100 e903ba00 01067e7cdd01 05000000 00000000 ffffffff 88130000 000000")
    body = struct.pack("<IIII", 8, 13, 5, 5) + struct.pack("<BBH", 1, 0, number) + header + bytes(12)
    return b"MSGF" + struct.pack("<I", 8 + len(body)) + body


def snmp(pdu: int) -> bytes:
    bound = ber(b"\x30", ber(b"\x30", bytes.fromhex("06082b060102010101000500")))
    asked = ber(bytes((pdu,)), bytes.fromhex("020203e8020100020100") + bound)
    return ber(b"\x30", b"\x02\x01\x01" + ber(b"\x04", b"public") + asked)


def tristation(kind: int, body: bytes = b"") -> bytes:
    packet = bytes((kind, 0)) + struct.pack("<H", len(body)) + body
    return packet + struct.pack("<H", crc16(packet, 0xA001, 0))


def tristation_command(number: int) -> bytes:
    return tristation(5, bytes((0, 0, number, 1)) + bytes(4) + b"\x0a\0")


def slmp(command: int) -> bytes:
    return bytes.fromhex("500000ffff0300 0600 1000") + struct.pack("<HH", command, 0)


def sel(code: int, body: bytes = b"\0\0") -> bytes:
    message = bytes((0xA5, code, 4 + len(body))) + body
    return message + bytes((sum(message) & 0xFF,))


def sel_function(number: int) -> bytes:
    message = bytes((0xA5, 0x46, 18)) + bytes(6) + bytes((number, 0xC0, 1)) + bytes(4)
    return message + crc16(message, 0xA001).to_bytes(2, "big")


def dcp(service: int) -> bytes:
    return struct.pack(">HBBIHH", 0xFEFD, service, 0, 7, 0, 2) + b"\x02\x02"


def rpc(operation: int) -> bytes:
    head = bytes.fromhex(
        "0400200010000000 0000a0de976cd11182710001000100b0 0100a0de976cd111827100a02442df7d"
        "00000000140a1502000000000a140221 00000000 00000001 00000000"
    )
    body = struct.pack("<IIIII", 512, 8, 512, 0, 8) + bytes(8)
    return head + struct.pack("<HHHHHBB", operation, 0xFFFF, 0xFFFF, len(body), 0, 0, 0) + body


def moxa(function: int) -> bytes:
    return bytes((function,)) + bytes.fromhex("00001400000001 0060008050620090e8151c22")


def powerlink(command: int, service: int = 4) -> bytes:
    return bytes((6, 1, 0xF0, service, command)).ljust(46, b"\0")


def synchrophasor(code: int, kind: int = 4) -> bytes:
    frame = bytes((0xAA, kind << 4 | 2)) + bytes.fromhex("0012 0064 65927100 00000000") + struct.pack(">H", code)
    return frame + binascii.crc_hqx(frame, 0xFFFF).to_bytes(2, "big")


READ_REGISTERS = bytes.fromhex("0300100002")
READ_VARIABLE = s7(bytes.fromhex("0401120a10020008000584000000"))
PUBLISHED = {*range(1, 9), 11, 12, 15, 16, 17, 19, 20, 21, 22, 23, 24, 43, 90, 125, 126, 127}
UNPUBLISHED = [code for code in range(1, 128) if code not in PUBLISHED]
SWEEPS = {
    "modbus": Sweep("modbus", "tcp", 502, mbap(READ_REGISTERS), lambda c: mbap(bytes((c, 0, 16, 0, 1))), UNPUBLISHED),
    "modbus/diagnostics": Sweep(
        "modbus", "tcp", 502, mbap(READ_REGISTERS), lambda c: mbap(struct.pack(">BHH", 8, c, 0)), range(0x16, 0x120)
    ),
    "modbus/umas": Sweep(
        "modbus", "tcp", 502, mbap(b"\x5a\0\2"), lambda c: mbap(bytes((90, 0, c, 1, 2))), range(0x80, 0xFD)
    ),
    "modbus/interface": Sweep(
        "modbus", "tcp", 502, mbap(READ_REGISTERS), lambda c: mbap(bytes((43, c, 1, 0))), range(0x10, 0x100)
    ),
    "modbus-rtu": Sweep(
        "modbus-rtu", "tcp", 4001, rtu(READ_REGISTERS), lambda c: rtu(bytes((c, 0, 16, 0, 1))), UNPUBLISHED
    ),
    "modbus-ascii": Sweep(
        "modbus-ascii",
        "tcp",
        4001,
        ascii_line(READ_REGISTERS),
        lambda c: ascii_line(bytes((c, 0, 16, 0, 1))),
        UNPUBLISHED,
    ),
    "s7comm": Sweep("s7comm", "tcp", 102, READ_VARIABLE, lambda c: s7(bytes((c, 0))), range(0x30, 0xF0)),
    "s7comm/pdu": Sweep("s7comm", "tcp", 102, READ_VARIABLE, lambda c: s7(b"\x04\0", c), range(8, 256)),
    "opcua": Sweep("opcua", "tcp", 4840, opcua(787), opcua, range(1, 300)),
    "mms": Sweep(
        "mms", "tcp", 102, mms(b"\x82\0"), lambda c: mms(ber(bytes((0xBF, c)), b"\x80\1\1")), range(0x59, 0x80)
    ),
    "snmp": Sweep("snmp", "udp", 161, snmp(0xA0), snmp, range(0xA9, 0xC0)),
    "tristation": Sweep("tristation", "udp", 1502, tristation_command(19), tristation_command, range(0x80, 0x100)),
    "tristation/packet": Sweep("tristation", "udp", 1502, tristation_command(19), tristation, range(12, 256)),
    "slmp": Sweep("slmp", "tcp", 5010, slmp(0x0101), slmp, range(0x7700, 0x77F0)),
    "sel": Sweep("sel-fast-message", "tcp", 2404, b"\xa5\xc1\r\n", sel, [*range(0x50, 0xB0), *range(0xF0, 0x100)]),
    "sel/function": Sweep("sel-fast-message", "tcp", 2404, b"\xa5\xc1\r\n", sel_function, range(0x41, 0x80)),
    "profinet-dcp": Sweep("profinet-dcp", "ethernet", 0x8892, dcp(3), dcp, [0, 1, 2, *range(7, 256)]),
    "profinet-io": Sweep("profinet-io", "udp", 34964, rpc(200), rpc, range(6, 200)),
    "moxa-nport": Sweep("moxa-nport", "udp", 4800, moxa(0x16), moxa, range(0x60, 0x80)),
    "powerlink": Sweep("powerlink", "ethernet", 0x88AB, powerlink(0x21), powerlink, range(0xC0, 0xFF)),
    "powerlink/service": Sweep(
        "powerlink", "ethernet", 0x88AB, powerlink(0x21), lambda c: powerlink(0x21, c), range(0xA0, 0xFF)
    ),
    "synchrophasor": Sweep("synchrophasor", "tcp", 4712, synchrophasor(5), synchrophasor, range(9, 0x100)),
    "s7comm/no-variables": Sweep("s7comm", "tcp", 102, READ_VARIABLE, lambda c: s7(bytes((c, 0))), [4], Verb.READ),
    "s7comm/nothing-written": Sweep("s7comm", "tcp", 102, READ_VARIABLE, lambda c: s7(bytes((c, 0))), [5], Verb.WRITE),
}


def record(path: Path, sweep: Sweep) -> dict[str, int]:
    """One conversation a number: good requests, the unknown one, a good one again. Server -> number."""
    asked: dict[str, int] = {}
    with Wire(path) as wire:
        for number in sweep.unknown:
            if sweep.transport == "ethernet":
                station = f"02:00:00:00:{number >> 8:02x}:{number & 0xFF:02x}"
                asked[station] = number
                for payload in (*[sweep.good] * GOOD, sweep.asked(number), sweep.good):
                    wire.ethernet(station, DCP_GROUP, sweep.port, payload)
                continue
            server = f"10.30.{number >> 8}.{number & 0xFF}"
            asked[server] = number
            talk = (wire.tcp if sweep.transport == "tcp" else wire.udp)(CLIENT, server, sweep.port)
            for payload in (*[sweep.good] * GOOD, sweep.asked(number), sweep.good):
                talk.client(payload)
            talk.close()
    return asked


def same(kept: bytes, sent: bytes) -> bool:
    """What was kept of a message, perhaps with the padding of its frame, is what was sent."""
    size = min(len(kept), len(sent))
    return kept[:size] == sent[:size]


@pytest.mark.parametrize("name", SWEEPS)
def test_a_function_that_nobody_knows_is_a_row(tmp_path: Path, name: str) -> None:
    sweep, path = SWEEPS[name], tmp_path / "sweep.pcap"
    asked = record(path, sweep)
    result = read_capture(path, path.name, framing_plan())
    understood = understand(result, protocols())
    assert not understood.defects
    good, found = defaultdict[int, int](int), defaultdict[int, set[tuple[str, str]]](set)
    for index, message in enumerate(result.messages):
        conversation = result.conversations[message.conversation]
        number = asked.get(conversation.server, asked.get(conversation.client, -1))
        verbs = [(message.protocol, str(r.verb)) for r in understood.rows.get(index, ()) if isinstance(r, Operation)]
        if verbs and same(message.data, sweep.good):
            good[number] += message.count * len(verbs)
        elif verbs:
            found[number] |= {*verbs}
    assert dict(found) == {number: {(sweep.protocol, str(sweep.verb))} for number in asked.values()}
    assert set(good) == set(asked.values())
    assert set(good.values()) == {GOOD + 1}


def test_what_is_behind_polls_that_nobody_answered(tmp_path: Path) -> None:
    """So short they are put together, as what somebody types is."""
    path = tmp_path / "polls.pcap"
    with Wire(path) as wire:
        talk = wire.tcp(CLIENT, "10.20.0.9", 2404)
        for payload in (*[b"\xa5\xc1"] * GOOD, sel(0x50), b"\xa5\xc1"):
            talk.client(payload)
        talk.close()
    understood = understand(read_capture(path, path.name, framing_plan()), protocols())
    rows = [row for found in understood.rows.values() for row in found if isinstance(row, Operation)]
    assert {str(row.verb) for row in rows} == {"read", "unknown-function"}


@pytest.mark.parametrize("kind", [b"\0\x42", b"\3\0\0\5\0\0\0Write", b"\1\7\xa1\2"], ids=["two bytes", "text", "own"])
def test_what_cannot_be_read_of_an_open_channel_is_not_encrypted(tmp_path: Path, kind: bytes) -> None:
    """The type of a service as no client writes it looks like what is encrypted."""
    path = tmp_path / "odd.pcap"
    recorded = next(iter(streams(CAPTURES / "opcua" / "none.pcap").values()))
    odd = opcua(673)
    odd = odd[:24] + kind + odd[28:]
    odd = odd[:4] + struct.pack("<I", len(odd)) + odd[8:]
    with Wire(path) as wire:
        talk = wire.tcp(CLIENT, "10.20.0.9", 4840)
        for from_client, payload in recorded[:8]:
            (talk.client if from_client else talk.server)(payload)
        talk.client(odd)
        talk.close()
    result = read_capture(path, path.name, framing_plan())
    understood = understand(result, protocols())
    rows = [row for found in understood.rows.values() for row in found]
    assert "Unreadable message" in {row.function for row in rows if isinstance(row, Operation)}
    assert {row.encrypted for row in rows if isinstance(row, Session)} == {False}
