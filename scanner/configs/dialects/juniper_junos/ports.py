"""The ports of a switch: what each is for, and what guards it.

Sources: Junos OS Ethernet Switching, Security Services and User Access User Guides for EX and QFX Series, in both
styles that switches have: the enhanced one (ELS: interface-mode, switch-options, dhcp-security,
storm-control-profiles) and the older one (port-mode, ethernet-switching-options). A port is an access port unless it
is told otherwise; a trunk without a native VLAN drops untagged frames; LLDP and 802.1X run where they are configured.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.prefixes import entries
from scanner.configs.interfaces import (
    DOWN,
    EDGE,
    MEMBER,
    MIRROR,
    PRUNED,
    ROUTED,
    SPARE,
    TRUNK,
    carries_every_vlan,
    put_edge,
    put_switching,
    put_unknown_port,
    says_spare,
    vlan_list,
    vlans_of,
)
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.statements.statement import TreeStatement, at, has, inside, leaf, one, place, value

_SWITCHED = ("ethernet-switching", "bridge")
_SPANNING = ("rstp", "mstp", "vstp", "stp")
_AGGREGATED = ("802.3ad", "redundant-parent")
_WHOLE = re.compile(r"(?:ae|reth|fab)\d+")
_FIRST = "1"  # VLAN of ports that nobody puts into another, on switches of the enhanced style


class Ports:
    """What the rest of the configuration says of ports."""

    def __init__(self, device: JunosDevice) -> None:
        self.device = device
        self.ranges = device.ranges
        top = device.top
        protocols = device.part("protocols")
        self.older = device.part("ethernet-switching-options")
        self.options = device.part("switch-options")
        self.vlans = {v.word: v for v in entries(device.part("vlans"))}
        self.bridges = device.part("bridge-domains")
        families = [f for i in entries(top, "interfaces") for u in entries(i, "unit") for f in entries(u, "family")]
        switched = [f for f in families if f.word in _SWITCHED]
        older = self.older is not None or any(has(f, "port-mode") for f in switched)
        self.enhanced = not older and (
            any(has(f, "interface-mode") for f in switched)
            or self.options is not None
            or any(
                at(v, "forwarding-options") or value(v, "l3-interface").startswith("irb") for v in self.vlans.values()
            )
            or bool(at(top, "interfaces", "irb"))
            or bool(at(device.part("forwarding-options"), "storm-control-profiles"))
        )
        self.spanning = [s for name in _SPANNING if (s := at(protocols, name)) is not None and not has(s, "disable")]
        self.guards = [g for s in self.spanning if (g := at(s, "bpdu-block-on-edge"))]
        self.blocks = [at(protocols, "layer2-control", "bpdu-block"), at(self.older, "bpdu-block")]
        self.dot1x = at(protocols, "dot1x", "authenticator")
        self.lldp = at(protocols, "lldp")
        self.secured = at(self.older, "secure-access-port")
        self.mirrors = self._mirrors()

    def _mirrors(self) -> set[str]:
        found = set()
        for options in (self.device.part("forwarding-options"), self.older):
            for analyzer in entries(options, "analyzer"):
                for where in inside(analyzer, "output", "interface"):
                    found.add(where.word.partition(".")[0])
        return found

    def said_of(self, table: TreeStatement | None, name: str) -> TreeStatement | None:
        """The entry of a table for a port: by its name, that of a range, or of all ports; what is nearer wins."""
        if table is None:
            return None
        for wanted in (name, f"{name}.0", *sorted(self.ranges.get(name, ())), "all"):
            if (found := at(table, "interface", wanted)) is not None:
                return found
        return None

    def vlan_of(self, unit: str) -> TreeStatement | None:
        """The number of the VLAN that an interface of the device itself is in."""
        for vlan in self.vlans.values():
            if value(vlan, "l3-interface") == unit:
                return one(vlan, "vlan-id")
        return None

    def numbers(self, members: Sequence[str]) -> tuple[set[int], list[str]]:
        """The VLANs that names, numbers and ranges mean, and the names that mean none."""
        found: set[int] = set()
        unknown = []
        for member in members:
            if whole(member) or (member.replace("-", "").isdecimal() and "-" in member):
                found |= vlans_of(member)
                continue
            vlan = self.vlans.get(member)
            told = [s.word for w in ("vlan-id", "vlan-id-list", "vlan-range") for s in inside(vlan, w)] if vlan else []
            if not told:
                unknown.append(member)
            for each in told:
                found |= vlans_of(each)
        return found, unknown

    def joined(self, name: str) -> dict[str, TreeStatement]:
        """The VLANs that name the port themselves, each with where it does."""
        wanted = {name, f"{name}.0", *self.ranges.get(name, ())}
        return {v.word: s for v in self.vlans.values() for s in inside(v, "interface") if s.word in wanted}


def port_settings(ports: Ports, sheet: Sheet, interface: TreeStatement, kind: str) -> str:
    """The rows of a port; what it is for."""
    name = interface.word
    family = _family(interface)
    mode = one(family, "interface-mode") or one(family, "port-mode")
    use = _use(ports, interface, family, mode)
    node = place(interface) or leaf(interface)
    told = _mode(family, mode, use)
    sheet.put("interface", name, "mode", told, place(mode), present=mode is not None)
    sheet.put("interface", name, "use", use, node)
    joined = _aggregate(interface)
    if use == MEMBER and joined is not None:
        sheet.put("interface", name, "aggregate", joined.word, place(joined) or leaf(joined))
    if use == TRUNK:
        _trunk(ports, sheet, interface, family)
    elif use == EDGE and kind == "physical":
        _edge(ports, sheet, interface, family)
    elif use == UNKNOWN:
        put_unknown_port(sheet, name, None)
    if use in (TRUNK, EDGE):
        sheet.missing("interface", name, "negotiation", NO)
        _silenced(ports, sheet, name)
    return use


def _mode(family: TreeStatement | None, mode: TreeStatement | None, use: str) -> str:
    if mode is not None:
        return mode.word
    return "access" if family is not None else "routed" if use == ROUTED else UNKNOWN


def _family(interface: TreeStatement) -> TreeStatement | None:
    """The family of a port that switches."""
    for unit in entries(interface, "unit"):
        for word in _SWITCHED:
            if (found := at(unit, "family", word)) is not None:
                return found
    return None


def _use(ports: Ports, interface: TreeStatement, family: TreeStatement | None, mode: TreeStatement | None) -> str:
    name = interface.word
    if has(interface, "disable"):
        return DOWN
    if _aggregate(interface) is not None:
        return MEMBER
    if name in ports.mirrors:
        return MIRROR
    told = value(interface, "description")
    spare = says_spare(told)
    if family is None:
        carries = ROUTED if _carries(interface) else UNKNOWN if told else SPARE
        return SPARE if spare else carries
    if mode is not None and mode.word.endswith("trunk"):
        return TRUNK
    used = bool(inside(family, "vlan", "members") or ports.joined(name) or one(interface, "description"))
    used = used or one(family, "vlan-id") is not None or ports.said_of(ports.dot1x, name) is not None
    return EDGE if used and not spare else SPARE


def _aggregate(interface: TreeStatement) -> TreeStatement | None:
    """The aggregation that it belongs to, or the redundant interface of a cluster."""
    found = [
        s
        for options in ("ether-options", "gigether-options", "fastether-options")
        for word in _AGGREGATED
        for s in inside(interface, options, word)
    ]
    for each in found:
        for inner in each.below():
            inner.understand()
    return next((s for s in found if _WHOLE.fullmatch(s.word)), found[0] if found else None)


def _carries(interface: TreeStatement) -> bool:
    """Some unit of it is there, or it is cross-connected as it is."""
    return bool(entries(interface, "unit")) or has(interface, "encapsulation") or has(interface, "fabric-options")


def _edge(ports: Ports, sheet: Sheet, interface: TreeStatement, family: TreeStatement | None) -> None:
    name = interface.word
    members = inside(family, "vlan", "members")
    joined = ports.joined(name)
    listed = [m.word for m in members] or list(joined)
    numbers, unknown = ports.numbers(listed)
    told = _access_vlan(ports, listed, numbers, unknown)
    line = place(*members, *joined.values())
    sheet.put("interface", name, "access_vlan", told, line, present=bool(listed))
    edge = _spanning_edge(ports, name)
    put_edge(
        sheet,
        name,
        None,
        {
            "access_control": _access_control(ports, interface),
            "storm_control": _storms(ports, name, family),
            "edge": edge,
            "bpdu_guard": _bpdu_guard(ports, name, is_edge=edge[0] == YES),
            "source_guard": _source_guard(ports, listed),
            "discovery": _discovery(ports, name),
        },
    )


def _access_vlan(ports: Ports, listed: Sequence[str], numbers: set[int], unknown: Sequence[str]) -> str:
    if len(numbers) == 1 and not unknown:
        return str(next(iter(numbers)))
    if listed and unknown == ["default"] and ports.enhanced:
        return _FIRST
    if listed:
        return UNKNOWN if not numbers else vlan_list(numbers)
    return _FIRST if ports.enhanced else UNKNOWN


def _access_control(ports: Ports, interface: TreeStatement) -> tuple[str, Node | None]:
    """What decides which devices may use the port."""
    name = interface.word
    dot1x = ports.said_of(ports.dot1x, name)
    if dot1x is not None and not has(dot1x, "disable"):
        by_mac = at(dot1x, "mac-radius", "restrict")
        if at(ports.dot1x, "authentication-profile-name") is None:
            return "dot1x-off", leaf(dot1x)
        one(ports.dot1x, "authentication-profile-name")
        if open_ := _lets_in(dot1x, {m.word for m in inside(_family(interface), "vlan", "members")}):
            return "dot1x-open", place(open_)
        return ("mab" if by_mac else "dot1x"), leaf(dot1x)
    for table, words in (
        (ports.options, ("interface-mac-limit", "persistent-learning")),
        (ports.secured, ("mac-limit", "allowed-mac")),
    ):
        found = ports.said_of(table, name)
        for word in words:
            limit = at(found, word)
            if limit is not None:
                for each in limit.below():
                    each.understand()
                return "port-security", leaf(limit)
    for unit in entries(interface, "unit"):
        if sources := inside(unit, "accept-source-mac", "mac-address"):
            return "port-security", place(*sources)
    return ABSENT, None


def _lets_in(dot1x: TreeStatement, own: Collection[str]) -> TreeStatement | None:
    """What lets whoever does not authenticate into the port's own VLAN; into another is not in."""
    unanswered = one(dot1x, "server-fail")
    if unanswered is not None and unanswered.word == "permit":
        return unanswered
    others = [one(dot1x, *way) for way in (("guest-vlan",), ("server-reject-vlan",), ("server-fail", "vlan-name"))]
    return next((o for o in others if o is not None and o.word in own), None)


