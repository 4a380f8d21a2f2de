"""HTTP/1.x and HTTP/2 without TLS, on any TCP port: header blocks, and of what requests send the kinds of credentials.

Written from RFC 9110 (methods in section 9, status codes in 15, credentials in 11), RFC 9112 (message syntax), RFC 9113
(HTTP/2) with RFC 7541 (HPACK), RFC 4918 (WebDAV), RFC 6265 (cookies) and RFC 6750 (bearer tokens). Of the bodies of
responses JSON and streams of events are looked at, in HTTP/1, for the tools that a tool server (MCP) offers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from scanner.framing.language import Framing, HeaderBlock
from scanner.protocols.base import Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.http import _grpc, _http2_frames, _ocpp_soap, _onvif
from scanner.protocols.http._bodies import unchunked
from scanner.protocols.http._cases import CASES, MOST_KEPT, NAME
from scanner.protocols.http._http2_reader import Reader
from scanner.protocols.http._rows import METHODS, Body, request, response

FRAMING = Framing(
    name=NAME,
    delimiter=HeaderBlock(
        (b"HTTP/1.1 ", b"HTTP/1.0 ", *(f"{m} ".encode() for m in METHODS)), maximum=MOST_KEPT, answers=2
    ),
    ports={"tcp": (80, 8080, 8000, 8008, 8081, 8088, 8888, 3128, 591, 5985)},
    confirmations=1,
)

_REQUEST_LINE = re.compile(rb"([A-Z]+) (.+) (HTTP/1\.[0-9])\s*")
_STATUS_LINE = re.compile(rb"(HTTP/1\.[0-9]) ([1-5][0-9][0-9])(?: .*)?\s*")
_BLOCK = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True)
class _Head:
    """A header block: its first line and its fields by lower-case name, repeated ones joined by a comma."""

    first: bytes
    fields: dict[str, str]


def _head(data: bytes) -> _Head:
    lines = re.split(rb"\r?\n", data)
    fields: dict[str, str] = {}
    for line in lines[1:]:
        if not line:
            break
        name, colon, value = line.partition(b":")
        if colon and name and not name[:1].isspace():
            key = name.strip().lower().decode("latin-1")
            text = value.strip().decode("latin-1")
            fields[key] = f"{fields[key]}, {text}" if key in fields else text
    return _Head(lines[0], fields)


def _is_frame(data: bytes) -> bool:
    return data[:1] == b"\0" or data.startswith(_http2_frames.PREFACE[:6])


def probe(message: Message) -> bool:
    """A request line of HTTP/1, a status line, or a frame of HTTP/2."""
    data = message.data
    if message.transport != "tcp":
        return False
    if _is_frame(data):
        return len(data) >= _http2_frames.HEADER
    first = data.split(b"\n", 1)[0]
    if _STATUS_LINE.fullmatch(first):
        return True
    asked = _REQUEST_LINE.fullmatch(first)
    return asked is not None and asked[1].decode() in METHODS


def dissect(message: Message) -> Iterator[Row]:
    """The request or response as an operation, with version, names and kinds of credentials as session facts; of HTTP/2
    as if nothing had been sent before it.
    """
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """What reads the messages of one capture in their order."""
    frames = Reader()

    def read(message: Message) -> Iterator[Row]:
        return frames.read(message) if _is_frame(message.data) else _text(message)

    return read


def _text(message: Message) -> Iterator[Row]:
    block = _BLOCK.search(message.data)
    if block is None and message.length > len(message.data):
        yield from _cut(message.data.rpartition(b"\n")[0])
        return
    size = block.end() if block else len(message.data)
    head = _head(message.data[:size])
    if asked := _REQUEST_LINE.fullmatch(head.first):
        method, target, version = (part.decode("latin-1") for part in asked.groups())
        yield from request(version, method, target, head.fields, _body(message, size, head.fields))
    elif status := _STATUS_LINE.fullmatch(head.first):
        body = _body(message, size, {"content-length": "", **head.fields})
        yield from response(status[1].decode(), int(status[2]), head.fields, body)
    else:
        raise Malformed("neither a request line nor a status line")


def _cut(lines: bytes) -> Iterator[Row]:
    """The rows of a header block of which only these lines were captured: others may have credentials, or say what is
    done by a POST.
    """
    head = _head(lines)
    if asked := _REQUEST_LINE.fullmatch(head.first):
        method, target, version = (part.decode("latin-1") for part in asked.groups())
        rows = request(version, method, target, head.fields, None, whole=False)
    elif status := _STATUS_LINE.fullmatch(head.first):
        rows = response(status[1].decode(), int(status[2]), head.fields)
    else:
        raise Malformed("neither a request line nor a status line")
    for row in rows:
        if isinstance(row, Operation) and row.verb is Verb.WRITE and row.function == "POST":
            yield replace(row, verb=Verb.UNKNOWN)
        elif not (isinstance(row, Session) and row.credentials == "none"):
            yield row
    yield Session(unread=("credentials",))


def _body(message: Message, at: int, fields: dict[str, str]) -> Body:
    """The body, which begins at ``at``. Where its length is told twice or is no number, nobody knows where it ends."""
    data = message.data[at:]
    if "transfer-encoding" in fields:
        return Body(*unchunked(data))
    lengths = {part.strip() for part in fields.get("content-length", "0").split(",")}
    (length,) = lengths if len(lengths) == 1 else ("",)
    if not (length.isascii() and length.isdigit()):
        return Body(data, whole=False)
    return Body(data, whole=len(data) >= int(length[:12]))


PROTOCOL = Protocol(
    name=NAME,
    title="HTTP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    beyond_key="frames of HTTP/2 are read each by itself; whether the text of a body can be read is no part of a key, "
    "and neither is what a digest is made of",
    reader=reader,
    verbs=frozenset(
        {
            *METHODS.values(),
            *_grpc.VERBS,
            *_ocpp_soap.VERBS,
            *_onvif.VERBS,
            Verb.FIRMWARE_UPDATE,
            Verb.CONFIGURE,
            Verb.UNKNOWN,
        }
    ),
    specification="RFC 9110 sections 9, 11 and 15, RFC 9112 sections 2 to 7, RFC 9113 sections 3 to 8, RFC 7541, RFC "
    "4918, RFC 6265, RFC 6750",
    industrial=False,
    more_framings=_http2_frames.FRAMINGS,
)
