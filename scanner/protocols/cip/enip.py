"""EtherNet/IP encapsulation with the CIP messages inside, over TCP and UDP.

Written from the CIP Networks Library Volume 2 (EtherNet/IP Adaptation of CIP) chapter 2 (encapsulation, common packet
format) and Volume 1 (services, paths, connection manager); Rockwell 1756-PM020 and 1770-6.5.16 for what Logix and
PCCC add. Answers do not name the class they answer for; what they answer is known by pairing.

Of an answer to a multiple service packet only the general status is told apart, and of a request only the path of a
service, unless said otherwise in ``_cip``: values are never looked at, of the services in a multiple service packet
neither. NOP is not looked for: 24 zero bytes may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.framing.language import (
    Byte,
    Case,
    Directory,
    Field,
    Framing,
    Length,
    Part,
    Range,
    Role,
    Select,
    Size,
    Test,
    magic,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Related, Row, Session, Verb
from scanner.protocols.cip import _cip, _pccc, _pccc_names
from scanner.protocols.cip._names import ENCAPSULATION_STATUS
from scanner.protocols.common.probe import is_well_formed, once

PORT = 44818
IMPLICIT = 2222  # UDP port of cyclic data (volume 2, section 3-4)
_OPENS = ("Forward Open", "Large Forward Open", "Concurrent Forward Open")
COMMAND, LENGTH, STATUS, SENDER_CONTEXT, OPTIONS, HEADER = 0, 2, 8, 12, 20, 24  # where the header has them; its size
ITEMS = HEADER + 8  # behind interface handle, timeout and number of items
LIST_SERVICES, LIST_IDENTITY, LIST_INTERFACES, REGISTER, UNREGISTER = 0x04, 0x63, 0x64, 0x65, 0x66
SEND_RR, SEND_UNIT, START_DTLS = 0x6F, 0x70, 0xC8
COMMANDS = {
    LIST_SERVICES: ("List Services", Verb.IDENTIFY),
    LIST_IDENTITY: ("List Identity", Verb.IDENTIFY),
    LIST_INTERFACES: ("List Interfaces", Verb.IDENTIFY),
    REGISTER: ("Register Session", Verb.SESSION),
    UNREGISTER: ("Unregister Session", Verb.SESSION),
    SEND_RR: ("Send RR Data", Verb.SESSION),
    SEND_UNIT: ("Send Unit Data", Verb.SESSION),
    0x72: ("Indicate Status", Verb.DIAGNOSE),
    0x73: ("Cancel", Verb.SESSION),
    START_DTLS: ("Start DTLS", Verb.SESSION),
}
_LISTS = (LIST_SERVICES, LIST_IDENTITY, LIST_INTERFACES)
# Commands that nobody has published are messages as well, but DCE/RPC (version 5) has zeros in the same places.
_ZEROS = (*magic(STATUS + 1, bytes(3)), *magic(OPTIONS, bytes(4)))
_SYNC = (Byte(COMMAND, {*range(1, 256)} - {5}), Byte(COMMAND + 1, 0), *_ZEROS)
_SYNC_ON_PORT = (Byte(COMMAND, range(1, 256)), *_ZEROS)
_CUTTER = Length(at=LENGTH, width=2, add=HEADER, little=True, minimum=HEADER, maximum=65535)

FRAMING = Framing(name="enip", delimiter=_CUTTER, sync=_SYNC, ports={"tcp": ()}, confirmations=2)
ON_PORT = Framing("enip-on-port", _CUTTER, _SYNC_ON_PORT, {"tcp": (PORT,)}, anywhere=False)
# List Identity is asked of everybody and answered by each device from its own address.
DATAGRAMS = Framing(
    name="enip-udp", delimiter=_CUTTER, sync=_SYNC, ports={"udp": ()}, confirmations=2, pair_by_requester=True
)
DATAGRAMS_ON_PORT = Framing(
    "enip-udp-on-port", _CUTTER, _SYNC_ON_PORT, {"udp": (PORT,)}, anywhere=False, pair_by_requester=True
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# The message router message begins at a fixed place: behind a null address item and the header of the unconnected
# data item, or behind a connected address item, the header of the connected data item and a sequence count.

RR, UNIT = 40, 46  # where the message is
LISTED, SOCKET, IDENTITY = HEADER + 2, 36, 48  # the first item of a list: its type, socket address, Identity object
CONTEXT, SEQUENCE = (Range(SENDER_CONTEXT, OPTIONS),), (Range(UNIT - 2, UNIT),)
_CARRIERS: tuple[tuple[int, tuple[Byte, ...], tuple[Range, ...]], ...] = (
    (RR, (Byte(COMMAND, SEND_RR), *magic(ITEMS, b"\0\0\0\0\xb2\0")), CONTEXT),
    (UNIT, (Byte(COMMAND, SEND_UNIT), *magic(ITEMS, b"\xa1\0"), *magic(ITEMS + 8, b"\xb1\0")), SEQUENCE),
)
_KEEP = 4096
_REQUEST, _RESPONSE = range(0x80), range(0x80, 0x100)
_Make = Callable[..., Case]
Key = tuple[Range, ...]
_ROUTER, _MANAGER, _PCCC = (_cip.paths_to(n)[0] for n in (_cip.MESSAGE_ROUTER, _cip.CONNECTION_MANAGER, _cip.PCCC))
_CONNECTIONS = (*_cip.FORWARD_OPENS, _cip.FORWARD_CLOSE)
_WRAPPERS = (
    (_cip.MULTIPLE, _cip.MESSAGE_ROUTER),
    (_cip.UNCONNECTED_SEND, _cip.CONNECTION_MANAGER),
    (_cip.EXECUTE_PCCC, _cip.PCCC),
)


def _exactly(at: int, services: int | tuple[int, ...], where: bytes, *more: Test) -> tuple[Test, ...]:
    """One of the services, of just this path."""
    head = Byte(at + _cip.SERVICE, services), Byte(at + _cip.PATH_SIZE, len(where) // 2)
    return *head, *magic(at + _cip.PATH, where), *more


def _requests(
    at: int, make: _Make, tests: tuple[Test, ...], before: tuple[Range, ...], end: Field | None = None
) -> Iterator[Case]:
    """The cases of a request that begins at ``at`` and ends at ``end``, None: with the message."""
    data = at + _cip.DATA
    listed = Directory(data, 2, _EMBEDDED, little=True, end=end)
    multiple = _exactly(at, _cip.MULTIPLE, _ROUTER)
    yield make((*tests, *multiple), (*before, Range(at, data + 2), listed))
    if before:  # an unconnected send within one is seldom: whole
        yield make((*tests, *_exactly(at, _cip.UNCONNECTED_SEND, _MANAGER)), (*before, Range(at)))
    yield from (make((*tests, *when), (*before, *key)) for when, key in _meanings(at))


def _meanings(at: int) -> Iterator[tuple[tuple[Test, ...], Key]]:
    """Tests and key of a request but a multiple service packet: first those whose data mean something, then by length
    of the path.
    """
    data = at + _cip.DATA
    head = Range(at, data)
    yield from _pccc_requests(at)
    yield _exactly(at, 0x05, b"\x20\x01\x24\x01"), (Range(at, data + 1),)
    for service, trigger in _cip.FORWARD_OPENS.items():
        yield (
            _exactly(at, service, _MANAGER),
            (head, Range(data + _cip.OPEN_VENDOR, data + _cip.OPEN_VENDOR + 2), Range(data + trigger)),
        )
    yield (
        _exactly(at, _cip.FORWARD_CLOSE, _MANAGER),
        (
            head,
            Range(data + _cip.CLOSE_VENDOR, data + _cip.CLOSE_VENDOR + 2),
            Range(data + _cip.CLOSE_PATH_SIZE),
        ),
    )
    # What carries other requests or opens connections, with a path that nobody writes so: whole, lest something is
    # hidden in it.
    for services, number in (*_WRAPPERS, (_CONNECTIONS, _cip.CONNECTION_MANAGER)):
        yield from ((_exactly(at, services, where), (Range(at),)) for where in _cip.paths_to(number)[1:])
    for words in range(_cip.MOST_WORDS):
        yield (Byte(at + _cip.PATH_SIZE, words), Byte(at, _REQUEST)), (Range(at, at + _cip.PATH + 2 * words),)
    yield (Byte(at, _REQUEST),), (Range(at, at + _cip.PATH + 2 * _cip.MOST_WORDS),)


def _pccc_requests(at: int) -> Iterator[tuple[tuple[Test, ...], Key]]:
    """Command and function; with the mode that is set, the address, or all of a multiple command."""
    body = at + _cip.DATA
    command, function = body + _pccc.COMMAND, body + _pccc.FUNCTION
    known = (Range(at, body + 1), Range(command, command + 1))
    requestor = Byte(body, _pccc.REQUESTOR)
    for functions, size in ((_pccc_names.MODES, 2), (_pccc_names.LOGICAL, 5), ((_pccc_names.MULTIPLE,), None)):
        tests = Byte(command, 0x0F), Byte(function, tuple(functions))
        when = _exactly(at, _cip.EXECUTE_PCCC, _PCCC, requestor, *tests)
        yield when, (*known, Range(function, size and function + size))
    answered = Byte(command, range(256))
    yield _exactly(at, _cip.EXECUTE_PCCC, _PCCC, requestor, answered), (*known, Range(function, function + 1))


# What a multiple service packet seldom carries is compared whole.
_EMBEDDED = (
    Select(_exactly(0, _cip.MULTIPLE, _ROUTER), (Range(0),)),
    Select(_exactly(0, _cip.UNCONNECTED_SEND, _MANAGER), (Range(0),)),
    *(Select(when, key) for when, key in _meanings(0)),
    Select((), (Range(0),)),
)


def _cip_cases() -> Iterator[Case]:
    for at, carrier, pair in _CARRIERS:

        def make(
            when: tuple[Test, ...],
            key: tuple[Part, ...],
            *,
            pair: tuple[Range, ...] = pair,
            role: Role = Role.REQUEST,
        ) -> Case:
            return Case("enip", when, key=(Range(COMMAND, COMMAND + 1), *key), role=role, pair=pair, keep=_KEEP)

        unconnected = (*carrier, *_exactly(at, _cip.UNCONNECTED_SEND, _MANAGER))
        size, inner = at + _cip.DATA + _cip.SENT_SIZE, at + _cip.DATA + _cip.SENT
        head = (Range(at, at + _cip.DATA), Range(size, inner))
        one_hop = (Byte(-4, 1), Byte(-3, 0))
        inside = Field(size, 2, add=inner, little=True)
        yield from _requests(inner, make, (*unconnected, *one_hop), (*head, Range(-4)), inside)
        yield from _requests(inner, make, unconnected, head, inside)
        yield from _requests(at, make, carrier, ())
        yield from _responses(at, make, carrier)


def _responses(at: int, make: _Make, carrier: tuple[Test, ...]) -> Iterator[Case]:
    """Service, status and additional status; an Identity object without its status word; a PCCC reply's own status."""
    fine = magic(at + _cip.STATUS, b"\0\0")
    as_answer = {"role": Role.RESPONSE}
    body = at + _cip.ANSWER
    yield make(
        (*carrier, Byte(at, 0x81), *fine, Size(body + 16, body + 80)),
        (Range(at, body + _cip.OWN_STATUS), Range(body + _cip.SERIAL)),
        **as_answer,
    )
    command, status, extended = body + _pccc.COMMAND, body + _pccc.STATUS, body + _pccc.EXTENDED
    pccc = (*carrier, Byte(at, 0xCB), *fine, Byte(body, _pccc.REQUESTOR), Byte(command, range(0x40, 0x50)))
    known = (Range(at, body + 1), Range(command, status + 1))
    yield make((*pccc, Byte(status, range(0xF0, 0x100))), (*known, Range(extended, extended + 1)), **as_answer)
    yield make(pccc, known, **as_answer)
    yield make((*carrier, Byte(at, _RESPONSE), Byte(at + _cip.MORE, 0)), (Range(at, body),), **as_answer)
    yield make((*carrier, Byte(at, _RESPONSE)), (Range(at, body + 2),), **as_answer)