def _storms(ports: Ports, name: str, family: TreeStatement | None) -> tuple[str, Node | None]:
    """Broadcast or multicast is limited. In the older style it is by default, at 80 % of the bandwidth of some."""
    profile = one(family, "storm-control")
    if profile is not None:
        defined = at(ports.device.top, "forwarding-options", "storm-control-profiles", profile.word)
        everything = at(defined, "all")
        spared = has(everything, "no-broadcast") or has(everything, "no-multicast")
        if value(everything, "bandwidth-percentage") == "100":
            return NO, place(profile)
        for each in defined.below() if defined else ():
            each.understand()
        return (YES if everything is not None and not spared else UNKNOWN), place(profile)
    found = ports.said_of(at(ports.older, "storm-control"), name)
    if found is not None:
        for each in found.below():
            each.understand()
        return YES, leaf(found)
    return (ABSENT if ports.enhanced else UNKNOWN), None


def _spanning_edge(ports: Ports, name: str) -> tuple[str, Node | None]:
    """It is an edge port for spanning tree; without spanning tree nobody asks."""
    for protocol in ports.spanning:
        found = ports.said_of(protocol, name)
        if found is not None and has(found, "edge"):
            return YES, place(at(found, "edge"))
    return (ABSENT if ports.spanning else UNKNOWN), None


