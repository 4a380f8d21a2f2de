from __future__ import annotations

from typing import Any

import pytest

from scanner.engine.definitions.profiles import Profile, Selector
from scanner.engine.judge import judge
from scanner.errors import DefinitionError, Problem
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.provenance import Defect, Provenance
from scanner.results.model import Results, Severity, Verdict
from scanner.wording import at_byte, said
from tests.engine.engine_cases import FRAMEWORKS, RULE, TODAY, capture, rule
from tests.wording.in_both import both

WRITE = {"capture": "c0ffee", "client": "10.0.0.5", "server": "10.0.1.5", "transport": "tcp", "server_port": 502,
         "protocol": "modbus", "industrial": True, "verb": "write", "count": 3, "accepted": 3}  # fmt: skip
ZONES = [
    {"source": "policy.yaml", "line": 3, "zone": "cell", "name": "Cell", "level": 1.0, "subnets": ["10.0.1.0/24"]},
    {"source": "policy.yaml", "line": 4, "zone": "office", "name": "Office", "level": 4.0, "subnets": ["10.0.0.0/24"]},
]  # fmt: skip
ALL = Profile("all", {"en": "All", "zh": "全部"}, {"en": "All", "zh": "全部"}, frameworks=("iec-62443-3-3",))
SECOND = rule(RULE.replace("id: writes-are-allowed", "id: reads-are-allowed").replace("{verb: write}", "{verb: read}"),
              "reads-are-allowed")  # fmt: skip
RULES = (SECOND, rule())


def facts(
    *, waivers: tuple[dict[str, Any], ...] = (), complete: bool = True, defects: tuple[Defect, ...] = ()
) -> Facts:
    rows = {"captures": [capture()], "operations": [WRITE], "zones": ZONES, "waivers": list(waivers)}
    return Facts(
        tables={name: frame(TABLES[name], given) for name, given in rows.items()},
        inputs=(Provenance("plant.pcap", "capture", 1, "ab", complete), Provenance("policy.yaml", "policy", 1, "cd")),
        defects=defects,
        site="Plant",
    )


def judged(given: Facts, profile: Profile = ALL, problems: tuple[Problem, ...] = ()) -> Results:
    return judge(given, RULES, profile, list(FRAMEWORKS.values()), today=TODAY, problems=problems)


def waiver(**columns: Any) -> dict[str, Any]:
    usual = {"source": "policy.yaml", "line": 40, "rule": "writes-are-allowed", "match": "{}", "reason": "Agreed"}
    return usual | columns


def test_facts_become_results() -> None:
    results = judged(facts())
    assert (results.site, results.profile, results.complete, results.problems) == ("Plant", "all", True, ())
    assert [(r.rule, r.verdict) for r in results.rules] == [
        ("reads-are-allowed", Verdict.NO_EVIDENCE),
        ("writes-are-allowed", Verdict.FAIL),
    ]
    (framework,) = results.frameworks
    hit = {r.requirement: (r.verdict, r.rules) for r in framework.requirements if r.rules}
    assert hit == {"SR 2.1": (Verdict.FAIL, ("reads-are-allowed", "writes-are-allowed"))}
    assert [z.zone for z in results.zones] == ["office", "cell"]
    assert [i.source for i in results.inputs] == ["plant.pcap", "policy.yaml"]


def test_results_are_the_same_every_time() -> None:
    assert judged(facts()) == judged(facts())


def test_a_profile_selects_and_weighs() -> None:
    chosen = Profile("one", ALL.title, ALL.title, select=Selector(ids=("writes-are-allowed",)),
                     severity={"writes-are-allowed": Severity.LOW})  # fmt: skip
    results = judged(facts(), chosen)
    assert [(r.rule, r.severity) for r in results.rules] == [("writes-are-allowed", Severity.LOW)]
    assert [f.framework for f in results.frameworks] == list(FRAMEWORKS)


def test_problems_and_incomplete_inputs_make_results_incomplete() -> None:
    problem = Problem("x.pcap", said("the file is empty"), at_byte(0), said("export it again"))
    told = judged(facts(), problems=(problem,))
    (row,) = told.problems
    assert row.source == "x.pcap"
    assert [both(text) for text in (row.place, row.what, row.remedy)] == [
        {"en": "byte 0", "zh": "第 0 字节"},
        {"en": "the file is empty", "zh": "文件为空"},
        {"en": "export it again", "zh": "请重新导出"},
    ]
    assert not told.complete
    assert not judged(facts(complete=False)).complete
    broken = judged(facts(defects=(Defect("modbus", "KeyError", 3),)))
    assert not broken.complete
    assert broken.problems[0].source == "modbus"


@pytest.mark.parametrize(
    ("columns", "verdict", "problem"),
    [
        ({}, Verdict.WAIVED, "waiver for rule 'writes-are-allowed' covers whatever fails it, for ever"),
        ({"match": '{"client": "10.0.0.5"}'}, Verdict.WAIVED, ""),
        ({"until": "2026-05-01"}, Verdict.WAIVED, ""),
        ({"until": "2026-04-30"}, Verdict.FAIL, "waiver for rule 'writes-are-allowed' expired on 2026-04-30"),
        ({"match": '{"client": "10.0.0.6"}'}, Verdict.FAIL, "covers nothing that fails"),
        ({"rule": "reads-are-allowed"}, Verdict.FAIL, "waiver for rule 'reads-are-allowed' covers nothing that fails"),
    ],
)
def test_waivers_that_count_and_waivers_that_do_not(columns: dict[str, Any], verdict: Verdict, problem: str) -> None:
    results = judged(facts(waivers=(waiver(**columns),)))
    assert results.rules[1].verdict is verdict
    assert results.complete, "a stale waiver is no incomplete input"
    assert [problem in p.what["en"] for p in results.problems] == ([True] if problem else [])


def test_a_wrong_waiver_stops_the_judging() -> None:
    with pytest.raises(DefinitionError, match="waiver for unknown rule 'writes'"):
        judged(facts(waivers=(waiver(rule="writes"),)))


def test_who_listens_hears_what_is_done() -> None:
    heard: list[tuple[str, int, int]] = []
    frameworks = list(FRAMEWORKS.values())
    judge(facts(), RULES, ALL, frameworks, today=TODAY, stage=lambda *said: heard.append(said))
    assert heard == [("joining", 0, 0), ("judging", 0, 2), ("judging", 1, 2)]
