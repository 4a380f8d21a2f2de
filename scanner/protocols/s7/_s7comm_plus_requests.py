"""What requests of S7comm-plus ask for: the verb from function, object, class and attribute."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence

from scanner.protocols.base import Identity, Kind, Malformed, Operation, Row, Session, Verb
from scanner.protocols.common.text import printable, readable
from scanner.protocols.s7 import _s7comm_plus_names as names
from scanner.protocols.s7 import _s7comm_plus_pdu as pdus
from scanner.protocols.s7._s7comm_plus_pdu import Pdu
from scanner.protocols.s7._s7comm_plus_values import Walk, object_name, texts
from scanner.wording import NOTHING, Said, joined, said, verbatim

_GRAVE = (Verb.MODE_CHANGE, Verb.RESTART, Verb.PROGRAM_DOWNLOAD, Verb.CONFIGURE, Verb.TIME_SYNC)
_ANOTHER_STATE = (said("another state"), Verb.MODE_CHANGE)
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")  # OPC servers put a description in its place


def operation(pdu: Pdu, kind: Kind, *, verb: Verb | None = None, name: str = "", **more: str) -> Operation:
    """A row about the PDU's function."""
    known, usual = names.FUNCTIONS.get(pdu.function, (f"Function 0x{pdu.function:04X}", Verb.UNKNOWN))
    raw = pdu.opcode if pdu.opcode == pdus.NOTIFICATION else pdu.function
    return Operation(
        verb=verb or usual,
        function=name or known,
        kind=kind,
        code=f"0x{raw:02X}" if pdu.opcode == pdus.NOTIFICATION else f"0x{raw:04X}",
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=more.get("refusal", ""),
        filter=_filter(pdu),
    )


def _filter(pdu: Pdu) -> str:
    """Bytes behind COTP: tshark has no dissector for the protocol."""
    at = 4 + (33 if pdu.version == 3 else 0)
    opcode = f"data.data[0] == 0x72 && data.data[{at}] == 0x{pdu.opcode:02x}"
    if pdu.opcode == pdus.NOTIFICATION:
        return opcode
    return f"{opcode} && data.data[{at + 3}:2] == {pdu.function >> 8:02x}:{pdu.function & 0xFF:02x}"


# --- requests -------------------------------------------------------------------------------------------------------


def request(pdu: Pdu) -> Iterator[Row]:
    """The rows of a request; one that opens a session tells who asks, the others how they are protected."""
    setup = pdu.function == pdus.INIT_SSL
    if pdu.function in pdus.LISTS:
        row = _read(pdu)
    elif pdu.function == pdus.SET_MULTI:
        row = _write(pdu)
        setup = row.verb in (Verb.SESSION, Verb.AUTHENTICATE)
    elif pdu.function in (pdus.SET, pdus.SET_SUB):
        row = _set(pdu)
    elif pdu.function in (pdus.CREATE, pdus.DELETE):
        row = _create(pdu) if pdu.function == pdus.CREATE else _delete(pdu)
        setup = row.verb is Verb.SESSION
    else:
        row = operation(pdu, Kind.REQUEST)
    yield row
    if setup:
        yield from _client(pdu)
    else:
        yield Session(version=f"V{pdu.version}", encrypted=False, detail=_integrity(pdu))


def _integrity(pdu: Pdu) -> Said:
    if pdu.signed is None:
        return NOTHING
    return said("messages with integrity part" if pdu.signed else "messages without integrity part")


def _rid(body: bytes) -> int:
    return Walk(body).rid()


def _attribute(number: int) -> str:
    return verbatim(names.ATTRIBUTES.get(number, "")) or said("attribute {n}", n=number)


def _owner(rid: int, verb: Verb) -> str:
    """The object whose attribute it is; the numbers of sessions and subscriptions are new every time."""
    own = {Verb.SESSION: "session", Verb.AUTHENTICATE: "session", Verb.SUBSCRIBE: "subscription"}
    return own[verb] if verb in own and rid not in names.OBJECTS else object_name(rid)


def _attribute_verb(number: int, usual: Verb) -> Verb:
    """What access to an attribute of an object means; ``usual`` tells reading from writing."""
    writes = usual is Verb.WRITE
    if number in names.AUTHENTICATION:
        return Verb.AUTHENTICATE
    if number in names.CODE:
        return Verb.PROGRAM_DOWNLOAD if writes else Verb.PROGRAM_UPLOAD
    if not writes:
        return usual
    for group, verb in (
        (names.SESSION_ATTRIBUTES, Verb.SESSION),
        (names.SUBSCRIPTION_ATTRIBUTES, Verb.SUBSCRIBE),
        ({names.STATE_REQUEST}, Verb.MODE_CHANGE),
        (names.RESETS, Verb.RESTART),
        (names.CLOCK, Verb.TIME_SYNC),
        (names.PROTECTION, Verb.CONFIGURE),
    ):
        if number in group:
            return verb
    return usual


