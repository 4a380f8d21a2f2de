"""Reads a file of answers: YAML (JSON is YAML too) by ``answers.schema.json``, as rows of the facts table ``answers``.

Whether there is such a requirement or zone is known where frameworks and policies are; a row says where it names them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from scanner.answers.evidence import Compared, look
from scanner.errors import DefinitionError, Problem
from scanner.wording import said
from scanner.yaml_positions import Document, head_text, load, names_itself
from scanner.yaml_schema import is_blank, violations

Row = dict[str, Any]

_PLACES = ("framework", "requirement", "zone")
_SHARED = ("answered_by", "answered_on", "until")  # what all answers of a file may have in common


def recognises(head: bytes) -> bool:
    """The text names itself a file of answers."""
    return names_itself(head_text(head), "otaudit_answers")


def parse_answers(content: str | bytes, source: str, folder: Path | None = None) -> tuple[Row, ...]:
    """The answers in the text; those that have no verdict yet are rows without one.

    folder: where the text lies, and evidence may lie beside it. DefinitionError with every mistake.
    """
    document = load(content, source)
    wrong = violations(document, schema())
    if not wrong:
        wrong = list(_mistakes(document))
    if wrong:
        raise DefinitionError(*sorted(set(wrong), key=lambda problem: (problem.order, str(problem))))
    return tuple(_row(document, number, folder) for number in range(len(document.data["answers"])))


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a file of answers."""
    text = resources.files("scanner.answers").joinpath("answers.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def _mistakes(document: Document) -> Iterator[Problem]:
    """What the parts of answers say together."""
    shared = {key: document.data.get(key) for key in _SHARED}
    for key in ("answered_on", "until"):
        yield from _days(document, (key,), shared[key])
    for number, answer in enumerate(document.data["answers"]):
        path = ("answers", number)
        for key in ("answered_on", "until"):
            yield from _days(document, (*path, key), answer.get(key))
        if not answer.get("verdict"):
            continue
        for key in ("answered_by", "answered_on"):
            if is_blank(answer.get(key) or shared[key] or ""):
                what = said("an answer without '{key}' counts for nobody", key=key)
                yield document.problem(path, what, said("say who answers, and on which day"))
        given = {key: answer.get(key) or shared[key] or "" for key in _SHARED}
        if given["until"] and given["until"] < given["answered_on"]:
            what = said("until {day} is before {on}, when it was answered", day=given["until"], on=given["answered_on"])
            yield document.problem((*path, "until"), what, said("correct one of the dates"))
        if answer.get("sha256") and not answer.get("evidence"):
            what = said("a SHA-256 of no evidence")
            yield document.problem((*path, "sha256"), what, said("say under evidence what it is the hash of"))


def _days(document: Document, path: tuple[str | int, ...], text: str | None) -> Iterator[Problem]:
    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError:
        yield document.problem(path, said("'{day}' is not a day of the calendar", day=text))


def _row(document: Document, number: int, folder: Path | None) -> Row:
    answer, shared = document.data["answers"][number], document.data
    path = ("answers", number)
    held = {key: (answer.get(key) or shared.get(key) or "").strip() for key in _SHARED}
    evidence, sha256 = (answer.get("evidence") or "").strip(), (answer.get("sha256") or "").lower()
    found = look(evidence, sha256, folder) if answer.get("verdict") else Compared.UNSEEN
    return {
        "source": document.source,
        "line": document.position(path).line,
        "places": [n for key in _PLACES for n in document.position((*path, key))],
        "framework": answer["framework"].strip(),
        "requirement": " ".join(answer["requirement"].split()),
        "zone": (answer.get("zone") or "").strip(),
        "verdict": answer.get("verdict") or "",
        "evidence": evidence,
        "sha256": sha256,
        "evidence_state": found.value,
        "remark": (answer.get("remark") or "").strip(),
        **held,
    }
