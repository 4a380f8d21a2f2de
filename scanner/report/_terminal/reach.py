"""How far the evidence reaches, what could not be judged, and what would help."""

from __future__ import annotations

from scanner.report._doubts import several, waiting
from scanner.report._order import active, ordered, with_verdict
from scanner.report._terminal.page import Page, short
from scanner.results.model import InputRecord, Results, RuleResult, Verdict

_INPUTS = 5  # shown one by one
_NOTES = (
    "packets cut by the snap length",
    "packets not understood",
    "IP fragments not reassembled",
    "gaps in TCP streams",
    "bytes known to be missing",
    "bytes that fit no message",
    "malformed messages",
    "one-sided TCP conversations",
    "not understood",
    "limits",
    "not read",
)  # of an input, that make it tell less
_KINDS = ("capture", "inventory", "policy", "configuration")
_IDS = 3  # of the rules of one cause


def show_reach(page: Page, results: Results) -> None:
    """The inputs with what they lack, and the checks of the evidence itself."""
    page.section(page.say("brief.reach"))
    _inputs(page, results.inputs)
    given = {record.kind for record in results.inputs}
    lacking = [page.say(f"kind.{kind}") for kind in _KINDS if kind not in given]
    if lacking and "facts" not in given:
        page.field(page.say("brief.not-given"), ", ".join(lacking))
    _recognised(page, results)
    amiss = [rule for rule in ordered(results.reach) if rule.verdict in (Verdict.FAIL, Verdict.REVIEW, Verdict.ERROR)]
    for rule in amiss:
        page.item((page.pick(rule.title), "yellow"), f"  [{rule.rule}]: ", _first_finding(page, rule))
    judged = [rule for rule in results.reach if rule.verdict is not Verdict.NO_EVIDENCE]
    if judged and not amiss:
        page.field(page.say("brief.checks"), page.say("brief.reach-well", n=len(judged)))


def _first_finding(page: Page, rule: RuleResult) -> str:
    shown = active(rule)[:1]
    hidden = rule.coverage.failing_findings + rule.coverage.review_findings - len(shown)
    text = page.pick(shown[0].message) if shown else page.pick(rule.reason)
    return f"{text} ({page.say('more-here', n=hidden)})" if hidden > 0 else text


def _inputs(page: Page, inputs: tuple[InputRecord, ...]) -> None:
    shown = inputs if len(inputs) <= _INPUTS else sorted(inputs, key=_telling)[:_INPUTS]
    for record in shown:
        notes = [
            f"{_detail(page, name)}: {page.pick(record.details[name])}" for name in _NOTES if name in record.details
        ]
        page.field(
            page.say(f"kind.{record.kind}") if record.kind in (*_KINDS, "facts") else record.kind,
            f"{short_path(record.source)}: {_summary(page, record)}",
            (f"; {page.say('partial')}" if not record.complete else "", "bold yellow"),
            "".join(f"; {note}" for note in notes),
        )
    partial = sum(not record.complete for record in inputs)
    page.more(len(inputs) - len(shown), "brief.more-inputs", indent=2, partial=partial)


def _summary(page: Page, record: InputRecord) -> str:
    """What it is; of what was not examined, which files that are."""
    return page.pick(record.summary) or "; ".join(map(page.pick, record.details.values()))


def _telling(record: InputRecord) -> tuple[bool, bool, bool]:
    """What was not read completely first, then what tells less than it could, then captures."""
    return record.complete, not any(name in record.details for name in _NOTES), record.kind != "capture"


def short_path(path: str) -> str:
    """A path by its end, which tells more than its beginning."""
    return path if len(path) <= 100 else f"…{path[-99:]}"


def _detail(page: Page, name: str) -> str:
    return page.word("detail", name)


def _recognised(page: Page, results: Results) -> None:
    """The share of what carries payload that some protocol recognises."""
    if not results.protocols:
        return
    named = [row for row in results.protocols if row.protocol]
    unknown = len(results.unrecognised)
    total = sum(row.conversations for row in named) + unknown
    if not total:
        return
    payload = sum(row.bytes for row in results.protocols)
    known = sum(row.bytes for row in named)
    page.field(
        page.say("brief.recognised"),
        page.say("brief.recognised-of", n=total - unknown, total=total, share=_share(known, payload)),
    )


def _share(part: int, whole: int) -> str:
    if part == whole:
        return "100%"
    return f"{min(part / whole, 0.99):.0%}"  # a remainder is never rounded away


def show_causes(page: Page, results: Results) -> None:
    """One line for each cause, with what to provide."""
    groups = waiting(results)
    if not groups:
        return
    unjudged = with_verdict(results, Verdict.NO_EVIDENCE)
    page.section(page.say("brief.unjudged"), page.say("brief.checks-of", n=len(unjudged), total=len(results.rules)))
    for group in groups:
        page.item(group.sentence(page.language), _ids([*group.rules]))
    if several(groups):
        page.paragraph((page.say("brief.several"), "dim"), indent=4)


def _ids(rules: list[str]) -> tuple[str, str]:
    return f"  [{', '.join(map(short, rules))}]" if len(rules) <= _IDS else "", "dim"
