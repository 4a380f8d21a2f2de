"""Sigma documents to rule files of otaudit, each checked and tried as every rule is: whole, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from scanner.engine.definitions.attack_techniques import TECHNIQUES
from scanner.engine.definitions.loader import read_rule
from scanner.engine.definitions.rules import Rule
from scanner.engine.examples import run_example
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.correlations import COUNTS
from scanner.engine.language.selections import And, Selection, read_selection
from scanner.engine.sigma import correlating
from scanner.engine.sigma.correlating import Correlated, correlated
from scanner.engine.sigma.mapping import LogSource, log_source
from scanner.engine.sigma.reading import CannotMapError, SigmaDocument
from scanner.engine.sigma.selecting import selection
from scanner.engine.sigma.witness import Row, near, witnesses
from scanner.errors import DefinitionError, Problem
from scanner.facts.schema import TABLES
from scanner.wording import said
from scanner.yaml_positions import load

FAMILY = "sigma"
_SEVERITIES = {"informational": "info", "low": "low", "medium": "medium", "high": "high", "critical": "critical"}
_START = "2026-01-01T08:00:0"
_WORDS = 8  # of a title in an id
_VALUES = 200  # different values in an example
_ADDRESSES = ("client", "server")
_PARAMETER = re.compile(r"\$[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Written:
    """A rule's file. name: its path in a folder of rules."""

    name: str
    text: str


@dataclass(frozen=True)
class _Case:
    """What a rule judges, and the rows of its examples."""

    source: LogSource
    parts: dict[str, Any]
    failing: list[Row]
    passing: list[Row]
    nearly: tuple[Row, ...] = ()  # other rows that pass: where they stand, a failing one would have been seen


def written(files: Iterable[SigmaDocument]) -> Iterator[Written | Problem]:
    """Every rule and correlation as a rule's file, or why it is none; rules that only a correlation uses are not
    written by themselves.
    """
    given = list(files)
    rules = {name: one for one in given for name in one.names}
    used = {name for one in given if one.correlates for name in _used(one)}
    taken: set[str] = set()
    for sigma in given:
        if not sigma.correlates and used.intersection(sigma.names):
            continue
        try:
            yield _written(sigma, rules, taken)
        except CannotMapError as error:
            yield sigma.problem(error)


def _used(sigma: SigmaDocument) -> Iterator[str]:
    correlation = sigma.data.get("correlation")
    if isinstance(correlation, dict) and not correlation.get("generate"):
        named = correlation.get("rules")
        yield from map(str, named if isinstance(named, list) else [named])


def _written(sigma: SigmaDocument, rules: Mapping[str, SigmaDocument], taken: set[str]) -> Written:
    case = _correlation(sigma, rules) if sigma.correlates else _rule(sigma)
    id_ = _id(sigma, taken)
    cases = (case, *(replace(case, passing=[row]) for row in case.nearly))
    for number, one in enumerate(cases, 1):
        text = _head(sigma) + yaml.safe_dump(_file(sigma, id_, one), sort_keys=False, allow_unicode=True, width=120)
        try:
            rule = read_rule(text, f"{FAMILY}/{id_}.yaml", FAMILY, {})
        except DefinitionError as error:
            raise CannotMapError((), error.problems[0].what) from None
        try:
            _tried(rule)
            break
        except CannotMapError:
            if number == len(cases):
                raise
    taken.add(id_)
    return Written(f"{FAMILY}/{id_}.yaml", text)


def _tried(rule: Rule) -> None:
    """Its examples must be what they are said to be."""
    for example in rule.examples:
        found = run_example(rule, example).verdict
        if found is not example.verdict:
            why = said("its example that should be {expected} is {found}", expected=example.verdict, found=found)
            raise CannotMapError((), why)


# --- what is judged ---


def _rule(sigma: SigmaDocument) -> _Case:
    source = _source(sigma)
    fail = selection(sigma, source)
    base = _read(fail, source.table)
    scope = _read(source.where, source.table) if source.where else None
    failing = _witness(base, scope, source.table, holds=True)
    return _Case(
        source,
        {"fail": fail},
        [failing],
        [_witness(base, scope, source.table, holds=False)],
        tuple(near(failing, source.table, [(base, False), *([(scope, True)] if scope else [])])),
    )


def _source(sigma: SigmaDocument) -> LogSource:
    given = sigma.data.get("logsource")
    source = log_source(given) if isinstance(given, dict) else None
    if source is None:
        parts = ", ".join(f"{k}: {v}" for k, v in given.items()) if isinstance(given, dict) else ""
        raise CannotMapError(("logsource",), said("captures do not show events of the log source {parts}", parts=parts))
    return source


def _correlation(sigma: SigmaDocument, rules: Mapping[str, SigmaDocument]) -> _Case:
    found = correlated(sigma, rules)
    table = found.source.table
    scope = _read(found.source.where, table) if found.source.where else None
    rows = [
        _witness(_read(event, table), scope, table, holds=True) | {"first_time": f"{_START}{min(n, 9)}"}
        for n, event in enumerate(found.events.values())
    ]
    rows = [row | {"last_time": row["first_time"]} for row in rows]
    parts = {"correlate": {correlating.MEASURE: found.measure}, "fail": found.fail}
    if "events" in found.measure:
        if found.span < len(rows):
            raise CannotMapError(("correlation", "timespan"), said("no example fits into so short a time"))
        return _Case(found.source, parts, rows, rows[:1])
    many = _many(found, rows[0], found.least)
    few = _many(found, rows[0], found.least - 1) if found.least > 1 else None
    first = _read(next(iter(found.events.values())), table)
    return _Case(found.source, parts, [many], [few or _witness(first, scope, table, holds=False)])


