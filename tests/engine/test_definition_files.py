"""Folders of a user: what is read of them, what they are called, and what is said of what cannot be used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scanner.engine.definitions import files
from scanner.engine.definitions.files import own
from scanner.errors import DefinitionError


def made(root: Path, *names: str) -> Path:
    """A folder with these files, each with its name in it; a name that ends in a slash is a folder."""
    for name in names:
        path = root / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.write_text(name, encoding="utf-8")
    return root


def told(*folders: Path) -> list[str]:
    with pytest.raises(DefinitionError) as error:
        own(folders)
    return [str(problem) for problem in error.value.problems]


def test_what_is_read_and_what_it_is_called(tmp_path: Path) -> None:
    names = ("b.yaml", "tls/a.yaml", "x/frameworks/f.yaml", "nursery/tls/n.yaml", "drafts/d.yaml", ".git/g.yaml")
    root = made(tmp_path / "mine", *names, ".hidden.yaml", "notes.txt", "yaml")
    found = own([root])
    assert [(f.name, f.folder, f.in_nursery) for f in found] == [
        ("b.yaml", "mine", False),
        ("nursery/tls/n.yaml", "tls", True),
        ("tls/a.yaml", "tls", False),
        ("x/frameworks/f.yaml", "frameworks", False),
    ]
    assert {(f.source, f.content, f.origin) for f in found} == {
        (str(root / f.name), f.name.encode(), "mine") for f in found
    }


def test_folders_of_one_name_are_numbered_and_one_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    roots = [made(tmp_path / where / "mine", "a.yaml") for where in "abc"]
    found = own([*roots, roots[0], made(tmp_path / "mine too", "a.yaml")])
    assert [f.origin for f in found] == ["mine", "mine (2)", "mine (3)", "mine too"]


def test_everything_that_cannot_be_used_is_told_and_where(tmp_path: Path) -> None:
    deep = "/".join("abcdefghi")
    root = made(tmp_path / "mine", "a.yaml", "b.yml", "c.YAML", "d.txt", f"{deep}/x.yaml", "folder.yaml/")
    made(tmp_path / "other", "secret.yaml")
    (root / "away").symlink_to(tmp_path / "other")
    (root / "out.yaml").symlink_to(tmp_path / "other/secret.yaml")
    (root / "round.yaml").symlink_to("round.yaml")
    os.mkfifo(root / "pipe.yaml")
    missing, empty = tmp_path / "missing", made(tmp_path / "empty", "x/")
    lines = [line.replace(f"{tmp_path}/", "") for line in told(root, missing, root / "a.yaml", empty)]
    (round_and_round,) = [line for line in lines if line.startswith("mine/round.yaml: ")]
    assert sorted({*lines} - {round_and_round}) == [
        "empty: no rules, frameworks, profiles or remedies (*.yaml) in this folder; see docs/rules.md",
        "mine/a.yaml: is a file, not a folder; name the folder that holds the rules",
        f"mine/{deep[:-2]}: folders lie too deep in each other; lay them out like rules/",
        "mine/away: is a link to a folder; put the folder itself there",
        "mine/b.yml: is not read under this name; let its name end in .yaml",
        "mine/c.YAML: is not read under this name; let its name end in .yaml",
        "mine/out.yaml: is a link out of the folder; put the file itself there",
        "mine/pipe.yaml: is not a plain file; remove it",
        "missing: no such folder; name the folder that holds the rules",
    ]


def test_a_folder_that_holds_more_than_definitions_is_another_than_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = made(tmp_path / "mine", "a.yaml", "b/c.yaml", "b/d.txt")
    monkeypatch.setattr(files, "MOST_ENTRIES", 4)
    assert len(own([root])) == 2
    monkeypatch.setattr(files, "MOST_ENTRIES", 3)
    assert told(root) == [f"{root}: holds more than 3 files and folders; name a folder of rules alone"]


def test_the_bytes_of_a_folder_are_bounded_and_that_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = made(tmp_path / "mine", "a.yaml", "b.yaml", "c.yaml", "d.yaml")
    monkeypatch.setattr(files, "MOST_BYTES", 24)
    assert len(own([root])) == 4
    monkeypatch.setattr(files, "MOST_BYTES", 12)
    assert told(root) == [f"{root}: holds more than 12 bytes of definitions; name a folder of rules alone"]