def _read(pdu: Pdu) -> Operation:
    """Objects and attributes that are read. What does not fit in the part that is told apart is left out."""
    walk = Walk(pdu.body)
    found: list[int] = []
    touched = ""
    try:
        if pdu.function == pdus.GET_MULTI:
            touched, found = _variables(walk)
        else:
            touched = object_name(walk.rid())
            found = _explored(walk) if pdu.function == pdus.EXPLORE else _streamed(walk)
    except Malformed:
        pass
    verbs = [_attribute_verb(n, Verb.READ) for n in found]
    verb = next((v for v in verbs if v is not Verb.READ), Verb.READ)
    return operation(pdu, Kind.REQUEST, verb=verb, object=touched, detail=_listed(found[:8], len(found)))


def _variables(walk: Walk) -> tuple[str, list[int]]:
    """(variables, []) of a read of variables, (object, attributes) of a read of one object."""
    rid, count, fields = walk.rid(), walk.number(), walk.number()
    if rid:
        return object_name(rid), [walk.number() for _ in range(min(fields, 64))]
    shown: list[str] = []
    with contextlib.suppress(Malformed):  # the end is not told apart
        shown.extend(_variable(a.rid, a.members) for a in pdus.addresses(walk, min(count, 16)))
    return ", ".join(dict.fromkeys(shown)) + (f" ({count} variables)" if count > len(shown) else ""), []


def _variable(rid: int, members: tuple[int, ...]) -> str:
    inside = ".".join(map(str, members))
    return f"{object_name(rid)} member {inside}" if inside else object_name(rid)


def _explored(walk: Walk) -> list[int]:
    """The attributes asked for, behind what to explore and three switches; filters are not followed."""
    walk.number()
    walk.take(3)
    objects, count = walk.octet(), walk.octet()
    return [] if objects else _numbers(walk, count)


def _numbers(walk: Walk, count: int) -> list[int]:
    """As many numbers, or as are told apart."""
    found: list[int] = []
    with contextlib.suppress(Malformed):
        while len(found) < count:
            found.append(walk.number())
    return found


def _streamed(walk: Walk) -> list[int]:
    """The attribute of a streamed access: an address array of one number."""
    return [walk.number()] if walk.take(3) == b"\x20\x04\1" else []


def _write(pdu: Pdu) -> Operation:
    """Written variables: the first, as far as its number of octets is usual; or attributes of an object."""
    walk = Walk(pdu.body)
    rid, count, fields = walk.rid(), walk.octet(), walk.octet()
    if rid:
        return _written_object(pdu, rid, count)
    if count >= 0x80:
        return operation(pdu, Kind.REQUEST, detail=said("many variables"))
    touched, state = _first_variable(walk) if fields < 0x80 else ("", False)
    named = _attribute(names.STATE_REQUEST) if state else ""
    if count != 1:
        named = joined((named, said("first of {n} variables" if touched else "{n} variables", n=count)))
    return operation(pdu, Kind.REQUEST, verb=Verb.MODE_CHANGE if state else None, object=touched, detail=named)


def _written_object(pdu: Pdu, rid: int, count: int) -> Operation:
    """Attributes of one object: what the gravest does. What is not told apart of a list may be any attribute."""
    known = min(count, pdus.MOST_ATTRIBUTES)
    found = _numbers(Walk(pdu.body[6 : 6 + 2 * known]), known)
    if count == 1 and found == [names.STATE_REQUEST]:
        return _state_requested(pdu, rid, pdu.body[8:12])
    verb = _gravest(rid, found, whole=len(found) == count)
    return operation(pdu, Kind.REQUEST, verb=verb, object=_owner(rid, verb), detail=_listed(found, count))


def _listed(attributes: Sequence[int], count: int) -> str:
    """The first of ``count`` attributes."""
    named = joined(map(_attribute, attributes))
    return said("{text} and more", text=named) if len(attributes) < count else named


def _gravest(rid: int, attributes: Iterable[int], *, whole: bool) -> Verb:
    """What writing them does, unknown where one may do anything. Of a session or subscription what is not known is its
    own matter.
    """
    verbs = [_attribute_verb(n, Verb.WRITE) for n in attributes]
    grave = next((verb for verb in _GRAVE if verb in verbs), None)
    if grave or not whole:
        return grave or Verb.UNKNOWN
    lasting = rid in names.OBJECTS or rid >> 16 in names.NUMBERED
    if lasting and Verb.WRITE in verbs:
        return Verb.WRITE
    return next((verb for verb in verbs if verb is not Verb.WRITE), Verb.WRITE)


