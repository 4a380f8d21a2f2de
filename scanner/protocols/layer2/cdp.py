"""CDP, Cisco's discovery protocol (SNAP 00-00-0C, 0x2000): which port of which device is at the other end of a cable.

Cisco publishes no specification; written from Cisco's "Cisco Discovery Protocol" frame format (TLV descriptions) and
Wireshark's packet-cdp. Versions 1 and 2. CDP has no protection: whoever listens learns software and addresses.

Messages begin at the SNAP organisation code: version is byte 5, time to live byte 6, checksum 7 and 8, TLVs from 9.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from scanner.framing.language import Case, Range, Role
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import printable, readable
from scanner.protocols.layer2._cisco import FRAMING, is_protocol, tlvs
from scanner.wording import joined, said, verbatim

_NAME = "cdp"
SNAP = bytes.fromhex("00000c2000")
_HEADER = len(SNAP) + 4
_VERSIONS = (1, 2)

DEVICE_ID, ADDRESSES, PORT_ID, CAPABILITIES, VERSION, PLATFORM = range(1, 7)
VTP_DOMAIN, NATIVE_VLAN, DUPLEX, VOICE_VLAN = 0x09, 0x0A, 0x0B, 0x0E
SYSTEM_NAME, MANAGEMENT = 0x14, 0x16

_CAPABILITIES = {
    0x001: "router",
    0x002: "transparent bridge",
    0x004: "source route bridge",
    0x008: "switch",
    0x010: "host",
    0x020: "IGMP capable",
    0x040: "repeater",
    0x080: "telephone",
    0x100: "remotely managed",
    0x400: "two-port MAC relay",
}
_ROUTER, _BRIDGE, _SWITCH, _TELEPHONE = 0x01, 0x02, 0x08, 0x80

CASES = (Case(_NAME, is_protocol(0x2000), (Range(5, 7), Range(_HEADER)), Role.NOTICE, keep=1500),)


def probe(message: Message) -> bool:
    """A version that exists, and TLVs that fit the frame and name a device or a port."""
    if message.transport != "ethernet":
        return False
    try:
        found = {kind for kind, _ in _tlvs(message)}
    except Malformed:
        return False
    return bool(found & {DEVICE_ID, PORT_ID})


def dissect(message: Message) -> Iterator[Row]:
    """Which port of which device says it is there, what it is, and how it is reached."""
    values: dict[int, bytes] = {}
    for kind, value in _tlvs(message):
        values.setdefault(kind, value)
    if not values.keys() & {DEVICE_ID, PORT_ID}:
        raise Malformed("neither a device nor a port is named")
    device = _text(values, DEVICE_ID)
    yield Operation(
        verb=Verb.IDENTIFY,
        function="Advertisement",
        kind=Kind.NOTICE,
        object=f"port {_text(values, PORT_ID) or '?'} of {device or 'an unnamed device'}",
        detail=joined(_details(values), "; ") if message.data[6] else said("shutdown"),
        filter="cdp",
    )
    if message.data[6]:
        yield from (Identity(field, value) for field, value in dict.fromkeys(_facts(values)) if value)
    yield Session(version=f"CDPv{message.data[5]}")


def _tlvs(message: Message) -> Iterator[tuple[int, bytes]]:
    """Type and value of each TLV behind the header."""
    data = message.data
    if data[: len(SNAP)] != SNAP or len(data) < _HEADER:
        raise Malformed("no CDP header")
    if data[5] not in _VERSIONS:
        raise Malformed("CDP version {version}", version=data[5])
    yield from tlvs(message, _HEADER)


def _text(values: dict[int, bytes], kind: int) -> str:
    return readable(values.get(kind, b""), 200)


def _addresses(value: bytes) -> Iterator[str]:
    """The IP addresses of an address list: count, then protocol type, length and protocol, address length, address."""
    at = 4
    for _ in range(int.from_bytes(value[:4], "big")):
        kind, protocol = value[at : at + 1], value[at + 2 : at + 2 + (value[at + 1] if at + 1 < len(value) else 0)]
        at += 2 + len(protocol)
        size = int.from_bytes(value[at : at + 2], "big")
        address = value[at + 2 : at + 2 + size]
        at += 2 + size
        if not kind or len(address) < size:
            return
        v4 = kind == b"\1" and protocol == b"\xcc" and size == 4
        v6 = kind == b"\2" and protocol[-2:] == b"\x86\xdd" and size == 16
        if (v4 or v6) and any(address):
            yield str(ipaddress.ip_address(address))


_CISCO_RELEASE = re.compile(r"Cisco .*?\bVersion ([^\s,]+)")


def _facts(values: dict[int, bytes]) -> Iterator[tuple[str, str]]:
    yield "name", printable(values.get(SYSTEM_NAME, b"")) or printable(values.get(DEVICE_ID, b""))
    yield "model", printable(values.get(PLATFORM, b""))
    software = printable(values.get(VERSION, b"").partition(b"\n")[0])
    yield "software", software
    release = _CISCO_RELEASE.match(software)
    if release:
        yield "vendor", "Cisco"
        yield "firmware", release.group(1)
    for kind in (ADDRESSES, MANAGEMENT):
        yield from (("ip", address) for address in _addresses(values.get(kind, b"")))
    able = _capable(values)
    if able & _ROUTER:
        yield "role", "router"
    if able & (_SWITCH | _BRIDGE) and not able & _TELEPHONE:
        yield "role", "switch"


def _capable(values: dict[int, bytes]) -> int:
    value = values.get(CAPABILITIES, b"")
    return int.from_bytes(value[:4], "big") if len(value) >= 4 else 0


def _details(values: dict[int, bytes]) -> Iterator[str]:
    able = _capable(values)
    yield verbatim(_text(values, PLATFORM))
    yield joined(said(name) for bit, name in _CAPABILITIES.items() if able & bit)
    if len(values.get(NATIVE_VLAN, b"")) >= 2:
        yield said("native VLAN {n}", n=int.from_bytes(values[NATIVE_VLAN][:2], "big"))
    if len(values.get(VOICE_VLAN, b"")) >= 3:
        yield said("voice VLAN {n}", n=int.from_bytes(values[VOICE_VLAN][1:3], "big"))
    if values.get(DUPLEX):
        yield said("full duplex") if values[DUPLEX][0] else said("half duplex")
    domain = _text(values, VTP_DOMAIN)
    if domain:
        yield said("VTP domain {name}", name=domain)
    managed = list(dict.fromkeys(_addresses(values.get(MANAGEMENT, b""))))
    if managed:
        yield said("managed at {names}", names=", ".join(managed[:4]))


PROTOCOL = Protocol(
    name=_NAME,
    title="CDP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.IDENTIFY}),
    specification="Cisco Discovery Protocol versions 1 and 2 (not published; Wireshark's packet-cdp)",
    industrial=False,
)