_EMPTY = magic(LENGTH, b"\0\0")
_COMMAND, _STATUS = Range(COMMAND, COMMAND + 1), Range(STATUS, STATUS + 1)
_UNKNOWN = (Range(COMMAND, LENGTH), _STATUS)
CASES = (
    Case("enip", (Byte(COMMAND + 1, range(1, 256)),), _UNKNOWN, Role.BY_SIDE, CONTEXT),
    *_cip_cases(),
    Case("enip", (Byte(COMMAND, _LISTS), *_EMPTY, Byte(STATUS, 0)), (_COMMAND,), Role.REQUEST, CONTEXT),
    Case(
        "enip",
        (Byte(COMMAND, LIST_IDENTITY), Byte(STATUS, 0), Byte(LISTED, 0x0C)),
        (_COMMAND, Range(HEADER, IDENTITY + _cip.OWN_STATUS), Range(IDENTITY + _cip.SERIAL, -1)),
        Role.RESPONSE,
        CONTEXT,
        keep=_KEEP,
    ),
    Case("enip", (Byte(COMMAND, _LISTS),), (_COMMAND, _STATUS, Range(HEADER)), Role.RESPONSE, CONTEXT, keep=_KEEP),
    Case("enip", (Byte(COMMAND, REGISTER),), (_COMMAND, _STATUS, Range(HEADER, HEADER + 4)), Role.BY_SIDE, CONTEXT),
    Case("enip", (Byte(COMMAND, UNREGISTER),), (_COMMAND, _STATUS), Role.NOTICE),
    Case("enip", (Byte(COMMAND, (SEND_RR, START_DTLS)), *_EMPTY), (_COMMAND, _STATUS), Role.RESPONSE, CONTEXT),
    Case("enip", (Byte(COMMAND, COMMANDS),), (_COMMAND, _STATUS, Range(LISTED, ITEMS + 2)), Role.BY_SIDE, CONTEXT),
    Case("enip", (), _UNKNOWN, Role.BY_SIDE, CONTEXT),
)

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """The header holds; its length and fixed bytes are too many to hold by chance."""
    if not is_well_formed(_header, message):
        return False
    return message.port == PORT or int.from_bytes(message.data[COMMAND:LENGTH], "little") in COMMANDS


