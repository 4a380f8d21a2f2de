"""Parameters of rules: values that profiles may set, with types and bounds, each with a default.

A rule declares them under ``parameters`` and writes ``$name`` for the value where it selects and counts, and
``{$name}`` within texts. The values are put in before anything else of the rule is read, so that they are checked like
values that stand there themselves, at their place.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scanner.catalogues import languages
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.moments import DURATION_HINT, read_duration
from scanner.engine.language.suggestions import expected
from scanner.engine.texts import as_text
from scanner.results.judged_by import ParameterValue
from scanner.results.model import Text
from scanner.results.texts import pick
from scanner.wording import NOTHING, Plural, Said, listed, said, term, verbatim
from scanner.yaml_positions import Document, Path

Value = bool | int | float | str | tuple[str, ...]
Settings = Mapping[str, Value]  # name of a parameter -> value

_KEYS = ("type", "default", "title", "at_least", "at_most", "one_of")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_WHOLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_MEANT = re.compile(r"\$(\$[A-Za-z_][A-Za-z0-9_]*)")  # the text itself
_MOMENT = re.compile(r"((?:today|captured)\s*[+-]\s*)\$([A-Za-z_][A-Za-z0-9_]*)")
_IN_TEXT = re.compile(r"\{\$([A-Za-z_][A-Za-z0-9_]*)(?::([^{}/]*)/([^{}/]*))?\}")
_SELECTS = ("subjects", "with", "correlate", "fail", "unknown_when", "review", "boundary", "minimum")
_TELLS = ("title", "description", "message", "rationale", "remediation")
_UNITS = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_SPANS = {
    "d": Plural("{n} day", "{n} days"),
    "h": Plural("{n} hour", "{n} hours"),
    "m": Plural("{n} minute", "{n} minutes"),
    "s": Plural("{n} second", "{n} seconds"),
}
_GROUPED = 10_000  # from here on digits are grouped; a key has 2048 bits
_AGES = ("older-than", "newer-than")


class ParameterType(enum.StrEnum):
    """What a value is: a number, a whole number, a span of time, a text, a list of texts, or yes or no."""

    NUMBER = "number"
    COUNT = "count"
    DURATION = "duration"
    TEXT = "text"
    TEXTS = "texts"
    TRUTH = "truth"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a rule, with the value that it has.

    Durations are written in their largest whole unit (``10m``), so that equal ones are written alike.
    at_least, at_most: bounds of a number, of a duration in seconds. one_of: the only values; empty: any.
    """

    name: str
    type: ParameterType
    default: Value
    value: Value
    title: Text
    at_least: float = float("-inf")
    at_most: float = float("inf")
    one_of: tuple[Value, ...] = ()

    def having(self, value: Value) -> Parameter:
        """The same with another value."""
        return replace(self, value=value)


class WrongValue(ValueError):
    """A value does not fit a parameter; what is wrong with it and what would be right."""

    def __init__(self, what: Said, remedy: Said = NOTHING) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


_WORDS = {
    ParameterType.NUMBER: said("a number"),
    ParameterType.COUNT: said("a whole number"),
    ParameterType.DURATION: said("a duration"),
    ParameterType.TEXT: said("text"),
    ParameterType.TEXTS: said("a list of texts"),
    ParameterType.TRUTH: said("true or false"),
}


def read_parameters(notes: Collector) -> tuple[Parameter, ...]:
    """The parameters that a rule declares, with their defaults. Every mistake is noted."""
    if not notes.has(("parameters",)):
        return ()
    given = notes.mapping(("parameters",))
    return tuple(read for name in given if (read := _parameter(notes, name)) is not None)


