"""ProConOS over TCP: the runtime of KW-Software, asked what it is.

KW-Software publishes no specification. Written from Digital Bond's proconos-info and recorded answers: the one request
that is known gives the runtime, the type of the controller, its project and whether the source is on it. Every other
request is named by its number only. A frame has no length, so each TCP segment is one message; behind the one request
whose length is known there is another. Away from port 20547
only that request and an answer that names ProConOS are believed.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.text import printable
from scanner.wording import joined, said

PORT = 20547
MARK, ANSWER, REQUEST = 0xCC, 0, 1
INFORMATION = bytes.fromhex("cc01000b4002")
ASKS = 10  # bytes of the request for it
RUNTIME, TYPE, PROJECT = 12, 44, 77  # where the texts of the answer begin

FRAMING = Framing(
    name="proconos",
    delimiter=Whole(grows=True),
    sync=(Byte(0, MARK), Byte(1, (ANSWER, REQUEST)), Size(8)),
    ports={"tcp": (PORT,)},
    confirmations=2,
)

_NAME = "proconos"
CASES = (
    Case(_NAME, (*magic(0, INFORMATION), Size(8, ASKS)), (Range(0, 6),), Role.REQUEST),
    Case(_NAME, magic(0, INFORMATION), (Range(0, 6), Range(ASKS, ASKS + 6)), Role.REQUEST, with_length=True),
    Case(_NAME, (Byte(1, ANSWER), *magic(RUNTIME, b"ProConOS")), (Range(0),), Role.RESPONSE),
    Case(_NAME, (Byte(1, REQUEST),), (Range(0, 6),), Role.REQUEST),
    Case(_NAME, (Byte(1, ANSWER),), (Range(0, 2),), Role.RESPONSE),
)


def probe(message: Message) -> bool:
    """A request or an answer; away from the port, of the one kind that is known."""
    data = message.data
    if message.transport != "tcp" or len(data) < 8 or data[0] != MARK or data[1] not in (ANSWER, REQUEST):
        return False
    return message.port == PORT or data.startswith(INFORMATION) or data.startswith(b"ProConOS", RUNTIME)


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one message."""
    data = message.data
    if len(data) < 8 or data[0] != MARK or data[1] not in (ANSWER, REQUEST):
        raise Malformed("no ProConOS frame")
    if data[1] == REQUEST:
        known = data.startswith(INFORMATION)
        verb, name = (Verb.IDENTIFY, "Get runtime information") if known else (Verb.UNKNOWN, "Request")
        yield _operation(verb, name, Kind.REQUEST, data[:6])
        if known and message.length > ASKS:
            yield _operation(Verb.UNKNOWN, "Request", Kind.REQUEST, data[ASKS : ASKS + 6], at=ASKS)
    elif data.startswith(b"ProConOS", RUNTIME):
        yield from _information(data)
    else:
        yield _operation(Verb.UNKNOWN, "Answer", Kind.RESPONSE, data[:2])


def _operation(verb: Verb, name: str, kind: Kind, raw: bytes, detail: str = "", *, at: int = 0) -> Operation:
    """``raw``: of a frame at ``at`` of the segment, as far as it is meaning; the number of a request is its end."""
    code = f"0x{raw[4:6].hex()}" if kind is Kind.REQUEST else ""
    shown = f"tcp.payload[{at}:{len(raw)}] == {raw.hex(':')}"
    return Operation(verb, name, kind, code, detail=detail, filter=shown)


def _information(data: bytes) -> Iterator[Row]:
    """The runtime and the type stand at fixed places; projects and source code follow one after another."""
    runtime, kind = printable(data[RUNTIME:TYPE]), printable(data[TYPE:PROJECT])
    texts = [printable(part) for part in data[PROJECT:].split(b"\0")[:3]]
    project, boot, source = (*texts, "", "", "")[:3]
    words = (
        said("project {name}", name=project) if project else "",
        said("boot project {name}", name=boot) if boot else "",
        said("source code {name}", name=source) if source else "",
    )
    yield _operation(Verb.IDENTIFY, "Runtime information", Kind.RESPONSE, data[:2], joined(words))
    if runtime:
        yield Identity("software", runtime)
    if kind:
        yield Identity("model", " ".join(kind.split()))


PROTOCOL = Protocol(
    name=_NAME,
    title="ProConOS",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    unread=("credentials",),
    dissect=dissect,
    verbs=frozenset({Verb.IDENTIFY, Verb.UNKNOWN}),
    specification="not published; Digital Bond proconos-info (S. Hilt), recorded answers",
)
