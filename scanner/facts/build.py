"""One recording's distinct messages to the stored tables that a capture fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import polars as pl

from scanner.capture.arp_exchanges import Exchange
from scanner.capture.result import CaptureInfo, CaptureResult, Conversation, HostSighting
from scanner.facts import schema
from scanner.facts.activity import activity, icmp_names
from scanner.facts.ai_interfaces import ai_interfaces
from scanner.facts.chains import chain_rows
from scanner.facts.frames import Facts, frame, frame_of
from scanner.facts.lone_messages import encrypted_bytes, lone_bytes
from scanner.facts.operations import Path, operations
from scanner.facts.publications import publications
from scanner.facts.related import related_rows
from scanner.facts.resolutions import resolution_rows
from scanner.facts.rhythms import rhythm_columns
from scanner.facts.seen import first_frames
from scanner.facts.sessions import session_rows
from scanner.facts.statements import by_side
from scanner.facts.subscriptions import by_signalling, subscription_rows
from scanner.facts.understand import MalformedGroup, Understood, understand
from scanner.facts.user_plane import inside, mobile_ends, relayed
from scanner.gc_paused import uncollected
from scanner.protocols.base import OPENING, UNTOLD, Identity, Protocol, Sender, Verb
from scanner.provenance import Provenance
from scanner.providers import ai_providers
from scanner.wording import marked, said

_TIMES = (
    *("first_time", "last_time", "time", "expired_time"),
    *("client_first_time", "client_last_time", "server_first_time", "server_last_time"),
    *("retransmissions_minute_time", "answer_slowest_time", "silence_time"),
)
_SIGHT = ("first_time", "last_time", "missing", "unread", "cut", "contradictory", "discarded")
_ENDS = (("client", "server"), ("client_mac", "server_mac"), ("tunnel_client", "tunnel_server"))
_OF_FILES = (
    *("source", "sha256", "size", "format", "packets", "first_time", "last_time", "truncated_packets"),
    "missing_files",
)
_COUNTED = (
    *("opened_by", "connections", "client_packets", "server_packets", "client_bytes", "server_bytes", "refused"),
    *("retransmissions", "gaps", "lost_bytes", "skipped_bytes", "first_time", "last_time"),
)


@uncollected()
def capture_facts(result: CaptureResult, protocols: Mapping[str, Protocol]) -> Facts:
    """Facts of one recording: every table that captures fill."""
    understood = understand(result, protocols)
    published, changes = _publications(result, understood, protocols)
    subscriptions = subscription_rows(result, understood, _capture_id(result))
    info = result.info
    complete = not (info.limits or info.undecoded)
    operations = _operations(result, understood, protocols)
    tables = {
        schema.CAPTURES: frame(schema.CAPTURES, [_capture_row(result, understood)]),
        schema.FILES: frame(schema.FILES, _file_rows(result)),
        schema.FLOWS: _flows(result, understood, protocols, subscriptions),
        schema.OPERATIONS: operations,
        schema.SESSIONS: _operated(
            _with_log_ins(_sessions(result, understood, protocols), operations, protocols), operations
        ),
        schema.MALFORMED: _malformed(result, understood, protocols),
        schema.PUBLICATIONS: published,
        schema.STATE_CHANGES: changes,
        schema.RELATED: _related(result, understood, protocols),
        schema.RESOLUTIONS: frame(schema.RESOLUTIONS, resolution_rows(result, understood, _capture_id(result))),
        schema.CERTIFICATE_CHAINS: frame(
            schema.CERTIFICATE_CHAINS, chain_rows(result, understood, _capture_id(result))
        ),
        schema.SUBSCRIPTIONS: frame(schema.SUBSCRIPTIONS, subscriptions),
        schema.SIGHTINGS: _sightings(result),
        schema.IDENTITIES: frame(schema.IDENTITIES, _identity_rows(result, understood)),
    }
    return Facts(
        tables={table.name: _without_zero_times(found) for table, found in tables.items()},
        inputs=tuple(
            Provenance(
                file.source, "capture", file.size, file.sha256, complete and not file.unread, tuple(_notes(file))
            )
            for file in result.files
        ),
        defects=understood.defects,
    )


def _capture_id(result: CaptureResult) -> str:
    return result.info.sha256[:12]


def _without_zero_times(table: pl.DataFrame) -> pl.DataFrame:
    """Replace 0, the capture stage's "no time", by null."""
    times = [name for name in _TIMES if name in table.columns]
    return table.with_columns(pl.when(pl.col(name).to_physical() != 0).then(pl.col(name)) for name in times)


