"""Lists on what comes in at an interface of a router: whether they drop what claims a source that cannot be there."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from scanner.configs.acl_entries import Acl, AclEntry
from scanner.configs.acl_passing import Passing
from scanner.configs.acl_together import version_of
from scanner.configs.acls import Acls, filters_nothing
from scanner.configs.settings import ABSENT, UNKNOWN, Sheet
from scanner.intervals import Interval, united
from scanner.packet_sets import (
    ADDRESSES,
    ANSWER,
    PROTOCOL,
    SOURCE,
    SOURCE_PORT,
    Boxes,
    TooManyBoxes,
    beginning,
    difference,
    everything,
    union,
)

_BY_LIST = "acl"
_MOST_ENTRIES = 500
_UDP = 17
_DHCP = (67, 68)
_OF_ROUTERS = (2, 88, 89, 103, 112)  # IGMP, EIGRP, OSPF, PIM, VRRP


class _Network(NamedTuple):
    """A network, and the interface that it is at."""

    interface: str
    version: int
    addresses: Interval

    def meets(self, other: _Network) -> bool:
        """They have an address in common."""
        return self.version == other.version and _meet(self.addresses, other.addresses)


def tell_checked_sources(sheet: Sheet, lists: Acls, actions: Iterable[tuple[str, str]]) -> None:
    """Of an interface with a list: whether that list checks sources. actions: what happens to what no entry matches,
    by the start of a use.
    """
    rows = [r for r in sheet.rows if r["setting"] == "source_check" and r["value"] == _BY_LIST]
    defaults = tuple(actions)
    networks = list(_networks(sheet)) if rows else []
    at: dict[str, list[_Network]] = {}
    for network in networks:
        at.setdefault(network.interface, []).append(network)
    known: dict[tuple[str, str], str | Sequence[_Network]] = {}
    for row in rows:
        told = set()
        for name, use in _on(row, lists):
            default = next((action for start, action in defaults if use.startswith(start)), "")
            if (name, default) not in known:
                known[name, default] = _lets_in(lists.get(name), default, networks)
            told.add(_checks(known[name, default], row["item"], at.get(row["item"], ())))
        row["value"] = _BY_LIST if _BY_LIST in told else ABSENT if told == {ABSENT} else UNKNOWN
        row["present"] = row["value"] == _BY_LIST


def _on(row: dict[str, Any], lists: Acls) -> Sequence[tuple[str, str]]:
    """The lists on what comes in at the interface, each with its use: those at the row's line, or that name it."""
    used = lists.used_at.get(row["line_start"], ())
    wanted = f"interface {row['item']} in"
    return (
        [u for u in used if row["item"] in u[1].split()]
        or used
        or [(name, wanted) for name, acl in lists.items() if wanted in acl.uses]
    )


def _checks(lets_in: str | Sequence[_Network], interface: str, own: Sequence[_Network]) -> str:
    """A list that lets in nothing from the networks at other interfaces checks sources. lets_in: what is told of it
    wherever it is, or the networks of which it may let something in; own: those at the interface.
    """
    if isinstance(lets_in, str):
        return lets_in
    foreign = any(n.interface != interface and not any(map(n.meets, own)) for n in lets_in)
    return UNKNOWN if foreign else _BY_LIST


def _lets_in(acl: Acl | None, default: str, networks: Sequence[_Network]) -> str | Sequence[_Network]:
    """The networks from which a list may let something in. One that lets in something from every source checks none."""
    if acl is None or filters_nothing(acl) or len(acl.entries) > _MOST_ENTRIES or "auto" in acl.node.key.split():
        return UNKNOWN
    version = version_of(acl.entries) or 4
    try:
        surely, perhaps = _let_in(acl.entries, version, default)
    except TooManyBoxes:
        return UNKNOWN
    every = [ADDRESSES[version]]
    if _sources(beginning(surely)) == every:
        return ABSENT
    sources = _sources(perhaps)
    if sources == every:
        return UNKNOWN
    large = (n for n in networks if n.version == version and n.addresses[0] < n.addresses[1])
    return [n for n in large if any(_meet(n.addresses, source) for source in sources)]


def _let_in(entries: Sequence[AclEntry], version: int, default: str) -> tuple[Boxes, Boxes]:
    """What is let in for certain, and what may be."""
    found = Passing.before(difference((everything(version),), _not_routed(version)))
    for one in entries:
        if one.protocol == "other":
            found = found._replace(left=(), may_pass=union(found.may_pass, found.may_be_left))
        else:
            found = found.behind(one, version)
    passed = union(found.passed, found.left) if default == "permit" else found.passed
    return passed, found.may_pass if default == "deny" else union(found.may_pass, found.may_be_left)


def _not_routed(version: int) -> Boxes:
    """What routers take for themselves, whoever sends it: their own protocols, and what asks for an address."""
    whole = everything(version)
    own = tuple((*whole[:PROTOCOL], (number, number), *whole[PROTOCOL + 1 :]) for number in _OF_ROUTERS)
    return (*own, (*whole[:PROTOCOL], (_UDP, _UDP), whole[SOURCE_PORT], _DHCP, whole[ANSWER]))


def _sources(boxes: Boxes) -> list[Interval]:
    return united(box[SOURCE] for box in boxes)


def _networks(sheet: Sheet) -> Iterator[_Network]:
    """Those at the interfaces."""
    for row in sheet.rows:
        if (row["category"], row["setting"]) == ("interface", "address"):
            for word in row["value"].split(","):
                try:
                    network = ipaddress.ip_interface(word).network
                except ValueError:
                    continue
                addresses = int(network.network_address), int(network.broadcast_address)
                yield _Network(row["item"], network.version, addresses)


def _meet(one: Interval, other: Interval) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
