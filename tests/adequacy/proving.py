"""Violations of a plant in which everything is as it should be, and in the forms that their author did not choose.

``python -m tests.adequacy`` writes ``docs/adequacy.md`` from this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from scanner.engine.definitions.waivers import read_waivers
from scanner.engine.verdict.decisions import read_decisions
from scanner.engine.verdict.judged_facts import enriched
from scanner.engine.verdict.verdicts import Terms, judge_rule
from scanner.errors import Problem
from scanner.facts.enrich import join
from scanner.facts.worlds import Worlds
from scanner.inputs import find_inputs
from scanner.results.model import Verdict
from scanner.scan import read_inputs
from tests.adequacy.scene import CAPTURES, Part, recorded
from tests.adequacy.written import Played, in_user_plane, written
from tests.capture.files import pcap
from tests.conformance.changes import TODAY, judging
from tests.twins import ANY_LAYER, EVASIVE, IP_ONLY, Form, Record, is_ip

HERE = Path(__file__).parent
PLANT = HERE / "plant"
Edits = Mapping[str, str]
FILES = {"policy": "policy.yaml", "inventory": "inventory.csv", "switch": "switch.cfg"}
AS_IT_IS = "as it is"
FORMS: Mapping[str, Form] = {AS_IT_IS: list, **ANY_LAYER, **IP_ONLY, **EVASIVE}
AT = 200.0  # seconds after the recording began, when a violation happens
SEEN = (Verdict.FAIL, Verdict.REVIEW)
SILENT = (Verdict.PASS, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True)
class Violation:
    """What is added to the plant or changed about it, and the rules that must see it."""

    name: str
    rules: Sequence[str]
    add: Sequence[Played] = ()
    edits: Mapping[str, Edits] = field(default_factory=dict)  # of each file, texts and what they are replaced by
    files: Mapping[str, bytes] = field(default_factory=dict)  # beside the plant's own
    beside: Sequence[str] = ()  # of an innocent change: rules that object to it for a good reason

    @property
    def over_ip(self) -> bool:
        """It is done by IP, so that forms of IP apply."""
        return any(is_ip(frame) for part in self.add for _, frame in part.play())


@cache
def violations() -> tuple[Violation, ...]:
    """All of ``violations.yaml``."""
    return _listed("violations.yaml")


@cache
def innocents() -> tuple[Violation, ...]:
    """All of ``innocents.yaml``: what rules must not object to; without ``rules``, none of them."""
    return _listed("innocents.yaml")


@cache
def commands() -> tuple[Violation, ...]:
    """All of ``commands.yaml``."""
    return _listed("commands.yaml")


def _listed(name: str) -> tuple[Violation, ...]:
    given = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return tuple(
        Violation(
            one["name"],
            tuple(one.get("rules", ())),
            tuple(_played(part) for part in one.get("add", ())),
            {name: one[key] for key, name in FILES.items() if key in one},
            {
                **{name: text.encode() for name, text in one.get("outputs", {}).items()},
                **{f"{taken.replace('/', '-')}.pcap": _fixture(taken) for taken in one.get("captures", ())},
            },
            tuple(one.get("beside", ())),
        )
        for one in given
    )


def _played(part: Mapping[str, Any]) -> Played:
    return in_user_plane(part, written(part, AT) or part_of(part, times=1, at=AT))


def _fixture(name: str) -> bytes:
    return (CAPTURES / f"{name}.pcap").read_bytes()


def part_of(part: Mapping[str, Any], times: int = 0, at: float = 0.0) -> Part:
    """Of an entry in YAML."""
    more = {key: part[key] for key in ("shaped", "every", "over") if key in part}
    return Part(part["recording"], part["ends"], part.get("times", times), at, **more)


@cache
def traffic() -> tuple[Record, ...]:
    """The plant's own."""
    parts = [part_of(part) for part in yaml.safe_load((PLANT / "traffic.yaml").read_text(encoding="utf-8"))]
    return tuple(recorded(parts, sorted({address for part in parts for address in part.names.values()})))


@dataclass(frozen=True)
class Told:
    """What a rule says: its verdict and why, and of how many subjects it objects to."""

    verdict: Verdict
    objections: int
    reason: str


def told(
    violation: Violation | None = None, form: Form | None = None, only: Collection[str] | None = None
) -> Mapping[str, Told]:
    """What each rule, or ``only`` those named, says of the plant with a violation, whose traffic is in another form."""
    own = list(traffic())
    added = recorded(violation.add) if violation else []
    added = form(added) if form else added
    everything = sorted([*own, *added], key=lambda record: record[:2])
    texts = {name: edited(PLANT / name, violation.edits.get(name, {}) if violation else {}) for name in FILES.values()}
    files = {"plant.pcap": pcap(everything), **{n: t.encode() for n, t in texts.items()}}
    found, problems = verdicts({**files, **(violation.files if violation else {})}, only)
    if problems:
        raise AssertionError(f"{violation and violation.name}: {problems}")
    return found


def verdicts(
    files: Mapping[str, bytes], only: Collection[str] | None = None
) -> tuple[Mapping[str, Told], Sequence[Problem]]:
    """What each rule, or ``only`` those named, says of the files of a folder, and what is wrong with these."""
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        scan = read_inputs(list(find_inputs([folder], [])), jobs=1)
    rules, profile, _ = judging()
    joined = join(scan.facts)
    case = enriched(scan.facts, joined.tables, Worlds(joined))
    waivers, decisions = read_waivers(case.tables["waivers"], rules), read_decisions(case.tables["decisions"], rules)
    terms = Terms(TODAY, waivers, decisions, profile.minimum_duration)
    results = [judge_rule(rule, case, terms) for rule in rules if only is None or rule.id in only]
    found = {r.rule: Told(r.verdict, r.coverage.failing + r.coverage.review, str(r.reason)) for r in results}
    return found, scan.problems


@cache
def usual() -> Mapping[str, Told]:
    """What each rule says of the plant as it is."""
    return told()


def edited(path: Path, edits: Edits) -> str:
    """The file's text with the edits, each of which it must hold the place of."""
    text = path.read_text(encoding="utf-8")
    for old, new in edits.items():
        if old not in text:
            raise AssertionError(f"{path.name} has no {old!r}")
        text = text.replace(old, new, 1)
    return text


@dataclass(frozen=True)
class Mutant:
    """A violation in a form, before one rule."""

    violation: str
    form: str
    rule: str
    verdict: Verdict
    more: bool  # the rule objects to more than in the plant as it is

    @property
    def caught(self) -> bool:
        """The rule says so."""
        return self.verdict in SEEN and self.more

    @property
    def missed(self) -> bool:
        """The rule says that there is nothing."""
        return self.verdict in SILENT


def mutants(violation: Violation, forms: Iterable[str]) -> list[Mutant]:
    """Of a violation in those of the forms that apply to it."""
    found = []
    added = recorded(violation.add)
    for name in forms:
        if name == AS_IT_IS or ((violation.over_ip or name in ANY_LAYER) and FORMS[name](added)):
            said = told(violation, FORMS[name], violation.rules)
            found += [_mutant(violation, name, rule, said[rule]) for rule in violation.rules]
    return found


def _mutant(violation: Violation, form: str, rule: str, said: Told) -> Mutant:
    return Mutant(violation.name, form, rule, said.verdict, said.objections > usual()[rule].objections)
