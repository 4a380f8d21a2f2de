"""Whether a log-in is one that devices and programs are delivered with, by the dated list ``default_log_ins.tsv``.

Nothing of a log-in but this leaves the module. User names are compared without regard to case, passwords with it.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import re
from collections.abc import Callable, Collection

from scanner.code_tables import rows_table
from scanner.wording import Said, said

DEFAULT = said("known default password")
OTHER = said("the password is no known default")
UNTOLD = said("password not compared")
_SHARED = {b"guest", b"anonymous", b"ftp"}  # passwords of accounts that are open to everybody
_DIGESTS = ("md5", "sha1", "sha256", "sha512")  # that pages make of a password before they send it
# What stands for a password: a digest, or more than anybody types.
_NO_PASSWORD = re.compile(rb"(?:[0-9A-Fa-f]{2}){16,}|\S{40,}|[*.\xe2\x80\xa2\x97\x8f]{3,}|")


def of_log_in(user: bytes, password: bytes) -> Said:
    """What is told of a user with a password."""
    return DEFAULT if (user.lower(), password) in _pairs() else OTHER


def of_password(password: bytes) -> Said:
    """What is told of a password whose user stands elsewhere."""
    return DEFAULT if password in passwords() else OTHER


def of_proof(user: bytes | None, proves: Callable[[bytes], bool]) -> Said:
    """What is told of a user who shows to know a password without sending it; ``proves``: that it is this one. None:
    the user stands elsewhere.
    """
    tried = passwords() if user is None else _of_users().get(user.lower(), frozenset())
    return DEFAULT if any(map(proves, tried)) else OTHER


def of_disguised(users: Collection[bytes], sent: bytes) -> Said | str:
    """What is told of a password as pages send it, as it is, in base64 or as a plain digest, and of whichever of these
    users; nothing of what may be made of it in other ways.
    """
    bare = _disguises().get(sent) or _disguises().get(sent.lower()) or sent
    named = {name for user in users for name in (user, _disguised_users().get(user, user))}
    told = [of_log_in(user, bare) for user in named] if named else [of_password(bare)]
    if DEFAULT in told:
        return DEFAULT
    return "" if bare is sent and _NO_PASSWORD.fullmatch(sent) else OTHER


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
def users() -> frozenset[bytes]:
    """The names of the list, also in small letters."""
    return frozenset(name for user, _ in _listed() if user for name in (user, user.lower()))


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
def words() -> frozenset[bytes]:
    """All by which the kernel has to tell one log-in of a text from another: users and passwords, as they are and in
    disguise, and what Basic makes of them.
    """
    bare = {word for pair in _listed() for word in pair}
    disguised = {*_disguises(), *_disguised_users()}
    return frozenset({*bare, *(w.replace(b" ", b"+") for w in bare), *disguised, *(t.encode() for t in tokens())})


@functools.cache
def _disguises() -> dict[bytes, bytes]:
    """Passwords by what pages make of them; digests in small letters."""
    known = {password for _, password in _listed() if password}
    digests = {hashlib.new(name, p, usedforsecurity=False).hexdigest().encode(): p for name in _DIGESTS for p in known}
    return digests | {base64.b64encode(password): password for password in known}


@functools.cache
def _disguised_users() -> dict[bytes, bytes]:
    return {base64.b64encode(name): name for user, _ in _listed() for name in (user, user.lower())}


@functools.cache
def _pairs() -> frozenset[tuple[bytes, bytes]]:
    return frozenset((user.lower(), password) for user, password in _listed())


@functools.cache
def _of_users() -> dict[bytes, frozenset[bytes]]:
    """The passwords of each user."""
    return {name: frozenset(p for user, p in _pairs() if user == name) for name, _ in _pairs()}


@functools.cache
def _listed() -> tuple[tuple[bytes, bytes], ...]:
    rows = rows_table(__package__, "default_log_ins.tsv")
    return tuple((user.encode(), password.encode()) for user, password, _, _ in rows)
