"""Whether the policy allows traffic: inside one zone, or by a conduit that names the protocol, verb and client."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from scanner.addresses import Network
from scanner.device_names import name_key
from scanner.policy.membership import names_addresses
from scanner.policy.services import ANY, BY_NUMBER, OVER_TLS, WELL_KNOWN, Service, parse_service
from scanner.protocols.base import UNTOLD, Verb

_READING = frozenset({Verb.READ, Verb.SUBSCRIBE})
_OF_IP = (0x0800, 0x86DD)  # EtherTypes
Ports = Mapping[str, Collection[tuple[str, int]]]  # protocol -> (transport, port) pairs that it is at home on


class Traffic(NamedTuple):
    """What is asked about.

    verb: None for a conversation as a whole.  payload: application data was seen, so that an unrecognised protocol is
    really another one; without payload (a bare connection) the port is all there is.  sealed: of a conversation, what
    is done in it cannot be seen, so that no limit to verbs can be checked.
    """

    client_zone: str
    server_zone: str
    transport: str
    port: int
    protocol: str
    verb: str | None
    payload: bool
    client: str  # address
    client_mac: str
    client_names: tuple[str, ...]
    sealed: bool = False


class Judgement(NamedTuple):
    """allowed: None when an end is in no zone, when all that name it limit its verbs, which cannot be seen, and when a
    conduit names a MAC address that may be the client's.
    conduit: the first that allows it, or may; conduits: all that do. excluded: conduits name its service and client,
    and every one of them leaves its verb out; None where the verb is not known.
    """

    allowed: bool | None
    crosses: bool | None
    conduit: str = ""
    conduits: tuple[str, ...] = ()
    excluded: bool | None = False


@dataclass(frozen=True)
class _Conduit:
    id: str
    ends: frozenset[tuple[str, str]]
    protocols: frozenset[str]
    services: tuple[Service, ...]
    verbs: frozenset[str]
    clients: frozenset[str]
    networks: tuple[Network, ...]
    names: frozenset[str]
    encrypted: bool

    def names_client(self, traffic: Traffic) -> bool:
        return not self.limits_clients or self.names_end(traffic.client, traffic.client_mac, traffic.client_names)

    def names_end(self, client: str, mac: str, names: Iterable[str]) -> bool:
        """It lists the client, by its address, MAC address or one of its names."""
        if client in self.clients or mac in self.clients:
            return True
        if not self.names.isdisjoint(name_key(n) for n in names):
            return True
        try:
            address = ipaddress.ip_address(client)
        except ValueError:
            return False
        return any(address in network for network in self.networks)

    @property
    def limits_clients(self) -> bool:
        return bool(self.clients or self.networks or self.names)

    def names_verb(self, verb: str | None) -> bool:
        """A session is implied by whatever is allowed in it."""
        return verb is None or verb == Verb.SESSION or not self.verbs or verb in self.verbs

    def leaves_out(self, verb: str) -> bool:
        """Its verbs are about other things than this: a log-in belongs to a session, and a report to who reads."""
        if verb == Verb.AUTHENTICATE or (verb == Verb.REPORT and not _READING.isdisjoint(self.verbs)):
            return False
        return not self.names_verb(verb)

    def allows_unseen(self) -> bool:
        """It needs nobody to see what is done: it limits no verbs, or says that it may be unknown."""
        return not self.verbs or Verb.UNKNOWN in self.verbs


class Permission:
    """The conduits of a policy, ready to be asked.

    ports: where each protocol that can be recognised is at home; decides for bare connections only. of_nobody: MAC
    addresses that nobody is known to have, so that whoever is behind a router may.
    """

    def __init__(
        self, conduits: Iterable[Mapping[str, Any]], ports: Ports, of_nobody: Collection[str] = frozenset()
    ) -> None:
        self._of_nobody = of_nobody
        self._by_ends: dict[tuple[str, str], list[_Conduit]] = {}
        self._ports = ports
        self._choosing: dict[str, list[_Conduit]] = {}  # by the zone that they lead from
        for row in conduits:
            conduit = _conduit(row)
            for ends in sorted(conduit.ends):
                self._by_ends.setdefault(ends, []).append(conduit)
                if conduit.limits_clients:
                    self._choosing.setdefault(ends[0], []).append(conduit)

    def naming(self, zone: str, client: str, mac: str, names: tuple[str, ...]) -> tuple[int, ...]:
        """Which of the conduits from a zone that list clients list this one: all that an answer depends on the client
        for.
        """
        conduits = self._choosing.get(zone, ())
        unseen = [] if mac or not self._of_nobody else [-1]
        return (*unseen, *(number for number, c in enumerate(conduits) if c.names_end(client, mac, names)))

    def judge(self, traffic: Traffic) -> Judgement:
        """Whether it is allowed, whether it crosses zones, and by which conduits."""
        ends = traffic.client_zone, traffic.server_zone
        if not all(ends):
            return Judgement(None, None)
        if ends[0] == ends[1]:
            return Judgement(True, False)
        near = [c for c in self._by_ends.get(ends, ()) if self._names_service(c, traffic)]
        naming = [c for c in near if c.names_client(traffic)]
        allowing = [c for c in naming if c.names_verb(traffic.verb)]
        allowing.sort(key=lambda c: c.encrypted)  # it must be encrypted where every conduit that allows it says so
        ids = tuple(c.id for c in allowing)
        if not allowing and not traffic.client_mac:
            perhaps = tuple(c.id for c in near if self._may_name_client(c, traffic.verb))
            if perhaps:
                return Judgement(None, True, perhaps[0], perhaps)
        if not allowing or not traffic.sealed:
            return Judgement(bool(allowing), True, ids[0] if ids else "", ids, _excluded(naming, traffic.verb))
        sure = [c.id for c in allowing if c.allows_unseen()]
        return Judgement(True if sure else None, True, (sure or ids)[0], ids)

    def _may_name_client(self, conduit: _Conduit, verb: str | None) -> bool:
        return not conduit.clients.isdisjoint(self._of_nobody) and conduit.names_verb(verb)

    def guess(self, traffic: Traffic) -> Judgement:
        """The same of traffic whose protocol only its port suggests, or of which too little was seen to recognise one:
        unknown where the protocol would decide.
        """
        taken, unknown = self.judge(traffic), self.judge(traffic._replace(protocol=""))
        decides = taken.allowed != unknown.allowed if traffic.protocol else self._may_be_allowed(traffic, taken)
        return taken._replace(allowed=None, conduit="", excluded=None) if decides else taken

    def _may_be_allowed(self, traffic: Traffic, taken: Judgement) -> bool:
        """It is not, but would be if it were of a protocol that is recognised by its content, or of a transport whose
        header was cut off.
        """
        if taken.allowed is not False:
            return False
        within = _within(traffic.transport, traffic.port)
        conduits = self._by_ends.get((traffic.client_zone, traffic.server_zone), ())
        return any(c.names_client(traffic) and self._may_name(c, traffic.transport, within) for c in conduits)

    def _may_name(self, conduit: _Conduit, transport: str, within: Collection[str]) -> bool:
        if any(service.transport in within for service in conduit.services):
            return True
        carriers = {transport, *within}
        return any(place[0] in carriers for name in conduit.protocols for place in self._ports.get(name, ()))

    def _names_service(self, conduit: _Conduit, traffic: Traffic) -> bool:
        if ANY in conduit.protocols or (traffic.protocol and traffic.protocol in conduit.protocols):
            return True
        if any(s.covers(traffic.transport, traffic.port) for s in conduit.services):
            return True
        return any(self._at_home(name, traffic) for name in conduit.protocols)

    def _at_home(self, name: str, traffic: Traffic) -> bool:
        """Unrecognised traffic on the named protocol's port: enough for a bare connection, and for services that no
        part of otaudit recognises by content.
        """
        place = traffic.transport, traffic.port
        if traffic.protocol:
            return traffic.protocol == "tls" and name in OVER_TLS and place in WELL_KNOWN[name]
        if name in self._ports:
            return not traffic.payload and place in self._ports[name]
        return place in WELL_KNOWN.get(name, ())


def _within(transport: str, port: int) -> Collection[str]:
    """The transports that the packets of a conversation may have of which nobody saw more than this."""
    if transport == "ethernet" and port in _OF_IP:
        return frozenset(BY_NUMBER.values())
    number = transport.removeprefix("ip-")
    return {BY_NUMBER[int(number)]} if number.isdigit() and int(number) in BY_NUMBER else ()


def _excluded(naming: Collection[_Conduit], verb: str | None) -> bool | None:
    """Whether every one of the conduits leaves the verb out."""
    if verb is None or not naming or not all(c.leaves_out(verb) for c in naming):
        return False
    return None if verb in UNTOLD else True


def _conduit(row: Mapping[str, Any]) -> _Conduit:
    ends = {(row["from_zone"], row["to_zone"])}
    if row["both_ways"]:
        ends.add((row["to_zone"], row["from_zone"]))
    services = {text: parse_service(text) for text in row["protocols"]}
    exact, networks, names = names_addresses(row["clients"])
    return _Conduit(
        id=row["conduit"],
        ends=frozenset(ends),
        protocols=frozenset(text for text, service in services.items() if service is None),
        services=tuple(s for s in services.values() if s is not None),
        verbs=frozenset(row["verbs"]),
        clients=frozenset(exact),
        networks=tuple(networks),
        names=frozenset(names),
        encrypted=bool(row.get("encrypted")),
    )