def _state_requested(pdu: Pdu, rid: int, value: bytes) -> Operation:
    """A start or stop. ``value``: the number of the item where there is one, flags, type, state."""
    state, verb = names.STATES.get(value[-1] if len(value) > 2 else 0, _ANOTHER_STATE)
    detail = said("OperatingStateREQ: {state}", state=state)
    return operation(pdu, Kind.REQUEST, verb=verb, object=object_name(rid), detail=detail)


def _first_variable(walk: Walk) -> tuple[str, bool]:
    """As much of the address as is told apart: a member only in data blocks, if its number has one or two octets; and
    whether it is the operating state request.
    """
    start = walk.at
    walk.number()
    checksum = walk.at - start
    rid = walk.number()
    area = walk.at - start - checksum
    members = walk.octet()
    if checksum not in (1, 4, 5) or area not in (1, 2, 5) or members >= 0x80:
        return "", False
    if walk.data[walk.at : walk.at + 2] == pdus.STATE_REQUESTED[1:]:
        return object_name(rid), True
    if area < 5:
        return object_name(rid), False
    start = walk.at
    member = walk.number()
    return _variable(rid, (member,)) if walk.at - start <= 2 else "", False


def _set(pdu: Pdu) -> Operation:
    """One attribute of one object, or the first of several; the operating state request is a start or stop."""
    streamed = pdu.function == pdus.SET_SUB
    walk = Walk(pdu.body[: 9 if streamed else 7])
    rid, count = walk.rid(), 1
    try:
        if not streamed:
            count = walk.octet()
        found = _streamed(walk) if streamed else [walk.number()]
    except Malformed:
        found = []
    if count == 1 and found == [names.STATE_REQUEST] and not streamed:
        return _state_requested(pdu, rid, pdu.body[7:10])
    verb = _gravest(rid, found, whole=count == 1)
    if not found:
        return operation(pdu, Kind.REQUEST, verb=verb, object=object_name(rid))
    return operation(pdu, Kind.REQUEST, verb=verb, object=_owner(rid, verb), detail=_listed(found, count))


def _create(pdu: Pdu) -> Operation:
    """What is created: the class and, unless the controller chooses it, the identifier of the new object."""
    parent = _rid(pdu.body)
    at = _object_at(pdu)
    if at is None:
        return operation(pdu, Kind.REQUEST, detail=said("in {name}", name=object_name(parent)))
    walk = Walk(pdu.body[at + 1 : at + 7])
    rid = walk.rid()
    try:
        number = walk.number()
    except Malformed:
        number = 0
    touched = names.CLASSES.get(number, f"object of class {number}")
    if rid >> 16 in names.NUMBERED:
        touched = object_name(rid)
    return operation(
        pdu, Kind.REQUEST, verb=_class_verb(number), object=touched, detail=said("in {name}", name=object_name(parent))
    )


def _object_at(pdu: Pdu) -> int | None:
    """Where the object begins: behind an integrity identifier of no to five octets, as the cases have it."""
    body = pdu.body
    for size in range(5, -1, -1):
        at = 11 + size
        spread = body[11:at]
        ends = not size or (spread and spread[-1] < 0x80 and all(b >= 0x80 for b in spread[:-1]))
        if len(body) > at and body[at] == 0xA1 and ends:
            return at
    return None


def _class_verb(number: int) -> Verb:
    for group, verb in (
        ({names.SESSION_CLASS}, Verb.SESSION),
        (names.SUBSCRIPTION_CLASSES, Verb.SUBSCRIBE),
        (names.BLOCK_CLASSES, Verb.PROGRAM_DOWNLOAD),
        ({names.BACKUP_CLASS}, Verb.PROGRAM_UPLOAD),
        (names.JOB_CLASSES, Verb.DIAGNOSE),
    ):
        if number in group:
            return verb
    return Verb.CONFIGURE


def _delete(pdu: Pdu) -> Operation:
    """Dynamic objects are sessions and subscriptions; numbered ones are blocks."""
    rid = _rid(pdu.body)
    verb = Verb.PROGRAM_DOWNLOAD if rid >> 16 in names.NUMBERED else Verb.CONFIGURE
    if rid not in names.OBJECTS and verb is Verb.CONFIGURE:
        verb = Verb.SESSION
    return operation(pdu, Kind.REQUEST, verb=verb, object=_owner(rid, verb))


def _client(pdu: Pdu) -> Iterator[Row]:
    """Who opens a session: the client's computer and program."""
    if pdu.function != pdus.CREATE or pdu.version != 1:
        return
    at = _object_at(pdu)
    found = texts(pdu.body[at:]) if at is not None else {}
    host, application = (printable(found.get(number, b"")) for number in (298, 297))
    if _HOST.fullmatch(host):
        yield Identity("hostname", host)
    if application:
        yield Identity("software", application)
    user = readable(found.get(296, b""), 60)
    if user:
        yield Session(detail=said("session of {name}", name=user))
