"""Spanning tree: which bridge is the root, who claims what, and changes of topology.

Written from IEEE 802.1D-2004 section 9 (Configuration, Topology Change Notification and RST BPDUs) and IEEE 802.1Q-2018
section 14 (MST and SPT BPDUs). Cisco's per-VLAN form (PVST+, SNAP 00-00-0C 0x010B) holds the same BPDU and a TLV with
the VLAN. BPDUs are not protected: whoever sends a better priority becomes the root of the network.

The message age, and in MST the remaining hops, are left out of the key; every other claim makes another message.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.framing.language import Byte, Case, Field, Framing, Range, Role, Size, Test, Whole, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import readable
from scanner.protocols.layer2._cisco import FRAMING as CISCO
from scanner.protocols.layer2._cisco import is_protocol
from scanner.wording import joined, said

_NAME = "stp"
PVST = bytes.fromhex("00000c010b")
CONFIGURATION, RAPID, CHANGE = 0x00, 0x02, 0x80
_VERSIONS = {0: "STP", 2: "RSTP", 3: "MSTP", 4: "SPT"}
_FUNCTIONS = {
    (CONFIGURATION, 0): "Configuration BPDU",
    (RAPID, 2): "RST BPDU",
    (RAPID, 3): "MST BPDU",
    (RAPID, 4): "SPT BPDU",
    (CHANGE, 0): "Topology Change Notification BPDU",
}
_LEAST = {CONFIGURATION: 35, RAPID: 36, CHANGE: 4}
_ROLES = (said("master port"), said("alternate or backup port"), said("root port"), said("designated port"))

# Where MST has its parts (802.1Q figure 14-1).
_CONFIGURED, _INTERNAL, _HOPS, _INSTANCES, _INSTANCE = 38, 89, 101, 102, 16


def _bpdu(at: int) -> tuple[Byte | Size, ...]:
    """Tests for a BPDU that begins at ``at``."""
    return (*magic(at, b"\0\0"), Byte(at + 2, _VERSIONS), Byte(at + 3, (CONFIGURATION, RAPID, CHANGE)), Size(at + 4))


FRAMING = Framing(
    name=_NAME, delimiter=Whole(), sync=_bpdu(0), ports={"ethertype": (0x42,)}, confirmations=1, anywhere=False
)


def _cases(at: int, *when: Test) -> Iterator[Case]:
    """Cases for a BPDU that begins at ``at``; PVST+ ends with its VLAN."""
    plain = (Range(0, at + 27), Range(at + 29, at + 35))
    mst = (
        *plain,
        Range(at + 35, at + _HOPS),
        Range(at + _INSTANCES, Field(at + 36, 2, add=at + 38), stride=_INSTANCE, width=_INSTANCE - 1),
    )
    vlan = (Range(-6),) if at else ()
    when = (*when, Byte(at + 2, _VERSIONS))
    yield Case(_NAME, (*when, Byte(at + 3, CHANGE)), (Range(0, at + 4),), Role.NOTICE)
    yield Case(_NAME, (*when, Byte(at + 2, (3, 4)), Byte(at + 3, RAPID)), mst, Role.NOTICE, keep=1500)
    yield Case(_NAME, (*when, Byte(at + 3, (CONFIGURATION, RAPID))), (*plain, *vlan), Role.NOTICE)


CASES = (*_cases(len(PVST), *is_protocol(0x010B)), *_cases(0))


class _Bridge(NamedTuple):
    """A bridge identifier: priority (steps of 4096), system identifier extension (a VLAN), address."""

    priority: int
    extension: int
    address: str

    def __str__(self) -> str:
        extension = f"+{self.extension}" if self.extension else ""
        return f"{self.priority}{extension}/{self.address}"


def _bridge(raw: bytes) -> _Bridge:
    first = int.from_bytes(raw[:2], "big")
    return _Bridge(first & 0xF000, first & 0x0FFF, raw[2:8].hex(":"))


def probe(message: Message) -> bool:
    """A kind of BPDU that exists, as long as its kind needs."""
    return message.transport == "ethernet" and is_well_formed(_parsed, message)


def dissect(message: Message) -> Iterator[Row]:
    """Who is claimed to be the root, by whom and through which port; or that the topology changed."""
    data, vlan = _parsed(message)
    version, kind = data[2], data[3]
    function = _FUNCTIONS[kind, version]
    unit = said("VLAN {n}", n=vlan) if vlan else ""
    if kind == CHANGE:
        yield Operation(Verb.REPORT, function, Kind.NOTICE, "0x80", unit, filter="stp.type == 0x80")
        return
    sender = _bridge(data[93:101] if _has_instances(data) else data[17:25])
    root = _bridge(data[5:13])
    yield Operation(
        verb=Verb.REPORT,
        function=function,
        kind=Kind.NOTICE,
        code=f"0x{kind:02X}",
        unit=unit,
        object=f"root {root}",
        detail=joined(_details(data, root, sender)),
        filter=f"stp.root.hw == {root.address}",
    )
    if sender.address != "00:00:00:00:00:00":
        yield Identity("mac", sender.address)


def _parsed(message: Message) -> tuple[bytes, int]:
    """The BPDU, and the VLAN it is for (0: all)."""
    data, length = message.data, message.length
    vlan = 0
    if data[:5] == PVST:
        if length == len(data) and data[-6:-2] == b"\0\0\0\2":
            vlan = int.from_bytes(data[-2:], "big") & 0xFFF
        data, length = data[5:], length - 5
    if len(data) < 4 or data[:2] != b"\0\0":
        raise Malformed("no BPDU")
    if (data[3], data[2]) not in _FUNCTIONS:
        raise Malformed("BPDU of type 0x{type:02X} in version {version}", type=data[3], version=data[2])
    if len(data) < _LEAST[data[3]]:
        raise Malformed("BPDU cut short")
    return data, vlan


def _has_instances(data: bytes) -> bool:
    """It is an MST BPDU with the version 3 part whole (the version 1 length before it is 0)."""
    return data[2] >= 3 and data[35] == 0 and len(data) >= _INSTANCES and int.from_bytes(data[36:38], "big") >= 64


def _details(data: bytes, root: _Bridge, sender: _Bridge) -> Iterator[str]:
    port = int.from_bytes(data[25:27], "big")
    cost = int.from_bytes(data[13:17], "big")
    # One bridge may say two priorities; its address is that of the root, to which only the root has no way.
    itself = sender == root or (sender.address == root.address and not cost)
    yield said("itself") if itself else said("bridge {name}", name=str(sender))
    yield said("port {name}", name=f"{port >> 12 << 4}.{port & 0xFFF}" if data[2] else f"{port >> 8}.{port & 0xFF}")
    yield said("cost {n}", n=cost)
    yield from _flags(data[4], version=data[2])
    if _has_instances(data):
        yield from _region(data)


def _flags(flags: int, *, version: int) -> Iterator[str]:
    """Role 0 is that of no port in RSTP (802.1D-2004, 9.3.3), of a master port in MSTP."""
    if version:
        role = flags >> 2 & 3
        yield _ROLES[role] if role or version > 2 else said("unknown port")
        yield said("forwarding" if flags & 0x20 else "learning" if flags & 0x10 else "discarding")
        if flags & 0x02:
            yield said("proposal")
        if flags & 0x40:
            yield said("agreement")
    if flags & 0x01:
        yield said("topology change")
    if flags & 0x80:
        yield said("topology change acknowledged")


def _region(data: bytes) -> Iterator[str]:
    """The MST region and the regional root of each instance."""
    name = readable(data[_CONFIGURED + 1 : _CONFIGURED + 33], 32)
    yield said('region "{name}" revision {n}', name=name, n=int.from_bytes(data[71:73], "big"))
    regional = _bridge(data[17:25])
    yield said("regional root {name}", name=str(regional))
    end = min(len(data), 38 + int.from_bytes(data[36:38], "big"))
    for at in range(_INSTANCES, min(end, _INSTANCES + 64 * _INSTANCE) - _INSTANCE + 1, _INSTANCE):
        there = _bridge(data[at + 1 : at + 9])
        yield said("instance {n} root {name}", n=there.extension, name=f"{there.priority}/{there.address}")


PROTOCOL = Protocol(
    name=_NAME,
    title="Spanning tree (STP, RSTP, MSTP)",
    short="STP",
    framing=FRAMING,
    more_framings=(CISCO,),
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="IEEE 802.1D-2004 section 9, IEEE 802.1Q-2018 section 14; PVST+: Wireshark's packet-bpdu",
    industrial=False,
)
