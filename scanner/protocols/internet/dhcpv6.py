"""DHCP for IPv6: who asks for an address, who gives one, and what clients say of themselves; relays included.

Written from RFC 8415 (messages in section 7.3, formats in 8 and 9, DUIDs in 11, options in 21) and RFC 4704 (names).
Requests go to a group and answers come from elsewhere, so that messages are counted and not paired.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed, once
from scanner.protocols.common.text import printable

NAME = "dhcpv6"
TYPES = {
    1: "Solicit",
    2: "Advertise",
    3: "Request",
    4: "Confirm",
    5: "Renew",
    6: "Rebind",
    7: "Reply",
    8: "Release",
    9: "Decline",
    10: "Reconfigure",
    11: "Information-request",
    12: "Relay-forward",
    13: "Relay-reply",
}
_RELAYED = (12, 13)
_BY_SERVER = (2, 7, 10, 13)
_PLAIN, _RELAY = 4, 34  # bytes of the header
_OPTION = 4
_CLIENT, _SERVER, _RELAY_MESSAGE, _VENDOR_CLASS, _NAME = 1, 2, 9, 16, 39
_OPTIONS = range(1, 160)
_MOST_RELAYS = 8
_WITH_LINK_LAYER = {1: 8, 3: 4}  # kind of DUID -> where the address begins
_ETHERNET = 1


def _sync(header: int) -> tuple[Byte | Size, ...]:
    option = (Byte(header, 0), Byte(header + 1, _OPTIONS), Byte(header + 2, (0, 1)))
    return (*option, Size(header + _OPTION))


FRAMING = Framing(
    name=NAME,
    delimiter=Whole(),
    sync=(Byte(0, [t for t in TYPES if t not in _RELAYED]), *_sync(_PLAIN)),
    ports={"udp": (546, 547)},
    confirmations=1,
    anywhere=False,  # clients and servers know no other ports, and what comes first may be anybody's
)
RELAYED = Framing(
    name="dhcpv6-relayed",
    delimiter=Whole(),
    sync=(Byte(0, _RELAYED), Byte(1, range(33)), *_sync(_RELAY)),
    ports={"udp": (547,)},
    confirmations=1,
    anywhere=False,
)


def _options(data: bytes, length: int) -> dict[int, bytes]:
    """Of each option the first; Malformed when they do not fill the message."""
    if not data or data[0] not in TYPES:
        raise Malformed("no type of message of DHCPv6")
    at = _RELAY if data[0] in _RELAYED else _PLAIN
    found: dict[int, bytes] = {}
    while at + _OPTION <= len(data):
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        value = data[at + _OPTION : at + _OPTION + size]
        at += _OPTION + size
        if at <= len(data):
            found.setdefault(int.from_bytes(data[at - size - 4 : at - size - 2], "big"), value)
    if at != length if len(data) == length else at > length or not found:
        raise Malformed("the options do not fill the message")
    return found


@once
def _read(message: Message) -> dict[int, bytes]:
    return _options(message.data, message.length)


def probe(message: Message) -> bool:
    """A type that exists, and options that fill the message."""
    return message.transport == "udp" and is_well_formed(_read, message)


def proof(message: Message) -> bool:
    """It says from whom or to whom it is, by an identifier of a kind that exists, or carries what does."""
    try:
        options = _read(message)
    except Malformed:
        return False
    inner = options.get(_RELAY_MESSAGE, b"")
    duids = [options[code] for code in (_CLIENT, _SERVER) if code in options]
    return any(_duid(d) for d in duids) or (message.data[0] in _RELAYED and bool(inner) and inner[0] in TYPES)


def _duid(value: bytes) -> bool:
    return 4 <= len(value) <= 130 and value[0] == 0 and 1 <= value[1] <= 4


def dissect(message: Message) -> Iterator[Row]:
    """The type of the message, within those that relays put around it, and the client's name and system."""
    if not probe(message):
        raise Malformed("the options do not fill the message")
    data, options = message.data, _read(message)
    relayed = data[0] in _RELAYED
    for _ in range(_MOST_RELAYS):
        if data[0] not in _RELAYED:
            break
        inner = options.get(_RELAY_MESSAGE, b"")
        if not inner and len(message.data) < message.length:
            break
        options = _options(inner, len(inner))
        data = inner
    yield Operation(
        Verb.SESSION,
        f"DHCPv6 {TYPES[data[0]]}",
        Kind.NOTICE,
        str(data[0]),
        object=f"server {options[_SERVER].hex()}" if data[0] in _BY_SERVER and _duid(options.get(_SERVER, b"")) else "",
        filter=f"dhcpv6.msgtype == {data[0]}",
    )
    if data[0] not in _BY_SERVER:
        yield from _client(options, relayed=relayed)


def _client(options: dict[int, bytes], *, relayed: bool) -> Iterator[Row]:
    """What a client says of itself; behind a relay, where its identifier has its address."""
    duid = options.get(_CLIENT, b"")
    at = _WITH_LINK_LAYER.get(duid[1], 0) if _duid(duid) else 0
    ethernet = at and int.from_bytes(duid[2:4], "big") == _ETHERNET and len(duid) == at + 6
    mac = duid[at:].hex(":") if ethernet else ""
    if relayed and not mac:
        return
    if name := _name(options.get(_NAME, b"")[1:]):
        yield Identity("hostname", name, mac=mac)
    system = printable(options.get(_VENDOR_CLASS, b"")[6:])
    if system.startswith("MSFT"):
        yield Identity("os", "Windows", mac=mac)
    elif system:
        yield Identity("software", system, mac=mac)


def _name(labels: bytes) -> str:
    """A name in labels, the last of which may be missing."""
    parts, at = [], 0
    while at < len(labels) and labels[at]:
        part = labels[at + 1 : at + 1 + labels[at]]
        if len(part) < labels[at] or not part.replace(b"-", b"").replace(b"_", b"").isalnum():
            return ""
        parts.append(part.decode("ascii", "replace"))
        at += 1 + labels[at]
    return ".".join(parts)


# Type and all options; not the transaction. Of what is relayed all: it has a transaction of its own within.
PROTOCOL = Protocol(
    name=NAME,
    title="DHCPv6",
    framing=FRAMING,
    cases=(
        Case(NAME, (Byte(0, _RELAYED),), role=Role.NOTICE, keep=1500),
        Case(NAME, (Byte(0, _BY_SERVER),), (Range(0, 1), Range(4)), Role.RESPONSE, keep=1500),
        Case(NAME, (Byte(0, TYPES),), (Range(0, 1), Range(4)), Role.REQUEST, keep=1500),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="RFC 8415 sections 7.3, 8, 9, 11 and 21, RFC 4704 section 4",
    industrial=False,
    more_framings=(RELAYED,),
)
