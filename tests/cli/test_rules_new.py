"""``rules new`` and ``rules docs``: a skeleton that is right as it is, and a page about rules in one language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from scanner.cli import main
from scanner.cli.rules._skeleton import STARTS
from scanner.yaml_positions import load


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("table", sorted(STARTS))
def test_a_skeleton_is_right_as_it_is(tmp_path: Path, table: str, language: str) -> None:
    into = tmp_path / "plant-rules"
    made = run("rules", "new", "my-rule", "--into", into, "--family", "plant", "--table", table, "--language", language)
    assert made.exit_code == 0, made.output
    file = into / "plant/my-rule.yaml"
    first, _, text = file.read_text(encoding="utf-8").partition("\n")
    schema = file.parent / first.partition("$schema=")[2]
    assert not list(
        Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).iter_errors(load(text, "x").data)
    )
    tested = run("rules", "test", "--rules", into)
    assert (tested.exit_code, tested.stdout) == (0, "1 rule, 3 examples, 0 failing\n")
    assert run("rules", "lint", "--rules", into).stdout == "1 rule, 0 mistakes\n"
    assert "(nursery)" in run("rules", "list", "--rules", into, "--family", "plant").stdout


def test_nothing_is_written_over_and_names_are_checked(tmp_path: Path) -> None:
    first, second = (run("rules", "new", "acme", "--into", tmp_path) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 2)
    assert "already exists; choose another name" in second.output
    for name in ("Acme", "../acme", "a b"):
        assert "is not a valid name" in run("rules", "new", name, "--into", tmp_path).output
        assert "is not a valid name" in run("rules", "new", "x", "--family", name, "--into", tmp_path).output


@pytest.mark.parametrize("command", [("rules", "new", "acme"), ("new", "dialect", "acme")])
def test_a_place_that_is_a_file_is_one_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "rules"
    file.write_text("x", encoding="utf-8")
    result = run(*command, "--into", file)
    assert result.exit_code == 2
    assert "cannot be written" in result.output
    assert file.read_text(encoding="utf-8") == "x"


def test_a_page_about_rules_of_ones_own(tmp_path: Path) -> None:
    run("rules", "new", "my-rule", "--into", tmp_path / "r", "--language", "zh")
    rule = tmp_path / "r/my-rule.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("为何重要", "<script>alert(1)</script>"), encoding="utf-8")
    page, html = tmp_path / "p.md", tmp_path / "p.html"
    assert run("rules", "docs", "--rules", tmp_path / "r", "-o", page).stdout == f"{page}: 1 rule\n"
    text = page.read_text(encoding="utf-8")
    assert "### my-rule" in text
    assert "待填写：一行说明问题" in text
    assert "counts nowhere" in text
    assert run("rules", "docs", "--rules", tmp_path / "r", "-o", html).exit_code == 0
    made = html.read_text(encoding="utf-8")
    assert "<h3>my-rule</h3>" in made
    assert "<script>" not in made
    assert "&lt;script&gt;alert(1)" in made
    assert made.count("<ul>") == made.count("</ul>") == 1
    assert run("rules", "docs", "-o", tmp_path / "p.pdf").exit_code == 2
    assert "### telnet-in-use" in run("rules", "docs", "-o", "-").stdout
