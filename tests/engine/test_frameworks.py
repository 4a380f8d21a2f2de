from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath

import pytest

from scanner.catalogues import labels
from scanner.engine.definitions.files import NOT_FAMILIES, packaged
from scanner.engine.definitions.frameworks import (
    SCALES,
    Framework,
    conclusion,
    evidenced,
    mappings,
    read_framework,
    roll_up,
)
from scanner.engine.definitions.rules import EVIDENCE_FAMILY, Rule
from scanner.errors import DefinitionError
from scanner.results.model import Coverage, Mapping, RequirementResult, RuleResult, Severity, Verdict
from scanner.results.texts import pick
from scanner.yaml_positions import load
from tests.engine.engine_cases import FRAMEWORKS, RULE, case, judged, rule
from tests.packaged import rules as packaged_rules

SMALL = """\
id: small
title: {en: Small, zh: 小}
edition: "1"
source: {en: None., zh: 无。}
levels: [low, high]
manual: {en: The usual rest., zh: 其余。}
requirements:
  A 1: {title: {en: One, zh: 一}, level: low, judged_by: [capture], confidence: V, rules: [telnet-in-use]}
  A 2:
    title: {en: Two, zh: 二}
    level: high
    judged_by: [people]
    confidence: D
    manual: {en: Ask., zh: 询问。}
    note: {en: They disagree., zh: 有分歧。}
"""


KNOWN = {"telnet-in-use": "cleartext", "telnet-enabled": "hardening", "capture-insufficient": "evidence"}


def small(text: str = SMALL) -> Framework:
    return read_framework(text, "rules/frameworks/small.yaml", KNOWN)


def result(name: str, verdict: Verdict, *mappings: Mapping) -> RuleResult:
    text = {"en": "", "zh": ""}
    return RuleResult(name, text, text, Severity.LOW, verdict, text, Coverage(), mappings=mappings)


def test_the_packaged_frameworks() -> None:
    sizes = {name: len(f.requirements) for name, f in FRAMEWORKS.items()}
    assert sizes == {
        "cis-ios-xe-17": 84,
        "cisa-cpg-2": 34,
        "cra-annex-i": 22,
        "disa-stig-ios-xe-switch": 22 + 42,
        "gb-t-22239-2019-l2": 135 + 15,
        "gb-t-22239-2019-l3": 211 + 21,
        "gb-t-28448-2019-l3": 96 + 19,  # the technical chapters
        "gb-t-44462-1": 11,
        "iec-62443-2-1": 87,
        "iec-62443-3-2": 32,
        "iec-62443-3-3": 100,  # 51 requirements and 49 enhancements
        "iec-62443-4-2": 126,
        "industrial-data-security": 18,
        "industrial-internet-2030": 24,
        "iso-27001-2022": 93,
        "miit-2024": 33,
        "nerc-cip": 175,
        "nis2": 10,
        "nist-800-53r5": 397,
        "nist-800-82r3": 189,
        "owasp-ot-top-10-2025": 10,
    }


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=lambda framework: framework.id)
def test_every_requirement_says_what_stays_manual_in_both_languages(framework: Framework) -> None:
    for requirement in framework.requirements.values():
        assert pick(requirement.manual, "en")
        assert re.search(r"[\u4e00-\u9fff]", pick(requirement.manual, "zh"))
        assert re.search(r"[\u4e00-\u9fff]", requirement.title["zh"]), requirement.id
        assert requirement.judged_by


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=lambda framework: framework.id)
def test_every_requirement_has_a_question_of_its_own_in_both_languages(framework: Framework) -> None:
    for requirement in framework.requirements.values():
        assert requirement.asked, requirement.id
        for text in (requirement.question, requirement.ask_for):
            assert text["en"]
            assert re.search(r"[\u4e00-\u9fff]", text["zh"]), requirement.id


def test_security_levels_select() -> None:
    """Each asks for more rules than the one below, and the first leaves a third of them out."""
    framework = FRAMEWORKS["iec-62443-3-3"]
    rules = mappings([framework])
    lowest = [
        min(framework.rank(framework.requirements[m.requirement].level) for m in named) for named in rules.values()
    ]
    chosen = [sum(rank <= n for rank in lowest) for n in range(4)]
    assert chosen[0] < len(rules) * 2 / 3
    assert chosen[0] < chosen[1] < chosen[2] < chosen[3]


