"""What belongs to a plant as it should be, to which no rule at all may object: redundancy, radio, new addresses."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping
from ipaddress import IPv4Address

from fixtures.record.pings import reply
from fixtures.record.wire import checksum
from tests.adequacy.scene import mac_of
from tests.adversarial.modbus_forms import adu, reads
from tests.adversarial.recording_forms import ALLOWED, LAYERS
from tests.adversarial.staging import UNMOVED, Case, Recorded, in_one_file
from tests.adversarial.talk import (
    ENGINEER,
    OFFICE_PC,
    PLC_2,
    SCADA,
    addresses,
    datagrams,
    each,
    formed,
    framed,
    stream,
)
from tests.capture.files import pcap
from tests.capture.frames import ipv4, ipv6, snap, udp, wlan
from tests.carriers import packet
from tests.conformance.changes import rules
from tests.twins import Record, is_ip

EVERYBODY, ECHO_REQUEST = b"\xff" * 6, 8
OF_EVERY_CONVERSATION = ("control-protocol-unprotected-across-zones",)  # one more is one more
TEAM = {"inventory": {"02:00:0a:14:0a:0a": "02:00:0a:14:0a:0a; 02:00:0a:14:0a:0b"}}
RADIO = 105  # link type of IEEE 802.11


def harmless(name: str, add: Recorded, *, beside: Collection[str] = (), **more: object) -> Case:
    """No rule objects, but those ``beside`` for a good reason."""
    expected = {rule.id: UNMOVED for rule in rules() if rule.id not in (*beside, *OF_EVERY_CONVERSATION)}
    return Case(name, expected, add, **more)  # type: ignore[arg-type]


def _taking_turns(frame: bytes, number: int) -> bytes:
    """Sent from another adapter of the same host each time."""
    return frame[:11] + bytes((frame[11] ^ number % 2,)) + frame[12:]


def _copied(records: list[Record]) -> list[Record]:
    return [one for record in records for one in (record, (record[0], record[1] + 3, *record[2:]))]


def _by_radio(everything: list[Record]) -> Mapping[str, bytes]:
    """What SCADA-1 says and hears through an access point is in a recording of its own."""

    def frame(data: bytes) -> bytes:
        point, target, source = 0x02000A140163, int.from_bytes(data[:6], "big"), int.from_bytes(data[6:12], "big")
        head = wlan(1, point, source, target) if addresses(data)[0] == SCADA else wlan(2, target, point, source)
        return head + snap(0x0800, packet(data))

    on_air = [one for one in everything if is_ip(one[2]) and {SCADA, PLC_2} == {*addresses(one[2])}]
    cable = [one for one in everything if one not in on_air]
    radio = [(s, f, sent, len(sent)) for s, f, data, _ in on_air for sent in (frame(data),)]
    return {**in_one_file(cable), "radio.pcap": pcap(radio, network=RADIO)}


def _lease(mac: bytes, address: str, at: float, server: str = "10.10.0.2") -> list[tuple[float, bytes]]:
    """Discover, offer, request, acknowledgement."""
    given, giver = IPv4Address(address).packed, IPv4Address(server).packed

    def message(kind: int, *, answer: bool) -> bytes:
        options = b"\x63\x82\x53\x63\x35\1" + bytes((kind,)) + (b"\x36\4" + giver if kind != 1 else b"")
        options += b"\x32\4" + given if kind == 3 else b"\x33\4\0\1\x51\x80" if answer else b""
        head = bytes((2 if answer else 1, 1, 6, 0)) + struct.pack(">IHH", 7, 0, 0) + bytes(4)
        return head + (given if answer else bytes(4)) + bytes(8) + mac + bytes(202) + options + b"\xff"

    found = []
    for n, (kind, answer) in enumerate(((1, False), (2, True), (3, False), (5, True))):
        ends = (server, address) if answer else ("0.0.0.0", "255.255.255.255")  # noqa: S104
        macs = mac + mac_of(IPv4Address(server)) if answer else EVERYBODY + mac
        ports = (67, 68) if answer else (68, 67)
        found.append((at + n / 100, macs + b"\x08\0" + ipv4(17, udp(message(kind, answer=answer), *ports), *ends)))
    return found


SERVER = "PP-33,DHCP-1,10.10.0.2,02:00:0a:0a:00:02,Dell,R1,,,D1,Server,office,4,Office,low,IT,Windows Server 2022,,,,"
SERVER += "syslog,active\n"
POOL = {"inventory": {"PP-20,SIS-1": SERVER + "PP-20,SIS-1", "REPORTS-PC,10.10.0.5": "REPORTS-PC,"}}


def pings(count: int) -> Recorded:
    """With a pattern, answered."""
    frames = []
    for n in range(count):
        asks = bytes((ECHO_REQUEST, *reply(n)[1:]))
        asks = asks[:2] + struct.pack(">H", checksum(asks[:2] + b"\0\0" + asks[4:])) + asks[4:]
        for at, (source, target, message) in enumerate(((SCADA, ENGINEER, asks), (ENGINEER, SCADA, reply(n)))):
            macs = mac_of(IPv4Address(target)) + mac_of(IPv4Address(source))
            frames.append((200.0 + n + at / 1000, macs + b"\x08\0" + ipv4(1, message, source, target)))
    return framed(*frames)


LISTED = {  # beside what is listed: a switch and a router of the cell
    "inventory": {
        "PP-20,SIS-1": "".join(
            f"{tag},{name},{address},{mac_of(IPv4Address(address)).hex(':')},Maker,X1,,1.0,S-{tag},"
            f"{kind},cell,1,Hall 1,medium,Automation,,,,none,syslog,active\n"
            for tag, name, address, kind in (
                ("PP-30", "SW-1", "10.20.1.2", "Switch"),
                ("PP-31", "RTR-1", "10.20.1.1", "Router"),
            )
        )
        + "PP-20,SIS-1"
    }
}


def heard(address: str, kind: int, to: bytes, body: bytes) -> Recorded:
    """What a listed device says to its neighbours, by its MAC address alone."""
    frame = to + mac_of(IPv4Address(address)) + struct.pack(">H", kind) + body
    return framed(*((100.0 + 2 * n, frame) for n in range(60)))


def by_mac_alone() -> dict[str, Recorded]:
    """Devices that are listed with an address, of which nothing is heard that comes from it."""
    switch, router = mac_of(IPv4Address("10.20.1.2")), mac_of(IPv4Address("10.20.1.1"))
    bridge = struct.pack(">H", 0x8000) + switch
    tree = b"\x42\x42\3\0\0\2\2\x3c" + bridge + bytes(4) + bridge + b"\x80\1\0\0\x14\0\2\0\x0f\0\0"
    advertised = b"\x86\0\0\0\x40\0\7\x08" + bytes(8) + b"\1\1" + router
    return {
        "spanning tree": heard("10.20.1.2", len(tree), b"\1\x80\xc2\0\0\0", tree),
        "router advertisements": heard(
            "10.20.1.1", 0x86DD, b"\x33\x33\0\0\0\1", ipv6(58, advertised, "fe80::aff:fe14:101", "ff02::1")
        ),
    }


def cases() -> list[Case]:
    """All."""
    tunnels = ("tunnel-end-in-no-zone", "device-in-no-zone", "unknown-device")
    return [
        harmless("SCADA reads", ALLOWED),
        harmless("SCADA reads over UDP", datagrams(SCADA, PLC_2, 502, reads(adu, 6))),
        harmless("SCADA's two adapters take turns", formed(each(_taking_turns, of=bool), ALLOWED), edits=TEAM),
        harmless(
            "SCADA's two adapters, of which one is listed",
            formed(each(_taking_turns, of=bool), ALLOWED),
            beside=("unknown-device", "device-in-no-zone"),
        ),
        harmless("in PRP, over both networks", formed(each(LAYERS["PRP"]), formed(_copied, ALLOWED))),
        harmless("in HSR", formed(each(LAYERS["HSR"]), ALLOWED)),
        harmless("in VXLAN", formed(each(LAYERS["VXLAN"]), ALLOWED), beside=tunnels),
        harmless("in a VLAN", formed(each(LAYERS["a VLAN"]), ALLOWED)),
        harmless("by radio", ALLOWED, written=_by_radio, beside=("wireless-network-unprotected",)),
        harmless(
            "a lease of an office PC",
            framed(*_lease(mac_of(IPv4Address(OFFICE_PC)), "10.10.0.55", 300)),
            edits=POOL,
            beside=("dhcp-server-unlisted",),
        ),
        harmless(
            "an office PC that keeps its address",
            framed(*_lease(mac_of(IPv4Address(OFFICE_PC)), OFFICE_PC, 300)),
            edits=POOL,
            beside=("dhcp-server-unlisted",),
        ),
        harmless("pings", pings(40)),
        *(
            harmless(f"{name} of a listed device", said, edits=LISTED, beside=("listed-device-not-seen",))
            for name, said in by_mac_alone().items()  # of the other one nothing is heard
        ),
        harmless("a connection that is opened and closed", stream(SCADA, PLC_2, 502, [])),
    ]
