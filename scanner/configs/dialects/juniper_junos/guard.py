"""Who reaches the services of the device itself: the filter on the loopback interface, and what zones let in.

Sources: Junos OS Routing Policies, Firewall Filters, and Traffic Policers User Guide ("Guidelines for applying standard
firewall filters": the filter on lo0 evaluates all packets for the Routing Engine); Security Zones User Guide
(host-inbound-traffic). The filter is calculated with: one that lets everybody ask for a service limits nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from scanner.configs.acl_cover import holds_most
from scanner.configs.acl_entries import AclEntry
from scanner.configs.acl_packets import entry as packets
from scanner.configs.acl_sense import takes_all
from scanner.configs.acls import Acls
from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.filters import called, families, filters, read_filters, used
from scanner.configs.dialects.juniper_junos.prefixes import entries
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, CLOSED, UNKNOWN
from scanner.configs.statements.statement import TreeStatement, at, leaf
from scanner.packet_sets import (
    ADDRESSES,
    ALL_PORTS,
    BEGINS,
    SOURCE,
    Box,
    Boxes,
    TooManyBoxes,
    difference,
    intersection,
    union,
)

_TCP, _UDP = 6, 17
_GUARDS: WeakKeyDictionary[JunosDevice, Guard] = WeakKeyDictionary()
_MOST_TERMS = 1_000  # that are calculated with; filters of that kind have some dozens
_VERSIONS = {"inet": 4, "inet6": 6}
_PARTS = frozenset(("interfaces", "firewall", "policy-options", "security"))
MANAGEMENT = ("fxp0", "em0", "em1", "me0", "vme")  # interfaces beside those that forward


@dataclass(frozen=True)
class Limit:
    """Who reaches a service, as an access list would say, and the line that says so."""

    who: str
    node: Node | None = None


def guard_of(device: JunosDevice) -> Guard:
    """What stands before the services of the device, looked at once."""
    found = _GUARDS.get(device)
    if found is None:
        found = _GUARDS[device] = Guard(device)
    return found


class Guard:
    """What stands before the services of a device."""

    def __init__(self, device: JunosDevice) -> None:
        self.device = device
        self._lists: Acls | None = None
        self._filters = self._on_loopback()
        self._six = any(family.word == "inet6" for _, name, _, family in families(device) if name != "lo0")
        self._past = self._past_loopback()
        self._known: dict[tuple[int, int], Limit] = {}

    def limit(self, service: str, port: int, *, protocol: int = _TCP) -> Limit:
        """Who reaches a port. service: as zones name it."""
        self.device.asking |= _PARTS
        closed = self._zones(service)
        if closed is not None:
            return closed
        key = (protocol, port)
        if key not in self._known:
            self._known[key] = self._limit(protocol, port)
        return self._known[key]

    def filtered(self) -> Node | None:
        """The line that puts a filter before everything that is for the device, where filters hold something back over
        each version of IP that it speaks.
        """
        self.device.asking |= _PARTS
        spoken = {_VERSIONS[f.word] for _, name, _, f in families(self.device) if f.word in _VERSIONS and name != "lo0"}
        found = [self._filters.get(version, []) for version in sorted(spoken or self._filters)]
        if not found or not all(any(self._holds_back(name) for name, _ in several) for several in found):
            return None
        return leaf(found[0][0][1])

    def _holds_back(self, name: str) -> bool:
        """Some packets are denied, or policed."""
        entries_of = self._read().get(name)
        if entries_of is None:
            return False
        for entry in entries_of.entries:
            if entry.action == "deny":
                return True
            if takes_all(entry):
                break
        else:
            return True  # what no term matches is discarded
        filter_ = next(statement for own, _, statement, _ in filters(self.device) if own == name)
        return any(each.word.endswith("policer") for each in filter_.below())

    def _read(self) -> Acls:
        if self._lists is None:
            self._lists = read_filters(self.device)
        return self._lists

    def _past_loopback(self) -> list[TreeStatement]:
        """Families of addresses beside the first loopback interface: those of other routing tables, which have their
        own, and of interfaces for management, of which some switches say that it does not count there.
        """
        apart = at(self.device.top, "system", "management-instance") is not None
        found = []
        for lead, interface, unit, family in families(self.device):
            if family.word not in _VERSIONS or not (entries(family, "address") or at(family, "dhcp")):
                continue
            other = interface == "lo0" and (lead, unit) != ("", "0")
            if other or (interface in MANAGEMENT and (apart or interface != "fxp0")):
                found.append(family)
        return found

    def _on_loopback(self) -> dict[int, list[tuple[str, TreeStatement]]]:
        found: dict[int, list[tuple[str, TreeStatement]]] = {}
        for lead, interface, unit, family in families(self.device):
            version = _VERSIONS.get(family.word)
            if version and (lead, interface, unit) == ("", "lo0", "0"):
                found[version] = [(called(name, family.word), s) for name, s in used(family, "input")]
        return found

    def _limit(self, protocol: int, port: int) -> Limit:
        found = self._on_lo0(protocol, port)
        beside = [self._beside(family, protocol, port) for family in self._past]
        if found.who in (ABSENT, "ipv4-only", "ipv6-only") or not beside:
            return found
        return next((limit for told in (ABSENT, UNKNOWN) for limit in beside if limit.who == told), found)

    def _beside(self, family: TreeStatement, protocol: int, port: int) -> Limit:
        """Who gets in where it is not told that the filter of the loopback interface counts."""
        own = [(called(name, family.word), s) for name, s in used(family, "input")]
        if not own:
            return Limit(UNKNOWN, leaf(family))
        return Limit(self._through(_VERSIONS[family.word], [n for n, _ in own], protocol, port), leaf(own[0][1]))

    def _on_lo0(self, protocol: int, port: int) -> Limit:
        four = self._filters.get(4)
        if not four:
            six = self._filters.get(6)
            if six:
                return Limit("ipv6-only", leaf(six[0][1]))
            return Limit(ABSENT)
        node = leaf(four[0][1])
        told = self._through(4, [name for name, _ in four], protocol, port)
        if told != four[0][0] or not self._six:
            return Limit(told, node)
        six = self._filters.get(6)
        over6 = self._through(6, [name for name, _ in six], protocol, port) if six else ABSENT
        if over6 == ABSENT:
            return Limit("ipv4-only", node)
        return Limit(UNKNOWN if over6 == UNKNOWN else told, node)

    def _through(self, version: int, names: list[str], protocol: int, port: int) -> str:
        """The name of the first filter where they limit who begins a conversation with the port."""
        lists = self._read()
        steps: list[AclEntry] = []
        for name in names:
            if name not in lists:
                return UNKNOWN
            steps += lists[name].entries
        if len(steps) > _MOST_TERMS:
            return UNKNOWN
        asked: Box = (ADDRESSES[version], ADDRESSES[version], (protocol, protocol), ALL_PORTS, (port, port), BEGINS)
        try:
            surely, perhaps = _passed(steps, asked, version)
        except TooManyBoxes:
            return UNKNOWN
        if _everybody(surely, version):
            return ABSENT
        return UNKNOWN if _everybody(perhaps, version) else names[0]

    def _zones(self, service: str) -> Limit | None:
        """Closed where zones let the service in nowhere; None where they do, or there are none."""
        security = self.device.part("security")
        zones = entries(security, "zones", "security-zone")
        if not zones or at(security, "forwarding-options", "family", "mpls", "mode", "packet-based"):
            return None  # there are none, or they do not count
        zones += entries(security, "zones", "functional-zone")
        for _, interface, _, family in families(self.device):
            if interface in MANAGEMENT and family.word in ("inet", "inet6"):
                return None
        for zone in zones:
            for scope in (zone, *entries(zone, "interfaces")):
                allowed = at(scope, "host-inbound-traffic", "system-services")
                for word in (service, "all", "any-service"):
                    found = at(allowed, word)
                    if found is not None and at(found, "except") is None:
                        return self._local_policies()
        return Limit(CLOSED)

    def _local_policies(self) -> Limit | None:
        """Policies may say who reaches the device itself: that is not calculated."""
        policies = self.device.part("security", "policies")
        for start in entries(policies, "from-zone"):
            found = at(start, "to-zone", "junos-host")
            if found is not None:
                return Limit(UNKNOWN, leaf(found))
        return None


def _passed(steps: Iterable[AclEntry], asked: Box, version: int) -> tuple[Boxes, Boxes]:
    """What of the packets asked for certainly passes, and what may."""
    surely: Boxes = ()
    perhaps: Boxes = ()
    certain_left: Boxes = (asked,)
    possible_left: Boxes = (asked,)
    for step in steps:
        if step.protocol == "other":  # it may do anything
            perhaps = union(perhaps, possible_left)
            certain_left = ()
            continue
        one = packets("", step, version, {})
        if one.permit:
            surely = union(surely, intersection(certain_left, one.sure))
            perhaps = union(perhaps, intersection(possible_left, one.most))
        certain_left = difference(certain_left, one.most)
        possible_left = difference(possible_left, one.sure)
    return surely, perhaps


def _everybody(boxes: Boxes, version: int) -> bool:
    """Most hosts are among the sources."""
    return holds_most((box[SOURCE] for box in boxes), version)