def _bpdu_guard(ports: Ports, name: str, *, is_edge: bool) -> tuple[str, Node | None]:
    for table in ports.blocks:
        found = ports.said_of(table, name)
        if found is not None:
            if has(found, "drop"):
                return UNKNOWN, leaf(found)
            return YES, leaf(found)
    if ports.guards and is_edge:
        return YES, place(ports.guards[0])
    return ABSENT, None


def _silenced(ports: Ports, sheet: Sheet, name: str) -> None:
    """Spanning tree does not speak on the port."""
    off = next((d for s in ports.spanning if (d := at(ports.said_of(s, name), "disable"))), None)
    told = YES if off else NO if ports.spanning else UNKNOWN
    sheet.put("interface", name, "bpdu_filter", told, place(off), present=off is not None)


def _security(ports: Ports, vlan: str) -> list[TreeStatement]:
    """What is said of the DHCP security of a VLAN, in both styles."""
    own = ports.vlans.get(vlan)
    if own is None:
        own = next((v for v in ports.vlans.values() if value(v, "vlan-id") == vlan), None)
    found = [at(own, "forwarding-options", "dhcp-security")]
    names = {vlan, own.word if own else vlan, "all"}
    found += [at(ports.secured, "vlan", name) for name in names]
    return [s for s in found if s is not None]


