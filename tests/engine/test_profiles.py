from __future__ import annotations

from pathlib import Path

import pytest

from scanner.engine.definitions.files import DefinitionFile
from scanner.engine.definitions.profile_files import load_profile, profile_names, read_own_profiles, read_profile
from scanner.engine.definitions.profiles import Profile
from scanner.engine.definitions.rules import Rule
from scanner.errors import DefinitionError
from scanner.results.model import Severity
from tests.engine.engine_cases import FRAMEWORKS, RULE, rule

TUNABLE = RULE.replace("id: writes-are-allowed", "id: tunable").replace(
    "fail: {allowed: false}",
    "fail: {allowed: false, count|gte: $most, verb: $verb}\n"
    "parameters: {most: {type: count, default: 5, at_most: 99}, verb: {type: text, default: write}}",
)
ALSO = TUNABLE.replace("id: tunable", "id: also-tunable")
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
TUNED = [*RULES, rule(TUNABLE, "tunable"), rule(ALSO, "also-tunable")]


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
    ("text", "levels"),
    [
        ("select: {controls: {iec-62443-3-3: SL 1}}", {"SL 1"}),
        ("select: {ids: [third-level], controls: {iec-62443-3-3: SL 2}}", {"SL 1", "SL 2"}),
        ("select: {controls: {iec-62443-3-3: all}}", {"SL 1", "SL 2", "SL 3", "SL 4"}),
        ("select: {ids: [first-level]}", {"SL 1", "SL 2", "SL 3", "SL 4"}),
        ("", {"SL 1", "SL 2", "SL 3", "SL 4"}),
    ],
)
def test_a_framework_is_shown_up_to_the_level_that_is_selected(text: str, levels: set[str]) -> None:
    (shown,) = profile(f"frameworks: [iec-62443-3-3]\n{text}").shown(FRAMEWORKS.values())
    assert {r.level for r in shown.requirements.values()} == levels
    others = [f for f in profile(text).shown(FRAMEWORKS.values()) if f.id != "iec-62443-3-3"]
    assert all(f is FRAMEWORKS[f.id] for f in others)


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


def own(**texts: str) -> list[DefinitionFile]:
    """Profiles of a user by name; underscores in names stand for hyphens."""
    return [
        DefinitionFile(
            f"mine/profiles/{name}.yaml", "profiles", whole(name, text).encode(), "mine", f"profiles/{name}.yaml"
        )
        for name, text in ((name.replace("_", "-"), text) for name, text in texts.items())
    ]


def whole(name: str, text: str) -> str:
    return HEAD.replace("id: mine", f"id: {name}") + text


def loaded(name: str, **texts: str) -> Profile:
    return load_profile(name, TUNED, FRAMEWORKS.values(), own(**texts))


def wrong(**texts: str) -> list[str]:
    with pytest.raises(DefinitionError) as error:
        read_own_profiles(own(**texts), TUNED, FRAMEWORKS.values())
    return [str(p) for p in error.value.problems]


def ids(profile: Profile) -> list[str]:
    return [r.id for r in profile.chosen(TUNED, FRAMEWORKS.values())]


@pytest.mark.parametrize(
    ("base", "text", "wanted"),
    [
        ("select: {ids: [first-level]}", "", ["first-level"]),
        ("select: {ids: [first-level]}", "select: {ids: [third-level]}", ["first-level", "third-level"]),
        ("select: {ids: [first-level, tunable]}", "exclude: {ids: [tunable]}", ["first-level"]),
        ("exclude: {families: [commands]}", "select: {ids: [tunable]}", ["tunable"]),
        ("select: {controls: {iec-62443-3-3: SL 1}}", "select: {controls: {gb-t-22239-2019-l2: all}}", ["first-level", "two-and-three", "tunable", "also-tunable"]),  # noqa: E501
    ],
)  # fmt: skip
def test_a_profile_selects_what_it_extends_and_more(base: str, text: str, wanted: list[str]) -> None:
    assert ids(loaded("site", site=f"extends: plant\n{text}", plant=base)) == wanted


