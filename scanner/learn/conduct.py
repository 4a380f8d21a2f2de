"""How each device behaved: who scans, who changed controllers, and who talks to whom all the time.

What is observed here explains and asks; it never makes a role that authorises.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from scanner.learn.seen import SLICES, SeenTraffic
from scanner.protocols.base import Verb

CHANGES = tuple(  # what learning never allows, whoever does it
    v.value
    for v in (
        *(Verb.STOP, Verb.START, Verb.RESTART, Verb.MODE_CHANGE, Verb.PROGRAM_DOWNLOAD, Verb.PROGRAM_UPLOAD),
        *(Verb.FIRMWARE_UPDATE, Verb.CONFIGURE, Verb.FILE_WRITE, Verb.FILE_DELETE),
    )
)
WRITES = (Verb.WRITE.value, Verb.OPERATE.value)
READS = (Verb.READ.value, Verb.SUBSCRIBE.value, Verb.REPORT.value)
FIELD_BUSES = (  # between a controller and its field devices only
    *("profinet-rt", "profinet-io", "cip-io", "ethercat", "powerlink", "powerlink-v1", "sercos"),
    *("cclink-ie", "cclink-ie-tsn", "cclink-ie-udp", "egd"),
)
REMOTE = frozenset(  # remote access, by protocol or by port
    (
        *("rdp", "vnc", "ssh", "telnet", "x11", "tcp/22", "tcp/23", "tcp/3389", "udp/3389", "tcp/4899", "tcp/5900"),
        *("tcp/5901", "tcp/5938", "udp/5938", "tcp/7070"),
    )
)
LASTING = SLICES // 4  # slices of the captured time from which on a relation lasts
_POLLS = 10  # requests for values that make a habit
_LONG_ENOUGH = 60.0  # seconds of capture below which nothing is a habit
_TARGETS, _PORTS = 20, 16  # of a scanner: silent (host, port) pairs, or ports of one host


@dataclass(frozen=True)
class Conduct:
    """scanners, changers: nodes. polls: (client, server) nodes of which the client asks for values all the time."""

    scanners: frozenset[str]
    changers: frozenset[str]
    polls: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, seen: SeenTraffic) -> Conduct:
        """From what was seen."""
        changes = seen.operations.filter(pl.col("verb").is_in(CHANGES))["c"].unique()
        return cls(_scanners(seen), frozenset(n for n in changes if not _assigned(seen, n)), _polls(seen))

    @property
    def strangers(self) -> frozenset[str]:
        """Nodes whose relations say nothing about where they belong."""
        return self.scanners | self.changers


def _assigned(seen: SeenTraffic, node: str) -> bool:
    return node in seen.nodes and bool(seen.nodes[node].assigned)


def _scanners(seen: SeenTraffic) -> frozenset[str]:
    """Clients that mostly ask where nobody answers, each target for a moment only."""
    asked = seen.relations.filter(pl.col("transport").is_in(["tcp", "udp", "sctp"]) & (pl.col("asked") > 0))
    asked = asked.filter(pl.col("s").is_in([n for n, node in seen.nodes.items() if not _group(n)]))
    silent = ~pl.col("answered") & (pl.col("lasting") <= 2)
    by_client = asked.group_by("c").agg(targets=pl.col("ports").sum(), silent=pl.col("ports").filter(silent).sum())
    wide = by_client.filter((pl.col("targets") >= _TARGETS) & (pl.col("silent") * 2 >= pl.col("targets")))["c"]
    brief = asked.filter(silent | ~pl.col("carried"))
    by_pair = brief.group_by("c", "s").agg(pl.col("ports").sum()).filter(pl.col("ports") >= _PORTS)["c"]
    return frozenset(n for n in {*wide, *by_pair} if not _assigned(seen, n))


def _group(node: str) -> bool:
    return node in ("255.255.255.255", "ff:ff:ff:ff:ff:ff")


def _polls(seen: SeenTraffic) -> frozenset[tuple[str, str]]:
    if seen.seconds < _LONG_ENOUGH:
        return frozenset()
    rows = (
        seen.operations.filter(pl.col("verb").is_in(READS) & pl.col("industrial"))
        .group_by("c", "s")
        .agg(pl.col("count").sum(), pl.col("first").min(), pl.col("last").max())
    )
    span = (pl.col("last") - pl.col("first")).dt.total_nanoseconds() / 1e9
    kept = rows.filter((pl.col("count") >= _POLLS) & (span >= seen.seconds * LASTING / SLICES))
    return frozenset(kept.select("c", "s").iter_rows())
