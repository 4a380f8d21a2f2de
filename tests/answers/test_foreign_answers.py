"""Answers that other tools hold: STIG checklists and assessments of CSET."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.answers import parse_answers
from scanner.answers.foreign import Foreign, controls, read_foreign
from scanner.cli import main
from scanner.engine.definitions.frameworks import load_frameworks
from scanner.errors import InputError

KNOWN = {f.id: f.requirements for f in load_frameworks() if not f.overlay_of}
IDENTITY = sorted(controls()["AC-7"])  # of which a checklist seldom has all


def vuln(number: str, status: str, *ccis: int) -> str:
    attributes = "".join(
        f"<STIG_DATA><VULN_ATTRIBUTE>{name}</VULN_ATTRIBUTE><ATTRIBUTE_DATA>{value}</ATTRIBUTE_DATA></STIG_DATA>"
        for name, value in (("Vuln_Num", number), *(("CCI_REF", f"CCI-{cci:06d}") for cci in ccis))
    )
    return f"<VULN>{attributes}<STATUS>{status}</STATUS><FINDING_DETAILS/><COMMENTS/></VULN>"


def ckl(*vulns: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?><CHECKLIST><ASSET><HOST_NAME>HMI-1</HOST_NAME></ASSET><STIGS><iSTIG>'
    return f"{head}{''.join(vulns)}</iSTIG></STIGS></CHECKLIST>".encode()


def cklb(*rules: tuple[str, str, list[int]]) -> bytes:
    found = [{"group_id": n, "status": s, "ccis": [f"CCI-{c:06d}" for c in ccis]} for n, s, ccis in rules]
    return json.dumps({"target_data": {"host_name": "HMI-1"}, "stigs": [{"rules": found}]}).encode()


def read(content: bytes) -> Foreign:
    return read_foreign(content, "file", KNOWN)


def verdicts(found: Foreign) -> dict[str, str]:
    return {answer.requirement: answer.verdict for answer in found.answers}


@pytest.mark.parametrize(
    ("statuses", "all_ccis", "verdict"),
    [
        (["Open"], False, "not-met"),
        (["Open", "NotAFinding"], False, "partly-met"),
        (["NotAFinding"], False, ""),
        (["NotAFinding"], True, "met"),
        (["NotAFinding", "Not_Reviewed"], True, ""),
        (["Not_Applicable"], True, "not-applicable"),
        (["Not_Reviewed"], True, ""),
    ],
)
def test_a_control_is_met_when_all_of_it_was_reviewed(statuses: list[str], all_ccis: bool, verdict: str) -> None:
    ccis = IDENTITY if all_ccis else IDENTITY[:1]
    old = read(ckl(*(vuln(f"V-{n}", status, *ccis) for n, status in enumerate(statuses))))
    words = {"NotAFinding": "not_a_finding", "Not_Reviewed": "not_reviewed", "Not_Applicable": "not_applicable"}
    new = read(cklb(*((f"V-{n}", words.get(s, "open"), list(ccis)) for n, s in enumerate(statuses))))
    assert verdicts(old) == verdicts(new) == {"AC-7": verdict}
    assert "STIG checks on HMI-1" in old.answers[0].remark


def test_what_has_no_control_of_ours_is_told() -> None:
    found = read(ckl(vuln("V-1", "Open", 999_999), vuln("V-2", "Open")))
    assert (found.answers, found.unmapped) == ((), {"V-1": 1, "V-2": 1})


def test_cset_by_the_number_of_the_requirement() -> None:
    asked = [
        {"title": "SR 1.5", "answerText": "Y", "comment": "Reviewed."},
        {"title": "SR 1.7", "answerText": "N"},
        {"title": "SR 1.8", "answerText": "U"},
        {"title": "Account 12", "answerText": "Y"},
        {"title": "SR 1.9", "answerText": "Z"},
    ]
    document = {
        "assessment": {"facilitatorName": "J. Meier", "assessmentDate": "2026-03-02T00:00:00"},
        "standards": {"mode": "Requirements", "standards": [{"setName": "x", "requirements": asked}]},
        "maturityModels": [{"groupings": [{"groupings": [{"questions": [{"title": "AC-2", "answerText": "NA"}]}]}]}],
    }
    found = read(json.dumps(document).encode())
    assert verdicts(found) == {"SR 1.5": "met", "SR 1.7": "not-met", "AC-2": "not-applicable"}
    assert found.unmapped == {"Account 12": 1, "SR 1.9": 1}
    assert (found.answered_by, found.answered_on) == ("J. Meier", "2026-03-02")


@pytest.mark.parametrize(("second", "verdict"), [("Y", "met"), ("N", ""), ("NA", ""), ("U", "met")])
def test_cset_where_two_standards_ask_the_same(second: str, verdict: str) -> None:
    standards = [
        {"requirements": [{"title": "SR 1.5", "answerText": code, "comment": text}]}
        for code, text in (("Y", "First."), (second, "Second."))
    ]
    found = read(json.dumps({"assessment": {}, "standards": {"standards": standards}}).encode())
    assert (verdicts(found), found.unmapped) == ({"SR 1.5": verdict}, {})
    assert found.answers[0].remark == ("First." if verdict else "First. / Second.")


BOMB = b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><CHECKLIST>&b;</CHECKLIST>'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (BOMB, "document type"),
        (b"<CHECKLIST><VULN>", "not well-formed XML"),
        (b"<x/>", "no checklist of a STIG"),
        (b"<a>" * 90_000, "nested too deeply"),
        (b"PK\x03\x04", "export the assessment of CSET as JSON"),
        (b"{}", "neither a checklist"),
        (b"[" * 200_000, "neither a checklist"),
        (b"\xff\x00", "neither a checklist"),
    ],
)
def test_anything_else_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(InputError) as caught:
        read(content)
    assert told in str(caught.value)


def test_strange_values_are_borne() -> None:
    document = {"stigs": [{"rules": [1, {"ccis": 5}, {"ccis": [7, None]}]}, 4], "target_data": []}
    assert read(json.dumps(document).encode()).answers == ()
    odd = {"assessment": {}, "standards": {"standards": [{"requirements": [{"title": 5}, "x"]}]}, "maturityModels": 3}
    assert read(json.dumps(odd).encode()).answers == ()


def test_the_command_writes_what_a_scan_reads(tmp_path: Path) -> None:
    source, target = tmp_path / "hmi.ckl", tmp_path / "answers.yaml"
    source.write_bytes(ckl(vuln("V-1", "Open", *IDENTITY[:1]), vuln("V-2", "Open", 999_999)))
    arguments = ["answers", "import", str(source), "-o", str(target), "--by", "J. Meier", "--on", "2026-03-02"]
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, "not mapped: V-2" in result.output) == (0, True), result.output
    (row,) = parse_answers(target.read_bytes(), "answers.yaml")
    assert (row["requirement"], row["verdict"], row["answered_by"]) == ("AC-7", "not-met", "J. Meier")
    assert "1 answer, 0 to be decided by people, 1 check or question not mapped" in result.output
    assert CliRunner().invoke(main, ["answers", "check", str(target)]).exit_code == 0
    refused = CliRunner().invoke(main, [*arguments[:-1], "2026-13-02"])
    assert (refused.exit_code, "'2026-13-02' is not a date" in refused.output) == (2, True), refused.output


def test_the_table_of_ccis() -> None:
    """862 controls and enhancements of Revision 4."""
    assert len(controls()) == 862
    assert 15 in controls()["AC-2(1)"]
