"""The slow protocols of IEEE 802.3 (EtherType 0x8809): LACP and Marker (link aggregation), OAM, ESMC.

Written from IEEE 802.1AX-2020 section 6.4.2 (LACPDU) and 6.5.3 (Marker), IEEE 802.3-2018 section 57.4 (OAMPDU) and
ITU-T G.8264 section 11.3 (ESMC). LACP tells which ports of which systems are one link; an OAM loopback takes a link out
of service. Not protected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.wording import joined, said

_NAME = "slow-protocols"
LACP, MARKER, OAM, ORGANIZATION = 1, 2, 3, 10
_LEAST = {LACP: 42, MARKER: 16, OAM: 4, ORGANIZATION: 6}
_ESMC = bytes.fromhex("0019a70001")
_STATES = (
    said("active"),
    said("short timeout"),
    said("aggregating"),
    said("in sync"),
    said("collecting"),
    said("distributing"),
    said("defaulted"),
    said("expired"),
)
_OAM_CODES = {
    0x00: ("OAM Information", Verb.REPORT),
    0x01: ("OAM Event Notification", Verb.REPORT),
    0x02: ("OAM Variable Request", Verb.READ),
    0x03: ("OAM Variable Response", Verb.READ),
    0x04: ("OAM Loopback Control", Verb.OPERATE),
    0xFE: ("OAM Organization Specific", Verb.UNKNOWN),
}
_OAM_FLAGS = {1: said("link fault"), 2: said("dying gasp"), 4: said("critical event")}
_QUALITY = {0x2: "PRC", 0x4: "SSU-A", 0x8: "SSU-B", 0xB: "SEC", 0xF: "do not use"}

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, _LEAST), Size(6)),
    ports={"ethertype": (0x8809,)},
    confirmations=1,
    anywhere=False,
)
CASES = (
    Case(_NAME, (Byte(0, LACP),), (Range(0, 19), Range(22, 39)), Role.NOTICE, keep=128),
    Case(_NAME, (Byte(0, MARKER),), (Range(0, 12),), Role.NOTICE),
    Case(_NAME, (Byte(0, OAM),), (Range(0, 5),), Role.NOTICE),
    Case(_NAME, (Byte(0, ORGANIZATION),), (Range(0, 7), Range(10, 14)), Role.NOTICE),
)


def probe(message: Message) -> bool:
    """A subtype that exists, with the TLVs that it begins with."""
    return message.transport == "ethernet" and is_well_formed(_checked, message)


def dissect(message: Message) -> Iterator[Row]:
    """Which ports are aggregated; what OAM tells or orders."""
    _checked(message)
    yield from _READERS[message.data[0]](message.data)


def _checked(message: Message) -> None:
    data = message.data
    if not data or data[0] not in _LEAST or len(data) < _LEAST[data[0]]:
        raise Malformed("no slow protocol, or cut short")
    if data[0] == LACP and (data[2:4] != b"\1\x14" or data[22:24] != b"\2\x14"):
        raise Malformed("no actor and partner where a LACPDU has them")
    if data[0] == MARKER and (data[2] not in (1, 2) or data[3] != 16):
        raise Malformed("no marker information")
    if data[0] == OAM and data[3] not in _OAM_CODES:
        raise Malformed("OAMPDU code {code}", code=data[3])


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _lacp(data: bytes) -> Iterator[Row]:
    system, partner = data[6:12].hex(":"), data[26:32]
    words: list[str] = [said("port {n}", n=_number(data, 16))]
    if any(partner):
        words.append(said("with port {n} of {name}", n=_number(data, 36), name=partner.hex(":")))
    else:
        words.append(said("without partner"))
    words += (state for bit, state in enumerate(_STATES) if data[18] >> bit & 1)
    yield Operation(
        verb=Verb.REPORT,
        function="LACPDU",
        kind=Kind.NOTICE,
        code=str(LACP),
        object=f"aggregate {_number(data, 12)} of {system}",
        detail=joined(words),
        filter="lacp",
    )
    if any(data[6:12]):
        yield Identity("mac", system)


def _marker(data: bytes) -> Iterator[Row]:
    yield Operation(
        verb=Verb.DIAGNOSE,
        function="Marker" if data[2] == 1 else "Marker Response",
        kind=Kind.NOTICE,
        code=str(MARKER),
        object=f"port {_number(data, 4)} of {data[6:12].hex(':')}",
        filter=f"marker.tlvType == {data[2]}",
    )


def _oam(data: bytes) -> Iterator[Row]:
    function, verb = _OAM_CODES[data[3]]
    words = [text for flag, text in _OAM_FLAGS.items() if data[2] & flag]
    if data[3] == 4 and len(data) > 4:
        words.append({1: said("enable"), 2: said("disable")}.get(data[4], said("command {n}", n=data[4])))
    yield Operation(
        verb=verb,
        function=function,
        kind=Kind.NOTICE,
        code=f"{OAM}:0x{data[3]:02X}",
        detail=joined(words),
        filter=f"oampdu.code == 0x{data[3]:02x}",
    )


def _organization(data: bytes) -> Iterator[Row]:
    synchronous = data[1:6] == _ESMC and len(data) >= 14 and data[10:13] == b"\1\0\4"
    quality = _QUALITY.get(data[13] & 0x0F, f"QL {data[13] & 0x0F}") if synchronous else ""
    yield Operation(
        verb=Verb.TIME_SYNC if synchronous else Verb.UNKNOWN,
        function="ESMC" if synchronous else "Organization Specific Slow Protocol",
        kind=Kind.NOTICE,
        code=str(ORGANIZATION),
        object="" if synchronous else f"organisation {data[1:4].hex('-')}",
        detail=said("quality {name}", name=quality) if quality else "",
        filter=f"slow.subtype == {ORGANIZATION}",
    )


_READERS: dict[int, Callable[[bytes], Iterator[Row]]] = {
    LACP: _lacp,
    MARKER: _marker,
    OAM: _oam,
    ORGANIZATION: _organization,
}

PROTOCOL = Protocol(
    name=_NAME,
    title="LACP and other slow protocols",
    short="LACP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT, Verb.DIAGNOSE, Verb.READ, Verb.OPERATE, Verb.TIME_SYNC, Verb.UNKNOWN}),
    specification="IEEE 802.1AX-2020 section 6; IEEE 802.3-2018 section 57 and annex 57A; ITU-T G.8264 section 11.3",
    industrial=False,
    display_filter="slow",
)
