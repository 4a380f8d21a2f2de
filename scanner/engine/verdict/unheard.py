"""Doubts of rules about devices: who was spoken with and never heard, as at a mirror port of one direction.

What it is and says of itself was not seen, so nobody knows that there is nothing to object to about it. That it exists
shows in what others sent it: payload in a TCP connection, or answers to datagrams.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

import polars as pl

from scanner.addresses import is_public
from scanner.engine.definitions.rules import Rule
from scanner.engine.language.selections import columns_of
from scanner.engine.obstacles import Obstacle
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.verdict.sight import MOST_STRAY
from scanner.engine.words import first_of
from scanner.results.model import Cause
from scanner.wording import said

_TABLES = {"devices", "identities"}
MOST_SILENT = 0.2  # of all addresses, before others are thought to be silent, too
_NAMED = 3  # addresses that a doubt names
_BY_ZONE = {"zone", "zones", "zone_count", "zone_reach", "level"}  # what the policy says of an address, whoever has it
_BY_LISTING = {"listed"}


def unheard(rule: Rule, case: JudgedFacts) -> Iterator[Obstacle]:
    """Ends of conversations of which no packet was captured, and of which the rule might say that they fail."""
    if rule.table not in _TABLES or "capture" not in rule.needs:
        return
    ends = case.once(("unheard",), lambda: _ends(case))
    asked = {*columns_of(rule.fail)}
    if not _one_direction(ends, case):  # else whom others have not spoken with was not heard, either
        if asked <= _BY_ZONE:
            ends = ends.filter(pl.col("zone") == "")
        elif asked <= _BY_LISTING:
            ends = ends.filter(~pl.col("address").is_in(_listed(case.tables["devices"])))
    names = [a for a in ends["address"].unique(maintain_order=True) if not _public(a)]
    if not names:
        return
    who = first_of(names[:_NAMED], len(names) - _NAMED, "address")
    yield Obstacle(
        Cause.ONE_SIDED, said("others spoke with {addresses}, of which no packet was captured", addresses=who)
    )


def _one_direction(ends: pl.DataFrame, case: JudgedFacts) -> bool:
    """So many were not heard that what they have in common is where the capture was taken."""
    silent = ends["address"].n_unique()
    return silent > MOST_SILENT * (silent + len(case.sight.senders))


def _ends(case: JudgedFacts) -> pl.DataFrame:
    """(address, zone) of who was spoken with and sent nothing, the busiest conversations first."""
    sight = case.sight
    tcp = pl.col("transport") == "tcp"
    answered = (pl.col("server_bytes") > 0) & (tcp | (pl.col("_stray") > MOST_STRAY))
    silent = {
        "server": (pl.col("server_packets") == 0) & (pl.col("client_bytes") > 0) & tcp & ~pl.col("_group"),
        "client": (pl.col("client_packets") == 0) & answered & ~pl.col("_group"),
    }
    found = [
        sight.flows.filter(spoken)
        .sort("_payload", descending=True, maintain_order=True)
        .select(address=end, zone=pl.col(f"{end}_zone").fill_null(""))
        for end, spoken in silent.items()
    ]
    return pl.concat([*found, _acknowledged(case)]).filter(~pl.col("address").is_in(sight.senders))


def _acknowledged(case: JudgedFacts) -> pl.DataFrame:
    """(address, zone) of who was answered by segments without payload in several connections, as resets are."""
    flows = case.tables["flows"].filter(
        (pl.col("transport") == "tcp")
        & (pl.col("client_packets") == 0)
        & (pl.col("server_packets") > 0)
        & (pl.col("server_bytes").fill_null(0) == 0)
    )
    ends = flows.group_by("client", maintain_order=True).agg(pl.len(), zone=pl.col("client_zone").first().fill_null(""))
    return ends.filter(pl.col("len") > MOST_STRAY).select(address="client", zone="zone")


def _listed(devices: pl.DataFrame) -> list[str]:
    """Addresses of devices of the inventory."""
    known = devices.filter(pl.col("listed").fill_null(value=False))
    return [*known["ips"].explode().drop_nulls(), *known["macs"].explode().drop_nulls(), *known["mac"].drop_nulls()]


def _public(address: str) -> bool:
    """An address of the Internet: whose it is is no matter of the plant's."""
    try:
        return is_public(ip_address(address))
    except ValueError:
        return False
