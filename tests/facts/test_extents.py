"""How long a flow lasted, how much of it came again, and which listed addresses are public."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, Provenance, frame
from scanner.facts.schema import TABLES

BEGAN = datetime(2026, 1, 1, 8, tzinfo=UTC)
ENDED = datetime(2026, 1, 1, 16, 30, tzinfo=UTC)
FLOW: dict[str, Any] = {"capture": "c", "transport": "tcp", "client": "10.0.0.1", "server": "10.0.0.2", "vlan": -1}


def table(name: str, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    facts = Facts({name: frame(TABLES[name], [row])}, (Provenance("c", kind, 0, ""),))
    return enrich(facts)[name].row(0, named=True)


@pytest.mark.parametrize(
    ("more", "duration", "share"),
    [
        ({"first_time": BEGAN, "last_time": ENDED}, 30_600.0, 0.05),
        ({}, None, 0.05),
        ({"transport": "udp"}, None, None),
        ({"copy": True}, None, None),
        ({"client_packets": 0, "server_packets": 0, "retransmissions": 0}, None, None),
    ],
)
def test_flows(more: dict[str, Any], duration: float | None, share: float | None) -> None:
    packets = {"client_packets": 60, "server_packets": 40, "retransmissions": 5}
    found = table("flows", "capture", FLOW | packets | more)
    assert (found["duration"], found["retransmission_share"]) == (duration, share)


@pytest.mark.parametrize(
    ("ips", "public"),
    [
        (["10.20.1.5", "fd00::5", "100.64.0.9"], False),
        (["10.20.1.5", "93.184.216.34"], True),
        (["2606:2800:220::1"], True),
        ([], None),
    ],
)
def test_listed_addresses(ips: list[str], public: bool | None) -> None:
    assert table("inventory", "inventory", {"source": "i.csv", "row": 2, "name": "PLC", "ips": ips})["public"] is public
