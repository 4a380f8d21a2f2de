"""At which ports a server says it is to be reached: answers of an endpoint mapper, and string bindings of DCOM.

Written from C706 appendix O (ept_map), appendix L (protocol towers) and appendix I (protocol identifiers), [MS-RPCE]
section 2.2.1.2.5, and [MS-DCOM] sections 2.2.19.3 (STRINGBINDING), 2.2.22.2.8.1 (activation) and 3.1.2.5.1
(IObjectExporter). A binding that names another host than the one that says it agrees on nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address

from scanner.addresses import is_ip
from scanner.protocols.dcerpc._calls import Order

MOST_ENDPOINTS = 8  # of one answer
_HANDLE, _NUMBERS = 20, 16  # of an answer to ept_map: the handle; number of towers, and their array's three numbers
_NDR_FLOOR = b"\x13\0\x0d"  # a floor of 19 bytes that is a UUID: the first of every tower of a remote procedure call
_FLOORS = range(3, 8)
_TCP, _UDP, _IP = 0x07, 0x08, 0x09
# An entry of kind ncacn_ip_tcp: a host, and the port in brackets.
_BINDING = re.compile(
    rb"\x07\x00((?:[\x21-\x5a\x5e-\x7e]\x00){1,255}?)\[\x00((?:[0-9]\x00){1,5})\]\x00\x00\x00", re.DOTALL
)


def mapped(order: Order, stub: bytes, source: str, transport: str = "tcp") -> tuple[int, ...]:
    """Ports of the towers in an answer to ept_map, behind the RPC header."""
    count = order.number(stub, _HANDLE)
    if not 0 < count <= MOST_ENDPOINTS or order.number(stub, _HANDLE + 12) != count or order.number(stub, _HANDLE + 8):
        return ()
    return towers(order, stub[_HANDLE + _NUMBERS + 4 * count :], source, transport)[:count]


def towers(order: Order, data: bytes, source: str, transport: str = "tcp") -> tuple[int, ...]:
    """Ports of the towers that follow one another: each a length twice, and its bytes up to a multiple of four."""
    found: list[int] = []
    for _ in range(MOST_ENDPOINTS):
        length = order.number(data, 4)
        tower = data[8 : 8 + length]
        if not length or length != order.number(data, 0) or len(tower) < length:
            break
        found += _port(tower, source, _TCP if transport == "tcp" else _UDP)
        data = data[8 + (length + 3 & ~3) :]
    return _distinct(found)


def _port(tower: bytes, source: str, wanted: int) -> Iterator[int]:
    """The port of a tower, unless it is another host's."""
    if int.from_bytes(tower[:2], "little") not in _FLOORS or tower[2:5] != _NDR_FLOOR:
        return
    at, port, host = 2, 0, bytes(4)
    for _ in range(tower[0]):
        left = int.from_bytes(tower[at : at + 2], "little")
        kind = tower[at + 2 : at + 3]
        right = int.from_bytes(tower[at + 2 + left : at + 4 + left], "little")
        value = tower[at + 4 + left : at + 4 + left + right]
        if kind == bytes((wanted,)) and len(value) == 2:
            port = int.from_bytes(value, "big")
        elif kind == bytes((_IP,)) and len(value) == 4:
            host = value
        at += 4 + left + right
    if port and (not any(host) or str(IPv4Address(host)) == source):
        yield port


def bindings(data: bytes, source: str) -> tuple[int, ...]:
    """TCP ports of the string bindings in an answer of an object resolver or to an activation."""
    found = ((m[1][::2].decode("ascii"), int(m[2][::2])) for m in _BINDING.finditer(data))
    return _distinct(port for host, port in found if 0 < port <= 0xFFFF and (host == source or not is_ip(host)))


def _distinct(ports: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(ports))[:MOST_ENDPOINTS]
