"""The summary for a terminal, and the same as a plain text file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from scanner.report import ReportFormat
from scanner.report._conclusions import conclusion_key, counted
from scanner.report._order import ordered, problem_text, severity_counts, verdict_counts, with_verdict
from scanner.report._short import leaves_out
from scanner.report._since import absent_line, lost, lost_line, new_findings, since
from scanner.report._terminal.findings import label, show_finding, show_rules
from scanner.report._terminal.page import Page
from scanner.report._terminal.reach import show_causes, show_reach
from scanner.report._terminal.seen import Observed, in_short, show_seen
from scanner.report._words import moment, number, one_line
from scanner.results.model import Results, Verdict, waived_findings

if TYPE_CHECKING:
    from rich.console import Console


_WIDTH = 100
_MAX_LINES = 30  # of waived findings, and of problems
_STYLES = {Verdict.FAIL: "red", Verdict.REVIEW: "yellow", Verdict.ERROR: "magenta", Verdict.PASS: "green"}


def render(results: Results) -> str:
    """The summary in English."""
    return render_in(results, "en")


def render_in(results: Results, language: str) -> str:
    """The summary in 100 columns, without colour."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, width=_WIDTH, color_system=None, force_terminal=False, legacy_windows=False)
    show(results, console, language)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def show(results: Results, console: Console, language: str = "en") -> None:
    """Print the summary on a rich console, which knows its width and whether colour is wanted."""
    page, seen = Page(console, language), Observed(results)
    captures = [given.source for given in results.inputs if given.kind == "capture"]
    only = captures[0] if len(captures) == 1 else ""
    _heading(page, results, seen)
    _since(page, results, only)
    show_rules(page, page.say("failing"), with_verdict(results, Verdict.FAIL), only)
    show_rules(page, page.say("verdict.review"), with_verdict(results, Verdict.REVIEW), only)
    show_rules(page, page.say("brief.outside"), ordered(results.outside), only, page.say("brief.outside-note"))
    show_seen(page, seen)
    show_reach(page, results)
    show_causes(page, results)
    unproven = [r for r in ordered(results.nursery) if r.verdict in (Verdict.FAIL, Verdict.REVIEW)]
    show_rules(page, page.say("group.nursery"), unproven, only, page.say("brief.nursery-note"))
    _errors(page, results)
    _profile(page, results)
    _brought(page, results)
    _frameworks(page, results)
    _problems(page, results)
    _waived(page, results)
    _ending(page, results)


def _heading(page: Page, results: Results, seen: Observed) -> None:
    title = " · ".join(t for t in (one_line(results.site), one_line(results.profile)) if t)
    page.paragraph(("otaudit", "bold"), f"  {title}" if title else "")
    if not results.complete:
        page.paragraph((page.say("incomplete"), "bold yellow"))
    page.blank()
    _counts(page, results)
    for line in since(results, page.language):
        page.paragraph(line)
    brief = in_short(page, seen)
    if brief:
        page.blank()
        page.paragraph((f"{page.say('brief.in-short')} ", "bold"), brief)


def _since(page: Page, results: Results, only: str) -> None:
    """What is new since the baseline, what is gone, and which passes were lost."""
    if not results.baseline.source:
        return
    new = list(new_findings(results))
    if new:
        page.section(page.say("baseline.new"))
    for rule, found in new[:_MAX_LINES]:
        page.paragraph(label(page, rule.severity), " ", page.pick(rule.title), f"  [{rule.rule}]")
        show_finding(page, found, only)
    page.more(len(new) - _MAX_LINES, "baseline.more")
    gone = lost(results)
    for title, lines in (
        ("baseline.lost", [lost_line(change, page.language) for change in gone]),
        ("baseline.absent", [absent_line(row, page.language) for row in results.absent]),
    ):
        if lines:
            page.section(page.say(title))
        for line in lines[:_MAX_LINES]:
            page.item(line)
        page.more(len(lines) - _MAX_LINES, "baseline.more")


def _counts(page: Page, results: Results) -> None:
    """How many rules have each verdict; of those that fail or must be confirmed also how severe they are."""
    for verdict, count in verdict_counts(results).items():
        if count:
            style = _STYLES.get(verdict, "")
            note = _severities(page, results, verdict) if verdict in (Verdict.FAIL, Verdict.REVIEW) else ""
            page.paragraph((f"{number(count):>6} ", style), (page.say(f"verdict.{verdict.value}"), style), note)
    if results.outside:
        page.paragraph(f"{number(len(results.outside)):>6} ", page.say("brief.outside"))
    if results.nursery:
        page.paragraph(f"{number(len(results.nursery)):>6} ", page.say("group.nursery"))
    if not results.rules:
        page.paragraph(page.say("no-rules"))


