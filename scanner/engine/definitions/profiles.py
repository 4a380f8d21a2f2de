"""Profiles: which rules a scan judges, how severe they are, and which frameworks its report shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path

from scanner.bounded import read_up_to
from scanner.engine.definitions.files import PROFILES, DefinitionFile
from scanner.engine.definitions.frameworks import Framework, evidenced
from scanner.engine.definitions.rules import Rule
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.suggestions import expected
from scanner.errors import DefinitionError, Problem
from scanner.limits import limits
from scanner.results.model import Severity, Text
from scanner.wording import said
from scanner.yaml_positions import load

_KEYS = ("id", "title", "description", "frameworks", "select", "exclude", "severity", "minimum_duration")


@dataclass(frozen=True)
class Selector:
    """Rules that meet any of these. Empty: every rule.

    controls: framework id -> highest level ("" for any): the rule gives evidence about a requirement up to it.
    """

    families: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    controls: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Nothing is named."""
        return not (self.families or self.ids or self.controls)


@dataclass(frozen=True)
class Profile:
    """One way to judge.

    frameworks: ids shown in the report, in this order; empty: all.
    severity: rule id -> severity that replaces the rule's own.
    minimum_duration: seconds of capture below which no rule on captures passes; raises what a rule asks for.
    """

    id: str
    title: Text
    description: Text
    frameworks: tuple[str, ...] = ()
    select: Selector = field(default_factory=Selector)
    exclude: Selector = field(default_factory=Selector)
    severity: dict[str, Severity] = field(default_factory=dict)
    minimum_duration: float = 0.0
    origin: str = ""  # the folder of the user that it comes from

    def chosen(self, rules: Iterable[Rule], frameworks: Collection[Framework]) -> list[Rule]:
        """The rules on the plant that this profile judges, in their order; those on the evidence are always judged."""
        return [
            rule
            for rule in rules
            if (self.select.empty or _meets(self.select, rule, frameworks))
            and not (not self.exclude.empty and _meets(self.exclude, rule, frameworks))
        ]

    def shown(self, frameworks: Collection[Framework]) -> list[Framework]:
        """The frameworks of the report, in order. Those of the user are shown unless a profile of the user chooses."""
        known = {f.id: f for f in frameworks}
        if not self.frameworks:
            return list(frameworks)
        brought = [] if self.origin else [f for f in frameworks if f.origin and f.id not in self.frameworks]
        return [*(known[name] for name in self.frameworks), *brought]


def profile_names() -> tuple[str, ...]:
    """The packaged profiles."""
    folder = files("scanner.rules") / "profiles"
    return tuple(sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")))


def read_own_profiles(
    own: Iterable[DefinitionFile], rules: Collection[Rule], frameworks: Collection[Framework]
) -> tuple[Profile, ...]:
    """The profiles of the user. DefinitionError with every mistake, and when one is called like another."""
    found: dict[str, Profile] = {}
    problems: list[Problem] = []
    sources = {name: f"rules/{PROFILES}/{name}.yaml" for name in profile_names()}
    for file in own:
        try:
            profile = replace(read_profile(file.content, file.source, rules, frameworks), origin=file.origin)
        except DefinitionError as error:
            problems += error.problems
            continue
        if profile.id in sources:
            other = sources[profile.id]
            what = said("profile '{profile}' is also defined in {source}", profile=profile.id, source=other)
            problems.append(Problem(file.source, what, remedy=said("give it another id")))
        sources[profile.id] = file.source
        found[profile.id] = profile
    if problems:
        raise DefinitionError(*problems)
    return tuple(found.values())


def load_profile(
    name: str, rules: Collection[Rule], frameworks: Collection[Framework], own: Iterable[Profile] = ()
) -> Profile:
    """A profile by name, packaged or the user's, or a file by its path. DefinitionError when it is unknown or wrong."""
    brought = {profile.id: profile for profile in own}
    if name in brought:
        return brought[name]
    if name in profile_names():
        file = files("scanner.rules") / "profiles" / f"{name}.yaml"
        return read_profile(file.read_bytes(), f"rules/profiles/{name}.yaml", rules, frameworks)
    path = Path(name)
    if path.suffix == ".yaml" and path.is_file():
        return read_profile(read_up_to(path, limits().yaml_bytes), name, rules, frameworks)
    known = (*profile_names(), *brought)
    remedy = expected(name, known)
    raise DefinitionError(Problem("--profile", said("unknown profile '{name}'", name=name), remedy=remedy))


def read_profile(
    content: bytes | str, source: str, rules: Collection[Rule], frameworks: Collection[Framework]
) -> Profile:
    """One profile from its YAML text; DefinitionError with every mistake in it."""
    notes = Collector(load(content, source))
    notes.mapping((), _KEYS, ("id", "title", "description"))
    ids = sorted(r.id for r in rules)
    stem = source.replace("\\", "/").rpartition("/")[2].removesuffix(".yaml")
    if notes.text(("id",)) != stem:
        notes.note(("id",), said("the id is not the file name '{stem}'", stem=stem), said("rename one of them"))
    severities = notes.mapping(("severity",)) if notes.has(("severity",)) else {}
    for rule in severities:
        if rule not in ids:
            notes.note(("severity", rule), said("unknown rule '{rule}'", rule=rule), expected(rule, ids), key=True)
    profile = Profile(
        id=stem,
        title=notes.localised(("title",)),
        description=notes.localised(("description",)),
        frameworks=notes.words(("frameworks",), sorted(f.id for f in frameworks)),
        select=_selector(notes, "select", rules, frameworks),
        exclude=_selector(notes, "exclude", rules, frameworks),
        severity={
            rule: Severity(notes.word(("severity", rule), tuple(Severity), Severity.MEDIUM)) for rule in severities
        },
        minimum_duration=notes.number(("minimum_duration",), 0, float("inf")) or 0.0,
    )
    if notes.problems:
        raise DefinitionError(*notes.problems)
    return profile


def _selector(notes: Collector, key: str, rules: Collection[Rule], frameworks: Collection[Framework]) -> Selector:
    if not notes.has((key,)):
        return Selector()
    notes.mapping((key,), ("families", "ids", "controls"))
    known = {f.id: f for f in frameworks}
    controls = {}
    for name in notes.mapping((key, "controls")) if notes.has((key, "controls")) else {}:
        path = (key, "controls", name)
        if name not in known:
            notes.note(path, said("unknown framework '{name}'", name=name), expected(name, known), key=True)
        elif notes.value(path) == "all":
            controls[name] = ""
        else:
            controls[name] = notes.word(path, (*known[name].levels, "all"))
    return Selector(
        families=notes.words((key, "families"), sorted({r.family for r in rules})),
        ids=notes.words((key, "ids"), sorted(r.id for r in rules)),
        controls=controls,
    )


def _meets(selector: Selector, rule: Rule, frameworks: Collection[Framework]) -> bool:
    if rule.family in selector.families or rule.id in selector.ids:
        return True
    for framework in frameworks:
        if framework.id not in selector.controls:
            continue
        level = selector.controls[framework.id]
        highest = framework.rank(level) if level else len(framework.levels)
        ranks = (framework.rank(framework.requirements[name].level) for name in evidenced(framework, rule.mappings))
        if any(rank <= highest for rank in ranks):
            return True
    return False
