"""The rules as access lists: the rows about them, and who may reach the device itself through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from scanner.address_spans import range_of
from scanner.configs.chains.coverage import is_everybody
from scanner.configs.chains.model import FORWARD, INCOMING, INPUT, NEW, ChainRule, Does
from scanner.configs.chains.rows import chain_rows
from scanner.configs.chains.study import VERSIONS, ChainStudy
from scanner.configs.nodes import Node
from scanner.configs.pf_firewalls.aliases import Aliases, read_aliases
from scanner.configs.pf_firewalls.chains import ChainMaker, OwnRule
from scanner.configs.pf_firewalls.document import FirewallFile, child, value
from scanner.configs.pf_firewalls.ends import RuleEnds
from scanner.configs.pf_firewalls.interfaces import PfInterfaces, read_interfaces
from scanner.configs.pf_firewalls.rules import PfRules, read_rules
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet
from scanner.intervals import united
from scanner.packet_sets import (
    ALL_PORTS,
    DESTINATION,
    SOURCE,
    Box,
    Boxes,
    Span,
    TooManyBoxes,
    intersection,
)

_ANY: Span = (0, 1 << 128)
_PRIVATE = {
    4: ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8"),
    6: ("fc00::/7",),
}
_OPEN, _UNTOLD, _LIMITED, _SHUT = "open", "untold", "limited", "shut"


@dataclass
class Filtering:
    """Everything that the file says of filtering."""

    interfaces: PfInterfaces
    aliases: Aliases
    rules: PfRules
    maker: ChainMaker
    ends: RuleEnds
    passed_on: ChainStudy
    to_itself: ChainStudy

    def entrance(self, port: int, protocol: int = 6, listens: frozenset[str] = frozenset()) -> tuple[str, Node | None]:
        """Who may reach a port of the device: ``access_acl`` in the vocabulary of settings, and the rule that says so.

        listens: the interfaces on whose addresses it listens alone; none for all.
        """
        states, nodes = {}, []
        for version in VERSIONS:
            states[version], node = self._state(version, port, protocol, listens)
            nodes += [node] if node else []
        if _OPEN in states.values():
            if _LIMITED in states.values():
                return ("ipv4-only" if states[4] == _LIMITED else "ipv6-only"), nodes[0]
            return ABSENT, nodes[0]
        if _UNTOLD in states.values():
            return UNKNOWN, None
        return ("filter" if _LIMITED in states.values() else CLOSED), None

    def _state(self, version: int, port: int, protocol: int, listens: frozenset[str]) -> tuple[str, Node | None]:
        found = self.to_itself.lets_in(INPUT, version)
        if found is None:
            return _UNTOLD, None
        own = self._own(version, listens)
        asked: list[Box] = [(_ANY, o, (protocol, protocol), ALL_PORTS, (port, port), NEW, _ANY, _ANY) for o in own]
        try:
            most, sure = (self._from_networks(intersection(boxes, asked)) for boxes in found)
        except TooManyBoxes:
            return _UNTOLD, None
        if not most:
            return _SHUT, None
        if any(is_everybody(sources, version) for sources in self._by_entrance(sure)):
            return _OPEN, self._opening(version, asked)
        open_perhaps = any(is_everybody(sources, version) for sources in self._by_entrance(most))
        return (_UNTOLD if open_perhaps else _LIMITED), None

    def _own(self, version: int, listens: frozenset[str]) -> list[Span]:
        ends = RuleEnds(self.interfaces, self.aliases, opnsense=True, standing_in=True)
        names = [n for n in self.interfaces if n in listens or not listens]
        return [span for name in names for span in ends.own(name, version)]

    def _from_networks(self, boxes: Boxes) -> Boxes:
        loopback = self.maker.names.loopback
        return tuple(b for b in boxes if b[INCOMING] != (loopback, loopback))

    def _by_entrance(self, boxes: Boxes) -> list[list[Span]]:
        """The sources that get in at one interface to one address, for each of these."""
        first, last = self.maker.names.every
        found = []
        for own in {b[DESTINATION] for b in boxes}:
            here = [b for b in boxes if b[DESTINATION] == own]
            found += [
                united(b[SOURCE] for b in here if b[INCOMING][0] <= at <= b[INCOMING][1])
                for at in range(first, last + 1)
                if at != self.maker.names.loopback
            ]
        return [sources for sources in found if sources]

    def _opening(self, version: int, asked: list[Box]) -> Node | None:
        """The first rule that lets everybody in by itself; else the first that lets anybody in."""
        anybody: Node | None = None
        for chain in self.to_itself.ruleset.chains.values():
            for rule in chain.rules:
                sure = self._lets(rule, version, asked)
                if sure and any(is_everybody(s, version) for s in self._by_entrance(sure)):
                    return rule.node
                anybody = anybody or (rule.node if sure else None)
        return anybody

    def _lets(self, rule: ChainRule, version: int, asked: list[Box]) -> Boxes:
        if rule.does is not Does.ACCEPT or version not in rule.matches:
            return ()
        return self._from_networks(intersection(rule.matches[version].sure, asked))


def read_filtering(file: FirewallFile) -> Filtering:
    """Rules, names and interfaces of a file, and what becomes of packets."""
    interfaces, aliases = read_interfaces(file), read_aliases(file)
    rules = read_rules(file)
    at = file.at("filter")
    node = at.node if at is not None else file.root.node
    own, rest = _own_rules(file, interfaces, node)
    maker = ChainMaker(rules, interfaces, own, rest)
    opnsense = file.kind.is_opnsense
    ends = RuleEnds(interfaces, aliases, opnsense=opnsense, standing_in=False)
    passed_on = maker.study(FORWARD, ends, node)
    inside = RuleEnds(interfaces, aliases, opnsense=opnsense, standing_in=True)
    return Filtering(interfaces, aliases, rules, maker, ends, passed_on, maker.study(INPUT, inside, node))


def _own_rules(file: FirewallFile, interfaces: PfInterfaces, node: Node) -> tuple[list[OwnRule], OwnRule]:
    """What switches of the file become, and the rule that denies the rest."""
    own: list[OwnRule] = []
    off = file.at("system/disablefilter")
    if off is not None:
        own.append(OwnRule(off.node, "disablefilter", Does.ACCEPT))
    silent = file.at("syslog/nologdefaultblock")
    own += _blocked(file, interfaces, logs=silent is None)
    own += _not_locked_out(file, interfaces)
    rest = OwnRule(silent.node if silent is not None else node, "default", Does.DENY, logs=silent is None)
    return own, rest


def _blocked(file: FirewallFile, interfaces: PfInterfaces, *, logs: bool) -> list[OwnRule]:
    found = []
    if ipv6_off(file):
        at = file.at("OPNsense/Interfaces/settings/disableipv6") or file.at("system")
        found.append(
            OwnRule(at.node if at is not None else file.root.node, "ipv6-off", Does.DENY, logs=logs, versions=(6,))
        )
    sources = tuple((v, tuple(range_of(ip_network(n))[1:] for n in nets)) for v, nets in _PRIVATE.items())
    for one in interfaces.values():
        private = child(one.element, "blockpriv")
        child(one.element, "blockbogons")
        if private is not None and private.text != "0" and one.up:
            found.append(OwnRule(private.node, f"private-{one.name}", Does.DENY, one.name, sources, logs=True))
    return found


def ipv6_off(file: FirewallFile) -> bool:
    """The device drops all of IPv6."""
    if file.kind.is_opnsense:
        return file.text("OPNsense/Interfaces/settings/disableipv6") == "1"
    return file.at("system/ipv6allow") is None


def web_port(file: FirewallFile) -> str:
    """The port of the web pages."""
    usual = "80" if file.text("system/webgui/protocol", "http").lower() == "http" else "443"
    return file.text("system/webgui/port", usual)


def ssh_port(file: FirewallFile) -> str:
    """The port of SSH."""
    return file.text("system/ssh/port") or file.text("system/sshport", "22")


def _not_locked_out(file: FirewallFile, interfaces: PfInterfaces) -> list[OwnRule]:
    """The rule that keeps everybody from locking himself out: the web pages and SSH, from anywhere behind LAN."""
    gui = file.at("system/webgui")
    if child(gui, "noantilockout") is not None:
        return []
    if "lan" in interfaces and (len(interfaces) > 1 or file.kind.is_opnsense):
        name = "lan"
    elif file.kind.is_opnsense:
        others = [n for n in interfaces if n.startswith("opt")]
        name = others[0] if others else "wan"
    else:
        name = "wan"
    if name not in interfaces or (name != "lan" and not file.kind.is_opnsense and len(interfaces) > 1):
        return []
    ports = [web_port(file)]
    if web_port(file) != "80" and child(gui, "disablehttpredirect") is None:
        ports.append("80")
    if ssh_on(file) is not False:
        ports.append(ssh_port(file))
    spans = tuple(sorted({(int(p), int(p)) for p in ports if p.isdecimal() and len(p) < 6}))
    node = gui.node if gui is not None else file.root.node
    return [OwnRule(node, "anti-lockout", Does.ACCEPT, name, (), spans, to_itself=True)]


def ssh_on(file: FirewallFile) -> bool | None:
    """Whether SSH listens."""
    section = file.at("system/ssh")
    legacy = file.at("system/enablesshd")
    tag = "enabled" if file.kind.is_opnsense else "enable"
    return child(section, tag) is not None or (legacy is not None and legacy.text not in ("no", "0"))


def filter_settings(filtering: Filtering, mentioned: Mapping[str, int], sheet: Sheet) -> None:
    """The rows about rules and names. mentioned: how often each word stands in the file, also where nothing is kept."""
    chain_rows(sheet, filtering.passed_on)
    for name, alias in filtering.aliases.named.items():
        bound = "rules" if alias.used else "mentioned" if mentioned.get(name, 0) > 1 else ABSENT
        sheet.put("acl", f"alias {name}", "bound", bound, alias.element.node, present=bound != ABSENT)
        sheet.put("acl", f"alias {name}", "defined", YES, alias.element.node)
    for name, element in filtering.aliases.undefined.items():
        sheet.put("acl", f"alias {name}", "defined", NO, element.node)


def listening(file: FirewallFile, path: str) -> frozenset[str]:
    """The interfaces on which a service listens alone; none for all."""
    return frozenset(value(file.at(path), "interfaces").replace(",", " ").split())
