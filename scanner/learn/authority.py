"""Who did what to controllers, and which of it somebody has to decide about.

Learning never authorises: what changes a controller is always a question. Writing is one unless the role of the writer
explains it: a role that the inventory gives, or, without one, the habit of the only device that asks this controller
for its values all the time and now and then writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from scanner.addresses import is_mac
from scanner.learn.conduct import CHANGES, FIELD_BUSES, LASTING, READS, WRITES, Conduct
from scanner.learn.ground import CONTROL
from scanner.learn.levels import OUTER
from scanner.learn.seen import SLICES, Participant, SeenTraffic
from scanner.learn.zones import Zone
from scanner.wording import NOTHING, Said, listed, said, term

_EXPLAINS = frozenset(("hmi", "scada_server", "engineering_station", "opc_server", "mes_server", "gateway"))
_PUBLISHED = ("mqtt", "mqtt-sn")  # a write is a publication to a broker
_FLOOD, _FLOOD_RATE, _FLOOD_SHARE = 1000, 100.0, 10  # writes; a second; beside requests for values
_LEAST = 2  # writes, of which a single one is no habit


@dataclass
class Undecided:
    """What one client did to one server over one protocol and nobody has decided about; why: in sentences."""

    client: str
    server: str
    protocol: str
    c: str
    s: str
    verbs: list[str] = field(default_factory=list)
    why: list[Said] = field(default_factory=list)
    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    frames: list[int] = field(default_factory=list)
    described: list[str] = field(default_factory=list)

    def add(self, row: Mapping[str, Any], why: Said) -> None:
        """One more verb."""
        self.verbs += [row["verb"]] if row["verb"] not in self.verbs else []
        self.why += [why] if why and why not in self.why else []
        self.count += row["count"]
        self.first = min(filter(None, (self.first, row["first"])), default=None)
        self.last = max(filter(None, (self.last, row["last"])), default=None)
        self.frames = sorted({*self.frames, *(row["frames"] or ())})[:5]
        self.described = list(dict.fromkeys([*self.described, *row["described"]]))[:3]


@dataclass(frozen=True)
class Writer:
    """A client whose role explains that it writes to a server."""

    client: str
    server: str
    c: str
    s: str
    protocol: str
    verb: str
    count: int
    first: datetime | None
    last: datetime | None
    why: Said


@dataclass(frozen=True)
class Authority:
    """undecided: by client, server and protocol. writers: what a role explains."""

    undecided: tuple[Undecided, ...]
    writers: tuple[Writer, ...]

    def open(self) -> set[tuple[str, str, str, str]]:
        """(client, server, protocol, verb) of everything undecided."""
        return {(u.client, u.server, u.protocol, verb) for u in self.undecided for verb in u.verbs}


def authority(seen: SeenTraffic, conduct: Conduct, zones: Sequence[Zone]) -> Authority:
    """Everything done to controllers, decided or not."""
    judge = _Judge(seen, conduct, zones)
    found: dict[tuple[str, str, str], Undecided] = {}
    writers = []
    for row in _deeds(seen):
        why = NOTHING if row["verb"] in CHANGES else judge.unexplained(row)
        if row["verb"] in CHANGES or why:
            key = row["client"], row["server"], row["protocol"]
            found.setdefault(key, Undecided(*key, row["c"], row["s"])).add(row, why)
        elif row["industrial"] and row["protocol"] not in _PUBLISHED:
            about = {name: row[name] for name in Writer.__annotations__ if name != "why"}
            writers.append(Writer(**about, why=judge.reason(row)))
    order = sorted(found)
    return Authority(tuple(found[key] for key in order), tuple(sorted(writers, key=_by_end)))


def _roles(names: Iterable[str]) -> Said:
    return listed(term(f"role.{name}", name) for name in names)


def _by_end(writer: Writer) -> tuple[str, ...]:
    return writer.client, writer.server, writer.protocol, writer.verb


def _deeds(seen: SeenTraffic) -> list[dict[str, Any]]:
    """Changes and writes by client, server, protocol and verb."""
    return (
        seen.operations.filter(pl.col("verb").is_in([*CHANGES, *WRITES]))
        .group_by(["c", "s", "client", "server", "protocol", "verb"], maintain_order=True)
        .agg(
            pl.col("count", "refused", "accepted").sum(),
            pl.col("industrial").any(),
            pl.col("described").explode().unique(maintain_order=True).head(3),
            pl.col("first").min(),
            pl.col("last").max(),
            pl.col("frames").explode().drop_nulls().unique().sort().head(5),
        )
        .to_dicts()
    )


def _cyclic(row: Mapping[str, Any]) -> bool:
    """Output of a controller to its field devices, which no router forwards."""
    return row["protocol"] in FIELD_BUSES and is_mac(row["client"])


class _Judge:
    """Whether a role explains that somebody writes."""

    def __init__(self, seen: SeenTraffic, conduct: Conduct, zones: Sequence[Zone]) -> None:
        self._seen = seen
        self._conduct = conduct
        self._zone = {node.id: zone for zone in zones for node in zone.nodes}
        self._reads = self._asked()
        self._rivals: defaultdict[str, set[str]] = defaultdict(set)  # server -> clients that would be explained
        for row in _deeds(seen):
            if row["verb"] in WRITES and not self._alone(row):
                self._rivals[row["s"]].add(row["c"])

    def _asked(self) -> dict[tuple[str, str], int]:
        rows = self._seen.operations.filter(pl.col("verb").is_in(READS)).group_by("c", "s").agg(pl.col("count").sum())
        return {(c, s): count for c, s, count in rows.iter_rows()}

    def _node(self, name: str) -> Participant | None:
        return self._seen.nodes.get(name)

    def unexplained(self, row: Mapping[str, Any]) -> Said:
        """Why nobody can tell that the client may write, as a sentence; empty when its role explains it."""
        why = self._alone(row)
        if why:
            return why
        client = self._node(row["c"])
        others = self._rivals[row["s"]] - {row["c"]}
        if others and not (client and client.assigned) and row["industrial"]:
            return said("Several devices write to it, and no inventory says which of them may")
        return NOTHING

    def reason(self, row: Mapping[str, Any]) -> Said:
        """Why the writer is taken for one."""
        client = self._node(row["c"])
        roles = sorted(client.assigned) if client else []
        return (
            said("listed as {roles}", roles=_roles(roles))
            if roles
            else said("the only one that asks it for its values all the time")
        )

    def _alone(self, row: Mapping[str, Any]) -> Said:
        """Why, without looking at other writers."""
        if not row["industrial"] or (row["protocol"] in _PUBLISHED and row["verb"] == "write"):
            return (
                NOTHING
                if self._plain_server(row)
                else said("It writes to a control or network device by an IT protocol")
            )
        client = self._node(row["c"])
        if client is None:
            return said("Nothing is known of who writes")
        if not _cyclic(row) and self._flood(row):
            return said("That many writes are a flood")
        if client.listed is False:
            return said("The inventory does not list who writes")
        return self._by_role(row, client) if client.assigned else self._by_habit(row)

    def _by_habit(self, row: Mapping[str, Any]) -> Said:
        zone = self._zone.get(row["c"])
        cyclic = _cyclic(row) and self._span(row) >= LASTING
        polls = cyclic or (row["c"], row["s"]) in self._conduct.polls
        doubts = (
            (
                said("It also changes controllers or scans, and no inventory says what it is"),
                row["c"] in self._conduct.strangers,
            ),
            (said("It is not a device of the plant"), zone is None or zone.level >= OUTER),
            (said("It was seen once only"), row["count"] < _LEAST),
            (said("The controller refused some of it"), bool(row["refused"]) and not cyclic),
            (
                said(
                    "It does not ask this device for its values all the time, as a panel or a supervisory server does"
                ),
                not polls,
            ),
        )
        return next((why for why, holds in doubts if holds), NOTHING)

    def _by_role(self, row: Mapping[str, Any], client: Participant) -> Said:
        if client.assigned & _EXPLAINS:
            return NOTHING
        here = self._zone.get(row["c"])
        if client.assigned & CONTROL and here is not None and here is self._zone.get(row["s"]):
            return NOTHING
        return said("Listed as {roles}, it has no business writing there", roles=_roles(sorted(client.assigned)))

    def _plain_server(self, row: Mapping[str, Any]) -> bool:
        """Nothing that controls the process or the network, so that writing to it is what IT does all day."""
        server, zone = self._node(row["s"]), self._zone.get(row["s"])
        if server is None or zone is None or row["protocol"] == "snmp":
            return False
        network = {"switch", "router", "firewall", "wireless_ap", "gateway", "hmi"}
        return zone.level > 2 and not server.roles & (CONTROL | network)

    def _flood(self, row: Mapping[str, Any]) -> bool:
        if row["count"] < _FLOOD:
            return False
        seconds = (row["last"] - row["first"]).total_seconds() if row["first"] and row["last"] else 0.0
        asked = self._reads.get((row["c"], row["s"]), 0)
        return bool(row["count"] > _FLOOD_RATE * seconds or row["count"] > _FLOOD_SHARE * max(asked, 1))

    def _span(self, row: Mapping[str, Any]) -> float:
        """Slices of the captured time that the writing lasts."""
        if not (row["first"] and row["last"] and self._seen.seconds >= 60):
            return 0.0
        return float((row["last"] - row["first"]).total_seconds() / self._seen.seconds * SLICES)