def dissect(message: Message) -> Iterator[Row]:
    """The encapsulation command, or the CIP operations it carries."""
    command, status = _header(message)
    found = _router_message(message) if command in COMMANDS else None
    if found:
        raw, length = found
        for row in (_cip.responses if raw[0] & 0x80 else _cip.requests)(raw, length):
            yield row
            if isinstance(row, Operation) and row.kind is Kind.REQUEST and row.function in _OPENS:
                yield Related("udp", IMPLICIT, None, ("cip-io",))  # its cyclic data, in either direction
        return
    yield _encapsulation(message, command, status)
    if command == LIST_IDENTITY:
        yield from _identities(message)
    if command == REGISTER:
        yield Session(credentials="none", encrypted=False)


@once
def _header(message: Message) -> tuple[int, int]:
    """(command, status)."""
    data = message.data
    if len(data) < HEADER:
        raise Malformed("{length} bytes are too few for an encapsulation header", length=len(data))
    command = int.from_bytes(data[COMMAND:LENGTH], "little")
    length = int.from_bytes(data[LENGTH : LENGTH + 2], "little")
    if not command:
        raise Malformed("encapsulation command 0x{command:04X}", command=command)
    if length + HEADER != message.length:
        raise Malformed(
            "encapsulation length says {stated} bytes, there are {length}",
            stated=length + HEADER,
            length=message.length,
        )
    status = int.from_bytes(data[STATUS:SENDER_CONTEXT], "little")
    if status > 0xFF:
        raise Malformed("encapsulation status 0x{status:08X}", status=status)
    if any(data[OPTIONS:HEADER]):
        raise Malformed("encapsulation options are not 0")
    return command, status


