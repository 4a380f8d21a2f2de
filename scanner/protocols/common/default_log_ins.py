"""Whether a log-in is one that devices and programs are delivered with, by the dated list ``default_log_ins.tsv``.

Nothing of a log-in but this leaves the module. User names are compared without regard to case, passwords with it.
"""

from __future__ import annotations

import base64
import binascii
import functools

from scanner.code_tables import rows_table
from scanner.wording import Said, said

DEFAULT = said("known default password")
OTHER = said("the password is no known default")
_SHARED = {b"guest", b"anonymous", b"ftp"}  # passwords of accounts that are open to everybody


def of_log_in(user: bytes, password: bytes) -> Said:
    """What is told of a user with a password."""
    return DEFAULT if (user.lower(), password) in _pairs() else OTHER


def of_password(password: bytes) -> Said:
    """What is told of a password whose user stands elsewhere."""
    return DEFAULT if password in passwords() else OTHER


def of_field(value: str) -> Said | str:
    """What is told of an Authorization field of the scheme Basic (RFC 7617 section 2), repeated ones joined by a comma;
    nothing of other schemes. Whether a token is a known one is all that the kernel tells apart, whatever it may be.
    """
    schemes = [part.split() for part in value.split(",")]
    sent = {part[1] if len(part) == 2 else "" for part in schemes if part and part[0].lower() == "basic"}
    return (DEFAULT if sent & tokens() else OTHER) if sent else ""


def of_sasl(response: bytes) -> Said | str:
    """What is told of the response of the SASL mechanism PLAIN in base64; nothing where it is not whole."""
    try:
        return of_plain(base64.b64decode(response, validate=True))
    except binascii.Error:
        return ""


def of_plain(response: bytes) -> Said | str:
    """What is told of user and password of the SASL mechanism PLAIN (RFC 4616 section 2); nothing where one lacks."""
    parts = response.split(b"\0")
    return of_log_in(parts[1], parts[2]) if len(parts) == 3 else ""


@functools.cache
def passwords() -> frozenset[bytes]:
    """The passwords that tell without a user."""
    return frozenset(password for user, password in _listed() if password) - _SHARED


@functools.cache
def tokens() -> frozenset[str]:
    """What the scheme Basic makes of the list."""
    return frozenset(base64.b64encode(b":".join(pair)).decode() for pair in _listed())


@functools.cache
def plain_tokens() -> frozenset[bytes]:
    """What SASL's PLAIN makes of the list in base64, with the user as authorization identity and without."""
    pairs = {(name, password) for user, password in _listed() for name in (user, user.lower())}
    responses = {b"\0".join((own, user, password)) for user, password in pairs for own in (b"", user)}
    return frozenset(map(base64.b64encode, responses))


@functools.cache
def _pairs() -> frozenset[tuple[bytes, bytes]]:
    return frozenset((user.lower(), password) for user, password in _listed())


@functools.cache
def _listed() -> tuple[tuple[bytes, bytes], ...]:
    rows = rows_table(__package__, "default_log_ins.tsv")
    return tuple((user.encode(), password.encode()) for user, password, _, _ in rows)
