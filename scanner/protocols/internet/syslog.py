"""Syslog over UDP and TCP: facilities and severities; what is logged is not looked at.

Written from RFC 5424 (section 6.2.1, PRI), RFC 3164, and RFC 6587 (section 3.4), by which messages over TCP are lines
or have their length in front of them. Of messages whose length is told, the first of each segment is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Line, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.wording import joined, said

_DIGITS = b"0123456789"
_TCP: dict[str, tuple[int, ...]] = {"tcp": (514, 601, 1514, 6514)}
_COUNTED = (2, 3, 4)  # digits of a message's length


def _priority_at(at: int) -> tuple[Byte, ...]:
    return (Byte(at, b"<"), Byte(at + 1, _DIGITS), Byte(at + 2, _DIGITS + b">"))


def _behind(digits: int) -> tuple[Byte, ...]:
    """Tests for a message behind its length."""
    count = (Byte(0, b"123456789"), *(Byte(at, _DIGITS) for at in range(1, digits)), Byte(digits, b" "))
    return (*count, *_priority_at(digits + 1))


FRAMING = Framing("syslog", Whole(), (*_priority_at(0), Size(4)), {"udp": (514,)})
LINES = Framing("syslog-lines", Line(8192), (*_priority_at(0), Size(4)), _TCP)
COUNTED = tuple(Framing(f"syslog-counted-{n}", Whole(grows=True), _behind(n), _TCP) for n in _COUNTED)
_PRIORITY = re.compile(rb"(?:[1-9]\d{1,3} )?<(\d{1,3})>(1 )?")
_SEVERITIES = (
    said("emergency"),
    said("alert"),
    said("critical"),
    said("error"),
    said("warning"),
    said("notice"),
    said("informational"),
    said("debug"),
)


def probe(message: Message) -> bool:
    """A priority from 0 to 191 in angle brackets."""
    priority = _PRIORITY.match(message.data)
    return message.transport in ("udp", "tcp") and priority is not None and int(priority[1]) <= 191


def dissect(message: Message) -> Iterator[Row]:
    """One message."""
    priority = _PRIORITY.match(message.data)
    if priority is None or int(priority[1]) > 191:
        raise Malformed("no priority")
    facility, severity = divmod(int(priority[1]), 8)
    yield Operation(
        Verb.REPORT,
        "Log message",
        Kind.NOTICE,
        priority[1].decode(),
        detail=joined((said("facility {n}", n=facility), _SEVERITIES[severity])),
        filter=f"syslog.facility == {facility} && syslog.level == {severity}",
    )
    yield Session(encrypted=False)


PROTOCOL = Protocol(
    name="syslog",
    title="Syslog",
    framing=FRAMING,
    cases=(
        Case("syslog", (Byte(0, b"<"),), (Range(0, 5),), Role.NOTICE, keep=8),
        *(Case("syslog", _behind(n), (Range(n + 1, n + 6),), Role.NOTICE, keep=16) for n in _COUNTED),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="RFC 5424 section 6.2.1, RFC 3164 section 4.1, RFC 6587 section 3.4",
    industrial=False,
    more_framings=(LINES, *COUNTED),
)