def _paths(
    result: CaptureResult, understood: Understood, protocols: Mapping[str, Protocol], paths: Sequence[Path]
) -> dict[str, Any]:
    """The columns that say between whom something happened, for each path."""
    conversations = [result.conversations[path.conversation] for path in paths]
    spoken = [protocols.get(path.protocol) for path in paths]
    columns = {
        "capture": [_capture_id(result)] * len(paths),
        **{name: [getattr(c, name) for c in conversations] for name in schema.PATH if name != "capture"},
        "protocol": [path.protocol for path in paths],
        "recognised_by": [_recognised_by(understood, path) for path in paths],
        "industrial": [bool(protocol and protocol.industrial) for protocol in spoken],
        "secured": [bool(protocol and protocol.secured) for protocol in spoken],
    }
    for row, path in enumerate(paths):
        if path.swapped:
            for client, server in _ENDS:
                columns[client][row], columns[server][row] = columns[server][row], columns[client][row]
    return columns


def _opened_by(conversation: Conversation, spoken: Sequence[str]) -> str:
    """How the client is known; what only looked like a protocol says nothing of it."""
    return "first" if conversation.opened_by == "protocol" and not spoken else conversation.opened_by


def _flows(
    result: CaptureResult,
    understood: Understood,
    protocols: Mapping[str, Protocol],
    subscriptions: Sequence[Mapping[str, Any]],
) -> pl.DataFrame:
    conversations = result.conversations
    spoken = [_spoken(understood, index) for index in range(len(conversations))]
    paths = [Path(index, names[0] if names else "", False) for index, names in enumerate(spoken)]
    columns = _paths(result, understood, protocols, paths) | {
        "protocols": [list(names) for names in spoken],
        "industrial": [any(protocols[name].industrial for name in names) for names in spoken],
        "secured": [bool(names) and all(protocols[name].secured for name in names) for names in spoken],
        **{name: [getattr(c, name) for c in conversations] for name in _COUNTED},
        "opened_by": [_opened_by(c, understood.spoken.get(index, ())) for index, c in enumerate(conversations)],
        "established": [
            c.client_bytes + c.server_bytes > 0 or (c.server_packets > 0 and c.refused < c.connections)
            for c in conversations
        ],
        "one_sided": [_one_sided(c) for c in conversations],
        "slots": _slots(result),
        "copy": [c.copy_of >= 0 for c in conversations],
        "tunnels_around": [[*c.tunnels_around] for c in conversations],
        **_user_plane(conversations, subscriptions),
        **_other_senders(conversations),
        **_sight(result, understood, protocols),
        **rhythm_columns(result, understood),
        "frames": [[c.first_frame] if c.first_frame else [] for c in conversations],
        "filter": [_port_filter(c) for c in conversations],
        "icmp": [icmp_names(c.icmp[0], version_6=":" in c.client) for c in conversations],
        "icmp_answers": [icmp_names(c.icmp[1], version_6=":" in c.client) for c in conversations],
        **_exchanges(conversations),
        **activity(conversations),
    }
    return frame_of(schema.FLOWS, columns, len(conversations))


