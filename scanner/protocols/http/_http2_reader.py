"""HTTP/2 as a conversation: header blocks of each connection and direction in their order (HPACK keeps state in both).

RFC 9113 sections 4.3, 5.1, 6.1 to 6.6 and 8.3, RFC 7541 (HPACK), which the library ``hpack`` decodes. Of a direction
whose beginning is not there, or of which something was lost, the fields that the dynamic table held are not known: they
are there as unknown ones, so that what is sent from then on is read, and a request with any of them is not clean. What
was lost may have been a header block or a body: the session is not clean either.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Row, Sender, Session, Verb
from scanner.protocols.http import _core_services as core
from scanner.protocols.http import _forms
from scanner.protocols.http import _http2_frames as frames
from scanner.protocols.http._ai_interfaces import of_body
from scanner.protocols.http._bodies import found_in
from scanner.protocols.http._header_blocks import MOST_BLOCK, UNKNOWN, Direction, Fields, KnownBlocks
from scanner.protocols.http._rows import Body, may_log_in, request, response, shown_path
from scanner.protocols.http._tools import of_request as tools_of

VERSION = "HTTP/2"
MOST_CONNECTIONS = 1024  # whose state is kept; of one that comes again later, it is unknown
MOST_STREAMS = 256  # of a connection, whose bodies are being put together
_ALL = ("credentials", "server_names")
_PLAIN_CODINGS = ("", "identity", "gzip", "x-gzip")


@dataclass(slots=True)
class _Sent:
    """A body that is coming, and how much of it there was when it was looked at last. path: asked for; may_log_in: by
    its kind; call: a message of gRPC, of which nothing is unread; fields: of its request.
    """

    path: str
    fields: dict[str, str]
    encoding: str
    may_log_in: bool
    call: bool
    data: bytearray = field(default_factory=bytearray)
    looked_at: int = 0  # bytes


@dataclass(slots=True)
class _Direction:
    """lost: as messages said; block: of a header block that is not complete; pushed: it is no request of the
    sender's.
    """

    blocks: Direction | None = None
    lost: int | None = None
    block: bytearray | None = None
    block_flags: int = 0
    block_stream: int = 0
    pushed: bool = False


@dataclass(slots=True)
class _Connection:
    sides: tuple[_Direction, _Direction] = field(default_factory=lambda: (_Direction(), _Direction()))
    bodies: OrderedDict[int, _Sent] = field(default_factory=OrderedDict)
    asked: OrderedDict[int, core.Asked] = field(default_factory=OrderedDict)  # of a 5G core, and not answered yet


class Reader:
    """Reads the frames of one capture, each once, in their order."""

    def __init__(self) -> None:
        self._connections: OrderedDict[int, _Connection] = OrderedDict()
        self._blocks = KnownBlocks()

    def read(self, message: Message) -> Iterator[Row]:
        """The rows of one frame; Malformed when it contradicts itself."""
        data = message.data
        if data.startswith(frames.PREFACE[:6]):
            self._begin(message)
            yield Operation(Verb.SESSION, "HTTP/2 connection preface", Kind.NOTICE, filter="http2.magic")
            yield Session(version=VERSION, encrypted=False)
            return
        if len(data) < frames.HEADER:
            raise Malformed("no frame header")
        connection = self._connection(message.connection)
        side = connection.sides[message.from_client is False]
        kind = data[3]
        if message.lost != side.lost or side.blocks is None:
            yield from self._anew(connection, side, message)
        if kind in (frames.HEADERS, frames.PUSH_PROMISE, frames.CONTINUATION):
            yield from _block(connection, side, message)
        elif kind == frames.DATA and message.from_client is not False:
            yield from _body(connection, message)
        elif kind == frames.SETTINGS:
            yield Session(version=VERSION, encrypted=False)

    def _connection(self, number: int) -> _Connection:
        found = self._connections.pop(number, None) or _Connection()
        self._connections[number] = found
        if len(self._connections) > MOST_CONNECTIONS:
            self._connections.popitem(last=False)
        return found

    def _begin(self, message: Message) -> None:
        """The client's direction begins, whatever of other connections was lost."""
        side = self._connection(message.connection).sides[0]
        side.lost, side.blocks = message.lost, self._blocks.direction(known=True)

    def _anew(self, connection: _Connection, side: _Direction, message: Message) -> Iterator[Row]:
        """The direction begins, with the server's settings or the client's behind a preface; or it goes on behind
        something that is lost.
        """
        settings = message.data[3] == frames.SETTINGS and not message.data[4] & frames.ACK
        begins = side.lost is None and settings and (message.from_client is False or not message.lost)
        side.lost, side.block = message.lost, None
        side.blocks = self._blocks.direction(known=begins)
        if message.from_client is not False:
            connection.bodies.clear()
            connection.asked.clear()
        if message.lost:
            yield Session(version=VERSION, encrypted=False, unread=_ALL)


# --- header blocks --------------------------------------------------------------------------------------------------


def _block(connection: _Connection, side: _Direction, message: Message) -> Iterator[Row]:
    """A header block, once it is complete; one that is cut short is followed by an unknown table."""
    kind, flags, stream = _head(message)
    if kind == frames.CONTINUATION:
        if side.block is None or stream != side.block_stream:
            yield from _lost(side)
            return
    else:
        side.block, side.block_flags, side.block_stream = bytearray(), flags, stream
        side.pushed = kind == frames.PUSH_PROMISE
    fragment = _content(message, kind, flags)
    if fragment is None or side.block is None or len(side.block) + len(fragment) > MOST_BLOCK:
        yield from _lost(side)
        return
    side.block += fragment
    if not flags & frames.END_HEADERS:
        return
    block, side.block = bytes(side.block), None
    fields = side.blocks.read(block) if side.blocks else ()
    if fields is None:
        yield from _lost(side)
    elif not side.pushed:
        yield from _rows(connection, stream, fields, ends=bool(side.block_flags & frames.END_STREAM))


