"""Ids of frameworks beside those of other sources, and the page about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.engine.definitions.frameworks import load_frameworks
from scanner.engine.frameworks_reference import COMPARED, PAGE, Comparison, comparisons, page
from tests.frameworks.compare import compare, found, keep, key, main
from tests.packaged import rules

ROOT = Path(__file__).parents[2]
FRAMEWORKS = load_frameworks()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AC-2(1)", "ac-2.1"),
        ("SR 1.1 RE 1", "SR 1.1.RE1"),
        ("CIP-005-7 R1 Part 1.3", "CIP-005-7 R1 part 1.3"),
        ("8.1.4.1 a)", "8.1.4.1a"),
        ("Art. 21(2)(h)", "art 21.2.h"),
        ("AC-02", "AC-2"),
    ],
)
def test_ids_that_are_the_same(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_ids_that_are_not_the_same() -> None:
    assert key("AC-2(1)") != key("AC-21")
    assert key("SR 1.1 RE 1") != key("SR 1.11")


def test_what_one_side_lacks() -> None:
    theirs = found("x 1.1.RE1\ny 1.2\nz 1.9\nz 1.9\n", r"^[xyz] ([\dRE.]+)$", "SR ")
    assert theirs == ["SR 1.1.RE1", "SR 1.2", "SR 1.9"]
    assert compare(["SR 1.1 RE 1", "SR 1.2", "SR 1.3"], theirs) == (2, ("SR 1.3",), ("SR 1.9",))


def test_a_comparison_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    kept = tmp_path / "compared.json"
    kept.write_text("[]", encoding="utf-8")
    first = Comparison("a", "source", "1", "2026-01-01", 3, ("x",))
    keep(first, kept)
    keep(Comparison("a", "other", "1", "2026-01-01", 2), kept)
    assert comparisons(kept) == [Comparison("a", "other", "1", "2026-01-01", 2), first]
    keep(Comparison("a", "source", "2", "2026-02-01", 4), kept)
    assert [(c.source, c.agreed, c.only_here) for c in comparisons(kept)] == [("other", 2, ()), ("source", 4, ())]


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    kept, listed = tmp_path / "compared.json", tmp_path / "list.txt"
    kept.write_text("[]", encoding="utf-8")
    names = list(next(f for f in FRAMEWORKS if f.id == "iec-62443-3-2").requirements)
    listed.write_text("\n".join([*names[1:], "ZCR 9.9"]), encoding="utf-8")
    monkeypatch.setattr("tests.frameworks.compare.keep", lambda made: keep(made, kept))
    main(["iec-62443-3-2", str(listed), "--pattern", "^.+$", "--source", "list", "--edition", "1"])
    assert capsys.readouterr().out == f"{len(names) - 1} agree; only here: {names[0]}; only there: ZCR 9.9\n"
    assert comparisons(kept)[0].only_there == ("ZCR 9.9",)


def test_what_is_kept_is_about_ids_that_there_are() -> None:
    """Nothing is claimed of a framework as it was: ids that differ are still in it, and no more agree than it has."""
    known = {f.id: set(f.requirements) for f in FRAMEWORKS}
    for made in comparisons(ROOT / COMPARED):
        ours = known[made.framework]
        assert set(made.only_here) <= ours, made.source
        assert not {key(name) for name in made.only_there} & {key(name) for name in ours}, made.source
        assert made.agreed + len(made.only_here) <= len(ours), made.source
        assert made.agreed > 0


def test_the_page_is_current() -> None:
    written = (ROOT / PAGE).read_text(encoding="utf-8")
    assert written == page(FRAMEWORKS, tuple(rules().values()), comparisons(ROOT / COMPARED)), "run: make docs"


def test_the_kept_file_is_as_the_command_writes_it(tmp_path: Path) -> None:
    text = (ROOT / COMPARED).read_text(encoding="utf-8")
    copy = tmp_path / "compared.json"
    copy.write_text(text, encoding="utf-8")
    if made := comparisons(copy):
        keep(made[0], copy)
    assert json.loads(copy.read_text(encoding="utf-8")) == json.loads(text)
