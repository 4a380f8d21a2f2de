"""The detection of a Sigma rule as a selection of otaudit's, as its YAML says it.

Values, wildcards, escapes and conditions are the same in both (rules took them from Sigma); fields and some modifiers
are not, and what has no counterpart is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scanner.engine.language.conditions import ConditionError, UnusedError, parse_condition
from scanner.engine.language.modifiers import element, expression, pattern
from scanner.engine.sigma.mapping import LogSource, MappedField
from scanner.engine.sigma.reading import CannotMapError, SigmaDocument
from scanner.facts.schema import TABLES, Column
from scanner.wording import Said, said
from scanner.yaml_positions import Path

_PARTS = ("contains", "startswith", "endswith")
_AS_IT_IS = frozenset({*_PARTS, "all", "cidr", "exists", "fieldref", "gt", "gte", "lt", "lte"})
_FLAGS = {"i": "i", "ignorecase": "i", "m": "m", "multiline": "m", "s": "s", "dotall": "s"}
_ENCODES = frozenset({"base64", "base64offset", "utf16", "utf16le", "utf16be", "wide"})
Selection = dict[str, Any]


def selection(sigma: SigmaDocument, source: LogSource) -> Selection:
    """Named selections with a condition. CannotMapError when a part has no counterpart."""
    detection = sigma.data.get("detection")
    if not isinstance(detection, dict):
        raise CannotMapError(("detection",), said("it has no detection"))
    if "timeframe" in detection:
        why = said("a timeframe belongs to an aggregation, which Sigma 2.0 writes as a correlation")
        raise CannotMapError(("detection", "timeframe"), why, key=True)
    named = {name: part for name, part in detection.items() if name != "condition"}
    condition = _condition(detection.get("condition"))
    used = _used(condition, named)
    converting = _Converting(source)
    parts = {name: converting.part(part, ("detection", name)) for name, part in named.items() if name in used}
    return {**parts, "condition": condition}


def _condition(given: Any) -> str:
    """One condition; of several each is a rule of its own, so that any of them will do."""
    listed = given if isinstance(given, list) else [given]
    texts = [one for one in listed if isinstance(one, str) and one.strip()]
    if not texts or len(texts) < len(listed):
        raise CannotMapError(("detection", "condition"), said("it has no condition"))
    if any("|" in one for one in texts):
        why = said("aggregations in conditions are written as correlations since Sigma 2.0")
        raise CannotMapError(("detection", "condition"), why)
    return texts[0] if len(texts) == 1 else " or ".join(f"({one})" for one in texts)


def _used(condition: str, named: Mapping[str, Any]) -> set[str]:
    """The selections that the condition names; a rule of Sigma's may have others."""
    try:
        parse_condition(condition, list(named), lambda _: said("expected a selection"))
    except UnusedError as error:
        return set(named) - set(error.names)
    except ConditionError as error:
        raise CannotMapError(("detection", "condition"), error.what) from None
    return set(named)


