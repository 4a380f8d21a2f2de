"""Plain data, as JSON gives it, made dataclasses of ``scanner.results.model``; every field is checked.

What reads a type is made once for it, since results of a large plant have millions of values. Where a value is wrong is
found while the error goes up.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import json
import math
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any

from scanner.results.texts import decoded, is_said

Reader = Callable[[Any], Any]  # of a value as JSON has it


class Wrong(Exception):
    """place: of what is wrong, as in ``.rules[3].title``, within the value that is read."""

    def __init__(self, what: str, place: str = "") -> None:
        self.what = what
        self.place = place
        super().__init__(what)

    def within(self, place: str) -> Wrong:
        """The same, seen from the value that holds this one at ``place``."""
        return Wrong(self.what, place + self.place)


def short(value: object) -> str:
    """The value as JSON of one line's length, for messages."""
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 40 else text[:37] + "..."


@functools.cache
def fields_of(cls: type) -> dict[str, Any]:
    """Field name -> resolved type, in the order of the dataclass."""
    hints = typing.get_type_hints(cls)
    return {f.name: hints[f.name] for f in dataclasses.fields(cls)}


@functools.cache
def reader_of(hint: Any) -> Reader:
    """What makes values of the type; it raises Wrong."""
    origin = typing.get_origin(hint)
    if origin is types.UnionType:  # every union of the model is "something or None"
        (inner,) = (a for a in typing.get_args(hint) if a is not types.NoneType)
        return _or_none(reader_of(inner))
    if origin in (tuple, Sequence):
        return _list(reader_of(typing.get_args(hint)[0]))
    if origin is dict:
        return _texts(typing.get_args(hint)[1])
    if dataclasses.is_dataclass(hint):
        return _object(typing.cast("type", hint))
    return _word(hint) if issubclass(hint, enum.Enum) else _scalar(hint)


def _or_none(inner: Reader) -> Reader:
    return lambda value: None if value is None else inner(value)


def _list(item: Reader) -> Reader:
    def read(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise Wrong(f"a list is expected, not {short(value)}")
        made: list[Any] = []
        try:
            made.extend(map(item, value))  # keeps what went well
        except Wrong as wrong:
            raise wrong.within(f"[{len(made)}]") from None
        return tuple(made)

    return read


def _texts(kind: Any) -> Reader:
    item, may_be_said = reader_of(kind), kind is str

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise Wrong(f"an object of texts is expected, not {short(value)}")
        if may_be_said and is_said(value):
            return typing.cast("dict[str, Any]", decoded(value, lambda where, what: Wrong(what, where)))
        made = {}
        key = ""
        try:
            for key, held in value.items():
                made[key] = item(held)
        except Wrong as wrong:
            raise wrong.within(f".{key if key.isidentifier() else short(key)}") from None
        return made

    return read


_AS_THEY_ARE = (str, int, bool)  # in JSON as in Python


def _object(cls: type) -> Reader:
    fields = tuple(
        (name, hint if hint in _AS_THEY_ARE else None, reader_of(hint)) for name, hint in fields_of(cls).items()
    )
    names = fields_of(cls).keys()

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise Wrong(f"an object is expected, not {short(value)}")
        if value.keys() != names:
            raise Wrong(_other_fields(names, value))
        made, name = {}, ""
        try:
            for name, as_it_is, reader in fields:
                held = value[name]
                made[name] = held if type(held) is as_it_is else reader(held)
        except Wrong as wrong:
            raise wrong.within(f".{name}") from None
        return cls(**made)

    return read


def _other_fields(names: typing.KeysView[str], value: dict[str, Any]) -> str:
    missing = next((name for name in names if name not in value), None)
    if missing is not None:
        return f"the field {missing} is missing"
    return f"there is no field {short(next(name for name in value if name not in names))}"


def _word(words: type[enum.Enum]) -> Reader:
    def read(value: Any) -> enum.Enum:
        try:
            return words(value)
        except ValueError:
            allowed = ", ".join(str(w.value) for w in words)
            raise Wrong(f"one of {allowed} is expected, not {short(value)}") from None

    return read


_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def _scalar(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if kind is float and type(value) is int and abs(value) < 2**53:
            return float(value)
        if type(value) is not kind or (isinstance(value, float) and not math.isfinite(value)):
            raise Wrong(f"{_NAMES[kind]} is expected, not {short(value)}")
        return value

    return read
