"""What configurations let through, joined with policy and captures when it is judged: the facts table proofs."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scanner.configs import reader
from scanner.configs.forwarding_saved import restored, saved
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.homes import HomePorts
from scanner.facts.observed_between import ObservedBetween
from scanner.facts.proofs import MOST_ZONES, proofs
from scanner.facts.schema import TABLES
from scanner.policy.document import parse_policy
from scanner.provenance import Provenance

_PLANT = Path("tests/reach/plants/bottling")
_EVERY = sorted([*Path("tests/reach/plants").glob("*/*.cfg"), *Path("fixtures/configs").glob("*/*.cfg")])


def _forwarding(path: Path, edit: tuple[str, str] = ("", "")) -> dict[str, Any]:
    data = path.read_text(encoding="utf-8").replace(*edit).encode()
    found = reader.read(data, path.name)
    return {"source": path.name, "dialect": found.dialect, "router": saved(found.router) if found.router else ""}


def _facts(*rows: dict[str, Any], flows: list[dict[str, Any]] | None = None, policy: str = "") -> Facts:
    text = policy or (_PLANT / "policy.yaml").read_text(encoding="utf-8")
    tables = {n: frame(TABLES[n], found) for n, found in parse_policy(text, "policy.yaml", ()).tables().items()}
    tables["forwarding"] = frame(TABLES["forwarding"], rows)
    inputs = [Provenance("policy.yaml", "policy", 1, "e" * 64)]
    if flows is not None:
        tables["flows"] = frame(TABLES["flows"], flows)
        inputs.append(Provenance("x.pcap", "capture", 1, "e" * 64))
    return Facts(tables, tuple(inputs))


def _proofs(facts: Facts, kind: str) -> list[dict[str, Any]]:
    return [
        row
        for row in proofs(
            facts, enrich(facts)["flows"], HomePorts(), ObservedBetween({}, {}, {}, None, frozenset())
        ).to_dicts()
        if row["kind"] == kind
    ]


def _flow(client: str, server: str, port: int, **other: Any) -> dict[str, Any]:
    counts = {"client_packets": 9, "server_packets": 9, "established": True, "opened_by": "syn", "frames": [4]}
    return (
        {"client": client, "server": server, "transport": "tcp", "server_port": port, "capture": "c"} | counts | other
    )


@pytest.mark.parametrize("path", _EVERY, ids=str)
def test_a_device_is_restored_as_it_was(path: Path) -> None:
    data = path.read_bytes()
    router = reader.read(data, path.name).router
    if router is not None:
        again = restored(saved(router))
        assert dataclasses.asdict(again) == dataclasses.asdict(router)
        assert [d.why.marked for d in again.doubts] == [d.why.marked for d in router.doubts]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"name": 1}', '{"name": "a", "source": "b", "forwards": {"x": true}}', '{"a":' * 50_000]
)
def test_what_is_no_device_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        restored(text)


def test_pairs_and_conduits_of_a_plant_without_errors() -> None:
    facts = _facts(_forwarding(_PLANT / "core.cfg"))
    pairs = {(r["from_zone"], r["to_zone"]): r for r in _proofs(facts, "pair")}
    assert {r["beyond"] for r in pairs.values()} == {"closed"}
    assert pairs["office", "filling"]["state"] == "closed"
    assert pairs["office", "filling"]["source"] == "core.cfg"
    assert pairs["office", "scada"]["packet"] == "10.1.30.2 -> 10.1.20.10 tcp/443"
    assert {(r["conduit"], r["state"], r["answers"]) for r in _proofs(facts, "conduit")} == {
        ("control", "open", "open"),
        ("clock", "open", "open"),
        ("reports", "open", "open"),
    }


def test_what_no_conduit_allows_is_told_with_its_packet_and_line() -> None:
    denied = "deny   ip any 10.1.0.0 0.0.255.255"
    facts = _facts(_forwarding(_PLANT / "core.cfg", (denied, "permit tcp any 10.1.0.0 0.0.255.255 eq 22")))
    (row,) = [r for r in _proofs(facts, "pair") if r["beyond"] == "open" and r["to_zone"] == "scada"]
    assert row["from_zone"] == "office"
    assert row["unlisted"] == ["tcp/22"]
    assert row["packet"].endswith("tcp/22")
    assert any("permit tcp any 10.1.0.0" in line for line in row["lines"])


def test_what_may_be_the_protocol_of_a_conduit_is_held_against_nobody() -> None:
    denied = "deny   ip any 10.1.0.0 0.0.255.255"
    row = _forwarding(_PLANT / "core.cfg", (denied, "permit tcp any 10.1.0.0 0.0.255.255 eq 22"))
    policy = (_PLANT / "policy.yaml").read_text(encoding="utf-8")
    facts = _facts(row, policy=policy)
    odd = facts["conduits"].with_columns(protocols=pl.col("protocols").list.concat(pl.lit(["acme-link"])))
    states = {
        (r["from_zone"], r["to_zone"]): r["beyond"]
        for r in _proofs(Facts({**facts.tables, "conduits": odd}, facts.inputs), "pair")
    }
    assert states["office", "scada"] == "unknown"


@pytest.mark.parametrize(
    "beside",
    [
        {"source": "fw.conf", "dialect": "fortinet-fortios"},
        {"source": "notes.txt"},
        {"source": "x.cfg", "dialect": "cisco-ios", "router": "{"},
    ],
)
def test_beside_a_file_that_cannot_be_followed_nothing_is_closed(beside: dict[str, Any]) -> None:
    facts = _facts(_forwarding(_PLANT / "core.cfg"), beside)
    assert {r["state"] for r in _proofs(facts, "pair")} == {"open", "unknown"}


def test_facts_that_were_saved_before_devices_were_among_them_close_nothing() -> None:
    facts = _facts(_forwarding(_PLANT / "core.cfg"))
    other = Provenance("old.cfg", "configuration", 1, "e" * 64, notes=(("dialect", "cisco-ios"),))
    assert "closed" not in {r["state"] for r in _proofs(facts.beside([other]), "pair")}


def test_what_was_seen_is_set_beside_what_is_proved() -> None:
    flows = [
        _flow("10.1.30.9", "10.1.10.7", 502),
        _flow("10.1.30.9", "10.1.10.7", 502, frames=[9]),
        _flow("10.1.20.10", "10.1.10.7", 502),
        _flow("10.1.30.8", "10.1.10.7", 102, opened_by="first"),
        _flow("10.1.30.7", "10.1.10.7", 102, established=False),
    ]
    found = _proofs(_facts(_forwarding(_PLANT / "core.cfg"), flows=flows), "seen")
    assert [(r["client"], r["state"], r["frames"]) for r in found] == [
        ("10.1.30.9", "closed", [4]),
        ("10.1.20.10", "open", [4]),
        ("10.1.30.8", "closed", [4]),
    ]


def test_without_a_policy_or_a_configuration_there_is_nothing_to_prove() -> None:
    assert enrich(_facts())["proofs"].height == 0
    alone = Facts({"forwarding": frame(TABLES["forwarding"], [_forwarding(_PLANT / "core.cfg")])})
    assert enrich(alone)["proofs"].height == 0


def test_many_zones_are_not_proved() -> None:
    zones = "\n".join(
        f"  - {{id: z{n}, level: 1, members: {{subnets: [10.9.{n}.0/24]}}}}" for n in range(MOST_ZONES + 1)
    )
    facts = _facts(_forwarding(_PLANT / "core.cfg"), policy=f"otaudit_policy: 1\nzones:\n{zones}\nconduits: []\n")
    assert {r["state"] for r in _proofs(facts, "pair")} == {"unknown"}


def test_services_that_pass_and_that_nobody_asks_for() -> None:
    asked = _flow("10.1.30.9", "10.1.20.10", 443, server_packets=0, established=False, client_bytes=0, server_bytes=0)
    for flows, unused in (([], ["tcp/443"]), ([asked], []), (None, [])):
        tables = enrich(_facts(_forwarding(_PLANT / "core.cfg"), flows=flows))
        rows = {(r["from_zone"], r["to_zone"]): r for r in tables["proofs"].to_dicts() if r["kind"] == "pair"}
        assert rows["office", "scada"]["unused"] == unused
        assert rows["office", "filling"]["unused"] == []


def test_answers_of_datagrams_are_no_service_of_their_own() -> None:
    asked = _flow("10.1.10.7", "10.1.20.5", 123, transport="udp")
    for flows, unused in (([], ["tcp/502", "udp from 123"]), ([asked], ["tcp/502"])):
        tables = enrich(_facts(_forwarding(_PLANT / "core.cfg"), flows=flows))
        rows = {(r["from_zone"], r["to_zone"]): r for r in tables["proofs"].to_dicts() if r["kind"] == "pair"}
        assert rows["scada", "filling"]["unused"] == unused
