"""Frameworks: what a standard asks for, by requirement id, in our own words, and which rules give evidence about it.

A requirement is never met by a rule. Its verdict is the worst of its rules, and ``manual`` says what no passive scan
can judge. ``scale`` names the words in which the assessors of a standard state conclusions, and ``conclusion`` the one
of them that the rules of a requirement come to.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Named
from dataclasses import dataclass, replace

from scanner.engine.definitions.files import FRAMEWORKS, DefinitionFile, packaged, rule_families, stem_of
from scanner.engine.definitions.requirements import Requirement, read_requirements
from scanner.engine.language.checked_yaml import Collector
from scanner.errors import DefinitionError, Problem
from scanner.results.model import FrameworkResult, Mapping, RequirementResult, RuleResult, Text
from scanner.results.standing import conclusion, worst
from scanner.wording import said
from scanner.yaml_positions import load

SCALES = ("gb-t-28448",)  # their words: ``scale.NAME.CONCLUSION`` in reports/words


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

    @functools.cached_property
    def spoken_of(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Framework and requirement that a mapping names -> the requirements of this one that it speaks of."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for r in self.requirements.values():
            for named in {(self.id, r.id), (self.overlay_of, r.same_as or r.id)}:
                found[named] = (*found.get(named, ()), r.id)
        return found

    def rank(self, level: str) -> int:
        """Position of a level, lowest first; -1 for requirements that have none, which apply always."""
        return self.levels.index(level) if level in self.levels else -1

    def up_to(self, level: str) -> Framework:
        """The same with the requirements that apply at the level or below it; all of them without one."""
        if level not in self.levels or level == self.levels[-1]:
            return self
        highest = self.rank(level)
        kept = {name: r for name, r in self.requirements.items() if self.rank(r.level) <= highest}
        return replace(self, requirements=kept)


def load_frameworks(own: Sequence[DefinitionFile] = ()) -> tuple[Framework, ...]:
    """The packaged frameworks, by id, and those among the files of the user. DefinitionError with every mistake."""
    brought = [file for file in own if file.folder == FRAMEWORKS]
    if not brought:
        return _packaged()
    return (*_packaged(), *_read(brought, _packaged(), rule_families((*packaged(), *own))))


@functools.cache
def _packaged() -> tuple[Framework, ...]:
    every = list(packaged())
    return _read([file for file in every if file.folder == FRAMEWORKS], (), rule_families(every))


def _read(
    given: Iterable[DefinitionFile], beside: Sequence[Framework], rules: Named[str, str]
) -> tuple[Framework, ...]:
    """The given frameworks, which may build on those beside them but not be called like one."""
    found: list[Framework] = []
    sources = {framework.id: framework.file for framework in beside}
    problems: list[Problem] = []
    for file in given:
        try:
            framework = replace(read_framework(file.content, file.source, rules), origin=file.origin)
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


def read_framework(content: bytes | str, source: str, rules: Named[str, str]) -> Framework:
    """One framework from its YAML text; DefinitionError with every mistake in it.

    rules: id -> family of the rules that there are, which its requirements may name.
    """
    notes = Collector(load(content, source))
    keys = ("id", "title", "edition", "source", "requirements")
    data = notes.mapping((), (*keys, "levels", "overlay_of", "manual", "scale", "classes"), keys)
    stem = stem_of(source)
    if notes.has(("id",)) and notes.text(("id",)) != stem:
        notes.note(("id",), said("the id is not the file name '{stem}'", stem=stem), said("rename one of them"))
    levels = notes.words(("levels",))
    framework = Framework(
        id=stem,
        title=notes.localised(("title",)),
        edition=notes.text(("edition",)),
        source=notes.localised(("source",)),
        levels=levels,
        overlay_of=notes.text(("overlay_of",)) if "overlay_of" in data else "",
        requirements=read_requirements(notes, levels, notes.localised(("manual",)), rules),
        scale=notes.word(("scale",), SCALES),
        file=source,
    )
    if notes.problems:
        raise DefinitionError(*notes.problems)
    return framework


def mappings(frameworks: Iterable[Framework]) -> dict[str, list[Mapping]]:
    """Rule id -> the requirements that name it, framework by framework."""
    found: dict[str, list[Mapping]] = {}
    for framework in frameworks:
        for requirement in framework.requirements.values():
            for rule in requirement.rules:
                found.setdefault(rule, []).append(Mapping(framework.id, requirement.id))
    return found


def evidenced(framework: Framework, mappings: Iterable[Mapping]) -> list[str]:
    """The requirement ids of ``framework`` that these mappings of a rule speak of, directly or by overlay."""
    found = requirements_of(framework, mappings)
    return [name for name in framework.requirements if name in found] if found else []


def requirements_of(framework: Framework, mappings: Iterable[Mapping]) -> set[str]:
    """The same in no order; most mappings are to other frameworks."""
    names = (framework.id, framework.overlay_of)
    ours = (m for m in mappings if m.framework in names)
    return {name for m in ours for name in framework.spoken_of.get((m.framework, m.requirement), ())}


def roll_up(framework: Framework, results: Iterable[RuleResult]) -> FrameworkResult:
    """Every requirement with the worst verdict of its rules; None where no rule of this scan gives evidence."""
    rules: dict[str, list[RuleResult]] = {name: [] for name in framework.requirements}
    for result in results:
        for name in requirements_of(framework, result.mappings):
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
        judged_by=requirement.judged_by,
        question=requirement.question,
        ask_for=requirement.ask_for,
    )
