"""Reads a policy: YAML (JSON is YAML too), by the schema ``policy.schema.json``, then by what its parts say together.

Every mistake is told with line, column and the closest valid word; a policy with a mistake is not used at all, since
an audit against half a policy is worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from scanner.bounded import read_up_to
from scanner.errors import DefinitionError, Problem, reason
from scanner.limits import limits
from scanner.policy import checks
from scanner.policy.forms import (
    amount,
    canonical_member,
    canonical_service,
    data_network,
    network,
    network_slice,
    tunnels,
    vlans,
)
from scanner.policy.security_levels import highest, vector
from scanner.policy.writer_checks import writer_parts
from scanner.wording import said
from scanner.yaml_positions import Document, head_text, load, names_itself
from scanner.yaml_schema import violations

Row = dict[str, Any]

_PARTS = (re.compile(r"^zones\s*:", re.MULTILINE), re.compile(r"^conduits\s*:", re.MULTILINE))


_TABLES = (
    "zones",
    "conduits",
    "export_entries",
    "writers",
    "undecided",
    "roles",
    "change_windows",
    "waivers",
    "decisions",
)
_WRITES = ("write", "operate")  # what a writer may do when it does not say


@dataclass(frozen=True)
class Policy:
    """A policy as rows of the facts tables of the same names."""

    source: str
    site: str
    zones: tuple[Row, ...]
    conduits: tuple[Row, ...]
    export_entries: tuple[Row, ...]
    writers: tuple[Row, ...]
    undecided: tuple[Row, ...]
    roles: tuple[Row, ...]
    change_windows: tuple[Row, ...]
    waivers: tuple[Row, ...]
    decisions: tuple[Row, ...]

    def tables(self) -> dict[str, tuple[Row, ...]]:
        """Rows by the name of their facts table."""
        return {name: getattr(self, name) for name in _TABLES}


def recognises(name: str, head: bytes) -> bool:  # noqa: ARG001 - content decides, not the name
    """The text names itself a policy, or has both zones and conduits and only forgot to."""
    text = head_text(head)
    return names_itself(text, "otaudit_policy") or all(part.search(text) for part in _PARTS)


def read_policy(path: Path, protocol_names: Collection[str], *, source: str = "") -> Policy:
    """The policy in the file; DefinitionError with every mistake when it is wrong.

    protocol_names: the protocols that a conduit may name; an empty collection skips that check.
    """
    source = source or str(path)
    try:
        content = read_up_to(path, limits().yaml_bytes)
    except OSError as error:
        raise DefinitionError(Problem(source, said("cannot be read: {reason}", reason=reason(error)))) from error
    return parse_policy(content, source, protocol_names)


def parse_policy(content: str | bytes, source: str, protocol_names: Collection[str]) -> Policy:
    """The policy in the text; see ``read_policy``."""
    document = load(content, source)
    wrong = violations(document, schema())
    if isinstance(document.data, dict):
        wrong += checks.semantic_problems(document, protocol_names)
    if wrong:
        raise DefinitionError(*sorted(set(wrong), key=lambda problem: (problem.order, str(problem))))
    return _rows(document)


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a policy."""
    text = resources.files("scanner.policy").joinpath("policy.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def _rows(document: Document) -> Policy:
    data, source = document.data, document.source

    def at(*path: str | int) -> dict[str, Any]:
        return {"source": source, "line": document.position(path).line}

    zones = tuple(at("zones", i) | _zone(zone, data.get("site", "")) for i, zone in enumerate(data.get("zones", ())))
    conduits = tuple(at("conduits", i) | _conduit(conduit) for i, conduit in enumerate(data.get("conduits", ())))
    leaving = tuple(at("export", i) | _export(entry) for i, entry in enumerate(data.get("export", ())))
    if "export" in data and not leaving:
        leaving = (at("export") | _export({"id": ""}),)
    writers = tuple(at(*path) | _writer(path, writer, data) for path, writer in writer_parts(document))
    undecided = tuple(at("undecided", i) | _undecided(item) for i, item in enumerate(data.get("undecided", ())))
    roles = tuple(
        at("roles", role, i) | {"role": role, "member": canonical_member(member)}
        for role, members in data.get("roles", {}).items()
        for i, member in enumerate(members)
    )
    windows = tuple(
        at("change_windows", i) | _window(window) | {"time_zone": data["time_zone"]}
        for i, window in enumerate(data.get("change_windows", ()))
    )
    waivers = tuple(at("waivers", i) | _waiver(waiver) for i, waiver in enumerate(data.get("waivers", ())))
    decisions = tuple(at("decisions", i) | _decision(item) for i, item in enumerate(data.get("decisions", ())))
    return Policy(
        *(
            source,
            data.get("site", ""),
            zones,
            conduits,
            leaving,
            writers,
            undecided,
            roles,
            windows,
            waivers,
            decisions,
        )
    )


def _zone(zone: dict[str, Any], site: str) -> Row:
    members = zone["members"]
    return {
        "zone": zone["id"],
        "name": zone.get("name", zone["id"]),
        "level": float(zone["level"]),
        "sl_t": highest(zone.get("sl_t")),
        "sl_t_vector": vector(zone.get("sl_t")),
        "data_grade": zone.get("data_grade", ""),
        "site": site,
        "subnets": [str(network(s)) for s in members.get("subnets", ())],
        "vlans": [v for text in members.get("vlans", ()) for v in vlans(text)],
        "macs": [canonical_member(m) for m in members.get("macs", ())],
        "devices": list(members.get("devices", ())),
        "slices": [network_slice(s) for s in members.get("slices", ())],
        "dnns": [data_network(n) for n in members.get("dnns", ())],
        "teids": ["-".join(map(str, dict.fromkeys(tunnels(t)))) for t in members.get("teids", ())],
    }


def _conduit(conduit: dict[str, Any]) -> Row:
    return {
        "conduit": conduit["id"],
        "from_zone": conduit["from"],
        "to_zone": conduit["to"],
        "both_ways": conduit.get("both_ways", False),
        "protocols": [canonical_service(p) for p in conduit["protocols"]],
        "verbs": list(conduit.get("verbs", ())),
        "clients": [canonical_member(c) for c in conduit.get("clients", ())],
        "encrypted": conduit.get("encrypted", False),
        "owner": conduit.get("owner", ""),
        "reason": conduit.get("reason", ""),
    }


def _export(entry: dict[str, Any]) -> Row:
    return {
        "entry": entry["id"],
        "zones": list(entry.get("zones", ())),
        "destinations": [canonical_member(d) for d in entry.get("destinations", ())],
        "providers": list(entry.get("providers", ())),
        "countries": list(entry.get("countries", ())),
        "protocols": [canonical_service(p) for p in entry.get("protocols", ())],
        "encrypted": entry.get("encrypted", False),
        "bytes_per_day": amount(entry["per_day"]) if "per_day" in entry else None,
        "data_grade": entry.get("data_grade", "general"),
        "owner": entry.get("owner", ""),
        "reason": entry.get("reason", ""),
    }


def _writer(path: tuple[str | int, ...], writer: dict[str, Any], data: dict[str, Any]) -> Row:
    targets = [data["zones"][path[1]]["id"]] if path[0] == "zones" else map(canonical_member, writer["targets"])
    return {
        "writer": writer.get("id", ""),
        "targets": list(targets),
        "clients": [canonical_member(c) for c in writer["clients"]],
        "verbs": list(writer.get("verbs", _WRITES)),
        "protocols": [p.strip().lower() for p in writer.get("protocols", ())],
        "objects": list(writer.get("objects", ())),
        "change_windows": list(writer.get("change_windows", ())),
        "owner": writer.get("owner", ""),
        "reason": writer.get("reason", ""),
    }


def _undecided(item: dict[str, Any]) -> Row:
    return {
        "client": canonical_member(item["client"]),
        "server": canonical_member(item["server"]),
        "protocol": item.get("protocol", "").strip().lower(),
        "verbs": list(item["verbs"]),
    }


def _window(window: dict[str, Any]) -> Row:
    return {
        "window": window["id"],
        "zones": list(window.get("zones", ())),
        "days": list(window.get("days", ())),
        "start": window.get("from", ""),
        "end": window.get("to", ""),
        "reason": window.get("reason", ""),
    }


def _waiver(waiver: dict[str, Any]) -> Row:
    return {
        "rule": waiver["rule"],
        "match": json.dumps(waiver.get("match", {}), ensure_ascii=False, sort_keys=True),
        "reason": waiver["reason"],
        "approved_by": waiver["approved_by"],
        "until": waiver.get("until", ""),
        "review_on": waiver.get("review_on", ""),
        "compensating_measure": waiver.get("compensating_measure", ""),
    }


def _decision(item: dict[str, Any]) -> Row:
    return {
        "rule": item.get("rule", ""),
        "match": json.dumps(item["match"], sort_keys=True),
        "decision": item["decision"],
        "decided_by": item["decided_by"],
        "decided_on": item["decided_on"],
        "until": item.get("until", ""),
        "reason": item.get("reason", ""),
    }
