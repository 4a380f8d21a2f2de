"""What of conduits was used, part by part: the facts table conduit_parts."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.provenance import Provenance

_ZONES = [{"zone": "scada", "subnets": ["10.1.0.0/24"]}, {"zone": "cell", "subnets": ["10.2.0.0/24"]}]
_HMI = {
    "client": "10.1.0.5",
    "server": "10.2.0.7",
    "client_mac": "00:1b:1b:00:00:05",
    "server_mac": "00:00:0c:00:00:01",
}


def _flow(**other: Any) -> dict[str, Any]:
    usual = {"transport": "tcp", "server_port": 502, "protocol": "modbus", "recognised_by": "content", "capture": "c"}
    counts = {"client_packets": 900, "server_packets": 900, "client_bytes": 9000, "server_bytes": 9000}
    seen = {"established": True, "opened_by": "syn", "vlan": -1, "frames": [4]}
    row = usual | counts | seen | _HMI | other
    return row | {"protocols": [row["protocol"]] if row["protocol"] else []}


def _used(conduit: dict[str, Any], *flows: dict[str, Any], verbs: tuple[str, ...] = ()) -> dict[str, bool | None]:
    given = {"conduit": "c1", "from_zone": "scada", "to_zone": "cell", "both_ways": False, "source": "p", "line": 9}
    modbus = {"capture": "c", "transport": "tcp", "server_port": 502, "protocol": "modbus", "vlan": -1}
    operations = [{**_HMI, **modbus, "verb": verb} for verb in verbs]
    rows = {"zones": _ZONES, "conduits": [given | conduit], "flows": list(flows), "operations": operations}
    inputs = tuple(Provenance(kind, kind, 1, "e" * 64) for kind in ("capture", "policy"))
    tables = enrich(Facts({name: frame(TABLES[name], found) for name, found in rows.items()}, inputs))
    return {row["part"]: row["used"] for row in tables["conduit_parts"].to_dicts()}


_MODBUS = _flow()
_UNKNOWN = _flow(protocol="", recognised_by="", server_port=4840)
_BACK = _flow(
    client="10.2.0.7", server="10.1.0.5", opened_by="first", server_port=49_152, protocol="", recognised_by=""
)


@pytest.mark.parametrize(
    ("conduit", "flows", "used"),
    [
        pytest.param(
            {"protocols": ["modbus", "tcp/3389"]}, [_MODBUS], {"modbus": True, "tcp/3389": False}, id="services"
        ),
        pytest.param({"protocols": ["modbus"]}, [], {"modbus": False}, id="nothing"),
        pytest.param({"protocols": ["tcp/500-510"]}, [_MODBUS], {"tcp/500-510": True}, id="range"),
        pytest.param({"protocols": ["any"]}, [_MODBUS], {"any": True}, id="any"),
        pytest.param(
            {"protocols": ["modbus", "opcua", "tcp/22"]},
            [_MODBUS, _UNKNOWN],
            {"modbus": True, "opcua": None, "tcp/22": False},
            id="unrecognised",
        ),
        pytest.param(
            {"protocols": ["modbus", "tcp/22"]}, [_MODBUS, _BACK], {"modbus": True, "tcp/22": None}, id="turned round"
        ),
        pytest.param(
            {"protocols": ["modbus"], "clients": ["10.1.0.5", "10.1.0.6"]},
            [_MODBUS],
            {"modbus": True, "10.1.0.5": True, "10.1.0.6": None},
            id="client that nobody saw",
        ),
        pytest.param(
            {"protocols": ["modbus"], "clients": ["10.1.0.5", "10.1.0.6"]},
            [_MODBUS, _flow(client="10.2.0.8", server="10.1.0.6")],
            {"modbus": True, "10.1.0.5": True, "10.1.0.6": False},
            id="client that serves only",
        ),
        pytest.param(
            {"protocols": ["modbus"], "clients": ["10.1.0.5", "10.1.0.6"]},
            [_MODBUS, _flow(client="10.1.0.6", server_port=80, protocol="http")],
            {"modbus": True, "10.1.0.5": True, "10.1.0.6": False},
            id="client of something else",
        ),
        pytest.param(
            {"protocols": ["modbus", "tcp/22"], "clients": ["10.1.0.5", "10.1.0.6"]},
            [_MODBUS, _flow(client="10.1.0.6", server_port=4840, protocol="", recognised_by="")],
            {"modbus": True, "tcp/22": False, "10.1.0.5": True, "10.1.0.6": None},
            id="client of what was not recognised",
        ),
        pytest.param(
            {"protocols": ["modbus"], "both_ways": True},
            [_flow(client="10.2.0.7", server="10.1.0.5")],
            {"modbus": True},
            id="the other way",
        ),
    ],
)
def test_parts_of_a_conduit(conduit: dict[str, Any], flows: list[dict[str, Any]], used: dict[str, bool | None]) -> None:
    assert _used(conduit, *flows) == used


@pytest.mark.parametrize(
    ("flows", "seen", "used"),
    [
        ([_MODBUS], ("read",), {"read": True, "write": False}),
        ([_MODBUS], ("read", "unknown"), {"read": True, "write": None}),
        ([_MODBUS, _UNKNOWN], ("read",), {"read": True, "write": None}),
    ],
)
def test_verbs(flows: list[dict[str, Any]], seen: tuple[str, ...], used: dict[str, bool | None]) -> None:
    parts = _used({"protocols": ["any"], "verbs": ["read", "write", "session"]}, *flows, verbs=seen)
    assert parts == {"any": True, **used}


def test_verbs_of_another_service_are_not_used_in_it() -> None:
    parts = _used({"protocols": ["http"], "verbs": ["read"]}, _flow(server_port=80, protocol="http"), verbs=("read",))
    assert parts == {"http": True, "read": False}


def test_without_a_capture_nothing_is_told() -> None:
    rows = {
        "zones": _ZONES,
        "conduits": [{"conduit": "c", "from_zone": "scada", "to_zone": "cell", "protocols": ["s7comm"]}],
    }
    facts = Facts({n: frame(TABLES[n], r) for n, r in rows.items()}, (Provenance("p", "policy", 1, "e" * 64),))
    assert [row["used"] for row in enrich(facts)["conduit_parts"].to_dicts()] == [None]