def test_system_requirements_by_security_level() -> None:
    """37, 60, 90 and 100 in all at SL 1 to 4: the widely published counts of IEC 62443-3-3, Annex B."""
    framework = FRAMEWORKS["iec-62443-3-3"]
    plain = [r for r in framework.requirements.values() if " RE " not in r.id]
    assert len(plain) == 51
    by_level = {level: sum(r.level == level for r in framework.requirements.values()) for level in framework.levels}
    assert by_level == {"SL 1": 37, "SL 2": 23, "SL 3": 30, "SL 4": 10}


def test_enhancements_are_never_selected_below_their_requirement() -> None:
    for name in ("iec-62443-3-3", "iec-62443-4-2"):
        framework = FRAMEWORKS[name]
        for requirement in framework.requirements.values():
            base = framework.requirements.get(requirement.id.partition(" RE ")[0])
            if base:
                assert framework.rank(requirement.level) >= framework.rank(base.level), requirement.id


def test_disputed_levels_carry_their_note() -> None:
    disputed = {r.id for r in FRAMEWORKS["iec-62443-3-3"].requirements.values() if r.confidence == "D"}
    assert disputed == {"SR 1.13 RE 1", "SR 3.4", "SR 4.1 RE 2", "SR 6.2"}
    assert FRAMEWORKS["iec-62443-3-3"].requirements["SR 3.4"].level == "SL 2"
    assert "SL 1" in FRAMEWORKS["iec-62443-3-3"].requirements["SR 3.4"].note["en"]


@pytest.mark.parametrize(
    "absent",
    ["8.1.3.1 b)", "8.1.3.2 e)", "8.1.3.3 b)", "8.1.3.5 d)", "8.1.4.1 d)", "8.1.4.4 f)", "8.1.4.8 a)", "8.1.5.3 a)",
     "8.5.3.2 b)", "8.5.3.3 c)", "8.5.4.1 c)", "8.5.4.1 e)"],
)  # fmt: skip
def test_items_that_level_2_does_not_have(absent: str) -> None:
    second, third = FRAMEWORKS["gb-t-22239-2019-l2"], FRAMEWORKS["gb-t-22239-2019-l3"]
    assert absent in third.requirements
    assert absent not in {r.same_as for r in second.requirements.values()}


def test_a_mapping_counts_in_the_overlay() -> None:
    second, overlay = FRAMEWORKS["gb-t-22239-2019-l2"], FRAMEWORKS["nist-800-82r3"]
    assert evidenced(second, [Mapping("gb-t-22239-2019-l3", "8.1.4.9 a)")]) == ["7.1.4.8 a)"]
    assert evidenced(second, [Mapping("gb-t-22239-2019-l3", "8.5.2.1 a)")]) == [], "level 3 asks more"
    assert evidenced(second, [Mapping("gb-t-22239-2019-l2", "7.5.2.1 a)")]) == ["7.5.2.1 a)"]
    assert evidenced(overlay, [Mapping("nist-800-53r5", "AC-3"), Mapping("nist-800-53r5", "SC-23")]) == ["AC-3"]


def test_a_requirement_names_the_rules_that_give_evidence() -> None:
    assert mappings([small()]) == {"telnet-in-use": [Mapping("small", "A 1")]}


def test_what_people_are_asked() -> None:
    """In the words of the framework, else in general ones."""
    asked = SMALL.replace(
        "    note:", "    question: {en: Who?, zh: 谁？}\n    ask_for: {en: The list., zh: 清单。}\n    note:"
    )
    own = small(asked).requirements["A 2"]
    assert (pick(own.question, "zh"), pick(own.ask_for, "en")) == ("谁？", "The list.")
    usual = small().requirements["A 2"]
    assert (pick(usual.question, "zh"), pick(usual.ask_for, "zh")) == ("如何满足 A 2？", "能够证明的文件和记录")