def _user_plane(
    conversations: Sequence[Conversation], subscriptions: Sequence[Mapping[str, Any]]
) -> dict[str, list[str] | list[bool]]:
    """Which end is the mobile device, and what is passed on; of most captures nothing is in a user plane."""
    ends, passed_on = [""] * len(conversations), [False] * len(conversations)
    at = [number for number, c in enumerate(conversations) if inside(c)]
    carried = [conversations[number] for number in at]
    told = mobile_ends(carried, by_signalling(subscriptions))
    for number, end, again in zip(at, told, relayed(carried), strict=True):
        ends[number], passed_on[number] = end, again
    return {"mobile_end": ends, "relayed": passed_on}


def _exchanges(conversations: Sequence[Conversation]) -> dict[str, list[int | None]]:
    """What conversations by ARP amount to; null for others."""
    told = [c.exchange for c in conversations]
    return {f"arp_{name}": [e and getattr(e, name) for e in told] for name in Exchange._fields}


def _other_senders(conversations: Sequence[Conversation]) -> dict[str, list[list[Any]]]:
    ends = [(end, [getattr(c, f"{end}_others") for c in conversations]) for end in _ENDS[0]]
    macs = {f"{end}_other_macs": [[other.mac for other in others] for others in found] for end, found in ends}
    return macs | {f"{end}_other_frames": [[o.frame for o in others] for others in found] for end, found in ends}


def _slots(result: CaptureResult) -> list[str]:
    """The slots of each conversation in hexadecimal."""
    width = 2 * result.slots.shape[1]
    text = result.slots.tobytes().hex()
    parts = [text[at : at + width] for at in range(0, len(text), width)]
    none = "0" * width
    return ["" if part == none else part for part in parts] or [""] * len(result.conversations)


def _sight(result: CaptureResult, understood: Understood, protocols: Mapping[str, Protocol]) -> dict[str, pl.Series]:
    """The columns that say what was seen of each direction."""
    columns: dict[str, pl.Series] = {}
    lone, lone_frames = lone_bytes(result, understood, protocols)
    encrypted = encrypted_bytes(result, understood, protocols)
    for side, end in enumerate(("client", "server")):
        rows = result.sights[:, side]
        columns |= {f"{end}_{name}": pl.Series(rows[name].copy(), dtype=pl.Int64()) for name in _SIGHT}
        columns[f"{end}_unread"] += pl.Series(lone[:, side])
        columns[f"{end}_encrypted"] = pl.Series(encrypted[:, side], dtype=pl.Int64())
        frame = pl.Series(np.where(rows["frame"] == 0, lone_frames[:, side], rows["frame"]), dtype=pl.Int64())
        columns[f"{end}_doubt_frame"] = frame.set(frame == 0, None)
    columns["midway"] = pl.Series(result.sights["midway"].sum(axis=1), dtype=pl.Int64())
    return columns


def _operations(result: CaptureResult, understood: Understood, protocols: Mapping[str, Protocol]) -> pl.DataFrame:
    paths, found = operations(result, understood)
    between = pl.DataFrame(_paths(result, understood, protocols, paths), infer_schema_length=None)[found["path"]]
    found = found.with_columns(ai_interfaces(result, understood, paths, found))
    columns = {s.name: s for s in (*between, *found.drop("path"))}
    return frame_of(schema.OPERATIONS, columns, found.height)


def _sessions(result: CaptureResult, understood: Understood, protocols: Mapping[str, Protocol]) -> pl.DataFrame:
    found = session_rows(result, understood)
    paths = [Path(conversation, protocol, False) for conversation, protocol, _ in found]
    between = _paths(result, understood, protocols, paths)
    rows = [
        {name: values[row] for name, values in between.items()}
        | columns
        | {
            "ai_providers": ai_providers(columns["server_names"]),
            "filter": protocols[protocol].display_filter or protocol,
        }
        for row, (_, protocol, columns) in enumerate(found)
    ]
    return frame(schema.SESSIONS, rows)


