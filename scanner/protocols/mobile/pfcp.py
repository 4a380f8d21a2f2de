"""PFCP: what the control plane of a mobile core tells its user plane.

Written from 3GPP TS 29.244 sections 7.2 (header) and 7.3 (message types).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role
from scanner.protocols.base import (
    Identity,
    Kind,
    Malformed,
    Message,
    Operation,
    Protocol,
    Row,
    Sender,
    Session,
    Subscription,
    Verb,
)
from scanner.protocols.mobile._nas import data_network, ipv4, ipv6, slice_key
from scanner.protocols.mobile._subscriber import of_digits
from scanner.wording import verbatim

NAME = "pfcp"
TYPES = {
    1: ("Heartbeat", Verb.SESSION),
    3: ("PFD Management", Verb.CONFIGURE),
    5: ("Association Setup", Verb.SESSION),
    7: ("Association Update", Verb.SESSION),
    9: ("Association Release", Verb.SESSION),
    12: ("Node Report", Verb.REPORT),
    14: ("Session Set Deletion", Verb.SESSION),
    16: ("Session Set Modification", Verb.SESSION),
    50: ("Session Establishment", Verb.SESSION),
    52: ("Session Modification", Verb.SESSION),
    54: ("Session Deletion", Verb.SESSION),
    56: ("Session Report", Verb.REPORT),
}
_RESPONSES = {kind + 1 for kind in TYPES} | {11}
_OF_SESSIONS = 50  # types from here on
_SET_UP = (51, 53, 55)  # answers of the user plane: only the control plane asks for sessions, changes and ends them
_SESSIONS = (50, 51, 52, 53)
_ACCEPTED = b"\0\x13\0\1\1"  # the information element Cause: request accepted
_CAUSE = b"\0\x13\0\1"


_CREATE, _PDI, _CREATED, _INTERFACE, _F_TEID, _INSTANCE, _UE_ADDRESS, _USER, _NETWORK, _SLICE = (
    1,
    2,
    8,
    20,
    21,
    22,
    93,
    141,
    159,
    257,
)
_LONGEST = 100  # characters of a network instance

# Version 1 without and with a session's identifier; bit 1 says that a priority follows, bit 2 that another message
# does in the same datagram (section 6.6).
_PLAIN, _SESSION = frozenset({0x20, 0x22, 0x24, 0x26}), frozenset({0x21, 0x23, 0x25, 0x27})

FRAMING = Framing(
    name=NAME,
    delimiter=Length(at=2, width=2, add=4, minimum=8, maximum=8192),
    sync=(Byte(0, _PLAIN | _SESSION), Byte(1, {*TYPES, *_RESPONSES})),
    ports={"udp": (8805,)},
    confirmations=2,
)


def _cases() -> Iterator[Case]:
    for first, at in ((_PLAIN, 4), (_SESSION, 12)):
        number = (Range(at, at + 3),)
        when = (Byte(0, first), Byte(1, _RESPONSES))
        yield Case(NAME, when, (Range(0),), Role.RESPONSE, number, keep=2048)
        yield Case(NAME, (Byte(0, first), Byte(1, TYPES)), (Range(0),), Role.REQUEST, number, keep=2048)


def probe(message: Message) -> bool:
    """Version, type and length agree. Messages about a node need no session; an identifier of one, which some send all
    the same, is passed over by who gets it.
    """
    data = message.data
    if message.transport != "udp" or len(data) < 8 or data[0] >> 5 != 1 or data[0] & 0x18:
        return False
    fits = data[0] in _SESSION or data[1] < _OF_SESSIONS
    return fits and data[1] in {*TYPES, *_RESPONSES} and _elements(message)


def _elements(message: Message) -> bool:
    """Information elements, each with type and length, fill the message."""
    data, at = message.data, 16 if message.data[0] & 1 else 8
    if len(data) < message.length:
        return True
    while at < message.length:
        if at + 4 > message.length:
            return False
        at += 4 + int.from_bytes(data[at + 2 : at + 4], "big")
    return at == message.length


def dissect(message: Message) -> Iterator[Row]:
    """The message type, and of answers whether the request was accepted."""
    if not probe(message):
        raise Malformed("version, type and length do not agree")
    number, data = message.data[1], message.data
    answer = number in _RESPONSES
    name, verb = TYPES.get(number - 1 if answer else number, ("Version not supported", Verb.SESSION))
    refused = answer and _CAUSE in data and _ACCEPTED not in data
    kind = Kind.REFUSAL if refused else Kind.RESPONSE if answer else Kind.REQUEST
    at = data.find(_CAUSE) + len(_CAUSE)
    refusal = (f"cause {data[at]}" if at < len(data) else "no cause given") if refused else ""
    yield Operation(
        verb,
        name,
        kind,
        code=str(number),
        object=verbatim(_subscriber(message) if number in _SESSIONS else ""),
        refusal=refusal,
        filter=f"pfcp.msg_type == {number}",
    )
    yield Session(version="PFCP 1", credentials="none", encrypted=False)
    if number in _SESSIONS:
        yield from _subscriptions(message, answer, refused)
    if number in _SET_UP and not refused and _ACCEPTED in data:
        yield Identity("role", "upf")
        yield Identity("role", "smf", about=Sender.RECEIVER)


def _subscriber(message: Message) -> str:
    """Of which network the subscriber is whose IMSI the message has (section 8.2.101)."""
    told = _by_type(message.data[16 if message.data[0] & 1 else 8 : message.length]).get(_USER, [b""])[0]
    return of_digits(told[2 : 2 + told[1]]) if len(told) > 2 and told[0] & 1 else ""


def _subscriptions(message: Message, answer: bool, refused: bool) -> Iterator[Row]:
    """The session that a request sets up or changes, or what the user plane chose for it: address and tunnel."""
    data = message.data
    at = 16 if data[0] & 1 else 8
    top = _by_type(data[at : message.length])
    rules = [_by_type(rule) for rule in top.get(_CREATED if answer else _CREATE, ())]
    inner = rules if answer else [_by_type(value) for rule in rules for value in rule.get(_PDI, ())]
    addresses = {_ue_addresses(value) for fields in inner for value in fields.get(_UE_ADDRESS, ())} - {()}
    ends = {_end(value) for fields in inner for value in fields.get(_F_TEID, ()) if answer or _from_access(fields)} - {
        (0, "")
    }
    instances = {data_network(v) or _plain(v) for f in inner if f.get(_UE_ADDRESS) for v in f.get(_INSTANCE, ())} - {""}
    tunnel, core = ends.pop() if len(ends) == 1 else (0, "")
    yield Subscription(
        network_slice=slice_key(top.get(_SLICE, [b""])[0]),
        data_network=data_network(top.get(_NETWORK, [b""])[0]),
        instance=instances.pop() if len(instances) == 1 else "",
        addresses=addresses.pop() if len(addresses) == 1 else (),
        tunnel=tunnel,
        core=core,
        exchange=data[at - 4 : at - 1].hex(),
        asks=not answer,
        refused=refused,
    )


def _from_access(fields: dict[int, list[bytes]]) -> bool:
    """The rule is about what base stations send (section 8.2.2)."""
    interface = fields.get(_INTERFACE, [b""])[0]
    return bool(interface) and interface[0] & 15 == 0


def _by_type(elements: bytes) -> dict[int, list[bytes]]:
    """Information elements by type, as far as they are whole."""
    found: dict[int, list[bytes]] = {}
    at = 0
    while at + 4 <= len(elements):
        kind, size = int.from_bytes(elements[at : at + 2], "big"), int.from_bytes(elements[at + 2 : at + 4], "big")
        if at + 4 + size > len(elements):
            break
        found.setdefault(kind, []).append(elements[at + 4 : at + 4 + size])
        at += 4 + size
    return found


def _ue_addresses(value: bytes) -> tuple[str, ...]:
    """Section 8.2.62: of IPv4, then of IPv6."""
    flags = value[0] if value else 0
    given = ipv4(value[1:]) if flags & 2 else ()
    return (*given, *ipv6(value[5 if flags & 2 else 1 :])) if flags & 1 else given


def _end(value: bytes) -> tuple[int, str]:
    """Identifier and address of a tunnel's end (section 8.2.3); 0 while the user plane is to choose."""
    if len(value) < 5 or value[0] & 4:
        return 0, ""
    address = ipv4(value[5:]) if value[0] & 1 else ipv6(value[5:], 128)
    return int.from_bytes(value[1:5], "big"), "".join(address)


def _plain(value: bytes) -> str:
    """A network instance that is not written in labels."""
    text = value.decode("ascii", "replace").lower()
    return text if text.isascii() and text.isprintable() and len(text) <= _LONGEST else ""


PROTOCOL = Protocol(
    name=NAME,
    title="PFCP",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in TYPES.values()}),
    specification="3GPP TS 29.244 sections 7.2, 7.3, 7.5.2, 7.5.3 and 8.2",
    industrial=False,
)
