"""Whose cloud or file store a name belongs to, and whose service of language models, by the dated lists
``providers.tsv`` and ``ai_providers.tsv``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from scanner.code_tables import name_table

_PORT = re.compile(r"(:\d+)?$")
_Suffixes = dict[str, list[tuple[tuple[str, ...], str]]]


def provider_of(name: str) -> str:
    """The provider and, where the name tells it, the service; empty for other names.

    name: in lower case. The entry with most labels counts, so that a platform comes before the cloud that it runs in.
    """
    return _found(_clouds(), name)


def provider_names() -> frozenset[str]:
    """Every provider, and every service of one, that a name can be of."""
    return frozenset(provider for listed in _clouds().values() for _, provider in listed)


def ai_providers(names: Iterable[str]) -> list[str]:
    """The public services of language models, and hubs of models, that names asked for are of."""
    return _owners(_ai(), names)


def cloud_providers(names: Iterable[str]) -> list[str]:
    """The clouds, platforms for the Internet of things and file stores that names asked for are of."""
    return _owners(_clouds(), names)


def _owners(suffixes: _Suffixes, names: Iterable[str]) -> list[str]:
    plain = (_PORT.sub("", name.lower()).rstrip(".") for name in names)
    return list(dict.fromkeys(filter(None, (_found(suffixes, name) for name in plain))))


def _found(suffixes: _Suffixes, name: str) -> str:
    labels = name.split(".")
    best, size = "", 0
    for suffix, provider in suffixes.get(labels[-1], ()):
        if size < len(suffix) <= len(labels) and all(map(fnmatchcase, labels[-len(suffix) :], suffix)):
            best, size = provider, len(suffix)
    return best


@functools.cache
def _clouds() -> _Suffixes:
    return _by_end(name_table(__package__, "providers.tsv"))


@functools.cache
def _ai() -> _Suffixes:
    return _by_end(name_table(__package__, "ai_providers.tsv"))


def _by_end(table: dict[str, str]) -> _Suffixes:
    """Last label -> (labels of a suffix, provider)."""
    found: _Suffixes = {}
    for suffix, provider in table.items():
        labels = tuple(suffix.split("."))
        found.setdefault(labels[-1], []).append((labels, provider))
    return found
