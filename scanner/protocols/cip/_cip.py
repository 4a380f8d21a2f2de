"""CIP messages as EtherNet/IP carries them: paths, services, answers. ``_cip_services`` has the services,
``_cip_names`` the names, ``_pccc`` what Execute PCCC carries.

CIP Networks Library Volume 1 sections 2-4 (message router), 3-5.5 (connection manager), appendix C (paths).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from scanner.protocols.base import Identity, Kind, Malformed, Operation, Row, Verb
from scanner.protocols.cip import _names as names
from scanner.protocols.cip import _pccc
from scanner.protocols.cip import _services as services
from scanner.protocols.cip._vendors import vendor_name
from scanner.protocols.common.text import printable, readable
from scanner.wording import joined, said, verbatim

# Where a request has its service, the words of its path and the path; an answer its service, status, words of
# additional status, and what was asked for; the Identity object its attributes 1 to 7 (5 is its status).
SERVICE, PATH_SIZE, PATH = 0, 1, 2
STATUS, MORE, ANSWER = 2, 3, 4
VENDOR, DEVICE_TYPE, PRODUCT, REVISION, OWN_STATUS, SERIAL, NAME_SIZE = 0, 2, 4, 6, 8, 10, 14
MOST_WORDS = 24  # words of a path that are looked at; what lies beyond is not told apart
PLAIN_PATH = 2  # words of a path that is 8-bit class and instance
DATA = PATH + 2 * PLAIN_PATH  # where the data of a request with such a path begin
MESSAGE_ROUTER, CONNECTION_MANAGER, PCCC = 0x02, 0x06, 0x67
MULTIPLE, UNCONNECTED_SEND, EXECUTE_PCCC = 0x0A, 0x52, 0x4B
FORWARD_OPENS = {0x54: 34, 0x5B: 38}  # service -> offset of transport type and path size behind the request path
FORWARD_CLOSE = 0x4E
SENT_SIZE, SENT = 2, 4  # behind the request path of an unconnected send: the size of the message inside, the message
# Behind the request path: where a forward open has its vendor, a forward close its vendor, path size and path.
OPEN_VENDOR, CLOSE_VENDOR, CLOSE_PATH_SIZE, CLOSE_PATH = 12, 4, 10, 12
_INSTANCES = (b"\x24\x01", b"\x25\x00\x01\x00", b"\x26\x00\x01\x00\x00\x00")  # instance 1 as anybody may write it
_RESETS = {
    0: said("power cycle"),
    1: said("return to factory defaults"),
    2: said("return to factory defaults, except communication settings"),
}
_LOGICAL = ("class", "instance", "member", "connection point", "attribute", "special", "service", "reserved")
_MOST_EMBEDDED = 256
_KEYS = {4: 10, 5: 14}  # bytes of a segment with an electronic key, by its format: without and with a serial number
MOST_LAYERS = 4  # requests that carry requests, one within the other


def paths_to(number: int) -> tuple[bytes, ...]:
    """The paths to instance 1 of a class; the first is the one that everybody writes."""
    return tuple(
        kind + instance for kind in (bytes((0x20, number)), bytes((0x21, 0, number, 0))) for instance in _INSTANCES
    )


_WRAPPERS = {number: paths_to(number) for number in (MESSAGE_ROUTER, CONNECTION_MANAGER, PCCC)}


@dataclass(slots=True)
class Path:
    """A request or connection path in words.

    classes: the class identifiers in order; the last one is what is asked. whole: nothing of it is not understood.
    """

    text: str = ""
    classes: list[int] = field(default_factory=list)
    symbol: str = ""
    hops: list[str] = field(default_factory=list)
    safety: bool = False
    whole: bool = True

    @property
    def target(self) -> int | None:
        """The class that a service code belongs to; ``TAG`` for a symbol, None when the path has neither."""
        if self.symbol:
            return services.TAG
        return self.classes[-1] if self.classes else None


def path(raw: bytes) -> Path:
    """Read a padded path; a segment that is cut off or reserved ends it."""
    found, at, words = Path(), 0, []
    while at < len(raw):
        kind, size = raw[at] >> 5, _segment_size(raw, at)
        if not size or at + size > len(raw):
            found.whole = False
            break
        segment = raw[at : at + size]
        at += size
        if kind == 0:
            found.hops.append(_hop(segment))
        elif kind == 1 and segment[0] != 0x34:
            words.append(_logical(segment, found))
        elif kind == 2:
            found.safety |= segment[0] == 0x50
        elif kind == 4 and segment[0] == 0x91:
            found.symbol += ("." if found.symbol else "") + readable(segment[2 : 2 + segment[1]])
        elif kind == 3:
            found.symbol += ("." if found.symbol else "") + readable(segment[1 : 1 + (segment[0] & 0x1F)])
    tag = [f"tag {found.symbol}"] if found.symbol else []
    found.text = " ".join((*tag, *words))
    return found


def _segment_size(raw: bytes, at: int) -> int:
    """Bytes of the segment at ``at`` with padding; 0 when its kind is reserved or its size is cut off."""
    first, second = raw[at], raw[at + 1] if at + 1 < len(raw) else 0
    kind = first >> 5
    if kind == 0:
        size = (3 if first & 0x10 else 2) + (2 if first & 0x0F == 0x0F else 0)
        return (size + (second if first & 0x10 else 0) + 1) & ~1
    if kind == 1:
        return _KEYS.get(second, 0) if first == 0x34 else (2, 4, 6, 0)[first & 3]
    if kind == 2:
        return 2 + 2 * second if first & 0x10 else 2
    if kind == 3:
        return (1 + (first & 0x1F) + 1) & ~1 if first & 0x1F else 0
    if kind == 4:
        return 2 + 2 * second if first == 0x80 else (2 + second + 1) & ~1 if first == 0x91 else 0
    return 0


def _hop(segment: bytes) -> str:
    port = segment[0] & 0x0F
    if segment[0] & 0x10:
        start = 4 if port == 0x0F else 2
        return said("port {n} to {name}", n=port, name=readable(segment[start : start + segment[1]]))
    return said("slot {n}", n=segment[1]) if port == 1 else said("port {n} to {name}", n=port, name=segment[-1])


def _logical(segment: bytes, found: Path) -> str:
    kind, width = segment[0] >> 2 & 7, segment[0] & 3
    value = int.from_bytes(segment[1:2] if width == 0 else segment[2:], "little")
    if kind == 0:
        found.classes.append(value)
        name = names.CLASSES.get(value)
        return f"{name} (0x{value:02X})" if name else f"class 0x{value:02X}"
    return f"{_LOGICAL[kind]} {value}"


@dataclass(slots=True)
class Request:
    """A message router request: service, path, what follows."""

    service: int
    words: int
    path: Path
    data: bytes

    @property
    def start(self) -> int:
        """Where the data begin in the request."""
        return PATH + 2 * self.words

    def is_for(self, service: int, number: int, raw: bytes) -> bool:
        """The service at instance 1 of the class, however its path is written."""
        return self.service == service and raw[PATH : self.start] in _WRAPPERS[number]


def request(raw: bytes, length: int) -> Request:
    """Read a request of ``length`` bytes, of which ``raw`` is what was kept."""
    if len(raw) < PATH:
        raise Malformed("CIP request cut short")
    words = raw[PATH_SIZE]
    if PATH + 2 * words > length:
        raise Malformed(
            "CIP path of {words} words does not fit a request of {length} bytes", words=words, length=length
        )
    shown = path(raw[PATH : PATH + 2 * min(words, MOST_WORDS)])
    shown.whole &= words <= MOST_WORDS
    return Request(raw[SERVICE], words, shown, raw[PATH + 2 * words :])


def requests(raw: bytes, length: int, unit: str | None = None, layers: int = MOST_LAYERS) -> Iterator[Operation]:
    """The operations of a request, with those that it carries in multiple service packets and unconnected sends, one
    within the other, as far as ``layers`` go. unit: where an unconnected send around it goes; None: there is none.
    """
    asked = request(raw, length)
    if asked.is_for(EXECUTE_PCCC, PCCC, raw):
        yield from (replace(row, unit=unit or "") for row in _pccc.commands(asked.data))
    elif asked.is_for(MULTIPLE, MESSAGE_ROUTER, raw):
        yield from _embedded(asked, raw, length, unit, layers)
    elif asked.is_for(UNCONNECTED_SEND, CONNECTION_MANAGER, raw):
        yield from _unconnected(asked, raw, length, layers)
    else:
        yield _named(asked, raw, _unit(asked, raw) if unit is None else unit)


def _unread(asked: Request, raw: bytes, unit: str | None) -> Operation:
    """A request that carries others, of which some were not taken apart: they may do anything."""
    return replace(
        _named(asked, raw, unit or ""), verb=Verb.UNKNOWN, detail=said("carries requests that were not read")
    )


def _embedded(asked: Request, raw: bytes, length: int, unit: str | None, layers: int) -> Iterator[Operation]:
    """The services of a multiple service packet: their number, where each begins, the services."""
    body, length = asked.data, length - asked.start
    if len(body) < 2:
        raise Malformed("multiple service packet cut short")
    count = int.from_bytes(body[:2], "little")
    if not count or 2 + 2 * count > length:
        raise Malformed(
            "multiple service packet of {count} services does not fit {length} bytes", count=count, length=length
        )
    if not layers:
        yield _unread(asked, raw, unit)
        return
    listed = min(count, _MOST_EMBEDDED + 1)
    starts = [int.from_bytes(body[2 + 2 * n : 4 + 2 * n], "little") for n in range(listed)]
    unread = count > _MOST_EMBEDDED
    for start, end in list(zip(starts, [*starts[1:], length], strict=True))[:_MOST_EMBEDDED]:
        if not 2 + 2 * count <= start < end <= length:
            raise Malformed("offsets of a multiple service packet run backwards or out of it")
        inner = body[start:end]
        if len(inner) >= PATH:
            yield from requests(inner, end - start, unit, layers - 1)
        else:
            unread = True
    if unread:
        yield _unread(asked, raw, unit)


def _unconnected(asked: Request, raw: bytes, length: int, layers: int) -> Iterator[Operation]:
    """The message inside, for the slot that its route ends in; the route is read where it is one port segment."""
    body, length = asked.data, length - asked.start
    if len(body) < SENT + 2:
        raise Malformed("unconnected send cut short")
    size = int.from_bytes(body[SENT_SIZE:SENT], "little")
    if size < 2 or SENT + size > length:
        raise Malformed("unconnected send of {size} bytes does not fit {length}", size=size, length=length)
    route = body[-4:] if len(body) == length else b""
    unit = path(route[2:]).hops[0] if route[:2] == b"\x01\x00" and path(route[2:]).hops else ""
    if layers:
        yield from requests(body[SENT : SENT + size], size, unit, layers - 1)
    else:
        yield _unread(asked, raw, unit)


def _named(asked: Request, raw: bytes, unit: str) -> Operation:
    target = asked.path.target
    name, verb = _service(asked.service, target)
    if not asked.path.whole:
        verb = Verb.UNKNOWN  # what a service does depends on its class
    return Operation(
        verb=verb,
        function=name,
        code=f"0x{asked.service:02X}",
        unit=unit,
        object=asked.path.text,
        detail=_detail(asked, raw),
        filter=f"cip.sc == 0x{asked.service:02x} && cip.rr == 0",
    )


def _service(service: int, target: int | None) -> tuple[str, Verb]:
    if target == services.FIRMWARE and service not in services.READS:
        return services.COMMON.get(service, (f"Firmware service 0x{service:02X}", Verb.UNKNOWN))[
            0
        ], Verb.FIRMWARE_UPDATE
    specific = services.SPECIFIC.get(target, {}).get(service) if target is not None else None
    if specific:
        return specific
    if service in services.COMMON:
        name, verb = services.COMMON[service]
        if service == services.RESET and target is not None:
            verb = services.reset_verb(target)
        if service in services.CHANGES and target is not None:
            verb = services.CHANGE_VERBS.get(target, verb)
        return name, verb
    return _unnamed(service, target), Verb.UNKNOWN


def _unnamed(service: int, target: int | None) -> str:
    if service < 0x32:
        return f"Reserved service 0x{service:02X}"
    if service < 0x4B:
        return f"Vendor-specific service 0x{service:02X}"
    of = "" if target is None or target < 0 else f" of {names.CLASSES.get(target) or f'class 0x{target:02X}'}"
    return f"Object-specific service 0x{service:02X}{of}"


def _detail(asked: Request, raw: bytes) -> str:
    """What more of the request belongs to its key: the kind of reset, the connection that is opened."""
    if raw and asked.words == PLAIN_PATH and asked.service == 0x05 and asked.path.target == 0x01:
        kind = asked.data[0] if asked.data else 0
        return _RESETS.get(kind) or said("reset type {n}", n=kind)
    opened = _connection(asked, raw)
    return opened[1] if opened else ""


def _connection(asked: Request, raw: bytes) -> tuple[Path, str] | None:
    """(connection path, in words) of a forward open or close."""
    data = asked.data
    if not asked.is_for(asked.service, CONNECTION_MANAGER, raw):
        return None
    if asked.service in FORWARD_OPENS:
        at = FORWARD_OPENS[asked.service]
        if len(data) < at + 2:
            return None
        trigger = data[at]
        way = path(data[at + 2 : at + 2 + 2 * data[at + 1]])
        words: list[str] = [
            said("transport class {n}", n=trigger & 0x0F),
            said("originator {name}", name=_vendor(data[OPEN_VENDOR : OPEN_VENDOR + 2])),
        ]
    elif asked.service == FORWARD_CLOSE and len(data) >= CLOSE_PATH:
        way = path(data[CLOSE_PATH : CLOSE_PATH + 2 * data[CLOSE_PATH_SIZE]])
        words = [said("originator {name}", name=_vendor(data[CLOSE_VENDOR : CLOSE_VENDOR + 2]))]
    else:
        return None
    if way.text:
        words.insert(0, said("to {name}", name=way.text))
    if way.safety:
        words.append(verbatim("CIP Safety"))
    return way, joined(words)


def _unit(asked: Request, raw: bytes) -> str:
    opened = _connection(asked, raw)
    return joined(opened[0].hops) if opened else ""


def _vendor(raw: bytes) -> str:
    return vendor_name(int.from_bytes(raw, "little"))


# --- answers --------------------------------------------------------------------------------------------------------


def responses(raw: bytes, length: int) -> Iterator[Row]:
    """The answer to a request: its status; an Identity object read whole also gives identities."""
    if len(raw) < ANSWER:
        raise Malformed("CIP response cut short")
    service, status, more = raw[SERVICE] & 0x7F, raw[STATUS], raw[MORE]
    if ANSWER + 2 * more > length:
        raise Malformed(
            "{more} words of additional status do not fit a response of {length} bytes", more=more, length=length
        )
    pccc = _pccc.reply(raw[ANSWER:]) if service == EXECUTE_PCCC and not status and not more else None
    if pccc:
        yield pccc
        return
    name, verb = services.COMMON.get(service, (f"Object-specific service 0x{service:02X}", Verb.UNKNOWN))
    refused = status not in names.NO_REFUSAL
    yield Operation(
        verb=verb,
        function=name,
        kind=Kind.REFUSAL if refused else Kind.RESPONSE,
        code=f"0x{service:02X}",
        detail="" if refused or not status else verbatim(names.STATUS[status]),
        refusal=_refusal(raw, status, more) if refused else "",
        filter=f"cip.sc == 0x{service:02x} && cip.rr == 1 && cip.genstat == 0x{status:02x}",
    )
    if service == 0x01 and not status and not more:
        yield from identity(raw[ANSWER:], length - ANSWER)


def _refusal(raw: bytes, status: int, more: int) -> str:
    text = names.STATUS.get(status, "Vendor or class specific error" if status >= 0xD0 else "Reserved status")
    extended = f":0x{int.from_bytes(raw[ANSWER : ANSWER + 2], 'little'):04X}" if more and len(raw) >= ANSWER + 2 else ""
    return f"{text} (0x{status:02X}{extended})"


def identity(raw: bytes, length: int) -> Iterator[Identity]:
    """Identity object attributes 1 to 7: vendor, type, code, revision, status, serial number, name. Nothing when the
    lengths say that this is another object (an answer does not name its class).
    """
    if len(raw) <= NAME_SIZE:
        return
    end = NAME_SIZE + 1 + raw[NAME_SIZE]
    name = printable(raw[NAME_SIZE + 1 : end])
    vendor = raw[VENDOR:DEVICE_TYPE]
    if len(raw) < end or length not in (end, end + 1) or not name or not any(vendor):
        return
    yield Identity("vendor", _vendor(vendor))
    yield Identity("model", name)
    yield Identity("firmware", f"{raw[REVISION]}.{raw[REVISION + 1]}")
    serial = int.from_bytes(raw[SERIAL:NAME_SIZE], "little")
    if serial:
        yield Identity("serial", f"{serial:08X}")
    kind = names.DEVICE_TYPES.get(int.from_bytes(raw[DEVICE_TYPE:PRODUCT], "little"))
    if kind:
        yield Identity("role", kind)
