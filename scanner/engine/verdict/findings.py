"""Failing rows as findings: one for each distinct combination of the rule's ``group_by`` columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, starmap
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.catalogues import labels
from scanner.engine.definitions.rules import Rule
from scanner.engine.language.message_template import ALWAYS, fill, placeholders
from scanner.engine.language.paths import origin
from scanner.engine.language.vocabulary import SUMMED
from scanner.engine.verdict.asked import asked
from scanner.engine.verdict.evidence import evidence_of
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.verdict.subset import Subset
from scanner.engine.words import item, listing, written
from scanner.facts.compact import column, compact
from scanner.facts.numbered import numbered
from scanner.natural import natural
from scanner.results.model import Evidence, Finding, Severity, Status, Text
from scanner.results.outline import Outline
from scanner.results.rows import AT_ONCE, Lazy
from scanner.wording import Said, kept, marked, said, term
from scanner.wording.said import Argument, pieces_of

Row = Mapping[str, Any]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Mark:
    """What findings say of their rows, and how much it matters."""

    status: Status
    severity: Severity


_PART = 16  # rows are many if one of so many is among them
_FEW = 512  # rows of a rule; their findings are kept when they are made, since a report asks for them more than once
_DEVICES = ("client_device", "server_device", "device")
_OUTCOMES = ("refusals", "refused", "accepted", "unanswered", "unobserved")
_OUTLINED = (*_DEVICES, *_OUTCOMES, "claimants", "devices")


def _devices(rows: Sequence[Row]) -> set[str]:
    found = set(chain.from_iterable(column(rows, name) for name in _DEVICES))
    if "claimants" in rows[0]:
        found.update(chain.from_iterable(filter(None, column(rows, "devices"))))
    return set(filter(None, found))


def findings(rule: Rule, rows: Subset, case: JudgedFacts, mark: Mark, waiver: Text | None = None) -> Sequence[Finding]:
    """The findings of these rows in a stable order; each is made when it is asked for."""
    listed, ends, rows = grouped(rule, rows, case)
    files = case.files
    made: dict[int, Finding] = {}  # all where they are few; about so many rows that looking again takes seconds

    def part(start: int, stop: int) -> Iterator[Finding]:
        wanted = any(place not in made for place in range(start, stop))
        some: Sequence[Row] = compact(rows[ends[start] : ends[stop]]) if wanted else ()
        for place in range(start, stop):
            finding = made.get(place)
            if finding is None:
                subject = dict(zip(rule.group_by, listed[place], strict=True))
                own = some[ends[place] - ends[start] : ends[place + 1] - ends[start]]
                evidence = evidence_of(rule.table, own, rows, ends[place], files)
                finding = _finding(rule, subject, own, evidence, mark=mark, waiver=waiver)
                if rows.height <= _FEW or len(own) > AT_ONCE:
                    made[place] = finding
            yield finding

    def outlines(start: int, stop: int) -> Iterator[Outline]:
        known = [name for name in _OUTLINED if name in rows.table.columns] or rows.table.columns[:1]
        some = compact(rows.take(range(ends[start], ends[stop])).columns(known))
        for place in range(start, stop):
            own = some[ends[place] - ends[start] : ends[place + 1] - ends[start]]
            subject = dict(zip(rule.group_by, listed[place], strict=True))
            severity = _one_lower(mark.severity) if _all_refused(own) else mark.severity
            yield Outline(mark.status, severity, subject, tuple(sorted(_devices(own))))

    return Lazy(len(listed), part, outlines)


def grouped(rule: Rule, rows: Subset, case: JudgedFacts) -> tuple[list[tuple[str, ...]], list[int], Subset]:
    """The subjects of the findings in natural order; where the rows of each begin and end; the rows in this order."""
    if not rows.height:
        return [], [0], rows
    texts, ranks = zip(*(_ranked(rule, rows, case, name) for name in rule.group_by), strict=True)
    order = np.lexsort(ranks[::-1])
    ranks = tuple(rank[order] for rank in ranks)
    begins = np.flatnonzero(np.append(True, np.any([rank[1:] != rank[:-1] for rank in ranks], axis=0)))
    subjects = zip(*(map(text.__getitem__, rank[begins]) for text, rank in zip(texts, ranks, strict=True)), strict=True)
    return list(subjects), [*begins.tolist(), rows.height], rows.take(order)


def _ranked(rule: Rule, rows: Subset, case: JudgedFacts, name: str) -> tuple[list[str], Numbers]:
    """The texts of a column in natural order, and which of them each row has."""
    if rows.height <= _FEW:  # which takes less than a query
        own = [subject_text(value, name) for value in rows[name].to_list()]
        listed = sorted(set(own), key=natural)
        return listed, np.array([*map({text: n for n, text in enumerate(listed)}.__getitem__, own)], np.int64)
    values, places = _numbered(rule.table, rows, case, name)
    used = np.flatnonzero(np.bincount(places, minlength=len(values)))
    texts = [subject_text(value, name) for value in values[used].to_list()]
    listed = sorted(set(texts), key=natural)
    rank = {text: n for n, text in enumerate(listed)}
    of_value = np.zeros(len(values), np.int64)
    of_value[used] = [rank[text] for text in texts]
    return listed, of_value[places]


def _numbered(table: str, rows: Subset, case: JudgedFacts, name: str) -> tuple[pl.Series, Numbers]:
    """Values of a column, and which of them each row has: of many rows as they are known for the whole table."""
    if rows.height * _PART < rows.table.height or name not in case.tables[table].columns:
        values, places = numbered(rows[name])
        return values, places.to_numpy()
    known = case.distinct(table, name)
    return known.values, known.places.to_numpy()[rows.numbers]


def subject_text(value: Any, column: str) -> str:
    """A column of a subject as text that stays the same from run to run; empty when unknown."""
    if isinstance(value, list):
        return ", ".join(sorted(str(v) for v in value))
    if value is None or value == "":
        return ""
    return written(column, value)


def finding_id(rule: str, subject: Mapping[str, str]) -> str:
    """The same rule and subject have the same id in every run."""
    text = json.dumps([rule, sorted(subject.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _finding(
    rule: Rule,
    subject: dict[str, str],
    rows: Sequence[Row],
    evidence: Sequence[Evidence],
    *,
    mark: Mark,
    waiver: Text | None,
) -> Finding:
    unknown = {name for name in placeholders(rule.message.values()) if _is_unknown(name, rows)}
    values = _values(rule, rows)
    message: Text = {language: fill(text, values, unknown) for language, text in rule.message.items()}
    severity = mark.severity
    if _all_refused(rows):
        severity = _one_lower(severity)
        message = {language: _one_step_lower(language, text, severity) for language, text in message.items()}
    return Finding(
        id=finding_id(rule.id, subject),
        status=mark.status,
        severity=severity,
        subject=subject,
        message=message,
        evidence=evidence,
        devices=tuple(sorted(_devices(rows))),
        proofs=len(evidence),
        waiver=waiver or {},
        matches=asked(rule, rows) if mark.status is Status.REVIEW else (),
    )


def _values(rule: Rule, rows: Sequence[Row]) -> dict[str, str]:
    values: dict[str, str] = {"subjects": f"{len(rows):,}", "count": f"{len(rows):,}"}
    columns = {c.name for c in rule.schema.columns}
    measures = {m.name for m in rule.correlate}
    for name in placeholders(rule.message.values()):
        if name not in columns:
            continue
        if name in measures:  # each row says how much the fullest window around it holds
            values[name] = f"{max((row[name] for row in rows if row[name] is not None), default=0):,.0f}"
        elif name in SUMMED:
            values[name] = f"{sum(filter(None, column(rows, name))):,}"
        else:
            values[name] = listing(_column(name, rule), _shown(rows, name))
    return values


def _column(name: str, rule: Rule) -> str:
    """What devices say of themselves are no words of otaudit's, whatever the column is called."""
    table, column = origin(rule.table, name)
    return "said by a device" if table == "identities" and column == "value" else column or name


