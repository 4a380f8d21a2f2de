"""Automatic tank gauges: the serial protocol of Veeder-Root TLS-250, TLS-350 and TLS-450 consoles, over TCP.

Written from Veeder-Root's serial interface manual 576013-635 as Metasploit's atg_client, Nmap's atg-info, Conpot and
simulators of the console have it. A command is SOH, perhaps a security code of six characters, a letter (I inquires, S
sets; lower case wants the computer format), a function of three characters, a device of two digits and data. An answer
is SOH, the same code, text and ETX; ``9999FF1B`` says that the function is not known. It is served on port 10001 of
serial servers and cards; the security code, where one is used at all, crosses in clear.

Nothing says how long a message is: a segment that begins none belongs to the one before it, up to two kilobytes; of
longer reports what follows counts as not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.framing.language import (
    Byte,
    Case,
    Framing,
    Range,
    Role,
    Size,
    State,
    Step,
    Sync,
    Test,
    Transducer,
    Whole,
    magic,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import printable, quoted
from scanner.protocols.common.verb_table import verb_table
from scanner.wording import said

NAME = "atg"
PORT = 10001
_FUNCTIONS = verb_table(__package__, "atg_functions.tsv")
_SOH, _ETX = b"\1", b"\3"
_REFUSED = b"9999FF1B"
_REVISION = (0x902, 0x905)
_SETTINGS = "5678"  # functions that begin so hold what is set; those before are reports
# Every function has a digit, or is one of those that begin with @.
_CODE = rb"(?P<letter>[ISis])(?P<function>(?=.{0,2}\d|@)[0-9A-Za-z@][0-9A-Za-z]{2})(?P<device>\d\d)"
_ASKED = rb"[\x20-\x7e\t]*[\r\n\0\3]*"
_REQUESTS = (  # with a security code only what is none without
    re.compile(rb"(?P<security>)" + _CODE + _ASKED),
    re.compile(rb"(?P<security>[\x20-\x7e]{6})" + _CODE + _ASKED),
)
_ANSWER = re.compile(rb"[\r\n]+" + _CODE + rb"[\r\n]")
_COMPUTED = re.compile(_CODE + rb".*&&[0-9A-Fa-f]{4}", re.DOTALL)
_TEXTS = (
    ("firmware", re.compile(rb"VERSION\s+([0-9][0-9.]*)")),
    ("software", re.compile(rb"SOFTWARE#\s*([0-9A-Z][0-9A-Z-]*)")),
)
_KEPT = 2048


class _Part(NamedTuple):
    """A command or an answer; ``code`` is None in a refusal."""

    code: re.Match[bytes] | None
    kind: Kind


def _parts(message: Message) -> list[_Part]:
    """Several commands may share a segment; an answer stands alone or behind others."""
    data = message.data
    if message.transport != "tcp" or not data.startswith(_SOH) or len(data) < 7:
        raise Malformed("no message of a tank gauge")
    return [_part(raw, len(data) < message.length) for raw in data[1:].split(_SOH)]


def _part(raw: bytes, cut: bool) -> _Part:
    body = raw.rstrip(b"\r\n\0")
    if body in (_REFUSED, _REFUSED + _ETX):
        return _Part(None, Kind.REFUSAL)
    ended = cut or body.endswith(_ETX)
    shown = _ANSWER.match(raw)
    if shown is not None and (ended or b"\n" in raw[shown.end() :]):
        return _Part(shown, Kind.RESPONSE)
    if raw[-7:-5] == b"&&" and raw.endswith(_ETX):
        computed = _COMPUTED.fullmatch(raw[:-1])
        if computed is None:
            raise Malformed("no message of a tank gauge")
        return _Part(computed, Kind.RESPONSE)
    asked = next((found for form in _REQUESTS if (found := form.fullmatch(raw))), None)
    if asked is None:
        raise Malformed("no message of a tank gauge")
    return _Part(asked, Kind.REQUEST)


def probe(message: Message) -> bool:
    """Whether all of the segment is commands, or an answer."""
    return is_well_formed(_parts, message)


def dissect(message: Message) -> Iterator[Row]:
    """What is asked of which device, with which credentials; the software that a console says it has."""
    for place, part in enumerate(_parts(message)):
        if part.code is None:
            yield Operation(
                Verb.UNKNOWN,
                "Answer",
                part.kind,
                "9999",
                refusal=said("function not recognised"),
                filter='tcp.payload contains "9999FF1B"',
            )
            continue
        yield _operation(part.code, part.kind)
        if part.kind is Kind.REQUEST:
            credentials = "user-password" if part.code["security"] else "none"
            yield Session(credentials=credentials, encrypted=False)
        elif place == 0 and _number(part.code) in _REVISION:  # the one that the key holds whole
            yield from _software(part.code.string)


def _number(code: re.Match[bytes]) -> int:
    try:
        return int(code["function"], 16)
    except ValueError:
        return -1


def _operation(code: re.Match[bytes], kind: Kind) -> Operation:
    letter, function, device = (code[group].decode("ascii") for group in ("letter", "function", "device"))
    known, verb = _FUNCTIONS.get(_number(code), ("", Verb.UNKNOWN))
    sent, function = letter + function + device, function.upper()
    sets = letter in "Ss"
    if not known:
        known = f"function {function}"
        verb = Verb.CONFIGURE if function[0] in _SETTINGS else Verb.UNKNOWN
    if not sets:
        verb = Verb.IDENTIFY if _number(code) in _REVISION else Verb.READ
    return Operation(
        verb,
        known if sets and function[0] == "0" else f"{'Set' if sets else 'Inquire'} {known}",
        kind,
        f"{letter.upper()}{function}",
        object="all devices" if device == "00" else f"device {int(device)}",
        filter=f"tcp.payload contains {quoted(sent)}",
    )


def _software(text: bytes) -> Iterator[Identity]:
    for field, pattern in _TEXTS:
        found = pattern.search(text)
        if found is not None and printable(found[1]):
            yield Identity(field, printable(found[1]))


# --- which bytes are meaning -----------------------------------------------------------------------------------------
# Of each command the twelve characters behind SOH, which hold a security code and the code of the command; of an answer
# nine, and all of one that names the software.

_BEGINS = ((_SOH, Step("taken 1")),)


def _behind(count: int) -> Transducer:
    """Each SOH with so many characters behind it."""
    following = {f"taken {n}": State(Step(f"taken {n + 1}"), _BEGINS) for n in range(1, count)}
    before = State(Step("before", take=False), _BEGINS)
    return Transducer(0, {"before": before, **following, f"taken {count}": State(Step("before"), _BEGINS)})


_COMMANDS, _ANSWERS = _behind(12), _behind(9)


def _case(*tests: Test, key: Range | Transducer, role: Role, most: int = 0) -> Case:
    return Case(NAME, tests, (key,), role, keep=_KEPT, most=most)


CASES = (
    _case(*magic(1, _REFUSED), key=_ANSWERS, role=Role.RESPONSE),
    _case(Byte(1, b"\r\n"), *magic(4, b"902"), key=Range(0), role=Role.RESPONSE, most=16),
    _case(Byte(1, b"\r\n"), *magic(4, b"905"), key=Range(0), role=Role.RESPONSE, most=16),
    _case(Byte(1, b"\r\n"), key=_ANSWERS, role=Role.RESPONSE),
    _case(Byte(-7, b"&"), Byte(-6, b"&"), Byte(-1, _ETX), *magic(2, b"902"), key=Range(0), role=Role.RESPONSE, most=16),
    _case(Byte(-7, b"&"), Byte(-6, b"&"), Byte(-1, _ETX), key=_ANSWERS, role=Role.RESPONSE),
    _case(key=_COMMANDS, role=Role.REQUEST),
)
_TEXT = range(0x20, 0x7F)
_SYNC: tuple[Sync, ...] = (
    Byte(0, _SOH),
    Byte(1, (*_TEXT, 13, 10)),
    Byte(2, (*_TEXT, 10)),
    *(Byte(at, _TEXT) for at in range(3, 7)),
    Size(7),
)
PROTOCOL = Protocol(
    name=NAME,
    title="Tank gauges (Veeder-Root TLS)",
    short="Tank gauge",
    framing=Framing(NAME, Whole(grows=True, joins=6), _SYNC, {"tcp": (PORT,)}, confirmations=1),
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in _FUNCTIONS.values()} | {Verb.READ, Verb.IDENTIFY}),
    specification="Veeder-Root 576013-635, Serial Interface Manual (as Metasploit, Nmap and Conpot have it)",
    display_filter=f"tcp.port == {PORT}",
)
