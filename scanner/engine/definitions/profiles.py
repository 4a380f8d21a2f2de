"""Profiles: which rules a scan judges, by which values, how severe they are, and which frameworks its report shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from scanner.engine.definitions.frameworks import Framework, evidenced
from scanner.engine.definitions.rules import Rule
from scanner.engine.language.parameters import Value
from scanner.results.model import Severity, Text


@dataclass(frozen=True)
class Selector:
    """Rules that meet any of these. Empty: every rule.

    controls: framework id -> highest level ("" for any): the rule gives evidence about a requirement up to it.
    severity: the rule's own is at least this.
    """

    families: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    controls: dict[str, str] = field(default_factory=dict)
    severity: Severity | None = None

    @property
    def empty(self) -> bool:
        """Nothing is named."""
        return not (self.families or self.ids or self.controls or self.severity)

    def meets(self, rule: Rule, frameworks: Collection[Framework]) -> bool:
        """The rule is named, or gives evidence about a requirement that is."""
        if rule.family in self.families or rule.id in self.ids:
            return True
        if self.severity and rule.severity.rank >= self.severity.rank:
            return True
        for framework in frameworks:
            if framework.id not in self.controls:
                continue
            level = self.controls[framework.id]
            highest = framework.rank(level) if level else len(framework.levels)
            ranks = (framework.rank(framework.requirements[name].level) for name in evidenced(framework, rule.mappings))
            if any(rank <= highest for rank in ranks):
                return True
        return False


@dataclass(frozen=True)
class Profile:
    """One way to judge, with everything that it takes from those that it extends.

    frameworks: ids shown in the report, in this order; empty: all.
    select, exclude: its own, beside what it extends.
    severity: rule id -> severity that replaces the rule's own.
    values: of parameters, where they differ from the defaults.
    minimum_duration: seconds of capture below which no rule on captures passes; raises what a rule asks for.
    extends: in the order given; where they differ the last one counts, and its own settings before all.
    source: its file, as errors name it. place: the same for results, without a path of the machine. digest: SHA-256.
    """

    id: str
    title: Text
    description: Text
    frameworks: tuple[str, ...] = ()
    select: Selector = field(default_factory=Selector)
    exclude: Selector = field(default_factory=Selector)
    severity: dict[str, Severity] = field(default_factory=dict)
    values: dict[str, dict[str, Value]] = field(default_factory=dict)
    minimum_duration: float = 0.0
    extends: tuple[Profile, ...] = ()
    origin: str = ""  # the folder of the user that it comes from
    source: str = ""
    place: str = ""
    digest: str = ""

    def chosen(self, rules: Iterable[Rule], frameworks: Collection[Framework]) -> list[Rule]:
        """The rules on the plant that this profile judges, in their order; those on the evidence are always judged."""
        given = list(rules)
        taken: dict[str, set[str]] = {}
        for profile in self.chain:
            found = {name for base in profile.extends for name in taken[base.source]}
            if not profile.select.empty:
                found |= {rule.id for rule in given if profile.select.meets(rule, frameworks)}
            elif not profile.extends:
                found = {rule.id for rule in given}
            if not profile.exclude.empty:
                found -= {rule.id for rule in given if profile.exclude.meets(rule, frameworks)}
            taken[profile.source] = found
        return [rule for rule in given if rule.id in taken[self.source]]

    def shown(self, frameworks: Collection[Framework]) -> list[Framework]:
        """The frameworks of the report, in order, each with the requirements up to the level that the profile selects.
        Those of the user are shown unless a profile of the user chooses.
        """
        frameworks = [f.up_to(self._level(f)) for f in frameworks]
        known = {f.id: f for f in frameworks}
        if not self.frameworks:
            return frameworks
        brought = [] if self.origin else [f for f in frameworks if f.origin and f.id not in self.frameworks]
        return [*(known[name] for name in self.frameworks), *brought]

    def _level(self, framework: Framework) -> str:
        """The highest level of the framework that it or what it extends selects; empty: it selects beyond levels."""
        chosen = [p.select.controls.get(framework.id, "") for p in self.chain if p.select.controls or not p.extends]
        named = [level for level in chosen if level]
        return max(named, key=framework.rank) if named and len(named) == len(chosen) else ""

    def tuned(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        """The rules, whichever it selects, with its values."""
        return tuple(rule.tuned(self.values[rule.id]) if rule.id in self.values else rule for rule in rules)

    @property
    def base(self) -> Profile:
        """What it extends, as one; without any: every rule as it is."""
        return united(self.extends)

    @property
    def chain(self) -> tuple[Profile, ...]:
        """It and everything that it extends, each once, after all that it extends itself."""
        found: dict[str, Profile] = {}
        waiting = [self]
        while waiting:
            profile = waiting[-1]
            left = [base for base in reversed(profile.extends) if base.source not in found]
            waiting += left
            if not left:
                found[waiting.pop().source] = profile
        return tuple(found.values())


def united(profiles: Collection[Profile]) -> Profile:
    """Several as one without a name of its own: all that they select, and where they differ what the last one says."""
    values: dict[str, dict[str, Value]] = {}
    for profile in profiles:
        for rule, own in profile.values.items():
            values[rule] = values.get(rule, {}) | own
    every = not all(profile.frameworks for profile in profiles)
    return Profile(
        "",
        {},
        {},
        frameworks=() if every else tuple(dict.fromkeys(name for p in profiles for name in p.frameworks)),
        severity={rule: severity for profile in profiles for rule, severity in profile.severity.items()},
        values=values,
        minimum_duration=max((profile.minimum_duration for profile in profiles), default=0.0),
        extends=tuple(profiles),
    )
