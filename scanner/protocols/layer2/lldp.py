"""LLDP at layer 2: which port of which device is at the other end of a cable, and what the device says of itself.

Written from IEEE 802.1AB-2016 sections 8 (LLDPDU and basic TLVs) and 9.2.7.7 (what makes a receiver discard it); the
TLVs of organisations are in ``_lldp_organisations``. LLDP has no protection: anyone says any name.

The key holds chassis, port, time to live and the length: behind them PROFINET devices write line delays that differ in
every frame. What the other TLVs say is that of the first such frame; that it changes at the same length does not show.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Field, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.text import printable, readable
from scanner.protocols.layer2._lldp_organisations import ODVA, PNO, Organised, organised
from scanner.wording import joined, said, verbatim

_NAME = "lldp"
END, CHASSIS, PORT, TIME_TO_LIVE, PORT_DESCRIPTION, SYSTEM_NAME, DESCRIPTION, CAPABILITIES, MANAGEMENT = range(9)
ORGANISED = 127
_MANDATORY = (CHASSIS, PORT, TIME_TO_LIVE)

# Subtypes of chassis and port identifiers, 802.1AB tables 8-2 and 8-3: those that are no text.
_MAC = {CHASSIS: 4, PORT: 3}
_NETWORK = {CHASSIS: 5, PORT: 4}
_LOCAL = 7
_IP_FAMILIES = {1: 4, 2: 16}  # IANA address family -> length

_CAPABILITIES = (  # table 8-4, by bit
    "other",
    "repeater",
    "bridge",
    "WLAN access point",
    "router",
    "telephone",
    "DOCSIS cable device",
    "station only",
    "C-VLAN component",
    "S-VLAN component",
    "two-port MAC relay",
)
_BRIDGE, _ACCESS_POINT, _ROUTER, _TELEPHONE, _STATION = (1 << bit for bit in (2, 3, 4, 5, 7))

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, 0x02), Byte(1, range(2, 256)), Size(9)),
    ports={"ethertype": (0x88CC,)},
    confirmations=1,
    anywhere=False,
)


def _case(size: int) -> Case:
    """LLDPDUs whose chassis identifier has ``size`` bytes: the port follows it, then the time to live (4 bytes)."""
    port = 2 + size
    return Case(
        _NAME,
        (Byte(0, CHASSIS << 1), Byte(1, size), Byte(port, PORT << 1)),
        (Range(0, Field(port + 1, 1, add=port + 6)),),
        Role.NOTICE,
        keep=1500,
        with_length=True,
    )


CASES = (*(_case(size) for size in range(2, 256)), Case(_NAME, (Byte(0, CHASSIS << 1),), role=Role.NOTICE, keep=1500))


# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """The three mandatory TLVs stand in order."""
    if message.transport != "ethernet":
        return False
    try:
        return bool(_mandatory(list(_tlvs(message))))
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """Which port of which device says it is there, then everything it says of itself."""
    tlvs = list(_tlvs(message))
    chassis, port, alive = _mandatory(tlvs)
    known = organised([value for kind, value in tlvs if kind == ORGANISED])
    facts = list(_facts(tlvs, known))
    name = next((value for field, value in facts if field in ("name", "profinet_name")), "")
    yield Operation(
        verb=Verb.IDENTIFY,
        function="LLDPDU",
        kind=Kind.NOTICE,
        object=f"port {_identifier(PORT, port)} of {name or _identifier(CHASSIS, chassis)}",
        detail=joined(_details(tlvs, known), "; ") if any(alive) else said("shutdown"),
        filter="lldp",
    )
    if any(alive):
        yield from (Identity(field, value) for field, value in dict.fromkeys(facts))


def _tlvs(message: Message) -> Iterator[tuple[int, bytes]]:
    """Type and value of each TLV up to the end TLV; a frame that was captured in part ends where it was cut."""
    data, at = message.data, 0
    while at + 2 <= len(data):
        head = int.from_bytes(data[at : at + 2], "big")
        kind, size = head >> 9, head & 0x1FF
        if kind == END:
            return
        if at + 2 + size > len(data):
            if message.length > len(data):
                return
            raise Malformed("TLV of type {kind} reaches beyond the frame", kind=kind)
        yield kind, data[at + 2 : at + 2 + size]
        at += 2 + size


def _mandatory(tlvs: list[tuple[int, bytes]]) -> list[bytes]:
    """Values of chassis, port and time to live."""
    if tuple(kind for kind, _ in tlvs[:3]) != _MANDATORY or any(kind in _MANDATORY for kind, _ in tlvs[3:]):
        raise Malformed("chassis, port and time to live do not begin the LLDPDU, each once")
    values = [value for _, value in tlvs[:3]]
    if len(values[0]) < 2 or len(values[1]) < 2 or len(values[2]) < 2:
        raise Malformed("an empty chassis or port identifier, or a time to live of less than two bytes")
    return values


def _identifier(kind: int, value: bytes) -> str:
    """A chassis or port identifier as text; what is no text in hexadecimal."""
    subtype, rest = value[0], value[1:]
    if subtype == _MAC[kind] and len(rest) == 6:
        return rest.hex(":")
    if subtype == _NETWORK[kind]:
        return _address(rest) or rest.hex()
    return " ".join(printable(rest).split()) or rest.hex()


def _address(value: bytes) -> str:
    """An IP address behind its IANA family; empty for other families."""
    if len(value) < 5 or len(value) != 1 + _IP_FAMILIES.get(value[0], -1):
        return ""
    return str(ipaddress.ip_address(value[1:]))


# --- what the device says of itself ---------------------------------------------------------------------------------

_STATION_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,238}[a-z0-9])?")
_PORT_OF_STATION = re.compile(r"port-[0-9]{3}(?:-[0-9]{5})?\.(.+)")
# SystemIdentification of IEC 61158-6-10: type, order number, serial number, hardware and software revision, at fixed
# width; a description, and of devices since version 2.3 the chassis.
_SYSTEM = re.compile(
    r"(\S.{24}) (.{20}) (.{16}) ([ 0-9]{4}[0-9]) ([VRPUT])([ 0-9]{2}[0-9])([ 0-9]{2}[0-9])([ 0-9]{2}[0-9])"
)
# How older devices of Siemens describe themselves: maker, product, order number, then HW, FW and serial number.
_SIEMENS = re.compile(r"(Siemens[^,]*), (.+?), ((?:6[A-Z]{2}|3[A-Z]{2})[0-9][0-9A-Z -]+)((?:, .*)?)", re.DOTALL)
_VERSIONS = {
    "hardware_revision": re.compile(r", HW: ?(?:Version )?([^,]+)"),
    "firmware": re.compile(r", FW: ?(?:Version )?([^,]+)"),
    "serial": re.compile(r", (S [A-Z]-[A-Z0-9]+)"),
}


def _facts(tlvs: list[tuple[int, bytes]], known: Organised) -> Iterator[tuple[str, str]]:
    """Identity fields and values; text that is none is left out."""
    for kind, value in tlvs:
        if kind == SYSTEM_NAME and printable(value):
            yield "name", printable(value)
        elif kind == DESCRIPTION:
            yield from _description(printable(value), detailed=bool({"model", "firmware"} & dict(known.facts).keys()))
        elif kind == MANAGEMENT:
            address = _management(value)
            if address and not ipaddress.ip_address(address).is_unspecified:
                yield "ip", address
        elif kind == CAPABILITIES and len(value) >= 4:
            yield from (("role", role) for role in _roles(int.from_bytes(value[2:4], "big")))
        elif kind == CHASSIS and value[0] == _MAC[CHASSIS] and len(value) == 7 and any(value[1:]):
            yield "mac", value[1:].hex(":")
        elif kind == CHASSIS and value[0] == _NETWORK[CHASSIS] and _address(value[1:]):
            yield "ip", _address(value[1:])
    if PNO in known.organisations:
        yield from _station_name(tlvs)
    yield from known.facts


def _description(text: str, *, detailed: bool) -> Iterator[tuple[str, str]]:
    """The parts of a description in a form that is known; one of another form may name the software."""
    system, siemens = _SYSTEM.fullmatch(text), _SIEMENS.fullmatch(text)
    if system is not None:
        yield from _system(system)
    elif siemens is not None:
        maker = (part.strip() for part in siemens.groups()[:3])
        yield from zip(("vendor", "model", "order_number"), maker, strict=True)
        for field, pattern in _VERSIONS.items():
            part = pattern.search(siemens.group(4))
            if part:
                yield field, part.group(1).strip()
    elif text and not detailed:
        yield "software", text


def _system(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    """The parts of a SystemIdentification; blanks fill what a device does not know."""
    kind, order, serial, hardware, prefix, *software = (part.strip() for part in found.groups())
    firmware = prefix + ".".join(software)
    for field, value in (("model", kind), ("order_number", order), ("serial", serial)):
        if value:
            yield field, value
    yield "hardware_revision", hardware
    yield "firmware", firmware


def _station_name(tlvs: list[tuple[int, bytes]]) -> Iterator[tuple[str, str]]:
    """A PROFINET name of station: the chassis, or (devices since version 2.3, whose chassis is the system
    identification) behind the port.
    """
    for kind, value in tlvs[:2]:
        text = printable(value[1:]) if value[0] == _LOCAL else ""
        behind = _PORT_OF_STATION.fullmatch(text)
        system = _SYSTEM.fullmatch(text) if kind == CHASSIS else None
        if system is not None:
            yield from _system(system)
        name = text if kind == CHASSIS else behind.group(1) if behind else ""
        if _STATION_NAME.fullmatch(name):
            yield "profinet_name", name


def _management(value: bytes) -> str:
    """The IP address of a management address TLV (8.5.9); empty for other families."""
    return _address(value[1 : 1 + value[0]]) if value else ""


def _roles(enabled: int) -> Iterator[str]:
    """Stations with a built-in switch say bridge as well, and telephones do."""
    if enabled & _BRIDGE and not enabled & (_STATION | _TELEPHONE | _ACCESS_POINT):
        yield "switch"
    if enabled & _ROUTER:
        yield "router"
    if enabled & _ACCESS_POINT:
        yield "wireless_ap"


# --- the rest in words ----------------------------------------------------------------------------------------------


def _details(tlvs: list[tuple[int, bytes]], known: Organised) -> Iterator[str]:
    for kind, value in tlvs:
        text = readable(value, 100)
        if kind in (PORT_DESCRIPTION, DESCRIPTION) and text:
            yield verbatim(text)
        elif kind == CAPABILITIES and len(value) >= 4:
            yield said("enabled: {text}", text=_capabilities(int.from_bytes(value[2:4], "big")))
    if ODVA in known.organisations:
        yield verbatim("EtherNet/IP")
    if PNO in known.organisations:
        yield verbatim("PROFINET")
    yield from known.words


def _capabilities(enabled: int) -> str:
    return joined(said(name) for bit, name in enumerate(_CAPABILITIES) if enabled >> bit & 1) or said("nothing")


PROTOCOL = Protocol(
    name=_NAME,
    title="LLDP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    beyond_key="TLVs have no fixed place; the key has chassis, port, time to live and the length",
    verbs=frozenset({Verb.IDENTIFY}),
    specification="IEEE 802.1AB-2016 sections 8 and 9.2.7.7; IEEE 802.1Q-2018 annex D; IEEE 802.3-2018 section 79; "
    "ANSI/TIA-1057; IEC 61158-6-10 (PROFINET LLDP TLVs); CIP Networks Library Volume 2 (EtherNet/IP LLDP TLVs)",
    industrial=False,
)
