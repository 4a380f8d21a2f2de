"""Frameworks: what a standard asks for, by requirement id, in our own words. Rules give evidence about requirements.

A requirement is never met by a rule. Its verdict is the worst of its rules, and ``manual`` says what no passive scan
can judge. ``scale`` names the words in which the assessors of a standard state conclusions, and ``conclusion`` the one
of them that the rules of a requirement come to.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from scanner.engine.definitions.files import FRAMEWORKS, DefinitionFile, packaged
from scanner.engine.language.checked_yaml import Collector
from scanner.errors import DefinitionError, Problem
from scanner.results.model import FrameworkResult, Mapping, RequirementResult, RuleResult, Text, Verdict
from scanner.wording import said
from scanner.yaml_positions import Path, load

CONFIDENCE = ("V", "V2", "S", "D", "M")
CHECKED = ("V", "V2")
EVIDENCE = ("P", "I", "C", "Z", "M")
SCALES = ("gb-t-28448",)  # their words: ``scale.NAME.CONCLUSION`` in reports/words
_KEYS = ("title", "level", "evidence", "confidence", "manual", "note", "same_as")
_WORST = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.REVIEW,
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
    same_as: in an overlay, the requirement of the base framework that asks the same; by default that of the same id.
    group: title of the class of the standard that it belongs to; empty where the framework has no classes.
    """

    id: str
    title: Text
    level: str = ""
    evidence: tuple[str, ...] = ()
    confidence: str = "M"
    manual: Text = field(default_factory=dict)
    note: Text = field(default_factory=dict)
    same_as: str = ""
    group: Text = field(default_factory=dict)

    @property
    def checked(self) -> bool:
        """The id and title were read in a source that carries them."""
        return self.confidence in CHECKED


@dataclass(frozen=True)
class Framework:
    """One standard in one edition.

    overlay_of: a framework whose mappings count for the same requirements here.
    requirements: by id; class by class, in the order in which the standard has its classes.
    scale: one of ``SCALES``, or empty for the verdicts of the rules.
    file: where it is defined. origin: the folder of the user that it comes from; empty: it is otaudit's own.
    """

    id: str
    title: Text
    edition: str
    source: Text
    levels: tuple[str, ...]
    overlay_of: str
    requirements: dict[str, Requirement]
    scale: str = ""
    file: str = ""
    origin: str = ""

    def rank(self, level: str) -> int:
        """Position of a level, lowest first; -1 for requirements that have none, which apply always."""
        return self.levels.index(level) if level in self.levels else -1


def load_frameworks(own: Sequence[DefinitionFile] = ()) -> tuple[Framework, ...]:
    """The packaged frameworks, by id, and those of the user. DefinitionError with every mistake in the files."""
    return (*_packaged(), *_read(own, _packaged())) if own else _packaged()


@functools.cache
def _packaged() -> tuple[Framework, ...]:
    return _read([file for file in packaged() if file.folder == FRAMEWORKS], ())


def _read(given: Iterable[DefinitionFile], beside: Sequence[Framework]) -> tuple[Framework, ...]:
    """The given frameworks, which may build on those beside them but not be called like one."""
    found: list[Framework] = []
    sources = {framework.id: framework.file for framework in beside}
    problems: list[Problem] = []
    for file in given:
        try:
            framework = replace(read_framework(file.content, file.source), origin=file.origin)
        except DefinitionError as error:
            problems += error.problems
            continue
        if framework.id in sources:
            other = sources[framework.id]
            what = said("framework '{framework}' is also defined in {source}", framework=framework.id, source=other)
            problems.append(Problem(file.source, what, remedy=said("give it another id")))
        sources[framework.id] = file.source
        found.append(framework)
    problems += _overlay_problems(found, (*beside, *found))
    if problems:
        raise DefinitionError(*problems)
    return tuple(found)


def _overlay_problems(frameworks: Sequence[Framework], every: Sequence[Framework]) -> Iterator[Problem]:
    known = {f.id: f for f in every}
    for framework in frameworks:
        source = framework.file
        base = known.get(framework.overlay_of)
        if framework.overlay_of and not base:
            yield Problem(source, said("overlay of unknown framework '{framework}'", framework=framework.overlay_of))
        for requirement in framework.requirements.values():
            if requirement.same_as and (base is None or requirement.same_as not in base.requirements):
                yield Problem(
                    source,
                    said(
                        "{requirement}: same as unknown requirement '{other}'",
                        requirement=requirement.id,
                        other=requirement.same_as,
                    ),
                )


