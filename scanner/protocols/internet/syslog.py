"""Syslog over UDP: facilities and severities; what is logged is not looked at.

Written from RFC 5424 (section 6.2.1, PRI) and RFC 3164.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.wording import joined, said

_DIGITS = b"0123456789"
FRAMING = Framing(
    name="syslog",
    delimiter=Whole(),
    sync=(Byte(0, b"<"), Byte(1, _DIGITS), Byte(2, _DIGITS + b">"), Size(4)),
    ports={"udp": (514,)},
    confirmations=2,
)
_PRIORITY = re.compile(rb"<(\d{1,3})>(1 )?")
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
    return message.transport == "udp" and priority is not None and int(priority[1]) <= 191


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
    cases=(Case("syslog", (Byte(0, b"<"),), (Range(0, 5),), Role.NOTICE, keep=8),),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="RFC 5424 section 6.2.1, RFC 3164 section 4.1",
    industrial=False,
)
