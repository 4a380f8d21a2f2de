"""Rules, frameworks, profiles and remedies of a user: judged with the packaged ones, told from them, checked."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main
from scanner.engine.definitions import files
from tests.walkthrough import ROOT

CAPTURE = ROOT / "fixtures/captures/modbus/umas.pcap"
RULE = """\
id: NAME
title: {zh: 灌装机设定值被写入}
description: {zh: 检查设定值。}
severity: high
needs: [capture]
subjects: {table: operations, where: {verb: write}}
fail: {count|gte: 1}
message: {zh: "{client_name} 写入 {server_name} {count} 次"}
rationale: {zh: 设定值错误会造成损失。}
remediation: {zh: 只允许面板写入。}
remedy: replace-telnet
controls: {house: [H 1], iec-62443-3-3: [SR 2.1]}
examples:
  fail: [{facts: {operations: [{verb: write, count: 2}]}}]
  pass: [{facts: {operations: [{verb: write, count: 0}]}}]
  not-applicable: [{facts: {operations: [{verb: read}]}}]
"""
HOUSE = """\
id: house
title: {en: House standard}
edition: "3"
source: {en: The works' own.}
overlay_of: iec-62443-3-3
requirements:
  H 1: {title: {en: Set points are protected}, judged_by: [capture], confidence: V}
  H 2: {title: {en: Commands are authorised}, judged_by: [capture], confidence: V, same_as: SR 2.1}
  H 3:
    title: {en: Nobody logs in}
    judged_by: [capture]
    confidence: V
    rules: [telnet-in-use, set-point-written]
"""
PROFILE = """\
id: filler
title: {en: Filler}
description: {en: What matters at the filler.}
frameworks: [house]
select: {ids: [set-point-written, telnet-in-use]}
"""
REMEDIES = """\
systems: {en: Acme OS}
remedies: {replace-telnet: {en: no telnet at all}}
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder with one of each."""
    folder = tmp_path / "home-of-jdoe" / "plant-rules"
    contents = {
        "commands/set-point-written.yaml": RULE.replace("NAME", "set-point-written"),
        "frameworks/house.yaml": HOUSE,
        "profiles/filler.yaml": PROFILE,
        "remedies/acme.yaml": REMEDIES,
        "drafts/unfinished.yaml": "id: unfinished",
        "README.md": "notes",
    }
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def judged(mine: Path, *more: str | Path) -> dict[str, Any]:
    results = mine.parent / "r.json"
    done = run("scan", CAPTURE, "--rules", mine, "-o", results, *more)
    assert done.exit_code == 1, done.output
    loaded: dict[str, Any] = json.loads(results.read_text(encoding="utf-8"))
    return loaded


def test_all_kinds_are_judged_with_the_packaged_ones(mine: Path) -> None:
    results = judged(mine)
    rules = {rule["rule"]: rule for rule in results["rules"]}
    assert len(rules) > 100
    own = rules["set-point-written"]
    assert (own["verdict"], own["origin"], own["family"]) == ("fail", "plant-rules", "commands")
    assert {rule["origin"] for name, rule in rules.items() if name != "set-point-written"} == {""}
    assert "Acme OS: no telnet at all" in rules["telnet-enabled"]["remediation"]["en"]
    assert "no telnet at all" in own["remediation"]["zh"]
    house = next(f for f in results["frameworks"] if f["framework"] == "house")
    assert house["origin"] == "plant-rules"
    by_id = {r["requirement"]: r for r in house["requirements"]}
    assert by_id["H 1"]["rules"] == ["set-point-written"]
    assert {"set-point-written", "write-unauthorised"} <= set(by_id["H 2"]["rules"])  # by the packaged rules' mappings
    assert by_id["H 3"]["rules"] == ["set-point-written", "telnet-in-use"]  # the framework names them itself
    assert "iec-62443-3-3" in {f["framework"] for f in results["frameworks"]}


def test_a_profile_of_the_user_selects_packaged_rules_and_own_ones(mine: Path) -> None:
    results = judged(mine, "-p", "filler")
    assert {rule["rule"] for rule in results["rules"]} == {"set-point-written", "telnet-in-use"}
    assert [f["framework"] for f in results["frameworks"]] == ["house"]


def test_results_hold_the_digest_of_each_file_and_never_the_path(mine: Path) -> None:
    results = judged(mine, "-p", "filler")
    names = {"commands/set-point-written", "frameworks/house", "profiles/filler", "remedies/acme"}
    wanted = {f"plant-rules/{n}.yaml": hashlib.sha256((mine / f"{n}.yaml").read_bytes()).hexdigest() for n in names}
    assert results["basis"]["own"] == wanted
    assert results["basis"]["profile"] == wanted["plant-rules/profiles/filler.yaml"]
    del results["inputs"]
    assert "jdoe" not in json.dumps(results["rules"] + results["frameworks"] + [results["basis"]])


def test_reports_say_what_is_not_otaudits_and_mark_the_other_language(mine: Path) -> None:
    judged(mine)
    saved, page, text = (mine.parent / name for name in ("r.json", "r.html", "r.txt"))
    assert run("report", saved, "-o", page, "-o", text).exit_code == 0
    html = page.read_text(encoding="utf-8")
    assert '<span class="own foreign" lang="zh-Hans">灌装机设定值被写入</span>' in html
    assert "not otaudit&#39;s own: from plant-rules" in html
    assert "非 otaudit 自带，来自 plant-rules" in html
    assert "plant-rules/commands/set-point-written.yaml" in html
    plain = text.read_text(encoding="utf-8")
    assert "not otaudit's own: from plant-rules" in plain
    assert "plant-rules/frameworks/house.yaml" in plain


@pytest.mark.parametrize("form", ["r.sarif", "r.xml", "r.xlsx", "tables/"])
def test_every_format_takes_rules_in_one_language(mine: Path, form: str) -> None:
    assert run("scan", CAPTURE, "--rules", mine, "-o", f"{mine.parent}/{form}").exit_code == 1


def test_verify_compares_the_files(mine: Path) -> None:
    judged(mine)
    saved = mine.parent / "r.json"
    alone = run("verify", saved)
    assert alone.exit_code == 3
    assert "plant-rules/frameworks/house.yaml: is not otaudit's own" in alone.stdout
    assert run("verify", saved, "--rules", mine).exit_code == 0
    (mine / "commands/set-point-written.yaml").write_text(RULE.replace("NAME", "set-point-written") + "# changed\n")
    changed = run("verify", saved, "--rules", mine)
    assert changed.exit_code == 1
    assert "plant-rules/commands/set-point-written.yaml: not what judged" in changed.stdout


def test_the_other_commands_know_them(mine: Path) -> None:
    listed = run("rules", "list", "--rules", mine).stdout
    assert re.search(r"^high +set-point-written +灌装机设定值被写入 \(zh-Hans\) \(plant-rules\)$", listed, re.MULTILINE)
    assert "telnet-in-use" in listed
    shown = run("rules", "show", "set-point-written", "--rules", mine)
    held, _, named = shown.stdout_bytes.partition(b"# iec-62443-3-3: SR 2.1\n")
    assert held == (mine / "commands/set-point-written.yaml").read_bytes()
    assert named == b"# house: H 1, H 2, H 3\n"
    tested = run("rules", "test", "--rules", mine)
    assert (tested.exit_code, tested.stdout.strip().partition(", 0")[0]) == (0, "1 rule, 3 examples")
    alone = run("rules", "test", mine / "commands/set-point-written.yaml", "--rules", mine)
    assert alone.exit_code == 0, alone.output
    assert run("plan", CAPTURE, "--rules", mine, "-p", "filler").exit_code == 0


def test_a_framework_names_rules_that_there_are(mine: Path) -> None:
    house = mine / "frameworks/house.yaml"
    house.write_text(HOUSE.replace("[telnet-in-use, set-point-written]", "[telnet-in-us, set-point-writen]"))
    first, second = refused(mine)
    assert re.search(
        r"house\.yaml: line 13, column 13: unknown rule 'telnet-in-us'; did you mean 'telnet-in-use'", first
    )
    assert re.search(r"line 13, column 27: unknown rule 'set-point-writen'; did you mean 'set-point-written'", second)


def test_the_configuration_file_names_them(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(mine.parent)
    (mine.parent / ".otaudit.yaml").write_text("scan: {rules: [plant-rules], profile: filler}\n")
    done = run("scan", CAPTURE, "-o", "r.json")
    assert done.exit_code == 1, done.output
    rules = json.loads((mine.parent / "r.json").read_text(encoding="utf-8"))["rules"]
    assert {rule["rule"] for rule in rules} == {"set-point-written", "telnet-in-use"}


def test_a_folder_may_hold_a_rule_and_nothing_else(tmp_path: Path) -> None:
    text = RULE.replace("NAME", "alone").replace("house: [H 1], ", "")
    (tmp_path / "alone.yaml").write_text(text, encoding="utf-8")
    assert run("rules", "test", "--rules", tmp_path).exit_code == 0


def test_folders_of_one_name_are_kept_apart(mine: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "plant-rules"
    other.mkdir(parents=True)
    (other / "second.yaml").write_text(RULE.replace("NAME", "second"), encoding="utf-8")
    results = judged(mine, "--rules", other, "--rules", mine)  # one of them named twice
    origins = {rule["rule"]: rule["origin"] for rule in results["rules"] if rule["origin"]}
    assert origins == {"set-point-written": "plant-rules", "second": "plant-rules (2)"}
    assert "plant-rules (2)/second.yaml" in results["basis"]["own"]


def test_rules_that_lie_among_the_inputs_are_no_evidence(mine: Path) -> None:
    shutil.copy(CAPTURE, mine.parent / "a.pcap")
    done = run("scan", mine.parent, "--rules", mine, "--fail-on", "never", "-o", mine.parent / "r.json")
    assert done.exit_code == 0, done.output
    inputs = json.loads((mine.parent / "r.json").read_text(encoding="utf-8"))["inputs"]
    aside = next(i for i in inputs if i["kind"] == "not-examined")
    assert any("named with --rules" in why for why in aside["details"])
    assert run("scan", mine.parent, "--fail-on", "never").exit_code == 3  # without --rules it is said what they are not


POLICY = """\
otaudit_policy: 1
waivers:
  - {rule: set-point-written, reason: Commissioning, approved_by: J. Doe, until: 2099-01-01}
"""


def test_a_policy_may_name_them(mine: Path) -> None:
    policy = mine.parent / "policy.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    rules = {rule["rule"]: rule for rule in judged(mine, "-z", policy)["rules"]}
    assert rules["set-point-written"]["verdict"] == "waived"
    without = run("scan", CAPTURE, "-z", policy)
    assert without.exit_code == 2
    assert "unknown rule 'set-point-written'" in without.stderr
    assert run("policy", "check", policy, "--rules", mine).exit_code == 0


def test_what_they_hold_for_review_can_be_decided(mine: Path) -> None:
    rule = mine / "commands/set-point-written.yaml"
    review = "review: {authority: [policy], title: {zh: 设定值被写入，待确认}}\nmessage:"
    rule.write_text(rule.read_text(encoding="utf-8").replace("message:", review), encoding="utf-8")
    judged(mine)
    saved, decisions = mine.parent / "r.json", mine.parent / "decisions.yaml"
    listed = run("policy", "confirm", saved, "--list").stdout
    assert re.search(r"set-point-written: .+写入", listed)
    decide = ("policy", "confirm", saved, "--allow-all-of", "set-point-written", "--by", "J. Doe", "--reason", "agreed")
    assert run(*decide, "-o", decisions, "--rules", mine).exit_code == 0
    again = run(*decide, "-o", decisions, "--rules", mine)  # the file now names the rule
    assert again.exit_code == 0, again.output
    rules = {rule["rule"]: rule for rule in judged(mine, "-z", decisions)["rules"]}
    assert rules["set-point-written"]["coverage"]["confirmed"] > 0


def refused(mine: Path) -> list[str]:
    done = run("scan", CAPTURE, "--rules", mine)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    assert done.stdout == ""
    return [line for line in done.stderr.splitlines() if not line.startswith("otaudit: settings from")]


@pytest.mark.parametrize(
    ("copy", "name", "also"),
    [
        ("rules/cleartext/telnet-in-use.yaml", "cleartext/telnet-in-use.yaml", "rules/cleartext/telnet-in-use.yaml"),
        ("rules/frameworks/miit-2024.yaml", "frameworks/miit-2024.yaml", "rules/frameworks/miit-2024.yaml"),
        ("rules/profiles/default.yaml", "profiles/default.yaml", "rules/profiles/default.yaml"),
        (None, "tls/set-point-written.yaml", "commands/set-point-written.yaml"),
    ],
)
def test_an_id_that_is_used_twice_names_both_files(mine: Path, copy: str | None, name: str, also: str) -> None:
    (mine / name).parent.mkdir(exist_ok=True)
    shutil.copy(ROOT / copy if copy else mine / also, mine / name)
    (line,) = refused(mine)
    assert line.startswith(f"otaudit: {mine / name}: ")
    assert f"is also defined in {also if copy else mine / also}; give it another id" in line


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("commands/bad.yaml", RULE.replace("NAME", "bad").replace("write}", "wirte}"), "line 6, column"),
        ("commands/bad.yaml", RULE.replace("NAME", "bad").replace("house:", "huose:"), "did you mean 'house'?"),
        ("profiles/bad.yaml", PROFILE.replace("id: filler", "id: bad").replace("telnet-in", "telent-in"), "line 5"),
        ("frameworks/bad.yaml", HOUSE.replace("id: house", "id: bad").replace("SR 2.1", "SR 99"), "same as unknown"),
        ("remedies/bad.yaml", "systems: {en: X}\nremedies: {a: 3}", "line 2, column"),
        ("commands/bad.yaml", b"id: \xff\xfe\xfa", "not UTF-8"),
        ("commands/bad.yaml", "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n"
            for a, b in zip("abcdefgh", "bcdefghi", strict=True)), "values"),
        ("commands/bad.yaml", b"#" * (9 << 20), "larger than"),
        ("commands/bad.yaml", "[" * 100_000, "nesting depth"),
        ("commands/bad.yaml", "!!python/object/apply:os.system ['true']", "tag"),
        ("commands/bad.yml", "id: bad", "let its name end in .yaml"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(mine: Path, name: str, content: str | bytes, told: str) -> None:
    (mine / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (line,) = refused(mine)
    assert line.startswith(f"otaudit: {mine / name}: ")
    assert told in line


def test_links_that_lead_out_of_the_folder_are_refused(mine: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.yaml").write_text("password: hunter2", encoding="utf-8")
    (mine / "commands/secret.yaml").symlink_to(outside / "secret.yaml")
    (mine / "more").symlink_to(outside)
    (mine / "commands/round.yaml").symlink_to("round.yaml")
    lines = refused(mine)
    assert len(lines) == 3
    assert "hunter2" not in str(lines)
    assert any("is a link out of the folder" in line for line in lines)
    assert any("is a link to a folder" in line for line in lines)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_nothing_waits_for_a_pipe(mine: Path) -> None:
    os.mkfifo(mine / "commands/pipe.yaml")
    (line,) = refused(mine)
    assert "is not a plain file" in line


@pytest.mark.parametrize(("make", "told"), [("none", "no such folder"), ("file", "is a file"), ("empty", "no rules")])
def test_what_is_no_folder_of_rules(tmp_path: Path, make: str, told: str) -> None:
    place = tmp_path / "rules"
    if make == "file":
        place.write_text("id: x", encoding="utf-8")
    elif make == "empty":
        place.mkdir()
    (line,) = refused(place)
    assert told in line


def test_a_folder_that_is_another_one_than_was_meant_is_one_line(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ENTRIES", 8)
    (mine / "more").symlink_to(mine.parent)
    for number in range(9):
        (mine / f"commands/{number}.txt").touch()
    (line,) = refused(mine)
    assert line == f"otaudit: {mine}: holds more than 8 files and folders; name a folder of rules alone"


def test_a_name_of_a_folder_does_nothing_to_the_terminal(mine: Path) -> None:
    odd = mine.rename(mine.parent / "a\x1b[31m\nb")
    listed = run("rules", "list", "--rules", odd).stdout_bytes
    assert b"\x1b" not in listed
    assert b"(a\\x1b[31m b)" in listed


def test_no_report_is_written_over_a_rule(mine: Path) -> None:
    rule = mine / "commands/set-point-written.yaml"
    done = run("scan", CAPTURE, "--rules", mine, "-o", rule, "--format", "json")
    assert done.exit_code == 2
    assert rule.read_text(encoding="utf-8").startswith("id: set-point-written")


def test_texts_bring_no_markup_into_the_page(mine: Path) -> None:
    rule = mine / "commands/set-point-written.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("灌装机", "<script>alert(1)</script>"), encoding="utf-8")
    page = mine.parent / "r.html"
    assert run("scan", CAPTURE, "--rules", mine, "-o", page).exit_code == 1
    assert "<script>alert" not in page.read_text(encoding="utf-8")
    assert "&lt;script&gt;alert" in page.read_text(encoding="utf-8")


def test_the_recipe_of_the_documentation_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a stranger follows it: the file as it stands there, then the two commands."""
    page = (ROOT / "docs/rules.md").read_text(encoding="utf-8").partition("## Your own rules in a scan")[2]
    (made,) = re.findall(r"^cat > (\S+) <<'END'\n(.*?)^END$", page, re.MULTILINE | re.DOTALL)
    commands = re.findall(r"^otaudit (.+)$", page.partition("```sh")[2].partition("\n```")[0], re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    Path(made[0]).parent.mkdir(parents=True)
    Path(made[0]).write_text(made[1], encoding="utf-8")
    tested, scanned = (run(*command.split()) for command in commands)
    assert (tested.exit_code, tested.stdout) == (0, "1 rule, 3 examples, 0 failing\n")
    assert scanned.exit_code == 1
    assert re.search(r"Fail \(high\): .*\[set-point-written\]", scanned.stdout)
    assert "set-point-written" in (tmp_path / "report.html").read_text(encoding="utf-8")