def _shown(rows: Sequence[Row], name: str) -> list[Any]:
    """A column; an EtherType, which stands where others have a port, is written as such, an item by its category."""
    values = column(rows, name)
    if name == "item":
        return list(starmap(item, zip(column(rows, "category"), values, strict=True)))
    if name != "server_port":
        return values
    pairs = dict.fromkeys(zip(values, column(rows, "transport"), strict=True))
    return [f"0x{value:04x}" if value and transport == "ethernet" else value for value, transport in pairs]


def _is_unknown(name: str, rows: Sequence[Row]) -> bool:
    """Nothing is known of the column; of a number that counts or addresses, 0 says nothing."""
    return name not in ALWAYS and all(row[name] in ([], "", 0, None) and row[name] is not False for row in rows)


def _all_refused(rows: Sequence[Row]) -> bool:
    """Every operation was answered, and always negatively."""
    first = rows[0]
    if "refusals" not in first or not first["refused"]:
        return False
    _, *outcomes = (column(rows, name) for name in _OUTCOMES)
    return all(refused and not any(others) for refused, *others in zip(*outcomes, strict=True))


def _one_lower(severity: Severity) -> Severity:
    return list(Severity)[max(0, severity.rank - 1)]


def _one_step_lower(language: str, message: str, lower: Severity) -> Said:
    note = said(
        "The server refused every attempt, so this finding is one step lower: {severity}.",
        severity=term(f"severity.{lower}"),
    )
    whole = [piece.value for piece in pieces_of(marked(message)) if isinstance(piece, Argument) and not piece.name]
    stop = labels(language)["between-sentences"]
    text = (whole[0] if whole else marked(message)).rstrip(f".{stop.strip()}")
    return kept(f"{text}{stop}{said('{note}', note=note).marked}")
