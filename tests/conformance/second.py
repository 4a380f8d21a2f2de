"""The second reader: header and function of messages that tshark has no dissector for, from a description.

A description (``descriptions/<protocol>.yaml``) is written from the same specification as the dissector, but shares no
code with it: ``source`` says which, ``messages`` lists its kinds of message, the first that fits is taken. Of each:

begins: bytes in hexadecimal, "??" for any.  where: offset -> values that the octet there may have.
length: a number, "whole" (a segment or datagram is one), ``{at, size, order, plus}``, or ``{until: bytes}``.
text: "hexadecimal" when all between ``text_from`` and ``text_to`` is hexadecimal digits.
start: where fields begin: ``{after}`` these bytes, or ``{at, words_at, header, align}``, behind addresses of a length
    that a header says.
within: as ``where``, from there.
side: "client" or "server", when only that one sends it.
fields: name -> ``{at, size, order, mask, after}``; ``after`` counts from the end of these bytes, wherever they are.
kind, code: what otaudit's operation must be; ``refused``: field -> values of a negative answer, or ``not`` these.
kinds: field -> value -> kind, in place of ``kind``.  words: name -> which word of the text.
left_out: why such messages are not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scanner.capture.result import CaptureResult, DistinctMessage
from scanner.facts.understand import Understood
from scanner.protocols.base import Kind, Row
from tests.conformance.payloads import Piece, pieces
from tests.conformance.spec import Value, operations

FOLDER = Path(__file__).parent / "descriptions"
WORDS = {
    Kind.REQUEST: "request",
    Kind.UNCONFIRMED: "request",
    Kind.RESPONSE: "answer",
    Kind.REFUSAL: "refusal",
    Kind.NOTICE: "notice",
}
MOST = 1 << 20


@dataclass(frozen=True)
class Description:
    """One file.

    framings, codes: those of otaudit's rows that are described, or how their codes begin; all when empty.
    each: every operation of a row is a message, not only the first.  refusals: whether refusals can be told.
    """

    protocol: str
    messages: tuple[Mapping[str, Any], ...]
    framings: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    each: bool = False
    refusals: bool = True

    def reads(self, message: DistinctMessage, rows: Sequence[Row]) -> bool:
        """Whether the message is one of those described."""
        first = next(iter(operations(rows)), None)
        fits = not self.framings or message.framing in self.framings
        return fits and first is not None and (not self.codes or first.code.startswith(self.codes))

    def ours(self, message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
        """The first operation of a message; several of one message share what is described."""
        if self.reads(message, rows):
            for row in operations(rows)[: None if self.each else 1]:
                yield "answer" if row.kind is Kind.REFUSAL and not self.refusals else WORDS[row.kind], row.code


@cache
def descriptions() -> Mapping[str, Description]:
    """Every description by the protocol's name."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        text = yaml.safe_load(path.read_text(encoding="utf-8"))
        found[path.stem] = Description(
            path.stem,
            tuple(text["messages"]),
            tuple(text.get("framings", ())),
            tuple(text.get("codes", ())),
            text.get("each", False),
            text.get("refusals", True),
        )
    return found


def theirs(capture: Path, result: CaptureResult, understood: Understood) -> dict[str, Counter[Value]]:
    """Protocol -> counted values of the second reader, in the conversations that otaudit gives it."""
    spoken: dict[tuple[str, str, str, int], list[tuple[str, str]]] = {}
    for index, names in understood.spoken.items():
        for name in names:
            if name in descriptions():
                one = result.conversations[index]
                port = 0 if one.transport == "ethernet" else one.server_port
                key = (one.transport, *sorted((one.client, one.server)), port)
                spoken.setdefault(key, []).append((name, one.client))
    found: dict[str, Counter[Value]] = {}
    for piece in pieces(capture) if spoken else ():
        for port in dict.fromkeys((piece.target_port, piece.source_port)):
            key = (piece.transport, *sorted((piece.source, piece.target)), port)
            if key in spoken:
                name, client = spoken[key][0]
                side = "client" if piece.source == client else "server"
                found.setdefault(name, Counter()).update(read(descriptions()[name], piece, side))
                break
    return found


def read(description: Description, piece: Piece, side: str) -> Iterator[Value]:
    """The messages of one piece, in turn; where none begins, the next segment is tried."""
    at, data = 0, piece.data
    while at < len(data):
        end = next((s for s in piece.starts if s > at), len(data))
        size = 0
        for one in description.messages:
            size = _size(one, data[at:], side, end - at)
            if size:
                if "left_out" not in one:
                    yield _value(one, data[at : at + size])
                break
        at = at + size if size else end


def _size(one: Mapping[str, Any], data: bytes, side: str, segment: int) -> int:
    """How long the message is that begins here; 0 when it is not of this kind."""
    if one.get("side", side) != side or not _fits(one, data):
        return 0
    length = one["length"]
    if length == "whole":
        total = segment
    elif isinstance(length, int):
        total = length
    elif "until" in length:
        mark = bytes.fromhex(length["until"])
        found = data.find(mark, 1)
        total = found + len(mark) if found >= 0 else segment
    else:
        total = _number(length, data) + length.get("plus", 0)
    whole = 0 < total <= MOST and len(data) >= min(total, segment)
    if not whole or ("within" in one and not _has(_body(one, data[:total]), one["within"])):
        return 0
    return total


def _fits(one: Mapping[str, Any], data: bytes) -> bool:
    begins = one.get("begins", "").split()
    if len(data) < len(begins) or any(b not in ("??", f"{o:02x}") for b, o in zip(begins, data, strict=False)):
        return False
    return _has(data, one.get("where", {}))


def _has(data: bytes, wanted: Mapping[int, Sequence[int]]) -> bool:
    return all(at < len(data) and data[at] in values for at, values in wanted.items())


def _number(field: Mapping[str, Any], data: bytes) -> int:
    start = 0
    if "after" in field:
        mark = bytes.fromhex(field["after"])
        start = data.find(mark) + len(mark)
    at = start + field["at"]
    value = int.from_bytes(data[at : at + field.get("size", 1)], field.get("order", "big"))
    return value & field.get("mask", -1)


def _value(one: Mapping[str, Any], data: bytes) -> Value:
    body = _body(one, data)
    fields = {name: _number(field, body) for name, field in one.get("fields", {}).items()}
    words = {name: body.split()[n].decode("latin-1") for name, n in one.get("words", {}).items()}
    kind = one.get("kind", "")
    for name, kinds in one.get("kinds", {}).items():
        kind = kinds.get({**fields, **words}[name], kind)
    for name, values in one.get("refused", {}).items():
        refused = fields[name] not in values["not"] if isinstance(values, dict) else fields[name] in values
        kind = "refusal" if refused else kind
    return kind, one.get("code", "").format(**fields, **words)


def _body(one: Mapping[str, Any], data: bytes) -> bytes:
    if one.get("text") == "hexadecimal":
        digits = data[one.get("text_from", 0) : one.get("text_to", None)]
        return bytes.fromhex(digits.decode("latin-1"))
    start = one.get("start", {})
    if "after" in start:
        mark = bytes.fromhex(start["after"])
        return data[data.find(mark) + len(mark) :] if mark in data else b""
    if "header" in start:
        lengths = data[start["at"] + start["words_at"]]
        behind = start["header"] + 2 * ((lengths >> 4) + (lengths & 15))
        align = start["align"]
        return data[start["at"] + (behind + align - 1) // align * align :]
    return data
