"""How long a flow lasted, and how much of it came again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.provenance import Provenance

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