def test_every_packaged_rule_on_the_plant_is_named_by_a_framework_and_names_none() -> None:
    named = mappings(FRAMEWORKS.values())
    ours = [file for file in packaged() if file.folder not in NOT_FAMILIES]
    plant = {PurePath(file.source).stem for file in ours if file.folder != EVIDENCE_FAMILY}
    assert plant - named.keys() == set()
    assert [file.source for file in ours if "controls" in load(file.content, file.source).data] == []


def test_derived_numbers_are_marked_unchecked() -> None:
    second = FRAMEWORKS["gb-t-22239-2019-l2"]
    assert not second.requirements["7.5.4.1 a)"].checked
    assert not second.requirements["7.1.9.10 a)"].checked
    assert second.requirements["7.1.2.1 a)"].checked
    assert not FRAMEWORKS["miit-2024"].requirements["13"].checked
    assert FRAMEWORKS["miit-2024"].requirements["8"].checked


def test_nerc_ids_carry_their_version() -> None:
    assert all(re.match(r"CIP-\d{3}-\d", name) for name in FRAMEWORKS["nerc-cip"].requirements)


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        ("pass not-applicable", "pass"),
        ("pass waived", "waived"),
        ("waived no-evidence pass", "no-evidence"),
        ("no-evidence error", "error"),
        ("error fail pass", "fail"),
        ("not-applicable", "not-applicable"),
        ("", None),
    ],
)
def test_a_requirement_takes_the_worst_verdict(verdicts: str, worst: str | None) -> None:
    results = [result(f"r{i}", Verdict(v), Mapping("small", "A 1")) for i, v in enumerate(verdicts.split())]
    first, second = roll_up(small(), results).requirements
    assert first.verdict == (Verdict(worst) if worst else None)
    assert first.rules == tuple(f"r{i}" for i in range(len(results)))
    assert second == RequirementResult(
        "A 2", {"en": "Two", "zh": "二"}, None, (), "D", {"en": "Ask.", "zh": "询问。"}, "high",
        {"en": "They disagree.", "zh": "有分歧。"}, conclusion="manual", judged_by=("people",),
        question=second.question, ask_for=second.ask_for,
    )  # fmt: skip
    assert first.manual == {"en": "The usual rest.", "zh": "其余。"}


CLASSES = """\
classes:
  A 2: {en: Second, zh: 乙}
  A: {en: First, zh: 甲}
"""


def test_requirements_stand_by_the_classes_of_the_standard() -> None:
    framework = small(SMALL.replace("requirements:\n", CLASSES + "requirements:\n"))
    assert [(name, r.group) for name, r in framework.requirements.items()] == [
        ("A 2", {"en": "Second", "zh": "乙"}),
        ("A 1", {"en": "First", "zh": "甲"}),
    ]
    assert {name: r.group for name, r in small().requirements.items()} == {"A 1": {}, "A 2": {}}


@pytest.mark.parametrize(
    ("requirement", "group"),
    [
        ("8.1.1.10 b)", "安全物理环境"),
        ("8.1.10.2 a)", "安全运维管理"),
        ("8.1.4.1 d)", "安全计算环境"),
        ("8.5.4.1 a)", "工业控制系统安全扩展要求：安全计算环境"),
    ],
)
def test_classes_of_gb_t_22239(requirement: str, group: str) -> None:
    third, second = FRAMEWORKS["gb-t-22239-2019-l3"], FRAMEWORKS["gb-t-22239-2019-l2"]
    assert third.requirements[requirement].group["zh"] == group
    order = [list(dict.fromkeys(r.group["zh"] for r in f.requirements.values())) for f in (second, third)]
    assert order[0] == order[1]
    assert [name for name in order[0] if "：" not in name] == [
        "安全物理环境",
        "安全通信网络",
        "安全区域边界",
        "安全计算环境",
        "安全管理中心",
        "安全管理制度",
        "安全管理机构",
        "安全管理人员",
        "安全建设管理",
        "安全运维管理",
    ]
    assert [name.partition("：")[2] for name in order[0] if "：" in name] == [
        "安全物理环境",
        "安全通信网络",
        "安全区域边界",
        "安全计算环境",
        "安全建设管理",
    ]


