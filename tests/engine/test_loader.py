from __future__ import annotations

from pathlib import Path

import pytest

from scanner.engine.definitions import files
from scanner.engine.definitions.files import DefinitionFile
from scanner.engine.definitions.loader import load_rules, read_rule
from scanner.engine.definitions.sees import Sees
from scanner.engine.language import vocabulary
from scanner.errors import DefinitionError
from scanner.facts.schema import TABLES
from scanner.results.model import Mapping, Severity, Verdict
from tests.engine.engine_cases import FRAMEWORKS, RULE, changed, rule


def problems(text: str, name: str = "writes-are-allowed") -> list[str]:
    with pytest.raises(DefinitionError) as error:
        rule(text, name)
    return [str(p) for p in error.value.problems]


@pytest.mark.parametrize("table", vocabulary.JUDGED)
def test_every_table_that_is_judged_has_columns_to_group_by(table: str) -> None:
    column = next(c.name for c in TABLES[table].columns if c.type == "str")
    start, _, _ = changed(
        ("group_by: [client, server]\n", ""),
        ("needs: [capture, policy]", f"needs: [{TABLES[table].needs}]"),
        ("table: operations\n  where: {verb: write}", f"table: {table}"),
        ("fail: {allowed: false}", f"fail: {{{column}|exists: false}}"),
        (
            '{en: "{client} wrote to {server} {count} times", zh: "{client} 向 {server} 写入 {count} 次"}',
            "{en: x, zh: x}",
        ),
    ).partition("examples:")
    rows = f"facts: {{{table}: [{{{column}: a}}]}}"
    read = rule(f"{start}examples:\n  fail: [{{{rows}}}]\n  pass: [{{{rows}}}]\n  not-applicable: [{{{rows}}}]\n")
    assert read.group_by
    assert {*read.group_by} <= {c.name for c in TABLES[table].columns}


def test_a_rule_is_read_whole() -> None:
    read = rule(
        changed(
            ("group_by: [client, server]\n", ""),
            ("severity: high", "severity: critical\nprotocols: [modbus]\nattack: [T0836]\nempty: no-evidence"),
            ("rationale:", "minimum: {subjects: 2, duration: 60, sees: [requests, answers]}\nrationale:"),
        )
    )
    assert (read.id, read.family, read.severity) == ("writes-are-allowed", "commands", Severity.CRITICAL)
    assert read.needs == ("capture", "policy")
    assert read.protocols == ("modbus",)
    assert read.group_by == ("client", "server", "protocol", "verb"), "the default of the table"
    assert (read.minimum.subjects, read.minimum.duration, read.sees) == (2, 60, {Sees.REQUESTS, Sees.ANSWERS})
    assert read.empty is Verdict.NO_EVIDENCE
    assert read.mappings == (Mapping("iec-62443-3-3", "SR 2.1"),)
    assert [e.verdict for e in read.examples] == [Verdict.FAIL, Verdict.PASS, Verdict.NOT_APPLICABLE]
    assert read.examples[0].facts == {"operations": [{"verb": "write", "allowed": False}]}
    assert read.examples[2].facts == {"operations": [{"verb": "read"}]}
    assert read.rationale == {"en": "Because.", "zh": "原因。"}
    assert read.remediation == {"en": "Stop it.", "zh": "停止。"}


def test_examples_of_packaged_rules_are_read_when_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    text = changed(("[{facts: {operations: [{verb: read}]}}]", "[{facts: {nothing: [{verb: read}]}}]"))
    file = DefinitionFile("rules/commands/writes-are-allowed.yaml", "commands", text.encode())
    monkeypatch.setattr(files, "packaged", lambda: iter([file]))
    (read,) = load_rules(frameworks=FRAMEWORKS.values())
    assert read.read_examples is None
    with pytest.raises(DefinitionError, match="'nothing'"):
        assert read.examples
    with pytest.raises(DefinitionError, match="'nothing'"):
        load_rules(frameworks=FRAMEWORKS.values(), examples=True)


def test_examples_of_a_users_rules_are_read_at_once() -> None:
    text = changed(("[{facts: {operations: [{verb: read}]}}]", "[{facts: {nothing: [{verb: read}]}}]"))
    file = DefinitionFile("mine/writes-are-allowed.yaml", "commands", text.encode(), "mine", "writes-are-allowed.yaml")
    with pytest.raises(DefinitionError, match="'nothing'"):
        load_rules(frameworks=FRAMEWORKS.values(), own=[file])


def test_an_example_without_facts_has_none() -> None:
    assert rule(changed(("[{facts: {operations: [{verb: read}]}}]", "[{capture: plant.pcap}]"))).examples[2].facts == {}


