"""What was observed, beside the verdicts: tables of the results, made row by row when somebody reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import starmap
from typing import Any, NamedTuple, TypeVar

import polars as pl

from scanner.engine.folding import SUMMED, folded
from scanner.engine.texts import as_text
from scanner.engine.verdict.evidence import display_filter
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.verdict.recording_files import Files
from scanner.engine.words import iso
from scanner.facts.schema import SETTINGS
from scanner.protocols.base import STATE_CHANGING, WRITES
from scanner.results.cabling import CableRow, OccupiedPortRow
from scanner.results.exports import ExportRow
from scanner.results.exposures import ExposureRow
from scanner.results.model import (
    CertificateRow,
    CommandRow,
    OperationRow,
    ProtocolRow,
    Refusal,
    SessionRow,
    SettingRow,
    UnrecognisedRow,
)
from scanner.results.publications import End, PublicationRow, Seen, StateChange
from scanner.results.rows import Lazy
from scanner.wording import plain

Row = Mapping[str, Any]
R = TypeVar("R")
_ENDS = ("client", "server")
_END_COLUMNS = ("", "_name", "_zone", "_level", "_roles", "_device")
_TOLD = [  # of an operation
    *("verb", "protocol", "function", "code", "object", "unit", "detail", "transport", "server_port", "vlan", "tunnel"),
    *("seen_as", *SUMMED, "refusals", "refusal_counts", "allowed"),
    *("capture", "frames", "first_time", "last_time", "filter"),
    *(f"{end}{column}" for end in _ENDS for column in _END_COLUMNS),
]
_COMMANDS = [*map(str, STATE_CHANGING), *map(str, WRITES), "time-sync"]
_TIMES = ("first_time", "last_time")
_ARP = 0x0806  # EtherType
_SIZES = ("client_bytes", "server_bytes", "client_packets", "server_packets")
_PAYLOAD = pl.col("client_bytes").fill_null(0) + pl.col("server_bytes").fill_null(0)
_PACKETS = pl.col("client_packets").fill_null(0) + pl.col("server_packets").fill_null(0)


def operations(case: JudgedFacts) -> Sequence[OperationRow]:
    """Every distinct operation; those that change a controller first, each kind in the order of time. Others of many
    objects are folded.
    """
    table = case.tables["operations"]
    by = ["_changes", "first_time", "client", "server"]
    looked_at = table.select(*by[1:], _changes=pl.col("verb").is_in([*map(str, STATE_CHANGING)]))
    order = looked_at.with_row_index("_row").sort(by, descending=[True, False, False, False])["_row"]
    arranged = folded(table, order)

    def part(start: int, stop: int) -> Iterator[OperationRow]:
        return (_operation(row, case.files) for row in arranged.part(start, stop, _TOLD).to_dicts())

    return Lazy(len(arranged), part)


def _operation(row: Row, files: Files) -> OperationRow:
    return OperationRow(
        verb=row["verb"],
        changes=row["verb"] in STATE_CHANGING,
        protocol=row["protocol"],
        function=row["function"],
        code=row["code"],
        object=row["object"],
        unit=plain(row["unit"]),
        detail=as_text(row["detail"]),
        client=_end(row, "client"),
        server=_end(row, "server"),
        transport=row["transport"],
        port=row["server_port"] or 0,
        vlan=_vlan(row),
        tunnel=row["tunnel"],
        seen_as=row["seen_as"],
        count=row["count"] or 0,
        accepted=row["accepted"] or 0,
        refused=row["refused"] or 0,
        unanswered=row["unanswered"] or 0,
        unobserved=row["unobserved"] or 0,
        refusals=tuple(starmap(Refusal, zip(row["refusals"], row["refusal_counts"], strict=True))),
        allowed=row["allowed"],
        seen=_seen(row, files),
    )


def commands(case: JudgedFacts) -> Sequence[CommandRow]:
    """Who writes to, operates or changes whom, by industrial protocols or by verbs that change a device."""
    ends = [f"{end}{column}" for end in _ENDS for column in _END_COLUMNS]
    by = [f"{end}{column}" for end in _ENDS for column in ("_device", "_name", "_zone")]
    table = case.tables["operations"]
    commanding = table.select(
        pl.col("verb").is_in(_COMMANDS) & (pl.col("industrial").fill_null(value=False) | pl.col("verb").ne("write"))
    )
    looked_at = dict.fromkeys((*ends, *by, *("verb", "protocol", "count", "accepted", "refused"), *_TIMES))
    table = (
        table[commanding.to_series().fill_null(value=False).arg_true(), list(looked_at)]
        .group_by([*by, "verb"], maintain_order=True)
        .agg(
            pl.col([name for name in ends if name not in by]).first(),
            pl.col("protocol").unique().sort().alias("protocols"),
            pl.col("count", "accepted", "refused").sum(),
            pl.col("first_time").min(),
            pl.col("last_time").max(),
        )
        .sort("server_zone", "server_name", "client_zone", "client_name", "verb")
    )
    return _rows(table, _command)


def _command(row: Row) -> CommandRow:
    return CommandRow(
        client=_end(row, "client"),
        server=_end(row, "server"),
        verb=row["verb"],
        changes=row["verb"] in STATE_CHANGING,
        protocols=tuple(row["protocols"]),
        count=row["count"],
        accepted=row["accepted"],
        refused=row["refused"],
        first_time=iso(row["first_time"]),
        last_time=iso(row["last_time"]),
    )


def sessions(case: JudgedFacts) -> Sequence[SessionRow]:
    """Every session of which a protocol shows how it is secured."""
    table = case.tables["sessions"].sort("protocol", "server", "client", "first_time")
    return _rows(table, lambda row: _session(row, case.files))


def _session(row: Row, files: Files) -> SessionRow:
    lists = ("versions_offered", "versions", "ciphers_offered", "ciphers", "server_names", "credentials")
    return SessionRow(
        protocol=row["protocol"],
        client=_end(row, "client"),
        server=_end(row, "server"),
        transport=row["transport"],
        port=row["server_port"] or 0,
        **{name: tuple(row[name]) for name in lists},
        encrypted=row["encrypted"],
        authenticated=row["authenticated"],
        certificate=_certificate(row),
        client_certificate=row["client_certificate_subject"],
        detail=as_text(row["detail"]),
        count=row["count"] or 0,
        seen=_seen(row, files),
    )


def _certificate(row: Row) -> CertificateRow | None:
    if not (row["certificate_subject"] or row["certificate_key"]):
        return None
    return CertificateRow(
        subject=row["certificate_subject"],
        issuer=row["certificate_issuer"],
        not_before=iso(row["certificate_not_before"]),
        not_after=iso(row["certificate_not_after"]),
        key=row["certificate_key"],
        key_bits=row["certificate_key_bits"] or 0,
        signature=row["certificate_signature"],
        self_signed=row["certificate_self_signed"],
        expired=row["certificate_expired"],
    )


def settings(case: JudgedFacts) -> Sequence[SettingRow]:
    """Every setting of the configurations, as the files have them."""
    table = case.tables["settings"].sort("source", "line_start", "category", "item", "setting", maintain_order=True)
    stored = [column.name for column in SETTINGS.columns if not column.derived]
    return _rows(table.select(stored), lambda row: SettingRow(**row))


def unrecognised(case: JudgedFacts) -> Sequence[UnrecognisedRow]:
    """Conversations that carry something which no protocol recognises; the largest first."""
    table = (
        case.tables["flows"]
        .filter((pl.col("protocol") == "") & (_PAYLOAD > 0) & ~_without_protocol())
        .with_columns(_payload=_PAYLOAD, _packets=_PACKETS)
        .sort(["_payload", "client", "server", "server_port"], descending=[True, False, False, False])
    )
    weights = table.select("_packets", "client", "server", pl.col("server_port").fill_null(0))

    def outlines(start: int, stop: int) -> Iterator[_Weight]:
        for packets, client, server, port in weights[start:stop].iter_rows():
            yield _Weight(packets, _At(client), _At(server), port)

    rows = _rows(table, lambda row: _unrecognised(row, case.files))
    return Lazy(table.height, lambda start, stop: rows[start:stop], outlines)


class _At(NamedTuple):
    address: str


class _Weight(NamedTuple):
    """What the largest of a flood's hundred thousand conversations are chosen by."""

    packets: int
    client: _At
    server: _At
    port: int


