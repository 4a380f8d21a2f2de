"""Asking on a terminal about each review: what was seen, what is decided, and for how many the answer holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import click

from scanner.cli.policy._decider import Decider, last_day
from scanner.confirm.file import DecisionFile
from scanner.confirm.reviews import Review, Reviews
from scanner.confirm.text import Answer, evidence_lines
from scanner.report._words import one_line, printable

_SHOWN = 20  # reviews that are listed before one answer is given to all of them
_WORDS = {"a": "allowed", "f": "forbidden", "l": "later", "q": "quit"}


class Walk:
    """One walk through the reviews that nobody has decided about yet; questions go to standard error."""

    def __init__(self, reviews: Reviews, file: DecisionFile, decider: Decider) -> None:
        self._waiting = [r for r in reviews.all if r.finding.matches and not file.decided(r, decider.today)]
        self._file, self._decider, self._reason = file, decider, decider.reason
        self._allowed_until: str | None = None  # as it was answered
        self._answers: list[Answer] = []
        self._passed: set[str] = set()  # ids of reviews that have an answer, or wait for another day

    def answers(self) -> list[Answer]:
        """What was decided. After an interruption it is asked whether that counts; click.Abort when it does not."""
        if not self._waiting:
            return []
        _say(f"{len(self._waiting):,} findings must be confirmed.")
        try:
            self._begin()
            for number, review in enumerate(self._waiting, 1):
                if review.finding.id not in self._passed and not self._ask(number, review):
                    break
        except click.Abort:
            _say("")
            if not self._answers:
                raise
            click.confirm(f"Keep the {len(self._answers):,} decisions made so far?", abort=True, err=True)
        return self._answers

    def _begin(self) -> None:
        """Who decides, and until when what is allowed holds, where the options do not say it."""
        by, until = self._decider.by, self._decider.until
        while not by:
            by = str(click.prompt("Who decides", err=True)).strip()
        while until is None:
            year = str(self._decider.last_day(allowed=True))
            until = self._checked(
                click.prompt("What is allowed holds until (a date, or never)", default=year, err=True)
            )
            self._allowed_until = until
        self._decider = replace(self._decider, by=by)

    def _checked(self, text: str) -> str | None:
        try:
            last_day(text, self._decider.today)
        except click.BadParameter as error:
            _say(error.message)
            return None
        return text

    def _ask(self, number: int, review: Review) -> bool:
        """Ask about one review; false to go no further."""
        self._show(number, review)
        key = click.prompt(
            "[a]llowed, [f]orbidden, [l]ater, [q]uit", type=click.Choice(list(_WORDS)), show_choices=False, err=True
        )
        if key == "q":
            return False
        together = self._together(review, _WORDS[key])
        self._passed |= {r.finding.id for r in together}
        if key == "l":
            return True
        allowed = key == "a"
        reason = self._ask_reason(needed=allowed and len(together) > 1)
        until = self._last_day(allowed=allowed)
        for one in together:
            forbidding = self._file.forbidding(one, self._decider.today) if allowed else None
            if forbidding:
                _say(f"{one.finding.id} stays forbidden by line {forbidding.line} of {self._file.source}")
            else:
                self._answers.append(Answer(one, allowed, self._decider.by, self._decider.today, until, reason))
        return True

    def _last_day(self, *, allowed: bool) -> date | None:
        if allowed and self._allowed_until is not None:
            return last_day(self._allowed_until, self._decider.today)
        return self._decider.last_day(allowed=allowed)

    def _show(self, number: int, review: Review) -> None:
        _say("")
        _say(f"{number:,} of {len(self._waiting):,}  {review.finding.severity}  {review.rule}: {review.title}")
        _say(review.message)
        for line in evidence_lines(review):
            _say(f"  {line}")
        for line in covers(review):
            _say(f"  {line}")

    def _together(self, review: Review, word: str) -> list[Review]:
        """The review alone, or all of its rule or client that still wait, when that is asked for and confirmed."""
        left = [r for r in self._waiting if r.finding.id not in self._passed]
        kinds = {
            "r": ("rule", [r for r in left if r.rule == review.rule]),
            "c": ("client", [r for r in left if review.client and r.client == review.client]),
        }
        kinds = {key: kind for key, kind in kinds.items() if len(kind[1]) > 1}
        if not kinds:
            return [review]
        offers = [f"all {len(found):,} of this [{key}]{name[1:]}" for key, (name, found) in kinds.items()]
        question = f"{word.capitalize()}: [o]nly this, " + ", ".join(offers)
        key = click.prompt(question, type=click.Choice(["o", *kinds]), default="o", show_choices=False, err=True)
        if key == "o":
            return [review]
        found = kinds[key][1]
        for one in found[:_SHOWN]:
            _say(f"  {one.finding.severity}  {one.message}")
        if len(found) > _SHOWN:
            _say(f"  and {len(found) - _SHOWN:,} more")
        if word == "later" or click.confirm(f"All {len(found):,} of these are {word}?", err=True):
            return found
        return [review]

    def _ask_reason(self, *, needed: bool) -> str:
        reason = str(click.prompt("Reason", default=self._reason, show_default=bool(self._reason), err=True)).strip()
        while needed and not reason:
            reason = str(click.prompt("Reason, which several at once need", default="", show_default=False, err=True))
            reason = reason.strip()
        self._reason = reason
        return reason


def covers(review: Review) -> Iterator[str]:
    """What a decision about the review covers, where the sentence does not say it."""
    for name, word in (("function", "functions"), ("unit", "units"), ("server_port", "ports"), ("tunnel", "tunnels")):
        values = _values(review, name)
        if values:
            yield f"decides about {word} {', '.join(values[:_SHOWN])}" + (" and more" if len(values) > _SHOWN else "")


def _values(review: Review, column: str) -> Sequence[str]:
    return list(dict.fromkeys(match[column] for match in review.finding.matches if match.get(column)))


def _say(text: str) -> None:
    lead = text[: len(text) - len(text.lstrip(" "))]
    click.echo(lead + one_line(printable(text)), err=True)
