"""Frames of HTTP/2: how a stream is cut into them, and which are looked at one by one, in their order.

RFC 9113 sections 3.4 (preface), 4.1 (frame format) and 6 (frames). A connection is recognised by its preface, or by a
frame that hardly anything else is: SETTINGS, with which a server begins, PING, WINDOW_UPDATE, a whole header block.
"""

from __future__ import annotations

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, SentBy, Size, Sync, Test, bits, magic

NAME = "http"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PUSH_PROMISE, PING, WINDOW_UPDATE, CONTINUATION = 0, 1, 4, 5, 6, 8, 9
ACK = END_STREAM = 1
END_HEADERS, PADDED, PRIORITY = 4, 8, 0x20
HEADER = 9
KEPT_BLOCK, KEPT_BODY = 16384 + HEADER, 8192  # the largest frame that is sent unasked; of a body
_TYPES = (*range(11), 0x0C, 0x10)  # IANA HTTP/2 Frame Types
_THEN = "http2"
_STREAM = (Byte(5, range(4)),)  # nobody makes 32 million requests on a connection; the length of Modbus is more
_CONNECTION = magic(5, b"\0\0\0\0")
_CUTTER = Length(at=0, width=3, add=HEADER, maximum=HEADER + (1 << 24) - 1)

FRAMES = Framing(_THEN, _CUTTER, (Byte(0, 0), Byte(3, _TYPES), *_STREAM), {"tcp": ()}, 1, anywhere=False)


def _begins(form: str, *sync: Sync) -> Framing:
    return Framing(f"http2-{form}", _CUTTER, sync, {"tcp": ()}, 1, then=_THEN)


_SETTINGS = (*magic(0, b"\0\0"), Byte(2, range(0, 97, 6)), Byte(3, SETTINGS), Byte(4, (0, ACK)), *_CONNECTION)
_PING = (*magic(0, b"\0\0\x08"), Byte(3, PING), Byte(4, (0, ACK)), *_CONNECTION)
_WINDOW = (*magic(0, b"\0\0\4"), Byte(3, WINDOW_UPDATE), Byte(4, 0), Byte(5, 0), Byte(9, range(0x80)))
_WHOLE_BLOCK = (END_HEADERS, END_HEADERS | END_STREAM, END_HEADERS | PRIORITY, END_HEADERS | END_STREAM | PRIORITY)
_HEADERS = (Byte(0, 0), Byte(1, range(0x10)), Byte(3, HEADERS), Byte(4, _WHOLE_BLOCK), Byte(5, 0), Byte(6, 0))

FRAMINGS = (
    Framing("http2-preface", Length(0, 1, len(PREFACE), mask=0), magic(0, PREFACE), {"tcp": ()}, 1, then=_THEN),
    _begins("settings", *_SETTINGS),
    _begins("ping", *_PING),
    _begins("window", *_WINDOW),
    _begins("headers", *_HEADERS, Size(HEADER + 2)),
    FRAMES,
)

_TEXT = (*b"\t\n\r", *range(0x20, 0x7F), 0x1F, 0xEF, 0xFE, 0xFF)  # with which a body that can be read begins
_SPEAKS = Byte(0, 0)


def _in_order(*tests: Test, role: Role = Role.NOTICE, keep: int = KEPT_BLOCK) -> Case:
    return Case(NAME, (_SPEAKS, *tests), (Range(0, 0),), role, (Range(5, HEADER),), keep=keep, in_order=True)


CASES = (
    Case(NAME, magic(0, PREFACE[:6]), (Range(0, 16),), Role.NOTICE, keep=32, in_order=True),
    _in_order(Byte(3, HEADERS), role=Role.BY_SIDE),
    _in_order(Byte(3, (SETTINGS, PUSH_PROMISE, CONTINUATION))),
    _in_order(Byte(3, DATA), SentBy(client=True), Byte(4, bits(PADDED, PADDED)), keep=KEPT_BODY),
    _in_order(Byte(3, DATA), SentBy(client=True), Byte(HEADER, _TEXT), keep=KEPT_BODY),
    # of what is no text, only that it ends
    _in_order(Byte(3, DATA), SentBy(client=True), Byte(4, bits(END_STREAM, END_STREAM)), keep=HEADER + 1),
    Case(NAME, (_SPEAKS, Byte(3, _TYPES), *_STREAM), (Range(3, 4),), Role.NOTICE, keep=HEADER),
)
