"""Rows of facts as evidence that a reader can check: frames and a display filter, or file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from scanner.addresses import is_ip, is_mac
from scanner.engine.words import both, iso, joined
from scanner.results.model import Evidence, Text

MOST = 20  # pieces of evidence kept for each finding
_IP_TERMS = {True: "ipv6.addr", False: "ip.addr"}
_JOINS = re.compile(r"\|\||\bor\b|&&|\band\b")
Row = Mapping[str, Any]


def evidence_of(rows: Iterable[Row], sources: Mapping[str, str]) -> tuple[Evidence, ...]:
    """The most telling pieces of evidence for a finding's rows.

    Accepted operations come before refused ones, then what was seen most often, then what was seen first.
    """
    ordered = sorted(rows, key=_telling)
    return tuple(_evidence(row, sources) for row in ordered[:MOST])


def _telling(row: Row) -> tuple[Any, ...]:
    count = row.get("count") or row.get("packets") or 0
    return (
        -(1 if row.get("accepted") else 0),
        -count,
        iso(row.get("first_time")) or "~",
        str(row.get("source", "")),
        row.get("line_start") or row.get("row") or row.get("line") or 0,
        tuple(str(row.get(name, "")) for name in ("client", "server", "function", "object", "device", "item", "value")),
    )


def _evidence(row: Row, sources: Mapping[str, str]) -> Evidence:
    if "line_start" in row:
        return Evidence(row["source"], row["line_start"] or 0, row["line_end"] or 0, row["text"], message=_setting(row))
    if "row" in row:
        return Evidence(row["source"], line_start=row["row"] or 0, line_end=row["row"] or 0, message=_asset(row))
    if "line" in row:
        return Evidence(row["source"], line_start=row["line"] or 0, line_end=row["line"] or 0, message=_policy(row))
    return _captured(row, sources)


def _setting(row: Row) -> str:
    return f"{row['category']} {row['item']}: {row['setting']} = {row['value']}"


def _asset(row: Row) -> str:
    name = row["name"] or row["hostname"] or row["id"]
    return ", ".join([f"row {row['row']}: {name}" if name else f"row {row['row']}", *row["ips"], *row["macs"]])


def _policy(row: Row) -> str:
    if "conduit" in row:
        return f"conduit {row['conduit']}: {row['from_zone']} to {row['to_zone']}"
    return f"zone {row['zone']}" if "zone" in row else f"role {row['role']}: {row['member']}"


def _captured(row: Row, sources: Mapping[str, str]) -> Evidence:
    capture = row.get("capture") or next(iter(row.get("captures") or ()), "")
    frames = row.get("frames") or ([row["first_frame"]] if row.get("first_frame") else [])
    return Evidence(
        source=row.get("source") or sources.get(capture, capture),
        frames=tuple(frames),
        first_time=iso(row.get("first_time")),
        last_time=iso(row.get("last_time") or row.get("first_time")),
        count=_count(row),
        client=row.get("client", ""),
        server=row.get("server", ""),
        port=row.get("server_port") or 0,
        protocol=row.get("protocol", ""),
        message=_message(row),
        outcome=_outcome(row),
        filter=display_filter(row),
    )


def _count(row: Row) -> int:
    for name in ("count", "packets"):
        if row.get(name) is not None:
            return int(row[name])
    return int((row.get("client_packets") or 0) + (row.get("server_packets") or 0))


def _message(row: Row) -> str:
    if "function" in row:
        unit = f"unit {row['unit']}" if row["unit"] else ""
        what = row["function"] or row["verb"]
        return ", ".join(part for part in (what, unit, row["object"], row["detail"]) if part)
    if "versions" in row:
        return _session(row)
    if "device" in row and "ips" in row:
        return ", ".join([row["name"] or row["device"], *row["ips"], *(row.get("conflict_details") or ())])
    if "field" in row:
        return f"{row['field']}: {row['value']}"
    if "transport" in row:
        return _flow(row)
    return ", ".join(str(row[name]) for name in ("mac", "ip") if row.get(name)) or _capture(row)


def _session(row: Row) -> str:
    parts = [*row["versions"], *row["ciphers"], *(f"credentials: {kind}" for kind in row["credentials"])]
    if row["certificate_subject"]:
        bits = f" {row['certificate_key_bits']} bit" if row["certificate_key_bits"] else ""
        parts.append(f"certificate {row['certificate_subject']} ({row['certificate_key']}{bits})")
    return ", ".join([*parts, *([row["detail"]] if row["detail"] else [])])


def _flow(row: Row) -> str:
    port = f" port {row['server_port']}" if row["server_port"] else ""
    tunnel = f" in {row['tunnel']} tunnel {row['tunnel_id']}" if row["tunnel"] else ""
    return f"{row['transport']}{port}, {row['connections'] or 0} connections{tunnel}"


def _capture(row: Row) -> str:
    parts = [f"{row['packets'] or 0} packets", f"{row['duration'] or 0:.1f} s"]
    return ", ".join([*parts, *([row["unread"]] if row["unread"] else []), *row["limits"], *row["not_understood"]])


_SHARES = (
    ("accepted", "accepted", "接受"),
    ("refused", "refused", "拒绝"),
    ("unanswered", "unanswered", "无应答"),
    ("unobserved", "answer not observed", "应答未观察到"),
)


def _outcome(row: Row) -> Text:
    """How often what was asked for was accepted, refused and so on; the reasons are the protocol's own words."""
    reasons = f" ({', '.join(row['refusals'])})" if row.get("refusals") else ""
    parts = [
        both(f"{en} {row[name]}{told}", f"{zh} {row[name]}{told}")
        for name, en, zh in _SHARES
        if row.get(name)
        for told in (reasons if name == "refused" else "",)
    ]
    return joined(parts, ", ", "，") if parts else {}


def display_filter(row: Row) -> str:
    """A tshark display filter: the row's own, with the addresses of both ends."""
    own = row.get("filter") or ""
    terms = [t for t in (_address_term(row.get("client", "")), _address_term(row.get("server", ""))) if t]
    terms = [t for t in dict.fromkeys(terms) if t not in own]
    port = row.get("server_port") or 0
    if not own and row.get("transport") in ("tcp", "udp", "sctp") and port:
        own = f"{row['transport']}.port == {port}"
    if own:
        terms.append(f"({own})" if terms and _JOINS.search(own) else own)
    return " && ".join(terms)


def _address_term(address: str) -> str:
    if is_mac(address):
        return f"eth.addr == {address}"
    return f"{_IP_TERMS[':' in address]} == {address}" if is_ip(address) else ""
