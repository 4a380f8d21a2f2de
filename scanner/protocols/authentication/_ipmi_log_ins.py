"""What IPMI shows of passwords, compared with known defaults.

IPMI v2.0 rev. 1.1 sections 13.20 to 13.23 and 13.28 (RAKP), 13.6 and 22.17.1 (authentication codes of IPMI 1.5). What a
code is made of stands in the messages before it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from scanner.protocols.base import Message
from scanner.protocols.common.default_log_ins import UNTOLD, of_log_in, of_password, of_proof
from scanner.wording import Said

_ALGORITHMS = {1: ("sha1", 20), 2: ("md5", 16), 3: ("sha256", 32)}
_OPENED, _RAKP_1, _RAKP_2, _RAKP_3 = 0x11, 0x12, 0x13, 0x14
_MD5, _PASSWORD = 2, 4  # types of authentication
_CHALLENGED, ACTIVATE = 0x39, 0x3A
_CODE, _MESSAGE = slice(13, 29), 30  # of IPMI 1.5 the authentication code, and where the message begins


@dataclass(slots=True)
class Begun:
    """What was said of a session that is being set up; console, managed: its numbers at both ends."""

    algorithm: int = 0
    console: bytes = b""
    managed: bytes = b""
    user: bytes | None = None
    role: bytes = b""
    random: bytes = b""
    challenged: bytes | None = None  # the user who asked for a challenge of IPMI 1.5


def set_up(begun: Begun, number: int, body: bytes) -> Said | str:
    """What is told of the code in RAKP message 3; of other steps is kept what goes into it."""
    if number == _OPENED and len(body) >= 17 and not body[1]:
        begun.algorithm, begun.console, begun.managed = body[16], body[4:8], body[8:12]
        begun.user, begun.random = None, b""
    elif number == _RAKP_1 and len(body) >= 28 and len(body) == 28 + body[27]:
        begun.role, begun.user = body[24:25], body[28:]
    elif number == _RAKP_2 and len(body) >= 24 and not body[1]:
        begun.random = body[8:24] if body[4:8] == begun.console else b""
    elif number == _RAKP_3 and len(body) > 8:
        return _proved(begun, body)
    return ""


def _proved(begun: Begun, body: bytes) -> Said:
    name, size = _ALGORITHMS.get(begun.algorithm, ("", 0))
    shown = body[8:]
    if begun.user is None or not begun.random or body[4:8] != begun.managed or not size or len(shown) != size:
        return UNTOLD
    made_of = begun.random + begun.console + begun.role + bytes((len(begun.user),)) + begun.user
    return of_proof(begun.user, lambda password: hmac.digest(password, made_of, name) == shown)


def command(begun: Begun, message: Message, number: int, body: bytes) -> Said | str:
    """What is told of the code that opens a session of IPMI 1.5."""
    data = message.data
    if number == _CHALLENGED and len(body) >= 23:
        begun.challenged = body[7:23].rstrip(b"\0")
    if number != ACTIVATE or data[4] not in (_MD5, _PASSWORD):
        return UNTOLD if number == ACTIVATE and data[4] else ""
    user, code = begun.challenged, data[_CODE]
    if data[4] == _PASSWORD:
        password = code.rstrip(b"\0")
        return of_password(password) if user is None else of_log_in(user, password)
    sent = data[_MESSAGE : _MESSAGE + data[_MESSAGE - 1]]
    if len(sent) != data[_MESSAGE - 1]:
        return UNTOLD

    def proves(password: bytes) -> bool:
        padded = password[:16].ljust(16, b"\0")
        made_of = padded + data[9:13] + sent + data[5:9] + padded
        return hashlib.md5(made_of, usedforsecurity=False).digest() == code

    return of_proof(user, proves)
