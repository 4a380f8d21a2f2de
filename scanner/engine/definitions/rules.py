"""A rule as it is judged: read, checked and typed. ``loader`` makes these from YAML files."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any

from scanner.configs.remedies import Commands, with_commands
from scanner.engine.definitions.sees import Sees, default_sees
from scanner.engine.language.correlations import Measure, with_measures
from scanner.engine.language.gatherings import Gathering, with_gathered
from scanner.engine.language.message_template import placeholders
from scanner.engine.language.parameters import Parameter, Settings, Value
from scanner.engine.language.paths import find_column, is_path, reach, tables_of
from scanner.engine.language.selections import Selection, columns_of
from scanner.facts.schema import TABLES, Table
from scanner.results.model import Mapping, Severity, Text, Verdict
from scanner.results.ratings import Audience, Confidence

TRAFFIC = frozenset({"flows", "operations", "sessions", "malformed", "publications"})
INTERNET = "internet"  # the other side of a boundary: what is in no zone
PLACE = ("source", "line_start")  # columns of facts that stand in lines of a file
EVIDENCE_FAMILY = "evidence"  # the folder of rules about the inputs themselves


class RuleState(enum.StrEnum):
    """How far a rule is. What is in the nursery is judged and shown apart, and counts nowhere."""

    STABLE = "stable"
    NURSERY = "nursery"


@dataclass(frozen=True)
class Minimum:
    """What must have been observed before silence is believed; None: the engine's default."""

    subjects: int = 1
    duration: float | None = None  # seconds of capture
    sees: frozenset[Sees] | None = None  # of conversations


@dataclass(frozen=True)
class ReviewCondition:
    """When what a rule sees is for a person to confirm, because nobody has said whether it is allowed.

    authority: kinds of input that can say it; without one of them every subject is for review.
    when: rows for review although those inputs are there.
    title: of the rule's result while it has the verdict ``review``, which accuses nobody.
    """

    authority: tuple[str, ...]
    when: Selection | None
    severity: Severity
    title: Text


@dataclass(frozen=True)
class Boundary:
    """Between which places the traffic is that a rule judges: it must have been visible there to be absent.

    one, other: zones on either side, by their columns in the table zones; None: any zone. Which opens does not matter.
    zones: between zones; internet: between zones of ``one`` and the Internet.
    """

    one: Selection | None
    other: Selection | None
    zones: bool
    internet: bool


@dataclass(frozen=True)
class Example:
    """A small case that must give the verdict: tables of facts, or a capture that goes through the whole program.

    facts: table name -> rows, which name only the columns that matter.
    capture, policy, inventory, configuration: files below ``fixtures/``; empty when not given.
    inputs: the kinds of input that the case has; by default all that the rule can use.
    values: of the rule's parameters, where they are not the defaults.
    """

    verdict: Verdict
    place: str  # in the rule file
    facts: dict[str, list[dict[str, Any]]]
    name: str = ""
    capture: str = ""
    policy: str = ""
    inventory: str = ""
    configuration: str = ""
    inputs: tuple[str, ...] | None = None
    values: dict[str, Value] = field(default_factory=dict)

    @property
    def from_files(self) -> bool:
        """The case is made of input files, not of tables."""
        return bool(self.capture or self.policy or self.inventory or self.configuration)


_TUNED = (
    *("title", "description", "rationale", "remediation", "advice", "message"),
    *("where", "gather", "correlate", "fail", "unknown_when", "review", "boundary", "minimum", "parameters"),
)  # what values of parameters can change


