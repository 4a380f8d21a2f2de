"""VTP, Cisco's VLAN trunking protocol (SNAP 00-00-0C, 0x2003): who spreads a VLAN database over all switches.

Written from Cisco's description of its frames ("Understand VLAN Trunk Protocol") and Wireshark's packet-vtp, versions 1
and 2; of version 3 domain and kind only. A switch with a higher revision overwrites the VLANs of its domain. Messages
begin at the SNAP organisation code: version is byte 5, code 6, the domain's length 8, the domain 9 to 40.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.text import readable
from scanner.protocols.layer2._cisco import FRAMING, is_protocol
from scanner.wording import joined, said

_NAME = "vtp"
SNAP = bytes.fromhex("00000c2003")
SUMMARY, SUBSET, REQUEST, JOIN = range(1, 5)
_FUNCTIONS = {
    SUMMARY: ("Summary Advertisement", Verb.REPORT, 49),
    SUBSET: ("Subset Advertisement", Verb.CONFIGURE, 45),
    REQUEST: ("Advertisement Request", Verb.READ, 41),
    JOIN: ("Join/Prune Message", Verb.SUBSCRIBE, 41),
}
_VERSIONS = (1, 2, 3)
_DOMAIN, _REVISION, _UPDATER, _VLANS = 9, 41, 45, 45
_MOST = 64  # VLANs that are named

_IS_VTP = is_protocol(0x2003)
CASES = (
    Case(_NAME, (*_IS_VTP, Byte(6, SUBSET)), (Range(5),), Role.NOTICE, keep=1500),
    Case(_NAME, _IS_VTP, (Range(5, 49),), Role.NOTICE),
)


def probe(message: Message) -> bool:
    """A version and code that exist, and a domain that fits."""
    data = message.data
    if message.transport != "ethernet" or data[: len(SNAP)] != SNAP or len(data) < _DOMAIN:
        return False
    known = data[5] in _VERSIONS and data[6] in _FUNCTIONS and data[8] <= 32
    return known and message.length >= (_FUNCTIONS[data[6]][2] if data[5] < 3 else _REVISION)


def dissect(message: Message) -> Iterator[Row]:
    """Which domain, in which revision; the VLANs of a subset."""
    data = message.data
    if not probe(message) or len(data) < _REVISION:
        raise Malformed("no VTP message")
    function, verb, least = _FUNCTIONS[data[6]]
    detail = ""
    if data[5] < 3 and len(data) >= least:
        detail = joined(_details(data), "; ")
    yield Operation(
        verb=verb,
        function=function,
        kind=Kind.NOTICE,
        code=str(data[6]),
        unit=said("version {n}", n=data[5]),
        object=f"VTP domain {readable(data[_DOMAIN : _DOMAIN + data[8]], 32)}",
        detail=detail,
        filter=f"vtp.code == {data[6]}",
    )


def _details(data: bytes) -> Iterator[str]:
    if data[6] in (SUMMARY, SUBSET):
        yield said("revision {n}", n=int.from_bytes(data[_REVISION : _REVISION + 4], "big"))
    if data[6] == SUMMARY and any(data[_UPDATER : _UPDATER + 4]):
        yield said("by {name}", name=ipaddress.IPv4Address(data[_UPDATER : _UPDATER + 4]))
    if data[6] == SUBSET:
        vlans = list(_vlans(data))
        if vlans:
            yield said("VLANs {names}", names=", ".join(vlans))


def _vlans(data: bytes) -> Iterator[str]:
    """Number and name of each VLAN: length, status, type, length of the name, number, MTU, index, name."""
    at = _VLANS
    for _ in range(_MOST):
        size = data[at] if at < len(data) else 0
        if size < 12 or at + size > len(data):
            return
        name = readable(data[at + 12 : at + 12 + min(data[at + 3], size - 12)], 32)
        yield f'{int.from_bytes(data[at + 4 : at + 6], "big")} "{name}"'
        at += size


PROTOCOL = Protocol(
    name=_NAME,
    title="VTP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT, Verb.CONFIGURE, Verb.READ, Verb.SUBSCRIBE}),
    specification="Cisco VLAN Trunking Protocol versions 1 and 2 (Cisco document 10558; Wireshark's packet-vtp)",
    industrial=False,
)
