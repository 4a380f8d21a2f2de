"""Tables that few ask for are made when somebody does, and once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scanner.configs import reader
from scanner.configs.forwarding_saved import saved
from scanner.facts import proofs
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.policy.document import parse_policy

_PLANT = Path("tests/reach/plants/bottling")


def _facts() -> Facts:
    policy = parse_policy((_PLANT / "policy.yaml").read_text(encoding="utf-8"), "policy.yaml", ()).tables()
    tables = {name: frame(TABLES[name], rows) for name, rows in policy.items()}
    path = min(_PLANT.glob("*.cfg"))
    read = reader.read(path.read_bytes(), path.name)
    assert read.router
    row = {"source": path.name, "dialect": read.dialect, "router": saved(read.router)}
    return Facts(tables | {"forwarding": frame(TABLES["forwarding"], [row])})


def test_proofs_are_made_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = proofs.proofs

    def counted(facts: Facts, *known: Any) -> pl.DataFrame:
        asked.append(facts)
        return real(facts, *known)

    monkeypatch.setattr(proofs, "proofs", counted)
    tables = enrich(_facts())
    assert (list(tables), len(tables)) == (list(TABLES), len(TABLES))
    assert "proofs" in tables
    assert "no such table" not in tables
    assert tables["zones"].height
    assert not asked
    assert tables["proofs"].height
    assert {**tables}["proofs"].equals(tables["proofs"])
    assert len(asked) == 1
    with pytest.raises(KeyError):
        tables["no such table"]