def _unrecognised(row: Row, files: Files) -> UnrecognisedRow:
    return UnrecognisedRow(
        client=_end(row, "client"),
        server=_end(row, "server"),
        transport=row["transport"],
        port=row["server_port"] or 0,
        vlan=_vlan(row),
        tunnel=row["tunnel"],
        connections=row["connections"] or 0,
        packets=row["_packets"],
        bytes=row["_payload"],
        seen=_seen(row, files),
    )


def protocols(case: JudgedFacts) -> Sequence[ProtocolRow]:
    """The mix of protocols, the most bytes first."""
    table = (
        case.tables["flows"]
        .select("protocol", "client", "server", "transport", "server_port", "industrial", "secured", *_SIZES)
        .filter(~_without_protocol())
        .group_by("protocol")
        .agg(
            pl.col("industrial").any(),
            pl.len().alias("conversations"),
            pl.col("client").n_unique().alias("clients"),
            pl.col("server").n_unique().alias("servers"),
            _PACKETS.sum().alias("packets"),
            _PAYLOAD.sum().alias("bytes"),
            pl.col("secured").fill_null(value=False).sum().alias("secured_conversations"),
        )
        .with_columns(pl.col("industrial").fill_null(value=False))
        .sort(["bytes", "protocol"], descending=[True, False])
    )
    return _rows(table, lambda row: ProtocolRow(**row))