def read_framework(content: bytes | str, source: str) -> Framework:
    """One framework from its YAML text; DefinitionError with every mistake in it."""
    notes = Collector(load(content, source))
    keys = ("id", "title", "edition", "source", "requirements")
    data = notes.mapping((), (*keys, "levels", "overlay_of", "manual", "scale", "classes"), keys)
    stem = source.replace("\\", "/").rpartition("/")[2].removesuffix(".yaml")
    if notes.text(("id",)) != stem:
        notes.note(("id",), said("the id is not the file name '{stem}'", stem=stem), said("rename one of them"))
    levels = notes.words(("levels",))
    usual = notes.localised(("manual",))
    entries = notes.mapping(("requirements",)) if "requirements" in data else {}
    classes = _classes(notes, entries) if "classes" in data else {}
    order = list({_first(title): None for title in classes.values()})
    requirements = [
        _requirement(notes, name, levels, usual, classes.get(_class_of(name, classes), {})) for name in entries
    ]
    framework = Framework(
        id=stem,
        title=notes.localised(("title",)),
        edition=notes.text(("edition",)),
        source=notes.localised(("source",)),
        levels=levels,
        overlay_of=notes.text(("overlay_of",)) if "overlay_of" in data else "",
        requirements={
            r.id: r for r in sorted(requirements, key=lambda r: order.index(_first(r.group)) if r.group else len(order))
        },
        scale=notes.word(("scale",), SCALES),
        file=source,
    )
    if notes.problems:
        raise DefinitionError(*notes.problems)
    return framework


def _first(text: Text) -> str:
    """Its first language; the texts of a file that have none in common are not of one class."""
    return next(iter(text.values()), "")


def _classes(notes: Collector, ids: Iterable[str]) -> dict[str, Text]:
    """Titles of the classes by the start of the ids in them; several starts may have one title."""
    classes = {start: notes.localised(("classes", start)) for start in notes.mapping(("classes",))}
    used = {name: _class_of(name, classes) for name in ids}
    for start in classes.keys() - used.values():
        notes.note(
            ("classes", start), said("no requirement is in class '{start}'", start=start), said("remove it"), key=True
        )
    for name, start in used.items():
        if not start:
            notes.note(
                ("requirements", name),
                said("'{name}' is in none of the classes", name=name),
                said("add its class"),
                key=True,
            )
    return classes


def _class_of(name: str, starts: Iterable[str]) -> str:
    """The longest start of an id, where the id goes on with no further letter or digit; empty when there is none."""
    fitting = (s for s in starts if name.startswith(s) and not name[len(s) : len(s) + 1].isalnum())
    return max(fitting, key=len, default="")


def _requirement(notes: Collector, name: str, levels: Sequence[str], usual: Text, group: Text) -> Requirement:
    path: Path = ("requirements", name)
    notes.mapping(path, _KEYS, ("title", "evidence", "confidence"))
    confidence = notes.word((*path, "confidence"), CONFIDENCE, "M")
    note = notes.localised((*path, "note"))
    if confidence == "D" and not note:
        notes.note(path, said("{name}: sources disagree but no note says how", name=name), said("add a note"))
    return Requirement(
        id=name,
        title=notes.localised((*path, "title")),
        level=notes.word((*path, "level"), levels) if notes.has((*path, "level")) else "",
        evidence=notes.words((*path, "evidence"), EVIDENCE),
        confidence=confidence,
        manual=notes.localised((*path, "manual")) or usual,
        note=note,
        same_as=notes.text((*path, "same_as")) if notes.has((*path, "same_as")) else "",
        group=group,
    )


def evidenced(framework: Framework, mappings: Iterable[Mapping]) -> list[str]:
    """The requirement ids of ``framework`` that these mappings of a rule speak of, directly or by overlay."""
    named = {(m.framework, m.requirement) for m in mappings}
    return [
        r.id
        for r in framework.requirements.values()
        if (framework.id, r.id) in named or (framework.overlay_of, r.same_as or r.id) in named
    ]


def conclusion(verdicts: Iterable[Verdict]) -> str:
    """What the rules of one requirement come to in the words of an assessor, as the end of a key of ``scale.``.

    ``partial`` when some pass and others fail or wait for somebody's confirmation; else the worst of them, and
    ``manual`` without any. A check without evidence beside one that passes is not ``partial``: nothing is known
    against it.
    """
    given = set(verdicts)
    if Verdict.PASS in given and given & {Verdict.FAIL, Verdict.REVIEW}:
        return "partial"
    return next((verdict.value for verdict in _WORST if verdict in given), "manual")


def worst(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The worst of several verdicts; None of none."""
    given = set(verdicts)
    return next((v for v in _WORST if v in given), None)


def roll_up(framework: Framework, results: Iterable[RuleResult]) -> FrameworkResult:
    """Every requirement with the worst verdict of its rules; None where no rule of this scan gives evidence."""
    rules: dict[str, list[RuleResult]] = {name: [] for name in framework.requirements}
    for result in results:
        for name in evidenced(framework, result.mappings):
            rules[name].append(result)
    return FrameworkResult(
        framework=framework.id,
        title=framework.title,
        edition=framework.edition,
        requirements=tuple(_result(r, rules[name]) for name, r in framework.requirements.items()),
        scale=framework.scale,
        origin=framework.origin,
    )


def _result(requirement: Requirement, rules: Sequence[RuleResult]) -> RequirementResult:
    verdicts = {r.verdict for r in rules}
    return RequirementResult(
        requirement=requirement.id,
        title=requirement.title,
        verdict=worst(verdicts),
        rules=tuple(sorted(r.rule for r in rules)),
        confidence=requirement.confidence,
        manual=requirement.manual,
        level=requirement.level,
        note=requirement.note,
        group=requirement.group,
        conclusion=conclusion(verdicts),
    )