def test_a_wrong_table_hides_no_other_of_an_example() -> None:
    found = problems(changed(("{operations: [{verb: read}]}", "{nothing: [{verb: read}], flows: 1}")))
    assert ["nothing" in found[0], "flows: not a list of rows" in found[1]] == [True, True], found


@pytest.mark.parametrize(
    ("text", "zones", "internet", "sides"),
    [
        ("any", True, False, (False, False)),
        ("{one: {level|lte: 3}, other: any}", True, False, (True, False)),
        ("{one: {level|lte: 3}, other: {level|gt: 3}}", True, False, (True, True)),
        ("{one: any, other: internet}", False, True, (False, False)),
        ("{one: any, other: [{level|gt: 3}, internet]}", True, True, (False, True)),
    ],
)
def test_boundaries(text: str, zones: bool, internet: bool, sides: tuple[bool, bool]) -> None:
    read = rule(changed(("severity: high", f"severity: high\nboundary: {text}"))).boundary
    assert read is not None
    assert (read.zones, read.internet) == (zones, internet)
    assert (read.one is not None, read.other is not None) == sides


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "table: operations",
            "table: operation",
            "line 7, column 10: table: unknown word 'operation'; did you mean 'operations'?",
        ),
        ("table: operations", "table: waivers", "table: unknown word 'waivers'"),
        (
            "where: {verb: write}",
            "where: {verb: writes}",
            "line 8, column 17: 'writes' is not a value of column 'verb'; did you mean 'write'?",
        ),
        (
            "where: {verb: write}",
            "wehre: {verb: write}",
            "line 8, column 3: unknown key 'wehre'; did you mean 'where'?",
        ),
        (
            "fail: {allowed: false}",
            "fail: {alowed: false}",
            "line 9, column 8: table operations has no column 'alowed'; did you mean 'allowed'?",
        ),
        (
            "fail: {allowed: false}",
            "fail: {client_roles: operator}",
            "'operator' is not a value of column 'client_roles'",
        ),
        (
            "fail: {allowed: false}",
            "fail: {protocol: modbos}",
            "'modbos' is not a value of column 'protocol'; did you mean 'modbus'?",
        ),
        (
            "fail: {allowed: false}",
            "fail: {client|cidrs: 10.0.0.0/8}",
            "line 9, column 8: unknown modifier 'cidrs'; did you mean 'cidr'?",
        ),
        ("fail: {allowed: false}", "fail: [", "YAML syntax"),
        ("fail: {allowed: false}\n", "", "line 1, column 1: key 'fail' is missing"),
        ("severity: high", "severity: hihg", "line 4, column 11: severity: unknown word 'hihg'; did you mean 'high'?"),
        ("severity: high", "severity: high\nseverity: low", "duplicate key 'severity'"),
        ("needs: [capture, policy]", "needs: [capture, polcy]", "did you mean 'policy'?"),
        (
            "needs: [capture, policy]",
            "needs: [policy]",
            "table operations is filled by the input 'capture'; add it to needs",
        ),
        (
            "needs: [capture, policy]",
            "needs: [capture, policy]\nprotocols: [s8comm]",
            "protocols: unknown word 's8comm'",
        ),
        (
            "group_by: [client, server]",
            "group_by: [client, srever]",
            "line 10, column 20: group_by: unknown word 'srever'; did you mean 'server'?",
        ),
        (
            "{client} wrote",
            "{clent} wrote",
            "line 11, column 15: message: there is no column 'clent'; did you mean 'client'?",
        ),
        ("{client} wrote", "{client.__class__} wrote", "there is no column 'client.__class__'"),
        ("{client} wrote", "{client!r:>9} wrote", "is not a plain column name"),
        ("{client} wrote", "{client wrote", "message: "),
        (
            "{en: Writes are allowed, zh: 写入均获许可}",
            "{}",
            "line 2, column 8: title: is empty; give the text in a language",
        ),
        ("zh: 写入均获许可", "fr: Permis", "unknown key 'fr'"),
        (
            "iec-62443-3-3: [SR 2.1]",
            "iec-62443-3-3: [SR 2.11 RE 3]",
            "line 14, column 28: iec-62443-3-3: unknown word 'SR 2.11 RE 3'; did you mean 'SR 2.1 RE 3'?",
        ),
        (
            "iec-62443-3-3: [SR 2.1]",
            "iec-62443-33: [SR 2.1]",
            "line 14, column 12: unknown framework 'iec-62443-33'; did you mean 'iec-62443-3-3'?",
        ),
        ("severity: high", "severity: high\nattack: [T9999]", "attack: unknown word 'T9999'"),
        ("severity: high", "severity: high\nreferences: [example.org]", "'example.org' is not a web address"),
        ("severity: high", "severity: high\nempty: pass", "empty: unknown word 'pass'"),
        ("severity: high", "severity: high\nminimum: {duration: -1}", "duration: is not a number of at least 0"),
        ("severity: high", "severity: high\nminimum: {subjects: 1.5}", "subjects: is not a whole number"),
        (
            "severity: high",
            "severity: high\nminimum: {sees: [request]}",
            "sees: unknown word 'request'",
        ),
        ("severity: high", "severity: high\nunknown_when: {client_zone|is: ''}", "unknown modifier 'is'"),
        (
            "id: writes-are-allowed",
            "id: writes-allowed",
            "line 1, column 5: the id 'writes-allowed' is not the file name 'writes-are-allowed'",
        ),
        ("id: writes-are-allowed", "id: Writes Allowed", "'Writes Allowed' is not a rule id"),
        (
            "  not-applicable: [{facts: {operations: [{verb: read}]}}]\n",
            "",
            "no example with the verdict 'not-applicable'",
        ),
        ("  pass: [{facts: {operations: [{verb: write, allowed: true}]}}]\n", "", "no example with the verdict 'pass'"),
        (
            "not-applicable: [{facts",
            "not-aplicable: [{facts",
            "unknown key 'not-aplicable'; did you mean 'not-applicable'?",
        ),
        (
            "operations: [{verb: read}]",
            "operations: [{verb: raed}]",
            "'raed' is not a value of column 'verb'; did you mean 'read'?",
        ),
        (
            "operations: [{verb: read}]",
            "operations: [{vreb: read}]",
            "line 18, column 43: table operations has no column 'vreb'; did you mean 'verb'?",
        ),
        (
            "operations: [{verb: read}]",
            "operatons: [{verb: read}]",
            "unknown key 'operatons'; did you mean 'operations'?",
        ),
        ("operations: [{verb: read}]", "operations: [{count: many}]", "column 'count' is int and cannot hold 'many'"),
        ("operations: [{verb: read}]", "operations: {verb: read}", "operations: not a list of rows"),
        ("{facts: {operations: [{verb: read}]}}", "{name: x}", "the example has neither facts nor files"),
    ],
)
def test_a_mistake_is_told_with_place_and_remedy(old: str, new: str, wanted: str) -> None:
    told = problems(changed((old, new)))
    assert any(wanted in problem for problem in told), told
    assert all(problem.startswith("rules/commands/writes-are-allowed.yaml: ") for problem in told)