def _many(found: Correlated, row: Row, number: int) -> Row:
    """So many events, or events with so many values, at one time."""
    kind, field = found.measure["type"], found.measure.get("field", "")
    counted = COUNTS.get(found.source.table)
    if kind == "event_count":
        return row | ({counted: number} if counted else {"repeat": number} if number > 1 else {})
    if kind == "value_sum":
        return row | {field: number}
    column = TABLES[found.source.table].column(field)
    if field in row or column.type not in ("str", "int") or number > _VALUES:
        raise CannotMapError(("correlation",), said("no example could be made of it"))
    return row | {"repeat": number, field: "10.99.0.{n}" if field in _ADDRESSES or column.type == "str" else "{n+0}"}


def _read(value: Any, table: str) -> Selection:
    """A selection as the engine has it."""
    text = yaml.safe_dump({"selection": value})
    notes = Collector(load(text, ""))
    found = read_selection(notes.value(("selection",)), ("selection",), TABLES[table], notes)
    if found is None:
        raise CannotMapError(("detection",), notes.problems[0].what)
    return found


def _witness(base: Selection, scope: Selection | None, table: str, *, holds: bool) -> Row:
    wanted = [(base, holds), *([(scope, True)] if scope else [])]
    row = witnesses(And((base, scope)) if scope else base, table, wanted)
    if row is None:
        raise CannotMapError(("detection",), said("no example could be made of it"))
    return {name: value for name, value in row.items() if value is not None}


# --- the file ---


def _id(sigma: SigmaDocument, taken: set[str]) -> str:
    words = re.findall(r"[a-z0-9]+", sigma.text("title").lower())[:_WORDS]
    plain = "-".join(["sigma", *(words or re.findall(r"[a-z0-9]+", sigma.text("id").lower()) or ["rule"])])
    names = (plain if number == 1 else f"{plain}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _head(sigma: SigmaDocument) -> str:
    """Who wrote it: whoever passes the rule on must say so."""
    author, licence = sigma.text("author"), sigma.text("license")
    named = [sigma.text("id"), f"by {author}" if author else "", f"under {licence}" if licence else ""]
    return f"# Made from the Sigma rule {', '.join(filter(None, named)) or sigma.text('title')}.\n"


def _file(sigma: SigmaDocument, id_: str, case: _Case) -> dict[str, Any]:
    title = _plain(sigma.text("title")) or id_
    about = _plain(sigma.text("description")) or title
    false = sigma.data.get("falsepositives")
    causes = [_plain(str(one)) for one in (false if isinstance(false, list) else [false]) if one]
    table = case.source.table
    where = {"where": dict(case.source.where)} if case.source.where else {}
    needs = TABLES[table].needs
    none: dict[str, Any] = {table: []}
    return {
        "id": id_,
        "title": {"en": title},
        "description": {"en": about},
        "severity": _SEVERITIES.get(sigma.text("level"), "medium"),
        "state": "nursery",
        "needs": [needs],
        "subjects": {"table": table, **where},
        **_meant(case.parts),
        "message": {"en": f"{_subject(table)}: {title.replace('[', '(').replace(']', ')')}"},
        "rationale": {"en": f"{about} Innocent causes: {'; '.join(causes)}." if causes else about},
        "remediation": {"en": "Find out what caused it, and whether that is wanted, before anything is changed."},
        **_tags(sigma),
        "examples": {
            "fail": [{"facts": {table: case.failing}}],
            "pass": [{"facts": {table: case.passing}}],
            "not-applicable" if needs == "capture" else "no-evidence": [
                {"facts": none} if needs == "capture" else {"facts": none, "inputs": []}
            ],
        },
    }


def _meant(value: Any) -> Any:
    """With texts that look like parameters marked as texts."""
    if isinstance(value, dict):
        return {key: _meant(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_meant(held) for held in value]
    return f"${value}" if isinstance(value, str) and _PARAMETER.fullmatch(value) else value


def _subject(table: str) -> str:
    columns = {c.name for c in TABLES[table].columns}
    if "client_name" in columns:
        return "{client_name} ({client}) and {server_name} ({server})"
    return next((f"{{{name}}}" for name in ("device", "name", "zone", "source") if name in columns), "{subjects}")


def _plain(text: str) -> str:
    """Without what texts of rules take for placeholders."""
    return text.replace("{", "(").replace("}", ")")


def _tags(sigma: SigmaDocument) -> dict[str, Any]:
    tags = [str(tag).removeprefix("attack.").upper() for tag in sigma.data.get("tags") or ()]
    attack = list(dict.fromkeys(tag for tag in tags if tag in TECHNIQUES))
    listed = sigma.data.get("references") or ()
    links = [str(one) for one in listed if re.fullmatch(r"https?://\S+", str(one))]
    return ({"attack": attack} if attack else {}) | ({"references": links} if links else {})
