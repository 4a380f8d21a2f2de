"""What a JSON Schema cannot say of writers, and of what was seen and nobody has decided about."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from scanner.errors import Problem, WrongText
from scanner.nearest import expected
from scanner.policy.objects import parse_pattern
from scanner.policy.walk import Path, addressed, first_given, items, known_protocol, known_verb, texts, wrong
from scanner.wording import said
from scanner.yaml_positions import Document


def writer_problems(document: Document, protocol_names: Collection[str]) -> Iterator[Problem]:
    """Every mistake in writers, those of zones too, and in undecided."""
    windows = {w["id"] for _, w in items(document, "change_windows") if isinstance(w.get("id"), str)}
    first: dict[str, Path] = {}
    for path, writer in writer_parts(document):
        yield from _writer(document, path, writer, protocol_names)
        yield from _unique(document, path, writer.get("id"), first)
        for where, window in texts((*path, "change_windows"), writer.get("change_windows")):
            if window not in windows:
                remedy = said("no change_windows are given")
                if windows:
                    remedy = expected(str(window), sorted(windows))
                what = said("there is no change window '{window}'", window=window)
                yield document.problem(where, what, remedy)
    for i, item in items(document, "undecided"):
        for key in ("client", "server"):
            yield from addressed(document, ("undecided", i, key), item.get(key, ""))
        yield from _words(document, ("undecided", i), item, protocol_names)


def writer_parts(document: Document) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Path and mapping of every writer, in the order of the text: those of zones, then the others."""
    for i, zone in items(document, "zones"):
        if isinstance(zone.get("writers"), list):
            yield from ((("zones", i, "writers", n), w) for n, w in enumerate(zone["writers"]) if isinstance(w, dict))
    yield from ((("writers", i), writer) for i, writer in items(document, "writers"))


def _writer(
    document: Document, path: Path, writer: dict[str, Any], protocol_names: Collection[str]
) -> Iterator[Problem]:
    for key in ("targets", "clients"):
        for where, text in texts((*path, key), writer.get(key)):
            yield from addressed(document, where, text)
    for where, text in texts((*path, "objects"), writer.get("objects")):
        try:
            parse_pattern(str(text))
        except WrongText as error:
            yield wrong(document, where, error)
    yield from _words(document, path, writer, protocol_names)


def _words(document: Document, path: Path, item: dict[str, Any], protocol_names: Collection[str]) -> Iterator[Problem]:
    """Verbs, and the protocol or protocols."""
    for where, verb in texts((*path, "verbs"), item.get("verbs")):
        yield from known_verb(document, where, verb)
    named = list(texts((*path, "protocols"), item.get("protocols")))
    if isinstance(item.get("protocol"), str):
        named.append(((*path, "protocol"), item["protocol"]))
    for where, protocol in named if protocol_names else ():
        yield from known_protocol(document, where, protocol, protocol_names)


def _unique(document: Document, path: Path, key: Any, first: dict[str, Path]) -> Iterator[Problem]:
    if not isinstance(key, str):
        return
    if key in first:
        what = said("duplicate {part} id '{id}'", part=said("writer"), id=key)
        yield document.problem((*path, "id"), what, first_given(document, (*first[key], "id")))
    first.setdefault(key, path)
