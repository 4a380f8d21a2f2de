"""Sigma correlations as ``correlate``: counts, different values and sums of events, and events in time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.engine.language.conditions import chosen
from scanner.engine.language.correlations import MeasureKind
from scanner.engine.language.moments import read_duration
from scanner.engine.sigma.mapping import LogSource, log_source
from scanner.engine.sigma.reading import CannotMapError, SigmaDocument
from scanner.engine.sigma.selecting import Selection, selection
from scanner.facts.schema import TABLES
from scanner.wording import said

MEASURE = "correlated"
_COUNTING = (MeasureKind.EVENT_COUNT, MeasureKind.VALUE_COUNT, MeasureKind.VALUE_SUM)
_IN_TIME = (MeasureKind.TEMPORAL, MeasureKind.TEMPORAL_ORDERED)
_ORDERS = ("gt", "gte", "lt", "lte", "eq")
_KEYS = ("type", "rules", "group-by", "timespan", "condition", "aliases", "generate")
_WORD = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True)
class Correlated:
    """What a correlation becomes: the parts of a rule's file. span: seconds; least: events or values that fail."""

    source: LogSource
    measure: dict[str, Any]
    fail: Selection
    events: Mapping[str, Selection]
    span: int
    least: int


def correlated(sigma: SigmaDocument, rules: Mapping[str, SigmaDocument]) -> Correlated:
    """rules: by name and by id. CannotMapError when a part has no counterpart."""
    given = sigma.data["correlation"]
    path = ("correlation",)
    if not isinstance(given, dict):
        raise CannotMapError(path, said("the correlation is not a mapping"))
    for key in given:
        if key not in _KEYS:
            raise CannotMapError((*path, key), said("'{key}' has no counterpart", key=key), key=True)
    kind = next((k for k in (*_COUNTING, *_IN_TIME) if k == given.get("type")), None)
    if kind is None:
        why = said("correlations of type '{type}' have no counterpart", type=given.get("type"))
        raise CannotMapError((*path, "type"), why)
    named = _named(given.get("rules"), rules)
    source, events = _events(named)
    span = read_duration(given.get("timespan"))
    if span is None:
        raise CannotMapError((*path, "timespan"), said("'{value}' is no span of time", value=given.get("timespan")))
    columns = _columns(given, named, source.table)
    measure: dict[str, Any] = {"type": str(kind), "group_by": columns, "timespan": given["timespan"]}
    if kind in _IN_TIME:
        if given.get("condition") is not None:
            raise CannotMapError((*path, "condition"), said("a condition on how many of the events happened"))
        if len(events) < 2:
            raise CannotMapError((*path, "rules"), said("one event is no sequence"))
        return Correlated(source, measure | {"events": dict(events)}, {MEASURE: True}, events, span, 1)
    orders, least = _condition(given.get("condition"))
    base = _any_of(events)
    if kind is not MeasureKind.EVENT_COUNT:
        measure["field"] = _counted(given["condition"], source)
    enough = {f"{MEASURE}|{order}" if order != "eq" else MEASURE: number for order, number in orders.items()}
    fail = {**base, "enough": enough, "condition": f"({base['condition']}) and enough"}
    return Correlated(source, measure | {"where": base}, fail, events, span, least)


def _named(given: Any, rules: Mapping[str, SigmaDocument]) -> dict[str, SigmaDocument]:
    """The rules that it correlates, by names that otaudit's events can have."""
    listed = given if isinstance(given, list) else [given]
    found: dict[str, SigmaDocument] = {}
    for number, name in enumerate(listed):
        rule = rules.get(str(name))
        path = ("correlation", "rules", number) if isinstance(given, list) else ("correlation", "rules")
        if rule is None:
            raise CannotMapError(path, said("there is no rule '{name}' in the files given", name=name))
        if rule.correlates:
            raise CannotMapError(path, said("'{name}' is a correlation itself", name=name))
        plain = _WORD.sub("_", rule.text("name") or rule.text("title")).strip("_").lower() or "event"
        found[plain if plain not in found else f"{plain}_{number + 1}"] = rule
    return found


