"""Safe YAML that remembers where everything stands, for policies, rules and inventories.

The YAML 1.2 core schema (section 10.3.2) decides what a plain scalar is, so ``10:11:22:33:44:55`` is a MAC address and
not a number in base 60, ``on`` is text and ``2026-01-01`` is text. Mapping keys are always text. Duplicate keys, merge
keys, tags other than the core ones, aliases that grow beyond the limits and a second document are refused, and every
such mistake is told with line and column.
"""

from __future__ import annotations

import codecs
import functools
import io
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from scanner import yaml_compiled
from scanner.errors import DefinitionError, Problem
from scanner.limits import limits
from scanner.wording import NOTHING, Said, at_byte, at_line, joined, said

MAX_DEPTH = 50

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {w: w.lower() == "true" for w in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_BASED = re.compile(r"0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_CORE_TAGS = {f"tag:yaml.org,2002:{t}": t for t in ("str", "int", "float", "bool", "null", "seq", "map")}

Path = Sequence[str | int]


class Position(NamedTuple):
    """A place in a text, both counted from 1."""

    line: int
    column: int

    @property
    def place(self) -> Said:
        """In words."""
        return at_line(self.line, self.column)


@dataclass(slots=True)
class _Mark:
    """Where a value starts, where its key starts (mappings), and the marks of what it holds."""

    at: Position
    children: dict[str | int, _Mark] = field(default_factory=dict)
    keys: dict[str, Position] = field(default_factory=dict)
    weight: int = 1  # values in it, aliases counted each time


@dataclass(frozen=True)
class Document:
    """Plain data (dict with text keys, list, str, int, float, bool, None) and the place of every part of it.

    marks: gives them; the text of a packaged file is read for it when somebody asks.
    """

    data: Any
    source: str
    marks: Callable[[], _Mark]

    def position(self, path: Path = (), *, key: bool = False) -> Position:
        """Where the value at ``path`` starts, or its key; of the nearest part that exists when ``path`` does not."""
        mark = self.marks()
        at = mark.at
        for step in path:
            if step not in mark.children:
                break
            at = mark.keys.get(step, mark.children[step].at) if isinstance(step, str) else mark.children[step].at
            mark = mark.children[step]
        else:
            return at if key else mark.at
        return at

    def problem(self, path: Path, what: Said, remedy: Said = NOTHING, *, key: bool = False) -> Problem:
        """A problem at ``path``, as ``position`` finds it."""
        at = self.position(path, key=key)
        return Problem(self.source, what, at.place, remedy, at)


def head_text(head: bytes) -> str:
    """The first bytes of a file as text, whatever they are."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return head.decode(encoding, "ignore")


def names_itself(text: str, key: str) -> bool:
    """A line begins with the key by which files of a form name themselves, ``otaudit_policy``, as YAML or JSON."""
    return bool(re.search(rf"""^\ufeff?[ \t]*+\{{?[ \t]*+["']?{key}["']?[ \t]*:""", text, re.MULTILINE))


def load(
    content: str | bytes,
    source: str,
    *,
    keep_text: bool = False,
    max_bytes: int | None = None,
    max_nodes: int | None = None,
) -> Document:
    """Read one YAML document. ``keep_text`` leaves numbers and booleans as they are written (serial number 0042).

    Raises DefinitionError with every mistake found, up to the first that makes the text unreadable.
    """
    plain = not keep_text and max_bytes is None and max_nodes is None
    if plain and isinstance(content, bytes) and (data := yaml_compiled.known(content)) is not None:
        return Document(data, source, functools.cache(lambda: parse(content, source).marks()))
    return parse(content, source, keep_text=keep_text, max_bytes=max_bytes, max_nodes=max_nodes)


def parse(
    content: str | bytes,
    source: str,
    *,
    keep_text: bool = False,
    max_bytes: int | None = None,
    max_nodes: int | None = None,
) -> Document:
    """The same from the text itself, whatever is known of it."""
    usual = limits()
    text = _decoded(content, source, max_bytes or usual.yaml_bytes)
    builder = _Builder(source, keep_text=keep_text, max_nodes=max_nodes or usual.yaml_values)
    try:
        data, mark = builder.document(yaml.parse(text, Loader=_LOADER))
    except _TooMuch as error:
        raise DefinitionError(*builder.problems, error.problem) from None
    except yaml.YAMLError as error:
        raise DefinitionError(*builder.problems, _syntax_problem(error, text, source)) from None
    except (UnicodeError, ValueError) as error:
        problem = Problem(source, said("not readable as YAML: {error}", error=error))
        raise DefinitionError(*builder.problems, problem) from None
    if builder.problems:
        raise DefinitionError(*builder.problems)
    return Document(data, source, lambda: mark)


def _decoded(content: str | bytes, source: str, max_bytes: int) -> str:
    if len(content) > max_bytes:
        what = said("larger than {bytes:,} bytes", bytes=max_bytes)
        remedy = said("split it")
        if max_bytes == limits().yaml_bytes:
            remedy = said("split it, or set --limit yaml-bytes")
        raise DefinitionError(Problem(source, what, remedy=remedy))
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        place = joined((at_line(content.count(b"\n", 0, error.start) + 1), at_byte(error.start)))
        what, remedy = said("not UTF-8 text"), said("save the file as UTF-8")
        raise DefinitionError(Problem(source, what, place, remedy)) from None


def _syntax_problem(error: yaml.YAMLError, text: str, source: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    parser = " ".join(str(part) for name in ("problem", "reason", "context") if (part := getattr(error, name, None)))
    remedy = NOTHING
    if "cannot start any token" in parser and mark and _line(text, mark.line)[mark.column :].startswith("\t"):
        remedy = said("indent with spaces, not tabs")
    elif "mapping values are not allowed" in parser:
        remedy = said("put text that holds ': ' in quotes, and check the indentation")
    elif "undefined alias" in parser or "unknown alias" in parser:
        remedy = _ANCHOR_FIRST
    elif "cannot start any token" in parser:
        remedy = said("put text that begins with @, ` or % in quotes")
    elif "quoted scalar" in parser and "end of stream" in parser:
        mark = error.context_mark or mark  # type: ignore[attr-defined]  # where the quotes open: the end says nothing
        remedy = said("close the quotes that open there")
    place = Position(mark.line + 1, mark.column + 1).place if mark else NOTHING
    if not mark and (foreign := _FOREIGN.search(text)):
        before = text[: foreign.start()]
        place = at_line(before.count("\n") + 1, len(before) - before.rfind("\n"))
        remedy = said("remove the control character") if "\0" not in text else said("save the file as UTF-8")
    what = said("YAML syntax: {error}", error=parser) if parser else said("not readable as YAML")
    return Problem(source, what, place, remedy)


# What YAML 1.2 (section 5.1) lets no text hold: control characters, lone surrogates and two that are none
_FOREIGN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _line(text: str, number: int) -> str:
    return next(itertools.islice(io.StringIO(text), number, None), "")


_ANCHOR_FIRST = said("an alias must come after its anchor is complete")


class _TooMuch(Exception):
    """A limit is reached: reading stops here."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def _at(event: Any) -> Position:
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)


class _Builder:
    """Builds data and marks from the parser's events; collects what can be told without stopping."""

    def __init__(self, source: str, *, keep_text: bool, max_nodes: int) -> None:
        self.source = source
        self.keep_text = keep_text
        self.max_nodes = max_nodes
        self.nodes = 0
        self.problems: list[Problem] = []
        self.anchors: dict[str, tuple[Any, _Mark]] = {}

    def document(self, events: Iterator[Any]) -> tuple[Any, _Mark]:
        """The only document of the stream; empty text is None."""
        found: tuple[Any, _Mark] | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if found is not None:
                    self._note(_at(event), said("a second YAML document"), said("give each document a file of its own"))
                    break
                self.anchors.clear()
                found = self._value(next(events), events, 0)
        return found if found is not None else (None, _Mark(Position(1, 1)))

    def _note(self, at: Position, what: Said, remedy: Said = NOTHING) -> None:
        self.problems.append(Problem(self.source, what, at.place, remedy, at))

    def _spend(self, at: Position, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > self.max_nodes:
            what = said("more than {most:,} values (aliases counted)", most=self.max_nodes)
            raise _TooMuch(Problem(self.source, what, at.place))

    def _value(self, event: Any, events: Iterator[Any], depth: int) -> tuple[Any, _Mark]:
        at = _at(event)
        if depth > MAX_DEPTH:
            raise _TooMuch(Problem(self.source, said("nested deeper than {most} levels", most=MAX_DEPTH), at.place))
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, at)
        self._spend(at, 1)
        before = self.nodes
        value: Any
        mark = _Mark(at)
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, at)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(events, mark, depth)
            self._container_tag(event, at, "seq")
        else:
            value = self._mapping(events, mark, depth)
            self._container_tag(event, at, "map")
        mark.weight = 1 + self.nodes - before
        if event.anchor:
            self.anchors[event.anchor] = (value, mark)
        return value, mark

    def _alias(self, event: Any, at: Position) -> tuple[Any, _Mark]:
        if event.anchor not in self.anchors:
            self._note(at, said("unknown alias *{alias}", alias=event.anchor), _ANCHOR_FIRST)
            return None, _Mark(at)
        value, mark = self.anchors[event.anchor]
        self._spend(at, mark.weight)
        return value, mark

    def _sequence(self, events: Iterator[Any], mark: _Mark, depth: int) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            item, mark.children[len(items)] = self._value(event, events, depth + 1)
            items.append(item)
        return items

    def _mapping(self, events: Iterator[Any], mark: _Mark, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            at = _at(event)
            key = self._key(event, events, depth)
            value, value_mark = self._value(next(events), events, depth + 1)
            if key is None:
                continue
            if key in items:
                what = said("duplicate key '{key}'", key=_shown(key))
                self._note(at, what, said("first given in line {line}", line=mark.keys[key].line))
                continue
            items[key], mark.children[key], mark.keys[key] = value, value_mark, at
        return items

    def _key(self, event: Any, events: Iterator[Any], depth: int) -> str | None:
        if isinstance(event, yaml.ScalarEvent):
            if event.value == "<<" and event.implicit[0]:
                self._note(_at(event), said("merge keys (<<) are not supported"), said("write the keys out"))
                return None
            self._spend(_at(event), 1)
            return str(event.value)
        self._note(_at(event), said("a mapping key must be plain text"))
        self._value(event, events, depth + 1)
        return None

    def _container_tag(self, event: Any, at: Position, kind: str) -> None:
        if event.tag and _CORE_TAGS.get(event.tag) != kind:
            self._tag(event, at)

    def _tag(self, event: Any, at: Position) -> None:
        self._note(at, said("tag {tag} is not supported", tag=_shown(event.tag)), said("remove the tag"))

    def _scalar(self, event: Any, at: Position) -> Any:
        text = event.value
        if event.tag is None or event.tag == "!":
            return _plain(text, keep_text=self.keep_text) if event.implicit[0] and event.tag is None else text
        kind = _CORE_TAGS.get(event.tag)
        if kind == "str":
            return text
        value = _plain(text, keep_text=False)
        fits = {"int": ("int",), "float": ("int", "float"), "bool": ("bool",), "null": ("NoneType",)}.get(kind or "")
        if fits is None:
            self._tag(event, at)
            return text
        if type(value).__name__ not in fits:
            self._note(at, said("'{value}' is not of type {type}", value=_shown(text), type=kind))
        return text if self.keep_text and value is not None else value


def _shown(text: str) -> str:
    """Text of the input, short and on one line, for a message."""
    line = text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
    return line if len(line) <= 60 else line[:57] + "..."


def _plain(text: str, *, keep_text: bool) -> Any:  # noqa: PLR0911 - one return a type
    """A plain scalar by the YAML 1.2 core schema; numbers beyond 18 digits, infinities and NaN stay text."""
    if text in _NULL:
        return None
    if keep_text:
        return text
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text) and len(text) <= 40 and not text.lstrip("+-").isdigit():
        value = float(text)
        return value if abs(value) < float("inf") else text
    return text
