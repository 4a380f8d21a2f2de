"""What became of earlier results that these are compared with, in words; nothing where there are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.report._words import moment, number, one_line, picked, printable, say
from scanner.results.baseline import AbsentRow, BaselineState, VerdictChange
from scanner.results.comparing import COUNTING, is_new, rules_of
from scanner.results.model import Finding, Results, RuleResult, Status


def since(results: Results, language: str) -> Iterator[str]:
    """How many findings are new, known and gone; how many are gone unjudged."""
    base = results.baseline
    if not base.source:
        return
    yield say(
        language,
        "baseline.counts",
        source=printable(one_line(base.source)),
        started=moment(base.started),
        new=number(base.new),
        unchanged=number(base.unchanged),
        updated=number(base.updated),
        absent=number(len(results.absent)),
    )
    if unjudged := sum(not row.judged for row in results.absent):
        yield say(language, "baseline.unjudged", n=unjudged)


def lost(results: Results) -> Sequence[VerdictChange]:
    """The rules that passed, and of which now too little is known."""
    return [change for change in results.verdict_changes if change.lost]


def lost_line(change: VerdictChange, language: str) -> str:
    """``A line accepts logins [...]: Pass before, now: No evidence``."""
    words = (say(language, f"verdict.{v}" if v else "baseline.not-judged") for v in (change.before, change.after))
    changed = say(language, "baseline.lost-line", **dict(zip(("before", "after"), words, strict=True)))
    return f"{printable(picked(change.title, language))} [{change.rule}]{say(language, 'colon')}{changed}"


def absent_line(row: AbsentRow, language: str) -> str:
    """What was found, where, and whether it could have been found again."""
    place = f"{row.source}:{row.line}" if row.line else row.source
    note = "" if row.judged else f" ({say(language, 'baseline.absent-open')})"
    what = picked(row.message or row.subject, language)
    return printable(one_line(f"[{row.rule}] {what}{say(language, 'comma')}{place}{note}"))


def new_findings(results: Results) -> Iterator[tuple[RuleResult, Finding]]:
    """What is new of what counts, the gravest rules first."""
    for rule in sorted(rules_of(results, COUNTING), key=lambda r: (-r.severity.rank, r.rule)):
        for found in rule.findings:
            if is_new(found):
                yield rule, found


def state_word(found: Finding, language: str) -> str:
    """``new``; empty where nothing was compared."""
    return say(language, f"baseline.state.{found.baseline_state.value}") if found.baseline_state else ""


def known(rule: RuleResult) -> bool:
    """The rule was compared with a baseline, and what it finds was there."""
    states = {found.baseline_state for found in rule.findings if found.status is not Status.WAIVED}
    return bool(states) and not states & {BaselineState.NEW, BaselineState.NOT_COMPARED}
