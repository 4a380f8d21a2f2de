"""Violations of a plant in which everything is as it should be, and in the forms that their author did not choose.

``python -m tests.adequacy`` writes ``docs/adequacy.md`` from this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from scanner.engine.judge import judge
from scanner.inputs import find_inputs
from scanner.results.model import Verdict
from scanner.scan import read_inputs
from tests.adequacy.scene import Part, recorded
from tests.capture.files import pcap
from tests.conformance.changes import TODAY, judging
from tests.twins import Form, Record

HERE = Path(__file__).parent
PLANT = HERE / "plant"
Verdicts = Mapping[str, Verdict]
Edits = Mapping[str, str]
AT = 200.0  # seconds after the recording began, when a violation happens
SEEN = (Verdict.FAIL, Verdict.REVIEW)
SILENT = (Verdict.PASS, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True)
class Violation:
    """What is added to the plant or changed about it, and the rules that must see it."""

    name: str
    rules: Sequence[str]
    add: Sequence[Part] = ()
    policy: Edits = field(default_factory=dict)
    inventory: Edits = field(default_factory=dict)

    @property
    def over_ip(self) -> bool:
        """It is done by IP, so that forms of IP apply."""
        return any(part.names for part in self.add)


@cache
def violations() -> tuple[Violation, ...]:
    """All of ``violations.yaml``."""
    given = yaml.safe_load((HERE / "violations.yaml").read_text(encoding="utf-8"))
    return tuple(
        Violation(
            one["name"],
            tuple(one["rules"]),
            tuple(_part(part, times=1, at=AT) for part in one.get("add", ())),
            one.get("policy", {}),
            one.get("inventory", {}),
        )
        for one in given
    )


def _part(part: Mapping[str, Any], times: int = 0, at: float = 0.0) -> Part:
    return Part(part["recording"], part["ends"], part.get("times", times), at)


@cache
def traffic() -> tuple[Record, ...]:
    """The plant's own."""
    parts = [_part(part) for part in yaml.safe_load((PLANT / "traffic.yaml").read_text(encoding="utf-8"))]
    return tuple(recorded(parts, sorted({address for part in parts for address in part.names.values()})))


def verdicts(violation: Violation | None = None, form: Form | None = None) -> Verdicts:
    """What each rule says of the plant with a violation, whose traffic is in another form."""
    own = list(traffic())
    added = recorded(violation.add) if violation else []
    everything = sorted([*own, *(form(added) if form else added)], key=lambda record: record[:2])
    with TemporaryDirectory() as folder:
        (Path(folder) / "plant.pcap").write_bytes(pcap(everything))
        for name, edits in (
            ("policy.yaml", violation.policy if violation else {}),
            ("inventory.csv", violation.inventory if violation else {}),
        ):
            (Path(folder) / name).write_text(_edited(PLANT / name, edits), encoding="utf-8")
        scan = read_inputs(list(find_inputs([folder], [])), jobs=1)
    if scan.problems:
        raise AssertionError(f"{violation and violation.name}: {scan.problems}")
    results = judge(scan.facts, *judging(), today=TODAY)
    return {rule.rule: rule.verdict for rule in (*results.rules, *results.reach)}


def _edited(path: Path, edits: Edits) -> str:
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

    @property
    def caught(self) -> bool:
        """The rule says so."""
        return self.verdict in SEEN

    @property
    def fooled(self) -> bool:
        """The rule says that there is nothing."""
        return self.verdict in SILENT


def mutants(violation: Violation, forms: Mapping[str, Form]) -> Iterator[Mutant]:
    """Of a violation as it is, and in every form."""
    plain = verdicts(violation)
    yield from (Mutant(violation.name, "as it is", rule, plain[rule]) for rule in violation.rules)
    for name, form in forms.items() if violation.add else ():
        found = verdicts(violation, form)
        yield from (Mutant(violation.name, name, rule, found[rule]) for rule in violation.rules)
