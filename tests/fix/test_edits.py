"""Edits of texts, and where in a policy a conduit goes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from scanner.fix.edits import TextEdit, diff, edited
from scanner.fix.policy_text import PolicyText

_NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("text", "edits", "expected"),
    [
        ("a\nb\nc\n", [(1, 1, ())], "a\nc\n"),
        ("a\nb\nc\n", [(3, 0, ("d",))], "a\nb\nc\nd\n"),
        ("a\nb", [(2, 0, ("c",))], "a\nb\nc\n"),
        ("a\r\nb\r\n", [(1, 0, ("x",))], "a\r\nx\r\nb\r\n"),
        ("a\x0bb\u2028c\nd\n", [(1, 1, ())], "a\x0bb\u2028c\n"),
        ("a\nb\nc\nd\n", [(0, 1, ()), (2, 1, ())], "b\nd\n"),
        ("a\n", [(1, 0, ("y",)), (1, 0, ("x",))], "a\nx\ny\n"),
    ],
)
def test_edits(text: str, edits: list[tuple[int, int, tuple[str, ...]]], expected: str) -> None:
    assert edited(text, [TextEdit("f", *edit, _NOBODY) for edit in edits]) == expected


@pytest.mark.parametrize(
    ("text", "added", "expected"),
    [
        ("a\nc: []\nb\n", ("x", "y"), "a\nc:\nx\ny\nb\n"),
        ("a\nc: []\nb\n", ("y",), "a\nc:\ny\nb\n"),
        ("a\r\nc: []\r\nb\r\n", ("x", "y"), "a\r\nc:\r\nx\r\ny\r\nb\r\n"),
        ("a\nc: []", ("x", "y"), "a\nc:\nx\ny\n"),
    ],
)
def test_edits_of_the_same_lines_stand_below_one_heading(text: str, added: tuple[str, ...], expected: str) -> None:
    assert edited(text, [TextEdit("f", 1, 1, (line,), _NOBODY, heading=("c:",)) for line in added]) == expected


def test_a_diff_names_each_file_once() -> None:
    edits = [TextEdit("b", 0, 1, (), _NOBODY), TextEdit("a", 1, 0, ("new",), _NOBODY)]
    lines = list(diff({"a": "one\n", "b": "two\n"}, edits))
    assert [line for line in lines if line.startswith("--- ")] == ["--- a", "--- b"]
    assert "+new" in lines
    assert "-two" in lines


def test_beside_what_changes_nothing_is_shown_of_a_file_that_may_hold_secrets() -> None:
    text = "username x password 0 hunter2\npermit ip any any\nenable secret hunter2\n"
    edits = [TextEdit("f", 1, 1, (), _NOBODY)]
    assert "hunter2" not in "\n".join(diff({"f": text}, edits))
    assert "hunter2" in "\n".join(diff({"f": text}, edits, ["f"]))


@pytest.mark.parametrize(
    ("name", "text", "edit"),
    [
        ("a", "one\ntwo\n", (2, 0, ("three",))),
        ("a", "one\ntwo", (2, 0, ("three",))),
        ("a", "one\ntwo", (0, 1, ())),
        ("a", "one\ntwo", (1, 1, ())),
        ("a", "one\r\ntwo\r\n", (2, 0, ("three",))),
        ("a b \u4ea7 c", "one\n", (0, 1, ("two",))),
        ("a", "\udcb2\udce2\x85\n\ntwo\n\n", (4, 0, ("three",))),
    ],
)
@pytest.mark.parametrize("shown", ["everything", "changes"])
def test_patch_takes_what_is_shown(
    name: str, text: str, edit: tuple[int, int, tuple[str, ...]], shown: str, tmp_path: Path
) -> None:
    edits = [TextEdit(name, *edit, _NOBODY)]
    lines = "".join(f"{line}\n" for line in diff({name: text}, edits, [name] if shown == "everything" else []))
    (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    program = shutil.which("patch")
    if program is None:
        pytest.skip("no patch here")
    given = lines.encode("utf-8", "surrogateescape")
    subprocess.run([program, "-p0", "--binary", "-s", "-F0"], cwd=tmp_path, input=given, check=True, timeout=30)
    assert (tmp_path / name).read_bytes() == edited(text, edits).encode("utf-8", "surrogateescape")


ZONES = "otaudit_policy: 1\nzones:\n  - {id: a, level: 1}\n"


@pytest.mark.parametrize(
    ("text", "after", "indent", "conduits"),
    [
        (f"{ZONES}conduits:\n  - id: c1\n    from: a\n\n# roles\nroles: {{}}\n", 6, "  ", ("c1",)),
        (f"{ZONES}conduits:\n- {{id: c1, from: a}}\nroles: {{}}\n", 5, "", ("c1",)),
        (f"{ZONES}conduits:\n  - id: c1\n    reason: |\n      one\n      two\n\nroles: {{}}\n", 9, "  ", ("c1",)),
        (f"{ZONES}conduits:\n  - id: c1\n    verbs:\n      - read\n      - write  # both\n", 8, "  ", ("c1",)),
        (ZONES, 3, "  ", ()),
    ],
)
def test_where_a_conduit_goes(text: str, after: int, indent: str, conduits: tuple[str, ...]) -> None:
    found = PolicyText.of(text)
    assert found
    assert (found.after, found.indent, found.conduits) == (after, indent, conduits)


NEW = "- {id: c1}"


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("conduits: []", f"conduits:\n  {NEW}"),
        ("conduits: [ ]   ", f"conduits:\n  {NEW}"),
        ("conduits: [] # none yet", f"conduits: # none yet\n  {NEW}"),
        ("conduits:   []  # none yet", f"conduits:  # none yet\n  {NEW}"),
        ("conduits: []# none yet", f"conduits: # none yet\n  {NEW}"),
        ("conduits:\n  []  # none yet", f"conduits:\n    # none yet\n  {NEW}"),
        ("conduits:\n\n  []", f"conduits:\n\n  {NEW}"),
        ("conduits: [  # none yet\n\n  # later\n]", f"conduits:  # none yet\n\n  # later\n  {NEW}"),
        ("conduits: [\n  ]  # none yet", f"conduits:\n    # none yet\n  {NEW}"),
        ('"conduits": []', f'"conduits":\n  {NEW}'),
    ],
)
@pytest.mark.parametrize("behind", ["", "\n# roles\nroles: {}\n"])
@pytest.mark.parametrize("margin", ["", "   "])
def test_an_empty_list_becomes_one_with_lines(listed: str, expected: str, behind: str, margin: str) -> None:
    def within(text: str) -> str:
        return "".join(margin + line if line.strip() else line for line in text.splitlines(keepends=True))

    text = within(f"{ZONES}{listed}\n{behind}")
    found = PolicyText.of(text)
    assert found
    edit = TextEdit("p", found.after, found.removed, (f"{found.indent}{NEW}",), _NOBODY, heading=found.heading)
    assert edited(text, [edit]) == within(f"{ZONES}{expected}\n{behind}")
    assert yaml.safe_load(edited(text, [edit]))["conduits"] == [{"id": "c1"}]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{otaudit_policy: 1, zones: []}",
        f"{ZONES}conduits: &none []\n",
        f"{ZONES}conduits: [{{id: c1, from: a}}]\n",
        "otaudit_policy: 1\nroles: {}\n",
        "a: [",
    ],
)
def test_where_none_can_be_added(text: str) -> None:
    assert PolicyText.of(text) is None
