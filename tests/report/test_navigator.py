"""The layer for the ATT&CK Navigator has what its format 4.5 asks for."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from scanner.report import format_for, html, navigator
from tests.report import sample


def test_the_layer() -> None:
    layer = json.loads(navigator.render(sample.plant()))
    assert layer["domain"] == "ics-attack"
    assert layer["versions"] == {"attack": "18", "navigator": "5.0.0", "layer": "4.5"}
    assert layer["name"]
    found = {(t["techniqueID"], t["tactic"]): t for t in layer["techniques"]}
    assert len(found) == len(layer["techniques"]) == 7
    assert found["T0858", "execution"]["score"] == 100
    assert found["T0858", "execution"]["comment"].startswith("Seen: ")
    assert found["T0836", "impair-process-control"]["score"] == 0
    assert "score" not in found["T0856", "impair-process-control"], "nobody judged it"
    colours = {item["color"] for item in layer["legendItems"]}
    assert {t["color"] for t in layer["techniques"]} <= colours
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)


def test_it_speaks_chinese() -> None:
    assert "已发现" in navigator.render_in(sample.plant(), "zh")


def test_text_of_a_stranger_steers_nothing() -> None:
    hostile = sample.hostile()
    layer = json.loads(navigator.render(dataclasses.replace(hostile, techniques=hostile.techniques[:3])))
    assert all(text.isprintable() for t in layer["techniques"] for text in (t["comment"], t["tactic"]))


@pytest.mark.parametrize("name", ["layer.json", "plant.layer.json", "out/LAYER.json"])
def test_a_layer_is_known_by_its_name(name: str, tmp_path: Path) -> None:
    assert format_for(str(tmp_path / name)).name == "navigator"
    assert format_for(str(tmp_path / "results.json")).name == "json"
    assert format_for(str(tmp_path / "player.json")).name == "json"


def test_the_page_has_the_matrix() -> None:
    page = html.render(sample.plant())
    assert page.count('<section class="tactic">') == 12
    assert page.count(" Hooking") == 2, "under each of its tactics"
    assert 'class="tq tq-seen"' in page
