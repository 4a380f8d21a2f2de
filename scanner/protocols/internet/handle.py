"""Handle System over TCP and UDP, on any port: which identifiers are resolved and who changes them.

Written from RFC 3652 (DO-IRP before version 3): sections 2.2.1 (envelope), 2.2.2 (header), 2.2.3 (body), 3 (requests)
and 3.5 (log-ins). National systems for the identification of industrial goods resolve by it. Of an identifier the
prefix is told, which belongs to an organisation; never what it names.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, State, Step, Transducer
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import readable

NAME = "handle"
_ENVELOPE, _HEADER = 20, 24
_BODY = _ENVELOPE + _HEADER
_HANDLE = _BODY + 4  # behind its length
OPERATIONS = {
    1: ("Resolution", Verb.READ),
    2: ("Get Site Info", Verb.IDENTIFY),
    100: ("Create Handle", Verb.WRITE),
    101: ("Delete Handle", Verb.WRITE),
    102: ("Add Value", Verb.WRITE),
    103: ("Remove Value", Verb.WRITE),
    104: ("Modify Value", Verb.WRITE),
    105: ("List Handle", Verb.READ),
    106: ("List Naming Authority", Verb.READ),
    200: ("Challenge Response", Verb.AUTHENTICATE),
    201: ("Verify Response", Verb.AUTHENTICATE),
    300: ("Home Naming Authority", Verb.CONFIGURE),
    301: ("Unhome Naming Authority", Verb.CONFIGURE),
    302: ("List Homed Naming Authorities", Verb.READ),
    400: ("Session Setup", Verb.SESSION),
    401: ("Session Terminate", Verb.SESSION),
    402: ("Session Exchange Key", Verb.SESSION),
}
_SUCCESS, _REFERRALS, _CHALLENGED = 1, (301, 302), 402
_REFUSALS = {
    2: "error",
    3: "server busy",
    4: "protocol error",
    5: "operation denied",
    6: "recursion limit exceeded",
    100: "handle not found",
    101: "handle already exists",
    102: "invalid handle",
    200: "value not found",
    201: "value already exists",
    202: "invalid value",
    300: "out-of-date site info",
    400: "invalid admin",
    401: "access denied",
    403: "authentication failed",
    404: "invalid credential",
    405: "authentication timeout",
    406: "unable to authenticate",
    500: "session timeout",
    501: "session failed",
    502: "no session key",
    503: "session not supported",
    504: "session message rejected",
}
_OF_HANDLES = {1, *range(100, 107), *range(300, 303)}  # requests whose body begins with one
MAX_MESSAGE = 1 << 20  # bytes


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def probe(message: Message) -> bool:
    """Envelope and header of version 2, an operation that exists, and lengths that agree."""
    data = message.data
    if message.transport not in ("tcp", "udp") or len(data) < _BODY or data[0] != 2 or data[2] & 0x1F or data[3]:
        return False
    code, answer = _number(data, _ENVELOPE), _number(data, _ENVELOPE + 4)
    fits = _number(data, 16) + _ENVELOPE == message.length and _number(data, 40) + _BODY <= message.length
    return fits and code in OPERATIONS and (answer <= 1 or answer in (*_REFERRALS, _CHALLENGED, *_REFUSALS))


def dissect(message: Message) -> Iterator[Row]:
    """What is asked about whose identifiers, and what came of it."""
    if not probe(message):
        raise Malformed("no message of the Handle System")
    data = message.data
    code, answer = _number(data, _ENVELOPE), _number(data, _ENVELOPE + 4)
    name, verb = OPERATIONS[code]
    refused = answer in _REFUSALS
    kind = Kind.REQUEST if not answer else Kind.REFUSAL if refused else Kind.RESPONSE
    yield Operation(
        verb,
        name,
        kind,
        str(code),
        object=_prefix(data) if not answer and code in _OF_HANDLES else "",
        refusal=f"{answer} {_REFUSALS[answer]}" if refused else "",
        filter=f"{message.transport}.payload[{_ENVELOPE}:8] == {data[_ENVELOPE : _ENVELOPE + 8].hex(':')}",
    )
    yield Session(version=f"Handle {data[0]}.{data[1]}", encrypted=False)
    if code == 200 and not answer:
        yield Session(credentials="challenge")
    elif code == 200 and answer == _SUCCESS:
        yield Session(authenticated=True)


def _prefix(data: bytes) -> str:
    """The naming authority of the handle that the body begins with."""
    size = _number(data, _BODY)
    handle = data[_HANDLE : _HANDLE + min(size, 64)]
    authority, slash, _ = handle.partition(b"/")
    return readable(authority, 40) + "/…" if slash else ""


_AUTHORITY = Transducer(
    _BODY,
    {
        "length": State(Step("length 2")),
        "length 2": State(Step("length 3")),
        "length 3": State(Step("length 4")),
        "length 4": State(Step("authority", take=False)),
        "authority": State(Step("authority"), ((b"/", Step("name")),)),
        "name": State(Step("name", take=False)),
    },
)
_LENGTH = Range(_BODY, _BODY + 4)
_ASKS = tuple(Byte(at, 0) for at in range(24, 28))
_REQUEST = (Range(8, 12),)
FRAMING = Framing(
    name=NAME,
    delimiter=Length(at=16, width=4, add=_ENVELOPE, minimum=_BODY, maximum=MAX_MESSAGE),
    sync=(
        *(Byte(0, 2), Byte(1, range(20)), Byte(2, range(0, 256, 0x20)), Byte(3, 0), Byte(16, 0)),
        *(Byte(20, 0), Byte(21, 0), Byte(22, (0, 1)), Byte(24, 0), Byte(25, 0), Byte(26, (0, 1)), Byte(35, 0)),
        Size(_BODY),
    ),
    ports={"tcp": (2641,), "udp": (2641,)},
)

PROTOCOL = Protocol(
    name=NAME,
    title="Handle System",
    framing=FRAMING,
    cases=(
        Case(NAME, _ASKS, (Range(0, 4), Range(20, 28), _LENGTH, _AUTHORITY), Role.REQUEST, _REQUEST, keep=128),
        Case(NAME, (), (Range(0, 4), Range(20, 28)), Role.RESPONSE, _REQUEST, keep=_BODY),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in OPERATIONS.values()}),
    specification="RFC 3652 sections 2 and 3",
    industrial=False,
    display_filter="tcp.port == 2641 || udp.port == 2641",
)
