"""A rule as it is judged: read, checked and typed. ``loader`` makes these from YAML files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from scanner.engine.selections import Selection
from scanner.facts.schema import TABLES, Table
from scanner.results.model import Mapping, Severity, Text, Verdict


@dataclass(frozen=True)
class Minimum:
    """What must have been observed before silence is believed; None: the engine's default."""

    subjects: int = 1
    duration: float | None = None  # seconds of capture
    one_sided_share: float | None = None  # at most, of TCP conversations


@dataclass(frozen=True)
class Example:
    """A small case that must give the verdict: tables of facts, or a capture that goes through the whole program.

    facts: table name -> rows, which name only the columns that matter.
    capture, policy, inventory, configuration: files below ``fixtures/``; empty when not given.
    inputs: the kinds of input that the case has; by default all that the rule needs.
    """

    verdict: Verdict
    place: str  # in the rule file
    name: str = ""
    facts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    capture: str = ""
    policy: str = ""
    inventory: str = ""
    configuration: str = ""
    inputs: tuple[str, ...] | None = None

    @property
    def from_files(self) -> bool:
        """The case is made of input files, not of tables."""
        return bool(self.capture or self.policy or self.inventory or self.configuration)


@dataclass(frozen=True)
class Rule:
    """One rule. Selections are over the columns of ``table``."""

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
    fail: Selection
    unknown_when: Selection | None
    group_by: tuple[str, ...]
    message: Text
    minimum: Minimum
    empty: Verdict
    rationale: Text
    remediation: Text
    mappings: tuple[Mapping, ...]
    attack: tuple[str, ...]
    references: tuple[str, ...]
    examples: tuple[Example, ...]

    @property
    def schema(self) -> Table:
        """The table of its subjects."""
        return TABLES[self.table]

    @property
    def file_name(self) -> str:
        """The name of its file, without folders."""
        return PurePath(self.source).name