def _head(message: Message) -> tuple[int, int, int]:
    data = message.data
    return data[3], data[4], int.from_bytes(data[5:9], "big") & 0x7FFFFFFF


def _content(message: Message, kind: int, flags: int) -> bytes | None:
    """What of a frame is header block or data; None where it is not all there."""
    data, at, end = message.data, frames.HEADER, message.length
    if kind != frames.CONTINUATION and flags & frames.PADDED and len(data) > at:
        end -= data[at]
        at += 1
    if kind == frames.HEADERS and flags & frames.PRIORITY:
        at += 5
    if kind == frames.PUSH_PROMISE:
        at += 4
    return data[at:end] if at <= end <= len(data) else None


def _lost(side: _Direction) -> Iterator[Row]:
    side.block, side.blocks = None, side.blocks and side.blocks.anew(known=False)
    yield Operation(Verb.UNKNOWN, "header block that cannot be read", Kind.NOTICE, filter="http2")
    yield Session(version=VERSION, encrypted=False, unread=_ALL)


def _rows(connection: _Connection, stream: int, found: Fields, *, ends: bool) -> Iterator[Row]:
    fields: dict[str, str] = {}
    for raw, value in found:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        joint = "; " if name == "cookie" else ", "
        fields[name] = f"{fields[name]}{joint}{text}" if name in fields else text
    unknown = fields.pop(UNKNOWN.decode(), None) is not None
    method, path, status = (fields.pop(f":{name}", "") for name in ("method", "path", "status"))
    if ":authority" in fields:
        fields["host"] = fields[":authority"]
    if status.isascii() and status.isdigit():
        yield from response(VERSION, int(status[:3]), fields)
        yield from _core(connection, stream, status)
    elif method or path:
        body = Body() if ends else None
        yield from request(VERSION, method or "unknown method", path, fields, body, whole=not unknown)
        if service := core.asked(shown_path(path), fields):
            connection.asked[stream] = service
            if len(connection.asked) > MOST_STREAMS:
                connection.asked.popitem(last=False)
        if not ends:
            yield from _expect(connection, stream, shown_path(path), fields)
    if unknown:
        yield Session(version=VERSION, encrypted=False, unread=_ALL)


def _core(connection: _Connection, stream: int, status: str) -> Iterator[Row]:
    """The service of a 5G core that answered, and who the ends are by that: a refusal may come from anybody."""
    service = connection.asked.pop(stream, None) if not status.startswith("1") else None
    if service is None or not status.startswith("2"):
        return
    yield Session(core_service=service.service)
    if service.offers:
        yield Identity("role", service.offers)
    if service.asks:
        yield Identity("role", service.asks, about=Sender.RECEIVER)


# --- bodies ---------------------------------------------------------------------------------------------------------


def _expect(connection: _Connection, stream: int, path: str, fields: dict[str, str]) -> Iterator[Row]:
    """A body follows: of text it is put together; of others it stays unread what a log-in may be in."""
    kind = fields.get("content-type", "").lower()
    encoding = fields.get("content-encoding", "").strip().lower()
    call = kind.startswith("application/grpc")
    sent = _Sent(path, fields, encoding, may_log_in=may_log_in(fields) and not call, call=call)
    if len(connection.bodies) >= MOST_STREAMS:
        _, given_up = connection.bodies.popitem(last=False)
        if not given_up.call:
            yield Session(unread=("credentials",))
    connection.bodies[stream] = sent
    binary = not kind or "octet-stream" in kind or "cbor" in kind or "msgpack" in kind
    if sent.may_log_in and (binary or encoding not in _PLAIN_CODINGS):
        yield Session(unread=("credentials",))


def _body(connection: _Connection, message: Message) -> Iterator[Row]:
    kind, flags, stream = _head(message)
    sent = connection.bodies.get(stream)
    if sent is None:
        return
    part = _content(message, kind, flags)
    ends = bool(flags & frames.END_STREAM)
    whole = part is not None
    if ends and not whole and not sent.data and not sent.may_log_in:  # no text, and said to be none
        del connection.bodies[stream]
        return
    sent.data += part if part is not None else message.data[frames.HEADER :]
    goes_on = not ends and whole and len(sent.data) < frames.KEPT_BODY
    if goes_on and len(sent.data) < 2 * sent.looked_at:
        return
    sent.looked_at = len(sent.data)
    kinds, read, named = found_in(bytes(sent.data), sent.encoding, whole=whole and ends)
    yield from (Session(credentials=found, encrypted=False) for found in kinds)
    if not goes_on and (words := _forms.compared(named, read=read)):
        yield Operation(Verb.UNKNOWN, "form", Kind.NOTICE, detail=words, filter="http2")
    yield from of_body(sent.path, bytes(sent.data), sent.encoding, whole=whole and ends, more=goes_on)
    if goes_on:
        return
    yield from tools_of(sent.fields, bytes(sent.data), whole=whole and ends)
    connection.bodies.pop(stream, None)
    service = connection.asked.get(stream)
    if service and service.registers:
        service.asks = core.registered(bytes(sent.data)) or service.asks
    if service:
        yield from core.named(sent.path, bytes(sent.data), "http2")
    if not read and not sent.call:
        yield Session(unread=("credentials",))