def _parameter(notes: Collector, name: str) -> Parameter | None:
    path = ("parameters", name)
    before = len(notes.problems)
    if not _NAME.fullmatch(name):
        what = said("'{name}' is not a valid name for a parameter", name=name)
        notes.note(path, what, said("expected lower-case words joined by underscores"), key=True)
    data = notes.mapping(path, _KEYS, ("type", "default"))
    kind = ParameterType(notes.word((*path, "type"), tuple(ParameterType), ParameterType.TEXT))
    title = notes.localised((*path, "title"))
    if len(notes.problems) > before or not data:
        return None
    parameter = Parameter(name, kind, "", "", title)
    try:
        parameter = _bounded(notes, path, parameter)
    except WrongValue:  # noted
        return None
    default = _noted(notes, (*path, "default"), parameter, data["default"])
    return None if default is None else replace(parameter, default=default, value=default)


def _bounded(notes: Collector, path: Path, parameter: Parameter) -> Parameter:
    """With its bounds; WrongValue when one is wrong, which is noted."""
    bounds = {}
    for key in ("at_least", "at_most"):
        if not notes.has((*path, key)):
            continue
        place = (*path, key)
        if parameter.type not in (ParameterType.NUMBER, ParameterType.COUNT, ParameterType.DURATION):
            notes.note(place, said("{type} has no bounds", type=_WORDS[parameter.type]), said("use one_of"), key=True)
            raise WrongValue(NOTHING)
        value = _noted(notes, place, parameter, notes.value(place))
        if value is None:
            raise WrongValue(NOTHING)
        bounds[key] = measured(value)
    if bounds.get("at_least", float("-inf")) > bounds.get("at_most", float("inf")):
        notes.note((*path, "at_most"), said("is less than at_least"))
        raise WrongValue(NOTHING)
    low, high = bounds.get("at_least", parameter.at_least), bounds.get("at_most", parameter.at_most)
    parameter = replace(parameter, at_least=low, at_most=high)
    if not notes.has((*path, "one_of")):
        return parameter
    listed = notes.value((*path, "one_of"))
    if not isinstance(listed, list) or not listed or parameter.type is ParameterType.TRUTH:
        notes.note((*path, "one_of"), said("one_of: is not a list of values"))
        raise WrongValue(NOTHING)
    single = replace(parameter, type=ParameterType.TEXT) if parameter.type is ParameterType.TEXTS else parameter
    choices = [_noted(notes, (*path, "one_of", index), single, value) for index, value in enumerate(listed)]
    if None in choices:
        raise WrongValue(NOTHING)
    return replace(parameter, one_of=tuple(choice for choice in choices if choice is not None))


def _noted(notes: Collector, path: Path, parameter: Parameter, value: Any) -> Value | None:
    """The value as the parameter has it; None when it does not fit, which is noted."""
    try:
        return fitting(parameter, value)
    except WrongValue as error:
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        notes.note(path, said("{key}: {what}", key=key, what=error.what), error.remedy)
        return None


def read_settings(notes: Collector, path: Path, parameters: Mapping[str, Parameter]) -> dict[str, Value]:
    """The values that ``path`` sets, by name. Every mistake is noted."""
    values = {}
    for name in notes.mapping(path):
        if name not in parameters:
            what = said("there is no parameter '{name}'", name=name)
            notes.note((*path, name), what, expected(name, parameters), key=True)
        elif (value := read_value(notes, (*path, name), parameters[name])) is not None:
            values[name] = value
    return values


def read_value(notes: Collector, path: Path, parameter: Parameter) -> Value | None:
    """The value at ``path`` as the parameter has it; None when it does not fit, which is noted."""
    return _noted(notes, path, parameter, notes.value(path))


