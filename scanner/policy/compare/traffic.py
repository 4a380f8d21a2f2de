"""What conduits allow in one policy and not in the other, however they are divided, ordered and spelled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from scanner.policy.compare.members import Members
from scanner.policy.compare.tell import Difference, grouped, listed
from scanner.policy.services import ANY, Service, parse_service
from scanner.protocols.base import Verb

Row = Mapping[str, Any]
_Ends = tuple[str, str]
_Token = str | Service
_Grants = dict[_Ends, dict[_Token, set[tuple[frozenset[str], tuple[str, ...]]]]]  # -> verbs and clients

_VERBS = frozenset(verb.value for verb in Verb)


def traffic(old: Iterable[Row], new: Iterable[Row]) -> Iterator[Difference]:
    """Differences between rows of the facts table conduits."""
    old, new = list(old), list(new)
    pieces = _pieces([*old, *new])
    before, after = _grants(old, pieces), _grants(new, pieces)
    for sign, part, one, other in (("+", "newly allowed", after, before), ("-", "no longer allowed", before, after)):
        rows = list(_only_in(one, other))
        whole = {row[:2] + row[3:] for row in rows if row[2] == ANY}
        kept = (row for row in rows if row[2] == ANY or (row[:2] + row[3:]) not in whole)
        for ends, verbs, clients, services in grouped(_joined(kept), 4):
            verb = "everything" if verbs >= _VERBS else listed(verbs)
            yield Difference(sign, part, f"{listed(ends)}: {listed(services)}: {verb}, by {listed(clients)}")


def _pieces(conduits: Iterable[Row]) -> dict[str, list[Service]]:
    """Port ranges cut wherever one of the conduits' ranges begins or ends, by transport."""
    edges: dict[str, set[int]] = {}
    for conduit in conduits:
        for text in conduit["protocols"]:
            service = parse_service(text)
            if service is not None:
                edges.setdefault(service.transport, set()).update((service.low, service.high + 1))
    return {
        transport: [Service(transport, low, end - 1) for low, end in pairwise(sorted(numbers))]
        for transport, numbers in edges.items()
    }


def _grants(conduits: Iterable[Row], pieces: Mapping[str, list[Service]]) -> _Grants:
    grants: _Grants = {}
    for conduit in conduits:
        verbs = frozenset((*conduit["verbs"], Verb.SESSION.value)) if conduit["verbs"] else _VERBS
        how = verbs, tuple(sorted(conduit["clients"]))
        ends = conduit["from_zone"], conduit["to_zone"]
        for way in (ends, ends[::-1]) if conduit["both_ways"] else (ends,):
            allowed = grants.setdefault(way, {})
            for token in _tokens(conduit["protocols"], pieces):
                allowed.setdefault(token, set()).add(how)
    return grants


def _tokens(protocols: Iterable[str], pieces: Mapping[str, list[Service]]) -> Iterator[_Token]:
    for text in protocols:
        service = parse_service(text)
        if service is None:
            yield text
        else:
            yield from (p for p in pieces[service.transport] if service.low <= p.low and p.high <= service.high)


def _only_in(one: _Grants, other: _Grants) -> Iterator[tuple[str, str, _Token, str]]:
    """Ends, client, token and verb of everything that one allows and the other does not."""
    for (source, target), allowed in one.items():
        known = other.get((source, target), {})
        for token, hows in allowed.items():
            others = known.get(token, set()) | known.get(ANY, set())
            if hows <= others:
                continue
            for verb in frozenset[str]().union(*(verbs for verbs, _ in hows)):
                clients = Members.of(clients for verbs, clients in hows if verb in verbs)
                already = Members.of(clients for verbs, clients in others if verb in verbs)
                for client in clients.beyond(already):
                    yield f"{source} to {target}", client, token, verb


def _joined(rows: Iterable[tuple[str, str, _Token, str]]) -> Iterator[tuple[str, str, str, str]]:
    """Neighbouring port ranges put together again; ends, verb, client, service."""
    ranges: dict[tuple[str, str, str], list[Service]] = {}
    for ends, client, token, verb in rows:
        if isinstance(token, Service):
            ranges.setdefault((ends, verb, client), []).append(token)
        else:
            yield ends, verb, client, token
    for key, found in ranges.items():
        whole: list[Service] = []
        for service in sorted(found):
            if whole and whole[-1].transport == service.transport and whole[-1].high + 1 == service.low:
                whole[-1] = whole[-1]._replace(high=service.high)
            else:
                whole.append(service)
        yield from ((*key, str(service)) for service in whole)
