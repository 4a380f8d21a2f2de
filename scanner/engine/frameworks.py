"""Frameworks: what a standard asks for, by requirement id, in our own words. Rules give evidence about requirements.

A requirement is never met by a rule. Its verdict is the worst of its rules, and ``manual`` says what no passive scan
can judge.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from scanner.engine.notes import Notes
from scanner.errors import DefinitionError, Problem
from scanner.results.model import FrameworkResult, RequirementResult, RuleResult, Text, Verdict
from scanner.yaml_positions import Path, load

CONFIDENCE = ("V", "V2", "S", "D", "M")
CHECKED = ("V", "V2")
EVIDENCE = ("P", "I", "C", "Z", "M")
_KEYS = ("title", "level", "evidence", "confidence", "manual", "note")
_WORST = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.NO_EVIDENCE,
    Verdict.WAIVED,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
)


@dataclass(frozen=True)
class Requirement:
    """One requirement.

    level: the lowest level at which it applies, one of the framework's ``levels``; empty when it has none.
    evidence: P capture, I inventory, C configuration, Z policy, M manual.
    confidence: how well the id was checked: V in one source with the text, V2 in two, S in a secondary source,
        D sources disagree (``note`` says how), M from memory.
    """

    id: str
    title: Text
    level: str = ""
    evidence: tuple[str, ...] = ()
    confidence: str = "M"
    manual: Text = field(default_factory=dict)
    note: Text = field(default_factory=dict)

    @property
    def checked(self) -> bool:
        """The id and title were read in a source that carries them."""
        return self.confidence in CHECKED


@dataclass(frozen=True)
class Framework:
    """One standard in one edition. ``overlay_of`` names a framework whose mappings count here too, id by id."""

    id: str
    title: Text
    edition: str
    source: Text
    levels: tuple[str, ...]
    overlay_of: str
    requirements: dict[str, Requirement]

    def rank(self, level: str) -> int:
        """Position of a level, lowest first; -1 for requirements that have none, which apply always."""
        return self.levels.index(level) if level in self.levels else -1


@functools.cache
def load_frameworks() -> tuple[Framework, ...]:
    """The packaged frameworks, by id. DefinitionError with every mistake in the files."""
    found: list[Framework] = []
    problems: list[Problem] = []
    folder = files("scanner.rules") / "frameworks"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            try:
                found.append(read_framework(file.read_bytes(), f"rules/frameworks/{file.name}"))
            except DefinitionError as error:
                problems += error.problems
    ids = {f.id for f in found}
    problems += [
        Problem(f"rules/frameworks/{f.id}.yaml", f"overlay of unknown framework '{f.overlay_of}'")
        for f in found
        if f.overlay_of and f.overlay_of not in ids
    ]
    if problems:
        raise DefinitionError(*problems)
    return tuple(found)


def read_framework(content: bytes | str, source: str) -> Framework:
    """One framework from its YAML text; DefinitionError with every mistake in it."""
    notes = Notes(load(content, source))
    keys = ("id", "title", "edition", "source", "requirements")
    data = notes.mapping((), (*keys, "levels", "overlay_of", "manual"), keys)
    stem = source.rpartition("/")[2].removesuffix(".yaml")
    if notes.text(("id",)) != stem:
        notes.note(("id",), f"the id is not the file name '{stem}'", "rename one of them")
    levels = notes.words(("levels",))
    usual = notes.localised(("manual",))
    entries = notes.mapping(("requirements",)) if "requirements" in data else {}
    framework = Framework(
        id=stem,
        title=notes.localised(("title",)),
        edition=notes.text(("edition",)),
        source=notes.localised(("source",)),
        levels=levels,
        overlay_of=notes.text(("overlay_of",)) if "overlay_of" in data else "",
        requirements={name: _requirement(notes, name, levels, usual) for name in entries},
    )
    if notes.problems:
        raise DefinitionError(*notes.problems)
    return framework


def _requirement(notes: Notes, name: str, levels: Sequence[str], usual: Text) -> Requirement:
    path: Path = ("requirements", name)
    notes.mapping(path, _KEYS, ("title", "evidence", "confidence"))
    confidence = notes.word((*path, "confidence"), CONFIDENCE, "M")
    note = notes.localised((*path, "note"))
    if confidence == "D" and not note:
        notes.note(path, f"{name}: sources disagree but no note says how", "add a note")
    return Requirement(
        id=name,
        title=notes.localised((*path, "title")),
        level=notes.word((*path, "level"), levels) if notes.has((*path, "level")) else "",
        evidence=notes.words((*path, "evidence"), EVIDENCE),
        confidence=confidence,
        manual=notes.localised((*path, "manual")) or usual,
        note=note,
    )


def effective_mappings(rule_mappings: Mapping[str, set[str]], framework: Framework) -> set[str]:
    """The requirement ids of ``framework`` that a rule gives evidence about, with those of the framework it overlays.

    ``rule_mappings``: framework id -> requirement ids that the rule file names.
    """
    named = rule_mappings.get(framework.id, set())
    return (named | rule_mappings.get(framework.overlay_of, set())) & framework.requirements.keys()


def roll_up(framework: Framework, results: Iterable[RuleResult]) -> FrameworkResult:
    """Every requirement with the worst verdict of its rules; None where no rule of this scan gives evidence."""
    rules: dict[str, list[RuleResult]] = {name: [] for name in framework.requirements}
    for result in results:
        named: dict[str, set[str]] = {}
        for mapping in result.mappings:
            named.setdefault(mapping.framework, set()).add(mapping.requirement)
        for name in effective_mappings(named, framework):
            rules[name].append(result)
    return FrameworkResult(
        framework=framework.id,
        title=framework.title,
        edition=framework.edition,
        requirements=tuple(_result(r, rules[name]) for name, r in framework.requirements.items()),
    )


def _result(requirement: Requirement, rules: Sequence[RuleResult]) -> RequirementResult:
    verdicts = {r.verdict for r in rules}
    return RequirementResult(
        requirement=requirement.id,
        title=requirement.title,
        verdict=next((v for v in _WORST if v in verdicts), None),
        rules=tuple(sorted(r.rule for r in rules)),
        confidence=requirement.confidence,
        manual=requirement.manual,
        level=requirement.level,
        note=requirement.note,
    )