def test_component_requirements_of_all_kinds_stand_by_foundational_requirement() -> None:
    groups = [r.group["en"] for r in FRAMEWORKS["iec-62443-4-2"].requirements.values()]
    assert [name[:4] for name in dict.fromkeys(groups)] == ["Comm", *(f"FR {n}" for n in range(1, 8))]
    assert groups == sorted(groups)


@pytest.mark.parametrize(
    ("name", "items"),
    [
        ("gb-t-22239-2019-l2", [15, 4, 11, 23, 4, 6, 9, 7, 25, 31, 2, 4, 5, 2, 2]),
        ("gb-t-22239-2019-l3", [22, 8, 20, 34, 12, 7, 14, 12, 34, 48, 2, 4, 8, 5, 2]),
    ],
)
def test_items_of_gb_t_22239_by_chapter(name: str, items: list[int]) -> None:
    """The counts by which the two levels are known: 135 and 15 at level 2, 211 and 21 at level 3."""
    requirements = FRAMEWORKS[name].requirements.values()
    by_chapter = Counter(r.group["zh"] for r in requirements)
    assert list(by_chapter.values()) == items
    points = Counter(r.id.partition(" ")[0] for r in requirements)
    for r in requirements:
        point, _, letter = r.id.partition(" ")
        assert bool(letter) == (points[point] > 1), r.id
        assert letter[:1] in "abcdefghij", r.id


@pytest.mark.parametrize("name", ["gb-t-22239-2019-l2", "gb-t-22239-2019-l3"])
def test_what_only_people_can_judge_is_listed(name: str) -> None:
    people = re.compile(r"[78]\.1\.[16-9]\.")
    listed = [r for r in FRAMEWORKS[name].requirements.values() if people.match(r.id)]
    assert len(listed) == {"gb-t-22239-2019-l2": 15 + 6 + 9 + 7 + 25, "gb-t-22239-2019-l3": 22 + 7 + 14 + 12 + 34}[name]
    assert all(r.judged_by == ("people",) for r in listed)


def test_every_unit_of_gb_t_28448_assesses_one_item_of_a_technical_chapter() -> None:
    items, units = FRAMEWORKS["gb-t-22239-2019-l3"].requirements, FRAMEWORKS["gb-t-28448-2019-l3"].requirements
    assessed = [unit.same_as for unit in units.values()]
    assert sorted(assessed) == sorted(name for name in items if re.match(r"8\.1\.[1-5]\.|8\.5\.[1-4]\.", name))
    assert "L3-CES1-16" not in units
    assert units["L3-CES1-17"].same_as == "8.1.4.4 a)"
    assert all(units[name].title == items[units[name].same_as].title for name in units)


@pytest.mark.parametrize(
    ("rule", "framework", "named", "not_named"),
    [
        ("unsupported-system-listed", "nis2", "Art. 21(2)(e)", "Art. 21(2)(g)"),
        ("unsupported-system-seen", "nis2", "Art. 21(2)(e)", "Art. 21(2)(g)"),
        ("general-services-across-boundary", "miit-2024", "14", "11"),
        ("port-authentication-weak", "gb-t-22239-2019-l3", "8.1.3.1 b)", "8.5.3.3 a)"),  # a cable, not a radio
        ("snmp-set-unauthorised", "gb-t-22239-2019-l3", "8.1.4.4 c)", "8.5.3.3 a)"),
        ("certificate-self-signed", "gb-t-22239-2019-l3", "8.1.2.2 b)", "8.1.10.9 a)"),
    ],
)
def test_mappings_that_were_once_wrong(rule: str, framework: str, named: str, not_named: str) -> None:
    requirements = FRAMEWORKS[framework].requirements
    assert rule in requirements[named].rules
    assert rule not in requirements[not_named].rules


