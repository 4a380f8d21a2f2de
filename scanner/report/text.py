"""The summary for a terminal, and the same as a plain text file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from scanner.report._order import (
    active,
    ends_text,
    judged,
    place_text,
    problem_text,
    proofs,
    severity_counts,
    verdict_counts,
    with_verdict,
)
from scanner.report._words import cleaned, moment, number, one_line, pick, say
from scanner.results.model import Evidence, Finding, Results, RuleResult, Severity, Verdict, waived_findings

if TYPE_CHECKING:
    from rich.console import Console

NAME = "text"
EXTENSION = ".txt"
TITLE = "plain text summary, as on the terminal"

_WIDTH = 100
_MAX_FINDINGS = 5  # of a rule
_MAX_EVIDENCE = 2  # of a finding
_MAX_LINES = 30  # of rules without evidence, and of problems
_STYLES = {
    Severity.CRITICAL: "bold white on dark_red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}
_VERDICT_STYLES = {Verdict.FAIL: "red", Verdict.REVIEW: "yellow", Verdict.ERROR: "magenta", Verdict.PASS: "green"}


def render(results: Results) -> str:
    """The summary in English."""
    return render_in(results, "en")


def render_in(results: Results, language: str) -> str:
    """The summary in 100 columns, without colour; every failing rule, its first findings."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, width=_WIDTH, color_system=None, force_terminal=False, legacy_windows=False)
    show(results, console, language)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def show(results: Results, console: Console, language: str = "en") -> None:
    """Print the summary on a rich console, which knows its width and whether colour is wanted."""
    _Summary(cleaned(judged(results)), console, language).show()


class _Summary:
    def __init__(self, results: Results, console: Console, language: str) -> None:
        self.results = results
        self.console = console
        self.language = language

    def show(self) -> None:
        self._heading()
        self._with_findings(Verdict.FAIL, "failing")
        self._with_findings(Verdict.REVIEW, "verdict.review")
        self._rules_with(Verdict.ERROR)
        self._rules_with(Verdict.NO_EVIDENCE)
        self._waived()
        self._problems()
        self._ending()

    def _say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def _pick(self, text: dict[str, str]) -> str:
        return one_line(pick(text, self.language))

    def _print(self, *parts: str | tuple[str, str], indent: int = 0) -> None:
        """One paragraph, wrapped to the width with its indent kept. Parts are text, or text with its style."""
        from rich.padding import Padding
        from rich.text import Text

        text = Text.assemble(*parts)
        self.console.print(Padding(text, (0, 0, 0, indent)) if indent else text)

    def _item(self, *parts: str | tuple[str, str]) -> None:
        """One list item, its further lines hanging under its first."""
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=0)
        grid.add_row("  - ", Text.assemble(*parts))
        self.console.print(grid)

    def _section(self, title: str) -> None:
        self.console.print()
        self._print((title, "bold"))

    def _heading(self) -> None:
        results = self.results
        title = " · ".join(t for t in (one_line(results.site), one_line(results.profile)) if t)
        self._print(("otaudit", "bold"), f"  {title}" if title else "")
        self._counts()

    def _counts(self) -> None:
        results = self.results
        if not results.complete:
            self._print((self._say("incomplete"), "bold yellow"))
        self.console.print()
        for verdict, count in verdict_counts(results).items():
            if not count:
                continue
            note = ""
            if verdict is Verdict.FAIL:
                severities = severity_counts(with_verdict(results, verdict))
                note = ", ".join(f"{number(c)} {self._say(f'severity.{s.value}')}" for s, c in severities.items() if c)
            self._print(
                (f"{number(count):>6} ", _VERDICT_STYLES.get(verdict, "")),
                (self._say(f"verdict.{verdict.value}"), _VERDICT_STYLES.get(verdict, "")),
                f"  ({note})" if note else "",
            )
        if not results.rules:
            self._print(self._say("no-rules"))

    def _with_findings(self, verdict: Verdict, title: str) -> None:
        rules = with_verdict(self.results, verdict)
        if rules:
            self._section(self._say(title))
        for rule in rules:
            self._rule(rule)

    def _rule(self, rule: RuleResult) -> None:
        label = self._say(f"severity.{rule.severity.value}").upper()
        self.console.print()
        self._print((label, _STYLES[rule.severity]), " ", (self._pick(rule.title), "bold"), f"  [{rule.rule}]")
        if self._pick(rule.reason):
            self._print(self._pick(rule.reason), indent=2)
        findings = active(rule)
        for finding in findings[:_MAX_FINDINGS]:
            self._finding(finding)
        if len(findings) > _MAX_FINDINGS:
            self._print((self._say("more-findings", n=len(findings) - _MAX_FINDINGS), "dim"), indent=2)
        if self._pick(rule.remediation):
            self._print((f"{self._say('remediation')}: ", "bold"), self._pick(rule.remediation), indent=2)

    def _finding(self, finding: Finding) -> None:
        self._item(self._pick(finding.message) or self._pick(finding.subject))
        for evidence in finding.evidence[:_MAX_EVIDENCE]:
            self._print((_evidence_line(evidence, self.language), "dim"), indent=6)
        hidden = proofs(finding) - len(finding.evidence[:_MAX_EVIDENCE])
        if hidden > 0:
            self._print((self._say("more-places", n=hidden), "dim"), indent=6)

    def _rules_with(self, verdict: Verdict) -> None:
        rules = with_verdict(self.results, verdict)
        if not rules:
            return
        self._section(self._say("unjudged-error" if verdict is Verdict.ERROR else f"verdict.{verdict.value}"))
        for rule in rules[:_MAX_LINES]:
            self._item(self._pick(rule.title), f" [{rule.rule}]: ", self._pick(rule.reason))
        self._cut(len(rules))

    def _waived(self) -> None:
        findings = [(r, f) for r in self.results.rules for f in waived_findings(r)]
        if not findings:
            return
        self._section(self._say("verdict.waived"))
        for rule, finding in findings[:_MAX_LINES]:
            subject = self._pick(finding.subject) or self._pick(finding.message)
            self._item(f"[{rule.rule}] {subject}: {self._pick(finding.waiver)}")
        self._cut(len(findings))

    def _problems(self) -> None:
        problems = self.results.problems
        if not problems:
            return
        self._section(self._say("problems"))
        for p in problems[:_MAX_LINES]:
            self._item(one_line(f"{p.source}: {problem_text(p, self.language)}"))
        self._cut(len(problems))

    def _cut(self, total: int) -> None:
        if total > _MAX_LINES:
            self._print((self._say("more-lines", n=total - _MAX_LINES), "dim"), indent=2)

    def _ending(self) -> None:
        run = self.results.run
        if with_verdict(self.results, Verdict.FAIL):  # a long list has scrolled the counts away
            self._counts()
        self.console.print()
        self._print((self._say("not-compliance"), "dim"))
        self._print(
            (self._say("run", version=run.version, started=moment(run.started), seconds=f"{run.seconds:.1f}"), "dim")
        )


def _evidence_line(evidence: Evidence, language: str) -> str:
    parts = (
        place_text(evidence),
        ends_text(evidence),
        pick(evidence.message, language),
        pick(evidence.outcome, language),
    )
    text = evidence.text if not evidence.frames else ""
    return " | ".join(one_line(p) for p in (*parts, text) if p)
