"""Walking the parts of a policy that have the right shape, and telling what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from scanner.errors import Problem, WrongText
from scanner.nearest import closest, expected, plain
from scanner.policy.forms import canonical_member
from scanner.policy.services import ANY, OTHER_NAMES, WELL_KNOWN, parse_service
from scanner.protocols.base import Verb
from scanner.wording import Said, said
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


def wrong(document: Document, path: Path, error: WrongText) -> Problem:
    """The error as a problem at its place."""
    return document.problem(path, error.what, error.remedy)


def first_given(document: Document, path: Path) -> Said:
    """Where the same stands already."""
    return said("first given in line {line}", line=document.position(path).line)


def unique_ids(document: Document, part: str, word: Said) -> Iterator[Problem]:
    """Ids of the list ``part`` that are given twice."""
    first: dict[str, Path] = {}
    for i, item in items(document, part):
        key = item.get("id")
        if not isinstance(key, str):
            continue
        path = (part, i, "id")
        if key in first:
            what = said("duplicate {part} id '{id}'", part=word, id=key)
            yield document.problem(path, what, first_given(document, first[key]))
        first.setdefault(key, path)


def known_zone(document: Document, path: Path, zone: Any) -> Iterator[Problem]:
    """A zone that is named and not declared."""
    zones = {zone["id"] for _, zone in items(document, "zones") if isinstance(zone.get("id"), str)}
    if isinstance(zone, str) and zone not in zones:
        remedy = expected(zone, sorted(zones)) if zones else said("no zones are declared")
        what = said("there is no zone '{zone}'", zone=zone)
        if isinstance(path[-1], str):
            what = said("{key}: {what}", key=path[-1], what=what)
        yield document.problem(path, what, remedy)


def addressed(document: Document, path: Path, text: Any) -> Iterator[Problem]:
    """An address or network that is malformed."""
    try:
        canonical_member(str(text))
    except WrongText as error:
        yield wrong(document, path, error)


def known_verb(document: Document, path: Path, verb: Any) -> Iterator[Problem]:
    """A verb that there is not."""
    known = [v.value for v in Verb]
    if verb not in known:
        yield document.problem(path, said("unknown verb '{verb}'", verb=verb), expected(str(verb), known))


def known_protocol(document: Document, path: Path, text: Any, names: Iterable[str]) -> Iterator[Problem]:
    """A protocol that is none of ``names``."""
    word = str(text).strip().lower()
    if word not in names:
        meant = OTHER_NAMES.get(plain(word))
        remedy = closest(meant or word, [*names, meant] if meant else names)
        remedy = remedy or said("or give the port, for example tcp/502")
        yield document.problem(path, said("unknown protocol '{protocol}'", protocol=text), remedy)


def known_service(document: Document, path: Path, text: Any, names: Collection[str]) -> Iterator[Problem]:
    """A protocol that is none of ``names``, or a port that is malformed; without names any protocol is right."""
    try:
        named = parse_service(str(text)) is None
    except WrongText as error:
        yield wrong(document, path, error)
        return
    if named and names:
        yield from known_protocol(document, path, text, {*names, *WELL_KNOWN, ANY})
