"""Log-ins by SASL that take several lines: what they show of the password, compared with known defaults.

RFC 4616 (PLAIN), draft-murchison-sasl-login (LOGIN), RFC 2195 (CRAM-MD5), RFC 2831 (DIGEST-MD5). What a line means
depends on those before it in its connection: a line of mail may look like any of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from scanner.framing.language import Byte, Case, Role, SentBy, Size, Within, magic
from scanner.protocols.base import Message, Row
from scanner.protocols.common import default_log_ins, digest
from scanner.protocols.common.before import in_order
from scanner.protocols.internet._logins import KEEP, login, mechanism
from scanner.wording import Said

_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LONGEST = 512  # bytes of a line
_SENT = "SASL response"
_STAMP = re.compile(rb"<[^<>@]+@[^<>@]+>")


def exchange_cases(
    name: str, begins: Iterable[tuple[Byte, ...]], *, goes_on: bytes, answers: bool = False
) -> Iterator[Case]:
    """The lines of a client that begin a log-in, those of a server that ask for more, and what answers these: digits of
    base64, in fours. answers: what asks for more is always an answer.
    """
    for when in begins:
        yield in_order(name, when, Role.BY_SIDE, keep=KEEP)
    yield in_order(name, magic(0, goes_on), Role.RESPONSE if answers else Role.NOTICE, keep=KEEP)
    digits = (Byte(0, _DIGITS), Byte(1, _DIGITS), Byte(2, _DIGITS + b"="), Byte(3, _DIGITS + b"="))
    for size in range(4, _LONGEST, 4):
        line = (SentBy(client=True), *digits, Size(size + 1, size + 2), Byte(size, b"\r\n"))
        yield in_order(name, line, Role.REQUEST, keep=KEEP)


@dataclass(slots=True)
class _Exchange:
    """What was sent since a log-in began; ``lost``: what its client had lost before; ``due``: how many responses the
    server waits for.
    """

    mechanism: str
    lost: int
    challenges: list[bytes] = field(default_factory=list)
    responses: list[bytes] = field(default_factory=list)
    due: int = 0


class LogIn:
    """The log-in that is under way on a connection."""

    def __init__(self, shown_by: str, goes_on: bytes) -> None:
        self._shown_by, self._goes_on = shown_by, goes_on
        self._open: _Exchange | None = None

    def begin(self, message: Message, argument: bytes) -> None:
        """A mechanism is chosen, perhaps with a first response."""
        name, _, response = argument.strip().partition(b" ")
        if not (response and name.upper() == b"PLAIN"):
            self._open = _Exchange(name.decode("latin-1").upper(), message.lost)
            self._open.responses += [decoded(response)] if response else []

    def read(self, message: Message) -> Iterator[Row]:
        """The rows of a line that is a challenge or answers one; of others there are none."""
        exchange = self._open
        line = message.data.rstrip(b"\r\n")
        if not message.from_client:
            if exchange and line.startswith(self._goes_on):
                exchange.challenges.append(decoded(line[len(self._goes_on) :].strip()))
                exchange.due += 1
            return
        if exchange is None:
            if line in default_log_ins.plain_tokens():
                yield from login(_SENT, "user-password", self._shown_by, default_log_ins.DEFAULT)
            return
        if not exchange.due:
            return
        exchange.due -= 1
        whole = exchange.lost == message.lost and message.length == len(message.data)
        exchange.responses.append(decoded(line))
        if exchange.mechanism == "LOGIN" and len(exchange.responses) < 2:
            return
        self._open = None
        kind = mechanism(exchange.mechanism.encode())
        if kind in ("user-password", "digest"):
            found = _compared(exchange) if whole else ""
            yield from login(_SENT, kind, self._shown_by, found or default_log_ins.UNTOLD)


def decoded(text: bytes) -> bytes:
    """Base64; nothing where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""


def _compared(exchange: _Exchange) -> Said | str:
    compare = _COMPARE.get(exchange.mechanism)
    return compare(exchange) if compare else ""


def _login(exchange: _Exchange) -> Said | str:
    user, password = exchange.responses[:2]
    return default_log_ins.of_log_in(user, password) if user and password else ""


def _cram(exchange: _Exchange) -> Said | str:
    user, _, shown = exchange.responses[-1].rpartition(b" ")
    if len(exchange.challenges) != 1 or len(shown) != 32 or not exchange.challenges[0]:
        return ""
    challenge = exchange.challenges[0]
    return default_log_ins.of_proof(
        user, lambda password: hmac.new(password, challenge, "md5").hexdigest().encode() == shown.lower()
    )


def _digest(exchange: _Exchange) -> Said | str:
    return digest.of_sasl(exchange.responses[-1])


_COMPARE: dict[str, Callable[[_Exchange], Said | str]] = {
    "LOGIN": _login,
    "PLAIN": lambda exchange: default_log_ins.of_plain(exchange.responses[-1]),
    "CRAM-MD5": _cram,
    "DIGEST-MD5": _digest,
}


def greeting_cases(name: str, greets: tuple[Byte | Within, ...], asks: tuple[Byte, ...]) -> Iterator[Case]:
    """A greeting that who logs in has to take in, and the line in which he does."""
    yield in_order(name, greets, Role.BY_SIDE, keep=KEEP)
    yield in_order(name, asks, Role.BY_SIDE, keep=KEEP)


def apop(user: bytes, greeting: bytes, shown: bytes) -> Said:
    """What is told of a user of APOP (RFC 1939, section 7), who takes in the time stamp of the greeting."""
    found = _STAMP.search(greeting)
    if not found or len(shown) != 32:
        return default_log_ins.UNTOLD
    stamp = found[0]
    return default_log_ins.of_proof(
        user, lambda p: hashlib.md5(stamp + p, usedforsecurity=False).hexdigest().encode() == shown.lower()
    )
