"""Violations of a plant in which everything is as it should be, and in the forms that their author did not choose.

``python -m tests.adequacy`` writes ``docs/adequacy.md`` from this.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
from scanner.scan import Scan, read_inputs
from tests.adequacy.recorders import Recorder
from tests.adequacy.scene import CAPTURES, Part, recorded
from tests.adequacy.written import Played, in_user_plane, written
from tests.conformance.changes import TODAY, judging
from tests.twins import ANY_LAYER, EVASIVE, IP_ONLY, Form, Record, is_ip

HERE = Path(__file__).parent
PLANT = HERE / "plant"
Edits = Mapping[str, str]
FILES = {"policy": "policy.yaml", "inventory": "inventory.csv", "switch": "switch.cfg"}
ASKED_FOR = {"router": "router.cfg"}  # files of the plant that are given where an entry edits them, if only by {}
AS_IT_IS = "as it is"
FORMS: Mapping[str, Form] = {AS_IT_IS: list, **ANY_LAYER, **IP_ONLY, **EVASIVE}
GIVEN: Mapping[str, Callable[[Scan, Path], None]] = {"countries": Scan.locate, "trust": Scan.trust}
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
    given: Mapping[str, bytes] = field(default_factory=dict)  # files that the options of these names give
    recorders: Sequence[Recorder] = (Recorder(),)
    beside: Sequence[str] = ()  # of an innocent change: rules that object to it for a good reason

    @property
    def alone(self) -> bool:
        """Traffic and edits of what the plant always has are all of it."""
        return not (self.files or self.given or self.edits.keys() - {*FILES.values()}) and self.recorders == (
            Recorder(),
        )

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
            {name: one[key] for key, name in (FILES | ASKED_FOR).items() if key in one},
            {
                **{name: _content(told) for name, told in one.get("files", {}).items()},
                **{f"{taken.replace('/', '-')}.pcap": _fixture(taken) for taken in one.get("captures", ())},
            },
            {option: _content(told) for option, told in one.get("given", {}).items()},
            tuple(Recorder(**recorder) for recorder in one.get("recorders", ({},))),
            tuple(one.get("beside", ())),
        )
        for one in given
    )


def _content(told: Any) -> bytes:
    """Text as it is, or a document in JSON."""
    return (told if isinstance(told, str) else json.dumps(told, default=str)).encode()


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
    violation = violation or Violation("as it is", ())
    added = recorded(violation.add)
    added = form(added) if form else added
    files = {recorder.file: recorder.written(traffic(), added) for recorder in violation.recorders}
    names = {*FILES.values(), *violation.edits}
    texts = {name: edited(PLANT / name, violation.edits.get(name, {})).encode() for name in names}
    found, problems = verdicts({**files, **texts, **violation.files}, only, violation.given)
    if problems and not any(recorder.cut for recorder in violation.recorders):
        raise AssertionError(f"{violation.name}: {problems}")
    return found


def verdicts(
    files: Mapping[str, bytes], only: Collection[str] | None = None, given: Mapping[str, bytes] | None = None
) -> tuple[Mapping[str, Told], Sequence[Problem]]:
    """What each rule, or ``only`` those named, says of the files of a folder, and what is wrong with these.

    given: files that options give (``GIVEN``).
    """
    with TemporaryDirectory() as folder, TemporaryDirectory() as apart:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        scan = read_inputs(list(find_inputs([folder], [])), jobs=1)
        for option, content in (given or {}).items():
            (Path(apart) / option).write_bytes(content)
            GIVEN[option](scan, Path(apart) / option)
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
