"""CODESYS V2 over TCP: login with what the controller is, files, commands of the controller's shell.

3S publishes no specification. Written from Digital Bond's codesys-v2-discover and the tools of Project Basecamp
(codesys-shell, codesys-transfer), which show three kinds of frame: BBBB with a length and a service, CCCC and 6666 with
a header of 24 bytes. Online services that those tools do not use are named by their number. Frames begin at TCP
segments, which are taken as the messages; on the protocol's ports a length that does not fit is borne, away from them
it must be right. The protocol knows no authentication for any of this (CVE-2012-6068, CVE-2012-6069).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.codesys._files import of_file
from scanner.protocols.codesys._shell import SHELL_VERBS
from scanner.protocols.common.text import printable, readable

PORTS = (1200, 2455)
SERVICE, WRAPPED, SIGNAL = b"\xbb\xbb", b"\xcc\xcc", b"\x66\x66"
PAYLOAD, WRAPPED_PAYLOAD = 6, 24
LOGIN, WRITE, WRITE_MORE = 0x01, 0x2F, 0x30
READ, READ_MORE, SHELL = 0x31, 0x32, 0x92
NAME = 12  # where the file's name stands in a write
SYSTEM, RELEASE, PRODUCT, TEXT = 64, 96, 128, 32  # texts of the answer to a login
ANSWER = range(131, 513)  # bytes that it has
_ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")
SHOWN = 64  # bytes of a service that are told: names and commands
FUNCTIONS = {
    (SERVICE, LOGIN): ("Login", Verb.IDENTIFY),
    (SERVICE, WRITE): ("Write file", Verb.FILE_WRITE),
    (SERVICE, WRITE_MORE): ("Write file (continued)", Verb.FILE_WRITE),
    (WRAPPED, READ): ("Read file", Verb.FILE_READ),
    (WRAPPED, READ_MORE): ("Read file (continued)", Verb.FILE_READ),
    (WRAPPED, SHELL): ("Shell command", Verb.OPERATE),
}

FRAMING = Framing(
    name="codesys-v2",
    delimiter=Whole(grows=True),
    sync=(Byte(0, b"\xbb\xcc\x66"), Byte(1, b"\xbb\xcc\x66"), Size(7)),
    ports={"tcp": PORTS},
    confirmations=2,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# The service, and what it is about where it is a file or a command. Contents are not: the values of online monitoring
# come in frames like the answer to a login, which is told by the texts at its two fixed places.

_NAME = "codesys-v2"
_KIND = Range(0, 2)
_SERVICE, _WRAPPED = Range(PAYLOAD, PAYLOAD + 1), Range(WRAPPED_PAYLOAD, WRAPPED_PAYLOAD + 1)
_SERVICE_TOLD = Range(PAYLOAD, PAYLOAD + SHOWN)
_WRAPPED_TOLD = Range(WRAPPED_PAYLOAD, WRAPPED_PAYLOAD + SHOWN)
_WRITTEN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -_./+()")
_TEXTS = tuple(Byte(at + n, _WRITTEN) for at in (SYSTEM, PRODUCT) for n in range(3))
_IS_IDENTITY: tuple[Byte | Size, ...] = (*magic(0, SERVICE), Size(ANSWER.start, ANSWER.stop - 1), *_TEXTS)
CASES = (
    Case(_NAME, (*magic(0, SIGNAL),), (_KIND,), Role.NOTICE, with_length=True),
    Case(_NAME, _IS_IDENTITY, (_KIND, _SERVICE, Range(SYSTEM, PRODUCT + TEXT)), Role.BY_SIDE, with_length=True),
    Case(_NAME, (*magic(0, SERVICE), Byte(PAYLOAD, WRITE)), (_KIND, _SERVICE_TOLD), Role.BY_SIDE, with_length=True),
    Case(_NAME, (*magic(0, SERVICE),), (_KIND, _SERVICE), Role.BY_SIDE, with_length=True),
    Case(
        _NAME,
        (*magic(0, WRAPPED), Byte(WRAPPED_PAYLOAD, (READ, SHELL))),
        (_KIND, _WRAPPED_TOLD),
        Role.BY_SIDE,
        with_length=True,
    ),
    Case(_NAME, (*magic(0, WRAPPED),), (_KIND, _WRAPPED), Role.BY_SIDE, with_length=True),
    Case(_NAME, (), (_KIND,), Role.NOTICE, with_length=True),
)

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A frame of one of the three kinds; away from the ports with its right length."""
    data = message.data
    if message.transport != "tcp" or data[:2] not in (SERVICE, WRAPPED, SIGNAL) or len(data) < 7:
        return False
    if message.port in PORTS:
        return True
    if data[:2] == SERVICE:
        lengths = {int.from_bytes(data[2:4], "little"), int.from_bytes(data[2:4], "big")}
        return data[4:6] == b"\0\0" and message.length - PAYLOAD in lengths
    return int.from_bytes(data[4:8], "little") == message.length - WRAPPED_PAYLOAD and not any(data[8:16])


