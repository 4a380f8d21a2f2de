"""DHCP and BOOTP for IPv4: who asks for an address, who gives one, and what clients say of themselves.

Written from RFC 2131 (section 2, format), RFC 2132 (options) and RFC 951. Requests go to everybody and answers come
from elsewhere, so that messages are counted and not paired.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.text import printable

_COOKIE = bytes.fromhex("63825363")
_OPTIONS = 240
FRAMING = Framing(
    name="dhcp",
    delimiter=Whole(),
    sync=(Byte(0, (1, 2)), Byte(1, range(40)), Byte(2, range(17)), *magic(236, _COOKIE), Size(_OPTIONS + 1)),
    ports={"udp": (67, 68)},
    confirmations=1,
)
TYPES = {
    1: "Discover",
    2: "Offer",
    3: "Request",
    4: "Decline",
    5: "Ack",
    6: "Nak",
    7: "Release",
    8: "Inform",
    9: "Force renew",
}
_HOST_NAME, _MESSAGE_TYPE, _SERVER, _VENDOR_CLASS, _PAD, _END = 12, 53, 54, 60, 0, 255


def probe(message: Message) -> bool:
    """The magic cookie at its place."""
    return message.transport == "udp" and message.data[236:240] == _COOKIE and message.data[0] in (1, 2)


def dissect(message: Message) -> Iterator[Row]:
    """The message type, and the client's name, system and address."""
    data = message.data
    if not probe(message):
        raise Malformed("no DHCP message")
    options = dict(_options(data))
    number = options.get(_MESSAGE_TYPE, b"\0")[0]
    function = TYPES.get(number, "BOOTP request" if data[0] == 1 else "BOOTP reply")
    yield Operation(
        Verb.SESSION,
        f"DHCP {function}" if number in TYPES else function,
        Kind.NOTICE,
        str(number) if number else "",
        object=_server(options) if data[0] == 2 else "",
        filter=f"dhcp.option.dhcp == {number}" if number else "dhcp",
    )
    mac = data[28:34].hex(":") if data[1] == 1 and data[2] == 6 else ""
    if mac and any(data[28:34]):
        yield from _client(data, options, mac, number)


def _server(options: dict[int, bytes]) -> str:
    """Who answers, as the answer says; behind a relay its sender is another."""
    address = options.get(_SERVER, b"")
    return f"server {IPv4Address(address)}" if len(address) == 4 else ""


def _client(data: bytes, options: dict[int, bytes], mac: str, number: int) -> Iterator[Row]:
    if data[0] == 1:
        name, system = printable(options.get(_HOST_NAME, b"")), printable(options.get(_VENDOR_CLASS, b""))
        if name:
            yield Identity("hostname", name, mac=mac)
        if system.startswith("MSFT"):
            yield Identity("os", "Windows", mac=mac)
        elif system:
            yield Identity("software", system, mac=mac)
    elif number == 5 and any(data[16:20]):
        yield Identity("ip", str(IPv4Address(data[16:20])), mac=mac)


def _options(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(code, value) up to the end option or the first one that is cut."""
    at = _OPTIONS
    while at + 1 < len(data) and data[at] != _END:
        if data[at] == _PAD:
            at += 1
            continue
        value = data[at + 2 : at + 2 + data[at + 1]]
        if len(value) < data[at + 1] or not value:
            return
        yield data[at], value
        at += 2 + len(value)


# Operation, the address given, the client's MAC and all options; not the transaction and how long it has taken.
_KEY = (Range(0, 3), Range(16, 20), Range(28, 34), Range(240))
PROTOCOL = Protocol(
    name="dhcp",
    title="DHCP",
    framing=FRAMING,
    cases=tuple(
        Case("dhcp", (Byte(0, operation), *magic(236, _COOKIE)), _KEY, role, (Range(4, 8),), keep=700)
        for operation, role in ((1, Role.REQUEST), (2, Role.RESPONSE))
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="RFC 2131 section 2, RFC 2132, RFC 951 section 3",
    industrial=False,
)