def _with_log_ins(sessions: pl.DataFrame, operations: pl.DataFrame, protocols: Mapping[str, Protocol]) -> pl.DataFrame:
    """Whether a log-in was accepted, of protocols whose answers say so without a word of what they answer."""
    named = [name for name in sessions["protocol"].unique() if protocols[name].log_ins_answered]
    if not named:
        return sessions
    key = [*schema.PATH, "protocol"]
    log_ins = operations.filter((pl.col("verb") == Verb.AUTHENTICATE) & pl.col("protocol").is_in(named))
    taken, refused = ((pl.col(name) > 0).any() for name in ("accepted", "refused"))
    told = log_ins.group_by(key).agg(_answer=pl.when(taken).then(True).when(refused).then(False))
    found = sessions.join(told, on=key, how="left", nulls_equal=True, maintain_order="left")
    return found.with_columns(pl.coalesce("authenticated", "_answer").alias("authenticated")).drop("_answer")


def _operated(sessions: pl.DataFrame, operations: pl.DataFrame) -> pl.DataFrame:
    """Whether operations were read in it that do more than open a session or ask what there is: what nobody
    understands may, unless it is encrypted.
    """
    if not sessions.height:
        return sessions
    key = [*schema.PATH, "protocol"]
    verb = pl.col("verb")
    told = operations.group_by(key).agg(_read=(~verb.is_in([*OPENING])).any(), _maybe=verb.is_in([*UNTOLD]).any())
    found = sessions.join(told, on=key, how="left", nulls_equal=True, maintain_order="left")
    maybe = pl.col("_maybe").fill_null(value=False) & ~pl.col("encrypted").fill_null(value=False)
    operated = pl.col("_read").fill_null(value=False) | maybe
    return found.with_columns(operated.alias("operated")).drop("_read", "_maybe")


