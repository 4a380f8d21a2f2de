"""The facts as a report shows them beside the verdicts: inputs, devices, zones and traffic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from scanner.engine.identities import identities, listed_identities
from scanner.engine.texts import as_text
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.words import counted, duration, iso
from scanner.facts.compact import repeats
from scanner.gc_paused import uncollected
from scanner.places import file_and_sheet
from scanner.results.model import DeviceRow, IdentityRow, InputRecord, LevelRow, Text, TrafficRow, ZoneRow
from scanner.results.rows import Lazy, chained
from scanner.wording import argument, joined, kept, said, term, verbatim

MOST_TRAFFIC = 1000  # rows of the traffic matrix; what is beyond is added up in a last row
REST = "…"
_ENCRYPTIONS = ("readable", "unproved", "proved")  # the worst first
_MOST_NAMED = 8  # protocols, with their algorithms, that a row of the matrix names
_COUNTS = (
    ("truncated_packets", "packets cut by the snap length"),
    ("not_understood_packets", "packets not understood"),
    ("malformed_packets", "malformed packets"),
    ("fragments_dropped", "IP fragments not reassembled"),
    ("gaps", "gaps in TCP streams"),
    ("lost_bytes", "bytes known to be missing"),
    ("skipped_bytes", "bytes that fit no message"),
    ("malformed_messages", "malformed messages"),
    ("one_sided_flows", "one-sided TCP conversations"),
)
_SAID = {
    "format",
    "assets under",
    "header",
    "limits",
    "not read",
    "not understood",
    "understood",
}  # by otaudit in words
_OF_DEVICES = (
    *("device", "name", "zone", "level", "roles", "ips", "mac", "vlans", "oui_vendor", "vendor", "model"),
    *("order_number", "firmware", "serial", "protocols", "serves", "listed", "public", "conflict_details", "conflicts"),
    *("role_reasons", "packets", "first_time", "last_time", "inventory_row"),
)
_AT_ONCE = 8192  # rows that are Python objects at one time
_COUNTED = {
    "inventory": (("inventory", "inventory"),),
    "policy": (("zones", "zones"), ("conduits", "conduits"), ("roles", "roles")),
    "configuration": (("settings", "settings"),),
    "answers": (("answers", "answers"),),
    "output": (("neighbours", "neighbours"), ("stations", "stations"), ("switch_ports", "switch_ports")),
    "countries": (("countries", "countries"),),
    "authorities": (("authorities", "authorities"),),
    "advisory": (("advisories", "advisories"), ("known_exploited", "known_exploited"), ("life_cycles", "life_cycles")),
}


def inputs(case: JudgedFacts) -> tuple[InputRecord, ...]:
    """Every input that was read, and how far."""
    captures = {row["capture"]: row for row in case.tables["captures"].to_dicts()}
    recorded = {(row["source"], row["sha256"]): row for row in case.tables["files"].to_dicts()}
    files = {given.source for given in case.facts.inputs}
    rows = {table: _by_file(case.tables[table], files) for kind in _COUNTED.values() for table, _ in kind}
    records = []
    for given in case.facts.inputs:
        details = dict(given.notes)
        file = recorded.get((given.source, given.sha256)) if given.kind == "capture" else None
        if file:
            details |= _capture_details(file, captures[file["capture"]])
            text = _capture_text(file)
        else:
            text = joined(counted(rows[table][given.source], noun) for table, noun in _COUNTED.get(given.kind, ()))
            if given.kind == "configuration" and "understood" in details:
                text = said("{settings}; understood: {share}", settings=text, share=kept(details["understood"]))
        about = as_text(text)
        records.append(
            InputRecord(given.source, given.kind, given.size, given.sha256, about, given.complete, _in_words(details))
        )
    return tuple(records)


def _by_file(table: pl.DataFrame, files: Collection[str]) -> Counter[str]:
    """Rows of each file, those of the sheets of a workbook together."""
    counts: Counter[str] = Counter()
    for source, count in table["source"].value_counts().iter_rows():
        counts[file_and_sheet(source, files)[0]] += count
    return counts


def _capture_text(row: Mapping[str, Any]) -> str:
    counts = counted(row["packets"] or 0, "packet"), duration(row["duration"] or 0.0)
    return joined([verbatim(row["format"]), *counts])


def _capture_details(file: Mapping[str, Any], recording: Mapping[str, Any]) -> dict[str, str]:
    """What is said of a file; with the first of a recording, what is known of the recording only as a whole."""
    row = {**recording, **file} if not file["frames_before"] else file
    details = {name: f"{row[column]:,}" for column, name in _COUNTS if row.get(column)}
    if recording["file_count"] > 1:
        details["recording"] = recording["source"]
    if row["first_time"] is not None and row["last_time"] is not None:
        details["time"] = f"{row['first_time']:%Y-%m-%d %H:%M:%S} – {row['last_time']:%Y-%m-%d %H:%M:%S} UTC"
    for column, name in (("link_types", "link types"), ("not_understood", "not understood"), ("limits", "limits")):
        if row.get(column):
            details[name] = joined(map(kept, row[column]))
    if row.get("recognised_share") is not None:
        details["conversations recognised"] = f"{row['recognised_share']:.0%}"
    if unread := file["unread"] or (row.get("unread", "") if recording["file_count"] == 1 else ""):
        details["not read"] = unread
    return details


def _in_words(details: Mapping[str, str]) -> dict[str, Text]:
    """Numbers, and what the file says itself, are the same in every language."""
    return {name: as_text(text if name in _SAID else verbatim(text)) for name, text in details.items()}


@uncollected()
def devices(case: JudgedFacts) -> Sequence[DeviceRow]:
    """Devices seen, then devices that are only listed in the inventory."""
    table = case.tables["devices"].sort("device").select(_OF_DEVICES)
    said = identities(case)
    seen = tuple(_seen(row, said.get(row["device"], ())) for row in _rows(table))
    return chained(seen, _only_listed(case.tables["inventory"]))


def _rows(table: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """As polars' own, several times as fast where columns are lists, and not all at one time."""
    few = {column.name for column in table if repeats(column)}
    once: dict[str, str] = {}  # what stands in many rows is one object
    for part in table.iter_slices(_AT_ONCE):
        columns = (
            [once.setdefault(v, v) for v in column.to_list()] if column.name in few else column.to_list()
            for column in part
        )
        for values in zip(*columns, strict=True):
            yield dict(zip(table.columns, values, strict=True))