def _meets(data: bytes, tests: tuple[Byte, ...]) -> bool:
    for test in tests:  # noqa: SIM110 - a generator takes twice as long
        if data[test.at] not in test.among:
            return False
    return True


def _router_message(message: Message) -> tuple[bytes, int] | None:
    """(kept bytes, true length) of the CIP message, where the items are the usual two."""
    data = message.data
    for at, tests, _ in _CARRIERS:
        if len(data) > at and _meets(data, tests):
            size = int.from_bytes(data[at - 2 : at] if at == RR else data[at - 4 : at - 2], "little") - (
                2 if at == UNIT else 0
            )
            if size < 2 or at + size > message.length:
                raise Malformed("a data item of {size} bytes does not fit {length}", size=size, length=message.length)
            if data[ITEMS - 2 : ITEMS] == b"\2\0":  # nothing is behind it, so that the end of the message is its end
                size = message.length - at
            return data[at : at + size], size
    return None


def _encapsulation(message: Message, command: int, status: int) -> Operation:
    name, verb = COMMANDS.get(command, (f"Command 0x{command:04X}", Verb.UNKNOWN))
    answer = message.from_client is False
    if command in _LISTS:
        answer = message.length > HEADER or status != 0
    elif command in (SEND_RR, START_DTLS) and message.length == HEADER:
        answer = True
    kind = Kind.RESPONSE if answer else Kind.REQUEST
    if command in (SEND_RR, SEND_UNIT) and not answer:
        verb = Verb.UNKNOWN  # it carries items of another kind or order, in which there may be anything
    if command == UNREGISTER:
        kind = Kind.NOTICE
    refusal = ENCAPSULATION_STATUS.get(status, "Reserved status") if status and kind is Kind.RESPONSE else ""
    return Operation(
        verb=verb,
        function=name,
        kind=Kind.REFUSAL if refusal else kind,
        code=f"0x{command:02X}",
        refusal=f"{refusal} (0x{status:02X})" if refusal else "",
        filter=f"enip.command == 0x{command:04x}",
    )


def _identities(message: Message) -> Iterator[Identity]:
    """The CIP Identity item: version, socket address (big-endian), attributes of the Identity object, state."""
    data = message.data
    name = IDENTITY + _cip.NAME_SIZE
    if len(data) <= name or data[LISTED] != 0x0C or len(data) < name + 2 + data[name]:
        return
    address = data[SOCKET : SOCKET + 4]
    if any(address):
        yield Identity("ip", ".".join(map(str, address)))
    yield from _cip.identity(data[IDENTITY:], _cip.NAME_SIZE + 1 + data[name])


PROTOCOL = Protocol(
    name="enip",
    title="EtherNet/IP with CIP, PCCC",
    short="EtherNet/IP",
    framing=FRAMING,
    more_framings=(ON_PORT, DATAGRAMS, DATAGRAMS_ON_PORT),
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(Verb) - {Verb.REPORT, Verb.AUTHENTICATE},
    specification="CIP Networks Library Volume 1 chapters 2, 3, 5 and appendices A to C, Volume 2 chapter 2; "
    "Rockwell 1756-PM020, 1770-6.5.16 chapters 7 and 8",
)
