"""The JSON Schemas for editors: every packaged file fits, mistakes do not, and no key of a reader is missing."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from scanner.cli import main
from scanner.engine import schemas
from scanner.engine.definitions import frameworks, profile_files, requirements
from scanner.engine.definitions.files import packaged
from scanner.engine.definitions.loader import KEYS
from scanner.yaml_positions import load
from tests.engine.engine_cases import RULE, changed

ROOT = Path(__file__).parents[2]
KINDS = {"frameworks": "framework", "profiles": "profile"}


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(every()[name])


@cache
def every() -> dict[str, Any]:
    return schemas.schemas()


@pytest.mark.parametrize("name", ["rule", "profile", "framework", "policy", "answers", "results"])
def test_each_is_a_schema_and_is_published(name: str) -> None:
    schema = every()[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    published = ROOT / schemas.FOLDER / f"{name}.schema.json"
    assert published.read_text(encoding="utf-8") == schemas.written(schema), "run: make docs"


@pytest.mark.parametrize("file", [f for f in packaged() if f.folder != "drafts"], ids=lambda f: f.source)
def test_every_packaged_file_fits(file: Any) -> None:
    data = load(file.content, file.source).data
    wrong = [f"{list(e.path)}: {e.message[:200]}" for e in validator(KINDS.get(file.folder, "rule")).iter_errors(data)]
    assert wrong == []


@pytest.mark.parametrize("plant", sorted((ROOT / "fixtures/plants").glob("*/policy.yaml")), ids=lambda p: p.parent.name)
def test_policies_of_the_plants_fit(plant: Path) -> None:
    assert not list(validator("policy").iter_errors(load(plant.read_bytes(), "x").data))


def test_no_key_of_a_reader_is_missing() -> None:
    assert schemas.rule()["properties"].keys() == set(KEYS)
    assert schemas.profile()["properties"].keys() == set(profile_files._KEYS)
    asked = schemas.framework()["properties"]
    assert asked["requirements"]["additionalProperties"]["properties"].keys() == set(requirements._KEYS)
    source = Path(frameworks.__file__).read_text(encoding="utf-8")
    read = re.findall(r'"(\w+)"', source.partition("keys = (")[2].partition("\n    stem")[0])
    assert asked.keys() == set(read)


RIGHT = [
    RULE,
    changed(("fail: {allowed: false}", "fail: {a: {allowed: false}, b: [{verb: [write, 'op*']}], condition: a or b}")),
    changed(("fail: {allowed: false}", "correlate: {n: {type: event_count, group_by: [client]}}\nfail: {n|gt: 5}")),
    RULE + "state: nursery\nconfidence: low\naudience: [auditor]\n",
]
WRONG = [
    ("severity: high", "severity: hihg"),
    ("needs: [capture, policy]", "needs: [captures]"),
    ("  table: operations", "  table: operation"),
    ("  where: {verb: write}", "  where: {verb: wrte}"),
    ("  where: {verb: write}", "  where: {vreb: write}"),
    ("  where: {verb: write}", "  where: {verb|startwith: write}"),
    ("  where: {verb: write}", "  were: {verb: write}"),
    ("fail: {allowed: false}", "fail: {protocol: modbsu}"),
    ("fail: {allowed: false}", "fail: []"),
    ("fail: {allowed: false}", "fial: {allowed: false}"),
    ("id: writes-are-allowed", "id: Writes Are Allowed"),
    ("rationale: {en: Because., zh: 原因。}", "rationale: {de: Weil.}"),
    ("rationale: {en: Because., zh: 原因。}", "rationale: Because."),
    ("group_by: [client, server]", "attack: [T9999]"),
    ("group_by: [client, server]", "empty: pass"),
    ("group_by: [client, server]", "confidence: sure"),
    ("group_by: [client, server]", "minimum: {subject: 1}"),
    ("group_by: [client, server]", "review: {when: {undecided: true}}"),
    ("{operations: [{verb: read}]}", "{operation: [{verb: read}]}"),
    ("{operations: [{verb: read}]}", "{operations: [{vreb: read}]}"),
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_fits(text: str) -> None:
    assert not list(validator("rule").iter_errors(load(text, "x").data))


@pytest.mark.parametrize(("old", "new"), WRONG, ids=str)
def test_mistakes_do_not(old: str, new: str) -> None:
    assert list(validator("rule").iter_errors(load(changed((old, new)), "x").data))


def test_the_command_writes_them(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["schemas", "-o", str(tmp_path / "s")])
    assert done.exit_code == 0
    assert {p.name.partition(".")[0] for p in (tmp_path / "s").iterdir()} == set(schemas.schemas())
    assert f"# yaml-language-server: $schema={tmp_path}/s/rule.schema.json" in done.stdout
