"""What is said of inputs: the input's own words are kept, whatever they look like, and marks survive every way home."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from scanner.assets import readers
from scanner.capture.files.containers import open_capture
from scanner.catalogues.po import entries
from scanner.configs import reader as configurations
from scanner.errors import DefinitionError, InputError, Problem, WrongText
from scanner.policy.document import parse_policy
from scanner.wording import Said, at_byte, at_entry, at_line, at_lines, at_row, near_byte, said
from scanner.wording.spoken import spoken

CATALOGUE = list(entries(Path("reports/words/zh.po").read_text(encoding="utf-8")))
# Sentences of the catalogue that a file might hold: as names of files, cells and keys.
SENTENCES = [
    e.text
    for e in CATALOGUE
    if not e.context and 8 <= len(e.text) <= 40 and e.forms[0] != e.text and not set(e.text) & set("{}'\",;|#:[]/&*")
][::15]


def chinese(problem: Problem) -> str:
    return spoken(problem.text.marked, "zh")


def of_inventory(text: str, source: str) -> Problem:
    found = readers.read(f"name,ip,vlan\na,10.0.0.1,{text}\n".encode(), source)
    return found.problems[0]


def of_header(text: str, source: str) -> Problem:
    with pytest.raises(InputError) as caught:
        readers.read(f'[{{"{text}": 1}}]'.encode(), source)
    return caught.value.problem


def of_policy(text: str, source: str) -> Problem:
    with pytest.raises(DefinitionError) as caught:
        parse_policy(f"otaudit_policy: 1\nzones: []\nconduits: []\n{text}: 1\n", source, ())
    return next(problem for problem in caught.value.problems if f"'{text}'" in problem.what)


def of_zone(text: str, source: str) -> Problem:
    policy = f"otaudit_policy: 1\nzones: []\nconduits:\n  - {{id: a, from: '{text}', to: b, protocols: [any]}}\n"
    with pytest.raises(DefinitionError) as caught:
        parse_policy(policy, source, ())
    return next(problem for problem in caught.value.problems if f"'{text}'" in problem.what)


@pytest.mark.parametrize("text", SENTENCES)
def test_what_a_file_says_is_no_sentence_of_ours(text: str) -> None:
    for make in (of_inventory, of_policy, of_zone):
        shown = chinese(make(text, f"plant/{text}"))
        assert shown.startswith(f"plant/{text}：")
        assert f"“{text}”" in shown
        assert shown != make(text, f"plant/{text}").text  # our own words are translated


@pytest.mark.parametrize("text", SENTENCES[:5])
def test_a_file_that_is_nothing_keeps_its_name(text: str) -> None:
    assert chinese(of_header(text, text)).startswith(f"{text}：")
    with pytest.raises(InputError) as caught:
        configurations.read(b"\x01\x02", text)
    assert chinese(caught.value.problem).startswith(f"{text}：")


def test_a_capture_of_a_name_like_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "the file is empty"
    path.write_bytes(b"")
    with pytest.raises(InputError) as caught:
        open_capture(path, path.name)
    assert chinese(caught.value.problem) == "the file is empty：文件为空；请重新复制或导出"


WHAT = said("unknown field '{field}'", field="row 7")
PROBLEM = Problem(
    "plant.csv", said("unknown field '{field}'", field="row 7"), at_row(7), said("see line {line}", line=3)
)


@pytest.mark.parametrize(
    "error",
    [
        InputError(PROBLEM.source, PROBLEM.what, PROBLEM.place, PROBLEM.remedy),
        DefinitionError(PROBLEM),
        WrongText(PROBLEM.what, PROBLEM.remedy),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_come_home_from_other_processes(error: Exception) -> None:
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
    assert str(back) == str(error)
    for given, found in zip(texts(error), texts(back), strict=True):
        assert found.marked == given.marked


def texts(error: Exception) -> list[object]:
    if isinstance(error, WrongText):
        return [error.what, error.remedy]
    problem = error.problem if isinstance(error, InputError) else error.problems[0]
    return [problem.what, problem.place, problem.remedy, problem.text]


@pytest.mark.parametrize(
    ("place", "english", "wanted"),
    [
        (at_line(12), "line 12", "第 12 行"),
        (at_line(12, 5), "line 12, column 5", "第 12 行第 5 列"),
        (at_lines(3, 9), "lines 3-9", "第 3-9 行"),
        (at_lines(3, 3), "line 3", "第 3 行"),
        (at_row(7), "row 7", "第 7 行"),
        (at_entry(2), "entry 2", "第 2 项"),
        (at_byte(104), "byte 104", "第 104 字节"),
        (at_byte(104, unpacked=True), "byte 104 of the decompressed capture", "解压后流量采集文件的第 104 字节"),
        (near_byte(4096), "near byte 4096", "第 4096 字节附近"),
    ],
)
def test_places(place: Said, english: str, wanted: str) -> None:
    assert (str(place), spoken(place.marked, "zh")) == (english, wanted)


def test_a_problem_is_one_line() -> None:
    assert str(PROBLEM) == "plant.csv: row 7: unknown field 'row 7'; see line 3"
    assert chinese(PROBLEM) == "plant.csv：第 7 行：未知字段“row 7”；见第 3 行"
