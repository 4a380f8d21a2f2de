"""TLVs that organisations add to LLDP, in words and as identity fields.

IEEE 802.1 (802.1Q annex D), IEEE 802.3 (802.3 section 79.3), TIA (ANSI/TIA-1057 section 10: media endpoint discovery),
PROFIBUS Nutzerorganisation (IEC 61158-6-10, LLDP APDU), ODVA (CIP Networks Library Volume 2, LLDP).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from scanner.protocols.cip._names import DEVICE_TYPES
from scanner.protocols.cip._vendors import VENDORS
from scanner.protocols.common.text import printable, readable
from scanner.wording import said

DOT1, DOT3, TIA, PNO, ODVA = (bytes.fromhex(oui) for oui in ("0080c2", "00120f", "0012bb", "000ecf", "00216c"))


class Statement(NamedTuple):
    """One thing a TLV says: words for the reader, or an identity field."""

    text: str
    field: str = ""


@dataclass
class Organised:
    """What all of them together say."""

    organisations: set[bytes] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)


_Reader = Callable[[bytes], Iterator[Statement]]


def organised(values: Sequence[bytes]) -> Organised:
    """The TLV values of type 127; those of unknown makers and those too short for their subtype say nothing."""
    found = Organised()
    for value in values:
        if len(value) < 4:
            continue
        found.organisations.add(value[:3])
        least, reader = _READERS.get((value[:3], value[3]), (0, None))
        if reader is None or len(value) < 4 + least:
            continue
        for told in reader(value[4:]):
            if told.field:
                found.facts.append((told.field, told.text))
            elif told.text:
                found.words.append(told.text)
    return found


# --- IEEE 802.1 -----------------------------------------------------------------------------------------------------


def _port_vlan(value: bytes) -> Iterator[Statement]:
    number = int.from_bytes(value[:2], "big")
    yield Statement(said("port VLAN {n}", n=number) if number else said("no untagged VLAN"))


def _vlan_name(value: bytes) -> Iterator[Statement]:
    number, name = int.from_bytes(value[:2], "big"), readable(value[3 : 3 + value[2]], 32)
    yield Statement(said('VLAN {n} "{name}"', n=number, name=name))


def _management_vlan(value: bytes) -> Iterator[Statement]:
    yield Statement(said("management VLAN {n}", n=int.from_bytes(value[:2], "big")))


def _aggregation(value: bytes) -> Iterator[Statement]:
    if value[0] & 2:
        yield Statement(said("aggregated into port {n}", n=int.from_bytes(value[1:5], "big")))


# --- IEEE 802.3 -----------------------------------------------------------------------------------------------------

# dot3MauType of RFC 4836 (IANA MAU MIB): those met on plants' cables.
_MAU_TYPES = {
    5: "10BASE-T",
    10: "10BASE-T half duplex",
    11: "10BASE-T full duplex",
    15: "100BASE-TX half duplex",
    16: "100BASE-TX full duplex",
    17: "100BASE-FX half duplex",
    18: "100BASE-FX full duplex",
    21: "1000BASE-X half duplex",
    22: "1000BASE-X full duplex",
    23: "1000BASE-LX half duplex",
    24: "1000BASE-LX full duplex",
    25: "1000BASE-SX half duplex",
    26: "1000BASE-SX full duplex",
    29: "1000BASE-T half duplex",
    30: "1000BASE-T full duplex",
    31: "10GBASE-X",
    33: "10GBASE-R",
    35: "10GBASE-LR",
    36: "10GBASE-SR",
    54: "10GBASE-T",
}


_DUPLEX = {"": "{name}", "half duplex": "{name} half duplex", "full duplex": "{name} full duplex"}


def _mac_phy(value: bytes) -> Iterator[Statement]:
    kind = int.from_bytes(value[3:5], "big")
    if kind in _MAU_TYPES:
        name, _, duplex = _MAU_TYPES[kind].partition(" ")
        yield Statement(said(_DUPLEX[duplex], name=name))
    if value[0] & 3 == 1:
        yield Statement(said("auto-negotiation off"))


def _power(value: bytes) -> Iterator[Statement]:
    if value[0] & 2:
        source = bool(value[0] & 1)
        yield Statement(said("power over Ethernet: source" if source else "power over Ethernet: powered device"))


def _frame_size(value: bytes) -> Iterator[Statement]:
    yield Statement(said("maximum frame size {n}", n=int.from_bytes(value[:2], "big")))


def _preemption(value: bytes) -> Iterator[Statement]:
    if int.from_bytes(value[:2], "big") & 4:
        yield Statement(said("frame preemption active"))


# --- TIA: media endpoint discovery ----------------------------------------------------------------------------------

_CLASSES = {
    1: said("LLDP-MED endpoint class I"),
    2: said("LLDP-MED endpoint class II"),
    3: said("LLDP-MED endpoint class III"),
    4: said("LLDP-MED network connectivity"),
}
_APPLICATIONS = {
    1: "voice",
    2: "voice signalling",
    3: "guest voice",
    4: "guest voice signalling",
    5: "softphone voice",
    6: "video conferencing",
    7: "streaming video",
    8: "video signalling",
}


def _media_class(value: bytes) -> Iterator[Statement]:
    if value[2] in _CLASSES:
        yield Statement(_CLASSES[value[2]])


def _network_policy(value: bytes) -> Iterator[Statement]:
    policy = int.from_bytes(value[1:4], "big")
    if not policy >> 23 and policy >> 22 & 1:
        known = _APPLICATIONS.get(value[0])
        name = said(known) if known else said("application {n}", n=value[0])
        yield Statement(said("{text} in VLAN {n}", text=name, n=policy >> 9 & 0xFFF))


def _inventory(name: str) -> _Reader:
    def read(value: bytes) -> Iterator[Statement]:
        text = printable(value)
        if text:
            yield Statement(text, name)

    return read


def _asset(value: bytes) -> Iterator[Statement]:
    yield Statement(said("asset {name}", name=readable(value, 32)))


# --- PROFINET -------------------------------------------------------------------------------------------------------

_RT_CLASS_3 = {2: said("RT class 3 up"), 3: said("RT class 3 down"), 4: said("RT class 3 running")}
_ANY_DOMAIN = bytes.fromhex("ff" * 16)


def _port_status(value: bytes) -> Iterator[Statement]:
    state = int.from_bytes(value[2:4], "big") & 7
    if state in _RT_CLASS_3:
        yield Statement(_RT_CLASS_3[state])


def _alias(value: bytes) -> Iterator[Statement]:
    yield Statement(said("alias {name}", name=readable(value, 100)))


def _mrp_domain(value: bytes) -> Iterator[Statement]:
    if any(value[:16]):
        usual = value[:16] == _ANY_DOMAIN
        yield Statement(
            said("MRP domain default") if usual else said("MRP domain {name}", name=uuid.UUID(bytes=value[:16]))
        )


def _chassis_mac(value: bytes) -> Iterator[Statement]:
    if any(value[:6]):
        yield Statement(value[:6].hex(":"), "mac")


def _ptcp(value: bytes) -> Iterator[Statement]:
    if any(value[:6]):
        yield Statement(said("synchronised by {name}", name=value[:6].hex(":")))


def _tsn_domain(value: bytes) -> Iterator[Statement]:
    if any(value[:16]):
        yield Statement(said("TSN domain {name}", name=uuid.UUID(bytes=value[:16])))


# --- ODVA -----------------------------------------------------------------------------------------------------------


def _cip_identification(order: Literal["little", "big"]) -> _Reader:
    """Vendor, device type, product code, revision, serial number; the deprecated subtype has CIP's own byte order."""

    def read(value: bytes) -> Iterator[Statement]:
        vendor, kind, product = (int.from_bytes(value[at : at + 2], order) for at in (0, 2, 4))
        yield Statement(said("CIP device type {n}, product code {m}", n=kind, m=product))
        yield Statement(VENDORS.get(vendor, f"ODVA vendor {vendor}"), "vendor")
        yield Statement(f"{value[6] & 0x7F}.{value[7]}", "firmware")
        serial = int.from_bytes(value[8:12], order)
        if serial:
            yield Statement(f"{serial:08X}", "serial")
        if kind in DEVICE_TYPES:
            yield Statement(DEVICE_TYPES[kind], "role")

    return read


