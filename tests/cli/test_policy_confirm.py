"""From a scan to decisions to a scan that knows them; on a terminal and without one."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main
from scanner.cli.policy import confirm as confirm_command
from scanner.policy.document import read_policy

UMAS = "fixtures/captures/modbus/umas.pcap"
PLANT = Path("fixtures/plants/bottling")
STOP, WRITE = "controller-stop-unauthorised", "write-unauthorised"
TODAY = datetime.now(UTC).date()


def run(*arguments: str | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], input=typed)


def scan(results: Path, *arguments: str | Path) -> dict[str, Any]:
    assert run("scan", *arguments, "-o", results).exit_code in (0, 1)
    document = json.loads(results.read_text(encoding="utf-8"))
    return {rule["rule"]: rule for rule in (*document["rules"], *document["outside"])}


def reviews(rules: dict[str, Any]) -> list[dict[str, Any]]:
    return [f | {"rule": name} for name, r in rules.items() for f in r["findings"] if f["status"] == "review"]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("umas") / "results.json"
    scan(target, UMAS)
    return target


def ids(results: Path, rule: str = "") -> list[str]:
    listed = run("policy", "confirm", results, "--list")
    assert listed.exit_code == 0
    return [line.split()[0] for line in listed.stdout.splitlines() if f" {rule}" in line]


def decisions(path: Path) -> Sequence[dict[str, Any]]:
    return read_policy(path, ()).decisions


def test_the_gravest_is_listed_first(results: Path) -> None:
    severities = [line.split()[1] for line in run("policy", "confirm", results, "--list").stdout.splitlines()]
    assert severities == ["critical"] * 4 + ["high"] + ["medium"] * 3


def test_the_whole_round(results: Path, tmp_path: Path) -> None:
    """What is allowed is confirmed, what is forbidden fails, and the rest is for review still."""
    target = tmp_path / "decisions.yaml"
    (write,) = ids(results, WRITE)
    stop, *others = ids(results, STOP)
    done = run("policy", "confirm", results, "-o", target, "--by", "L. Zhang", "--allow", stop[:6], "--forbid", write)
    assert done.exit_code == 0
    assert "1 allowed, 1 forbidden" in done.stderr
    assert "6 left to decide" in done.stderr
    before, after = scan(tmp_path / "a.json", UMAS), scan(tmp_path / "b.json", UMAS, "-z", target)
    left = {f["id"] for f in reviews(before)} - {stop, write}
    assert {f["id"] for f in reviews(after)} == left
    assert (after[WRITE]["verdict"], after[STOP]["verdict"]) == ("fail", "review")
    assert after[STOP]["coverage"]["confirmed"] == 1
    assert [f["id"] for f in after[WRITE]["findings"]] == [write]
    allow = [argument for one in left for argument in ("--allow", one)]
    assert run("policy", "confirm", tmp_path / "b.json", "-o", target, "--by", "L. Zhang", *allow).exit_code == 0
    finally_ = scan(tmp_path / "c.json", UMAS, "-z", target)
    assert reviews(finally_) == []
    assert sorted(others) == sorted(left & set(others))
    unmoved = {name for name in before if before[name]["verdict"] != finally_[name]["verdict"]}
    assert unmoved == {f["rule"] for f in reviews(before)}  # no verdict but of what was decided
    assert "nothing is for review" in run("policy", "confirm", tmp_path / "c.json", "--list").stderr


def test_how_long_it_holds(results: Path, tmp_path: Path) -> None:
    stop, *_ = ids(results, STOP)
    (write,) = ids(results, WRITE)
    by = ("--by", "L. Zhang")
    run("policy", "confirm", results, "-o", tmp_path / "year.yaml", *by, "--allow", stop, "--forbid", write)
    allowed, *forbidden = decisions(tmp_path / "year.yaml")
    assert (allowed["decided_on"], allowed["until"]) == (str(TODAY), str(TODAY + timedelta(days=365)))
    assert {row["until"] for row in forbidden} == {""}
    for until, expected in ((str(TODAY), str(TODAY)), ("never", "")):
        run("policy", "confirm", results, "-o", tmp_path / until, *by, "--allow", stop, "--until", until)
        assert [row["until"] for row in decisions(tmp_path / until)] == [expected]


WRONG: dict[str, tuple[list[str], str]] = {
    "nobody decides": (["--allow", "STOP"], "--by"),
    "blank name": (["--allow", "STOP", "--by", " "], "--by"),
    "nothing named": ([], "not on a terminal"),
    "all of a rule without a reason": (["--allow-all-of", STOP, "--by", "A"], "--reason"),
    "a rule without reviews": (["--forbid-all-of", "weak-key", "--by", "A"], "rules with reviews: "),
    "both": (["--allow", "STOP", "--forbid-all-of", STOP, "--by", "A"], "both allowed and forbidden"),
    "everything": (["--allow", "", "--by", "A"], "is not the id of a review"),
    "too short": (["--allow", "abc", "--by", "A"], "is not the id of a review"),
    "unknown": (["--allow", "0000000000000000", "--by", "A"], "no review has an id"),
    "what fails": (["--allow", "FAILING", "--by", "A"], "is not for review"),
    "a date that is none": (["--allow", "STOP", "--by", "A", "--until", "soon"], "is not a date"),
    "a past date": (["--allow", "STOP", "--by", "A", "--until", "2020-01-01"], "is in the past"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_refused(results: Path, tmp_path: Path, name: str) -> None:
    arguments, told = WRONG[name]
    rules = json.loads(results.read_text(encoding="utf-8"))["rules"]
    failing = next(f["id"] for rule in rules for f in rule["findings"] if f["status"] == "fail")
    meant = {"STOP": ids(results, STOP)[0], "FAILING": failing}
    target = tmp_path / "decisions.yaml"
    done = run("policy", "confirm", results, "-o", target, *(meant.get(word, word) for word in arguments))
    assert (done.exit_code, told in done.stderr, target.exists()) == (2, True, False)


def test_all_of_a_rule(results: Path, tmp_path: Path) -> None:
    target = tmp_path / "decisions.yaml"
    arguments = ("--by", "A", "--reason", "commissioning", "--allow-all-of", STOP)
    assert run("policy", "confirm", results, "-o", target, *arguments).exit_code == 0
    assert {(row["rule"], row["reason"]) for row in decisions(target)} == {(STOP, "commissioning")}
    assert len(decisions(target)) == 3


def test_inputs_are_not_written_over(results: Path, tmp_path: Path) -> None:
    before = results.read_bytes()
    by = ("--by", "A", "--allow", ids(results)[0])
    assert run("policy", "confirm", results, "-o", results, *by).exit_code == 2
    assert results.read_bytes() == before
    policy = tmp_path / "policy.yaml"
    policy.write_bytes((PLANT / "policy.yaml").read_bytes())
    assert run("policy", "confirm", results, "-o", policy, *by).exit_code == 2
    assert policy.read_bytes() == (PLANT / "policy.yaml").read_bytes()


def test_what_is_forbidden_is_not_allowed_beside_it(results: Path, tmp_path: Path) -> None:
    target, stop = tmp_path / "decisions.yaml", ids(results, STOP)[0]
    assert run("policy", "confirm", results, "-o", target, "--by", "A", "--forbid", stop).exit_code == 0
    before = target.read_bytes()
    done = run("policy", "confirm", results, "-o", target, "--by", "B", "--allow", stop)
    assert (done.exit_code, "is forbidden by a decision of A" in done.stderr) == (2, True)
    assert target.read_bytes() == before


# --- on a terminal ----------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm_command, "_on_terminal", lambda: True)


@pytest.mark.usefixtures("terminal")
def test_a_walk(results: Path, tmp_path: Path) -> None:
    """The first allowed alone, the second forbidden with its rule, the next left, then no further."""
    target = tmp_path / "decisions.yaml"
    first, *rest = ids(results, STOP)
    typed = "L. Zhang\nsoon\n\na\no\nmaintenance\nf\nr\ny\n\nl\no\nq\n"
    done = run("policy", "confirm", results, "-o", target, typed=typed)
    assert done.exit_code == 0, done.output
    assert "is not a date" in done.stderr
    assert "filter: ip.addr == 10.20.0.10" in done.stderr
    assert "no zone" in done.stderr
    assert "1 allowed, 2 forbidden" in done.stderr
    rows = decisions(target)
    assert [(row["decision"], row["reason"]) for row in rows] == [
        ("allowed", "maintenance"),
        ("forbidden", "maintenance"),  # the last reason is offered again
        ("forbidden", "maintenance"),
    ]
    text = target.read_text(encoding="utf-8")
    assert all(f"# {name}: " in text for name in (first, *rest))
    again = run("policy", "confirm", results, "-o", target, "--by", "A", "--until", "never", typed="q\n")
    assert "5 findings must be confirmed" in again.stderr
    assert decisions(target) == rows


@pytest.mark.usefixtures("terminal")
def test_a_walk_in_chinese(results: Path, tmp_path: Path) -> None:
    """Questions, what was seen and the comments of the file; keys and decisions are those of any language."""
    target = tmp_path / "decisions.yaml"
    typed = "张工\n\na\no\n检修\nf\nr\ny\n\nl\no\nq\n"
    done = run("policy", "confirm", results, "-o", target, "--language", "zh", typed=typed)
    assert done.exit_code == 0, done.output
    own = str(results), str(target), "never", UMAS
    shown = functools.reduce(lambda text, mine: text.replace(mine, ""), own, done.stderr)
    shown = re.sub(r"显示过滤器：.*|UMAS \(Schneider\): [A-Za-z ]+", "", shown)
    assert re.findall(r"[a-z]+ [a-z]+", shown) == []
    assert "第 1 项，共 8 项 严重" in shown
    comments = [line for line in target.read_text(encoding="utf-8").splitlines() if line.lstrip().startswith("#")]
    assert all(re.search("[\u4e00-\u9fff]", line) for line in comments)
    assert [(row["decision"], row["reason"]) for row in decisions(target)] == [
        ("allowed", "检修"),
        *[("forbidden", "检修")] * 2,
    ]
    listed = run("policy", "confirm", results, "--list", "--language", "zh").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ids(results)
    assert not re.search("[A-Za-z]+ [a-z]+ [a-z]+", re.sub(r"UMAS \(Schneider\): [A-Za-z ]+", "", "".join(listed)))


@pytest.mark.usefixtures("terminal")
def test_many_are_allowed_only_with_a_reason_and_a_second_yes(results: Path, tmp_path: Path) -> None:
    by = ("--by", "A", "--until", "never")
    target = tmp_path / "decisions.yaml"
    done = run("policy", "confirm", results, "-o", target, *by, typed="a\nc\nn\n\nq\n")
    assert "1 allowed, 0 forbidden" in done.stderr
    whole = tmp_path / "whole.yaml"
    done = run("policy", "confirm", results, "-o", whole, *by, typed="a\nc\ny\n\n\nshutdown of May\n")
    assert "8 allowed, 0 forbidden" in done.stderr
    assert {row["reason"] for row in decisions(whole)} == {"shutdown of May"}


@pytest.mark.usefixtures("terminal")
def test_an_end_of_input_writes_nothing_by_itself(results: Path, tmp_path: Path) -> None:
    target = tmp_path / "decisions.yaml"
    done = run("policy", "confirm", results, "-o", target, "--by", "A", typed="\na\no\n\n")
    assert (done.exit_code, target.exists()) == (1, False)


# --- the demo plant ---------------------------------------------------------------------------------------------------


def test_the_learned_policy_of_the_demo_plant_confirmed(tmp_path: Path) -> None:
    """Learn, scan, confirm, scan: what was undecided passes or fails as decided, and nothing else changes."""
    inputs = (PLANT / "capture.pcap.gz", PLANT / "inventory.csv")
    learned, target, saved = (tmp_path / name for name in ("policy.yaml", "decisions.yaml", "results.json"))
    assert run("policy", "learn", *inputs, "-o", learned).exit_code == 0
    before = scan(saved, *inputs, "-z", learned)
    asked = reviews(before)
    forbidden = [f["id"] for f in asked if f["rule"] == WRITE][:1]
    allowed = [f["id"] for f in asked if f["id"] not in forbidden]
    assert forbidden
    assert allowed
    named = [a for f in allowed for a in ("--allow", f)] + [a for f in forbidden for a in ("--forbid", f)]
    assert run("policy", "confirm", saved, "-o", target, "--by", "A", *named).exit_code == 0
    after = scan(tmp_path / "after.json", *inputs, "-z", learned, "-z", target)
    assert reviews(after) == []
    changed = {name for name in before if before[name]["verdict"] != after.get(name, {}).get("verdict")}
    assert changed <= {f["rule"] for f in asked}
    failing = {f["id"] for rule in after.values() for f in rule["findings"] if f["status"] == "fail"}
    already = {f["id"] for rule in before.values() for f in rule["findings"] if f["status"] == "fail"}
    assert failing - already == set(forbidden) - already
    checked = run("policy", "check", learned, target, *inputs)
    assert "contradiction" not in checked.stdout
    assert date.fromisoformat(decisions(target)[0]["decided_on"]) == TODAY
    assert "nothing that was seen is what the decision" not in checked.stdout
