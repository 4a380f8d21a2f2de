"""One capture's distinct messages to the stored tables that a capture fills."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from scanner.capture.result import CaptureInfo, CaptureResult, Conversation
from scanner.facts import schema
from scanner.facts.frames import Facts, Provenance, frame
from scanner.facts.operations import operation_rows
from scanner.facts.sessions import session_rows
from scanner.facts.understand import Understood, understand
from scanner.protocols.base import Identity, Protocol, Sender

_TIMES = ("first_time", "last_time")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hundreds of thousands of rows and no cycle among them: looking for garbage would double the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_uncollected()
def capture_facts(result: CaptureResult, protocols: Mapping[str, Protocol]) -> Facts:
    """Facts of one capture: captures, flows, operations, sessions, sightings, identities."""
    understood = understand(result, protocols)
    capture = result.info.sha256[:12]
    paths = _Paths(capture, result, protocols)
    tables = {
        schema.CAPTURES: [_capture_row(result, understood)],
        schema.FLOWS: [_flow_row(paths, index, understood) for index in range(len(result.conversations))],
        schema.OPERATIONS: [
            paths.columns(conversation, protocol, swapped=swapped) | columns
            for conversation, protocol, swapped, columns in operation_rows(result, understood)
        ],
        schema.SESSIONS: [
            paths.columns(conversation, protocol) | columns | {"filter": protocols[protocol].display_filter or protocol}
            for conversation, protocol, columns in session_rows(result, understood)
        ],
        schema.SIGHTINGS: [
            {
                "capture": capture,
                "mac": host.mac,
                "ip": host.ip,
                "vlan": host.vlan,
                "proof": host.proof,
                "packets": host.packets,
                "first_time": host.first_time,
                "last_time": host.last_time,
                "first_frame": host.first_frame,
            }
            for host in result.hosts
        ],
        schema.IDENTITIES: _identity_rows(capture, result, understood),
    }
    info = result.info
    return Facts(
        tables={table.name: frame(table, _without_zero_times(rows)) for table, rows in tables.items()},
        inputs=(
            Provenance(
                info.source, "capture", info.size, info.sha256, not info.unread and not info.limits, tuple(_notes(info))
            ),
        ),
        defects=understood.defects,
    )


class _Paths:
    """The columns that say between whom something happened, for each conversation."""

    def __init__(self, capture: str, result: CaptureResult, protocols: Mapping[str, Protocol]) -> None:
        self._capture = capture
        self._protocols = protocols
        self._conversations = result.conversations

    def columns(self, index: int, protocol: str, *, swapped: bool = False) -> dict[str, Any]:
        c = self._conversations[index]
        spoken = self._protocols.get(protocol)
        ends = ((c.client, c.client_mac, c.tunnel_client), (c.server, c.server_mac, c.tunnel_server))
        client, server = ends[::-1] if swapped else ends
        return {
            "capture": self._capture,
            "transport": c.transport,
            "client": client[0],
            "server": server[0],
            "client_mac": client[1],
            "server_mac": server[1],
            "server_port": c.server_port,
            "vlan": c.vlan,
            "tunnel": c.tunnel,
            "tunnel_id": c.tunnel_id,
            "tunnel_client": client[2],
            "tunnel_server": server[2],
            "protocol": protocol,
            "industrial": bool(spoken and spoken.industrial),
            "secured": bool(spoken and spoken.secured),
        }

    def conversation(self, index: int) -> Conversation:
        return self._conversations[index]


def _without_zero_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Replace 0, the capture stage's "no time", by null."""
    for row in rows:
        for name in _TIMES:
            if name in row:
                row[name] = row[name] or None
    return rows


def _flow_row(paths: _Paths, index: int, understood: Understood) -> dict[str, Any]:
    c = paths.conversation(index)
    spoken = understood.spoken.get(index, ())
    return paths.columns(index, spoken[0] if spoken else "") | {
        "opened_by": c.opened_by,
        "connections": c.connections,
        "client_packets": c.client_packets,
        "server_packets": c.server_packets,
        "client_bytes": c.client_bytes,
        "server_bytes": c.server_bytes,
        "established": c.client_bytes + c.server_bytes > 0 or (c.server_packets > 0 and c.refused < c.connections),
        "refused": c.refused,
        "retransmissions": c.retransmissions,
        "gaps": c.gaps,
        "lost_bytes": c.lost_bytes,
        "skipped_bytes": c.skipped_bytes,
        "one_sided": _one_sided(c),
        "first_time": c.first_time,
        "last_time": c.last_time,
        "frames": [c.first_frame] if c.first_frame else [],
        "filter": _port_filter(c),
    }


