"""The smallest set of conduits that covers what was seen between zones, and what is asked about instead.

Conduits never allow a combination that was not seen: clients share one only when they use the same protocols with the
same verbs. Traffic of strangers, scanners and remote access is a question, and so is what reaches control devices for a
moment only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import polars as pl

from scanner.addresses import address_of, is_ip
from scanner.learn.authority import Authority
from scanner.learn.conduct import CHANGES, LASTING, REMOTE, Conduct
from scanner.learn.levels import OUTER
from scanner.learn.seen import SeenTraffic
from scanner.learn.zones import Zone
from scanner.protocols.base import Verb
from scanner.wording import NOTHING, Said, said

_SLIGHT = frozenset((Verb.SESSION.value, Verb.AUTHENTICATE.value, Verb.IDENTIFY.value, Verb.DIAGNOSE.value))
_NEVER = frozenset((*CHANGES, Verb.UNKNOWN.value))
_SESSION = (Verb.SESSION.value,)
_VERBS = tuple(v.value for v in Verb if v != Verb.SESSION)
_NOTHING: frozenset[tuple[str, str]] = frozenset()
_Crossing = tuple[str, str, str, str, Said]  # zones, client, service, why it is asked about
_NEEDED = (
    *("c", "s", "client", "server", "transport", "service", "asked", "packets", "lasting", "answered", "carried"),
    *("recognised", "sealed", "industrial", "first", "last", "frames"),
)


@dataclass
class Use:
    """What one client did in another zone by one service; carriers: protocols below it (COTP below S7comm)."""

    client: str
    c: str
    service: str
    carriers: set[str] = field(default_factory=set)
    verbs: set[str] = field(default_factory=set)
    servers: set[str] = field(default_factory=set)
    packets: int = 0
    first: datetime | None = None
    last: datetime | None = None
    frames: list[int] = field(default_factory=list)

    def add(self, row: Mapping[str, Any]) -> None:
        """The evidence of one more relation."""
        self.servers.add(row["server"])
        self.packets += row["packets"]
        self.first = min(filter(None, (self.first, row["first"])), default=None)
        self.last = max(filter(None, (self.last, row["last"])), default=None)
        self.frames = (self.frames or list(row["frames"] or ()))[:5]


@dataclass(frozen=True)
class Conduit:
    """uses: the evidence. why: empty, or why it is asked about instead of allowed."""

    from_zone: str
    to_zone: str
    protocols: tuple[str, ...]
    verbs: tuple[str, ...]
    clients: tuple[str, ...]
    uses: tuple[Use, ...]
    why: Said = NOTHING


@dataclass(frozen=True)
class Crossings:
    """conduits: allowed. asked: the same, to be decided. internet: (client, server, service) uses of public hosts."""

    conduits: tuple[Conduit, ...]
    asked: tuple[Conduit, ...]
    internet: tuple[tuple[str, str, Use], ...]


def crossings(seen: SeenTraffic, conduct: Conduct, zones: Sequence[Zone], known: Authority) -> Crossings:
    """Everything that went from zone to zone, or to and from the Internet."""
    zone_of = {node.id: zone for zone in zones for node in zone.nodes}
    verbs, carriers = _done(seen)
    undecided = known.open()
    asker = _Asker(seen, conduct, zone_of)
    allowed: dict[_Crossing, Use] = {}
    asked: dict[_Crossing, Use] = {}
    internet: dict[tuple[str, str, str], Use] = {}
    for row in _between(seen, zone_of).iter_rows(named=True):
        if row["c"] not in zone_of or row["s"] not in zone_of:  # a host of the Internet
            internet.setdefault((row["client"], row["server"], row["service"]), _use(row)).add(row)
            continue
        ends = row["client"], row["server"], row["service"]
        done = verbs.get(ends, _NOTHING)
        still_open = {operation for operation in done if (*ends[:2], *operation) in undecided} if done else _NOTHING
        decided = {verb for _, verb in done - still_open if verb not in _NEVER}
        open_here = bool(still_open)
        why = asker.why(row, decided, open_here=open_here)
        if why is None:
            continue
        book = asked if why else allowed
        key = (zone_of[row["c"]].id, zone_of[row["s"]].id, row["client"], row["service"], why)
        use = book.setdefault(key, _use(row))
        use.add(row)
        use.verbs |= decided | ({Verb.UNKNOWN.value} if row["sealed"] else set())
        use.carriers |= carriers.get(ends, set())
    found = sorted(internet.items())
    return Crossings(_merged(allowed), _merged(asked), tuple((c, s, use) for (c, s, _), use in found))


def _use(row: Mapping[str, Any]) -> Use:
    return Use(row["client"], row["c"], row["service"])


def _between(seen: SeenTraffic, zone_of: Mapping[str, Zone]) -> pl.DataFrame:
    """Relations of which the ends are in two zones, or one end is a host of the Internet."""
    zones = pl.DataFrame(
        {"node": list(zone_of), "zone": [z.id for z in zone_of.values()]}, schema={"node": pl.String, "zone": pl.String}
    )
    rows = seen.relations.join(zones.rename({"zone": "from"}), left_on="c", right_on="node", how="left")
    rows = rows.join(zones.rename({"zone": "to"}), left_on="s", right_on="node", how="left")
    apart = pl.col("from").is_not_null() & pl.col("to").is_not_null() & (pl.col("from") != pl.col("to"))
    outside = (pl.col("client_public") | pl.col("server_public")) & (pl.col("from").is_null() | pl.col("to").is_null())
    kept = rows.filter(apart | outside).sort("from", "to", "client", "server", "service", nulls_last=True)
    return kept.select(_NEEDED)


_Ends = tuple[str, str, str]


def _done(seen: SeenTraffic) -> tuple[dict[_Ends, set[tuple[str, str]]], dict[_Ends, set[str]]]:
    """(protocol, verb) of what was done, and the protocols below, by client, server and service."""
    verbs: defaultdict[tuple[str, str, str], set[tuple[str, str]]] = defaultdict(set)
    carriers: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    rows = seen.operations.select("client", "server", "service", "protocol", "verb").unique(maintain_order=True)
    for client, server, service, protocol, verb in rows.iter_rows():
        verbs[client, server, service].add((protocol, verb))
        if protocol != service:
            carriers[client, server, service].add(protocol)
    return verbs, carriers


class _Asker:
    """Whether traffic is allowed, asked about, or told with something else."""

    def __init__(self, seen: SeenTraffic, conduct: Conduct, zone_of: Mapping[str, Zone]) -> None:
        self._nodes = seen.nodes
        self._conduct = conduct
        self._zone_of = zone_of

    def why(self, row: Mapping[str, Any], decided: set[str], *, open_here: bool) -> Said | None:
        """Empty: allowed. None: the question about its operations says it all. Else why it is asked about."""
        if not (_routed(row["client"]) and _routed(row["server"])):
            return None
        if open_here and decided <= _SLIGHT and row["c"] not in self._conduct.scanners:
            return None
        return next((why for why, holds in self._doubts(row) if holds), NOTHING)

    def _doubts(self, row: Mapping[str, Any]) -> Iterator[tuple[Said, bool]]:
        """Why it cannot be allowed without asking, and whether it is so; the strongest first."""
        client, ends = self._nodes[row["c"]], (row["c"], row["s"])
        start, end = self._zone_of[row["c"]], self._zone_of[row["s"]]
        lasting, outer = row["lasting"] >= LASTING, start.level >= OUTER
        control = end.level <= 2 or row["industrial"]
        changes = row["c"] in self._conduct.changers and ends not in self._conduct.polls
        unknown = not row["recognised"] and (not lasting or (control and not client.assigned))
        yield said("it asked where nobody answered, as a scanner does"), row["c"] in self._conduct.scanners
        yield said("it was never answered, or carried no data"), not _heard(row)
        yield said("it is remote access"), row["service"] in REMOTE
        yield said("it changes controllers, and no inventory says what it is"), changes
        yield said("the inventory does not list the client"), control and client.listed is False
        yield said("it reaches control devices from an outer network"), control and outer
        yield said("it was seen for a moment only"), control and not client.assigned and not lasting
        yield said("nobody knows what it carries"), unknown
        yield said("it passes the industrial DMZ by"), outer and end.level <= 3 and not lasting


@lru_cache(maxsize=1 << 18)
def _routed(text: str) -> bool:
    """Not a group or link-local address, which stay where they are."""
    if not is_ip(text):
        return True
    address = address_of(text)
    return address.host and not address.link_local


def _heard(row: Mapping[str, Any]) -> bool:
    """Both sides took part, or one kept telling what needs no answer."""
    if row["answered"] and (row["carried"] or row["transport"] in ("ethernet", "icmp")):
        return True
    told = row["carried"] and row["recognised"] and row["lasting"] >= LASTING
    return bool(told and (row["transport"] == "udp" or row["asked"] > 2))


def _merged(uses: Mapping[_Crossing, Use]) -> tuple[Conduit, ...]:
    """Uses of the same zones and verbs as one: first clients of one service, then services of the same clients."""
    by_service: defaultdict[tuple[Any, ...], list[Use]] = defaultdict(list)
    for (start, end, _, service, why), use in uses.items():
        protocols = (*sorted(use.carriers - {service}), service) if use.carriers else (service,)
        by_service[start, end, why, _in_order(frozenset(use.verbs)), protocols].append(use)
    by_clients: defaultdict[tuple[Any, ...], list[tuple[tuple[str, ...], list[Use]]]] = defaultdict(list)
    for (start, end, why, verbs, protocols), found in by_service.items():
        clients = tuple(sorted({use.client for use in found}, key=_order))
        by_clients[start, end, why, verbs, clients].append((protocols, found))
    made = []
    for (start, end, why, verbs, clients), parts in by_clients.items():
        protocols = tuple(dict.fromkeys(p for names, _ in sorted(parts, key=_first) for p in reversed(names)))
        made.append(Conduit(start, end, protocols, verbs, clients, tuple(_flat(u for _, u in parts)), why))
    return tuple(sorted(made, key=lambda c: (c.from_zone, c.to_zone, c.protocols, c.verbs, c.clients, c.why)))


@lru_cache
def _in_order(verbs: frozenset[str]) -> tuple[str, ...]:
    """As the vocabulary has them; a session is implied by whatever is done in it."""
    return tuple(v for v in _VERBS if v in verbs) or _SESSION


def _first(part: tuple[tuple[str, ...], list[Use]]) -> tuple[str, ...]:
    return part[0][::-1]


def _flat(parts: Iterable[list[Use]]) -> list[Use]:
    return [use for part in parts for use in part]


@lru_cache(maxsize=1 << 18)
def _order(text: str) -> tuple[int, int, str]:
    return (address_of(text).version, address_of(text).number, "") if is_ip(text) else (9, 0, text)
