"""Niagara Fox over TCP: who stations and workbenches are, how they log in, which channels they use.

Tridium publishes no specification. Written from what is public of it: the hello that nmap's fox-info queries, and the
frame of the protocol as researchers describe it - a line ``fox <type> <sequence> <reply> <channel> <command>``, a
body of typed tuples in braces, ``;;``. A frame has no length: it is over where a line ends with its brace and ``;;``.
What the commands of most channels do is not public; they are named, with the verb unknown. Inside TLS (foxs, port 4911)
it is seen as TLS only.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Byte, Case, Framing, Line, Range, Role, Size, Test, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import readable
from scanner.wording import joined, said

TYPES = {
    "a": Kind.NOTICE,  # asynchronous: also a request that wants no reply
    "s": Kind.REQUEST,  # synchronous
    "r": Kind.RESPONSE,  # reply
    "n": Kind.RESPONSE,  # null reply
    "e": Kind.REFUSAL,  # error
    "k": Kind.NOTICE,  # keep-alive
    "c": Kind.NOTICE,  # close
}
# Commands of the channel fox: logging in, and keeping the session.
LOGIN = frozenset(
    (
        "kerberos",
        "username",
        "challenge",
        "clientKeyExchang",  # as far as it is told
        "authMessage1",
        "authMessage2",
        "login",
        "welcome",
        "retry",
        "rejected",
        "redirect",
        "busy",
    )
)
SESSION = frozenset(("hello", "ping", "keepalive", "close"))
REFUSALS = frozenset(("rejected", "busy"))
HELLO = {
    "hostName": "hostname",
    "station.name": "name",
    "hostId": "serial",
}
METHODS = {"digest-md5": "digest", "n4digest": "scram", "basic": "basic", "n4basic": "basic"}

LONGEST = 16384  # bytes of a frame that is looked for its end

FRAMING = Framing(
    name="fox",
    delimiter=Line(LONGEST, b"};;\n"),
    sync=(*magic(0, b"fox "), Byte(4, b"sarenkc"), Byte(5, b" "), Byte(6, b"-0123456789"), Size(20)),
    ports={"tcp": (1911,)},
    confirmations=1,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Sequence and reply numbers are decimal text of any length, so that a case for every length of theirs says where
# channel and command begin.

_NAME = "fox"
_WIDTHS = range(1, 8)
SHOWN = 20  # bytes of channel and command that are told
CHALLENGE, REJECTED = 37, 80  # bytes from the channel on: the method of a challenge, the reason of a rejection
_TYPE = Range(4, 5)
_FIRST = 11  # where the channel stands behind a sequence number of one digit and no reply number


def _at(sequence: int, reply: int) -> tuple[int, tuple[Test, ...]]:
    """(where the channel begins, tests) for numbers of so many characters; ``reply`` 0 means the number -1."""
    start = 7 + sequence
    spaces: tuple[Test, ...] = (Byte(6 + sequence, b" "),)
    if not reply:
        return start + 3, (*spaces, Byte(start, b"-"), Byte(start + 1, b"1"), Byte(start + 2, b" "))
    return start + reply + 1, (*spaces, Byte(start + reply, b" "))


def _cases() -> Iterator[Case]:
    channel, tests = _at(1, 0)
    when = (Byte(4, b"a"), *tests)
    for text, end, role in (
        (b"fox hello\n", None, Role.BY_SIDE),
        (b"fox challenge\n", CHALLENGE, Role.NOTICE),
        (b"fox rejected\n", REJECTED, Role.NOTICE),
    ):
        key = Range(channel, None if end is None else channel + end)
        yield Case(_NAME, (*when, *magic(channel, text)), (_TYPE, key), role, keep=2048)
    for sequence in _WIDTHS:
        channel, tests = _at(sequence, 0)
        key = Range(channel, channel + SHOWN)
        yield Case(_NAME, (Byte(4, b"akcsren"), *tests), (_TYPE, key), Role.NOTICE)
        for reply in _WIDTHS:
            channel, tests = _at(sequence, reply)
            pair, key = (Range(7 + sequence, channel - 1),), Range(channel, channel + SHOWN)
            for types, role in ((b"s", Role.REQUEST), (b"rne", Role.RESPONSE), (b"akc", Role.NOTICE)):
                of = () if role is Role.NOTICE else pair
                yield Case(_NAME, (Byte(4, types), *tests), (_TYPE, key), role, of)
    yield Case(_NAME, (), (_TYPE,), Role.NOTICE)


# --- dissection -----------------------------------------------------------------------------------------------------

_HEADER = re.compile(rb"fox ([sarenkc]) (-1|[0-9]{1,7}) (-1|[0-9]{1,7}) ")
_COMMAND = re.compile(r"[\w.:\-]+ [\w.:\-]+")
_TUPLE = re.compile(rb"([\w.]+)=([a-z]):([^\n]*)\n")
_ESCAPE = re.compile(r"#([0-9a-f]{1,4});")


def probe(message: Message) -> bool:
    """A header line of a known type, with channel and command."""
    try:
        _header(message.data)
    except Malformed:
        return False
    return message.transport == "tcp"


def _header(data: bytes) -> tuple[str, str, str, int]:
    """(type, channel, command, where the body begins) of the frame at the beginning."""
    found = _HEADER.match(data)
    if not found:
        raise Malformed("no Fox header")
    start = found.end()
    line, ends, _ = data[start : start + SHOWN].partition(b"\n")
    text = line.decode("latin-1")
    if not _COMMAND.fullmatch(text) and (ends or not re.fullmatch(r"[\w.:\- ]+", text)):
        raise Malformed("no channel and command")
    channel, _, command = text.partition(" ")
    return found.group(1).decode("ascii"), channel, command, start + len(line) + 1


def dissect(message: Message) -> Iterator[Row]:
    """The rows of the first frame."""
    kind, channel, command, at = _header(message.data)
    # A tuning frame with a one-digit sequence number is kept with its body; of all others only the header is.
    whole = message.data[:4] + message.data[8:_FIRST] == b"fox -1 " and kind == "a" and channel == "fox"
    body = message.data[at:] if whole else b""
    if whole and command == "hello":
        yield from _hello(message, _tuples(body))
    elif whole and command == "challenge":
        yield from _challenge(message.data[_FIRST : _FIRST + CHALLENGE])
    elif whole and command == "rejected":
        reason = _tuples(message.data[at : _FIRST + REJECTED]).get("authfail_reason", "")
        yield _operation(kind, channel, command, refusal=reason or command)
    else:
        told = _operation(kind, channel, command)
        asks = kind == "a" and told.verb is Verb.UNKNOWN and message.from_client is not False
        yield replace(told, kind=Kind.UNCONFIRMED) if asks else told
        yield Session(encrypted=False, authenticated=True if channel == "fox" and command == "welcome" else None)


def _verb(channel: str, command: str) -> Verb:
    if channel == "circuit" or (channel == "fox" and command in SESSION):
        return Verb.SESSION
    login = channel == "fox" and (command.startswith("srp6") or any(command.startswith(name) for name in LOGIN))
    return Verb.AUTHENTICATE if login else Verb.UNKNOWN


def _operation(kind: str, channel: str, command: str, refusal: str = "", detail: str = "") -> Operation:
    way = TYPES[kind]
    if not refusal and (way is Kind.REFUSAL or (channel == "fox" and command in REFUSALS)):
        refusal = "busy" if command == "busy" else "error frame"
    return Operation(
        _verb(channel, command),
        f"{channel} {command}".strip(),
        Kind.REFUSAL if refusal else way,
        code=kind,
        detail=detail,
        refusal=refusal,
        filter=f'tcp contains "{channel} {command}"',
    )


def _tuples(body: bytes) -> dict[str, str]:
    """The simple values of a body by name; binary values and what lies in braces of its own are left out."""
    found = {}
    for name, kind, value in _TUPLE.findall(body.partition(b"};;")[0]):
        if kind in b"sizft":
            text = _ESCAPE.sub(lambda m: chr(int(m.group(1), 16)), value.decode("latin-1"))
            found[name.decode("ascii")] = readable(text.encode("utf-8", "replace"), 200)
    return found


def _hello(message: Message, shown: dict[str, str]) -> Iterator[Row]:
    """Who the sender is; a station answers the hello of a workbench."""
    parts = {
        "{name}": shown.get("app.name"),
        "station {name}": shown.get("station.name"),
        "brand {name}": shown.get("brandId"),
        "platform {name}": shown.get("niagaraPlatformType"),
        "VM {name}": _joined(shown, "vm"),
        "authentication {name}": shown.get("authAgentTypeSpecs") or shown.get("availableSchemes"),
    }
    yield Operation(
        Verb.SESSION,
        "fox hello",
        Kind.RESPONSE if message.from_client is False else Kind.REQUEST,
        code="a",
        detail=joined(said(sentence, name=value) for sentence, value in parts.items() if value),
        filter='tcp contains "fox hello"',
    )
    version = shown.get("fox.version", "")
    yield Session(version=f"Fox {version}" if version else "Fox", encrypted=False)
    yield from _identities(shown)


def _joined(shown: dict[str, str], name: str) -> str:
    return " ".join(filter(None, (shown.get(f"{name}.name"), shown.get(f"{name}.version"))))


def _identities(shown: dict[str, str]) -> Iterator[Identity]:
    for name, field in HELLO.items():
        if shown.get(name):
            yield Identity(field, shown[name])
    if _joined(shown, "app"):
        yield Identity("software", f"Niagara {_joined(shown, 'app')}")
    if _joined(shown, "os"):
        yield Identity("os", _joined(shown, "os"))
    if shown.get("app.name") == "Workbench":
        yield Identity("role", "engineering_station")
    try:
        yield Identity("ip", str(ipaddress.ip_address(shown.get("hostAddress", ""))))
    except ValueError:
        return


def _challenge(text: bytes) -> Iterator[Row]:
    """The method by which the server wants to authenticate."""
    found = re.search(rb"method=s:([\w-]+)\n", text)
    method = found.group(1).decode("ascii") if found else ""
    yield _operation("a", "fox", "challenge", detail=said("method {name}", name=method) if method else "")
    if method:
        yield Session(credentials=METHODS.get(method, method))


PROTOCOL = Protocol(
    name=_NAME,
    title="Niagara Fox",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    opaque=("*",),  # what the channels of a session carry
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.AUTHENTICATE, Verb.UNKNOWN, Verb.UNKNOWN_FUNCTION}),
    specification="not published; nmap fox-info (S. Hilt), public descriptions of Fox 1.0.1 and 1.0.2 frames",
)