def test_every_mistake_is_told_at_once() -> None:
    told = problems(
        changed(
            ("severity: high", "severity: hihg"),
            ("{verb: write}\nfail", "{verb: wirte}\nfail"),
            ("{allowed: false}\ngroup", "{alowed: false}\ngroup"),
            ("[SR 2.1]", "[SR 99]"),
            ("{verb: read}", "{vreb: read}"),
            ("{client} wrote", "{clent} wrote"),
        )
    )
    for word in ("hihg", "wirte", "alowed", "SR 99", "vreb", "clent"):
        assert any(word in problem for problem in told), word


@pytest.mark.parametrize("text", ["", "[]", "just text", "- a\n- b", "null"])
def test_a_file_that_is_no_rule(text: str) -> None:
    assert "is not a mapping" in problems(text)[0]


def test_rules_come_from_files_and_folders(tmp_path: Path) -> None:
    family = tmp_path / "commands"
    family.mkdir()
    (family / "writes-are-allowed.yaml").write_text(RULE, encoding="utf-8")
    (family / "another.yaml").write_text(RULE.replace("id: writes-are-allowed", "id: another"), encoding="utf-8")
    (family / "notes.txt").write_text("not a rule", encoding="utf-8")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "mine.yaml").write_text("id: mine", encoding="utf-8")
    found = load_rules([tmp_path])
    assert [(r.id, r.family) for r in found] == [("another", "commands"), ("writes-are-allowed", "commands")]
    assert [r.id for r in load_rules([family / "another.yaml"])] == ["another"]


def test_mistakes_of_every_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: a", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("id: b\nid: c", encoding="utf-8")
    with pytest.raises(DefinitionError) as error:
        load_rules([tmp_path])
    assert {Path(p.source).name for p in error.value.problems} == {"a.yaml", "b.yaml"}


def test_an_id_is_used_once(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "writes-are-allowed.yaml").write_text(RULE, encoding="utf-8")
    with pytest.raises(DefinitionError, match="is also defined in"):
        load_rules([tmp_path])


def test_missing_files_and_empty_folders(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no rule files"):
        load_rules([tmp_path])
    with pytest.raises(DefinitionError, match="cannot be read"):
        load_rules([tmp_path / "missing.yaml"])


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(DefinitionError, match="UTF-8"):
        read_rule(b"id: \xff\xfe\xfa", "rules/x/a.yaml", "x", FRAMEWORKS)
