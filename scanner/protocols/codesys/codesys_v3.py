"""CODESYS V3 over UDP and TCP: devices found by name service, channels, services by group.

3S publishes no protocol specification. Written from Microsoft's ICS Forensics Tools (CodeSysV3 protocol structures),
published dissectors, research of Tenable (TRA-2020-04), and the numbers in the runtime's public interface headers.
``_codesys_v3_names`` has the service groups. A service that spans several blocks is told by its first one. Names of
applications and files, and results, are told where they stand in short services; variables, values and credentials
never are. Services in the byte order of Motorola are not read. The login does not show whether a password was needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Test, Whole, bits, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.codesys._files import of_file
from scanner.protocols.codesys._shell import SHELL_VERBS
from scanner.protocols.codesys._v3_layers import (
    BLOCK,
    FIRST,
    HEADER,
    MAGIC,
    PLAIN,
    ROUTER,
    SECURE,
    SERVICES,
    Service,
    aligned,
    check,
    datagram,
    name_packet,
    service,
    tags,
)
from scanner.protocols.codesys._v3_names import (
    APP,
    CHANNELS,
    DATA,
    DATAGRAMS,
    DEVICE,
    FILES,
    GROUPS,
    NAME_CLIENT,
    NAME_PACKETS,
    NAME_SERVER,
    OPEN,
    OPEN_ANSWER,
    OPEN_REASONS,
    PACKETS,
    RESULTS,
    SHELL,
    USERS,
)
from scanner.protocols.common.encrypted import hidden_kind
from scanner.protocols.common.text import printable, readable
from scanner.wording import joined, said

_SECURED = "Secure services"
TCP_PORTS, UDP_PORTS = (11740, 11741, 11742, 11743), (1740, 1741, 1742, 1743)
_SYNC = (Byte(0, ROUTER), Byte(1, bits(7, HEADER // 2)), Byte(3, DATAGRAMS))

FRAMING = Framing(
    name="codesys-v3-tcp",
    delimiter=Length(at=4, width=4, little=True, minimum=BLOCK + HEADER, maximum=65536),
    sync=(*magic(0, MAGIC), *(Byte(BLOCK + test.at, test.among) for test in _SYNC)),
    ports={"tcp": TCP_PORTS},
    confirmations=1,
)
DATAGRAM = Framing(
    name="codesys-v3-udp",
    delimiter=Whole(),
    sync=(*_SYNC, Size(HEADER + 2, 1500)),
    ports={"udp": UDP_PORTS},
    confirmations=3,
    pair_by_requester=True,  # the name service is asked by broadcast
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Where the layers begin depends on the lengths of the two addresses. Block and message numbers, sessions, channels,
# checksums and the contents of most services are not meaning.

_NAME = "codesys-v3"
_MOST_WORDS = 12
# Services whose short contents are meaning: names of applications and files, results.
_TOLD = {
    DEVICE: frozenset((0x01, 0x04, 0x06, 0x09)),
    APP: frozenset((0x01, 0x03, 0x04, 0x10, 0x11, 0x12, 0x22, 0x23, 0x24, 0x26, 0x27)),
    FILES: frozenset((0x01, 0x02, 0x05, 0x0C, 0x0E, 0x0F, 0x10, 0x11, 0x12)),
    SHELL: frozenset((0x01,)),
}
_TOLD_REPLIES = _TOLD | {
    DEVICE: frozenset((0x01, 0x02, 0x04, 0x06, 0x08, 0x09)),
    FILES: frozenset((0x01, 0x02, 0x05, 0x0E, 0x0F, 0x10, 0x11, 0x12)),
    USERS: frozenset((0x02, 0x04, 0x05, 0x06, 0x07)),
    SHELL: frozenset[int](),
}


def _layouts() -> Iterator[tuple[tuple[Test, ...], int, int]]:
    """(tests, place of the datagram header, place of its payload) for every sum of address lengths."""
    for base in (BLOCK, 0):
        start: tuple[Test, ...] = (Byte(0, MAGIC[0] if base else ROUTER), Byte(base + 1, bits(7, HEADER // 2)))
        for words in range(0, _MOST_WORDS, 2):
            sums = {r | s << 4 for r in range(16) for s in range(16) if r + s in (words, words + 1)}
            yield (*start, Byte(base + 5, sums)), base, base + aligned(HEADER + 2 * words)


def _cases() -> Iterator[Case]:
    for tests, base, at in _layouts():
        kind = Range(base + 3, base + 4)
        named = (*tests, Byte(base + 3, NAME_SERVER)), (*tests, Byte(base + 3, NAME_CLIENT))
        identifier = (Range(at + 4, at + 8),)
        yield Case(_NAME, named[0], (kind, Range(at, at + 4)), Role.REQUEST, identifier)
        yield Case(_NAME, named[1], (kind, Range(at, at + 4), Range(at + 8)), Role.RESPONSE, identifier)
        channel = (*tests, Byte(base + 3, CHANNELS))
        yield from _channel_cases(channel, kind, at)
    yield Case(_NAME, (Byte(0, MAGIC[0]),), (Range(BLOCK + 3, BLOCK + 4),), Role.NOTICE)
    yield Case(_NAME, (), (Range(3, 4),), Role.NOTICE)


def _channel_cases(tests: tuple[Test, ...], kind: Range, at: int) -> Iterator[Case]:
    packet, version, opened = Range(at, at + 1), Range(at, at + 4), (Range(at + 8, at + 12),)
    yield Case(_NAME, (*tests, Byte(at, OPEN)), (kind, version), Role.REQUEST, opened)
    yield Case(_NAME, (*tests, Byte(at, OPEN_ANSWER)), (kind, version, Range(at + 12, at + 14)), Role.RESPONSE, opened)
    first = (*tests, Byte(at, DATA), Byte(at + 1, bits(FIRST, FIRST)))
    start = at + SERVICES
    head, contents, channel = Range(start, start + 8), Range(start + 16), (Range(at + 2, at + 4),)
    plain = (*first, *magic(start, PLAIN), Byte(start + 5, 0), Byte(start + 7, 0))
    for told, mark, role in ((_TOLD, 0, Role.REQUEST), (_TOLD_REPLIES, 0x80, Role.RESPONSE)):
        for group, numbers in told.items():
            if numbers:
                when = (*plain, Byte(start + 4, group | mark), Byte(start + 6, numbers))
                yield Case(_NAME, when, (kind, packet, head, contents), role, channel)
        when = (*plain, Byte(start + 4, bits(0x80, mark)))
        yield Case(_NAME, when, (kind, packet, head), role, channel)
    yield Case(_NAME, (*first, *magic(start, SECURE)), (kind, packet, Range(start, start + 2)), Role.NOTICE)
    yield Case(_NAME, first, (kind, packet, Range(at + 1, at + 2), Range(start, start + 2)), Role.NOTICE)
    yield Case(_NAME, tests, (kind, packet, Range(at + 1, at + 2)), Role.NOTICE)


# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A datagram whose layers hold; away from the ports it must not end before them."""
    try:
        found = datagram(message.data)
        check(message.data)
    except Malformed:
        return False
    known = message.port in (TCP_PORTS if message.transport == "tcp" else UDP_PORTS)
    return message.transport in ("tcp", "udp") and (known or found.at < message.length)


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one message."""
    data = message.data
    found = datagram(data)
    base = BLOCK if data[:4] == MAGIC else 0
    short = (data[base + 5] & 15) + (data[base + 5] >> 4) < _MOST_WORDS
    if short and found.at < len(data) and found.service in (NAME_SERVER, NAME_CLIENT):
        yield from _name_service(message, found.service, found.at)
    elif short and found.at < len(data) and found.service == CHANNELS:
        yield from _channel(message, found.at)
    else:
        yield Operation(Verb.SESSION, DATAGRAMS[found.service], Kind.NOTICE, f"0x{found.service:02X}")


def _contains(message: Message, raw: bytes) -> str:
    """A display filter: no dissector of tshark knows the protocol."""
    return f"{message.transport} contains {raw.hex(':')}" if len(raw) > 1 else ""


# --- name service ---------------------------------------------------------------------------------------------------


def _name_service(message: Message, asked: int, at: int) -> Iterator[Row]:
    data = message.data
    kind, order = name_packet(data, at)
    if not kind:
        raise Malformed("name service packet")
    answer = asked == NAME_CLIENT and kind == 0xC280
    info = _Node.read(data, at, order) if answer else None
    yield Operation(
        Verb.IDENTIFY,
        NAME_PACKETS[kind],
        Kind.RESPONSE if asked == NAME_CLIENT else Kind.REQUEST,
        f"0x{kind:04X}",
        detail=info.detail if info else "",
        filter=_contains(message, data[at : at + 4]),
    )
    if info:
        yield from info.identities


class _Node:
    """What an identification tells; its strings stand behind a part whose length depends on the version."""

    def __init__(self, detail: str, identities: list[Identity]) -> None:
        self.detail, self.identities = detail, identities

    @classmethod
    def read(cls, data: bytes, at: int, order: str) -> _Node:
        def number(place: int, size: int) -> int:
            raw = data[at + place : at + place + size]
            if len(raw) < size:
                raise Malformed("identification cut short")
            return int.from_bytes(raw, order)  # type: ignore[arg-type]

        version, parent = number(2, 2), number(12, 2)
        lengths = [number(14, 2), number(16, 2), number(18, 2)]
        target, device, release = number(20, 4), number(24, 4), number(28, 4)
        newest = version == 0x0400
        place = at + (48 if newest else 32) + 2 * parent
        texts = []
        for length in lengths:
            raw = data[place : place + 2 * length]
            if len(raw) < 2 * length:
                raise Malformed("name of an identification cut short")
            decoded = raw.decode("utf-16-le" if order == "little" else "utf-16-be", "replace")
            texts.append(printable(decoded.encode("utf-8")))
            place += 2 * length + 2
        serial = printable(data[place : place + data[at + 36]]) if newest and len(data) > at + 36 else ""
        firmware = ".".join(str(release >> shift & 255) for shift in (24, 16, 8, 0)) if release else ""
        values = zip(("name", "model", "vendor", "firmware", "serial"), (*texts, firmware, serial), strict=True)
        words = (said("target type {name}", name=target), said("target {name}", name=f"0x{device:08X}"))
        return cls(joined(words), [Identity(f, v) for f, v in values if v])


# --- channels and services ------------------------------------------------------------------------------------------


def _channel(message: Message, at: int) -> Iterator[Row]:
    data = message.data
    packet = data[at]
    if packet not in PACKETS:
        raise Malformed("channel packet 0x{packet:02X}", packet=packet)
    if packet == DATA:
        yield from _block(message, at)
        return
    reason = int.from_bytes(data[at + 12 : at + 14], "little") if packet == OPEN_ANSWER else 0
    refusal = f"{OPEN_REASONS.get(reason, 'reason')} ({reason})" if reason else ""
    kind = {OPEN: Kind.REQUEST, OPEN_ANSWER: Kind.RESPONSE}.get(packet, Kind.NOTICE)
    yield Operation(
        Verb.SESSION,
        PACKETS[packet],
        Kind.REFUSAL if refusal else kind,
        f"0x{packet:02X}",
        refusal=refusal,
        filter=_contains(message, data[at : at + 4]) if packet in (OPEN, OPEN_ANSWER) else "",
    )


def _block(message: Message, at: int) -> Iterator[Row]:
    """A first block holds the header of a service; what follows it in further blocks is not told."""
    data, start = message.data, at + SERVICES
    if len(data) < at + 2:
        raise Malformed("data block cut short")
    if not data[at + 1] & FIRST:
        return
    if data[start : start + 2] == SECURE:
        shown = _contains(message, SECURE)
        yield Operation(Verb.UNKNOWN, _SECURED, hidden_kind(message), "0x7557", filter=shown)
        yield Session(version="CODESYS V3 secure", encrypted=True)
        return
    if data[start : start + 2] != PLAIN:
        yield Operation(Verb.UNKNOWN, PACKETS[DATA], Kind.NOTICE, "0x01")
        return
    yield from _service(message, service(data, start))


_LOG_INS = (2, 8)


def _service(message: Message, found: Service) -> Iterator[Row]:
    group, services, otherwise = GROUPS.get(found.group, (f"group 0x{found.group:02X}", {}, Verb.UNKNOWN))
    name, verb = services.get(found.number, (f"service 0x{found.number:02X}", otherwise))
    told = found.number in (_TOLD_REPLIES if found.reply else _TOLD).get(found.group, ())
    values = list(tags(message.data[found.at :])) if told else []
    touched = "" if found.reply else _touched(found, values)
    if found.group == SHELL and not found.reply:
        verb = SHELL_VERBS.get(touched.removeprefix("command ").lower(), verb)
    if found.group == FILES:
        verb = of_file(verb, touched)
    refusal = _refusal(found, values) if found.reply else ""
    kind = Kind.REFUSAL if refusal else Kind.RESPONSE if found.reply else Kind.REQUEST
    yield Operation(
        verb,
        f"{group} {name}",
        kind,
        f"0x{found.group:02X}:0x{found.number:02X}",
        object=touched,
        refusal=refusal,
        filter=_contains(message, found.header),
    )
    if found.group == DEVICE and found.number in _LOG_INS and not found.reply:  # how it hides the password is not read
        yield Session(version="CODESYS V3", encrypted=False, unread=("credentials",))
    if found.group == DEVICE and found.number == 1 and found.reply:
        yield from _target(values)


def _touched(found: Service, values: list[tuple[tuple[int, ...], bytes]]) -> str:
    """The application, file or command of a request."""
    if found.group == APP:
        names = [v for path, v in values if path[-2:] == (0x81, 0x10)]
        return f"application {readable(names[0], 60)}" if names else ""
    if found.group == FILES:
        wanted = {0x0C: 0x0B, 0x10: 0x0B, 0x11: 0x0B, 0x12: 0x0B}.get(found.number, 0x01)
        names = [v.split(b"\0")[0] for path, v in values if path[-1] == wanted]
        return " to ".join(readable(n, 100) for n in names[:2])
    if found.group == SHELL:
        names = [v.split(b"\0")[0] for path, v in values if path[-1] == 0x10]
        words = readable(names[0]).split() if names else []
        return f"command {words[0]}" if words else ""
    return ""


# (group, path of the tag that has the result of a reply)
_RESULTS = {DEVICE: (0x82, 0x20), FILES: (0x84, 0x08)}


def _refusal(found: Service, values: list[tuple[tuple[int, ...], bytes]]) -> str:
    """The result of a reply where its place is known: logins and files."""
    wanted = _RESULTS.get(found.group)
    if found.group == DEVICE and found.number not in (2, 8):
        return ""
    for path, value in values:
        known = path == wanted or (found.group == FILES and path[-1:] == wanted[-1:] if wanted else False)
        if known and 2 <= len(value) <= 4:
            code = int.from_bytes(value[:2], "little")
            return f"{RESULTS.get(code, 'result')} (0x{code:04X})" if code else ""
    return ""


# Tags of the answer to GetTargetIdent, which may stand in a tag of their own.
_TARGET = {0x02: "model", 0x03: "vendor", 0x04: "name", 0x09: "serial"}


def _target(values: list[tuple[tuple[int, ...], bytes]]) -> Iterator[Identity]:
    for path, value in values:
        field = _TARGET.get(path[-1])
        text = (
            value.decode("utf-16-le", "replace") if value[1:2] == b"\0" and len(value) > 2 else value.decode("latin-1")
        )
        shown = printable(text.encode("utf-8"))
        if field and shown:
            yield Identity(field, shown)


PROTOCOL = Protocol(
    name=_NAME,
    title="CODESYS V3",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {verb for _, services, otherwise in GROUPS.values() for verb in (otherwise, *(v for _, v in services.values()))}
        | set(SHELL_VERBS.values())
        | {Verb.SESSION, Verb.IDENTIFY, Verb.UNKNOWN}
    ),
    opaque=(_SECURED,),
    specification="not published; Microsoft ICS Forensics Tools, Tenable TRA-2020-04, runtime interface headers",
    more_framings=(DATAGRAM,),
    midway="login not seen",
)
