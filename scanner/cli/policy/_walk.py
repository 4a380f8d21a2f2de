"""Asking on a terminal about each review: what was seen, what is decided, and for how many the answer holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import click

from scanner.cli._spoken import in_own_words
from scanner.cli.policy._decider import Decider, last_day
from scanner.confirm.file import DecisionFile
from scanner.confirm.reviews import Review, Reviews
from scanner.confirm.text import Answer, evidence_lines
from scanner.report._words import one_line, printable
from scanner.wording import Plural, Said, joined, listed, said, term

_SHOWN = 20  # reviews that are listed before one answer is given to all of them
_KEYS = ("a", "f", "l", "q")
_WAITING = Plural("{n} finding must be confirmed.", "{n} findings must be confirmed.")
_KEEP = Plural("Keep the {n} decision made so far?", "Keep the {n} decisions made so far?")
_ONLY_THIS = {"a": said("Allowed: [o]nly this"), "f": said("Forbidden: [o]nly this"), "l": said("Later: [o]nly this")}


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
        _say(_WAITING.of(len(self._waiting)))
        try:
            self._begin()
            for number, review in enumerate(self._waiting, 1):
                if review.finding.id not in self._passed and not self._ask(number, review):
                    break
        except click.Abort:
            _say("")
            if not self._answers:
                raise
            click.confirm(in_own_words(_KEEP.of(len(self._answers))), abort=True, err=True)
        return self._answers

    def _begin(self) -> None:
        """Who decides, and until when what is allowed holds, where the options do not say it."""
        by, until = self._decider.by, self._decider.until
        while not by:
            by = _asked(said("Who decides"))
        while until is None:
            year = str(self._decider.last_day(allowed=True))
            until = self._checked(_asked(said("What is allowed holds until (a date, or never)"), default=year))
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
        key = _chosen(said("[a]llowed, [f]orbidden, [l]ater, [q]uit"), _KEYS)
        if key == "q":
            return False
        together = self._together(review, key)
        self._passed |= {r.finding.id for r in together}
        if key == "l":
            return True
        allowed = key == "a"
        reason = self._ask_reason(needed=allowed and len(together) > 1)
        until = self._last_day(allowed=allowed)
        for one in together:
            forbidding = self._file.forbidding(one, self._decider.today) if allowed else None
            if forbidding:
                place = {"id": one.finding.id, "line": forbidding.line, "file": self._file.source}
                _say(said("{id} stays forbidden by line {line} of {file}", **place))
            else:
                self._answers.append(Answer(one, allowed, self._decider.by, self._decider.today, until, reason))
        return True

    def _last_day(self, *, allowed: bool) -> date | None:
        if allowed and self._allowed_until is not None:
            return last_day(self._allowed_until, self._decider.today)
        return self._decider.last_day(allowed=allowed)

    def _show(self, number: int, review: Review) -> None:
        _say("")
        of_all = in_own_words(said("{number} of {total}", number=f"{number:,}", total=f"{len(self._waiting):,}"))
        _say(f"{of_all}  {_severity(review)}  {review.rule}: {review.title}")
        _say(review.message)
        for line in evidence_lines(review):
            _say(f"  {line}")
        for covered in covers(review):
            _say(f"  {in_own_words(covered)}")

    def _together(self, review: Review, answer: str) -> list[Review]:
        """The review alone, or all of its rule or client that still wait, when that is asked for and confirmed."""
        left = [r for r in self._waiting if r.finding.id not in self._passed]
        kinds = {
            "r": [r for r in left if r.rule == review.rule],
            "c": [r for r in left if review.client and r.client == review.client],
        }
        kinds = {key: found for key, found in kinds.items() if len(found) > 1}
        if not kinds:
            return [review]
        offers = (_offer(key, len(found)) for key, found in kinds.items())
        key = _chosen(joined([_ONLY_THIS[answer], *offers], term("comma")), ("o", *kinds), default="o")
        if key == "o":
            return [review]
        found = kinds[key]
        for one in found[:_SHOWN]:
            _say(f"  {_severity(one)}  {one.message}")
        if len(found) > _SHOWN:
            _say(f"  {in_own_words(said('and {n} more', n=f'{len(found) - _SHOWN:,}'))}")
        if answer == "l" or click.confirm(in_own_words(_sure(answer, len(found))), err=True):
            return found
        return [review]

    def _ask_reason(self, *, needed: bool) -> str:
        reason = _asked(said("Reason"), default=self._reason)
        while needed and not reason:
            reason = _asked(said("Reason, which several at once need"), default="")
        self._reason = reason
        return reason


def covers(review: Review) -> Iterator[Said]:
    """What a decision about the review covers, where the sentence does not say it."""
    functions, units, ports, tunnels = (
        _values(review, column) for column in ("function", "unit", "server_port", "tunnel")
    )
    if functions:
        yield said("decides about functions {values}", values=functions)
    if units:
        yield said("decides about units {values}", values=units)
    if ports:
        yield said("decides about ports {values}", values=ports)
    if tunnels:
        yield said("decides about tunnels {values}", values=tunnels)


def _values(review: Review, column: str) -> Said:
    found = list(dict.fromkeys(match[column] for match in review.finding.matches if match.get(column)))
    return listed(found[:_SHOWN], more=len(found) - _SHOWN)


def _offer(kind: str, number: int) -> Said:
    return said("all {n} of this [r]ule" if kind == "r" else "all {n} of this [c]lient", n=f"{number:,}")


def _sure(answer: str, number: int) -> Said:
    return said(
        "All {n} of these are allowed?" if answer == "a" else "All {n} of these are forbidden?", n=f"{number:,}"
    )


def _severity(review: Review) -> str:
    return in_own_words(term(f"severity.{review.finding.severity}"))


def _asked(question: Said, default: str | None = None) -> str:
    """What was typed."""
    return str(click.prompt(in_own_words(question), default=default, show_default=bool(default), err=True)).strip()


def _chosen(question: Said, keys: Sequence[str], default: str | None = None) -> str:
    """The key that was typed."""
    choice = click.Choice(keys)
    return str(click.prompt(in_own_words(question), type=choice, default=default, show_choices=False, err=True))


def _say(text: str) -> None:
    """A line; what is ``Said`` in the language of the user."""
    shown = in_own_words(text) if isinstance(text, Said) else text
    lead = shown[: len(shown) - len(shown.lstrip(" "))]
    click.echo(lead + one_line(printable(shown)), err=True)