def fitting(parameter: Parameter, value: Any) -> Value:
    """A value from YAML as the parameter has it; WrongValue when it is of another type, or out of bounds."""
    read = _typed(parameter.type, value)
    size = measured(read)
    if not parameter.at_least <= size <= parameter.at_most:
        low, high = (_shown_bound(parameter, bound) for bound in (parameter.at_least, parameter.at_most))
        if parameter.at_least == float("-inf"):
            remedy = said("expected at most {most}", most=high)
        elif parameter.at_most == float("inf"):
            remedy = said("expected at least {least}", least=low)
        else:
            remedy = said("expected {least} to {most}", least=low, most=high)
        raise WrongValue(said("{value} is out of bounds", value=shown(read)), remedy)
    chosen = read if isinstance(read, tuple) else (read,)
    for one in chosen if parameter.one_of else ():
        if one not in parameter.one_of:
            known = [shown(choice) for choice in parameter.one_of]
            raise WrongValue(said("'{value}' is not one of the values", value=shown(one)), expected(shown(one), known))
    return read


def measured(value: Value) -> float:
    """A number, or the seconds of a duration, as a number; 0 of what has no size."""
    if isinstance(value, str):
        return float(read_duration(value) or 0)
    return 0.0 if isinstance(value, tuple) else float(value)


def _shown_bound(parameter: Parameter, bound: float) -> str:
    return _canonical(int(bound)) if parameter.type is ParameterType.DURATION and abs(bound) < 1e15 else f"{bound:g}"


def shown(value: Value) -> str:
    """As YAML writes it."""
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _typed(kind: ParameterType, value: Any) -> Value:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case ParameterType.NUMBER if number:
            return value  # type: ignore[no-any-return]
        case ParameterType.COUNT if number and isinstance(value, int) and 0 <= value < 1 << 53:
            return value
        case ParameterType.DURATION if seconds := read_duration(value):
            return _canonical(seconds)
        case ParameterType.TEXT if isinstance(value, str) and value:
            return value
        case ParameterType.TEXTS if isinstance(value, list) and value and all(isinstance(v, str) and v for v in value):
            return tuple(dict.fromkeys(value))
        case ParameterType.TRUTH if isinstance(value, bool):
            return value
    hint = DURATION_HINT if kind is ParameterType.DURATION else said("expected {type}", type=_WORDS[kind])
    raise WrongValue(said("{value} is not {type}", value=_given(value), type=_WORDS[kind]), hint)


def _given(value: Any) -> Said:
    if value is None or isinstance(value, dict | list):
        return said("this")
    return verbatim(str(value).lower() if isinstance(value, bool) else f"'{value}'")


def _canonical(seconds: int) -> str:
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size}{unit}"


def in_text(parameter: Parameter, language: str, nouns: tuple[str, str] | None = None) -> str:
    """Its value within a text of the rule in that language. nouns: of one and of many, after a number."""
    value = parameter.value
    if isinstance(value, str) and parameter.type is ParameterType.DURATION:
        return pick(as_text(_SPANS[value[-1]].of(int(value[:-1]))), language)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return pick(as_text(term("value.yes" if value else "value.no")), language)
    if isinstance(value, tuple):
        return pick(as_text(listed(value)), language)
    text = f"{value:,}" if isinstance(value, int) and value >= _GROUPED else f"{value:.12g}"
    return f"{text} {nouns[0] if value == 1 else nouns[1]}" if nouns and nouns[1] else text


def with_values(notes: Collector, parameters: tuple[Parameter, ...]) -> Document:
    """The document with the values in place of the names. Unknown and unused names are noted."""
    document = notes.document
    if not isinstance(document.data, dict):
        return document
    put = _Put(notes, {p.name: p for p in parameters})
    data = dict(document.data)
    for key in _SELECTS:
        if key in data:
            data[key] = put.selecting(data[key], (key,))
    for key in _TELLS:
        if key in data:
            data[key] = put.telling(data[key], (key,))
    for name in put.known.keys() - put.used:
        what, hint = said("nothing that selects uses '{name}'", name=name), said("write ${name} there", name=name)
        notes.note(("parameters", name), what, hint, key=True)
    return replace(document, data=data)


