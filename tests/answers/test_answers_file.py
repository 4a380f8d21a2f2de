"""Files of answers: what is read, what is refused and where, and evidence that lies beside."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from scanner.answers import parse_answers, recognises
from scanner.errors import DefinitionError

HEAD = "otaudit_answers: 1\nanswered_by: J. Meier\nanswered_on: 2026-04-01\nanswers:\n"
ONE = "  - framework: iec-62443-3-3\n    requirement: SR 1.5\n    verdict: met\n"


def problems(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        parse_answers(text, "answers.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_row_for_each_answer() -> None:
    first, second = parse_answers(
        HEAD + ONE + "  - {framework: nis2, requirement: '(a)', verdict: null, until: 2027-01-31, zone: cell}\n",
        "a.yaml",
    )
    assert first["answered_by"] == "J. Meier"
    assert (first["framework"], first["requirement"], first["verdict"]) == ("iec-62443-3-3", "SR 1.5", "met")
    assert (first["line"], first["places"]) == (5, [5, 16, 6, 18, 5, 5])
    assert (second["verdict"], second["zone"], second["until"]) == ("", "cell", "2027-01-31")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + ONE.replace("verdict: met", "verdict: mett"), "line 7, column 14: verdict: 'mett' is not one of: met"),
        (HEAD + ONE.replace("verdict", "verdikt"), "line 7, column 5: unknown key 'verdikt'; did you mean 'verdict'?"),
        (HEAD + ONE.replace("SR 1.5", "1.5"), "line 6, column 18: requirement: '1.5' is not text"),
        (HEAD + ONE + "    until: 2026-02-30\n", "line 8, column 12: '2026-02-30' is not a day of the calendar"),
        (HEAD + ONE + "    until: 2026-03-31\n", "until 2026-03-31 is before 2026-04-01"),
        (HEAD + ONE + "    until: soon\n", "until: 'soon' does not have the expected form; expected a date"),
        (HEAD + ONE + "    sha256: abc\n    evidence: a.pdf\n", "line 8, column 13: sha256: 'abc' does not have"),
        (HEAD + ONE + f"    sha256: {'0' * 64}\n", "a SHA-256 of no evidence"),
        (HEAD.replace("answered_by: J. Meier\n", "") + ONE, "an answer without 'answered_by' counts for nobody"),
        (HEAD.replace("J. Meier", '" \\u200b"') + ONE, "an answer without 'answered_by' counts for nobody"),
        (HEAD.replace("answered_on: 2026-04-01\n", "") + ONE, "an answer without 'answered_on' counts for nobody"),
        ("otaudit_answers: 2\nanswers: []\n", "'2' is not '1'"),
        ("otaudit_answers: 1\n", "required key 'answers' is missing"),
        ("- otaudit_answers: 1\n", "a list is not a mapping"),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, told: str) -> None:
    assert any(told in problem for problem in problems(text)), problems(text)


def test_an_unanswered_question_needs_nobody() -> None:
    (row,) = parse_answers("otaudit_answers: 1\nanswers:\n  - {framework: nis2, requirement: '(a)'}\n", "a.yaml")
    assert row["verdict"] == ""


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("otaudit_answers: 1\n", True),
        ("\ufeff# of May\notaudit_answers: 1\n", True),
        ('{"otaudit_answers": 1, "answers": []}', True),
        ("otaudit_policy: 1\n", False),
        ("note: otaudit_answers\n", False),
    ],
)
def test_it_is_recognised_by_its_content(text: str, is_one: bool) -> None:
    assert recognises(text.encode()) is is_one
    assert recognises(text.removeprefix("\ufeff").encode("utf-16")) is is_one


def evidence(folder: Path, name: str, sha256: str) -> str:
    text = f"{HEAD}{ONE}    evidence: {name}\n    sha256: {sha256}\n"
    (row,) = parse_answers(text, "answers.yaml", folder)
    return str(row["evidence_state"])


def test_evidence_beside_the_answers_is_compared_with_its_hash(tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    (folder / "proof").mkdir(parents=True)
    (folder / "proof" / "审查.pdf").write_bytes(b"signed")
    (tmp_path / "outside.pdf").write_bytes(b"signed")
    (folder / "link.pdf").symlink_to(tmp_path / "outside.pdf")
    right = hashlib.sha256(b"signed").hexdigest()
    assert evidence(folder, "proof/审查.pdf", right) == "fits"
    assert evidence(folder, "proof/审查.pdf", right.upper()) == "fits"
    assert evidence(folder, "proof/审查.pdf", "0" * 64) == "differs"
    assert evidence(folder, "proof/missing.pdf", right) == "absent"
    assert evidence(folder, "proof", right) == "absent", "a folder"
    for outside in ("../outside.pdf", str(tmp_path / "outside.pdf"), "link.pdf", "https://example.org/a.pdf", '"C:/a"'):
        assert evidence(folder, outside, right) == "", outside
