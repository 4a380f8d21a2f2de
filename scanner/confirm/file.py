"""A file of decisions: made anew, or text added to its end. What is in it stays as it is, comments included."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scanner.bounded import read_up_to
from scanner.confirm.reviews import Review
from scanner.confirm.text import Answer, entry_text, head
from scanner.engine.definitions.rules import Rule
from scanner.engine.verdict.decisions import Decision, read_decisions
from scanner.errors import DefinitionError, Problem, reason
from scanner.facts.frames import frame
from scanner.facts.schema import TABLES
from scanner.limits import limits
from scanner.policy.document import parse_policy
from scanner.wording import said
from scanner.yaml_positions import load

_OWN = {"otaudit_policy", "site", "description", "decisions"}  # what a file of decisions may hold
_ANOTHER = said("give a new file; several may be given to a scan")

Row = dict[str, Any]


@dataclass(frozen=True)
class DecisionFile:
    """The file as it is. content: empty when there is none yet. rows: of the facts table decisions."""

    source: str
    rules: Collection[Rule]
    content: bytes = b""
    rows: tuple[Row, ...] = ()
    decisions: tuple[Decision, ...] = ()
    indent: str = "  "

    def decided(self, review: Review, today: date) -> bool:
        """Decisions that hold today settle all of the review."""
        matches = review.finding.matches
        return bool(matches) and all(any(self._settling(review, match, today)) for match in matches)

    def forbidding(self, review: Review, today: date) -> Decision | None:
        """A decision that forbids some of it today, so that no other can allow it."""
        settling = (d for match in review.finding.matches for d in self._settling(review, match, today))
        return next((d for d in settling if not d.allowed), None)

    def _settling(self, review: Review, match: dict[str, str], today: date) -> Iterable[Decision]:
        own = (d for d in self.decisions if d.rule in ("", review.rule) and d.holds(today))
        return (d for d in own if d.settles(match))

    def addition(self, answers: Sequence[Answer]) -> bytes:
        """What to add, so that the whole is a file with these decisions more and nothing else changed."""
        text = "" if self.content or not answers else head(answers[0].review.language)
        if self.content and not self.content.endswith(b"\n"):
            text = "\n"
        added = (text + "".join(entry_text(answer, self.indent) for answer in answers)).encode()
        if self._says(added) != [*self.rows, *_meant(answers)]:
            what = said("the decisions cannot be added to its end without changing what it says")
            raise DefinitionError(Problem(self.source, what, remedy=_ANOTHER))
        return added

    def _says(self, added: bytes) -> list[Row]:
        """The decisions of the whole; of the new ones without their places."""
        try:
            rows = parse_policy(self.content + added, self.source, ()).decisions
            read_decisions(frame(TABLES["decisions"], rows), self.rules)
        except DefinitionError as error:
            raise DefinitionError(
                *error.problems, Problem(self.source, said("nothing was written"), remedy=_ANOTHER)
            ) from None
        old, new = rows[: len(self.rows)], rows[len(self.rows) :]
        return [*old, *({k: v for k, v in row.items() if k not in ("source", "line")} for row in map(_as_text, new))]


def _as_text(row: Row) -> Row:
    """A decision whose match has texts alone, as that of a finding."""
    return row | {"match": {column: str(value) for column, value in json.loads(row["match"]).items()}}


def _meant(answers: Iterable[Answer]) -> list[Row]:
    return [
        {
            "rule": answer.review.rule,
            "match": match,
            "decision": "allowed" if answer.allowed else "forbidden",
            "decided_by": answer.by,
            "decided_on": answer.on.isoformat(),
            "until": answer.until.isoformat() if answer.until else "",
            "reason": answer.reason,
        }
        for answer in answers
        for match in answer.review.finding.matches
    ]


def read_decision_file(path: Path, rules: Collection[Rule]) -> DecisionFile:
    """The file at ``path``, or a new one. DefinitionError when it holds anything but decisions, or cannot be read."""
    source = str(path)
    try:
        content = read_up_to(path, limits().yaml_bytes)
    except FileNotFoundError:
        return DecisionFile(source, rules)
    except OSError as error:
        raise DefinitionError(Problem(source, said("cannot be read: {reason}", reason=reason(error)))) from error
    try:
        rows = parse_policy(content, source, ()).decisions
        decisions = read_decisions(frame(TABLES["decisions"], rows), rules)
    except DefinitionError as error:
        raise DefinitionError(
            *error.problems, Problem(source, said("nothing is added to it"), remedy=_ANOTHER)
        ) from None
    document = load(content, source)
    others = sorted(document.data.keys() - _OWN)
    if others:
        what = said("holds {keys} besides decisions, so nothing is added to it", keys=", ".join(others))
        raise DefinitionError(Problem(source, what, remedy=_ANOTHER))
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not rows or list(document.data)[-1] != "decisions" or wide:
        what = said("does not end with a list of decisions in UTF-8, so nothing is added to it")
        raise DefinitionError(Problem(source, what, remedy=_ANOTHER))
    dash = document.position(("decisions", len(rows) - 1)).column - 2  # counted from 1
    return DecisionFile(source, rules, content, rows, tuple(decisions), " " * max(0, dash - 1))


def write(file: DecisionFile, addition: bytes, path: Path) -> None:
    """Add to the file's end; DefinitionError when somebody has changed it meanwhile, or it cannot be written."""
    again = said("nothing was written; run the command again")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab" if file.content else "xb") as stream:
            if stream.tell() != len(file.content):
                raise DefinitionError(Problem(file.source, said("was changed meanwhile"), remedy=again))
            stream.write(addition)
    except FileExistsError:
        raise DefinitionError(Problem(file.source, said("was created meanwhile"), remedy=again)) from None
    except OSError as error:
        what = said("cannot be written: {reason}", reason=reason(error))
        raise DefinitionError(Problem(file.source, what, remedy=said("choose another place"))) from error
