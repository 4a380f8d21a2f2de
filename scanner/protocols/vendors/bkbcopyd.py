"""Yokogawa CENTUM CS 3000, the file copy service BKBCopyD on TCP port 20111.

Yokogawa publishes nothing of it. Written from Rapid7's disclosure R7-2014-10 (CVE-2014-5208) and its client: lines of
text, RETR and STOR with a path and PMODE with a word, answered by a number of three digits as FTP does; 150 and 210
accept. Files go over a connection that the service opens back. It knows no log-on, so whoever reaches the port reads
and writes the files of the station. Away from the port the lines are those of FTP and nothing is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Line, Range, Role, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import printable, readable

PORT = 20111
COMMANDS = {
    b"RETR": ("Retrieve file", Verb.FILE_READ),
    b"STOR": ("Store file", Verb.FILE_WRITE),
    b"PMODE": ("Get mode", Verb.READ),
}
# FTP has other numbers besides, by which it is told on this port.
_LINE = re.compile(rb"(RETR|STOR|PMODE) +(.+)|(150|210|[45]\d\d)(?:[ -].*)?", re.DOTALL)
_DIGITS = range(0x30, 0x3A)

FRAMING = Framing(
    name="bkbcopyd",
    delimiter=Line(1024),
    sync=(Byte(0, b"RSPUT12345"), Byte(1, b"ETMSAY0123456789")),  # lines of FTP too, which speak against it
    ports={"tcp": (PORT,)},
    confirmations=1,
    anywhere=False,
)
CASES = (
    *(Case("bkbcopyd", magic(0, word), (Range(0),), Role.REQUEST, keep=1024) for word in COMMANDS),
    Case("bkbcopyd", (Byte(1, _DIGITS),), (Range(0, 3),), Role.RESPONSE, keep=64),
    Case("bkbcopyd", (), (Range(0, 5),), Role.NOTICE, keep=64),
)


def probe(message: Message) -> bool:
    """A command or an answer, on the port."""
    return message.transport == "tcp" and message.port == PORT and bool(_LINE.fullmatch(message.data.rstrip(b"\r\n\0")))


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one line."""
    found = _LINE.fullmatch(message.data.rstrip(b"\r\n\0"))
    if found is None:
        raise Malformed("no line of BKBCopyD")
    word, argument, number = found.groups()
    if number:
        code = number.decode("ascii")
        refusal = f"{code} Refused" if code[0] in "45" else ""
        yield Operation(
            Verb.UNKNOWN,
            "Answer",
            Kind.REFUSAL if refusal else Kind.RESPONSE,
            code,
            refusal=refusal,
            filter=f"tcp.payload[0:3] == {number.hex(':')}",
        )
        return
    name, verb = COMMANDS[word]
    shown = readable(argument, 200) if word != b"PMODE" else printable(argument)
    yield Operation(
        verb,
        name,
        Kind.REQUEST,
        word.decode("ascii"),
        object=shown,
        filter=f"tcp.payload[0:{len(word)}] == {word.hex(':')}",
    )
    yield Session(version="BKBCopyD", credentials="none", encrypted=False, authenticated=False)


PROTOCOL = Protocol(
    name="bkbcopyd",
    title="Yokogawa CENTUM file copy (BKBCopyD)",
    short="BKBCopyD",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in COMMANDS.values()} | {Verb.UNKNOWN}),
    specification="not published; Rapid7 R7-2014-10 (CVE-2014-5208), yokogawa_bkbcopyd_client",
    display_filter=f"tcp.port == {PORT}",
)