def _events(named: Mapping[str, SigmaDocument]) -> tuple[LogSource, dict[str, Selection]]:
    """Where the events are, and the selection of each; those of one correlation are in one table."""
    first: LogSource | None = None
    events = {}
    for name, rule in named.items():
        source = log_source(rule.data.get("logsource") or {})
        if source is None:
            why = said("its rule '{name}' is about a log source that captures do not show", name=name)
            raise CannotMapError(("correlation", "rules"), why)
        if first is not None and (source.table, source.where) != (first.table, first.where):
            raise CannotMapError(("correlation", "rules"), said("its rules are about different kinds of events"))
        first = first or source
        try:
            events[name] = selection(rule, source)
        except CannotMapError as error:
            why = said("its rule '{name}': {why}", name=name, why=error.why)
            raise CannotMapError(("correlation", "rules"), why) from None
    if first is None:
        raise CannotMapError(("correlation", "rules"), said("it names no rules"))
    return first, events


def _columns(given: Mapping[str, Any], named: Mapping[str, SigmaDocument], table: str) -> list[str]:
    """Columns of the fields by which events are grouped; an alias means a field of each rule."""
    aliases = given.get("aliases") or {}
    fields = given.get("group-by") or []
    found = []
    for number, field in enumerate(fields if isinstance(fields, list) else [fields]):
        path = ("correlation", "group-by", number)
        columns = set()
        for rule in named.values():
            own = _aliased(aliases.get(field), rule) if isinstance(aliases, dict) and field in aliases else field
            source = log_source(rule.data.get("logsource") or {})
            if source is None or own not in source.fields:
                raise CannotMapError(path, said("field '{field}' has no counterpart", field=own))
            columns.add(source.fields[own].column)
        if len(columns) != 1:
            raise CannotMapError(path, said("'{field}' means different columns in its rules", field=field))
        column = columns.pop()
        if TABLES[table].column(column).type.startswith("list"):
            raise CannotMapError(path, said("column '{column}' holds several values", column=column))
        found.append(column)
    return found


def _aliased(fields: Any, rule: SigmaDocument) -> str:
    known = fields if isinstance(fields, dict) else {}
    return next((str(known[name]) for name in rule.names if name in known), "")


def _condition(given: Any) -> tuple[dict[str, int], int]:
    """Orders and numbers, and the least number that meets them."""
    path = ("correlation", "condition")
    if not isinstance(given, dict):
        raise CannotMapError(path, said("it has no condition"))
    orders = {key: value for key, value in given.items() if key != "field"}
    for key, value in orders.items():
        if key not in _ORDERS:
            raise CannotMapError((*path, key), said("'{key}' has no counterpart", key=key), key=True)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10**9:
            raise CannotMapError((*path, key), said("'{value}' is no number of events", value=value))
    if not orders:
        raise CannotMapError(path, said("it has no condition"))
    least = max(1, *(v + 1 if k == "gt" else v if k in ("gte", "eq") else 1 for k, v in orders.items()))
    return orders, least


def _counted(condition: Mapping[str, Any], source: LogSource) -> str:
    field = condition.get("field")
    if not isinstance(field, str) or field not in source.fields:
        raise CannotMapError(("correlation", "condition"), said("field '{field}' has no counterpart", field=field))
    if source.fields[field].values:
        why = said("values of column '{column}' are written otherwise", column=source.fields[field].column)
        raise CannotMapError(("correlation", "condition"), why)
    return source.fields[field].column


def _any_of(events: Mapping[str, Selection]) -> Selection:
    """One selection that holds when one of several does."""
    if len(events) == 1:
        return next(iter(events.values()))
    joined: Selection = {}
    conditions: list[str] = []
    for name, own in events.items():
        renamed = {part: f"{name}_{part}" for part in own if part != "condition"}
        joined |= {renamed[part]: value for part, value in own.items() if part != "condition"}
        conditions.append(f"({_renamed(own['condition'], renamed)})")
    return {**joined, "condition": " or ".join(conditions)}


def _renamed(condition: str, renamed: Mapping[str, str]) -> str:
    """The condition with other names; ``1 of x*`` is written out."""

    def name(found: re.Match[str]) -> str:
        if not found[1]:
            return renamed.get(found[0], found[0])
        meant = [renamed[part] for part in chosen(renamed, found[2])]
        return f"({(' and ' if found[1].lower() == 'all' else ' or ').join(meant)})"

    return re.sub(r"\b(1|any|all)\s+of\s+([^\s()]+)|[^\s()]+", name, condition, flags=re.IGNORECASE)
