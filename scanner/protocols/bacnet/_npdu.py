"""The network layer of BACnet (ANSI/ASHRAE 135-2020 clause 6): routed addresses, and messages between routers.

What a router passes on is of a device behind it: rows name that device by network and station, and what it says of
itself is no identity of the router's address.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import NamedTuple

from scanner.protocols.bacnet import _apdu as apdu
from scanner.protocols.bacnet import _names as names
from scanner.protocols.bacnet._vendors import vendor
from scanner.protocols.base import Identity, Kind, Malformed, Operation, Row, Session, Verb
from scanner.wording import joined, said

VERSION, ALL_NETWORKS = 0x01, 0xFFFF
_NETWORK_MESSAGE, _DESTINATION, _SOURCE, _PRIORITY = 0x80, 0x20, 0x08, 0x03
_IP_PORTS = range(0xBAC0, 0xBAD0)
_ENCRYPTED = 0x40  # in the control byte of a security wrapper (clause 24.2.1)
_SHOWN = 12  # networks or entries listed


class Station(NamedTuple):
    """A network number and an address in it; no address is a broadcast."""

    network: int
    address: bytes

    @property
    def ip(self) -> str:
        """The address when it is one of BACnet/IP; those of Ethernet and BACnet/SC have six bytes as well."""
        if len(self.address) == 6 and int.from_bytes(self.address[4:], "big") in _IP_PORTS:
            return str(IPv4Address(self.address[:4]))
        return ""

    @property
    def shown(self) -> str:
        if self.network == ALL_NETWORKS:
            return said("all networks")
        if not self.address:
            return said("network {n}", n=self.network)
        if len(self.address) == 1:
            return said("network {n} station {name}", n=self.network, name=self.address[0])
        shown = f"{self.ip}:{int.from_bytes(self.address[4:], 'big')}" if self.ip else self.address.hex(":")
        return said("network {n} station {name}", n=self.network, name=shown)


class Header(NamedTuple):
    """The network header. at: where the application or network message begins."""

    at: int
    network_message: bool
    target: Station | None
    source: Station | None
    priority: int


def header(data: bytes) -> Header:
    """The header at the start of ``data``; Malformed when it breaks clause 6.2."""
    if len(data) < 2:
        raise Malformed("NPDU cut short")
    if data[0] != VERSION:
        raise Malformed("NPDU version {version}, not 1", version=data[0])
    control, at = data[1], 2
    target = source = None
    if control & _DESTINATION:
        target, at = _station(data, at)
    if control & _SOURCE:
        source, at = _station(data, at)
        if not source.address or source.network == ALL_NETWORKS:
            raise Malformed("a source that is a broadcast")
    at += target is not None  # hop count
    if at >= len(data):
        raise Malformed("NPDU ends within its header")
    return Header(at, bool(control & _NETWORK_MESSAGE), target, source, control & _PRIORITY)


def plausible(data: bytes) -> bool:
    """The header holds, and behind it is a network message that is defined or a vendor's, or an application message
    of a type that exists. Malformed when the header does not hold.
    """
    found = header(data)
    first = data[found.at]
    return first in names.NETWORK or first >= 0x80 if found.network_message else first >> 4 < 8


def _station(data: bytes, at: int) -> tuple[Station, int]:
    if at + 3 > len(data) or at + 3 + data[at + 2] > len(data):
        raise Malformed("address cut short")
    end = at + 3 + data[at + 2]
    return Station(int.from_bytes(data[at : at + 2], "big"), data[at + 3 : end]), end


def rows(data: bytes, length: int, *, ip: str = "", node: str = "", words: tuple[str, ...] = ()) -> list[Row]:
    """The rows of an NPDU of ``length`` bytes.

    ip, node: who sent it, where that is another than the sender of the message; a node has no address that is known.
    words: to be said of every operation.
    """
    at, network_message, target, source, priority = header(data)
    if priority:
        words = (*words, said("network priority {text}", text=said(names.NETWORK_PRIORITIES[priority])))
    if source:
        ip = source.ip
    known = bool(ip) or not (source or node)
    where = apdu.Where(target.shown if target else "", source.shown if source else node, ip, known, words)
    if network_message:
        return list(_network(data[at:], length - at, where))
    return apdu.rows(data[at:], length - at, where)


def _network(data: bytes, length: int, where: apdu.Where) -> Iterator[Row]:
    """A message between routers."""
    kind = data[0]
    name, verb = names.NETWORK.get(kind, ("Reserved network message", Verb.UNKNOWN))
    if kind >= 0x80:
        if len(data) < 3:
            raise Malformed("vendor of a proprietary network message is missing")
        name = f"Proprietary network message of {vendor(int.from_bytes(data[1:3], 'big'))}"
    answers = kind in (names.I_AM_ROUTER, names.INITIALIZE_ACK, names.NUMBER_IS)
    asks = kind in (names.WHO_IS_ROUTER, names.INITIALIZE, names.WHAT_IS_NUMBER, names.ESTABLISH, names.DISCONNECT)
    shown, refusal = _networks(kind, data, length)
    other = Kind.UNCONFIRMED if kind == names.SECURITY_PAYLOAD else Kind.NOTICE  # in it may be any request
    yield Operation(
        verb=verb,
        function=name,
        kind=Kind.REFUSAL if refusal else Kind.RESPONSE if answers else Kind.REQUEST if asks else other,
        code=f"network 0x{kind:02X}",
        unit=where.source if answers or refusal else where.target,
        object=shown,
        detail=joined(where.words),
        refusal=refusal,
        filter=f"bacnet.mesgtyp == 0x{kind:02x}",
    )
    if kind in (names.I_AM_ROUTER, names.INITIALIZE_ACK) and where.known:
        yield Identity("role", "BACnet router", ip=where.ip)
    if kind in names.SECURITY_MESSAGES:
        yield security(data[1] if len(data) > 1 else 0, wrapper=kind == 0x0B)


def security(control: int, *, wrapper: bool = True) -> Session:
    """A message of BACnet network security (clause 24): signed always, encrypted when the control byte says so."""
    encrypted = wrapper and bool(control & _ENCRYPTED)
    return Session(authenticated=True, encrypted=encrypted, detail=said("BACnet network security"))


def _networks(kind: int, data: bytes, length: int) -> tuple[str, str]:
    """(networks that the message speaks of, why a message was rejected)."""
    if kind in (names.WHO_IS_ROUTER, names.I_AM_ROUTER, names.BUSY, names.AVAILABLE):
        numbers = [int.from_bytes(data[at : at + 2], "big") for at in range(1, len(data) - 1, 2)]
        if not numbers:
            return "all networks" if length == 1 else "", ""
        return _listed([f"network {n}" for n in numbers]), ""
    if kind == names.REJECT_TO_NETWORK:
        if len(data) < 4:
            raise Malformed("reason or network of a rejection is missing")
        reason = names.named(names.NETWORK_REJECTS, data[1])
        return f"network {int.from_bytes(data[2:4], 'big')}", reason
    if kind in (names.INITIALIZE, names.INITIALIZE_ACK):
        return _routes(data), ""
    if kind in (names.COULD_BE_ROUTER, names.ESTABLISH, names.DISCONNECT, names.NUMBER_IS) and len(data) >= 3:
        return f"network {int.from_bytes(data[1:3], 'big')}", ""
    return "", ""


def _routes(data: bytes) -> str:
    """Ports of a routing table: network, port, and information of any length. None at all asks for the table."""
    if len(data) < 2:
        raise Malformed("number of ports is missing")
    found, at = [], 2
    for _ in range(data[1]):
        if at + 4 > len(data):
            break
        found.append(f"network {int.from_bytes(data[at : at + 2], 'big')} at port {data[at + 2]}")
        at += 4 + data[at + 3]
    return _listed(found)


def _listed(texts: list[str]) -> str:
    more = len(texts) - _SHOWN
    return ", ".join(texts[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
