"""Find the dialect of a configuration by its content and read it."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from scanner.configs.banners import without_banners
from scanner.configs.dialect import Dialect
from scanner.configs.file_forms import as_written, is_wide
from scanner.configs.remedies import Commands, by_name, fits
from scanner.configs.secrets import Masker
from scanner.configs.sessions import without_session
from scanner.configs.settings import Configuration
from scanner.errors import InputError
from scanner.plugins import PluginKind
from scanner.resemblance import Choice, choose
from scanner.wording import said

HEAD = 65_536  # bytes that a dialect is recognised by

DIALECTS = PluginKind("dialect", Dialect, "scanner.configs.dialects", group="otaudit.dialects", fits=fits)


def resembling(head: bytes) -> Choice[Dialect]:
    """How much the first bytes of a file resemble each dialect."""
    head = without_session(as_written(head))
    if is_wide(head):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    if b"\x00" in head:
        return Choice(())
    head = head.removeprefix(b"\xef\xbb\xbf")[:HEAD].replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n")
    head = without_banners(head)
    return choose(DIALECTS, lambda dialect: dialect.resemblance(head))


def recognises(head: bytes) -> bool:
    """These first bytes of a file are of a dialect that is read, or of one or another of which one is."""
    return any(dialect.read for dialect, _ in resembling(head).tied)


def known_system(head: bytes) -> str:
    """The system whose configuration this is although no dialect reads it; empty when it is none that is known."""
    choice = resembling(head)
    if choice.best is None or choice.best.read or choice.ranked[0][1].score < _CERTAIN:
        return ""
    return choice.best.title


_CERTAIN = 0.95  # a single word that only one system has may stand in any text


def read(data: bytes, name: str, dialect: str = "") -> Configuration:
    """Read a configuration of any dialect; InputError when no dialect reads it, two might, or it is no text.

    dialect: the one that the user names, whatever the content resembles; of those that are read.
    """
    if dialect:
        return _read_by(DIALECTS.all()[dialect], data, name)
    choice = resembling(data[:HEAD])
    if len(choice.tied) > 1:
        what = said("could be a configuration of {systems}", systems=choice.contenders)
        raise InputError(name, what, remedy=said("give each device a file of its own"))
    if choice.best and choice.best.read:
        return _read_by(choice.best, data, name)
    read_are = ", ".join(d.name for d in DIALECTS.all().values() if d.read)
    what = said("not recognised as a device configuration")
    if choice.best:
        system = said("a configuration of {system}", system=choice.best.title)
        what = said("{what}, which is not supported", what=system)
    raise InputError(name, what, remedy=said("supported dialects: {names}", names=read_are))


def _read_by(dialect: Dialect, data: bytes, name: str) -> Configuration:
    assert dialect.read  # noqa: S101 - chosen among those that are read
    with DIALECTS.blamed(dialect.name, name):
        return dialect.read(without_session(as_written(data)), name, masker(dialect.name).mask)


@functools.cache
def masker(name: str) -> Masker:
    """What hides the secrets of a dialect's configurations. What any dialect knows to be a secret is one in all."""
    every = DIALECTS.all()
    return Masker(every[name].secrets, tuple(dialect.secrets for dialect in every.values()))


@functools.cache
def remedies() -> Mapping[str, tuple[Commands, ...]]:
    """Each remedy that rules may name, with the commands of every dialect that knows it."""
    return by_name(DIALECTS.all().values())
