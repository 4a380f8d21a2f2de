"""What of a conduit was used, part by part: the services, clients and verbs that it names.

A part is unused only where its use would have been seen: between the two zones, for as long as either boundary was
seen; a client, for as long as it was seen talking with somebody. Where something there was not recognised, was sealed,
or may go the other way round, a part that it may have been is neither used nor unused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import polars as pl

from scanner.assets.devices import Endpoint
from scanner.facts.frames import frame
from scanner.facts.observed_between import ObservedBetween
from scanner.facts.schema import CONDUIT_PARTS
from scanner.policy.permission import Permission, Ports, Traffic
from scanner.policy.services import ANY, parse_service
from scanner.protocols.base import Verb

Row = Mapping[str, Any]
Tables = Mapping[str, pl.DataFrame]
Pair = tuple[str, str]
_Service = tuple[str, int]  # transport and port of the server
SERVICE, CLIENT, VERB = "service", "client", "verb"
_MOST_SEEN = 20  # services that were seen, that one row names


class _Part(NamedTuple):
    """One way of a conduit, as far as one word of it goes. number: of the row that it belongs to."""

    number: int
    ends: Pair
    row: Row


class _End(NamedTuple):
    """Somebody, by the address that was seen."""

    address: str
    who: Endpoint


class _Flow(NamedTuple):
    """What a conversation between two zones says of the services between them."""

    transport: str
    server_port: int
    protocol: str
    sealed: bool
    guessed: bool
    payload: bool

    @property
    def veiled(self) -> bool:
        """It may be any protocol, and do anything."""
        return self.payload and (self.sealed or not self.protocol or self.guessed)

    @property
    def service(self) -> _Service:
        return self.transport, self.server_port


@dataclass
class _Between:
    """Everything that was seen from one zone to another. turned: whose direction is not known."""

    flows: list[_Flow] = field(default_factory=list)
    clients: defaultdict[_End, set[_Flow]] = field(default_factory=lambda: defaultdict(set))
    servers: set[_End] = field(default_factory=set)
    verbs: defaultdict[_Service, set[str]] = field(default_factory=lambda: defaultdict(set))
    turned: bool = False

    @property
    def veiled(self) -> bool:
        """Something in it may be any protocol, and do anything."""
        return any(f.veiled for f in self.flows)


_NOTHING = _Between()


def conduit_parts(
    tables: Tables, who: Mapping[tuple[str, str, int], Endpoint], ports: Ports, observed: ObservedBetween
) -> pl.DataFrame:
    """The table. tables: with what is derived. who: whose an address is, beside its MAC address and VLAN."""
    conduits = tables["conduits"].to_dicts()
    seen = _seen(tables, who, observed.turned)
    everybody: defaultdict[str, set[_End]] = defaultdict(set)  # by their zones
    for end in (end for one in seen.values() for end in (*one.clients, *one.servers)):
        everybody[end.who.zone].add(end)
    rows: list[dict[str, Any]] = []
    for conduit in conduits:
        pair = conduit["from_zone"], conduit["to_zone"]
        ways = (pair, pair[::-1]) if conduit["both_ways"] else (pair,)
        there = [seen.get(way, _NOTHING) for way in ways]
        back = [seen.get(way[::-1], _NOTHING) for way in ways]
        told = _Conduit(conduit, ways, there, back, ports, observed.of_pair(*pair), observed.devices)
        rows += told.services()
        rows += told.clients(everybody)
        rows += told.verbs()
    return frame(CONDUIT_PARTS, rows)


def _seen(tables: Tables, who: Mapping[tuple[str, str, int], Endpoint], turned: Iterable[Pair]) -> dict[Pair, _Between]:
    found: dict[Pair, _Between] = {}
    crossing = tables["flows"].filter(pl.col("crosses_zones").fill_null(value=False))
    payload = (pl.col("client_bytes").fill_null(0) + pl.col("server_bytes").fill_null(0)) > 0
    spoken = pl.concat_list("protocol", "protocols").list.unique()  # those that carry another, too
    pair = "client_zone", "server_zone"
    said = (
        *("transport", "server_port"),
        spoken.alias("protocol"),
        pl.col("sealed").fill_null(value=False),
        (pl.col("recognised_by") == "port").alias("guessed"),
        payload.alias("payload"),
    )
    flows = crossing.select(*pair, *said).explode("protocol").unique(maintain_order=True)
    for client, server, *flow in flows.iter_rows():
        found.setdefault((client, server), _Between()).flows.append(_Flow(*flow))
    clients = crossing.select(*pair, "client", "client_mac", "vlan", *said).explode("protocol").unique()
    for client, server, address, mac, vlan, *flow in clients.iter_rows():
        one = who.get((address, mac, vlan))
        if one is not None:
            found[client, server].clients[_End(address, one)].add(_Flow(*flow))
    servers = crossing.select(*pair, "server", "server_mac", "vlan").unique(maintain_order=True)
    for client, server, address, mac, vlan in servers.iter_rows():
        one = who.get((address, mac, vlan))
        if one is not None:
            found[client, server].servers.add(_End(address, one))
    for both in turned:
        found[both].turned = True
    done = tables["operations"].filter(pl.col("crosses_zones").fill_null(value=False))
    for client, server, transport, port, verb in (
        done.select(*pair, "transport", "server_port", "verb").unique().iter_rows()
    ):
        found.setdefault((client, server), _Between()).verbs[transport, port].add(verb)
    return found


@dataclass
class _Conduit:
    """One, with what was seen there and back in each of its ways."""

    row: Row
    ways: tuple[Pair, ...]
    there: list[_Between]
    back: list[_Between]
    ports: Ports
    seconds: float
    of_devices: Mapping[str, float]

    def _row(self, kind: str, part: str, *, used: bool | None, seconds: float, seen: Iterable[str]) -> dict[str, Any]:
        own = {name: self.row[name] for name in ("source", "line", "conduit", "from_zone", "to_zone")}
        return own | {
            "kind": kind,
            "part": part,
            "used": used,
            "conduit_used": self.row["used"],
            "observed_seconds": seconds,
            "seen": sorted(set(seen))[:_MOST_SEEN],
        }

    def services(self) -> Iterator[dict[str, Any]]:
        """Each protocol or port that it names."""
        for text in self.row["protocols"]:
            seen = [_service_text(f) for f in self._by(text)]
            used = True if seen else self._unless(self._may_hide(text))
            yield self._row(SERVICE, text, used=used, seconds=self.seconds, seen=seen)

    def _by(self, text: str) -> Iterator[_Flow]:
        """What was seen in it of a service."""
        for way in range(len(self.ways)):
            yield from self._of([text], way)

    def _of(self, texts: list[str], way: int) -> Iterator[_Flow]:
        """What was seen of these services one way, whoever did it."""
        permission = Permission([{**self.row, "protocols": texts, "clients": [], "verbs": []}], self.ports)
        client, server = self.ways[way]
        for flow in self.there[way].flows:
            kind = flow.transport, flow.server_port, flow.protocol, None, flow.payload
            if permission.judge(Traffic(client, server, *kind, "", "", ())).conduits:
                yield flow

    @cached_property
    def _own(self) -> list[set[_Flow]]:
        """What was seen in it, each way."""
        return [set(self._of(self.row["protocols"], way)) for way in range(len(self.ways))]

    def _may_hide(self, text: str) -> bool:
        """What was seen may be the service, although nothing says so."""
        return any(one.turned for one in (*self.there, *self.back)) or (
            _is_name(text) and any(b.veiled for b in self.there)
        )

    def clients(self, everybody: Mapping[str, set[_End]]) -> Iterator[dict[str, Any]]:
        """Each client that it lists, of those who were seen anywhere. Who does something else there does not use it."""
        zones = {way[0] for way in self.ways}
        named = any(map(_is_name, self.row["protocols"]))
        for word in self.row["clients"]:
            permission = Permission([{**self.row, "clients": [word]}], self.ports)

            def is_meant(one: _End, asked: Permission = permission) -> bool:
                mac = one.who.mac or one.who.listed_mac
                return any(asked.naming(zone, one.address, mac, one.who.names) for zone in zones)

            meant = [one for zone in zones for one in everybody.get(zone, ()) if is_meant(one)]
            asking = [
                (one, flows, own)
                for between, own in zip(self.there, self._own, strict=True)
                for one, flows in between.clients.items()
                if is_meant(one)
            ]
            using = [one for one, flows, own in asking if not flows.isdisjoint(own)]
            veiled = named and any(flow.veiled for _, flows, _ in asking for flow in flows)
            turned = any(between.turned and is_meant(one) for between in self.back for one in between.servers)
            used = True if using else self._unless(turned or veiled or not meant)
            longest = max((self.of_devices.get(one.who.device) or 0.0 for one in meant), default=0.0)
            names = (one.who.name for one in using)
            yield self._row(CLIENT, word, used=used, seconds=min(self.seconds, longest), seen=names)

    def verbs(self) -> Iterator[dict[str, Any]]:
        """Each verb that it is limited to."""
        seen = {
            verb
            for between, own in zip(self.there, self._own, strict=True)
            for service in {flow.service for flow in own}
            for verb in between.verbs.get(service, ())
        }
        veiled = Verb.UNKNOWN in seen or any(b.veiled for b in self.there) or any(b.turned for b in self.back)
        for verb in self.row["verbs"]:
            if verb not in (Verb.SESSION, Verb.UNKNOWN):
                used = True if verb in seen else self._unless(veiled)
                yield self._row(VERB, verb, used=used, seconds=self.seconds, seen=seen)

    def _unless(self, doubtful: bool) -> bool | None:
        """Not used; None where that is doubtful, or nothing was captured."""
        return None if doubtful or self.row["used"] is None else False


def _is_name(text: str) -> bool:
    """It names a protocol, on whatever port."""
    return text != ANY and parse_service(text) is None


def _service_text(flow: _Flow) -> str:
    """A protocol, else transport and port."""
    return flow.protocol or (f"{flow.transport}/{flow.server_port}" if flow.server_port else flow.transport)
