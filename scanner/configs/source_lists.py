"""Lists on what comes in at an interface of a router: whether they drop what claims a source that cannot be there."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scanner.addresses import Network
from scanner.configs import acl_packets
from scanner.configs.acl_entries import Acl, AclEntry
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
    intersection,
    union,
)

_BY_LIST = "acl"
_MOST_ENTRIES = 500
_UDP = 17
_DHCP = (67, 68)
_OF_ROUTERS = (2, 88, 89, 103, 112)  # IGMP, EIGRP, OSPF, PIM, VRRP


def tell_checked_sources(sheet: Sheet, lists: Acls, actions: Iterable[tuple[str, str]]) -> None:
    """Of an interface with a list: whether that list checks sources. actions: what happens to what no entry matches,
    by the start of a use.
    """
    rows = [r for r in sheet.rows if r["setting"] == "source_check" and r["value"] == _BY_LIST]
    defaults = tuple(actions)
    networks = _networks(sheet) if rows else {}
    known: dict[tuple[str, str, str], str] = {}
    for row in rows:
        told = set()
        for name, use in _on(row, lists):
            default = next((action for start, action in defaults if use.startswith(start)), "")
            key = name, default, row["item"]
            if key not in known:
                known[key] = _checks(lists.get(name), default, _elsewhere(networks, row["item"]))
            told.add(known[key])
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


def _checks(acl: Acl | None, default: str, elsewhere: Sequence[Network]) -> str:
    """A list that lets in something from every source checks none; one that lets in nothing from the networks at other
    interfaces checks them.
    """
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
    foreign = [(int(n.network_address), int(n.broadcast_address)) for n in elsewhere if n.version == version]
    met = any(low <= last and first <= high for low, high in sources for first, last in foreign)
    return UNKNOWN if met or sources == every else _BY_LIST


def _let_in(entries: Sequence[AclEntry], version: int, default: str) -> tuple[Boxes, Boxes]:
    """What is let in for certain, and what may be."""
    left = difference((everything(version),), _not_routed(version))
    passed: Boxes = ()
    may_pass: Boxes = ()
    may_be_left = left
    for one in entries:
        if one.protocol == "other":
            may_pass, left = union(may_pass, may_be_left), ()
            continue
        entry = acl_packets.entry("", one, version, {})
        if entry.permit:
            passed = union(passed, intersection(left, entry.sure))
            if not one.source.startswith("group "):  # one that held everybody would stand as that
                may_pass = union(may_pass, intersection(may_be_left, entry.most))
        left = difference(left, entry.sure if entry.permit else entry.most)
        may_be_left = difference(may_be_left, entry.sure)
    if default == "permit":
        passed = union(passed, left)
    if default != "deny":
        may_pass = union(may_pass, may_be_left)
    return passed, may_pass


def _not_routed(version: int) -> Boxes:
    """What routers take for themselves, whoever sends it: their own protocols, and what asks for an address."""
    whole = everything(version)
    own = tuple((*whole[:PROTOCOL], (number, number), *whole[PROTOCOL + 1 :]) for number in _OF_ROUTERS)
    return (*own, (*whole[:PROTOCOL], (_UDP, _UDP), whole[SOURCE_PORT], _DHCP, whole[ANSWER]))


def _sources(boxes: Boxes) -> list[Interval]:
    return united(box[SOURCE] for box in boxes)


def _networks(sheet: Sheet) -> dict[str, list[Network]]:
    """The networks at each interface."""
    found: dict[str, list[Network]] = {}
    for row in sheet.rows:
        if (row["category"], row["setting"]) == ("interface", "address"):
            found.setdefault(row["item"], []).extend(_of(row))
    return found


def _of(row: dict[str, Any]) -> Iterator[Network]:
    for word in row["value"].split(","):
        try:
            yield ipaddress.ip_interface(word).network
        except ValueError:
            continue


def _elsewhere(networks: dict[str, list[Network]], name: str) -> list[Network]:
    """Those at other interfaces that none at this one has a part in."""
    own = networks.get(name, ())
    others = [n for item, several in networks.items() if item != name for n in several if n.num_addresses > 1]
    return [n for n in others if not any(n.version == o.version and n.overlaps(o) for o in own)]
