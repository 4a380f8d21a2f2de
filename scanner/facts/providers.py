"""Whose cloud a name belongs to, by the dated list ``providers.tsv``."""

from __future__ import annotations

import functools

from scanner.code_tables import name_table

_ANY = "*"
_LAST = 2  # labels that every suffix writes out


def provider_of(name: str) -> str:
    """The provider and, where the name tells it, the service; empty for other names.

    name: in lower case. The entry with most labels counts, so that a platform comes before the cloud that it runs in.
    """
    labels = name.split(".")
    best, size = "", 0
    for suffix, provider in _by_end().get(tuple(labels[-_LAST:]), ()):
        if size < len(suffix) <= len(labels) and _fits(labels[-len(suffix) :], suffix):
            best, size = provider, len(suffix)
    return best


def _fits(labels: list[str], suffix: tuple[str, ...]) -> bool:
    return all(wanted in {_ANY, label} for label, wanted in zip(labels, suffix, strict=True))


@functools.cache
def _by_end() -> dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]]:
    """Last labels -> (labels of a suffix, provider)."""
    found: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = {}
    for suffix, provider in name_table(__package__, "providers.tsv").items():
        labels = tuple(suffix.split("."))
        found.setdefault(labels[-_LAST:], []).append((labels, provider))
    return found