class _Put:
    """Puts values in place of names, and remembers which were used to select or to count."""

    def __init__(self, notes: Collector, known: dict[str, Parameter]) -> None:
        self.notes, self.known = notes, known
        self.used: set[str] = set()

    def selecting(self, value: Any, path: Path) -> Any:
        """A part of the rule that selects; ``title`` in it is text."""
        if isinstance(value, dict):
            return {
                key: (self.telling if (*path, key) == ("review", "title") else self.selecting)(one, (*path, key))
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [self.selecting(one, (*path, index)) for index, one in enumerate(value)]
        return self._value(value, path) if isinstance(value, str) else value

    def _value(self, text: str, path: Path) -> Any:
        if found := _WHOLE.fullmatch(text):
            parameter = self._parameter(found[1], path)
            return text if parameter is None else self._fitting(parameter, path)
        if found := _MEANT.fullmatch(text):
            return found[1]
        if found := _MOMENT.fullmatch(text):
            parameter = self._parameter(found[2], path)
            if parameter is not None and parameter.type is not ParameterType.DURATION:
                what = said("parameter '{name}' is not a duration", name=parameter.name)
                self.notes.note(path, what, DURATION_HINT)
            return text if parameter is None else f"{found[1]}{parameter.value}"
        return text

    def _fitting(self, parameter: Parameter, path: Path) -> Any:
        """The value as this place wants it: spans and ages as durations, other times in seconds, lists as lists."""
        if isinstance(parameter.value, tuple):
            if isinstance(path[-1], int):
                what = said("parameter '{name}' is a list already", name=parameter.name)
                self.notes.note(path, what, said("write it without brackets"))
            return list(parameter.value)
        if parameter.type is not ParameterType.DURATION:
            return parameter.value
        key = next(step for step in reversed(path) if isinstance(step, str))
        if key == "timespan" or key.rpartition("|")[2] in _AGES:
            return parameter.value
        return int(measured(parameter.value))

    def telling(self, value: Any, path: Path) -> Any:
        """A text in one or several languages."""
        if not isinstance(value, dict):
            return value
        return {
            language: self._in_language(text, language, (*path, language)) if isinstance(text, str) else text
            for language, text in value.items()
        }

    def _in_language(self, text: str, language: str, path: Path) -> str:
        def put(found: re.Match[str]) -> str:
            parameter = self._parameter(found[1], path, selects=False)
            if parameter is None:
                return ""
            nouns = (found[2], found[3]) if found[2] is not None else None
            told = in_text(parameter, language if language in languages() else "en", nouns)
            return _as_template(told) if path[0] == "message" else told

        return _IN_TEXT.sub(put, text)

    def _parameter(self, name: str, path: Path, *, selects: bool = True) -> Parameter | None:
        if selects:
            self.used.add(name)
        if name not in self.known:
            what = said("unknown parameter '{name}'", name=f"${name}")
            hint = said("declare it under 'parameters'")
            if selects and not self.known:
                hint = said("declare it under 'parameters', or write {text} for the text itself", text=f"$${name}")
            self.notes.note(path, what, expected(name, self.known) if self.known else hint)
        return self.known.get(name)


def _as_template(text: str) -> str:
    """A value that is never read as a part of the message's template."""
    return text.replace("{", "{{").replace("}", "}}").replace("[", "(").replace("]", ")")


def used(parameters: Iterable[Parameter]) -> tuple[ParameterValue, ...]:
    """The values that a rule is judged with, for its result."""
    return tuple(ParameterValue(p.name, p.title, shown(p.value), shown(p.default)) for p in parameters)


def described(parameter: Parameter) -> Iterator[str]:
    """Its bounds in words of YAML, for pages and lists."""
    if parameter.at_least != float("-inf"):
        yield f"at least {_shown_bound(parameter, parameter.at_least)}"
    if parameter.at_most != float("inf"):
        yield f"at most {_shown_bound(parameter, parameter.at_most)}"
    if parameter.one_of:
        yield f"one of {', '.join(map(shown, parameter.one_of))}"
