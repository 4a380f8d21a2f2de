"""Between which zones the entries of access lists permit traffic: the facts table acl_permits.

Distinct pairs of addresses are looked at once each, so that the time depends on how many different entries there are.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

import polars as pl

from scanner.address_ranges import Ranges, beyond, overlaps, read_ranges, union, without
from scanner.facts.frames import frame, polars_schema
from scanner.facts.schema import ACL_PERMITS
from scanner.policy.membership import catch_all

_ANY = "any"
_MOST_PAIRS = 10_000  # of zones that one entry is between
_PARTS = ("action", "protocol", "options", "destination")
_BOUND = r"(?:^|, )(?:interface|vlan|all interfaces)"  # places that filter what passes, and not who logs in
_KEY = ("source", "item")


def acl_permits(settings: pl.DataFrame, zones: pl.DataFrame) -> pl.DataFrame:
    """settings: with the derived columns."""
    rows = settings.filter(pl.col("category") == "acl").with_row_index("_order")
    if not rows.height:
        return frame(ACL_PERMITS, ())
    entries = _entries(rows)
    permits = entries.filter(pl.col("action") == "permit").drop("action")
    denied = entries.filter(pl.col("action") == "deny").group_by("config", "acl").agg(_first=pl.col("_order").min())
    permits = permits.join(denied, on=["config", "acl"], how="left", maintain_order="left").with_columns(
        denied_before=(pl.col("_first") < pl.col("_order")).fill_null(value=False)
    )
    ends = permits.select("from_addresses", "to_addresses").unique(maintain_order=True)
    schema = polars_schema(ACL_PERMITS)
    between = pl.DataFrame(
        list(_between(ends.iter_rows(), zones)),
        schema={n: schema[n] for n in ("from_addresses", "to_addresses", "from_zone", "to_zone", "certain")},
        orient="row",
    )
    joined = permits.join(between, on=["from_addresses", "to_addresses"], how="inner", maintain_order="left")
    return joined.rename({"config": "source"}).select(pl.col(name).cast(kind) for name, kind in schema.items())


def _entries(rows: pl.DataFrame) -> pl.DataFrame:
    """A row for each entry that names addresses."""
    entries = rows.filter(pl.col("setting") == "source")
    for setting in _PARTS:
        part = rows.filter(pl.col("setting") == setting).select(*_KEY, pl.col("value").alias(f"_{setting}"))
        part = part.unique(_KEY, keep="first")
        entries = entries.join(part, on=_KEY, how="left", maintain_order="left")
    bound = (
        rows.filter(pl.col("setting") == "bound").select("source", acl="item", bound="value").unique(["source", "acl"])
    )
    name = pl.col("item").str.extract_groups(r"^(.*) entry (\S+)$")
    return (
        entries.with_columns(acl=name.struct.field("1"), entry=name.struct.field("2"))
        .join(bound, on=["source", "acl"], how="left", maintain_order="left")
        .select(
            "_order",
            "device",
            "of_device",
            "line_start",
            "acl",
            "entry",
            "text",
            config="source",
            action="_action",
            protocol=pl.col("_protocol").fill_null(""),
            options=pl.col("_options").fill_null(""),
            from_addresses="value",
            to_addresses=pl.col("_destination").fill_null(""),
            filters=pl.col("bound").str.contains(_BOUND).fill_null(value=False),
        )
    )


def _between(ends: Iterable[tuple[str, str]], zones: pl.DataFrame) -> Iterator[tuple[str, str, str, str, bool]]:
    """Of each pair of addresses, the pairs of zones. An end that may be any is in every zone, which is not certain;
    both ends, or one that cannot be understood, are in none that is known. Nor is, of an end, what is in no zone's
    networks while zones have members by VLAN, MAC address or name, which may have it.
    """
    own = own_ranges(zones)
    if not own:
        return
    found: dict[str, tuple[list[str] | None, bool]] = {}
    known = union([*own.values(), read_ranges("public")])
    elsewhere = any(len(row) for name in ("vlans", "macs", "devices") for row in zones[name])

    def zones_of(text: str) -> tuple[list[str] | None, bool]:
        """The zones, and whether it may be in others, too."""
        if text not in found:
            ranges = read_ranges(text)
            told = ranges.whole and text != _ANY
            held = [zone for zone, its in own.items() if overlaps(ranges, its)] if told else None
            found[text] = held, bool(told and elsewhere and beyond(ranges, known))
        return found[text]

    for source, destination in ends:
        (starts, from_more), (stops, to_more) = zones_of(source), zones_of(destination)
        certain = starts is not None and stops is not None
        if from_more or to_more:
            yield source, destination, "", "", False
            if not certain:
                continue
        elif (starts is None and source != _ANY) or (stops is None and destination != _ANY) or starts is stops is None:
            yield source, destination, "", "", False
            continue
        begin, end = (list(own) if held is None else held for held in (starts, stops))
        pairs = [(a, b) for a in begin for b in end if a != b]
        if len(pairs) > _MOST_PAIRS:
            yield source, destination, "", "", False
            continue
        for a, b in pairs:
            yield source, destination, a, b, certain


def own_ranges(zones: pl.DataFrame) -> dict[str, Ranges]:
    """The addresses of each zone that are in no smaller network of another; networks that hold the Internet are not
    the plant's own.
    """
    networks = [
        (ipaddress.ip_network(text, strict=False), zone)
        for zone, subnets in zones.select("zone", "subnets").iter_rows()
        for text in set(subnets) - set(catch_all(subnets))
    ]
    found: dict[str, list[Ranges]] = {}
    for network, zone in networks:
        smaller = [
            read_ranges(str(n))
            for n, other in networks
            if other != zone and n.version == network.version and n.prefixlen > network.prefixlen
        ]
        found.setdefault(zone, []).append(without(read_ranges(str(network)), union(smaller)))
    return {zone: union(several) for zone, several in found.items()}
