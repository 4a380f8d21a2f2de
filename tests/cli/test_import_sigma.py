"""``otaudit rules import-sigma`` from the shell: what it writes can be used, what it cannot is told."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from scanner.cli import main

RULE = """\
title: Telnet across
logsource: {category: firewall}
detection: {s: {dst_port: 23}, condition: s}
---
title: Programs
logsource: {category: network_connection}
detection: {s: {Image|endswith: cmd.exe}, condition: s}
"""


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["rules", *arguments])
    return result.exit_code, result.output


def test_what_is_written_can_be_tested_and_shown(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(RULE, encoding="utf-8")
    status, told = run("import-sigma", str(tmp_path), "-o", str(tmp_path / "own"))
    assert status == 1
    assert "rules.yml: line 7, column 17: 'Programs' is not written: field 'Image': programs are not seen" in told
    assert f"1 rule written to {tmp_path / 'own'}, 1 not" in told
    status, told = run("test", "--rules", str(tmp_path / "own"))
    assert (status, "1 rule, 3 examples, 0 failing" in told) == (0, True), told
    assert "Telnet across" in run("show", "--rules", str(tmp_path / "own"), "sigma-telnet-across")[1]


def test_a_file_that_was_changed_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(RULE.partition("---")[0], encoding="utf-8")
    assert run("import-sigma", str(file), "-o", str(tmp_path / "own"))[0] == 0
    assert run("import-sigma", str(file), "-o", str(tmp_path / "own"))[0] == 0
    target = tmp_path / "own" / "sigma" / "sigma-telnet-across.yaml"
    target.write_text(target.read_text(encoding="utf-8").replace("medium", "high"), encoding="utf-8")
    status, told = run("import-sigma", str(file), "-o", str(tmp_path / "own"))
    assert status == 1
    assert "is there already and differs" in told
    assert "high" in target.read_text(encoding="utf-8")


def test_a_port_and_a_transport_together_can_be_written(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(
        "title: Odd port\nlogsource: {product: zeek, service: conn}\n"
        "detection: {s: {id.resp_p: 4444, proto: tcp}, condition: s}\n",
        encoding="utf-8",
    )
    status, told = run("import-sigma", str(file), "-o", str(tmp_path / "own"))
    assert (status, "1 rule written" in told) == (0, True), told


def test_a_file_without_a_rule_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("# nothing\n---\n", encoding="utf-8")
    (tmp_path / "b.yml").write_text("", encoding="utf-8")
    status, told = run("import-sigma", str(tmp_path), "-o", str(tmp_path / "own"))
    assert status == 1
    assert told.count("holds no rule; check the file, or leave it out") == 2
