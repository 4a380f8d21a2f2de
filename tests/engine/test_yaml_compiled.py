"""What is kept of packaged YAML files is what they hold, and counts for nothing where it is not."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner import yaml_compiled
from scanner.engine.definitions.loader import read_rule
from scanner.errors import DefinitionError
from scanner.wording import said
from scanner.yaml_positions import Position, load, parse
from tests.engine.engine_cases import FRAMEWORKS, changed

PACKAGED = sorted(path for root in ("rules", "scanner") for path in Path(root).rglob("*.yaml"))
SOME = b"id: one\nsteps:\n  - {at: 0x10, on: yes}\n  - 1.0\n  - ~\n"


@pytest.fixture(name="kept")
def _kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the file lies that otaudit looks at; not there yet."""
    monkeypatch.setattr(yaml_compiled, "files", lambda _: tmp_path)
    yaml_compiled._kept.cache_clear()
    yield tmp_path / yaml_compiled.NAME
    yaml_compiled._kept.cache_clear()


@functools.cache
def whole() -> bytes:
    return yaml_compiled.compiled([SOME], lambda content: parse(content, "").data)


def test_data_and_places_are_those_of_the_file(kept: Path) -> None:
    kept.write_bytes(whole())
    read = load(SOME, "some.yaml")
    assert yaml_compiled.known(SOME) == read.data == {"id": "one", "steps": [{"at": 16, "on": "yes"}, 1.0, None]}
    assert [type(v) for v in read.data["steps"][0].values()] == [int, str]
    assert read.position(("steps", 1)) == Position(4, 5)
    assert str(read.problem(("steps", 0, "on"), said("odd"))).startswith("some.yaml: line 3, column 20: odd")


def test_what_is_wrong_in_a_known_file_is_told_with_its_place(kept: Path) -> None:
    text = changed(("table: operations", "table: operation")).encode()
    kept.write_bytes(yaml_compiled.compiled([text], lambda content: parse(content, "").data))
    assert yaml_compiled.known(text) is not None
    with pytest.raises(DefinitionError, match="line 7, column 10: table: unknown word 'operation'"):
        read_rule(text, "writes-are-allowed.yaml", "commands", FRAMEWORKS)


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"\xff\xfe",
        whole().replace(b"\n", b"\r\n"),
        b"0" * 64 + whole()[64:],  # by another reader
        whole().rpartition(b"\n")[0],
        whole()[:-9],  # cut short
        whole()[:-9] + b"\xff" * 9,
        whole() + b"]",
    ],
)
def test_what_is_damaged_or_of_another_reader_counts_for_nothing(kept: Path, other: bytes) -> None:
    kept.write_bytes(other)
    assert yaml_compiled.known(SOME) is None
    assert load(SOME, "some.yaml").data == parse(SOME, "some.yaml").data


def test_an_edited_file_is_read_itself(kept: Path) -> None:
    kept.write_bytes(whole())
    assert load(SOME.replace(b"one", b"two"), "some.yaml").data["id"] == "two"


def test_nothing_kept_is_shared_between_readers(kept: Path) -> None:
    kept.write_bytes(whole())
    load(SOME, "some.yaml").data["steps"].clear()
    assert len(load(SOME, "some.yaml").data["steps"]) == 3


def test_text_that_is_kept_as_written_is_read_from_the_file(kept: Path) -> None:
    kept.write_bytes(whole())
    assert load(SOME, "some.yaml", keep_text=True).data["steps"][0]["at"] == "0x10"
    with pytest.raises(DefinitionError, match="more than 3 values"):
        load(SOME, "some.yaml", max_nodes=3)


def test_what_was_built_is_what_the_packaged_files_hold() -> None:
    """Also of what somebody slipped in: whatever is known of a file must be in it."""
    yaml_compiled._kept.cache_clear()
    for path in PACKAGED:
        content = path.read_bytes()
        known = yaml_compiled.known(content)
        assert known is None or json.dumps(known) == json.dumps(parse(content, path.name).data), path


def test_every_packaged_file_can_be_kept() -> None:
    lines = yaml_compiled.compiled((p.read_bytes() for p in PACKAGED), lambda content: parse(content, "").data)
    assert len(lines.split(b"\n")) == 1 + len({path.read_bytes() for path in PACKAGED})