def _seen(row: Mapping[str, Any], said: tuple[IdentityRow, ...]) -> DeviceRow:
    return DeviceRow(
        device=row["device"],
        name=row["name"] or row["device"],
        zone=row["zone"],
        level=row["level"],
        roles=tuple(row["roles"]),
        ips=tuple(row["ips"]),
        mac=row["mac"],
        vlans=tuple(row["vlans"]),
        oui_vendor=row["oui_vendor"],
        vendor=row["vendor"],
        model=row["model"],
        order_number=row["order_number"],
        firmware=row["firmware"],
        serial=row["serial"],
        protocols=tuple(row["protocols"]),
        serves=tuple(row["serves"]),
        listed=row["listed"],
        seen=True,
        public=bool(row["public"]),
        conflicts=tuple(as_text(text) for text in _conflicts(row)),
        reasons=tuple(as_text(argument(reason, "why") or reason) for reason in row["role_reasons"]),
        identities=said,
        packets=row["packets"] or 0,
        first_time=iso(row["first_time"]),
        last_time=iso(row["last_time"]),
    )


def _conflicts(row: Mapping[str, Any]) -> Iterable[str]:
    """In words; where only the fields are known, these."""
    return row["conflict_details"] or (term(f"field.{name}", name) for name in row["conflicts"])


def _only_listed(inventory: pl.DataFrame) -> Sequence[DeviceRow]:
    """Rows that nothing was seen of; an inventory may list hundreds of thousands."""
    unseen = inventory.filter(~pl.col("seen").fill_null(value=False) & (pl.col("device").fill_null("") == ""))
    unseen = unseen.sort("source", "row")
    return Lazy(unseen.height, lambda start, stop: _listed(unseen[start:stop]))


def _listed(rows: pl.DataFrame) -> Iterator[DeviceRow]:
    for row in _rows(rows):
        place = f"{row['source']}:{row['row']}"
        key = next(iter([*row["macs"], *row["ips"]]), "") or row["id"] or row["name"] or place
        yield DeviceRow(
            device=key,
            name=row["name"] or row["hostname"] or key,
            zone=row["zone_by_policy"] or row["zone"],
            level=row["level"],
            roles=tuple(row["roles"]) or ((row["type"],) if row["type"] else ()),
            ips=tuple(row["ips"]),
            mac=next(iter(row["macs"]), ""),
            vlans=tuple(row["vlans"]),
            oui_vendor="",
            vendor=row["vendor"],
            model=row["model"],
            order_number=row["order_number"],
            firmware=row["firmware"],
            serial=row["serial"],
            protocols=tuple(row["protocols"]),
            serves=(),
            listed=True,
            seen=False,
            identities=listed_identities(row),
        )