def test_settings_are_taken_over_and_changed() -> None:
    profile = loaded(
        "site",
        site="extends: [plant, strict]\nparameters: {tunable: {most: 1}}\nseverity: {third-level: info}",
        plant="severity: {first-level: low, third-level: low}\nparameters: {most: 10}\nminimum_duration: 60\nframeworks: [nis2]",  # noqa: E501
        strict="severity: {first-level: critical}\nparameters: {also-tunable: {most: 7}}\nminimum_duration: 30\nframeworks: [nerc-cip]",  # noqa: E501
    )  # fmt: skip
    assert profile.severity == {"first-level": Severity.CRITICAL, "third-level": Severity.INFO}
    assert profile.values == {"tunable": {"most": 1}, "also-tunable": {"most": 7}}
    assert profile.minimum_duration == 60
    assert profile.frameworks == ("nis2", "nerc-cip")
    assert [p.id for p in profile.chain] == ["plant", "strict", "site"]
    assert [p.place for p in profile.chain] == [f"mine/profiles/{name}.yaml" for name in ("plant", "strict", "site")]
    assert profile.base.severity == {"first-level": Severity.CRITICAL, "third-level": Severity.LOW}
    assert profile.base.values == {"tunable": {"most": 10}, "also-tunable": {"most": 7}}
    tuned = {r.id: r for r in profile.tuned(TUNED)}
    assert (tuned["tunable"].values["most"], tuned["also-tunable"].values["most"]) == (1, 7)
    assert tuned["first-level"] is RULES[0]


def test_a_packaged_profile_and_one_beside_a_file_can_be_extended(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(whole("site", "extends: [plant, nis2]"), encoding="utf-8")
    (tmp_path / "plant.yaml").write_text(whole("plant", "select: {ids: [tunable]}"), encoding="utf-8")
    profile = load_profile(str(tmp_path / "site.yaml"), TUNED, FRAMEWORKS.values())
    assert [p.id for p in profile.chain] == ["plant", "nis2", "site"]
    (tmp_path / "nis2.yaml").write_text(whole("nis2", "extends: nis2"), encoding="utf-8")
    profile = load_profile(str(tmp_path / "nis2.yaml"), TUNED, FRAMEWORKS.values())
    assert [p.source for p in profile.chain] == ["rules/profiles/nis2.yaml", str(tmp_path / "nis2.yaml")]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ({"site": "extends: " + "z" * 3000}, "line 4, column 10: unknown profile 'zzz"),
        ({"site": "extends: defualt"}, "line 4, column 10: unknown profile 'defualt'; did you mean 'default'?"),
        ({"site": "extends: [mlps3, plnat]", "plant": ""}, "line 4, column 18: unknown profile 'plnat'; did you mean 'plant'?"),  # noqa: E501
        ({"site": "extends: site"}, "line 4, column 10: profiles extend each other in a circle: site → site"),
        ({"a": "extends: b", "b": "extends: [c]", "c": "extends: a"}, "line 4, column 10: profiles extend each other in a circle: a → b → c → a"),  # noqa: E501
        ({"site": "extends: []"}, "line 4, column 10: extends: is empty; name a profile"),
        ({"site": "parameters: {tunabel: {most: 1}}"}, "line 4, column 14: unknown rule 'tunabel'; did you mean 'tunable'?"),  # noqa: E501
        ({"site": "parameters: {tunable: {mots: 1}}"}, "line 4, column 24: there is no parameter 'mots'; did you mean 'most'?"),  # noqa: E501
        ({"site": "parameters: {mots: 1}"}, "line 4, column 14: there is no parameter 'mots'; did you mean 'most'?"),
        ({"site": "parameters: {tunable: {most: 100}}"}, "line 4, column 30: most: 100 is out of bounds; expected at most 99"),  # noqa: E501
        ({"site": "parameters: {most: 10m}"}, "line 4, column 20: most: '10m' is not a whole number"),
        ({"site": "parameters: {tunable: {verb: wriet}}"}, "line 4, column 30: wriet does not fit rule 'tunable': 'wriet' is not a value of column 'verb'; did you mean 'write'?"),  # noqa: E501
        ({"site": "parameters: [most]"}, "parameters: is not a mapping"),
        ({"nis2": ""}, "profile 'nis2' is also defined in rules/profiles/nis2.yaml"),
    ],
)  # fmt: skip
def test_mistakes_of_what_is_extended_and_set(texts: dict[str, str], wanted: str) -> None:
    found = wrong(**texts)
    assert any(wanted in problem for problem in found), found


def test_a_mistake_in_what_is_extended_is_told_once_at_its_place() -> None:
    found = wrong(a="extends: [b, c]", b="extends: d", c="extends: d", d="slect: {}")
    assert found == ["mine/profiles/d.yaml: line 4, column 1: unknown key 'slect'; did you mean 'select'?"]


def test_many_ways_to_one_profile_are_walked_once() -> None:
    """Two to the power of the levels, if each were read for each that extends it."""
    levels = {f"l{n}": f"extends: [l{n + 1}, r{n + 1}]" for n in range(18)} | {"l18": "", "r18": ""}
    levels |= {f"r{n}": f"extends: [l{n + 1}, r{n + 1}]" for n in range(1, 18)}
    profile = loaded("l0", **levels)
    assert len(profile.chain) == len(levels)
    assert len(ids(profile)) == len(TUNED)
