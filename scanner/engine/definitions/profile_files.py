"""Profile files to profiles, together with those that they extend. Every mistake is told with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from scanner.engine.definitions.files import PROFILES, DefinitionFile, content_of, stem_of
from scanner.engine.definitions.frameworks import Framework
from scanner.engine.definitions.profiles import Profile, Selector, united
from scanner.engine.definitions.rules import Rule
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.parameters import Value, read_settings, read_value, shown
from scanner.engine.language.suggestions import expected
from scanner.errors import DefinitionError, Problem
from scanner.results.model import Severity
from scanner.wording import said
from scanner.yaml_positions import load

_KEYS = (
    *("id", "title", "description", "extends", "frameworks", "select", "exclude"),
    *("severity", "parameters", "minimum_duration"),
)
_NAME = re.compile(r"[\w.-]{1,50}")  # in UTF-8 no longer than a file may be called
_MOST_IN_A_CHAIN = 20


def profile_names() -> tuple[str, ...]:
    """The packaged profiles."""
    folder = files("scanner.rules") / PROFILES
    return tuple(sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")))


def load_profile(
    name: str, rules: Collection[Rule], frameworks: Collection[Framework], own: Iterable[DefinitionFile] = ()
) -> Profile:
    """A profile by name, packaged or the user's, or a file by its path. DefinitionError when it is unknown or wrong.

    own: the profiles of the user. A file named by its path may extend those that lie beside it, too.
    """
    return _Profiles(rules, frameworks, own).named(name)


def read_own_profiles(
    own: Collection[DefinitionFile], rules: Collection[Rule], frameworks: Collection[Framework]
) -> tuple[Profile, ...]:
    """The profiles of the user. DefinitionError with every mistake, and when one is called like another."""
    known = _Profiles(rules, frameworks, own)
    found: list[Profile] = []
    problems: list[Problem] = []
    sources = {name: f"rules/{PROFILES}/{name}.yaml" for name in profile_names()}
    for file in own:
        name = stem_of(file.source)
        if name in sources:
            what = said("profile '{profile}' is also defined in {source}", profile=name, source=sources[name])
            problems.append(Problem(file.source, what, remedy=said("give it another id")))
            continue
        sources[name] = file.source
        try:
            found.append(known.read(file))
        except DefinitionError as error:
            problems += error.problems
    if problems:
        raise DefinitionError(*dict.fromkeys(problems))
    return tuple(found)


def read_profile(
    content: bytes | str, source: str, rules: Collection[Rule], frameworks: Collection[Framework]
) -> Profile:
    """One profile from its YAML text; DefinitionError with every mistake in it."""
    given = content.encode() if isinstance(content, str) else content
    return _Profiles(rules, frameworks, ()).read(DefinitionFile(source, PROFILES, given))


class _Profiles:
    """Every profile there is, read when it is asked for."""

    def __init__(
        self, rules: Collection[Rule], frameworks: Collection[Framework], own: Iterable[DefinitionFile]
    ) -> None:
        self.rules = {rule.id: rule for rule in rules}
        self.frameworks = {framework.id: framework for framework in frameworks}
        self._own = {stem_of(file.source): file for file in own}
        self._read: dict[str, Profile | DefinitionError] = {}  # by file
        self._beside: Path | None = None  # the folder of a profile that was named by its path

    def named(self, name: str) -> Profile:
        """By name or path."""
        if file := self._file(name):
            return self.read(file)
        path = Path(name)
        if path.suffix == ".yaml" and path.is_file():
            self._beside = path.parent
            return self.read(_from(path))
        remedy = expected(name, self.names)
        raise DefinitionError(Problem("--profile", said("unknown profile '{name}'", name=name), remedy=remedy))

    @property
    def names(self) -> list[str]:
        """Those that have one."""
        return [*profile_names(), *self._own]

    def _file(self, name: str) -> DefinitionFile | None:
        if name in self._own:
            return self._own[name]
        if name in profile_names():
            packaged = files("scanner.rules") / PROFILES / f"{name}.yaml"
            return DefinitionFile(f"rules/{PROFILES}/{name}.yaml", PROFILES, packaged.read_bytes())
        beside = self._beside / f"{name}.yaml" if self._beside is not None and _NAME.fullmatch(name) else None
        return _from(beside) if beside is not None and beside.is_file() else None

    def read(self, file: DefinitionFile, above: tuple[str, ...] = ()) -> Profile:
        """One with all that it extends. above: the files that extend it."""
        known = self._read.get(file.source)
        if isinstance(known, DefinitionError):
            raise known
        if known:
            return known
        notes = Collector(load(file.content, file.source))
        notes.mapping((), _KEYS, ("id", "title", "description"))
        stem = stem_of(file.source)
        if notes.has(("id",)) and notes.text(("id",)) != stem:
            notes.note(("id",), said("the id is not the file name '{stem}'", stem=stem), said("rename one of them"))
        extended = self._extended(notes, (*above, file.source))
        base = united(extended)
        profile = replace(
            base,
            id=stem,
            title=notes.localised(("title",)),
            description=notes.localised(("description",)),
            frameworks=notes.words(("frameworks",), sorted(self.frameworks)) or (base.frameworks if extended else ()),
            select=self._selector(notes, "select"),
            exclude=self._selector(notes, "exclude"),
            severity=base.severity | self._severities(notes),
            values=self._values(notes, base.values),
            minimum_duration=_duration(notes, base.minimum_duration),
            origin=file.origin,
            source=file.source,
            place=f"{file.origin}/{file.name}" if file.origin else file.source,
            digest=file.digest,
        )
        if notes.problems:
            self._read[file.source] = wrong = DefinitionError(*dict.fromkeys(notes.problems))
            raise wrong
        self._read[file.source] = profile
        return profile

    def _extended(self, notes: Collector, above: tuple[str, ...]) -> list[Profile]:
        if not notes.has(("extends",)):
            return []
        found = {}
        if notes.value(("extends",)) == []:
            notes.note(
                ("extends",), said("{key}: {what}", key="extends", what=said("is empty")), said("name a profile")
            )
        for index, name in enumerate(notes.words(("extends",))):
            path = notes.item(("extends",), index)
            file = self._file(name)
            if file is None:
                known = [other for other in self.names if other != stem_of(above[-1])]
                notes.note(path, said("unknown profile '{name}'", name=name), expected(name, known))
            elif file.source in above:
                circle = " → ".join([*map(stem_of, above[above.index(file.source) :]), name])
                what = said("profiles extend each other in a circle: {circle}", circle=circle)
                notes.note(path, what, said("let one of them extend nothing of it"))
            elif len(above) >= _MOST_IN_A_CHAIN:
                what = said("more than {most} profiles extend one another", most=_MOST_IN_A_CHAIN)
                notes.note(path, what, said("put what they set into one"))
            else:
                try:
                    found[name] = self.read(file, above)
                except DefinitionError as error:
                    notes.problems += error.problems
        return list(found.values())

    def _severities(self, notes: Collector) -> dict[str, Severity]:
        given = notes.mapping(("severity",)) if notes.has(("severity",)) else {}
        return {
            rule: Severity(notes.word(("severity", rule), tuple(Severity), Severity.MEDIUM))
            for rule in given
            if self._is_rule(notes, ("severity", rule))
        }

    def _is_rule(self, notes: Collector, path: tuple[str, str]) -> bool:
        if path[1] in self.rules:
            return True
        notes.note(path, said("unknown rule '{rule}'", rule=path[1]), expected(path[1], sorted(self.rules)), key=True)
        return False

    def _values(self, notes: Collector, base: Mapping[str, Mapping[str, Value]]) -> dict[str, dict[str, Value]]:
        """Values by rule and parameter: those of a rule before those of every rule that has a parameter so called."""
        values = {rule: dict(own) for rule, own in base.items()}
        if not notes.has(("parameters",)):
            return values
        given = notes.mapping(("parameters",))
        for name in (name for name, value in given.items() if not isinstance(value, dict)):
            for rule, value in self._everywhere(notes, name).items():
                values.setdefault(rule, {})[name] = value
        for rule in (rule for rule, value in given.items() if isinstance(value, dict)):
            if self._is_rule(notes, ("parameters", rule)):
                known = {parameter.name: parameter for parameter in self.rules[rule].parameters}
                own = read_settings(notes, ("parameters", rule), known)
                for name, value in own.items():
                    self._note_misfit(notes, ("parameters", rule, name), rule, value)
                values.setdefault(rule, {}).update(own)
        return values

    def _everywhere(self, notes: Collector, name: str) -> dict[str, Value]:
        """The value of the parameter in every rule that has one of that name."""
        path = ("parameters", name)
        having = {rule.id: p for rule in self.rules.values() for p in rule.parameters if p.name == name}
        if not having:
            known = sorted({p.name for rule in self.rules.values() for p in rule.parameters} | {*self.rules})
            notes.note(path, said("there is no parameter '{name}'", name=name), expected(name, known), key=True)
        found = {}
        for rule, parameter in having.items():
            value = read_value(notes, path, parameter)
            if value is None:  # once is enough
                break
            self._note_misfit(notes, path, rule, value)
            found[rule] = value
        return found

    def _note_misfit(self, notes: Collector, path: tuple[str, ...], rule: str, value: Value) -> None:
        """Notes when the rule cannot be judged with it: its type may fit, and yet it is no word of a column."""
        try:
            self.rules[rule].tuned({path[-1]: value})
        except DefinitionError as error:
            what = said(
                "{value} does not fit rule '{rule}': {what}",
                value=shown(value),
                rule=rule,
                what=error.problems[0].what,
            )
            notes.note(path, what, error.problems[0].remedy)

    def _selector(self, notes: Collector, key: str) -> Selector:
        if not notes.has((key,)):
            return Selector()
        notes.mapping((key,), ("families", "ids", "controls", "severity"))
        controls = {}
        for name in notes.mapping((key, "controls")) if notes.has((key, "controls")) else {}:
            path = (key, "controls", name)
            if name not in self.frameworks:
                what = said("unknown framework '{name}'", name=name)
                notes.note(path, what, expected(name, self.frameworks), key=True)
            elif notes.value(path) == "all":
                controls[name] = ""
            else:
                controls[name] = notes.word(path, (*self.frameworks[name].levels, "all"))
        return Selector(
            families=notes.words((key, "families"), sorted({rule.family for rule in self.rules.values()})),
            ids=notes.words((key, "ids"), sorted(self.rules)),
            controls=controls,
            severity=Severity(word) if (word := notes.word((key, "severity"), tuple(Severity))) else None,
        )


def _duration(notes: Collector, base: float) -> float:
    given = notes.number(("minimum_duration",), 0, float("inf"))
    return base if given is None else given


def _from(path: Path) -> DefinitionFile:
    return DefinitionFile(str(path), PROFILES, content_of(path))