def zones(case: JudgedFacts, levels: Mapping[str, tuple[LevelRow, ...]]) -> tuple[ZoneRow, ...]:
    """The policy's zones from the highest Purdue level down, with how many devices were seen in each."""
    seen = Counter(case.tables["devices"]["zone"])
    boundaries = dict(
        case.tables["observations"].select("zone", "boundary").filter(pl.col("boundary") != "").iter_rows()
    )
    table = case.tables["zones"].unique("zone", keep="first", maintain_order=True)
    table = table.sort(["level", "zone"], descending=[True, False], nulls_last=True)
    return tuple(
        ZoneRow(
            row["zone"],
            row["name"] or row["zone"],
            row["level"],
            row["sl_t"],
            seen[row["zone"]],
            row["observed_seconds"],
            boundaries.get(row["zone"], ""),
            levels.get(row["zone"], ()),
        )
        for row in table.to_dicts()
    )


def traffic(case: JudgedFacts) -> tuple[TrafficRow, ...]:
    """Traffic between zones, or between addresses without a policy; at most ``MOST_TRAFFIC`` rows, the largest.

    What is allowed between two ends and what is not are rows of their own.
    """
    ends = ("client_zone", "server_zone") if case.tables["zones"].height else ("client", "server")
    flows = case.tables["flows"]
    if not flows.height:
        return ()
    sizes = (f"{end}_{what}" for end in ("client", "server") for what in ("packets", "bytes"))
    grouped = (
        flows.select(*ends, "allowed", "protocol", "connections", "conduit", "encryption", "encrypted_by", *sizes)
        .group_by(pl.col(ends[0]).alias("source"), pl.col(ends[1]).alias("target"), pl.col("allowed"))
        .agg(
            pl.col("protocol").filter(pl.col("protocol") != "").unique().alias("protocols"),
            pl.col("connections").sum(),
            (pl.col("client_packets").sum() + pl.col("server_packets").sum()).alias("packets"),
            (pl.col("client_bytes").sum() + pl.col("server_bytes").sum()).alias("bytes"),
            pl.col("conduit").filter(pl.col("conduit") != "").unique().alias("conduits"),
            pl.col("encryption").unique().alias("encryptions"),
            pl.col("encrypted_by").explode().drop_nulls().unique(),
        )
        .sort(
            ["bytes", "packets", "source", "target", "allowed"],
            descending=[True, True, False, False, False],
            nulls_last=True,
        )
    )
    rows = [_traffic_row(row) for row in grouped.head(MOST_TRAFFIC).to_dicts()]
    rows.sort(key=lambda r: (r.source, r.target, str(r.allowed)))
    return (*rows, *_rest(grouped.slice(MOST_TRAFFIC)))


def _traffic_row(row: Mapping[str, Any]) -> TrafficRow:
    return TrafficRow(
        source=row["source"],
        target=row["target"],
        protocols=tuple(sorted(row["protocols"])),
        connections=row["connections"],
        packets=row["packets"],
        bytes=row["bytes"],
        allowed=row["allowed"],
        conduit=", ".join(sorted(row["conduits"])),
        encryption=next((word for word in _ENCRYPTIONS if word in row["encryptions"]), ""),
        encrypted_by=tuple(sorted(row["encrypted_by"])[:_MOST_NAMED]),
    )


def _rest(rows: pl.DataFrame) -> Iterator[TrafficRow]:
    """Rows of the matrix added up; not allowed when one of them is not, unknown when one is."""
    if not rows.height:
        return
    added = rows.select(
        pl.col("protocols").explode().drop_nulls().unique().implode(),
        pl.col("connections", "packets", "bytes").sum(),
        allowed=pl.when(~pl.col("allowed").all()).then(False).when(pl.col("allowed").null_count() == 0).then(True),
        source=pl.lit(REST),
        target=pl.lit(REST),
        conduits=pl.lit([], dtype=pl.List(pl.String)),
        encryptions=pl.col("encryptions").explode().drop_nulls().unique().implode(),
        encrypted_by=pl.lit([], dtype=pl.List(pl.String)),
    )
    yield _traffic_row(added.row(0, named=True))