def _severities(page: Page, results: Results, verdict: Verdict) -> str:
    counts = severity_counts(with_verdict(results, verdict))
    texts = (f"{number(n)} {page.say(f'severity.{severity.value}')}" for severity, n in counts.items() if n)
    return f"  ({', '.join(texts)})"


def _errors(page: Page, results: Results) -> None:
    rules = with_verdict(results, Verdict.ERROR)
    if not rules:
        return
    page.section(page.say("unjudged-error"))
    for rule in rules[:_MAX_LINES]:
        page.item(page.pick(rule.title), f" [{rule.rule}]: ", page.pick(rule.reason))
    page.more(len(rules) - _MAX_LINES, "more-lines")


def _profile(page: Page, results: Results) -> None:
    """What the profile takes from others and sets otherwise, and what it leaves out."""
    used = results.profile_use
    if not used.chain or not (used.left_out or used.changes or used.extends):
        return
    page.section(page.say("profile"))
    for extended in reversed(used.chain[:-1]):
        page.item(page.say("profile.extends"), " ", page.pick(extended.title), f" [{extended.profile}]")
    for what, rules in (("profile.added", used.added), ("profile.excluded", used.excluded)):
        if used.extends and rules:
            page.item(page.say(what), page.say("colon"), ", ".join(rules[:_MAX_LINES]))
            page.more(len(rules) - _MAX_LINES, "more-lines")
    for change in used.changes[:_MAX_LINES]:
        what = page.pick(change.title) or change.parameter or page.say("profile.severity")
        text = page.say("profile.set", rule=change.rule, what=what, after=change.after, before=change.before)
        page.item(one_line(text))
    page.more(len(used.changes) - _MAX_LINES, "more-lines")
    if line := leaves_out(results, page.language):
        page.item(line)


def _brought(page: Page, results: Results) -> None:
    """The definitions that the user brought."""
    if not results.basis.own:
        return
    page.section(page.say("sign.own"))
    for name, digest in list(results.basis.own.items())[:_MAX_LINES]:
        page.item(name, f"  SHA-256 {digest[:16]}")
    page.more(len(results.basis.own) - _MAX_LINES, "more-lines")


def _frameworks(page: Page, results: Results) -> None:
    """How many requirements of each framework have which conclusion."""
    if not results.frameworks:
        return
    page.section(page.say("nav.frameworks"))
    for framework in results.frameworks:
        counts = (
            f"{number(n)} {page.say(conclusion_key(framework.scale, conclusion))}"
            for conclusion, n in counted(framework)
            if n
        )
        title = page.pick(framework.title) or framework.framework
        page.item(title, f" [{framework.framework}]", page.say("colon"), page.say("comma").join(counts))


def _problems(page: Page, results: Results) -> None:
    if not results.problems:
        return
    page.section(page.say("problems"))
    for problem in results.problems[:_MAX_LINES]:
        page.item(one_line(f"{problem.source}: {problem_text(problem, page.language)}"))
    page.more(len(results.problems) - _MAX_LINES, "more-lines")


def _waived(page: Page, results: Results) -> None:
    rules = [rule for rule in results.rules if rule.coverage.waived_findings]
    if not rules:
        return
    page.section(page.say("verdict.waived"))
    room = _MAX_LINES
    for rule in rules:
        shown = waived_findings(rule)[:room]
        room -= len(shown)
        for finding in shown:
            subject = page.pick(finding.subject) or page.pick(finding.message)
            page.item(f"[{rule.rule}] {subject}: {page.pick(finding.waiver)}")
    page.more(sum(rule.coverage.waived_findings for rule in rules) - (_MAX_LINES - room), "more-lines")


def _ending(page: Page, results: Results) -> None:
    """The counts again, since the list above has scrolled them away."""
    run = results.run
    page.blank()
    _counts(page, results)
    page.blank()
    page.paragraph((page.say("not-compliance"), "dim"))
    started = moment(run.started)
    page.paragraph((page.say("run", version=run.version, started=started, seconds=f"{run.seconds:.1f}"), "dim"))


REPORT = ReportFormat(
    "text",
    "plain text summary, as on the terminal",
    ".txt",
    render,
    render_in,
)
