"""Saved facts come back as they were, or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.errors import DefinitionError, InputError
from scanner.facts.frames import Facts, frame
from scanner.facts.saved import load, save
from scanner.facts.schema import TABLES
from scanner.inputs import Input, InputKind, find_inputs
from scanner.provenance import Provenance

ROLES = frame(TABLES["roles"], [{"role": "hmi", "member": "10.0.0.5"}, {"role": "hmi", "member": "10.0.0.6"}])
FACTS = Facts({"roles": ROLES}, (Provenance("policy.yaml", "policy", 9, "ab"),), (), "Plant")


def edited(folder: Path, change: Callable[[dict], None]) -> None:
    about = json.loads((folder / "facts.json").read_text("utf-8"))
    change(about)
    (folder / "facts.json").write_text(json.dumps(about), "utf-8")


DAMAGES = {
    "no JSON": (lambda d: (d / "facts.json").write_text("{", "utf-8"), "not a folder of facts"),
    "gone": (lambda d: (d / "facts.json").unlink(), "not a folder of facts"),
    "a list": (lambda d: (d / "facts.json").write_text("[]", "utf-8"), "not a folder of facts"),
    "another format": (lambda d: edited(d, lambda a: a.update(otaudit_facts=99)), "saved in another format"),
    "another version": (lambda d: edited(d, lambda a: a.update(version="9.9")), "saved by otaudit 9.9"),
    "another input": (lambda d: edited(d, lambda a: a["inputs"][0].update(sha256="cd")), "was edited"),
    "another place": (lambda d: edited(d, lambda a: a.update(tables={"../x": "00"})), "was edited"),
    "a damaged table": (lambda d: (d / "roles.parquet").write_bytes(b"PAR1 no"), "not the one that was saved"),
    "rows removed": (lambda d: ROLES.head(1).write_parquet(d / "roles.parquet"), "not the one that was saved"),
    "a table is gone": (lambda d: (d / "roles.parquet").unlink(), "not a folder of facts"),
    "other rules": (lambda d: edited(d, lambda a: a["made_with"].update(rules="00")), "was edited"),
    "nothing of rules": (lambda d: edited(d, lambda a: a.pop("made_with")), "was edited"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_does_not_fit_is_refused(name: str, tmp_path: Path) -> None:
    damage, message = DAMAGES[name]
    save(FACTS, tmp_path / "facts")
    damage(tmp_path / "facts")
    with pytest.raises(InputError, match=message):
        load(tmp_path / "facts")


def test_they_come_back_as_they_were_and_may_be_written_again(tmp_path: Path) -> None:
    save(FACTS, tmp_path / "facts")
    save(FACTS, tmp_path / "facts")
    again = load(tmp_path / "facts")
    assert (again.inputs, again.site) == (FACTS.inputs, FACTS.site)
    assert again["roles"].equals(ROLES)
    assert [p.name for p in tmp_path.iterdir()] == ["facts"]


def test_a_table_of_another_plant_is_refused(tmp_path: Path) -> None:
    save(FACTS, tmp_path / "a")
    save(Facts({"roles": ROLES.head(1)}, FACTS.inputs), tmp_path / "b")
    shutil.copy(tmp_path / "b" / "roles.parquet", tmp_path / "a" / "roles.parquet")
    with pytest.raises(InputError, match="not the one that was saved"):
        load(tmp_path / "a")


def test_nothing_else_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "plans.txt").write_text("mine", "utf-8")
    with pytest.raises(DefinitionError, match="holds no saved facts"):
        save(FACTS, tmp_path)
    assert (tmp_path / "plans.txt").read_text("utf-8") == "mine"


@pytest.mark.parametrize("about", ['{"otaudit_facts": 2}', "{}"])
def test_a_file_called_facts_hides_nothing_that_lies_beside_it(about: str, tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text(about, "utf-8")
    (tmp_path / "roles.parquet").write_bytes(b"PAR1")
    (tmp_path / "switch.cfg").write_text("hostname sw\nversion 15.2\nline vty 0 4\n transport input telnet\n", "utf-8")
    problems: list = []
    found = list(find_inputs([str(tmp_path)], problems))
    assert found == [Input(InputKind.CONFIGURATION, (tmp_path / "switch.cfg").as_posix(), tmp_path / "switch.cfg")]
    assert problems


def test_they_carry_what_the_scan_judged_with(tmp_path: Path) -> None:
    save(FACTS, tmp_path, {"rules": "12", "options": {"profile": "default"}})
    about = json.loads((tmp_path / "facts.json").read_text("utf-8"))
    assert about["made_with"] == {"rules": "12", "options": {"profile": "default"}}


def test_what_was_read_before_stays_beside_them(tmp_path: Path) -> None:
    (tmp_path / "facts" / "recordings").mkdir(parents=True)
    (tmp_path / "facts" / "recordings" / "a").write_text("kept", "utf-8")
    for _ in range(2):
        save(FACTS, tmp_path / "facts")
    assert (tmp_path / "facts" / "recordings" / "a").read_text("utf-8") == "kept"
    assert load(tmp_path / "facts").site == "Plant"
