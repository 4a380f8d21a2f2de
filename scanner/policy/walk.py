"""Walking the parts of a policy that have the right shape, and telling what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.errors import Problem
from scanner.nearest import closest
from scanner.policy.forms import canonical_member
from scanner.protocols.base import Verb
from scanner.yaml_positions import Document

Path = tuple[str | int, ...]
Part = tuple[Path, Any]


def items(document: Document, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Index and mapping of every item of the list ``name``."""
    part = document.data.get(name)
    if isinstance(part, list):
        yield from ((i, item) for i, item in enumerate(part) if isinstance(item, dict))


def texts(path: Path, values: Any) -> Iterator[Part]:
    """Path and value of every text or number of a list."""
    if isinstance(values, list):
        yield from (((*path, i), v) for i, v in enumerate(values) if isinstance(v, str | int) and v is not True)


def told(document: Document, path: Path, error: ValueError) -> Problem:
    """The error as a problem; what follows its first '; ' is the remedy."""
    what, _, remedy = str(error).partition("; ")
    return document.problem(path, what, remedy)


def unique_ids(document: Document, part: str, word: str) -> Iterator[Problem]:
    """Ids of the list ``part`` that are given twice."""
    first: dict[str, Path] = {}
    for i, item in items(document, part):
        key = item.get("id")
        if not isinstance(key, str):
            continue
        path = (part, i, "id")
        if key in first:
            line = document.position(first[key]).line
            yield document.problem(path, f"duplicate {word} id '{key}'", f"first given in line {line}")
        first.setdefault(key, path)


def known_zone(document: Document, path: Path, zone: Any, of: str = "") -> Iterator[Problem]:
    """A zone that is named and not declared."""
    zones = {zone["id"] for _, zone in items(document, "zones") if isinstance(zone.get("id"), str)}
    if isinstance(zone, str) and zone not in zones:
        declared = f"expected one of: {', '.join(sorted(zones))}" if zones else "no zones are declared"
        expected = closest(zone, zones) or declared
        yield document.problem(path, f"{of}there is no zone '{zone}'", expected)


def addressed(document: Document, path: Path, text: Any) -> Iterator[Problem]:
    """An address or network that is malformed."""
    try:
        canonical_member(str(text))
    except ValueError as error:
        yield told(document, path, error)


def known_verb(document: Document, path: Path, verb: Any) -> Iterator[Problem]:
    """A verb that there is not."""
    known = [v.value for v in Verb]
    if verb not in known:
        expected = closest(str(verb), known) or f"expected one of: {', '.join(known)}"
        yield document.problem(path, f"unknown verb '{verb}'", expected)


def known_protocol(document: Document, path: Path, text: Any, names: Iterable[str]) -> Iterator[Problem]:
    """A protocol that is none of ``names``."""
    word = str(text).strip().lower()
    if word not in names:
        expected = closest(word, names) or "or give the port, for example tcp/502"
        yield document.problem(path, f"unknown protocol '{text}'", expected)
