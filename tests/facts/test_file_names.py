"""Names of files, whatever folder they lie in."""

from __future__ import annotations

import polars as pl
import pytest

from scanner.facts.file_names import file_names


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (r"ADMIN$\PSEXESVC.exe", "psexesvc.exe"),
        ("/d7/agent.exe", "agent.exe"),
        ("AGENT.EXE. .", "agent.exe"),
        ('"d/agent.exe"', "agent.exe"),
        (r"C$\agent.exe::$DATA", "agent.exe"),
        (r"C$\notes.txt:agent.exe:$DATA", "notes.txt:agent.exe"),
        ("[SYSEXE]AGENT.EXE;1", "[sysexe]agent.exe"),
        ("重启.exe", "重启.exe"),
        ("recipes/", ""),
        ("", ""),
    ],
)
def test_the_name_alone(said: str, name: str) -> None:
    assert file_names(pl.DataFrame({"verb": ["file-write"], "object": [said]})).to_list() == [name]


def test_what_is_no_file_has_none() -> None:
    assert file_names(pl.DataFrame({"verb": ["write"], "object": ["DB1.exe"]})).to_list() == [""]
