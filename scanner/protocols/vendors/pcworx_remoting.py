"""Remoting of Phoenix Contact PC WORX: what starts, stops and reads ILC 1xx controllers, on TCP port 41100 and wherever
it is opened.

Phoenix Contact publishes nothing of it. Written from what T. Deneut published (ICSSecurityScripts, the Metasploit
module phoenix_command): a client asks for services by name, then calls their methods by number. Nobody logs in. A
request has a header of 16 bytes with the length of what follows; how answers are built is not known, so messages are
taken as segments, of which one may hold several requests.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, SentBy, Size, Sync, Whole, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import printable
from scanner.wording import verbatim

NAME = "pcworx-remoting"
PORT = 41100
_HEADER = 16
_KIND, _LENGTH, _SERVICE, _METHOD = 2, 6, 8, 10
_FINDS, _CALLS = 0, 2
_SERVICES = b"Ade.Remoting.Services."
_METHODS = {
    (1, 6): ("Start", Verb.START),
    (1, 7): ("Stop", Verb.STOP),
    (3, 3): ("Read Data", Verb.READ),
}
_KEPT, _KEPT_OF_ANSWERS = 2048, 64

_SYNC: tuple[Sync, ...] = (*magic(0, b"\1\0"), Size(_HEADER))
_STARTS_OR_STOPS: tuple[Sync, ...] = (
    *magic(0, b"\1\0\2\0\0\0"),
    *(Byte(6, (0, 2)), Byte(7, 0)),
    *(*magic(8, b"\1\0"), Byte(10, (6, 7)), *magic(11, b"\0\0\0\0\0")),
    Size(_HEADER, _HEADER + 2),
)
_OPENS: tuple[Sync, ...] = (*magic(0, b"\1\0\0\0\0\0"), *magic(_HEADER, _SERVICES), Size(_HEADER + len(_SERVICES) + 2))


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _is_request(data: bytes, at: int = 0) -> bool:
    head = data[at : at + _HEADER]
    return len(head) == _HEADER and head[:2] == b"\1\0" and head[2] in (_FINDS, _CALLS) and not any(head[3:6])


def probe(message: Message) -> bool:
    """The requests, as long as they say, fill the segment; of an answer the beginning is looked at."""
    data = message.data
    if message.transport != "tcp" or data[:2] != b"\1\0":
        return False
    return message.from_client is False or (bool(ends := list(_ends(data))) and ends[-1] >= len(data))


def _ends(data: bytes) -> Iterator[int]:
    """Where each request of the segment ends, the first that is no request ends them."""
    at = 0
    while _is_request(data, at):
        at += _HEADER + _number(data, at + _LENGTH)
        yield at


def proof(message: Message) -> bool:
    """A service is asked for by its name, or a method called that is known, with nothing but what it needs."""
    data = message.data
    if data.startswith(_SERVICES, _HEADER):
        return True
    known = (
        _is_request(data) and data[_KIND] == _CALLS and (_number(data, _SERVICE), _number(data, _METHOD)) in _METHODS
    )
    return known and not any(data[12:_HEADER]) and message.length == _HEADER + _number(data, _LENGTH)


def dissect(message: Message) -> Iterator[Row]:
    """What each request of the segment asks for."""
    if not probe(message):
        raise Malformed("no message of PC WORX remoting")
    yield Session(version="PC WORX remoting", credentials="none", encrypted=False)
    if message.from_client is False:
        yield Operation(Verb.UNKNOWN, "Answer", Kind.RESPONSE)
        return
    at = 0
    for end in _ends(message.data):
        yield _request(message.data[at:end], at)
        at = end


def _request(data: bytes, at: int) -> Operation:
    shown = f"tcp.payload[{at}:12] == {data[:12].hex(':')}"
    if data[_KIND] == _FINDS:
        wanted = printable(data[_HEADER:].split(b"\0")[0].removeprefix(_SERVICES))
        return Operation(Verb.SESSION, "Get Service", Kind.REQUEST, "0", object=verbatim(wanted), filter=shown)
    service, method = _number(data, _SERVICE), _number(data, _METHOD)
    name, verb = _METHODS.get((service, method), (f"service {service} method {method}", Verb.UNKNOWN))
    return Operation(verb, name, Kind.REQUEST, f"{service}.{method}", filter=shown)


def _cases() -> Iterator[Case]:
    yield Case(NAME, (SentBy(client=False),), (Range(0, _HEADER),), Role.BY_SIDE, keep=_KEPT_OF_ANSWERS)
    yield Case(NAME, (), role=Role.BY_SIDE, keep=_KEPT)


PROTOCOL = Protocol(
    name=NAME,
    title="Phoenix Contact PC WORX remoting",
    short="PC WORX remoting",
    framing=Framing(NAME, Whole(grows=True), _OPENS, {"tcp": (PORT,)}, 1, then=f"{NAME}-session"),
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.START, Verb.STOP, Verb.READ, Verb.UNKNOWN, Verb.UNKNOWN_FUNCTION}),
    specification="not published; T. Deneut, ICSSecurityScripts",
    more_framings=(
        Framing(f"{NAME}-command", Whole(), _STARTS_OR_STOPS, {"tcp": ()}, 1, then=f"{NAME}-session"),
        Framing(f"{NAME}-session", Whole(grows=True), _SYNC, {"tcp": (PORT,)}, 2, anywhere=False),
    ),
    display_filter=f"tcp.port == {PORT}",
)
