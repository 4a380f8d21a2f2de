"""``otaudit diff``: what became otherwise between two scans, and because of what."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import own_rules
from scanner.wording import said

if TYPE_CHECKING:
    from scanner.engine.definitions.together import Definitions
    from scanner.facts.frames import Facts
    from scanner.results.attribution import Attributed
    from scanner.results.model import Results

_SIGNS = {"new": "+", "gone": "-", "less": "~", "waived": "~", "verdict": "="}


@dataclass(frozen=True)
class _Given:
    """One side as it was given: results, facts, or both."""

    results: Results | None
    facts: Facts | None


@click.command(name="diff", cls=SpokenCommand)
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW", type=click.Path(path_type=Path))
@option("--old-facts", metavar="DIR", type=click.Path(path_type=Path), help="Facts that the scan of OLD saved.")
@option("--new-facts", metavar="DIR", type=click.Path(path_type=Path), help="Facts that the scan of NEW saved.")
@option(
    "--old-rules",
    multiple=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Own definitions as they were when OLD was judged; --rules are the present ones.",
)
@own_rules
@option("-p", "--profile", default="default", metavar="NAME", show_default=True, help="For saved facts.")
@option("--json", "as_json", is_flag=True, help="Differences as JSON.")
def command(  # noqa: PLR0917 - one for each option
    old: Path,
    new: Path,
    old_facts: Path | None,
    new_facts: Path | None,
    old_rules: tuple[Path, ...],
    rules: tuple[Path, ...],
    profile: str,
    as_json: bool,
) -> None:
    """Compare two scans, and say of each difference what made it.

    OLD and NEW are results (RESULTS.json) or folders of saved facts (scan --save-facts), which the present rules
    judge. Differences come from the plant, from the evidence (more or less was seen), from the rules, from a waiver or
    from the policy. Where several may be the cause the difference is incomparable, and what would tell is said. With
    saved facts the earlier ones are judged by the present rules, and the present ones by --old-rules.

    + new, - no longer there, ~ less is left or accepted since, = another verdict.

    \b
    Exit status: 0  nothing differs
                 1  something does
                 2  usage error, or definitions that are wrong
                 3  results or facts cannot be read
    """  # noqa: D301 - click looks for the backspace itself
    with explain():
        from scanner.engine.definitions.together import load_definitions
        from scanner.results.attribution import Attribution

        sides = _given(old, old_facts), _given(new, new_facts)
        now = load_definitions(rules)
        then = load_definitions(old_rules) if old_rules else now
        before = sides[0].results or _judged(sides[0], then, profile)
        after = sides[1].results or _judged(sides[1], now, profile)
        again = None
        if sides[0].facts:
            wanted = _profile(after, profile)
            same = sides[0].results is None and then is now and wanted == profile
            again = before if same else _judged(sides[0], now, wanted)
        other = then is not now and sides[1].facts is not None
        under_old = _judged(sides[1], then, _profile(before, profile)) if other else None
        found = sorted(Attribution.of(before, after, again, under_old).differences(), key=_order)
        if as_json:
            rows = [_row(one) for one in found]
            click.echo(json.dumps({"otaudit_diff": 1, "differences": rows}, ensure_ascii=False, indent=1))
        else:
            for line in _lines(found, general().language):
                click.echo(line)
    sys.exit(FAILING if found else 0)


def _profile(results: Results, usual: str) -> str:
    """The profile that they were made with."""
    return results.basis.options.get("profile", usual)


def _given(path: Path, facts: Path | None) -> _Given:
    """What the user named; InputError when the facts are not those of the results."""
    from scanner.errors import InputError
    from scanner.facts.saved import digests, is_saved
    from scanner.facts.saved import load as load_facts
    from scanner.results.serialise import load

    if is_saved(path):
        return _Given(None, load_facts(path))
    results = load(path)
    if facts is None:
        return _Given(results, None)
    if digests(facts) != results.basis.tables:
        what = said("are not the facts that {file} was judged by", file=path)
        raise InputError(str(facts), what, remedy=said("name the folder that the same scan saved"))
    return _Given(results, load_facts(facts))


def _judged(side: _Given, definitions: Definitions, profile: str) -> Results:
    """What these definitions say of the facts, on the day of the results if there are any."""
    import time
    from datetime import UTC, datetime

    from scanner.scan import Scan, judge_scan

    started = datetime.fromisoformat(side.results.run.started) if side.results else datetime.now(UTC)
    scan = Scan(read=[side.facts] if side.facts else [])
    options = {"profile": profile}
    clock = time.perf_counter()
    return judge_scan(scan, definitions=definitions, profile=profile, started=started, clock=clock, options=options)


def _order(one: Attributed) -> tuple[Any, ...]:
    from scanner.results.attribution import ChangeCause, Turn

    return (
        list(ChangeCause).index(one.origin),
        list(Turn).index(one.turn),
        -one.rule.severity.rank,
        one.rule.rule,
        one.finding.id if one.finding else "",
    )


def _lines(found: Sequence[Attributed], language: str) -> Iterator[str]:
    from itertools import groupby

    from scanner.report._words import say

    if not found:
        yield say(language, "diff.nothing")
    for number, (origin, group) in enumerate(groupby(found, key=lambda one: one.origin)):
        rows = list(group)
        if number:
            yield ""
        yield f"{say(language, f'diff.{origin.value}')} ({len(rows)})"
        yield from (_line(one, language) for one in rows)


def _line(one: Attributed, language: str) -> str:
    from scanner.report._order import place_text, subject_text
    from scanner.report._words import one_line, picked, printable, say
    from scanner.results.texts import pick

    colon = say(language, "colon")
    head = f"{say(language, f'severity.{one.rule.severity.value}')} [{one.rule.rule}]"
    if one.finding is None:
        change = one.verdict
        words = [
            say(language, f"verdict.{v}" if v else "baseline.not-judged")
            for v in ((change.before, change.after) if change else ())
        ]
        what = f"{picked(one.rule.title, language)}{colon}{' → '.join(words)}"
    else:
        first = one.finding.evidence[0] if len(one.finding.evidence) else None
        place = f" ({place_text(first)})" if first else ""
        what = (picked(one.finding.message, language) or subject_text(one.finding, language)) + place
    why = pick({"en": one.why}, language)
    return printable(f"  {_SIGNS[one.turn.value]} {one_line(head)} {one_line(what)}{say(language, 'semicolon')}{why}")


def _row(one: Attributed) -> dict[str, Any]:
    from scanner.results.texts import encoded

    found = one.finding
    first = found.evidence[0] if found and len(found.evidence) else None
    return {
        "turn": one.turn.value,
        "cause": one.origin.value,
        "why": encoded({"en": one.why}),
        "rule": one.rule.rule,
        "severity": (found.severity if found else one.rule.severity).value,
        "finding": found.id if found else "",
        "status": found.status.value if found else "",
        "subject": encoded(found.subject) if found else {},
        "message": encoded(found.message) if found else {},
        "source": first.source if first else "",
        "line": first.line_start if first else 0,
        "before": one.verdict.before if one.verdict else "",
        "after": one.verdict.after if one.verdict else "",
    }


COMMAND = Command.of(command)
