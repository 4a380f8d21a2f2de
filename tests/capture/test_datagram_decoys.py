"""Datagrams that are no messages, or another protocol's, between those that are hide nothing: over UDP anybody may send
one, under any address.
"""

from __future__ import annotations

import io
import random
import struct
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.record.gvsp import LEADER, leader, packet
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from tests.capture.files import pcap
from tests.twins import EVASIVE, UDP, Form, Record, behind_decoys, ends, is_ip, other_port, records, summed

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
ON_PORT = ("hart_ip/udp", "fins/client_udp", "bacnet/bacpypes3", "melsoft/udp", "slmp/3e_udp", "modbus/udp")
ELSEWHERE = tuple(name for name in ON_PORT if not name.startswith("bacnet"))  # of which a datagram shows too little


def noise(seed: int) -> Callable[[bytes], bytes]:
    """A datagram with any bytes in place of another."""

    def decoy(frame: bytes) -> bytes:
        end = 14 + int.from_bytes(frame[16:18], "big")
        return summed(frame[:42] + random.Random(seed).randbytes(end - 42) + frame[end:])  # noqa: S311

    return decoy


DECOYS: dict[str, Form] = {
    "wrong checksum": EVASIVE["behind decoys with a wrong checksum"],
    "dies on its way": EVASIVE["behind decoys that die on their way"],
    **{f"noise {seed}": behind_decoys(noise(seed)) for seed in (1, 2)},
}


def asked(all_records: list[Record]) -> set[tuple[str, str, str]]:
    found = capture_facts(read_capture(io.BytesIO(pcap(all_records)), "x", framing_plan()), protocols())
    return {(o["verb"], o["function"], o["object"]) for o in found["operations"].to_dicts()}


@pytest.mark.parametrize("decoy", DECOYS)
@pytest.mark.parametrize(
    ("recording", "form"), [*((name, list) for name in ON_PORT), *((name, other_port) for name in ELSEWHERE)]
)
def test_operations_behind_decoys_are_all_seen(recording: str, form: Form, decoy: str) -> None:
    whole = form(records(CAPTURES / f"{recording}.pcap"))
    assert asked(whole) <= asked(DECOYS[decoy](whole))


def opening(recording: str) -> bytes:
    """The first datagram of a recording."""
    frame = next(r[2] for r in records(CAPTURES / f"{recording}.pcap") if is_ip(r[2]) and r[2][23] == UDP)
    return frame[42 : 34 + int.from_bytes(frame[38:40], "big")]


OPENINGS: dict[str, Callable[[], bytes]] = {
    "an image": lambda: packet(LEADER, 0, leader()),
    "a report of RTCP": lambda: b"\x81\xc9\0\x07" + bytes(range(28)),
    **{
        name: lambda recording=recording: opening(recording)  # type: ignore[misc]
        for name, recording in (
            ("a question of DNS", "dns/scapy"),
            ("SNMP", "snmp/pysnmp"),
            ("QUIC", "quic/v1"),
            ("CoAP", "coap/plain"),
            ("Modbus RTU", "modbus_rtu/udp"),
            ("RADIUS", "radius/freeradius"),
            ("CAPWAP", "capwap/clear"),
            ("WireGuard", "wireguard/port_51820"),
            ("OpenVPN", "openvpn/plain"),
            ("KNXnet/IP", "knxnet_ip/management"),
        )
    },
}
PLACES = {"first": 0, "second": 1, "later": 5}
REAL = (
    *(("own", name) for name in (*ON_PORT, "ether_sbus/controller", "codesys_v3/search", "snmp/pysnmp", "coap/plain")),
    *(("other", name) for name in (*ELSEWHERE, "ether_sbus/controller", "bacnet/bacpypes3", "tristation/session")),
)


def forged(all_records: list[Record], data: bytes, place: int, *, back: bool) -> list[Record]:
    """Behind so many datagrams of each association one with the data, from either end."""
    seen: Counter[object] = Counter()
    found: list[Record] = []
    for record in all_records:
        frame = record[2]
        if is_ip(frame) and frame[23] == UDP and frame[30] < 224 and frame[33] != 255:
            association = frozenset(ends(frame))
            if seen[association] == place:
                way = frame[30:34] + frame[26:30] + frame[36:38] + frame[34:36] if back else frame[26:38]
                head = frame[:16] + struct.pack(">HHHBB", 28 + len(data), 30513, 0, 64, UDP) + bytes(2) + way
                new = summed(head + struct.pack(">HH", 8 + len(data), 0) + data)
                found.append((record[0], record[1], new, len(new)))
            seen[association] += 1
        found.append(record)
    return found


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("decoy", OPENINGS)
def test_operations_beside_an_opening_of_another_protocol_are_all_seen(decoy: str, place: str) -> None:
    """Whatever it opens, what the association says before and behind it is read."""
    data = OPENINGS[decoy]()
    for number, (form, recording) in enumerate(REAL):
        whole = records(CAPTURES / f"{recording}.pcap")[:60]
        whole = other_port(whole) if form == "other" else whole
        beside = forged(whole, data, PLACES[place], back=number % 2 == 1)
        assert asked(whole) <= asked(beside), (form, recording)


def test_one_forged_datagram_teaches_nothing_about_its_server() -> None:
    """Associations to the same port are read as if it had not come."""
    whole = other_port(records(CAPTURES / "coap" / "plain.pcap"))
    client, server = ends(next(r[2] for r in whole if is_ip(r[2]) and r[2][23] == UDP))
    data = opening("quic/v1")
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(data), 1, 0, 64, UDP, 0, client[0], server[0])
    frame = summed(whole[0][2][:14] + ip + struct.pack(">HHHH", 60001, server[1], 8 + len(data), 0) + data)
    assert asked(whole) <= asked([(*whole[0][:2], frame, len(frame)), *whole])