def _one_sided(c: Conversation) -> bool:
    return c.transport == "tcp" and c.client_bytes + c.server_bytes > 0 and 0 in (c.client_packets, c.server_packets)


def _port_filter(c: Conversation) -> str:
    if c.transport in ("tcp", "udp", "sctp") and c.server_port:
        return f"{c.transport}.port == {c.server_port}"
    if c.transport == "ethernet":
        return f"eth.type == 0x{c.server_port:04x}" if c.server_port >= 0x600 else "llc"
    version_6 = ":" in c.client
    if c.transport == "icmp":
        return "icmpv6" if version_6 else "icmp"
    return f"ip{'v6.nxt' if version_6 else '.proto'} == {c.transport.removeprefix('ip-')}"


def _identity_rows(capture: str, result: CaptureResult, understood: Understood) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str, str, str, str], dict[str, Any]] = {}
    for index, found in understood.rows.items():
        message = result.messages[index]
        for row in found:
            if not isinstance(row, Identity):
                continue
            mac, ip = _owner(row, result.conversations[message.conversation], message.from_client)
            key = mac, ip, row.field, row.value, message.protocol
            known = rows.setdefault(
                key,
                {
                    "capture": capture,
                    "mac": mac,
                    "ip": ip,
                    "field": row.field,
                    "value": row.value,
                    "protocol": message.protocol,
                    "count": 0,
                    "first_time": message.first_time,
                    "first_frame": message.frames[0] if message.frames else None,
                },
            )
            known["count"] += message.count
            if message.first_time < known["first_time"]:
                known["first_time"] = message.first_time
                known["first_frame"] = message.frames[0] if message.frames else None
    return list(rows.values())


def _owner(row: Identity, c: Conversation, from_client: bool) -> tuple[str, str]:
    """MAC and IP of the device that the identity speaks of."""
    if row.mac or row.ip:
        return row.mac, row.ip
    address = c.client if (row.about is Sender.SENDER) == from_client else c.server
    return (address, "") if c.transport == "ethernet" else ("", address)


def _capture_row(result: CaptureResult, understood: Understood) -> dict[str, Any]:
    info = result.info
    tcp = [c for c in result.conversations if c.transport == "tcp" and c.client_bytes + c.server_bytes]
    one_sided = sum(map(_one_sided, tcp))
    carrying = [i for i, c in enumerate(result.conversations) if c.client_bytes + c.server_bytes]
    return {
        "capture": info.sha256[:12],
        "source": info.source,
        "sha256": info.sha256,
        "size": info.size,
        "format": info.format,
        "packets": info.packets,
        "bytes": info.bytes,
        "first_time": info.first_time,
        "last_time": info.last_time,
        "duration": max(0, info.last_time - info.first_time) / 1e9,
        "link_types": sorted(info.link_types),
        "truncated_packets": info.truncated_packets,
        "not_understood_packets": sum(info.not_understood.values()),
        "not_understood": list(_counted(info.not_understood)),
        "malformed_packets": info.malformed_packets,
        "fragments_dropped": info.fragments_dropped,
        "gaps": sum(c.gaps for c in result.conversations),
        "lost_bytes": sum(c.lost_bytes for c in result.conversations),
        "skipped_bytes": sum(c.skipped_bytes for c in result.conversations),
        "tcp_flows": len(tcp),
        "one_sided_flows": one_sided,
        "one_sided_share": one_sided / len(tcp) if tcp else 0.0,
        "malformed_messages": sum(understood.malformed.values()),
        "recognised_share": sum(i in understood.spoken for i in carrying) / len(carrying) if carrying else None,
        "complete": not info.unread and not info.limits,
        "unread": info.unread,
        "limits": list(_counted(info.limits)),
    }


def _counted(counts: Mapping[str, int]) -> Iterator[str]:
    return (f"{name}: {count}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _notes(info: CaptureInfo) -> Iterator[tuple[str, str]]:
    """What the report says of the capture beyond its counts."""
    if info.comments:
        yield "comments", "; ".join(info.comments[:20])
    if info.interfaces:
        yield "interfaces", ", ".join(info.interfaces[:50])
