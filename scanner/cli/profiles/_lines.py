"""A profile in lines, and as JSON: what it selects, sets and leaves out, beside what it extends or another one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner.engine.definitions.profiles import Profile
    from scanner.engine.definitions.rules import Rule
    from scanner.engine.definitions.together import Definitions
    from scanner.results.judged_by import ProfileUse

_INDENT = "  "


def shown(profile: Profile, definitions: Definitions, language: str) -> Iterator[str]:
    """The whole profile: its chain, frameworks, rules with severity and values, and what it leaves out."""
    from scanner.engine.language.parameters import shown as written
    from scanner.engine.profile_use import profile_use
    from scanner.report._words import one_line, picked, printable

    use = profile_use(profile, definitions.rules, definitions.frameworks)
    yield f"{profile.id}: {one_line(printable(picked(profile.title, language)))}"
    yield one_line(printable(picked(profile.description, language)))
    for extended in reversed(use.chain[:-1]):
        yield f"extends {extended.profile}: {one_line(printable(picked(extended.title, language)))}"
    yield f"frameworks: {', '.join(f.id for f in profile.shown(definitions.frameworks))}"
    if profile.minimum_duration:
        yield f"captured for at least {profile.minimum_duration:g} s"
    yield ""
    yield f"{use.selected} of {use.selected + len(use.left_out)} rules are selected:"
    for rule in selected(profile, definitions):
        severity = profile.severity.get(rule.id, rule.severity)
        yield f"{_INDENT}{severity.value:<9} {rule.id}"
        for parameter in rule.parameters:
            usual = f" (default {written(parameter.default)})" if parameter.value != parameter.default else ""
            yield f"{_INDENT * 7}{parameter.name}: {written(parameter.value)}{usual}"
    yield from _left_out(use)


def selected(profile: Profile, definitions: Definitions) -> list[Rule]:
    """The rules on the plant that it judges, with its values."""
    tuned = profile.tuned(definitions.rules)
    own = [rule for rule in tuned if not (rule.about_evidence or rule.in_nursery)]
    return profile.chosen(own, definitions.frameworks)


def _left_out(use: ProfileUse) -> Iterator[str]:
    if not use.left_out:
        return
    critical = [rule for rule, severity in use.left_out.items() if severity == "critical"]
    yield ""
    yield f"{len(use.left_out)} rules are left out, {len(critical)} of them critical:"
    for rule, severity in sorted(use.left_out.items(), key=lambda item: (item[1] != "critical", item[0])):
        yield f"{_INDENT}{severity:<9} {rule}"


def differing(use: ProfileUse) -> Iterator[str]:
    """What differs from the base, a line each: + and - for rules, ~ for severities and values."""
    yield from (f"+ {name}" for name in use.added)
    yield from (f"- {name}" for name in use.excluded)
    if use.minimum_duration != use.minimum_duration_before:
        yield f"~ minimum_duration: {use.minimum_duration_before:g} -> {use.minimum_duration:g}"
    for change in use.changes:
        yield f"~ {change.rule} {change.parameter or 'severity'}: {change.before} -> {change.after}"


def as_json(profile: Profile, use: ProfileUse, rules: Iterable[Rule]) -> dict[str, Any]:
    """Everything as data."""
    from scanner.engine.language.parameters import used

    return {
        "otaudit_profile": 1,
        "id": profile.id,
        "title": profile.title,
        "description": profile.description,
        "frameworks": list(profile.frameworks),
        **dataclasses.asdict(use),
        "rules": [
            {
                "id": rule.id,
                "severity": profile.severity.get(rule.id, rule.severity).value,
                "parameters": {value.parameter: value.value for value in used(rule.parameters)},
            }
            for rule in rules
        ],
    }
