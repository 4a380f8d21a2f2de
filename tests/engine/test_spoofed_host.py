"""Who sends by a MAC address of his own from the address of a host that is there is not that host: no rule about who
passes with him. Routers, routed copies, virtual routers and addresses that moved are nobody's spoofing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache

import pytest

from fixtures.record.wire import ACK, PSH, START, SYN, ipv4, tcp_segment, udp_datagram
from scanner.results.model import Cause, Results, Verdict
from tests.capture.frames import arp, ethernet
from tests.given import Given
from tests.twins import Record

HMI, PLC, OTHER_PLC, SCADA = "10.20.1.5", "10.20.1.10", "10.20.1.11", "10.30.1.5"
HMI_MAC, PLC_MAC, OTHER_MAC, MALLORY = 0x02000A140105, 0x001B1B14010A, 0x001B1B14010B, 0x021122334408
ROUTER, SECOND_ROUTER, FAR_SIDE, VIRTUAL = 0x00000C112233, 0x00000C112234, 0x00000C112299, 0x00005E000107
FAR, FAR_MAC = "10.30.1.10", 0x001B1B1E010A
ABOUT_WHO = ("write-unauthorised", "undeclared-conduit", "command-from-unsuited-device")
POLICY = """\
otaudit_policy: 1
site: Plant
zones:
  - {id: cell, level: 1, members: {subnets: [10.20.1.0/24]}}
  - {id: other, level: 2, members: {subnets: [10.30.1.0/24]}}
conduits:
  - {id: up, from: other, to: cell, protocols: [modbus], verbs: [session, read, write]}
  - {id: down, from: cell, to: other, protocols: [modbus], verbs: [session, read, write]}
roles:
  hmi: [HMI-1]
  scada_server: [SCADA-1, SCADA-2, SCADA-3, SCADA-4]
writers:
  - {clients: [HMI-1, SCADA-1, SCADA-2, SCADA-3, SCADA-4], targets: [PLC-1, PLC-2, PLC-3], protocols: [modbus]}
