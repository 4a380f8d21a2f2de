from __future__ import annotations

from pathlib import Path

import pytest
from engine_cases import FRAMEWORKS, RULE, rule

from scanner.engine.definitions.profiles import Profile, load_profile, profile_names, read_profile
from scanner.engine.definitions.rules import Rule
from scanner.errors import DefinitionError
from scanner.results.model import Severity

HEAD = "id: mine\ntitle: {en: Mine, zh: 我的}\ndescription: {en: Mine., zh: 我的。}\n"


def named(name: str, controls: str) -> Rule:
    text = RULE.replace("id: writes-are-allowed", f"id: {name}")
    return rule(text.replace("{iec-62443-3-3: [SR 2.1]}", controls), name)


RULES = [
    named("first-level", "{iec-62443-3-3: [SR 2.1]}"),
    named("third-level", "{iec-62443-3-3: [SR 2.7]}"),
    named("both-levels", "{iec-62443-3-3: [SR 2.7, SR 1.1 RE 1]}"),
    named("level-three-only", '{gb-t-22239-2019-l3: ["8.1.4.8 a)"]}'),
    named("two-and-three", '{gb-t-22239-2019-l3: ["8.1.4.9 a)"]}'),
]


def profile(text: str) -> Profile:
    return read_profile(HEAD + text, "mine.yaml", RULES, FRAMEWORKS.values())


def chosen(text: str) -> list[str]:
    return [r.id for r in profile(text).chosen(RULES, FRAMEWORKS.values())]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", [r.id for r in RULES]),
        ("select: {ids: [third-level]}", ["third-level"]),
        ("select: {families: [commands]}", [r.id for r in RULES]),
        ("select: {controls: {iec-62443-3-3: SL 1}}", ["first-level"]),
        ("select: {controls: {iec-62443-3-3: SL 2}}", ["first-level", "both-levels"]),
        ("select: {controls: {iec-62443-3-3: SL 3}}", ["first-level", "third-level", "both-levels"]),
        ("select: {controls: {iec-62443-3-3: all}}", ["first-level", "third-level", "both-levels"]),
        ("select: {controls: {gb-t-22239-2019-l2: all}}", ["two-and-three"]),
        ("select: {controls: {gb-t-22239-2019-l3: all}}", ["level-three-only", "two-and-three"]),
        ("select: {ids: [first-level], controls: {gb-t-22239-2019-l2: all}}", ["first-level", "two-and-three"]),
        ("exclude: {controls: {iec-62443-3-3: all}}", ["level-three-only", "two-and-three"]),
        ("select: {families: [commands]}\nexclude: {ids: [first-level]}", [r.id for r in RULES[1:]]),
    ],
)
def test_selection(text: str, ids: list[str]) -> None:
    assert chosen(text) == ids


def test_overrides() -> None:
    read = profile("severity: {first-level: low}\nminimum_duration: 3600\nframeworks: [nis2, iec-62443-3-3]")
    assert read.severity == {"first-level": Severity.LOW}
    assert read.minimum_duration == 3600
    assert [f.id for f in read.shown(FRAMEWORKS.values())] == ["nis2", "iec-62443-3-3"]
    assert len(profile("").shown(FRAMEWORKS.values())) == len(FRAMEWORKS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("slect: {}", "line 4, column 1: unknown key 'slect'; did you mean 'select'?"),
        (
            "select: {ids: [first-levle]}",
            "line 4, column 16: ids: unknown word 'first-levle'; did you mean 'first-level'?",
        ),
        ("select: {families: [comands]}", "did you mean 'commands'?"),
        ("select: {controls: {iec-62443-3: SL 1}}", "unknown framework 'iec-62443-3'; did you mean 'iec-62443-3-3'?"),
        ("select: {controls: {iec-62443-3-3: SL 5}}", "unknown word 'SL 5'; did you mean 'SL 4'?"),
        ("severity: {fist-level: low}", "unknown rule 'fist-level'; did you mean 'first-level'?"),
        ("severity: {first-level: lowest}", "unknown word 'lowest'"),
        ("frameworks: [nis3]", "did you mean 'nis2'?"),
        ("minimum_duration: -5", "minimum_duration: is not a number of at least 0"),
    ],
)
def test_mistakes(text: str, wanted: str) -> None:
    with pytest.raises(DefinitionError) as error:
        profile(text)
    assert any(wanted in str(p) for p in error.value.problems), error.value.problems


def test_a_profile_is_a_name_or_a_file(tmp_path: Path) -> None:
    assert {
        "default",
        "iec62443-sl1",
        "iec62443-sl4",
        "mlps2",
        "mlps3",
        "nist-800-82",
        "nerc-cip",
        "nis2",
        "miit-2024",
    } <= set(profile_names())
    file = tmp_path / "mine.yaml"
    file.write_text(HEAD + "select: {ids: [first-level]}", encoding="utf-8")
    assert load_profile(str(file), RULES, FRAMEWORKS.values()).select.ids == ("first-level",)
    with pytest.raises(DefinitionError, match="unknown profile 'defualt'; did you mean 'default'"):
        load_profile("defualt", RULES, FRAMEWORKS.values())
    with pytest.raises(DefinitionError, match="unknown profile"):
        load_profile(str(tmp_path / "none.yaml"), RULES, FRAMEWORKS.values())
