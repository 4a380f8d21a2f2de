"""What a profile selects and sets, and how it differs from what it extends, for results and for whoever asks."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from scanner.engine.definitions.frameworks import Framework
from scanner.engine.definitions.profiles import Profile
from scanner.engine.definitions.rules import Rule
from scanner.engine.language.parameters import shown
from scanner.results.judged_by import Change, ProfileFile, ProfileUse


def profile_use(
    profile: Profile, rules: Collection[Rule], frameworks: Collection[Framework], base: Profile | None = None
) -> ProfileUse:
    """The profile beside its base. rules: all there are, tuned or not. base: by default what it extends."""
    about_plant = [rule for rule in rules if not (rule.about_evidence or rule.in_nursery)]
    base = profile.base if base is None else base
    chosen = [rule.id for rule in profile.chosen(about_plant, frameworks)]
    before = [rule.id for rule in base.chosen(about_plant, frameworks)]
    return ProfileUse(
        chain=tuple(ProfileFile(p.id, p.title, p.place, p.digest) for p in profile.chain),
        extends=tuple(p.id for p in profile.extends),
        selected=len(chosen),
        added=tuple(name for name in chosen if name not in set(before)),
        excluded=tuple(name for name in before if name not in set(chosen)),
        changes=tuple(_changes(profile, base, rules)),
        minimum_duration=profile.minimum_duration,
        minimum_duration_before=base.minimum_duration,
        left_out={
            rule.id: profile.severity.get(rule.id, rule.severity).value
            for rule in about_plant
            if rule.id not in set(chosen)
        },
    )


def _changes(profile: Profile, base: Profile, rules: Collection[Rule]) -> Iterator[Change]:
    """Severities and values that differ, rule by rule."""
    for rule in rules:
        before = base.severity.get(rule.id, rule.severity)
        after = profile.severity.get(rule.id, rule.severity)
        if before != after:
            yield Change(rule.id, "", {}, before.value, after.value)
        own, others = profile.values.get(rule.id, {}), base.values.get(rule.id, {})
        for parameter in rule.parameters:
            was, now = (values.get(parameter.name, parameter.default) for values in (others, own))
            if was != now:
                yield Change(rule.id, parameter.name, parameter.title, shown(was), shown(now))