def _source_guard(ports: Ports, listed: Sequence[str]) -> tuple[str, Node | None]:
    for vlan in listed:
        for found in _security(ports, vlan):
            if (guard := at(found, "ip-source-guard")) is not None:
                return YES, place(guard)
    return ABSENT, None


def _discovery(ports: Ports, name: str) -> tuple[str, Node | None]:
    found = ports.said_of(ports.lldp, name)
    if found is None or has(found, "disable") or has(ports.lldp, "disable"):
        return "none", leaf(found)
    return "lldp", leaf(found)


def _trunk(ports: Ports, sheet: Sheet, interface: TreeStatement, family: TreeStatement | None) -> None:
    name = interface.word
    members = inside(family, "vlan", "members")
    members += [s for w in ("vlan-id-list", "vlan-id") for s in inside(family, w)]
    listed = [m.word for m in members]
    numbers, unknown = ports.numbers([*(w for w in listed if w != "all"), *ports.joined(name)])
    text = ",".join([vlan_list(numbers)] * bool(numbers) + unknown) or "none"
    text = "all" if "all" in listed or carries_every_vlan(text) else text
    sheet.put("interface", name, "trunk_vlans", text, place(*members), present=bool(members))
    native = one(interface, "native-vlan-id") or one(family, "native-vlan-id")
    told = PRUNED
    if native is not None:
        own, _ = ports.numbers([native.word])
        told = str(next(iter(own))) if len(own) == 1 else native.word
    sheet.put("interface", name, "native_vlan", told, place(native), present=native is not None)


def switching_settings(ports: Ports, sheet: Sheet, uses: Sequence[str]) -> None:
    """DHCP snooping and ARP inspection of a device with edge ports."""
    every = [s for vlan in (*ports.vlans, "all") for s in _security(ports, vlan)]
    every += inside(ports.secured, "vlan")

    def snooping() -> tuple[str, Node | None]:
        for found in every:
            if found.path[:1] != ("ethernet-switching-options",) or has(found, "examine-dhcp"):
                return YES, leaf(found)
        return ABSENT, None

    def inspection() -> tuple[str, Node | None]:
        node = next((n for s in every if (n := at(s, "arp-inspection"))), None)
        return (YES if node else ABSENT), leaf(node)

    put_switching(sheet, uses, {"dhcp_snooping": snooping, "arp_inspection": inspection})