def _cip_label(value: bytes) -> Iterator[Statement]:
    yield Statement(said("interface {name}", name=readable(value, 64)))


# organisation, subtype -> least length behind the subtype, what it says
_READERS: dict[tuple[bytes, int], tuple[int, _Reader]] = {
    (DOT1, 1): (2, _port_vlan),
    (DOT1, 3): (3, _vlan_name),
    (DOT1, 6): (2, _management_vlan),
    (DOT1, 7): (5, _aggregation),
    (DOT3, 1): (5, _mac_phy),
    (DOT3, 2): (3, _power),
    (DOT3, 3): (5, _aggregation),
    (DOT3, 4): (2, _frame_size),
    (DOT3, 7): (2, _preemption),
    (TIA, 1): (3, _media_class),
    (TIA, 2): (4, _network_policy),
    (TIA, 5): (1, _inventory("hardware_revision")),
    (TIA, 6): (1, _inventory("firmware")),
    (TIA, 7): (1, _inventory("software")),
    (TIA, 8): (1, _inventory("serial")),
    (TIA, 9): (1, _inventory("vendor")),
    (TIA, 10): (1, _inventory("model")),
    (TIA, 11): (1, _asset),
    (PNO, 2): (4, _port_status),
    (PNO, 3): (1, _alias),
    (PNO, 4): (16, _mrp_domain),
    (PNO, 5): (6, _chassis_mac),
    (PNO, 6): (6, _ptcp),
    (PNO, 9): (16, _tsn_domain),
    (ODVA, 1): (12, _cip_identification("little")),
    (ODVA, 2): (6, _chassis_mac),
    (ODVA, 3): (1, _cip_label),
    (ODVA, 9): (12, _cip_identification("big")),
}
