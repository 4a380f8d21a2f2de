"""The waivers of the policy as results tell them: what each covers today, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from scanner.engine.definitions.waivers import Waiver
from scanner.engine.texts import as_text, problem
from scanner.results.judged_by import WaiverRow, WaiverState
from scanner.results.model import ProblemRow, RuleResult, waived_findings
from scanner.wording import at_line, said


def waiver_rows(waivers: Iterable[Waiver], results: Iterable[RuleResult], today: date) -> tuple[WaiverRow, ...]:
    """Each waiver with how many findings it covers. results: of all rules that were judged."""
    waived = {result.rule: [finding.waiver for finding in waived_findings(result)] for result in results}
    return tuple(_row(waiver, waived.get(waiver.rule, []).count(as_text(waiver.text)), today) for waiver in waivers)


def _row(waiver: Waiver, findings: int, today: date) -> WaiverRow:
    state = WaiverState.IN_FORCE if findings else WaiverState.UNUSED
    if not waiver.holds(today):
        state = WaiverState.EXPIRED
    elif waiver.due(today):
        state = WaiverState.REVIEW_DUE
    return WaiverRow(
        source=waiver.source,
        line=waiver.line,
        rule=waiver.rule,
        match=dict(waiver.written),
        reason=waiver.reason,
        approved_by=waiver.approved_by,
        until=waiver.until.isoformat() if waiver.until else "",
        review_on=waiver.review_on.isoformat() if waiver.review_on else "",
        compensating_measure=waiver.measure,
        state=state,
        findings=findings,
    )


def remarks(waivers: Iterable[Waiver], rows: Iterable[WaiverRow], today: date) -> Iterator[ProblemRow]:
    """What is wrong with waivers: expired, due for review, without anything to cover, or far too wide."""
    for waiver, row in zip(waivers, rows, strict=True):
        for what, remedy in _of(waiver, row, today):
            yield problem(waiver.source, at_line(waiver.line), what, remedy)


def _of(waiver: Waiver, row: WaiverRow, today: date) -> Iterator[tuple[str, str]]:
    if not waiver.holds(today):
        what = said("waiver for rule '{rule}' expired on {day}", rule=waiver.rule, day=waiver.until)
        yield what, said("correct the deviation, or have it accepted again")
        return
    if waiver.due(today):
        what = said("waiver for rule '{rule}' was to be reviewed on {day}", rule=waiver.rule, day=waiver.review_on)
        yield what, said("review it, and set the next date under review_on")
    if not row.findings:
        what = said("waiver for rule '{rule}' covers nothing that fails", rule=waiver.rule)
        yield what, said("remove it when the deviation has been corrected")
    elif not waiver.match and waiver.until is None:
        what = said("waiver for rule '{rule}' covers whatever fails it, for ever", rule=waiver.rule)
        yield what, said("say under match what is accepted, or under until how long")
    elif waiver.match and waiver.wide:
        match = ", ".join(f"{column}: {value}" for column, value in waiver.written)
        what = said("waiver for '{rule}' covers nearly everything that fails ({match})", rule=waiver.rule, match=match)
        yield what, said("say more narrowly under match what is accepted")
