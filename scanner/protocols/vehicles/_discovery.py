"""Messages of SOME/IP service discovery: which services are offered, looked for and subscribed to, and where they are.

AUTOSAR FO PRS SOME/IP Service Discovery Protocol, section 4.1 (header, entries, options).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.protocols.base import Kind, Malformed, Operation, Row, Verb
from scanner.protocols.common.reader import Reader
from scanner.wording import Said, said

_ENTRY = 16  # bytes
_FIND, _OFFER, _SUBSCRIBE, _ANSWER = 0, 1, 6, 7
_IPV4, _IPV6 = (0x04, 0x14, 0x24), (0x06, 0x16, 0x26)  # endpoints: unicast, multicast, of service discovery itself
_TRANSPORTS = {6: "tcp", 17: "udp"}
MOST_ENTRIES = 128
_MOST_OPTIONS = 128


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry: what it is, of which service, and its options by their numbers."""

    kind: int
    service: int
    instance: int
    version: int
    ttl: int
    last: int  # minor version of a service, or counter and event group
    options: tuple[int, ...]


def entries(data: bytes, at: int, length: int) -> Iterator[Row]:
    """The entries of a message whose discovery part begins at ``at``, as far as they were kept."""
    reader = Reader(data, at, length)
    reader.take(4)  # flags
    size = reader.number(4)
    if size % _ENTRY or size > reader.left:
        raise Malformed("the entries of a service discovery do not fit its message")
    whole = min(size // _ENTRY, MOST_ENTRIES, (len(data) - reader.at) // _ENTRY)
    found = [_entry(reader) for _ in range(whole)]
    options = _options(data, at + 8 + size, length)
    for entry in found:
        yield _row(entry, [options[n] for n in entry.options if n in options])


def _entry(reader: Reader) -> _Entry:
    kind, first, second, counts = (reader.number(1) for _ in range(4))
    service, instance, version, ttl, last = (reader.number(size) for size in (2, 2, 1, 3, 4))
    runs = (first, counts >> 4), (second, counts & 15)
    options = tuple(n for start, count in runs for n in range(start, start + count))
    return _Entry(kind, service, instance, version, ttl, last, options)


def _options(data: bytes, at: int, length: int) -> dict[int, str]:
    """Number -> the endpoint that it names, "udp 10.0.0.1:30501"; other options have none."""
    reader, found = Reader(data, at, length), {}
    try:
        end = reader.number(4) + reader.at
        for number in range(_MOST_OPTIONS):
            if reader.at >= end:
                break
            size, kind = reader.number(2), reader.number(1)
            body = reader.take(size)
            if (kind in _IPV4 and size == 9) or (kind in _IPV6 and size == 21):
                found[number] = _endpoint(body)
    except Malformed:
        pass  # what an entry says does not hang on them
    return found


def _endpoint(body: bytes) -> str:
    address = ipaddress.ip_address(body[1:-4])
    transport = _TRANSPORTS.get(body[-3], f"ip-{body[-3]}")
    shown = f"[{address}]" if address.version == 6 else str(address)
    return f"{transport} {shown}:{int.from_bytes(body[-2:], 'big')}"


def _row(entry: _Entry, places: list[str]) -> Operation:
    name, verb, kind = {
        _FIND: ("FindService", Verb.IDENTIFY, Kind.REQUEST),
        _OFFER: ("OfferService", Verb.REPORT, Kind.NOTICE),
        _SUBSCRIBE: ("SubscribeEventgroup", Verb.SUBSCRIBE, Kind.REQUEST),
        _ANSWER: ("SubscribeEventgroupAck", Verb.SUBSCRIBE, Kind.RESPONSE),
    }.get(entry.kind, (f"entry 0x{entry.kind:02x}", Verb.UNKNOWN, Kind.NOTICE))
    refusal = ""
    if not entry.ttl and entry.kind in (_OFFER, _SUBSCRIBE):
        name, kind = f"Stop{name}", Kind.NOTICE
    elif not entry.ttl and entry.kind == _ANSWER:
        name, kind, refusal = "SubscribeEventgroupNack", Kind.REFUSAL, "subscription refused"
    group = f", event group 0x{entry.last & 0xFFFF:04x}" if entry.kind in (_SUBSCRIBE, _ANSWER) else ""
    where: Said | str = said("at {places}", places=", ".join(dict.fromkeys(places))) if places else ""
    return Operation(
        verb,
        name,
        kind,
        code=f"SD:{entry.kind}",
        object=f"service 0x{entry.service:04x}.0x{entry.instance:04x}{group}",
        detail=where,
        refusal=refusal,
        filter=f"someipsd.entry.type == {entry.kind}",
    )
