"""What was seen of each place: everything together, each zone, each pair of zones, each device.

Frames to everybody (ARP, broadcasts, multicast) reach every port of a network, so they show that somebody is there and
nothing of what they say to each other: only traffic between two ends is an observation. What a router passes on to a
group shows nothing of where its sender is: others that send to that network only are not heard here.

The boundary of a zone was seen when traffic across it would have been. That is so where the capture has frames between
the zone's own devices and a router (``routed``), where it lies at a router, whose frames it has in two zones or more
(``router``), and where traffic crosses it and does not look like that of one device's own port (``crossing``).
Where one device's own MAC address is in every frame, the recording may have been made at its port, or on it: what
others of its zone send past the boundary does not come there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import polars as pl

from scanner.facts.frames import frame, frame_of
from scanner.facts.presence import Presence, recordings
from scanner.facts.schema import OBSERVATIONS

_ARP = 0x0806
_APPLICATIONS = ("tcp", "udp", "sctp", "ethernet")
_ROW = "_row"
_ENDS = ("client", "server")
_AROUND = ("", "tunnel_")
_UNSEEN = {
    "kind": "zone",
    **dict.fromkeys(("seconds", "any_seconds", "boundary_seconds"), 0.0),
    **dict.fromkeys(("packets", "conversations", "devices", "heard_devices"), 0),
    "both_sides": False,
}
_LOOKED_AT = (
    *("capture", "protocol", "first_time", "last_time", "slots"),
    *(f"{end}_{what}" for end in ("client", "server") for what in ("zone", "device", "mac", "public")),
)
OUTSIDE = ""  # what is in no zone, and the Internet


def observations(
    flows: pl.DataFrame,
    captures: pl.DataFrame,
    zones: Iterable[str],
    own_macs: Mapping[str, Sequence[str]],
    tunnels: Mapping[str, tuple[str, str]],
    *,
    crowded: Collection[str] = (),
) -> pl.DataFrame:
    """The table ``observations``.

    flows: with the derived columns, and ``group``: sent to everybody. own_macs: device -> its MAC addresses, the first
    before the others. tunnels: address of a tunnel's end -> its device and zone. crowded: zones of which several
    devices are known.
    """
    known = list(dict.fromkeys(zones))
    if flows.is_empty() and captures.is_empty():  # of which configurations have none
        return frame(OBSERVATIONS, (_UNSEEN | {"zone": zone} for zone in sorted(known)))
    return _observed(flows, captures, known, own_macs, tunnels, crowded=crowded)


def _observed(
    flows: pl.DataFrame,
    captures: pl.DataFrame,
    known: list[str],
    own_macs: Mapping[str, Sequence[str]],
    tunnels: Mapping[str, tuple[str, str]],
    *,
    crowded: Collection[str] = (),
) -> pl.DataFrame:
    flows = _prepared(flows, own_macs, tunnels)
    presence = Presence(flows, captures)
    kind = "zone" if known else "all"
    parts, looked_at, members = [], pl.DataFrame(), pl.DataFrame()
    for places, shown_by in _PLACES.items():  # one kind at a time: each flow counts for several places of each
        shown = shown_by(flows)
        parts.append(_counted(flows, shown, presence))
        looked_at = shown if places == kind else looked_at
        members = _members(shown, flows) if places == "device" else members
    table = pl.concat(parts).join(members, on=["kind", "zone"], how="left", maintain_order="left")
    missing = pl.DataFrame({"kind": "zone", "zone": known}, schema={"kind": pl.String, "zone": pl.String})
    missing = missing.join(table.filter(pl.col("kind") == "zone"), on="zone", how="anti")
    table = pl.concat([table, missing], how="diagonal")
    seen = _boundaries(flows, looked_at, presence, captures, crowded)
    seen = seen.with_columns(kind=pl.lit(kind))
    table = table.join(seen, on=["kind", "zone"], how="left", maintain_order="left")
    table = table.with_columns(
        pl.col("zone", "other_zone", "device", "boundary").fill_null(""),
        pl.col("seconds", "any_seconds", "boundary_seconds").fill_null(0.0),
        pl.col("packets", "conversations", "devices", "heard_devices").fill_null(0),
        pl.col("both_sides").fill_null(value=False),
    ).sort("kind", "zone", "other_zone", "device")
    return frame_of(OBSERVATIONS, {c.name: table[c.name] for c in OBSERVATIONS.columns}, table.height)


def _prepared(
    flows: pl.DataFrame, own_macs: Mapping[str, Sequence[str]], tunnels: Mapping[str, tuple[str, str]]
) -> pl.DataFrame:
    """What is looked at of each flow, with columns that say what it counts for: rows are chosen again and again."""
    arp = (pl.col("transport") == "ethernet") & (pl.col("server_port") == _ARP)
    size = pl.col("client_bytes").fill_null(0) + pl.col("server_bytes").fill_null(0)
    macs = {device: own[0] for device, own in own_macs.items() if own}
    holders = {mac: device for device, own in own_macs.items() for mac in own}
    others = (pl.col("client_mac") != "") & (_mapped(pl.col("client_mac"), holders) != pl.col("client_device"))
    own = [
        ((pl.col(f"{end}_mac") != "") & (pl.col(f"{end}_mac") == _mapped(pl.col(f"{end}_device"), macs))).alias(
            f"{end}_own"
        )
        for end in _ENDS
    ]
    around = [
        _mapped(pl.col(f"tunnel_{end}"), {address: known[number] for address, known in tunnels.items()}).alias(
            f"tunnel_{end}_{what}"
        )
        for end in _ENDS
        for number, what in enumerate(("device", "zone"))
    ]
    return flows.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias(_ROW),
        *_LOOKED_AT,
        pl.col("group") | arp,
        *own,
        *around,
        _passed_on=pl.col("group") & ~arp & others,
        _packets=pl.col("client_packets").fill_null(0) + pl.col("server_packets").fill_null(0),
        _low=pl.min_horizontal("client", "server"),
        _high=pl.max_horizontal("client", "server"),
        _up=pl.when(pl.col("client") < pl.col("server")).then("client_packets").otherwise("server_packets") > 0,
        _down=pl.when(pl.col("client") < pl.col("server")).then("server_packets").otherwise("client_packets") > 0,
        _size=pl.when(~arp & pl.col("transport").is_in(_APPLICATIONS)).then(size).otherwise(0),
    )


def _mapped(column: pl.Expr, values: Mapping[str, str]) -> pl.Expr:
    if not values:
        return pl.lit("")
    return column.replace_strict(values, default="")


def _place(rows: pl.DataFrame, kind: str, **columns: pl.Expr | str) -> pl.DataFrame:
    empty = dict.fromkeys(("zone", "other_zone", "device"), "")
    made = {name: pl.lit(c) if isinstance(c, str) else c for name, c in (empty | columns).items()}
    return rows.select(_ROW, kind=pl.lit(kind), **made).unique(maintain_order=True)


def _everything(flows: pl.DataFrame) -> pl.DataFrame:
    return _place(flows, "all")


def _zones(flows: pl.DataFrame) -> pl.DataFrame:
    """Of each zone, flows that begin or end in it, and those in tunnels that do."""
    names = [f"{prefix}{end}_zone" for prefix in _AROUND for end in _ENDS]
    sides = pl.concat(_place(flows.filter(pl.col(name) != ""), "zone", zone=pl.col(name)) for name in names)
    return sides.unique(maintain_order=True)


def _pairs(flows: pl.DataFrame) -> pl.DataFrame:
    """Of each two zones, flows between them; the Internet and what is in no zone are ``OUTSIDE``, the other zone."""
    a, b = pl.col("client_zone"), pl.col("server_zone")
    ends = pl.concat(
        [
            _place(
                flows.filter((a != b) & (a != "") & (b != "")),
                "pair",
                zone=pl.min_horizontal(a, b),
                other_zone=pl.max_horizontal(a, b),
            ),
            _place(flows.filter((a == "") != (b == "")), "pair", zone=a + b, other_zone=OUTSIDE),
        ]
    )
    return ends.filter(pl.col("zone") != "")


def _devices(flows: pl.DataFrame) -> pl.DataFrame:
    names = [f"{prefix}{end}" for prefix in _AROUND for end in _ENDS]
    parts = (
        _place(
            flows.filter(pl.col(f"{name}_device") != ""),
            "device",
            zone=pl.col(f"{name}_zone"),
            device=pl.col(f"{name}_device"),
        )
        for name in names
    )
    return pl.concat(parts).unique(maintain_order=True)


_PLACES = {"all": _everything, "zone": _zones, "pair": _pairs, "device": _devices}
_KEY = ("kind", "zone", "other_zone", "device")


def _counted(flows: pl.DataFrame, shown: pl.DataFrame, presence: Presence) -> pl.DataFrame:
    """Each place once, with what its flows amount to."""
    places = shown.select(_KEY).unique(maintain_order=True).with_row_index("_place")
    rows = shown.join(places, on=_KEY, how="left", maintain_order="left").select(_ROW, "_place")
    pair = pl.struct("_low", "_high").rank("dense")
    facts = flows.select(
        "group", "_passed_on", "_packets", "_size", "_up", "_down", known=pl.col("protocol") != "", _pair=pair
    )
    rows = rows.hstack(facts[rows[_ROW]])
    direct = ~pl.col("group")
    table = (
        rows.group_by("_place")
        .agg(
            packets=pl.col("_packets").filter(direct).sum(),
            conversations=direct.sum(),
            recognised_share=pl.col("_size").filter("known").sum() / pl.col("_size").sum(),
        )
        .with_columns(recognised_share=pl.col("recognised_share").fill_nan(None))
    )
    among = rows.filter(direct)
    table = table.join(_both_sides(among), on="_place", how="left")
    table = places.join(table, on="_place", how="left", maintain_order="left").with_columns(
        seconds=pl.Series(_seconds(presence, among, places.height)),
        any_seconds=pl.Series(_seconds(presence, rows.filter(~pl.col("_passed_on")), places.height)),
    )
    return table.drop("_place")


def _both_sides(among: pl.DataFrame) -> pl.DataFrame:
    """Of each place, whether packets of both ends of some two that talk were seen, in one conversation or several."""
    pairs = among.group_by("_place", "_pair").agg(pl.col("_up", "_down").any())
    return pairs.group_by("_place").agg(both_sides=(pl.col("_up") & pl.col("_down")).any())


def _seconds(presence: Presence, rows: pl.DataFrame, height: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return presence.seconds(rows[_ROW].to_numpy(), rows["_place"].cast(pl.Int64).to_numpy(), height)


def _members(shown: pl.DataFrame, flows: pl.DataFrame) -> pl.DataFrame:
    """Of each zone, how many devices were seen talking with somebody, and how many only spoke to everybody. shown: the
    flows beside their devices.
    """
    devices = shown.join(flows.select(_ROW, "group"), on=_ROW, how="left")
    each = devices.group_by("zone", "device").agg(talks=(~pl.col("group")).any())
    return (
        each.group_by("zone")
        .agg(devices=pl.col("talks").sum(), heard_devices=(~pl.col("talks")).sum())
        .with_columns(kind=pl.lit("zone"))
    )


# --- boundaries -------------------------------------------------------------------------------------------------------

_STRENGTH = ("crossing", "router", "routed")


def _boundaries(
    flows: pl.DataFrame, zones: pl.DataFrame, presence: Presence, captures: pl.DataFrame, crowded: Collection[str]
) -> pl.DataFrame:
    """Of each zone, how its boundary was seen and for how long: of several recordings the one that saw it longest.

    zones: flows beside the zones that they show. Without zones, the boundary is that of everything together.
    """
    parts = [pl.DataFrame(schema={"zone": pl.String, "boundary": pl.String, "boundary_seconds": pl.Float64})]
    recording = recordings(captures)
    direct = flows.filter(~pl.col("group")).with_columns(
        _recording=pl.col("capture").replace_strict(recording, default=-1, return_dtype=pl.Int64)
    )
    for (number,), here in direct.group_by("_recording", maintain_order=True):
        if number != -1:
            parts.append(_seen_here(here, zones, presence).filter(~pl.col("zone").is_in(_not_from(here, crowded))))
    order = ["boundary_seconds", pl.col("boundary").replace_strict(dict(zip(_STRENGTH, range(3), strict=True)))]
    return pl.concat(parts).sort(order, descending=True, maintain_order=True).unique("zone", keep="first")


def _seen_here(here: pl.DataFrame, zones: pl.DataFrame, presence: Presence) -> pl.DataFrame:
    """Zones whose boundary one recording shows."""
    sides = pl.concat(_side(here, end, other) for end, other in (_ENDS, _ENDS[::-1]))
    if zones["zone"].n_unique() == 1 and zones["zone"][0] == "":
        routed = sides.filter("routed")
        crossing = sides.filter("leaves")
        at_router = False
    else:
        sides = sides.filter(pl.col("zone") != pl.col("peer"))
        routed = sides.filter(pl.col("routed") & (pl.col("zone") != ""))
        crossing = sides.filter((pl.col("zone") != "") & pl.col("zone").is_in(_crossed(sides)))
        at_router = routed.group_by("router").agg(pl.col("zone").n_unique())["zone"].gt(1).any()
    rows = [of.select(_ROW, "zone", boundary=pl.lit(how)) for how, of in (("routed", routed), ("crossing", crossing))]
    if at_router:
        rows.append(zones.join(here.select(_ROW), on=_ROW, how="semi").select(_ROW, "zone", boundary=pl.lit("router")))
    table = pl.concat(rows).unique(maintain_order=True)
    places = table.select("zone", "boundary").unique(maintain_order=True).with_row_index("_place")
    table = table.join(places, on=["zone", "boundary"], how="left", maintain_order="left")
    found = places.with_columns(boundary_seconds=pl.Series(_seconds(presence, table, places.height), dtype=pl.Float64))
    return found.select("zone", "boundary", "boundary_seconds")


def _not_from(here: pl.DataFrame, crowded: Collection[str]) -> list[str]:
    """Zones whose boundary a recording does not show that may have been made at one device's own port: all but its own
    zone, and that as well where others are in it.
    """
    ends = pl.concat(
        here.filter(f"{end}_own").select(_ROW, zone=f"{end}_zone", mac=f"{end}_mac") for end in _ENDS
    ).unique(maintain_order=True)
    often = ends.group_by("mac", "zone").agg(pl.col(_ROW).n_unique()).filter(pl.col(_ROW) == here.height)
    if often.is_empty():
        return []
    shown = [zone for zone in often["zone"].to_list() if zone not in crowded]
    zones = {zone for end in _ENDS for zone in here[f"{end}_zone"].unique().to_list()}
    return sorted(zones - {*shown, *(("",) if len(zones) > 1 else ())})


def _side(here: pl.DataFrame, end: str, other: str) -> pl.DataFrame:
    """Flows as one end sees them. routed: between a device's own MAC and that of a router; leaves: to the Internet."""
    return here.select(
        _ROW,
        zone=f"{end}_zone",
        peer=f"{other}_zone",
        device=f"{end}_device",
        routed=pl.col(f"{end}_own") & ~pl.col(f"{other}_own") & (pl.col(f"{other}_mac") != ""),
        leaves=~pl.col(f"{end}_public") & pl.col(f"{other}_public"),
        router=f"{other}_mac",
    )


def _crossed(sides: pl.DataFrame) -> list[str]:
    """Zones whose boundary is crossed, where the capture does not look like that of one device's own port.

    When everything that crosses begins or ends at one device that talks with several zones, the capture may lie at its
    port: only its own zone's boundary can be told from that.
    """
    zones = [zone for zone in sides["zone"].unique().sort() if zone]
    by_device = sides.group_by("zone", "device").agg(pl.col(_ROW).n_unique().alias("flows"), pl.col("peer").n_unique())
    hub = by_device.filter(
        (pl.col("flows") == sides[_ROW].n_unique()) & (pl.col("peer") > 1) & (pl.col("device") != "")
    )
    return zones if hub.is_empty() else [zone for zone in hub["zone"].to_list() if zone]
