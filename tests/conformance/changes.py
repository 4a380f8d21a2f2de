"""``python -m tests.conformance.changes FOLDER``: what changes a controller is in the results, and for somebody to see.

Of every capture below the folder, without a policy: the operations of the facts that change the state, program,
configuration or files of their target are those of the results, each is evidence of a finding of high or critical
severity, the exit status is not 0, and whatever tshark shows by the filters of ``changes.tsv`` is among them. What
tshark shows and otaudit rightly does not stands with its reason in ``changes_explained.tsv``.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from scanner.capture.read import read_capture
from scanner.engine.definitions.frameworks import load_frameworks
from scanner.engine.definitions.loader import load_rules
from scanner.engine.definitions.profile_files import load_profile
from scanner.engine.definitions.rules import Rule
from scanner.engine.judge import judge
from scanner.engine.verdict.judged_facts import JudgedFacts, enriched
from scanner.engine.verdict.verdicts import Terms, sort_out
from scanner.errors import InputError
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts
from scanner.facts.understand import understand
from scanner.inputs import find_inputs
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import STATE_CHANGING
from scanner.results.model import OperationRow, Results, Severity
from scanner.results.outcome import OnReview, failing, unfinished
from scanner.scan import read_inputs
from scanner.wording import plain
from tests.conformance import oracle
from tests.conformance.compare import ports_told
from tests.conformance.known import captures

HERE = Path(__file__).parent
TODAY = date(2026, 1, 1)
CHANGING = sorted(map(str, STATE_CHANGING))
NO_CONTROLLER = {("dns", "configure"): "computers enter their names, where the name server lets them"}
_SAID = ("verb", "protocol", "function", "code", "object", "unit", "seen_as")
_COUNTED = ("count", "accepted", "refused", "unanswered", "unobserved")


@dataclass
class Checked:
    """One capture. Operations are told in words, mistakes too."""

    capture: str
    verbs: Counter[str] = field(default_factory=Counter)  # of its distinct state-changing operations
    status: int = 0  # exit status of a scan without a policy
    lost: list[str] = field(default_factory=list)  # in the facts or the results only
    unjudged: list[str] = field(default_factory=list)  # evidence of no finding of high or critical severity
    unseen: list[str] = field(default_factory=list)  # shown by tshark only

    @property
    def mistakes(self) -> list[str]:
        """Everything that must not be."""
        silent = ["exit status 0"] if self.verbs and not self.status and not self.all_excused else []
        return [*self.lost, *self.unjudged, *self.unseen, *silent]

    all_excused: bool = False


def check(capture: Path, name: str = "") -> Checked:
    """Read and judge one capture; tshark is not asked."""
    scan = read_inputs(list(find_inputs([str(capture)], [])), jobs=1)
    return check_facts(scan.facts, name or capture.name)


def check_facts(facts: Facts, name: str) -> Checked:
    """The facts of a capture, judged without a policy."""
    checked = Checked(name)
    operations = facts["operations"].filter(pl.col("verb").is_in(CHANGING))
    checked.verbs.update(operations["verb"].to_list())
    if not operations.height:
        return checked
    results = judge(facts, *judging(), today=TODAY)
    checked.status = status(results)
    checked.lost = list(_differences(operations, results))
    checked.unjudged = list(unjudged(facts))
    checked.all_excused = all(pair in NO_CONTROLLER for pair in operations.select("protocol", "verb").iter_rows())
    return checked


@cache
def rules() -> tuple[Rule, ...]:
    """The packaged rules."""
    return tuple(load_rules(frameworks=_frameworks()))


@cache
def _frameworks() -> tuple[Any, ...]:
    return tuple(load_frameworks())


@cache
def judging() -> tuple[Any, Any, Any]:
    """Rules, profile and frameworks of a scan without options."""
    return rules(), load_profile("default", rules(), _frameworks()), _frameworks()


def status(results: Results) -> int:
    """The exit status of ``otaudit scan`` with its usual options."""
    return 1 if failing(results, Severity.HIGH, OnReview.FAIL) else 3 if unfinished(results) else 0


def _differences(operations: pl.DataFrame, results: Results) -> Iterator[str]:
    """Operations that only the facts or only the results have."""
    columns = (*_SAID, *_COUNTED, "client", "server")
    ours = Counter(
        (*(plain(str(v)) for v in row[:-1]), tuple(row[-1]))
        for row in operations.select(*columns, "refusals").iter_rows()
    )
    theirs = Counter(_told(o, columns) for o in results.operations if o.changes)
    for row, count in sorted((ours - theirs).items()):
        yield f"not in the results: {' '.join(filter(None, row[:-1]))} ({count})"
    for row, count in sorted((theirs - ours).items()):
        yield f"not in the facts: {' '.join(filter(None, row[:-1]))} ({count})"


def _told(row: OperationRow, columns: Sequence[str]) -> tuple[Any, ...]:
    values = {name: getattr(row, name) for name in columns} | {
        "client": row.client.address,
        "server": row.server.address,
    }
    return (*(str(values[name]) for name in columns), tuple(each.reason for each in row.refusals))


def unjudged(facts: Facts) -> Iterator[str]:
    """State-changing operations that are evidence of no failure or review of high or critical severity."""
    case = _numbered(facts)
    seen = {number for rule in rules() for number in _evidence(rule, case)}
    for row in case.tables["operations"].filter(pl.col("verb").is_in(CHANGING)).iter_rows(named=True):
        if row["_counted"] not in seen and (row["protocol"], row["verb"]) not in NO_CONTROLLER:
            yield f"no finding: {' '.join(row[name] for name in (*_SAID, 'client', 'server') if row[name])}"


def evidence(facts: Facts) -> dict[str, frozenset[str]]:
    """Of each verb that changes a controller, the rules whose findings of high or critical severity have it."""
    case = _numbered(facts)
    verbs = case.tables["operations"]["verb"].to_list()
    found: dict[str, set[str]] = {}
    for rule in rules():
        for number in _evidence(rule, case):
            found.setdefault(verbs[number], set()).add(rule.id)
    return {verb: frozenset(found[verb]) for verb in CHANGING if verb in found}


def _numbered(facts: Facts) -> JudgedFacts:
    case = enriched(facts, enrich(facts))
    return replace(case, tables={**case.tables, "operations": case.tables["operations"].with_row_index("_counted")})


def _evidence(rule: Rule, case: JudgedFacts) -> Iterator[int]:
    """The numbers of the operations that the rule fails, or has reviewed, with high or critical severity."""
    if rule.table != "operations" or not all(map(case.facts.has, rule.needs)):
        return
    judged = sort_out(rule, case, Terms(TODAY))
    if rule.severity.rank >= Severity.HIGH.rank:
        yield from judged.failing["_counted"]
    if rule.review and min(rule.severity.rank, rule.review.severity.rank) >= Severity.HIGH.rank:
        yield from judged.review["_counted"]


# --- what tshark shows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A tshark filter for what has one of the verbs in a protocol."""

    protocol: str
    verbs: frozenset[str]
    filter: str