class _Converting:
    """Maps by one log source."""

    def __init__(self, source: LogSource) -> None:
        self._source = source
        self._columns = {c.name: c for c in TABLES[source.table].columns}

    def part(self, value: Any, path: Path) -> Any:
        """A selection: a map, or a list of maps."""
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            return [self.part(one, (*path, number)) for number, one in enumerate(value)]
        if not isinstance(value, dict) or not value:
            raise CannotMapError(path, said("keywords are looked for in whole log lines, and rows are none"))
        found: dict[str, Any] = {}
        for key, entry in value.items():
            name, mapped = self._test(key, entry, (*path, key))
            if name in found:
                raise CannotMapError((*path, key), said("two fields of one map mean the same column"), key=True)
            found[name] = mapped
        return found

    def _test(self, key: str, value: Any, path: Path) -> tuple[str, Any]:
        name, *modifiers = key.split("|")
        field = self._field(name, path)
        column = self._columns[field.column]
        wanted = [m for m in modifiers if m not in ("re", "cased", *_FLAGS)]
        for modifier in wanted:
            if modifier not in _AS_IT_IS:
                raise CannotMapError(path, _why_not(modifier), key=True)
        flags = "".join(dict.fromkeys(_FLAGS[m] for m in modifiers if m in _FLAGS))
        if flags and "re" not in modifiers:
            raise CannotMapError(path, said("flags are for regular expressions"), key=True)
        values = value if isinstance(value, list) else [value]
        if not values:
            raise CannotMapError(path, said("an empty list of values"))
        if len(values) > 1 and any(one is None for one in values) and "all" in wanted:
            raise CannotMapError(path, said("nothing beside other values, and all of them"))
        own = [self._value(one, column, field, modifiers, path) for one in values]
        if "re" in modifiers and flags:
            own = [f"(?{flags}){one}" for one in own]
        if "cased" in modifiers:
            own, wanted = [_cased(one, modifiers, path) for one in own], [m for m in wanted if m not in _PARTS]
        regex = ["re"] if {"re", "cased"} & set(modifiers) else []
        return "|".join([field.column, *regex, *wanted]), own if isinstance(value, list) else own[0]

    def _field(self, name: str, path: Path) -> MappedField:
        if name in self._source.absent:
            why = said("field '{field}': {why}", field=name, why=self._source.absent[name])
            raise CannotMapError(path, why, key=True)
        if name not in self._source.fields:
            raise CannotMapError(path, said("field '{field}' has no counterpart", field=name), key=True)
        return self._source.fields[name]

    def _value(self, value: Any, column: Column, field: MappedField, modifiers: list[str], path: Path) -> Any:
        """The value, typed as the column is: Sigma compares a number with text that is one."""
        if isinstance(value, dict | list):
            raise CannotMapError(path, said("a value within values"))
        if "exists" in modifiers or value is None:
            return value
        if "fieldref" in modifiers:
            return self._field(str(value), path).column
        if field.values:
            return _translated(value, field, modifiers, path)
        kind = element(column)
        if kind == "str":
            return str(value).lower() if isinstance(value, bool) else str(value)
        if kind == "time" or set(modifiers) & {*_PARTS, "re", "cidr", "cased"}:
            raise CannotMapError(path, said("column '{column}' holds no text", column=column.name))
        return _typed(value, kind, column, path)


def _why_not(modifier: str) -> Said:
    if modifier in _ENCODES:
        return said("modifier '{modifier}' looks for encoded text, which rules cannot", modifier=modifier)
    if modifier == "windash":
        return said("modifier '{modifier}' is about command lines, which captures do not show", modifier=modifier)
    return said("modifier '{modifier}' has no counterpart", modifier=modifier)


def _translated(value: Any, field: MappedField, modifiers: list[str], path: Path) -> str:
    if set(modifiers) - {"all"}:
        raise CannotMapError(path, said("values of column '{column}' are written otherwise", column=field.column))
    found = field.values.get(str(value).lower())
    if found is None:
        raise CannotMapError(path, said("value '{value}' has no counterpart", value=value))
    return found


def _typed(value: Any, kind: str, column: Column, path: Path) -> Any:
    if kind == "bool" and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    if kind == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if kind in ("int", "float") and re.fullmatch(r"-?[0-9]{1,18}", str(value)):
        return int(str(value))
    raise CannotMapError(path, said("'{value}' cannot be in column '{column}'", value=value, column=column.name))


def _cased(value: Any, modifiers: list[str], path: Path) -> str:
    """A text whose case matters, as a regular expression."""
    if not isinstance(value, str) or {"re", "cidr", "fieldref"} & set(modifiers):
        raise CannotMapError(path, said("modifier '{modifier}' has no counterpart", modifier="cased"), key=True)
    start = "" if {"contains", "endswith"} & set(modifiers) else r"\A"
    end = "" if {"contains", "startswith"} & set(modifiers) else r"\z"
    return f"(?s){start}{expression(pattern(value, lower=False))}{end}"