def dissect(message: Message) -> Iterator[Row]:
    """The rows of the frames in a segment: of one nearly always, of those behind it where its length says so."""
    behind: Message | None = message
    while behind:
        yield from _frame(behind)
        behind = _behind(behind)


def _behind(message: Message) -> Message | None:
    """What stands behind the frame, if the length that it states leads to the mark of another."""
    data, kind = message.data, message.data[:2]
    if kind == SERVICE:
        ends = {PAYLOAD + int.from_bytes(data[2:4], order) for order in _ORDERS}
    else:
        ends = {WRAPPED_PAYLOAD + int.from_bytes(data[4:8], "little")}
    for end in sorted(ends):
        if len(data) < end + 2 <= message.length:
            raise Malformed("{length} bytes behind a frame {name}", length=message.length - end, name="CODESYS V2")
        if data[end : end + 2] in (SERVICE, WRAPPED, SIGNAL):
            return message.carrying(data[end:], message.length - end)
    return None


def _frame(message: Message) -> Iterator[Row]:
    """The rows of one frame."""
    data = message.data
    kind, at = data[:2], PAYLOAD if data[:2] == SERVICE else WRAPPED_PAYLOAD
    if kind == SIGNAL:
        yield Operation(Verb.SESSION, "Signal", Kind.NOTICE, "0x6666", filter="tcp.payload[0:2] == 66:66")
        return
    if kind not in (SERVICE, WRAPPED) or len(data) <= at:
        raise Malformed("no CODESYS V2 frame")
    if message.from_client is False:
        yield from _answer(message, kind)
        return
    service = data[at]
    name, verb = FUNCTIONS.get((kind, service), (f"Service 0x{service:02X}", Verb.UNKNOWN))
    touched = _touched(kind, service, data[at : at + SHOWN])
    if (kind, service) == (WRAPPED, SHELL):
        verb = SHELL_VERBS.get(touched.removeprefix("command ").lower(), verb) if touched else Verb.SESSION
    yield Operation(
        of_file(verb, touched),
        name,
        Kind.REQUEST,
        f"0x{kind[0]:02X}:0x{service:02X}",
        object=touched,
        filter=f"tcp.payload[0:2] == {kind.hex(':')} && tcp.payload[{at}] == 0x{service:02x}",
    )
    if (kind, service) == (SERVICE, LOGIN):
        yield Session(version="CODESYS V2", credentials="none", encrypted=False)


def _touched(kind: bytes, service: int, payload: bytes) -> str:
    """The name of a file or the first word of a command, behind the service; an acknowledgement has none."""
    if (kind, service) == (SERVICE, WRITE):
        return readable(payload[NAME - PAYLOAD :].split(b"\0")[0])
    if (kind, service) == (WRAPPED, READ):
        return readable(payload[4:].split(b"\0")[0])
    if (kind, service) == (WRAPPED, SHELL) and payload[1:2] == b"\0":
        words = readable(payload[5:].split(b"\0")[0]).split()
        return f"command {words[0]}" if words else ""
    return ""


def _answer(message: Message, kind: bytes) -> Iterator[Row]:
    """The answer to a login has the operating system and the product at fixed places."""
    data = message.data
    known = kind == SERVICE and message.length in ANSWER and len(data) >= ANSWER.start
    known = known and all(data[test.at] in test.among for test in _TEXTS)
    texts = [printable(data[at : at + TEXT]) for at in (SYSTEM, RELEASE, PRODUCT)]
    yield Operation(
        Verb.IDENTIFY if known else Verb.UNKNOWN,
        "Login" if known else "Answer",
        Kind.RESPONSE,
        f"0x{kind[0]:02X}",
        filter=f"tcp.payload[0:2] == {kind.hex(':')}",
    )
    if known:
        system, release, product = texts
        if system or release:
            yield Identity("os", f"{system} {release}".strip())
        if product:
            yield Identity("model", product)
        yield Identity("software", "CODESYS V2 runtime")


PROTOCOL = Protocol(
    name=_NAME,
    title="CODESYS V2",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {verb for _, verb in FUNCTIONS.values()}
        | set(SHELL_VERBS.values())
        | {Verb.PROGRAM_UPLOAD, Verb.SESSION, Verb.UNKNOWN}
    ),
    specification="not published; Digital Bond codesys-v2-discover, Project Basecamp codesys-shell, codesys-transfer",
)
