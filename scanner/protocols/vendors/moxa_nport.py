"""The management protocol of Moxa serial servers, gateways and cellular modems (NPort, MGate, OnCell) over UDP.

Moxa publishes no specification. Written from the descriptions of Talos (CVE-2016-9361, its Metasploit module), M.
Davidsaver (Moxa UDP Protocol) and a public dissector: a header of function, status, length and transaction, then what
identifies the device, which is all the authentication that most functions want. Functions of unknown purpose, among
them those that write, are named by their number. Passwords and communities that answers disclose are never told.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.text import printable
from scanner.wording import said

PORT = 4800
HEADER, DEVICE = 8, 20  # bytes of the header, and up to the end of what identifies the device
OUI = b"\x00\x90\xe8"
INVALID = 4  # status: no such function
DISCOVER, NAME, DETAILS, ADDRESS = 0x01, 0x10, 0x16, 0x21
FUNCTIONS: dict[int, tuple[str, Verb]] = {
    DISCOVER: ("Discover", Verb.IDENTIFY),
    NAME: ("Get server name", Verb.IDENTIFY),
    0x14: ("Get network statistics", Verb.DIAGNOSE),
    DETAILS: ("Get product details", Verb.IDENTIFY),
    0x1A: ("Get date and time", Verb.READ),
    0x1B: ("Get time server", Verb.READ),
    0x1E: ("Unlock", Verb.SESSION),
    ADDRESS: ("Get IP address", Verb.READ),
    0x22: ("Get netmask", Verb.READ),
    0x23: ("Get default gateway", Verb.READ),
    0x25: ("Get autoreport configuration", Verb.READ),
    0x26: ("Get network configuration", Verb.READ),
    0x27: ("Get DNS configuration", Verb.READ),
    0x28: ("Get SNMP configuration", Verb.READ),
    0x29: ("Get e-mail configuration", Verb.READ),
    0x2C: ("Get credentials", Verb.READ),
    0x4D: ("Get operation settings", Verb.READ),
    0x4F: ("Get port settings", Verb.READ),
    0x51: ("Get accessible IP settings", Verb.READ),
    0x52: ("Get event type settings", Verb.READ),
}
DISCLOSES = {
    0x28: said("discloses SNMP communities"),
    0x29: said("discloses the administrator's password on some models"),
    0x2C: said("discloses SNMP communities and the administrator's password"),
}
TOLD = (DISCOVER, NAME, DETAILS, ADDRESS)  # functions whose answers identify the device

FRAMING = Framing(
    name="moxa-nport",
    delimiter=Length(at=2, width=2, minimum=HEADER, maximum=2048),
    sync=(Byte(1, (0, INVALID)), Byte(2, range(8)), Size(HEADER)),
    ports={"udp": (PORT,)},
    confirmations=2,
    pair_by_requester=True,  # devices are sought by broadcast
    anywhere=False,
)
# Code, identifier 0 and length of a packet of RADIUS look the same; of the functions below 16 there is discovery alone.
ELSEWHERE = replace(
    FRAMING,
    name="moxa-nport-elsewhere",
    ports={"udp": ()},
    anywhere=True,
    unless=(Byte(0, range(NAME)), Byte(HEADER, range(256))),
)

_NAME = "moxa-nport"
_ANSWERS = range(0x81, 0x100)
_TRANSACTION = (Range(4, 8),)
_WHO = Range(HEADER, DEVICE)
CASES = (
    Case(_NAME, (Byte(0, {0x80 | n for n in TOLD}),), (Range(0, 2), Range(HEADER)), Role.RESPONSE, _TRANSACTION),
    Case(_NAME, (Byte(0, _ANSWERS),), (Range(0, 2), _WHO), Role.RESPONSE, _TRANSACTION),
    Case(_NAME, (), (Range(0, 1), _WHO), Role.REQUEST, _TRANSACTION),
)


def probe(message: Message) -> bool:
    """A header whose length holds; away from the port it must be a discovery or name a device of Moxa."""
    try:
        function = _check(message)
    except Malformed:
        return False
    if message.port == PORT:
        return True
    return (function == DISCOVER and message.length == HEADER) or message.data[14:17] == OUI


def _check(message: Message) -> int:
    """The function with the mark of an answer."""
    data = message.data
    if message.transport != "udp" or len(data) < HEADER:
        raise Malformed("no message of Moxa's management protocol")
    if not data[0] & 0x7F or data[1] not in (0, INVALID):
        raise Malformed("function 0x{function:02X} with status 0x{status:02X}", function=data[0], status=data[1])
    size = int.from_bytes(data[2:4], "big")
    if size != message.length:
        raise Malformed("length says {stated} bytes, there are {length}", stated=size, length=message.length)
    return data[0]


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one message."""
    function = _check(message)
    data, number, answer = message.data, function & 0x7F, bool(function & 0x80)
    name, verb = FUNCTIONS.get(number, (f"Function 0x{number:02X}", Verb.UNKNOWN))
    refused = answer and data[1] == INVALID
    yield Operation(
        verb,
        name,
        Kind.REFUSAL if refused else Kind.RESPONSE if answer else Kind.REQUEST,
        f"0x{number:02X}",
        object=f"device {data[14:20].hex(':')}" if len(data) >= DEVICE else "",
        detail="" if answer else DISCLOSES.get(number, ""),
        refusal=f"invalid function ({INVALID})" if refused else "",
        filter=f"udp.payload[0] == 0x{function:02x}",
    )
    if answer and not refused and len(data) >= DEVICE:
        yield from _identities(number, data)


def _identities(number: int, data: bytes) -> Iterator[Identity]:
    """What every answer says of the device, and what some say besides."""
    yield Identity("vendor", "Moxa")
    model = f"{int.from_bytes(data[12:14], 'little'):04X}"
    if model.isdecimal():  # the digits of the model; others stand for a variant
        yield Identity("model", model)
    yield Identity("mac", data[14:20].hex(":"))
    rest = data[DEVICE:]
    if number in (DISCOVER, ADDRESS) and len(rest) >= 4 and any(rest[:4]):
        yield Identity("ip", str(ipaddress.IPv4Address(rest[:4])))
    elif number == NAME and printable(rest[:40]):
        yield Identity("name", printable(rest[:40]))
    elif number == DETAILS and len(rest) >= 10:
        yield Identity("firmware", f"{rest[3]:X}.{rest[2]:02X}")
        yield Identity("serial", str(int.from_bytes(rest[8:10], "little")))


PROTOCOL = Protocol(
    name=_NAME,
    title="Moxa NPort management",
    short="Moxa NPort",
    framing=FRAMING,
    more_framings=(ELSEWHERE,),
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in FUNCTIONS.values()} | {Verb.UNKNOWN}),
    specification="not published; Talos CVE-2016-9361, M. Davidsaver (Moxa UDP Protocol)",
)
