"""Everything that judges, as one: what comes with otaudit, and what a user brings in folders laid out like it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from scanner.configs import reader
from scanner.configs.remedies import remedies_in
from scanner.engine.definitions import compiled, files
from scanner.engine.definitions.files import DefinitionFile
from scanner.engine.definitions.frameworks import Framework, load_frameworks
from scanner.engine.definitions.loader import Remedies, load_rules, read_packaged
from scanner.engine.definitions.profile_files import load_profile, read_own_profiles
from scanner.engine.definitions.profiles import Profile
from scanner.engine.definitions.rules import Rule
from scanner.engine.definitions.words import bring_words
from scanner.errors import DefinitionError, Problem
from scanner.gc_paused import uncollected

_SAY_MORE = (files.WORDS, files.REMEDIES, files.FRAMEWORKS)  # of packaged rules


@dataclass(frozen=True)
class Definitions:
    """Rules by id, frameworks, and the files of the user."""

    rules: tuple[Rule, ...]
    frameworks: tuple[Framework, ...]
    own: tuple[DefinitionFile, ...] = ()
    own_profiles: tuple[Profile, ...] = ()
    remedies: Remedies = field(default_factory=dict)

    def profile(self, name: str) -> Profile:
        """A profile by name, or a file by its path. DefinitionError when it is unknown or wrong."""
        return load_profile(name, self.rules, self.frameworks, _in(self.own, files.PROFILES))

    @property
    def own_rules(self) -> list[Rule]:
        """The rules of the user."""
        return [rule for rule in self.rules if rule.origin]

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each file of the user, by the name of its folder and its path there."""
        return {f"{file.origin}/{file.name}": file.digest for file in self.own}


@uncollected()
def load_definitions(folders: Iterable[Path] = ()) -> Definitions:
    """What is packaged and what is in the folders. DefinitionError with every mistake, and when an id is used twice.

    When frameworks or remedies are wrong only they are told: rules would seem wrong that are not.
    """
    own = files.own(folders)
    kept = None if any(file.folder in _SAY_MORE for file in own) else _kept()
    if kept is None:
        return read_definitions(own)
    return _with(kept, own) if own else kept


def _with(kept: Definitions, own: tuple[DefinitionFile, ...]) -> Definitions:
    """With rules and profiles of the user, which change nothing of what is packaged."""
    rules = _rules(kept, own, kept.rules)
    profiles = read_own_profiles(_in(own, files.PROFILES), rules, kept.frameworks)
    return replace(kept, rules=rules, own=own, own_profiles=profiles)


def _kept() -> Definitions | None:
    """What is packaged as it was read when otaudit was built; None where reading may give something else."""
    found = None if reader.DIALECTS.foreign() else compiled.known()  # whose commands would be added to what rules say
    if not isinstance(found, Definitions):
        return None
    rules = (replace(rule, again=partial(read_packaged, rule.source)) for rule in found.rules)
    return replace(found, rules=tuple(rules))


def read_definitions(own: tuple[DefinitionFile, ...] = ()) -> Definitions:
    """The same from the files, whatever is known of them."""
    problems = bring_words(own)
    remedies = _remedies(own, problems)
    frameworks: tuple[Framework, ...] = ()
    try:
        frameworks = load_frameworks(own)
    except DefinitionError as error:
        problems += error.problems
    if problems:
        raise DefinitionError(*problems)
    brought = Definitions((), frameworks, own, (), remedies)
    rules = _rules(brought, own)
    return replace(brought, rules=rules, own_profiles=read_own_profiles(_in(own, files.PROFILES), rules, frameworks))


def _rules(
    known: Definitions, own: Iterable[DefinitionFile], packaged: Collection[Rule] | None = None
) -> tuple[Rule, ...]:
    of_families = (file for file in own if file.folder not in files.NOT_FAMILIES)
    return load_rules(frameworks=known.frameworks, own=of_families, remedies=known.remedies, packaged=packaged)


def _in(own: Iterable[DefinitionFile], folder: str) -> tuple[DefinitionFile, ...]:
    return tuple(file for file in own if file.folder == folder)


def _remedies(own: Iterable[DefinitionFile], problems: list[Problem]) -> Remedies:
    """What rules may name as remedy, with the commands that the user adds after those of the dialects."""
    known = dict(reader.remedies())
    for file in _in(own, files.REMEDIES):
        try:
            held = remedies_in(file.content, file.source)
        except DefinitionError as error:
            problems += error.problems
            continue
        for name, commands in held.items():
            known[name] = (*known.get(name, ()), commands)
    return known