@cache
def shown() -> tuple[Shown, ...]:
    """Every filter of ``changes.tsv``."""
    return tuple(Shown(r["protocol"], frozenset(r["verbs"].split()), r["filter"]) for r in _table("changes.tsv"))


@cache
def explained() -> dict[tuple[str, str], str]:
    """(file name, protocol) -> why tshark shows there what otaudit does not."""
    return {(r["capture"], r["protocol"]): r["why"] for r in _table("changes_explained.tsv")}


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def unseen(capture: Path) -> list[str]:
    """What tshark shows of the capture and the rows of no message say."""
    ours: set[tuple[str, str]] = set()
    ports: list[str] = []
    with suppress(InputError):  # what cannot be read at all says nothing
        result = read_capture(capture, capture.name, framing_plan())
        understood = understand(result, protocols())
        rows, messages = understood.operations, result.messages
        protocol = [messages.protocols[n] for n in messages.rows["protocol"][rows.message]]
        ours.update(zip(protocol, rows.column("verb").to_list(), strict=True))
        ports += ports_told(result, understood)
    found: Counter[Shown] = Counter()
    for frame in oracle.frames(capture, [s.filter for s in shown()], ports):
        found.update(s for s in shown() if s.filter in frame)
    return [
        f"tshark shows {count} frames of {s.protocol} with {s.filter}, and there is no {' or '.join(sorted(s.verbs))}"
        for s, count in found.items()
        if not any((s.protocol, verb) in ours for verb in s.verbs) and (capture.name, s.protocol) not in explained()
    ]


def table(found: Iterable[Checked]) -> Iterator[str]:
    """How many captures and distinct operations have each verb."""
    captures_with: Counter[str] = Counter()
    operations: Counter[str] = Counter()
    for one in found:
        captures_with.update(one.verbs.keys())
        operations.update(one.verbs)
    yield f"{'verb':17} {'captures':>8} {'operations':>10}"
    for verb in sorted(operations):
        yield f"{verb:17} {captures_with[verb]:8,} {operations[verb]:10,}"


def summary(found: Sequence[Checked]) -> Mapping[str, int]:
    """The numbers that ``docs/conformance.md`` has."""
    holding = [one for one in found if one.verbs]
    return {
        "captures": len(found),
        "with state-changing operations": len(holding),
        "of these with exit status 1": sum(one.status == 1 for one in holding),
        "state-changing operations": sum(one.verbs.total() for one in holding),
        "not in the results": sum(len(one.lost) for one in found),
        "evidence of no finding": sum(len(one.unjudged) for one in found),
        "shown by tshark only": sum(len(one.unseen) for one in found),
    }


def main(arguments: list[str]) -> int:
    """Every capture below the folder."""
    if len(arguments) != 1:
        sys.stderr.write((__doc__ or "") + "\n")
        return 2
    folder = Path(arguments[0])
    found: list[Checked] = []
    files = captures(folder)
    for number, capture in enumerate(files, 1):
        sys.stderr.write(f"\r{number}/{len(files)} {capture.name[:60]:60}")
        one = check(capture, str(capture.relative_to(folder)))
        one.unseen = unseen(capture)
        found.append(one)
    sys.stderr.write("\r" + " " * 72 + "\r")
    sys.stdout.writelines(f"{one.capture}: {mistake}\n" for one in found for mistake in one.mistakes)
    sys.stdout.writelines(f"{line}\n" for line in table(found))
    sys.stdout.writelines(f"{what}: {number:,}\n" for what, number in summary(found).items())
    return 1 if any(one.mistakes for one in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