@dataclass(frozen=True)
class Rule:
    """One rule. Selections are over the columns of ``table``, with what it adds to them."""

    id: str
    family: str
    source: str  # the rule file
    title: Text
    description: Text
    severity: Severity
    needs: tuple[str, ...]
    protocols: tuple[str, ...]  # dissectors it depends on; empty: those its subjects can come from
    table: str
    where: Selection | None
    gather: tuple[Gathering, ...]
    correlate: tuple[Measure, ...]
    fail: Selection
    unknown_when: Selection | None
    review: ReviewCondition | None
    group_by: tuple[str, ...]
    message: Text
    minimum: Minimum
    boundary: Boundary | None  # None: it is about the inside of zones
    empty: Verdict
    rationale: Text
    remediation: Text
    mappings: tuple[Mapping, ...]
    attack: tuple[str, ...]
    references: tuple[str, ...]
    state: RuleState = RuleState.STABLE
    confidence: Confidence = Confidence.HIGH
    audience: tuple[Audience, ...] = ()
    origin: str = ""  # the folder of the user that it comes from; empty: it is otaudit's own
    parameters: tuple[Parameter, ...] = ()
    again: Callable[..., Rule] | None = field(default=None, repr=False, compare=False)  # reads its file anew
    advice: Text = field(default_factory=dict)  # what to do, on any system
    commands: tuple[Commands, ...] = ()  # for it, on systems that are known; ``remediation`` has both
    read_examples: tuple[Example, ...] | None = None  # None: they are read when somebody asks

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """What must fail, pass and be not applicable. DefinitionError when they are wrong and nobody looked before."""
        if self.read_examples is None and self.again:
            return self.again({}, examples=True).read_examples or ()
        return self.read_examples or ()

    def tuned(self, values: Settings) -> Rule:
        """The rule with these values of its parameters. DefinitionError when one does not fit where it is used."""
        differing = {p.name for p in self.parameters if values.get(p.name, p.value) != p.value}
        if not differing or self.again is None:
            return self
        read = self.again({p.name: p.value for p in self.parameters} | dict(values), examples=False)
        return replace(self, **{name: getattr(read, name) for name in _TUNED})

    def remediation_on(self, dialects: Collection[str]) -> Text:
        """What to do, with the commands of the systems that speak one of these; of all that are known without any.

        Of a rule about outputs none without any: they do not say which system printed them.
        """
        if not self.commands:
            return self.remediation
        if not dialects:
            return self.advice if "output" in self.needs else self.remediation
        return with_commands(self.advice, tuple(c for c in self.commands if c.dialect in ("", *dialects)))

    @property
    def values(self) -> dict[str, Value]:
        """Those of its parameters, by name."""
        return {parameter.name: parameter.value for parameter in self.parameters}

    @cached_property
    def schema(self) -> Table:
        """The table of its subjects, with the columns that the rule adds."""
        table = with_measures(with_gathered(TABLES[self.table], self.gather), self.correlate)
        reached = tuple(find_column(table, path) for path in self.paths)
        return replace(table, columns=(*table.columns, *reached))

    @property
    def stands_in_lines(self) -> bool:
        """Its subjects stand in lines of files."""
        return {column.name for column in self.schema.columns}.issuperset(PLACE)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Columns of other tables that it looks at or names."""
        parts = [selection for measure in self.correlate for _, selection in measure.steps]
        parts += [measure.where for measure in self.correlate if measure.where]
        parts += [s for s in (self.where, self.fail, self.unknown_when) if s]
        parts += [self.review.when] if self.review and self.review.when else []
        added = {g.name for g in self.gather} | {m.name for m in self.correlate}
        names = [*(name for part in parts for name in columns_of(part)), *placeholders(self.message.values())]
        return tuple(dict.fromkeys(n for n in names if n not in added and is_path(self.table, n)))

    @property
    def related_tables(self) -> frozenset[str]:
        """Other tables that its verdict depends on."""
        gathered = (step.to for g in self.gather for step in g.end.steps)
        return frozenset((*gathered, *(table for path in self.paths for table in tables_of(self.table, path))))

    @property
    def leads_from(self) -> frozenset[str]:
        """Columns of its table by which it goes to others."""
        first = [g.end.steps[0] for g in self.gather]
        first += [reach(TABLES[self.table], path).steps[0] for path in self.paths]
        return frozenset(name for step in first for name in step.here)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The kinds of input that it can use."""
        return tuple(dict.fromkeys((*self.needs, *(self.review.authority if self.review else ()))))

    @property
    def sees(self) -> frozenset[Sees]:
        """What of conversations it must see before it believes in silence."""
        if self.minimum.sees is not None:
            return self.minimum.sees
        selections = (self.where, self.fail, self.unknown_when, self.review.when if self.review else None)
        columns = {name for selection in selections if selection for name in columns_of(selection)}
        own = default_sees(self.table, columns)
        others = (
            default_sees(g.end.table, {*columns_of(g.where)} if g.where else set())
            for g in self.gather
            if g.end.table in TRAFFIC
        )
        return own.union(*others)

    @property
    def about_evidence(self) -> bool:
        """It judges how far the evidence reaches, and not the plant."""
        return self.family == EVIDENCE_FAMILY

    @property
    def in_nursery(self) -> bool:
        """It is not proven, so it counts nowhere."""
        return self.state is RuleState.NURSERY

    @property
    def file_name(self) -> str:
        """The name of its file, without folders."""
        return PurePath(self.source).name