def _publications(
    result: CaptureResult, understood: Understood, protocols: Mapping[str, Protocol]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables ``publications`` and ``state_changes``."""
    paths, columns, changes = publications(result, understood)
    columns |= _paths(result, understood, protocols, paths)
    rows = changes.pop("row")
    said = ("capture", "protocol", "client", "server", "vlan", "unit", "object")
    changes |= {name: [columns[name][row] for row in rows] for name in said}
    return frame_of(schema.PUBLICATIONS, columns, len(paths)), frame_of(schema.STATE_CHANGES, changes, len(rows))


def _spoken(understood: Understood, conversation: int) -> tuple[str, ...]:
    """The protocols of a conversation; guesses by its port only where nothing better is known."""
    return understood.spoken.get(conversation) or understood.suggested.get(conversation, ())


def _recognised_by(understood: Understood, path: Path) -> str:
    if not path.protocol:
        return ""
    return "port" if path.protocol in understood.suggested.get(path.conversation, ()) else "content"


def _malformed(result: CaptureResult, understood: Understood, protocols: Mapping[str, Protocol]) -> pl.DataFrame:
    found = understood.malformed
    paths = [Path(b.claim.conversation, b.claim.protocol, False) for b in found]
    rows = [_broken(result, b) for b in found]
    columns = _paths(result, understood, protocols, paths) | {
        "recognised_by": ["port" if b.claim.guessed and not b.claim.framed else "content" for b in found],
        **{name: [row[name] for row in rows] for name in (rows[0] if rows else ())},
    }
    return frame_of(schema.MALFORMED, columns, len(found))


def _broken(result: CaptureResult, broken: MalformedGroup) -> dict[str, Any]:
    """How many messages of a conversation are malformed, and what is wrong with them."""
    claim, conversation = broken.claim, result.conversations[broken.claim.conversation]
    rows = result.messages.rows.at(broken.messages)
    by_client = int(rows["count"][rows["from_client"]].sum())
    count = int(rows["count"].sum()) + claim.strays
    messages = claim.good + count
    if len(rows):
        frames = first_frames(result.messages, broken.messages, np.zeros(len(rows), np.int64), 1).to_list()[0]
        times = int(rows["first_time"].min()), int(rows["last_time"].max())
    else:
        frames = [conversation.first_frame] if conversation.first_frame else []
        times = conversation.first_time, conversation.last_time
    return {
        "problems": broken.problems,
        "count": count,
        "messages": messages,
        "share": count / messages,
        "from_client": by_client + (claim.strays if not conversation.server_packets else 0),
        "from_server": count - claim.strays - by_client + (claim.strays if not conversation.client_packets else 0),
        "first_time": times[0],
        "last_time": times[1],
        "frames": frames,
        "filter": _port_filter(conversation),
    }


def _related(result: CaptureResult, understood: Understood, protocols: Mapping[str, Protocol]) -> pl.DataFrame:
    paths, found = related_rows(result, understood)
    between = pl.DataFrame(_paths(result, understood, protocols, paths), infer_schema_length=None)[found["path"]]
    columns = {s.name: s for s in (*between, *found.drop("path"))}
    return frame_of(schema.RELATED, columns, found.height)


def _sightings(result: CaptureResult) -> pl.DataFrame:
    columns: dict[str, Any] = {f.name: [getattr(host, f.name) for host in result.hosts] for f in fields(HostSighting)}
    columns["capture"] = [_capture_id(result)] * len(result.hosts)
    return frame_of(schema.SIGHTINGS, columns, len(result.hosts))


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


def _identity_rows(result: CaptureResult, understood: Understood) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str, str, str, str], dict[str, Any]] = {}
    for at, protocol, from_client, row, seen in by_side(result, understood.others.of(Identity)):
        mac, ip = _owner(row, result.conversations[at], from_client)
        first = {"first_time": seen.first_time, "first_frame": seen.first_frame or None}
        said = {"mac": mac, "ip": ip, "field": row.field, "value": row.value, "protocol": protocol}
        known = rows.setdefault(
            (mac, ip, row.field, row.value, protocol), {"capture": _capture_id(result), **said, "count": 0, **first}
        )
        known["count"] += seen.count
        if seen.first_time < known["first_time"]:
            known |= first
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
        "capture": _capture_id(result),
        "source": info.source,
        "sources": [file.source for file in result.files],
        "file_count": len(result.files),
        "missing_files": info.missing_files,
        "sha256": info.sha256,
        "size": info.size,
        "format": info.format,
        "packets": info.packets,
        "bytes": info.bytes,
        "first_time": info.first_time,
        "last_time": info.last_time,
        "duration": max(0, info.last_time - info.first_time) / 1e9,
        "traffic_seconds": sum(info.activity) / 1e9,
        "slot_seconds": info.slot / 1e9,
        "slot_activity": [ns // 1000 for ns in info.activity],
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
        "malformed_messages": sum(b.claim.broken + b.claim.strays for b in understood.malformed),
        "recognised_share": sum(i in understood.spoken for i in carrying) / len(carrying) if carrying else None,
        "complete": info.complete,
        "unread": marked(info.unread or info.undecoded or info.left_out),
        "limits": list(_counted(info.limits)),
    }


def _file_rows(result: CaptureResult) -> Iterator[dict[str, Any]]:
    before = 0
    for file in result.files:
        yield {
            "capture": _capture_id(result),
            **{name: getattr(file, name) for name in _OF_FILES},
            "unread": marked(file.unread),
            "frames_before": before,
            "duration": max(0, file.last_time - file.first_time) / 1e9,
        }
        before += file.packets


def _counted(counts: Mapping[str, int]) -> Iterator[str]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return (marked(said("{what}: {count}", what=what, count=count)) for what, count in ranked)


def _notes(info: CaptureInfo) -> Iterator[tuple[str, str]]:
    """What the report says of the capture beyond its counts."""
    if info.comments:
        yield "comments", "; ".join(info.comments[:20])
    if info.interfaces:
        yield "interfaces", ", ".join(info.interfaces[:50])