"""
NEIGHBOURS = ("10.30.1.6", "10.30.1.7", "10.30.1.8")
LISTED = (
    "name,ip,mac,type\nHMI-1,10.20.1.5,{hmi},hmi\nPLC-1,10.20.1.10,,plc\nPLC-2,10.20.1.11,,plc\nPLC-3,10.30.1.10,,plc\n"
    + "".join(f"SCADA-{n},{address},,scada\n" for n, address in enumerate((SCADA, *NEIGHBOURS), 1))
)
BY_MAC, BY_IP = LISTED.format(hmi="02:00:0a:14:01:05"), LISTED.format(hmi="")
Timed = tuple[float, bytes]
Place = tuple[int, int]  # MAC addresses of the client and the server


def routed(packet: bytes, identifier: int, hops: int) -> bytes:
    return packet[:4] + struct.pack(">H", identifier) + packet[6:8] + bytes((hops,)) + packet[9:]


def talk(
    client: str, server: str, at: Place, start: float, polls: int, *, port: int = 40000, hops: int = 64
) -> list[Timed]:
    """A connection in which a register is written each second, and every write answered."""
    own, other = (client, port), (server, 502)
    sequence, answered = 1000 + port, 5000
    told: list[tuple[float, bool, int, bytes]] = [(0, True, SYN, b""), (0.001, False, SYN | ACK, b"")]
    for n in range(polls):
        write = struct.pack(">HHHBBHH", n, 0, 6, 1, 6, n, 1)
        told += [(0.01 + n, True, PSH | ACK, write), (0.02 + n, False, PSH | ACK, write)]
    found = []
    for number, (after, asks, flags, data) in enumerate(told):
        ends, places = ((own, other), at) if asks else ((other, own), at[::-1])
        numbers = (sequence, answered) if asks else (answered, sequence)
        segment = tcp_segment(*ends, seq=numbers[0], ack=numbers[1] if flags & ACK else 0, flags=flags, payload=data)
        packet = routed(ipv4(ends[0][0], ends[1][0], 6, segment), 1000 + number, hops if asks else 64)
        found.append((start + after, ethernet(0x0800, packet, *places)))
        step = len(data) + (flags & SYN != 0)
        sequence, answered = sequence + step * asks, answered + step * (not asks)
    return found


def behind(frames: Iterable[Timed], far: Place, *, lost: int = 0) -> list[Timed]:
    """The same packets of a client in front of a router behind it, one in ``lost`` of them missing."""
    found = []
    for number, (at, frame) in enumerate(frames):
        asks = frame[36:38] == struct.pack(">H", 502)
        source, target = far if asks else far[::-1]
        packet = frame[14:22] + bytes((frame[22] + (-1 if asks else 1),)) + frame[23:]
        if not lost or number % lost:
            found.append((at + (0.00004 if asks else -0.00004), ethernet(0x0800, packet, source, target)))
    return found


def claims(mac: int, address: str, *times: float) -> list[Timed]:
    return [(at, ethernet(0x0806, arp(mac, address), mac, 2**48 - 1)) for at in times]


def noise(mac: int, address: str, *times: float) -> list[Timed]:
    """Broadcasts of a host about itself."""
    datagram = udp_datagram((address, 137), ("10.20.1.255", 137), b"\0" * 50)
    return [(at, ethernet(0x0800, ipv4(address, "10.20.1.255", 17, datagram, 7), mac, 2**48 - 1)) for at in times]


HERE: Place = (HMI_MAC, PLC_MAC)
CLAIMS = [*claims(HMI_MAC, HMI, 0, 100), *claims(PLC_MAC, PLC, 0.5, 100.5), *claims(ROUTER, "10.20.1.1", 0.2)]
HONEST = talk(HMI, PLC, HERE, 1, 200)
REMOTE = talk(SCADA, PLC, (ROUTER, PLC_MAC), 1, 200, port=45000, hops=63)


def through(router: int, *clients: str) -> list[Timed]:
    return [f for c in clients for f in talk(c, PLC, (router, PLC_MAC), 3, 5, port=46000 + router % 100, hops=63)]


def mallory(client: str, server: str = PLC, server_mac: int = PLC_MAC) -> list[Timed]:
    return talk(client, server, (MALLORY, server_mac), 60, 5, port=42000)


def tagged(frames: Iterable[Timed], vlan: int) -> list[Timed]:
    return [(at, frame[:12] + struct.pack(">HH", 0x8100, vlan) + frame[12:]) for at, frame in frames]


CROSSING = talk(HMI, FAR, (HMI_MAC, ROUTER), 2, 150, port=44000)
QUIET = [*CLAIMS[:1], *CLAIMS[2:3], *claims(ROUTER, "10.20.1.1", 0.2), *REMOTE]  # the HMI claims its address once
MOVED = talk(HMI, PLC, HERE, 1, 100), talk(HMI, PLC, (MALLORY, PLC_MAC), 121, 80, port=41000)
NORMAL = [*CLAIMS, *HONEST, *REMOTE]
SPOOFED = {
    "in the conversation of the host": [*NORMAL, *mallory(HMI)],
    "with one packet": [*NORMAL, mallory(HMI)[4]],
    "in a conversation of its own": [*NORMAL, *claims(OTHER_MAC, OTHER_PLC, 0.7), *mallory(HMI, OTHER_PLC, OTHER_MAC)],
    "nobody claims an address": [*HONEST, *REMOTE, *mallory(HMI)],
    "the host only broadcasts": [*CLAIMS[2:], *REMOTE, *noise(HMI_MAC, HMI, 5, 50, 150), *mallory(HMI)],
    "as the controller": [*NORMAL, *talk(HMI, PLC, (HMI_MAC, MALLORY), 60, 5, port=42000)],
    "as somebody behind a router": [*NORMAL, *through(ROUTER, *NEIGHBOURS), *mallory(SCADA)],
    "beside what a router passes on": [
        *NORMAL, *CROSSING, *behind(CROSSING, (FAR_SIDE, FAR_MAC)), *mallory(HMI, FAR, ROUTER)
    ],
    "later, claiming nothing": [*QUIET, *MOVED[0], *MOVED[1]],
    "where the segment is mirrored without its tag": [*tagged(NORMAL, 7), *mallory(HMI)],
}  # fmt: skip
INNOCENT = {
    "alone": NORMAL,
    "through one of two routers": [
        *NORMAL,
        *through(ROUTER, *NEIGHBOURS),
        *through(SECOND_ROUTER, *NEIGHBOURS),
        *talk(SCADA, PLC, (SECOND_ROUTER, PLC_MAC), 60, 20, port=42000, hops=63),
    ],
    "through a virtual router": [*NORMAL, *talk(SCADA, PLC, (VIRTUAL, PLC_MAC), 60, 20, port=42000, hops=63)],
    "on both sides of a router": [*NORMAL, *CROSSING, *behind(CROSSING, (FAR_SIDE, FAR_MAC))],
    "on both sides of a router, with losses": [*NORMAL, *CROSSING, *behind(CROSSING, (FAR_SIDE, FAR_MAC), lost=20)],
    "twice, by another adapter": [
        *NORMAL,
        *((at + 0.00001, ethernet(0x0800, f[14:], HMI_MAC + 1, PLC_MAC)) for at, f in HONEST if f[6] == 2),
    ],
    "in another network of the same addresses": [*NORMAL, *tagged(mallory(HMI, PLC, OTHER_MAC), 30)],
    "mirrored with a tag and without": [*NORMAL, *tagged(NORMAL, 7)],
    "through a router of two VLANs": [*NORMAL, *CROSSING, *tagged(behind(CROSSING, (ROUTER, FAR_MAC)), 30)],
    "moved, and claimed": [*QUIET, *MOVED[0], *claims(MALLORY, HMI, 120), *MOVED[1]],
}  # fmt: skip
LLDP = (
    b"\x02\x07\x04" + HMI_MAC.to_bytes(6) + b"\x04\x07\x03" + MALLORY.to_bytes(6) + b"\x06\x02\0\x78\x0a\x05HMI-1\0\0"
)
ALONE = {  # the host itself is nowhere
    "with a claim": [*CLAIMS[2:], *REMOTE, *claims(MALLORY, HMI, 50), *mallory(HMI)],
    "without any": [*REMOTE, *mallory(HMI)],
    "in VLANs": tagged([*CLAIMS[2:], *REMOTE, *mallory(HMI)], 7),
    "without answers": [*CLAIMS[2:], *REMOTE, *(f for f in mallory(HMI) if f[1][6] == 2)],
    "to another network": [*CLAIMS[2:], *REMOTE, *talk(HMI, FAR, (MALLORY, ROUTER), 2, 9)],
    "saying that the adapter is a port of the host": [
        *CLAIMS[2:], *REMOTE, (40, ethernet(0x88CC, LLDP, MALLORY, 0x0180C200000E)), *mallory(HMI)
    ],
}  # fmt: skip
ROUTED = {  # the host in another network than the controller
    f"behind {router:x}": [
        *CLAIMS[2:], *through(router, *NEIGHBOURS), *talk(SCADA, PLC, (router, PLC_MAC), 1, 100, port=45000, hops=63)
    ]
    for router in (ROUTER, VIRTUAL)
}  # fmt: skip
BY_LIST = ("moved, and claimed", "in another network of the same addresses")  # innocent unless the inventory lists who


@cache
def judged(name: str, inventory: str) -> Results:
    timed = sorted((SPOOFED | INNOCENT | ALONE | ROUTED)[name], key=lambda record: record[0])
    records: list[Record] = [
        (START + int(at), round(at % 1 * 1e6) % 1_000_000, frame, len(frame)) for at, frame in timed
    ]
    return Given(records, {"policy.yaml": POLICY, "inventory.csv": inventory}).judged()


def verdicts(name: str, inventory: str) -> dict[str, Verdict]:
    return {rule.rule: rule.verdict for rule in judged(name, inventory).rules}


@pytest.mark.parametrize("inventory", [BY_MAC, BY_IP], ids=["MAC listed", "address listed"])
@pytest.mark.parametrize("name", SPOOFED)
def test_no_rule_about_who_passes_with_a_stranger_in_the_hosts_place(name: str, inventory: str) -> None:
    found = {rule.rule: rule for rule in judged(name, inventory).rules}
    asked = ABOUT_WHO[:2] if name == "as the controller" else ABOUT_WHO
    assert {found[rule].verdict for rule in asked} == {Verdict.NO_EVIDENCE}
    doubts = [doubt for doubt in found["undeclared-conduit"].doubts if doubt.cause is Cause.SENDER]
    assert "02:11:22:33:44:08 (frame " in doubts[0].text["en"]


@pytest.mark.parametrize("name", [name for name in INNOCENT if name not in BY_LIST])
@pytest.mark.parametrize("inventory", [BY_MAC, BY_IP], ids=["MAC listed", "address listed"])
def test_who_is_who_he_seems_to_be_is_not_doubted(name: str, inventory: str) -> None:
    found = verdicts(name, inventory)
    assert {found[rule] for rule in ("undeclared-conduit", "identity-conflict")} == {Verdict.PASS}
    assert Verdict.NO_EVIDENCE not in {found[rule] for rule in ABOUT_WHO}


@pytest.mark.parametrize("name", BY_LIST)
def test_another_adapter_is_doubted_where_the_inventory_gives_the_address_to_the_first(name: str) -> None:
    assert verdicts(name, BY_IP)["undeclared-conduit"] is Verdict.PASS
    found = verdicts(name, BY_MAC)
    assert found["undeclared-conduit"] is Verdict.NO_EVIDENCE
    assert (found["identity-conflict"] is Verdict.PASS) is (name != "moved, and claimed")


def test_another_mac_address_than_the_listed_one_beside_its_owner_is_a_conflict() -> None:
    assert verdicts("in the conversation of the host", BY_MAC)["identity-conflict"] is Verdict.FAIL
    assert verdicts("in the conversation of the host", BY_IP)["identity-conflict"] is Verdict.PASS


@pytest.mark.parametrize("name", ALONE)
def test_who_sends_from_the_address_of_one_who_is_listed_with_another_adapter_is_permitted_nothing(name: str) -> None:
    """An adapter that was replaced and not listed: where the address belongs is known, who sends from it is not."""
    found = {rule.rule: rule for rule in judged(name, BY_MAC).rules}
    assert {found[rule].verdict for rule in ABOUT_WHO[::2]} == {Verdict.NO_EVIDENCE}
    assert found["undeclared-conduit"].verdict is Verdict.PASS
    assert found["enterprise-to-control-direct"].verdict is verdicts(name, BY_IP)["enterprise-to-control-direct"]
    doubts = [doubt for doubt in found["write-unauthorised"].doubts if doubt.cause is Cause.SENDER]
    assert "10.20.1.5, which is given to 02:00:0a:14:01:05, come from 02:11:22:33:44:08 (frame " in doubts[0].text["en"]
    assert Verdict.NO_EVIDENCE not in {verdicts(name, BY_IP)[rule] for rule in ABOUT_WHO}


def test_a_router_sends_from_the_addresses_of_others() -> None:
    listed = BY_MAC.replace(f"{SCADA},", f"{SCADA},02:00:0a:1e:01:05")
    for name in ROUTED:
        assert Verdict.NO_EVIDENCE not in {verdicts(name, listed)[rule] for rule in ABOUT_WHO}
