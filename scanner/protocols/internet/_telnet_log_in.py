"""What is typed to log in over Telnet, compared with known defaults.

A server asks and a client types, a line for each question, until the server lets him in: what is typed is the user
behind a prompt for one, the password behind a prompt for that, whether in one segment or letter by letter. Segments of
one end may have been put together, so that who spoke first is not known; which line answers which prompt is, where the
connection was seen from its beginning.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.protocols.base import Kind, Message, Operation, Row, Verb
from scanner.protocols.common.default_log_ins import UNTOLD, of_log_in, of_password
from scanner.protocols.internet._telnet_prompts import LOGIN
from scanner.protocols.internet._telnet_prompts import PASSWORD as ASKS_PASSWORD

USER, PASSWORD, REFUSED, LET_IN = "user", "password", "refused", "let in"
STRANGE = "something else"
_MOST = 32  # prompts and lines of a connection that are looked at
_ENDS = re.compile(rb"\r[\n\0]?|\n")
_SHELL_OF = re.compile(rb"[\w.-]+@[\w.-]+[^\r\n]{0,60}[#$%>] ?\Z")  # user and host, which look like words of a prompt
_SHELL = re.compile(rb"(?:\A|[\r\n])[^\r\n]{0,60}[#$%>] ?\Z")
_DENIED = re.compile(
    rb"(?i)denied|(?<!last )failed(?! log-?in)|invalid|incorrect|wrong (user|pass|log)|bad pass|locked out"
)
_QUESTION = re.compile(rb"[:?>] ?\Z")
_PRINTABLE = re.compile(rb"[ -~\x80-\xff]*")
_BACK, _KILL = b"\x08\x7f", 0x15


@dataclass(slots=True)
class Typed:
    """What was asked and typed so far on a connection. begins: its beginning was seen; over: from here on it is not
    known which line answers what; settled: how many passwords were told of.
    """

    asked: list[str] = field(default_factory=list)
    text: bytes = b""
    lost: dict[bool | None, int] = field(default_factory=dict)
    begins: bool = False
    over: bool = False
    settled: int = 0

    def read(self, message: Message, text: bytes, *, negotiates: bool) -> Iterator[Row]:
        """What a message adds; ``text``: without commands. negotiates: it has several, as openings have."""
        whole = message.length == len(message.data)
        self.over |= self.lost.setdefault(message.from_client, message.lost) != message.lost
        if message.from_client:
            self.text += b"" if self.over else text
            self.over |= not whole or len(self.text) > 64 * _MOST
        else:
            self.begins |= negotiates and not self.asked
            self.asked += said(text) if whole else []
            self.over |= not whole
        yield from self._compare()

    def _compare(self) -> Iterator[Row]:
        if self.over or not self.begins or len(self.asked) > _MOST:
            return
        *lines, _ = _ENDS.split(self.text)
        user: bytes | None = None
        answers = iter(lines[:_MOST])
        passwords = 0
        for what, then in itertools.pairwise((*self.asked, "")):
            if what in (LET_IN, STRANGE):
                return
            if what == REFUSED:
                continue
            line = next(answers, None)
            if line is None or then in ("", STRANGE):
                return
            if what == USER:
                user = edited(line)
                continue
            passwords += 1
            if passwords > self.settled:
                self.settled = passwords
                yield _operation(user, edited(line), then)


def said(text: bytes) -> list[str]:
    """What a server says to who logs in: a refusal, and at last a prompt."""
    found = [REFUSED] if FAILED.search(text) or _DENIED.search(text) else []
    tail = text[-80:]
    if _SHELL_OF.search(tail):
        return [*found, LET_IN]
    if ASKS_PASSWORD.search(tail):
        return [*found, PASSWORD]
    if LOGIN.search(tail):
        return [*found, USER]
    if _SHELL.search(tail) or (WELCOMED.search(text) and not found):
        return [*found, LET_IN]
    return [*found, STRANGE] if _QUESTION.search(tail) else found


FAILED = re.compile(
    rb"(?i)login (incorrect|failed|invalid)|(bad|wrong|invalid|incorrect) (password|passwords|login)|access denied"
    rb"|authentication (failed|failure)|login failure|authorization failed"
)
WELCOMED = re.compile(rb"(?i)last login|last successful login|login successful|logged in successfully")


def edited(line: bytes) -> bytes | None:
    """A line as the server has it in the end; None where keys were pressed whose effect only it knows."""
    kept = bytearray()
    for byte in line.replace(b"\0", b""):
        if byte in _BACK:
            del kept[-1:]
        elif byte == _KILL:
            kept.clear()
        else:
            kept.append(byte)
    return bytes(kept) if _PRINTABLE.fullmatch(kept) else None


def _operation(user: bytes | None, password: bytes | None, outcome: str) -> Operation:
    found = UNTOLD
    if password is not None and (user or password):
        found = of_log_in(user, password) if user else of_password(password)
    name = "Typed password accepted" if outcome == LET_IN else "Typed password refused"
    return Operation(Verb.AUTHENTICATE, name, Kind.NOTICE, detail=found, filter="telnet.data")
