"""Problems of an inventory beyond those that anybody reads are counted; why rows were not read is always told."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.assets import problems
from scanner.assets.readers import csv_file
from scanner.limits import parse, using


def test_problems_beyond_the_first_are_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(problems, "MOST", 2)
    file = tmp_path / "assets.csv"
    file.write_text("name,ip\n" + "".join(f"plc-{n},1.1\n" for n in range(6)), "utf-8")
    with using(parse(["inventory-rows=5"])):
        found = csv_file.read(file, "x")
    assert len(found.rows) == 5
    assert [p.place for p in found.problems] == ["row 2", "row 3", "", "row 7"]
    assert found.problems[2].what == "3 more problems, which are not listed"
    assert "the rest was not read" in found.problems[3].what


@pytest.mark.parametrize("lines_between", [0, 98, 99, 100, 150])
def test_a_quoted_cell_spans_at_most_a_hundred_lines(lines_between: int) -> None:
    text = 'name,ip\n"a' + "\nx" * lines_between + '\nend",10.0.0.1\nb,10.0.0.2\n"c,10.0.0.3\nd,10.0.0.4\n'
    found = list(csv_file._lines(text, ","))
    closed = lines_between < 100
    first = found[1]
    assert (first.number, bool(first.broken)) == (2, not closed)
    assert [line.number for line in found if line.cells[0] in ("b", "d")] == [lines_between + 4, lines_between + 6]
    assert [line.cells[0] for line in found if line.broken] == [*([] if closed else ['"a']), '"c']
