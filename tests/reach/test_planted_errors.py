"""Small plants with errors planted one at a time: what is right is not accused, and every error is found.

A plant is a folder with configurations, a policy, what is proved of each pair of zones (expected.yaml) and its errors
(errors.yaml): an edit of a file (``and``: another one), the pairs of which something else is proved then, and the
contradictions that are found.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.configs import reader
from scanner.facts.homes import HomePorts
from scanner.packet_sets import beginning
from scanner.policy.document import parse_policy
from scanner.reach.proofs import ReachState
from scanner.reach.services import named_services, version_boxes
from scanner.reach.study import Study, study

_PLANTS = sorted(path.parent for path in Path("tests/reach/plants").glob("*/errors.yaml"))


def _errors(plant: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load((plant / "errors.yaml").read_text(encoding="utf-8")))


_EVERY = [
    pytest.param(plant, error, id=f"{plant.name}: {error['id']}") for plant in _PLANTS for error in _errors(plant)
]


def _study(plant: Path, edits: list[dict[str, str]]) -> Study:
    routers = []
    for path in sorted(plant.glob("*.cfg")):
        text = path.read_text(encoding="utf-8")
        for edit in (e for e in edits if e["file"] == path.name):
            assert text.count(edit["was"]) == 1, edit["was"]
            text = text.replace(edit["was"], edit["is"])
        data = text.encode()
        router = reader.read(data, path.name).router
        assert router
        routers.append(router)
    policy = parse_policy((plant / "policy.yaml").read_text(encoding="utf-8"), "policy.yaml", ())
    return study(routers, {**policy.tables(), "inventory": ()}, HomePorts())


def _pairs(found: Study) -> dict[str, str]:
    told = {}
    for (client, server), proof in found.proofs.items():
        services = ""
        if proof.state is ReachState.OPEN:
            services = " " + ", ".join(named_services(version_boxes({v: beginning(b) for v, b in proof.sure.items()})))
        told[f"{client} -> {server}"] = proof.state.value + services
    return told


def _found(found: Study) -> list[str]:
    return sorted(
        f"{one.kind.value} {one.client} -> {one.server}"
        + (f" {one.conduit['conduit']} {one.protocol}" if one.conduit else "")
        for one in found.contradictions
    )


@pytest.mark.parametrize("plant", _PLANTS, ids=lambda plant: plant.name)
def test_a_plant_without_errors_is_accused_of_nothing(plant: Path) -> None:
    found = _study(plant, [])
    expected = yaml.safe_load((plant / "expected.yaml").read_text(encoding="utf-8"))
    assert _pairs(found) == expected
    assert _found(found) == []


@pytest.mark.parametrize(("plant", "error"), _EVERY)
def test_every_planted_error_is_found_and_none_is_invented(plant: Path, error: dict[str, Any]) -> None:
    found = _study(plant, [error, *([error["and"]] if "and" in error else [])])
    expected = yaml.safe_load((plant / "expected.yaml").read_text(encoding="utf-8"))
    assert _pairs(found) == expected | error.get("pairs", {})
    assert _found(found) == sorted(error["finds"])


def test_there_are_ten_errors_in_each_plant() -> None:
    assert [len(_errors(plant)) for plant in _PLANTS] == [10] * len(_PLANTS)