_CHANGE = {"time": "time", "frame": "frame", "state": "state", "previous_state": "previous", "sequence": "sequence"}
_PUBLISHED_AS = ("function", "object", "data_set", "identifier", "unit")
_COUNTED = (
    *("copies", "late", "first_state", "last_state", "states_skipped", "begun_anew", "set_back", "alternations"),
    *("gaps", "missing", "repeated", "expired", "expired_missing", "samples", "samples_in_a_round"),
)
_MEASURED = ("shortest_interval", "longest_interval", "shortest_lifetime", "longest_lifetime", "ended")
_MARKED = ("simulated", "test", "needs_commissioning", "signed")


def publications(case: JudgedFacts) -> Sequence[PublicationRow]:
    """Every publication with its changes of state in the order of time."""
    table, changes = case.tables["publications"], case.tables["state_changes"]
    by = [name for name in changes.columns if name not in (*_CHANGE, "kind")]  # what tells publications apart
    states = changes.sort("time", "frame").group_by(by, maintain_order=True).agg(pl.struct(*_CHANGE, "kind"))
    table = table.join(states.rename({"time": "_states"}), on=by, how="left", nulls_equal=True)
    table = table.sort("protocol", "object", "client", "server", "first_time")

    def whole(row: Row) -> PublicationRow:
        changes = tuple(_state_change(change, row["capture"], case.files) for change in row["_states"] or ())
        return replace(_publication(row, case.files), states=changes)

    return _rows(table, whole, lambda row: _publication(row, case.files))


def _publication(row: Row, files: Files) -> PublicationRow:
    """Without its changes of state, which may be a hundred thousand."""
    expired = files.one(row["capture"], row["expired_frame"] or 0)
    return PublicationRow(
        protocol=row["protocol"],
        **{name: row[name] for name in (*_PUBLISHED_AS, *_MARKED, *_COUNTED, *_MEASURED)},
        publisher=_end(row, "client"),
        target=_end(row, "server"),
        transport=row["transport"],
        port=row["server_port"] or 0,
        vlan=_vlan(row),
        tunnel=row["tunnel"],
        other_publishers=tuple(row["other_publishers"]),
        revisions=tuple(row["revisions"]),
        count=row["count"] or 0,
        changes=row["state_changes"],
        states=(),
        repetition=row["repetition"],
        expired_time=iso(row["expired_time"]),
        expired_source=expired[0] if row["expired_frame"] else "",
        expired_frame=expired[1] if row["expired_frame"] else row["expired_frame"],
        sample_rates=tuple(row["sample_rates"]),
        synchronised=tuple(row["synchronised"]),
        seen=_seen(row, files),
    )


def _state_change(row: Row, capture: str, files: Files) -> StateChange:
    said = {ours: row[name] or 0 for name, ours in _CHANGE.items() if name not in ("time", "frame")}
    source, frame = files.one(capture, row["frame"] or 0)
    return StateChange(time=iso(row["time"]), source=source, frame=frame, kind=row["kind"], **said)