@pytest.mark.parametrize(
    ("verdicts", "concluded"),
    [
        ("pass", "pass"),
        ("pass not-applicable", "pass"),
        ("pass fail", "partial"),
        ("pass review", "partial"),
        ("pass fail no-evidence", "partial"),
        ("pass no-evidence", "no-evidence"),
        ("pass waived", "waived"),
        ("fail", "fail"),
        ("fail no-evidence", "fail"),
        ("fail waived", "fail"),
        ("review no-evidence", "review"),
        ("error no-evidence", "error"),
        ("not-applicable", "not-applicable"),
        ("", "manual"),
    ],
)
def test_what_the_rules_of_a_requirement_come_to(verdicts: str, concluded: str) -> None:
    assert conclusion(map(Verdict, verdicts.split())) == concluded
    for scale in SCALES:
        for language in ("en", "zh"):
            assert labels(language)[f"scale.{scale}.{concluded}"]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("requirements:\n", "scale: gb\nrequirements:\n", "scale: unknown word 'gb'"),
        ("requirements:\n", CLASSES + "  A 10: {en: C, zh: 丙}\nrequirements:\n", "no requirement is in class 'A 10'"),
        ("requirements:\n", "classes: {A 1: {en: First, zh: 甲}}\nrequirements:\n", "'A 2' is in none of the classes"),
        ("requirements:\n", "classes: {A: {}}\nrequirements:\n", "A: is empty; give the text in a language"),
        ("requirements:\n", "classes: [A]\nrequirements:\n", "classes: is not a mapping"),
        ("id: small", "id: other", "line 1, column 5: the id is not the file name 'small'"),
        ("level: low", "level: lo", "level: unknown word 'lo'; did you mean 'low'?"),
        ("[telnet-in-use]", "[a]", "small.yaml: line 8, column 91: unknown rule 'a'"),
        ("confidence: V,", "confidence: X,", "confidence: unknown word 'X'"),
        ("judged_by: [capture]", "judged_by: [traffic]", "judged_by: unknown word 'traffic'"),
        ("judged_by: [capture]", "judged_by: [polic]", "judged_by: unknown word 'polic'; did you mean 'policy'?"),
        ("[telnet-in-use]", "[telnet-in-us]", "unknown rule 'telnet-in-us'; did you mean 'telnet-in-use'?"),
        ("[telnet-in-use]", "[capture-insufficient]", "'capture-insufficient' judges the evidence"),
        ("[telnet-in-use]", "[telnet-in-use, telnet-in-use]", "'telnet-in-use' is named 2 times; name it once"),
        ("[telnet-in-use]", "[1]", "rules: '1' is not text"),
        ("    note: {en: They disagree., zh: 有分歧。}\n", "", "A 2: sources disagree but no note says how"),
        ("zh: 一}", "de: Eins}", "unknown key 'de'"),
        ("{en: None., zh", "{en: None, so far., zh", "the text ends before the comma and 'so far.' stands alone"),
        ("edition: \"1\"\n", "", "key 'edition' is missing"),
    ],
)  # fmt: skip
def test_mistakes_in_a_framework(old: str, new: str, wanted: str) -> None:
    assert old in SMALL
    with pytest.raises(DefinitionError) as error:
        small(SMALL.replace(old, new))
    assert any(wanted in str(p) for p in error.value.problems), error.value.problems


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n"])
def test_what_is_no_mapping_is_told_once(text: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        small(text)
    assert [str(p) for p in caught.value.problems] == [
        "rules/frameworks/small.yaml: line 1, column 1: is not a mapping; expected key: value lines"
    ]


def test_a_judged_rule_reaches_its_requirement() -> None:
    given: Rule = rule(RULE)
    failing = judged(given, case(operations=[{"verb": "write", "allowed": False}]))
    rolled = roll_up(FRAMEWORKS["iec-62443-3-3"], [failing])
    hit = {r.requirement: r.verdict for r in rolled.requirements if r.verdict}
    assert hit == {"SR 2.1": Verdict.FAIL}


def test_what_a_rule_reads_can_judge_the_requirements_that_name_it() -> None:
    needs = {
        rule.id: {"policy" if need == "zones" else need for need in rule.needs} for rule in packaged_rules().values()
    }
    for framework in FRAMEWORKS.values():
        for requirement in framework.requirements.values():
            for name in requirement.rules:
                assert needs[name] & set(requirement.judged_by), f"{framework.id} {requirement.id}: {name}"
