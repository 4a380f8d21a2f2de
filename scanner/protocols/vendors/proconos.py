"""ProConOS over TCP: the runtime of KW-Software, asked what it is, started and stopped.

KW-Software publishes no specification. Written from Digital Bond's proconos-info and recorded answers (the runtime, the
type of the controller, its project and whether the source is on it), and from what T. Deneut published for controllers
of Phoenix Contact (ICSSecurityScripts, the Metasploit module phoenix_command), which ask for the state, start and stop.
Every other request is named by its number only. A request has a function, a number that counts, the length of what
follows, and behind that a CRC (polynomial 0x1021 reflected, initially 0) over all of it, which recognises one on any
port. How answers are built is not known, so each TCP segment is one message, of which one may hold several requests.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, CrcResidue, Framing, Range, Role, Size, Whole, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.crc import crc16_kermit
from scanner.protocols.common.text import printable
from scanner.wording import joined, said

PORT = 20547
MARK, ANSWER, REQUEST = 0xCC, 0, 1
_FUNCTION, _NUMBER, _LENGTH = 2, 5, 6  # where a request has them; the function's high byte comes first
ASKS = 10  # bytes of a request that has nothing but its header and checksum
_FUNCTIONS = {
    0x01: ("Stop", Verb.STOP),
    0x04: ("Cold start", Verb.START),
    0x0B: ("Get runtime information", Verb.IDENTIFY),
    0x0F: ("Get state", Verb.DIAGNOSE),
}
_CHECK = CrcResidue(0x8408, 0)
_SESSION = "proconos-session"
_KEPT = 1024
RUNTIME, TYPE, PROJECT = 12, 44, 77  # where the texts of the answer begin

_NAME = "proconos"
_SYNC = (Byte(0, MARK), Byte(1, (ANSWER, REQUEST)), Size(8))
FRAMING = Framing(_NAME, Whole(grows=True), _SYNC, {"tcp": (PORT,)})
_MORE = (
    Framing(f"{_NAME}-request", Whole(), (*magic(0, b"\xcc\1"), Size(ASKS), _CHECK), {"tcp": ()}, 1, then=_SESSION),
    Framing(_SESSION, Whole(grows=True), _SYNC, {"tcp": ()}, 1, anywhere=False),
)
CASES = (
    Case(_NAME, (Byte(1, REQUEST), Size(ASKS, ASKS)), (Range(0, _NUMBER - 1),), Role.REQUEST),
    Case(_NAME, (Byte(1, REQUEST),), role=Role.REQUEST, keep=_KEPT),
    Case(_NAME, (Byte(1, ANSWER), *magic(RUNTIME, b"ProConOS")), (Range(0),), Role.RESPONSE),
    Case(_NAME, (Byte(1, ANSWER),), (Range(0, 2),), Role.RESPONSE),
)


def probe(message: Message) -> bool:
    """A request or an answer; away from the port one whose checksum is right, what follows it, or a runtime's name."""
    data = message.data
    if message.transport != "tcp" or len(data) < 8 or data[0] != MARK or data[1] not in (ANSWER, REQUEST):
        return False
    return message.port == PORT or message.framing == _SESSION or proof(message)


def proof(message: Message) -> bool:
    """A request whose checksum is right, or an answer that names the runtime."""
    data = message.data
    if data[1:2] == bytes((REQUEST,)) and len(data) >= ASKS:
        size = ASKS + int.from_bytes(data[_LENGTH : _LENGTH + 2], "little")
        return size <= len(data) and crc16_kermit(data[:size]) == 0
    return data.startswith(b"ProConOS", RUNTIME)


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one message."""
    data = message.data
    if len(data) < 8 or data[0] != MARK or data[1] not in (ANSWER, REQUEST):
        raise Malformed("no ProConOS frame")
    if data[1] == REQUEST:
        yield from _requests(data)
    elif data.startswith(b"ProConOS", RUNTIME):
        yield from _information(data)
    else:
        yield _operation(Verb.UNKNOWN, "Answer", Kind.RESPONSE, data[:2])


def _requests(data: bytes) -> Iterator[Operation]:
    at = 0
    while data[at : at + 2] == bytes((MARK, REQUEST)) and at + _LENGTH + 2 <= len(data):
        head = data[at : at + _NUMBER - 1]
        function = int.from_bytes(head[_FUNCTION:], "big")
        name, verb = _FUNCTIONS.get(function, ("Request", Verb.UNKNOWN))
        yield _operation(verb, name, Kind.REQUEST, head, at=at)
        at += ASKS + int.from_bytes(data[at + _LENGTH : at + _LENGTH + 2], "little")


def _operation(verb: Verb, name: str, kind: Kind, raw: bytes, detail: str = "", *, at: int = 0) -> Operation:
    """``raw``: of a frame at ``at`` of the segment, as far as it is meaning; the function of a request is its end."""
    code = f"0x{raw[_FUNCTION:].hex()}" if kind is Kind.REQUEST else ""
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
    proof=proof,
    more_framings=_MORE,
    unread=("credentials",),
    dissect=dissect,
    verbs=frozenset({Verb.IDENTIFY, Verb.START, Verb.STOP, Verb.DIAGNOSE, Verb.UNKNOWN, Verb.UNKNOWN_FUNCTION}),
    specification="not published; proconos-info (S. Hilt), recorded answers; ICSSecurityScripts (T. Deneut)",
)