_LEFT = (
    *("device", "zone", "level", "destination", "destination_zone", "kind", "country", "protocol", "transport", "port"),
    *("opened_by", "conversations", "bytes_out", "bytes_in", "bytes_out_unseen", "bytes_encrypted", "bytes_clear"),
    *("bytes_unknown", "encrypted_share", "industrial", "answered", "allowed"),
    *("site", "data_grade", "export_limited", "export_permitted", "grade_permitted", "export_bytes_per_day"),
)


def exports(case: JudgedFacts) -> Sequence[ExportRow]:
    """What leaves the plant, the most bytes first."""
    return _rows(case.tables["exports"], lambda row: _export(row, case.files))


def _export(row: Row, files: Files) -> ExportRow:
    return ExportRow(
        **{name: row[name] for name in _LEFT},
        name=row["device_name"] or row["device"],
        names=tuple(row["names"]),
        providers=tuple(row["providers"]),
        export_entries=tuple(row["export_entries"]),
        seen=_seen({**row, "server": row["destination"]}, files),
    )


_CABLED = ("device", "port", "other_device", "other_port", "sure", "known", "source")
_EXPOSED = (
    *("device", "name", "zone", "vendor", "model", "order_number", "advisory", "advisory_file", "title"),
    *("vulnerability", "score", "known_exploited", "product", "versions", "result", "remedy", "remedy_kind"),
)


def exposures(case: JudgedFacts) -> Sequence[ExposureRow]:
    """What advisories say of the plant's assets."""
    return _rows(case.tables["exposures"], _exposure)


def _exposure(row: Row) -> ExposureRow:
    return ExposureRow(
        **{name: row[name] for name in _EXPOSED},
        asset=row["device"] or f"{row['source']}:{row['row']}",
        firmware=tuple(row["firmware"]),
        reason=as_text(row["reason"]),
    )


def cables(case: JudgedFacts) -> Sequence[CableRow]:
    """Which port of which switch is connected to what."""
    return _rows(case.tables["cables"], _cable)


def _cable(row: Row) -> CableRow:
    return CableRow(**{name: row[name] for name in _CABLED}, line=row["line"] or 0)


def occupied_ports(case: JudgedFacts) -> Sequence[OccupiedPortRow]:
    """Ports of switches with devices behind them."""
    return _rows(case.tables["occupied_ports"].filter(~pl.col("leads_on")), _occupied_port)


def _occupied_port(row: Row) -> OccupiedPortRow:
    told: Row = {name: row[name] for name in ("device", "port", "mode", "captured", "source")}
    held: Row = {name: tuple(row[name]) for name in ("names", "macs", "unseen")}
    return OccupiedPortRow(**told, **held, line=row["line"] or 0)


def _without_protocol() -> pl.Expr:
    """ARP and what IP itself says carry no application protocol."""
    arp = (pl.col("transport") == "ethernet") & (pl.col("server_port") == _ARP)
    return arp | pl.col("transport").is_in(["icmp", "icmpv6"])


def _rows(table: pl.DataFrame, make: Callable[[Row], R], glance: Callable[[Row], R] | None = None) -> Sequence[R]:
    def part(start: int, stop: int) -> Iterator[R]:
        return map(make, table[start:stop].to_dicts())

    def outlines(start: int, stop: int) -> Iterator[R]:
        return map(glance or make, table[start:stop].drop("_states", strict=False).to_dicts())

    return Lazy(table.height, part, outlines)


def _end(row: Row, end: str) -> End:
    return End(
        address=row[end],
        name=row[f"{end}_name"] or row[end],
        zone=row[f"{end}_zone"],
        level=row[f"{end}_level"],
        roles=tuple(row[f"{end}_roles"]),
        device=row[f"{end}_device"],
    )


def _seen(row: Row, files: Files) -> Seen:
    source, frames = files.at(row["capture"], row["frames"])
    return Seen(
        source=source,
        first_time=iso(row["first_time"]),
        last_time=iso(row["last_time"]),
        frames=frames,
        filter=display_filter(row),
    )


def _vlan(row: Row) -> int:
    return -1 if row["vlan"] is None else int(row["vlan"])
