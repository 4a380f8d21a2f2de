"""Beckhoff ADS over AMS/TCP and the UDP discovery of TwinCAT: reads, writes, states, notifications, files, routes.

Written from the Beckhoff Information System, TwinCAT ADS: Specification for the TwinCAT ADS device (AMS/TCP packet, AMS
header, ADS commands, return codes), Beckhoff's AdsLib (AmsHeader.h, AdsDef.h, AdsLib.cpp for discovery and routes) and
the TwinCAT SDK's index groups of the system service. ADS itself has no authentication: who may speak is decided by
routes, and a route is added over UDP with a user name and password in the clear, of which only that they were there is
kept. A Read Write is what its index group makes of it: a look-up, a call of a method, else a write. An answer does not
repeat the group, so what became of each entry of a sum command is not known. Secure ADS (TCP 8016) is TLS and
recognised as such. ``_ads_names`` has the codes, ``_ads_objects`` the objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Whole, magic
from scanner.protocols.ads._names import (
    ADD_NOTE,
    ADD_ROUTE,
    COMMANDS,
    CONTROLS,
    DELETE_NOTE,
    DEVICE_INFO,
    ERRORS,
    FILE_HANDLES,
    NAMED,
    NOTE,
    PLATFORMS,
    PORTS,
    READ,
    READ_STATE,
    READ_WRITE,
    REGISTRY_RESULTS,
    SERVER_INFO,
    SERVICES,
    STATES,
    SUMS,
    SYMBOLS,
    SYSTEM_SERVICE,
    TAG_COMPUTER,
    TAG_NET_ID,
    TAG_OS,
    TAG_PASSWORD,
    TAG_RESULT,
    TAG_ROUTE,
    TAG_USER,
    TAG_VERSION,
    WRITE,
    WRITE_CONTROL,
)
from scanner.protocols.ads._objects import SHOWN, number, touched
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import printable, readable
from scanner.wording import joined, said, verbatim

TARGET, SOURCE, COMMAND, FLAGS, LENGTH, ERROR, INVOKE, DATA = 6, 14, 22, 24, 26, 30, 34, 38
PORT = 48898
LARGEST = 1 << 24  # bytes of a message
_RESPONSE, _NO_RETURN, _ADS = 0x01, 0x02, 0x04
_COOKIE = bytes((0x03, 0x66, 0x14, 0x71))
UDP_SERVICE, UDP_ADDRESS, UDP_COUNT, UDP_TAGS = 8, 12, 20, 24

TCP = Framing(
    name="ads",
    delimiter=Length(at=2, width=4, add=6, little=True, minimum=DATA, maximum=LARGEST),
    sync=(
        *(Byte(at, 0) for at in (0, 1, 5, LENGTH + 3)),
        Byte(FLAGS, (4, 5, 6, 7)),
        Byte(FLAGS + 1, (0, 1)),
        Size(DATA),
    ),
    ports={"tcp": (PORT,)},
    confirmations=2,
)
UDP = Framing(
    name="ads-udp",
    delimiter=Whole(),
    sync=(*magic(0, _COOKIE), Byte(11, (0, 0x80)), Size(UDP_TAGS)),
    ports={"udp": (48899,)},
    confirmations=1,
    pair_by_requester=True,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# The AMS address that serves, the command, index group, offset and names; never values, handles of files, invoke IDs,
# times. A symbol handle is an offset: it stands for one symbol as long as the connection lives.

_NAME = "ads"
_BODY = DATA + 16  # behind group, offset and both lengths of a Read Write


def _cases() -> Iterator[Case]:
    zeros = (Byte(0, 0), Byte(1, 0))
    invoke = (Range(INVOKE, INVOKE + 4),)

    def asked(command: int, *key: Range, group: int | None = None, more: tuple[Byte, ...] = ()) -> Case:
        exact = () if group is None else magic(DATA, group.to_bytes(4, "little"))
        when = (*zeros, Byte(COMMAND, command), Byte(FLAGS, (_ADS, _ADS | _NO_RETURN)), *exact, *more)
        return Case(_NAME, when, (Range(TARGET, SOURCE), Range(COMMAND, LENGTH), *key), Role.REQUEST, invoke, 2048)

    def answered(size: int, command: int) -> Case:
        when = (*zeros, Byte(COMMAND, command), Byte(FLAGS, (_ADS | _RESPONSE, _ADS | _NO_RETURN | _RESPONSE)))
        key = (Range(SOURCE, LENGTH), Range(ERROR, INVOKE), Range(DATA, DATA + size))
        return Case(_NAME, when, key, Role.RESPONSE, invoke, 128)

    group_and_offset = Range(DATA, DATA + 8)
    for group in (*SYMBOLS, *NAMED):
        yield asked(READ_WRITE, group_and_offset, Range(_BODY), group=group)
    for group in FILE_HANDLES:
        yield asked(READ_WRITE, Range(DATA, DATA + 4), group=group)
    for group, (_, size, command) in SUMS.items():
        if command != READ:  # what is written follows the list, whose length is the offset
            for count in range(1, SHOWN):
                entries = magic(DATA + 4, count.to_bytes(4, "little"))
                yield asked(READ_WRITE, group_and_offset, Range(_BODY, _BODY + size * count), group=group, more=entries)
        behind = None if command == READ_WRITE else _BODY + size * SHOWN  # names, and values seldom
        yield asked(READ_WRITE, group_and_offset, Range(_BODY, behind), group=group)
    yield asked(READ_WRITE, group_and_offset, more=magic(DATA + 12, bytes(4)))
    for command, size in ((READ, 12), (WRITE, 12), (WRITE_CONTROL, 4), (ADD_NOTE, 16), (READ_WRITE, 8)):
        yield asked(command, Range(DATA, DATA + size))
    for command in (DEVICE_INFO, READ_STATE, DELETE_NOTE):
        yield asked(command)
    for command, size in ((DEVICE_INFO, 24), (READ_STATE, 8)):
        yield answered(size, command)
    for command in COMMANDS:
        if command not in (DEVICE_INFO, READ_STATE):
            yield answered(4, command)
    yield Case(_NAME, (*zeros, Byte(COMMAND, NOTE)), (Range(SOURCE, LENGTH),), Role.NOTICE, keep=128)
    ends = Range(COMMAND, LENGTH)
    yield Case(_NAME, (*zeros, Byte(FLAGS, (4, 6))), (Range(TARGET, SOURCE), ends), Role.REQUEST, invoke, 128)
    yield Case(
        _NAME, (*zeros, Byte(FLAGS, (5, 7))), (Range(SOURCE, LENGTH), Range(ERROR, INVOKE)), Role.RESPONSE, invoke
    )
    cookie = magic(0, _COOKIE)
    for flag, role in ((0, Role.REQUEST), (0x80, Role.RESPONSE)):
        yield Case(_NAME, (*cookie, Byte(11, flag)), (Range(UDP_SERVICE),), role, (Range(4, 8),), 2048)


CASES = tuple(_cases())

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """Both lengths hold and the command exists; or discovery's cookie."""
    if not is_well_formed(_check, message):
        return False
    return message.transport == "udp" or message.port == PORT or number(message.data, COMMAND, 2) in COMMANDS


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one AMS message or of one message of the discovery."""
    _check(message)
    if message.transport == "udp":
        yield from _discovery(message.data)
    elif message.data[FLAGS] & _RESPONSE:
        yield from _answer(message.data)
    else:
        yield from _request(message.data)


def _check(message: Message) -> None:
    data = message.data
    if message.transport == "udp":
        if not data.startswith(_COOKIE) or len(data) < UDP_TAGS:
            raise Malformed("no discovery of ADS")
        return
    if len(data) < DATA:
        raise Malformed("{length} bytes are too few for an AMS header", length=len(data))
    if data[0] or data[1] or number(data, 2) + 6 != message.length:
        raise Malformed(
            "AMS/TCP length says {stated} bytes, there are {length}", stated=number(data, 2) + 6, length=message.length
        )
    if number(data, LENGTH) + DATA != message.length:
        raise Malformed(
            "AMS length says {stated} bytes, there are {length}",
            stated=number(data, LENGTH) + DATA,
            length=message.length,
        )
    if not data[FLAGS] & _ADS:
        raise Malformed("the flags are not those of an ADS command")


def _net_id(raw: bytes) -> str:
    return ".".join(str(b) for b in raw[:6])


def _operation(data: bytes, at: int, **more: str) -> Operation:
    """The operation of the command; ``at`` is where the address of the serving end stands."""
    command = number(data, COMMAND, 2)
    name, verb = COMMANDS.get(command, (f"Command {command}", Verb.UNKNOWN))
    port = number(data, at + 6, 2)
    return Operation(
        verb=verb,
        function=name,
        code=str(command),
        unit=f"{_net_id(data[at : at + 6])}:{port}",
        object=more.get("object", ""),
        detail=joined((said(PORTS[port]) if port in PORTS else "", more.get("detail", ""))),
        filter=f"ams.cmdid == {command}",
    )


def _request(data: bytes) -> Iterator[Row]:
    command, body = number(data, COMMAND, 2), data[DATA:]
    if command == NOTE:
        yield replace(_operation(data, SOURCE), kind=Kind.NOTICE)
    elif command in (READ, WRITE, READ_WRITE, ADD_NOTE):
        group = number(body, 0)
        for verb, where in touched(command, number(data, TARGET + 6, 2), body):
            row = _operation(data, TARGET, object=where)
            yield replace(row, verb=verb, filter=f"{row.filter} && ams.ads_indexgroup == 0x{group:08x}")
    elif command == WRITE_CONTROL:
        state, device = _state(number(body, 0, 2)), number(body, 2, 2)
        given = said("device state {n}", n=device) if device else ""
        row = _operation(data, TARGET, detail=joined((verbatim(state), given)))
        yield replace(row, verb=CONTROLS.get(state, Verb.MODE_CHANGE))
    else:
        yield _operation(data, TARGET)


def _state(number_of: int) -> str:
    return STATES[number_of] if number_of < len(STATES) else f"state {number_of}"


def _answer(data: bytes) -> Iterator[Row]:
    command, body = number(data, COMMAND, 2), data[DATA:]
    refusal, detail = _refusal(data, body), ""
    if command == READ_STATE and not refusal and len(body) >= 6:
        detail = verbatim(_state(number(body, 4, 2)))
    row = _operation(data, SOURCE, detail=detail)
    verb = Verb.UNKNOWN if command == READ_WRITE else row.verb  # files, services and much else are read and written so
    yield replace(row, verb=verb, kind=Kind.REFUSAL if refusal else Kind.RESPONSE, refusal=refusal)
    if command == DEVICE_INFO and not refusal and len(body) >= 24:
        name = printable(body[8:24])
        if name:
            yield Identity("software", f"{name} {body[4]}.{body[5]}.{number(body, 6, 2)}")


def _refusal(data: bytes, body: bytes) -> str:
    """The error of the AMS header, else the result that every ADS answer begins with."""
    error = number(data, ERROR)
    names = ERRORS
    if not error and len(body) >= 4:
        error = number(body, 0)
        if number(data, SOURCE + 6, 2) == SYSTEM_SERVICE and data[COMMAND] in (WRITE, READ_WRITE):
            names = ERRORS | REGISTRY_RESULTS
    return f"{names.get(error, 'error')} (0x{error:04X})" if error else ""


# --- discovery ------------------------------------------------------------------------------------------------------


def _discovery(data: bytes) -> Iterator[Row]:
    service = number(data, UDP_SERVICE) & 0x7FFFFFFF
    name, verb = SERVICES.get(service, (f"Service {service}", Verb.UNKNOWN))
    tags = dict(_tags(data))
    is_answer = bool(data[11] & 0x80)
    row = Operation(
        verb,
        name,
        Kind.RESPONSE if is_answer else Kind.REQUEST,
        code=f"UDP {service}",
        filter=f"udp.payload[0:4] == 03:66:14:71 && udp.payload[8] == 0x{service & 0xFF:02x}",
    )
    if is_answer:
        error = number(tags[TAG_RESULT], 0) if len(tags.get(TAG_RESULT, b"")) == 4 else 0
        refusal = f"{ERRORS.get(error, 'error')} (0x{error:04X})" if error else ""
        detail = said("AMS net ID {name}", name=_net_id(data[UDP_ADDRESS:]))
        yield replace(row, kind=Kind.REFUSAL if refusal else row.kind, refusal=refusal, detail=detail)
        yield from _server(service, tags)
    elif service == ADD_ROUTE:
        yield from _route(row, tags)
    else:
        yield row


def _tags(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = UDP_TAGS
    for _ in range(min(number(data, UDP_COUNT), 64)):
        tag, size = number(data, at, 2), number(data, at + 2, 2)
        at += 4
        if at + size > len(data):
            raise Malformed("tag {tag} of {size} bytes is cut short", tag=tag, size=size)
        yield tag, data[at : at + size]
        at += size


def _route(row: Operation, tags: dict[int, bytes]) -> Iterator[Row]:
    """A route is added with the user name and password of an account on the target."""
    texts = {tag: readable(raw) for tag, raw in tags.items() if tag not in (TAG_PASSWORD, TAG_USER)}
    yield replace(row, object=f"route {texts.get(TAG_ROUTE, '')}".rstrip(), detail=_towards(tags, texts))
    secret = any(tags.get(tag, b"").rstrip(bytes(1)) for tag in (TAG_PASSWORD, TAG_USER))
    yield Session(credentials="user-password" if secret else "none", encrypted=False)


def _towards(tags: dict[int, bytes], texts: dict[int, str]) -> str:
    """Whom a route leads to, as far as it is named."""
    net = _net_id(tags[TAG_NET_ID]) if len(tags.get(TAG_NET_ID, b"")) == 6 else ""
    host = texts.get(TAG_COMPUTER, "")
    if net and host:
        return said("to {name} at {host}", name=net, host=host)
    return said("to {name}", name=net or host) if net or host else ""


def _server(service: int, tags: dict[int, bytes]) -> Iterator[Identity]:
    if service != SERVER_INFO:
        return
    name = printable(tags.get(TAG_COMPUTER, b""))
    if name:
        yield Identity("hostname", name)
    version = tags.get(TAG_VERSION, b"")
    if len(version) >= 4:
        yield Identity("software", f"TwinCAT {version[0]}.{version[1]}.{number(version, 2, 2)}")
    system = tags.get(TAG_OS, b"")
    if len(system) >= 20:
        yield Identity("os", _system(system))


def _system(raw: bytes) -> str:
    """Windows' OSVERSIONINFO: size, major, minor, build, platform, service pack."""
    major, minor, build, platform = (number(raw, at) for at in (4, 8, 12, 16))
    name = f"{PLATFORMS.get(platform, f'platform {platform}')} {major}.{minor}" + (f" build {build}" if build else "")
    pack = raw[20:].decode("utf-16-le", "replace").split("\0", 1)[0]
    return f"{name} {readable(pack.encode())}".rstrip()


PROTOCOL = Protocol(
    name=_NAME,
    title="Beckhoff ADS/AMS",
    short="ADS",
    framing=TCP,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {verb for _, verb in COMMANDS.values()}
        | set(CONTROLS.values())
        | {verb for _, verb in SERVICES.values()}
        | {Verb.UNKNOWN, Verb.SESSION, Verb.OPERATE, Verb.TIME_SYNC, Verb.PROGRAM_DOWNLOAD}
        | {Verb.FILE_READ, Verb.FILE_WRITE, Verb.FILE_DELETE}
    ),
    specification="Beckhoff Information System, TwinCAT ADS device specification (AMS/TCP packet, AMS "
    "header, ADS commands); AdsLib: AmsHeader.h, AdsDef.h",
    more_framings=(UDP,),
    display_filter="ams",
)
