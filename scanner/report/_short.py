"""A few lines on results whose reports went to files: counts by verdict, what fails, whether all was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from scanner.report._order import severity_counts, verdict_counts, with_verdict
from scanner.report._since import lost, since
from scanner.report._words import number, one_line, picked, printable, say
from scanner.results.comparing import is_new
from scanner.results.model import Results, RuleResult, Severity, Verdict

LISTED = (Verdict.FAIL, Verdict.REVIEW)
_MOST = 10  # titles


def short(results: Results, targets: Iterable[str], language: str = "en") -> Iterator[str]:
    """The summary line by line, the most severe first; ``targets``: where the reports are."""
    yield counts(results, language)
    yield from since(results, language)
    if gone := lost(results):
        yield f"{say(language, 'baseline.lost')}{say(language, 'colon')}{', '.join(change.rule for change in gone)}"
    if results.outside:
        beside = counts(replace(results, rules=results.outside, outside=()), language)
        yield say(language, "outside-profile", counts=beside)
    if results.nursery:
        beside = counts(replace(results, rules=results.nursery, outside=()), language)
        yield say(language, "in-nursery", counts=beside)
    listed = [r for r in (*results.rules, *results.outside) if r.verdict in LISTED]
    if results.baseline.source:
        listed = [r for r in listed if any(map(is_new, r.findings))]
    yield from _titles(sorted(listed, key=lambda r: (-r.severity.rank, LISTED.index(r.verdict), r.rule)), language)
    if critical_left_out(results):
        yield leaves_out(results, language)
    if not results.complete:
        yield say(language, "incomplete")
    for target in targets:
        yield say(language, "written", path=printable(one_line(target)))


def critical_left_out(results: Results) -> list[str]:
    """Critical rules that the profile does not select."""
    return [rule for rule, severity in results.profile_use.left_out.items() if severity == Severity.CRITICAL]


def leaves_out(results: Results, language: str = "en") -> str:
    """How many rules the profile does not select, and how many of them are critical; nothing when it takes all."""
    used = results.profile_use
    if not used.left_out:
        return ""
    total = used.selected + len(used.left_out)
    values = {"n": number(len(used.left_out)), "total": number(total), "critical": len(critical_left_out(results))}
    return say(language, "profile.leaves", profile=printable(one_line(results.profile)), **values)


def counts(results: Results, language: str = "en") -> str:
    """``20 Fail (4 critical, 16 high), 12 No evidence, 79 Pass``."""
    comma = say(language, "comma")
    parts = []
    for verdict, count in verdict_counts(results).items():
        if not count:
            continue
        part = f"{number(count)} {say(language, f'verdict.{verdict.value}')}"
        if verdict in LISTED:
            severities = severity_counts(with_verdict(results, verdict)).items()
            note = comma.join(f"{number(n)} {say(language, f'severity.{s.value}')}" for s, n in severities if n)
            part += f" ({note})"
        parts.append(part)
    return comma.join(parts) or say(language, "no-rules")


def _titles(rules: Sequence[RuleResult], language: str) -> Iterator[str]:
    """One line for each of the first; how many more there are."""
    for rule in rules[:_MOST]:
        verdict, severity = (
            say(language, f"verdict.{rule.verdict.value}"),
            say(language, f"severity.{rule.severity.value}"),
        )
        yield f"  {verdict} ({severity}): {printable(picked(rule.title, language))} [{rule.rule}]"
    if len(rules) > _MOST:
        yield f"  {say(language, 'more-checks', n=len(rules) - _MOST)}"
