"""JSON of strangers: all of it, and from its first bytes the first objects in it, though it is cut short."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from scanner.assets.foreign import foreign_file
from scanner.assets.readers import _objects, _text
from scanner.assets.text import decode
from scanner.errors import InputError, WrongText
from scanner.wording import at_line, said

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"
_LOOKED_AT = 50  # entries


def load(content: Path | bytes, name: str) -> tuple[Any, str]:
    """The data and the name of its encoding; InputError when it is not JSON."""
    try:
        text, encoding = _text.decoded(content, name)
        text = text.removeprefix("\ufeff")
        return (_of_lines(text) if _has_lines(text) else json.loads(text, object_pairs_hook=_once)), encoding
    except json.JSONDecodeError as error:
        place = at_line(error.lineno, error.colno)
        raise InputError(name, said("not valid JSON: {error}", error=error.msg), place) from error
    except WrongText as error:
        raise InputError(name, error.what) from error
    except (ValueError, RecursionError) as error:
        raise InputError(name, said("not readable as JSON: {error}", error=error)) from error


def _has_lines(text: str) -> bool:
    """An object stands on a line of its own, and another one begins on the next (JSON Lines)."""
    first, _, rest = text.strip().partition("\n")
    return first.startswith("{") and first.rstrip().endswith("}") and rest.lstrip().startswith("{")


def _of_lines(text: str) -> list[Any]:
    """The objects, one a line."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                found.append(json.loads(line, object_pairs_hook=_once))
            except json.JSONDecodeError as error:
                raise json.JSONDecodeError(error.msg, "\n" * (number - 1) + line, error.pos + number - 1) from error
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object. One that says two things under one key says neither: WrongText."""
    found = dict(pairs)
    if len(found) != len(pairs):
        for key, value in pairs:
            if value != found[key]:
                raise WrongText(said("duplicate key '{key}'", key=key[:60]))
    return found


def first_list(data: Any) -> list[Any]:
    """The data when it is a list, else the first list under a key of it; empty when there is none."""
    parts = data.values() if isinstance(data, dict) else (data,)
    return next((part for part in parts if isinstance(part, list)), [])


@lru_cache(maxsize=4)  # every format asks about the same bytes
def beginning(head: bytes) -> str:
    """The text when it begins like JSON; empty otherwise."""
    if head.lstrip()[:1] not in (b"[", b"{", b"\xef", b"\xff", b"\xfe"):
        return ""
    try:
        text = decode(head, whole=False).text.removeprefix("\ufeff").lstrip(_SPACE)
    except ValueError:
        return ""
    return text if text[:1] in ("[", "{") else ""


@lru_cache(maxsize=4)
def first_objects(head: bytes) -> list[dict[str, Any]]:
    """The first objects in the first list that may be one of assets."""
    text = beginning(head)
    return (_of_first_lines(text) or _first_objects(text, 0)) if text else []


def _of_first_lines(text: str) -> list[dict[str, Any]]:
    """The first objects of one on each line; none where the file is one object."""
    found: list[dict[str, Any]] = []
    at = 0
    while len(found) < _LOOKED_AT and text[at : at + 1] == "{" and (value := _value(text, at)) is not None:
        found.append(value[0])
        at = _skip(text, value[1])
    return found if len(found) > 1 else []


@lru_cache(maxsize=4)
def whole(head: bytes) -> tuple[Any] | None:
    """The data, when it ends within the head."""
    text = beginning(head)
    found = _value(text, 0) if text else None
    return (found[0],) if found is not None else None


@lru_cache(maxsize=4)
def top(head: bytes) -> dict[str, Any]:
    """Keys with their values as far as they are whole: of the object, or of the first object of a list."""
    text = beginning(head)
    at = _skip(text, 0, "[")
    found: dict[str, Any] = {}
    if text[at : at + 1] == "{":
        at += 1
        while (key := _value(text, _skip(text, at, ","))) is not None and isinstance(key[0], str):
            found[key[0]] = None
            at = _skip(text, key[1], ":")
            value = _value(text, at)
            if value is None:
                break
            found[key[0]], at = value
    return found


def _skip(text: str, at: int, more: str = "") -> int:
    while at < len(text) and text[at] in _SPACE + more:
        at += 1
    return at


def _value(text: str, at: int) -> tuple[Any, int] | None:
    """A whole value and where it ends; None when the text ends inside it or it is not JSON."""
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None


def _first_objects(text: str, at: int, depth: int = 0) -> list[dict[str, Any]]:
    """The first objects in the first recognisable list of a text that may be cut short."""
    at = _skip(text, at)
    if text[at : at + 1] == "[":
        return _listed(text, at + 1)
    if text[at : at + 1] != "{" or depth > 2:
        return []
    return _in_object(text, at + 1, depth)


def _listed(text: str, at: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < _LOOKED_AT:
        at = _skip(text, at, ",")
        value = _value(text, at) if text[at : at + 1] == "{" else None
        if value is None:
            break
        found.append(value[0])
        at = value[1]
    return [] if found and foreign_file(found[0]) else found


def _in_object(text: str, at: int, depth: int) -> list[dict[str, Any]]:
    """Objects under a key that means assets, or under the only key that holds any; the object itself when it holds
    named assets.
    """
    entries: dict[str, Any] = {}
    only: list[dict[str, Any]] = []
    structured = 0
    while True:
        at = _skip(text, at, ",")
        key = _value(text, at) if text[at : at + 1] == '"' else None
        if key is None:
            break
        if _objects.is_foreign(entries | {str(key[0]): None}):
            return []
        at = _skip(text, key[1])
        if text[at : at + 1] != ":":
            break
        at = _skip(text, at + 1)
        if text[at : at + 1] in ("[", "{"):
            structured += 1
            found = _first_objects(text, at, depth + 1)
            if found and _objects.is_wrapper(str(key[0])):
                return found
            only = only or found
        value = _value(text, at)
        if value is None:
            break
        entries[str(key[0])], at = value[0], value[1]
    if only and structured == 1:
        return only
    if not (depth or _objects.are_addressed(entries)) or not _objects.keys_of_named(entries):
        return []
    return [_objects.cells(name, entry) for name, entry in entries.items()]
