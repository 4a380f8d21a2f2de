"""Which conversations lead out of the plant: which end is outside, and how what passes is protected.

Outside is an address of the Internet that the policy does not make the plant's own (``docs/policy.md``), and, where the
policy has zones, a private address in none. Inside a tunnel the inner addresses count. What reaches the sender's own
network only (multicast, broadcast, link-local) leads nowhere.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import polars as pl

from scanner.addresses import address_of
from scanner.facts.frames import scattered
from scanner.facts.schema import PATH
from scanner.policy.membership import catch_all
from scanner.protocols import protocols

INTERNET, UNASSIGNED = "internet", "unassigned"
ENCRYPTED, CLEAR, PARTLY, UNKNOWN = "encrypted", "clear", "partly", "unknown"
_PRIVATE = [
    ipaddress.ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
]
_WORLD = 5.0  # level from which on a zone with public addresses is somebody else's
BARE = "_NULL_|ENCR_NULL"  # suites of TLS, transforms of IPsec: nothing is encrypted
_OFFICE = 3.5  # level above which one that holds every address is the Internet


def outside(flows: pl.DataFrame, zones: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Of each flow which end is outside (client, server, or empty) and what that is (internet, unassigned, or empty).

    flows: with the derived columns of their ends.
    """
    wide = [zone for zone, subnets in zones.select("zone", "subnets").iter_rows() if catch_all(subnets)]
    routed = pl.col("transport") != "ethernet"
    near = pl.lit(value=False)
    if zones.height:
        near = (pl.col("client_zone") == "") != (pl.col("server_zone") == "")
    could = flows.select(
        could=routed & (pl.col("client_public") | pl.col("server_public") | near).fill_null(value=False)
    )
    if not could["could"].any():
        nothing = pl.repeat("", flows.height, dtype=pl.String(), eager=True)
        return nothing, nothing
    rows = flows.filter(could["could"])
    private = _private({*rows["client"].unique(), *rows["server"].unique()})
    ends = []
    for end in ("client", "server"):
        zone, level = pl.col(f"{end}_zone"), pl.col(f"{end}_level").fill_null(0.0)
        foreign = (zone == "") | (level >= _WORLD) | ((level > _OFFICE) & zone.is_in(wide))
        internet = pl.col(f"{end}_public").fill_null(value=False) & foreign
        nowhere = (zone == "") & pl.col(end).is_in(private)
        ends.append((internet, ~internet & ((zone != "") | nowhere), nowhere & bool(zones.height), zone != ""))
    (far, here, lost, placed), (other_far, other_here, other_lost, other_placed) = ends
    side = (
        pl.when(other_far & here).then(pl.lit("server"))
        .when(far & other_here).then(pl.lit("client"))
        .when(other_lost & placed & ~far).then(pl.lit("server"))
        .when(lost & other_placed & ~other_far).then(pl.lit("client"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    kind = pl.when(far | other_far).then(pl.lit(INTERNET)).otherwise(pl.lit(UNASSIGNED))
    found = rows.select(
        outside=pl.when(routed).then(side).otherwise(pl.lit("")),
        outside_kind=pl.when(routed & (side != "")).then(kind).otherwise(pl.lit("")),
    )
    every = scattered(found, could["could"].arg_true(), flows.height).fill_null("")
    return every["outside"], every["outside_kind"]


def _private(addresses: Iterable[str]) -> list[str]:
    """The addresses of hosts in networks for private use."""
    return sorted(text for text in addresses if _is_private(text))


def _is_private(text: str) -> bool:
    try:
        known = address_of(text)
    except ValueError:
        return False
    return known.host and not known.public and any(ipaddress.ip_address(text) in net for net in _PRIVATE)


def protection(flows: pl.DataFrame, sessions: pl.DataFrame) -> pl.Series:
    """How the content of each flow is protected: encrypted, clear, partly or unknown."""
    by = sessions.join(flows.select(PATH).unique(), on=list(PATH), how="semi", nulls_equal=True)
    told = by.group_by(PATH).agg(
        _closed=pl.col("encrypted").fill_null(value=False).any(),
        _open=(~pl.col("encrypted").fill_null(value=True)).any(),
        _untold=pl.col("encrypted").is_null().any(),
        _null=pl.col("ciphers").list.join(" ").str.contains(BARE).any(),
    )
    secret = [name for name, known in protocols().items() if known.secured]
    beside = flows.join(told, on=list(PATH), how="left", nulls_equal=True, maintain_order="left")
    closed, opened, untold, bare = (
        pl.col(name).fill_null(value=False) for name in ("_closed", "_open", "_untold", "_null")
    )
    some = pl.col("protocols").list.set_intersection(secret).list.len().fill_null(0) > 0
    secured = pl.col("secured").fill_null(value=False)
    named = (pl.col("protocol") != "") | (pl.col("transport") == "icmp")
    guessed = ~named | (pl.col("recognised_by") == "port").fill_null(value=False)
    return beside.select(
        protection=pl.when(guessed).then(pl.lit(UNKNOWN))
        .when(bare).then(pl.lit(CLEAR))
        .when(secured).then(pl.lit(ENCRYPTED))
        .when(some | (closed & opened)).then(pl.lit(PARTLY))
        .when(closed).then(pl.lit(ENCRYPTED))
        .when(opened | ~untold).then(pl.lit(CLEAR))
        .otherwise(pl.lit(UNKNOWN))
    ).to_series()  # fmt: skip
