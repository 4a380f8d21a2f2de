"""The firewall: rules of ``filter`` and ``raw`` as chains, with lists of addresses and of interfaces.

Sources: RouterOS documentation (Firewall: Filter, RAW, Address List; Interface Lists; Packet Flow). Chains are those of
Netfilter: packets to the device meet ``input``, those of others ``forward``, those from the device ``output``, and all
before that ``prerouting`` of ``raw``; what no rule decides is accepted. A rule without an action accepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.configs.acl_objects import between, network
from scanner.configs.chains import netfilter_words as words_of
from scanner.configs.chains.interface_names import InterfaceNames, spans_common, spans_outside
from scanner.configs.chains.model import (
    ANY_STATE,
    INCOMING,
    OUTGOING,
    ChainRule,
    Does,
    FilterChain,
    Match,
    Ruleset,
)
from scanner.configs.chains.narrowing import Narrowing
from scanner.configs.chains.study import ChainStudy
from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice
from scanner.configs.dialects.mikrotik_routeros.menus import RosEntry, RosMenu
from scanner.intervals import united
from scanner.packet_sets import ALL_PORTS, DESTINATION, PORT, PROTOCOL, SOURCE, SOURCE_PORT, Span, TooManyBoxes

_TABLES = {4: "ip firewall", 6: "ipv6 firewall"}
_HOOKS = {
    "filter": {"input": "input", "forward": "forward", "output": "output"},
    "raw": {"prerouting": "prerouting", "output": "output"},
}
_DOES = {
    "accept": Does.ACCEPT,
    "drop": Does.DENY,
    "reject": Does.DENY,
    "tarpit": Does.DENY,
    "jump": Does.JUMP,
    "return": Does.RETURN,
    "log": Does.GO_ON,
    "passthrough": Does.GO_ON,
    "add-src-to-address-list": Does.GO_ON,
    "add-dst-to-address-list": Does.GO_ON,
    "notrack": Does.GO_ON,
    "fasttrack-connection": Does.UNTOLD,  # what follows of the conversation meets no rule
}
_NOTHING = re.compile(
    r"action|chain|comment|disabled|log(?:-prefix)?|jump-target|reject-with|address-list(?:-timeout)?|hw-offload|place-before"
    r"|copy-from|invalid|chosen"
)
_NARROWS = re.compile(
    r"connection-(?:bytes|limit|mark|nat-state|rate|type)|content|dscp|dst-limit|fragment|hotspot|ipsec-policy|ipv4-options"
    r"|layer7-protocol|limit|nth|packet-(?:mark|size)|per-connection-classifier|priority|psd|random|realm|routing-(?:mark|table)"
    r"|src-mac-address|tcp-mss|time|tls-host|ttl|hop-limit|headers|in-bridge-port(?:-list)?|out-bridge-port(?:-list)?"
    r"|ingress-priority|p2p|vlan-id|connection-nat-state|src-address-type|dst-address-type|bridge-in|bridge-out"
)
_PROTOCOLS = {"icmpv6": "58", "ipv6-icmp": "58", "ipsec-esp": "50", "ipsec-ah": "51", "udp-lite": "136", "ipencap": "4"}
_STATEFUL_LISTS = ("add-src-to-address-list", "add-dst-to-address-list")


def study_of(device: RosDevice) -> ChainStudy:
    """What the rules do."""
    for table in _TABLES.values():
        for kind in (*_HOOKS, "nat", "address-list"):
            device.menu(f"{table} {kind}")
    names = InterfaceNames(_interfaces(device))
    lists = _Lists(device, names)
    ruleset = Ruleset()
    for version, table in _TABLES.items():
        for kind, hooks in _HOOKS.items():
            _chains(device.menu(f"{table} {kind}"), kind, hooks, ruleset, lists, version)
        ruleset.translates |= bool(device.entries(f"{table} nat"))
    return ChainStudy(ruleset, names)


# Menus that put interfaces into lists as they come.
_ADDS_INTERFACES = ("ppp profile", "caps-man datapath", "interface wifi datapath", "interface wifi configuration")


def _interfaces(device: RosDevice) -> Iterator[str]:
    for version in _TABLES.values():
        for kind in _HOOKS:
            for rule in device.entries(f"{version} {kind}"):
                for name in ("in-interface", "out-interface"):
                    told = rule.text(name).lstrip("!")
                    if told:
                        yield told
    for member in device.entries("interface list member"):
        yield member.text("interface")


def _chains(  # noqa: PLR0917 - one menu, and what its chains are put into
    menu: RosMenu, kind: str, hooks: dict[str, str], ruleset: Ruleset, lists: _Lists, version: int
) -> None:
    """The chains of one menu."""
    for entry in menu.entries:
        if entry.disabled or not entry.own:
            entry.node.understood = entry.node.understood and (entry.disabled or entry.own)
            continue
        name = entry.text("chain", "forward")
        key = f"{version} {kind}", name
        chain = ruleset.chains.get(key)
        if chain is None:
            label = f"{'ip6 ' if version == 6 else ''}{kind}/{name}"
            chain = FilterChain(label, name, key[0], entry.node, (version,), hook=hooks.get(name, ""))
            ruleset.chains[key] = chain
        chain.rules.append(_rule(entry, len(chain.rules) + 1, version, lists))
    if menu.lost:
        for (table, _), chain in ruleset.chains.items():
            if table == f"{version} {kind}":
                chain.rules.insert(0, _anything(chain, version, lists.names))


def _anything(chain: FilterChain, version: int, names: InterfaceNames) -> ChainRule:
    """What rules that nobody can tell the order of may do."""
    left = Narrowing(version, names)
    left.unclear("commands that are not followed", untold=True)
    return ChainRule(chain.node, "0", Does.UNTOLD, {version: left.match()}, {version: left.words()})


class _Lists:
    """Lists of addresses and of interfaces."""

    def __init__(self, device: RosDevice, names: InterfaceNames) -> None:
        self.names = names
        self._device = device
        self.untracked = any(
            e.text("action") == "notrack" for table in _TABLES.values() for e in device.entries(f"{table} raw")
        )
        self.encrypts = _encrypts(device)
        self.redirects = _redirects(device)
        self._addresses: dict[tuple[int, str], list[Span] | None] = {}
        self._grows = {
            entry.text("address-list")
            for table in _TABLES.values()
            for kind in _HOOKS
            for entry in device.entries(f"{table} {kind}", f"{table} mangle")
            if entry.text("action") in _STATEFUL_LISTS
        }
        self._held: dict[tuple[int, str], list[str]] = {}
        for version, table in _TABLES.items():
            for entry in device.entries(f"{table} address-list"):
                self._held.setdefault((version, entry.text("list")), []).append(entry.text("address"))
        self._members = self._of_interfaces()

    def addresses(self, name: str, version: int) -> list[Span] | None:
        """The addresses of a list; None where that is not told: members come and go, or have names."""
        key = version, name
        if key not in self._addresses:
            told = [spans_of(text, version) for text in self._held.get(key, ())]
            known = name not in self._grows and bool(told) and all(t is not None for t in told)
            self._addresses[key] = [s for t in told if t for s in t] if known else None
        return self._addresses[key]

    def interfaces(self, name: str) -> list[Span] | None:
        """The interfaces of a list; None where that is not told."""
        if name == "all":
            return [self.names.every]
        if name == "none":
            return []
        return self._members.get(name)

    def _of_interfaces(self) -> dict[str, list[Span] | None]:
        odd = {e.text("interface-list") for e in self._device.entries(*_ADDS_INTERFACES)}
        found = self._device.menu("interface detect-internet").whole
        if found.text("detect-interface-list", "none") != "none":
            odd |= {found.text(f"{kind}-interface-list") for kind in ("internet", "lan", "wan")}
        defined = {e.text("name"): e for e in self._device.entries("interface list")}
        own: dict[str, list[Span]] = {name: [] for name in defined}
        for member in self._device.entries("interface list member"):
            own.setdefault(member.text("list"), []).append(self.names.span(member.text("interface")))

        def held(name: str, *below: str) -> list[Span] | None:
            """What lists that it includes have and those that it excludes have not, and its own members."""
            if name in ("all", "none"):
                return [self.names.every] if name == "all" else []
            if name in odd or name in below or name not in own:
                return None
            sides: list[list[Span]] = []
            for key in ("include", "exclude"):
                others = [o for o in (defined[name].text(key) if name in defined else "").split(",") if o]
                told = [held(other, name, *below) for other in others]
                if any(spans is None for spans in told):
                    return None
                sides.append([span for spans in told for span in spans or ()])
            return united([*spans_common(sides[0], spans_outside(sides[1], self.names.every)), *own[name]])

        return {name: held(name) for name in own}


def _encrypts(device: RosDevice) -> bool:
    """It may have policies of IPsec, its own or those that tunnels make."""
    told = [*device.entries("ip ipsec peer", "ip ipsec identity")]
    told += [e for e in device.entries("ip ipsec policy") if e.own and not e.of("template").is_yes]
    servers = [device.menu(f"interface {kind}-server server").whole for kind in ("l2tp", "pptp")]
    tunnels = [e for path, menu in device.menus.items() if path.startswith("interface ") for e in menu.entries]
    by_themselves = [e for e in (*servers, *tunnels) if e.text("use-ipsec", "no") != "no" or e.text("ipsec-secret")]
    return bool(told or by_themselves or device.menu("ip ipsec policy").lost)


def _redirects(device: RosDevice) -> bool:
    """It may change destinations."""
    menus = [device.menu(f"{table} nat") for table in _TABLES.values()]
    rules = [e for menu in menus for e in menu.entries if not e.disabled and e.text("chain") != "srcnat"]
    asked = [device.menu(path).whole.of("enabled").is_yes for path in ("ip upnp", "ip nat-pmp")]
    goes_on = ("accept", "return", "log", "passthrough", "jump", *_STATEFUL_LISTS)
    return (
        any(e.text("action", "accept") not in goes_on for e in rules)
        or any(asked)
        or any(menu.lost for menu in menus)
        or bool(device.entries("ip hotspot"))
    )


def spans_of(text: str, version: int) -> list[Span] | None:
    """The addresses that a word means in a version of IP; None when it is none."""
    first, dash, last = text.partition("-")
    address, _, mask = text.partition("/")
    found = between(first, last) if dash else network(address, mask)
    if not found or any(n.version != version for n in found):
        return None
    return [(int(n.network_address), int(n.broadcast_address)) for n in found]


class _Conditions:
    """What the properties of one rule leave."""

    def __init__(self, version: int, lists: _Lists) -> None:
        self.left = Narrowing(version, lists.names)
        self.version = version
        self.lists = lists
        self.understood = True

    def take(self, name: str, value: str) -> None:
        """One property. ``!`` stands before the value that it negates."""
        if _NOTHING.fullmatch(name.strip()) or value == "":
            return
        but, told = value.startswith("!"), value.removeprefix("!")
        reading = _READ.get(name)
        written = f"{name} {value}"
        if reading is not None:
            if not reading(self, name, told, but=but):
                self.left.unclear(written, narrowed="address-list" in name and not but, untold="address" in name)
        else:
            known = _NARROWS.fullmatch(name) is not None
            self.understood = self.understood and known
            self.left.unclear(written, narrowed=known and not but, untold=not known or "address" in name)

    def ends(self, name: str, text: str, *, but: bool) -> bool:
        spans = spans_of(text, self.version)
        if spans is None:
            return False
        self.left.to(SOURCE if name.startswith("src") else DESTINATION, spans, but=but)
        return True

    def listed(self, name: str, text: str, *, but: bool) -> bool:
        spans = self.lists.addresses(text, self.version)
        if spans is None:
            return False
        self.left.to(SOURCE if name.startswith("src") else DESTINATION, spans, but=but)
        return True

    def on(self, name: str, text: str, *, but: bool) -> bool:
        if text.startswith("all-"):
            return False
        told = f"{'not-' * but}{name.partition('-')[0]} {text}"
        self.left.on(INCOMING if name.startswith("in") else OUTGOING, [self.lists.names.span(text)], told, but=but)
        return True

    def on_list(self, name: str, text: str, *, but: bool) -> bool:
        spans = self.lists.interfaces(text)
        if spans is None:
            return False
        told = f"{'not-' * but}{name.partition('-')[0]} list {text}"
        self.left.on(INCOMING if name.startswith("in") else OUTGOING, spans, told, but=but)
        return True

    def protocol(self, _name: str, text: str, *, but: bool) -> bool:
        found = words_of.protocol(_PROTOCOLS.get(text, text))
        if found is None:
            return False
        self.left.to(PROTOCOL, [found], but=but)
        return True

    def ports(self, name: str, text: str, *, but: bool) -> bool:
        found = [words_of.ports(part, "-") for part in words_of.chunks(text)]
        told = [span for span in found if span]
        if not told or len(told) != len(found):
            return False
        if name == "port":
            boxes = [self.left.box(**{side: span}) for span in told for side in ("source_port", "port")]
            self.left.to_ports(PORT, [ALL_PORTS])
            self.left.to_cases(boxes, boxes, but=but)
            self.left.also(f"{'not ' * but}port {text}")
        else:
            self.left.to_ports(SOURCE_PORT if name == "src-port" else PORT, told, but=but)
        return True

    def icmp(self, _name: str, text: str, *, but: bool) -> bool:
        kind, _, codes = text.partition(":")
        low, _, high = codes.partition("-")
        ends = [words_of.icmp(f"{kind}/{code}" if code else kind, self.version) for code in (low, high or low)]
        if ends[0] is None or ends[1] is None:
            return False
        self.left.to_icmp([(ends[0][0], ends[1][1])], but=but)
        return True

    def state(self, _name: str, text: str, *, but: bool) -> bool:
        found = words_of.states(words_of.chunks(text))
        if found is None or self.lists.untracked:
            return False
        spans = spans_outside(found, ANY_STATE) if but else found
        self.left.to_states(spans, spans)
        return True

    def encrypted(self, _name: str, text: str, *, but: bool) -> bool:
        """Where nothing is encrypted, no packet meets a policy of IPsec."""
        way, _, policy = text.partition(",")
        if self.lists.encrypts or but or way not in ("in", "out") or policy not in ("ipsec", "none"):
            return False
        return self._settled(f"ipsec-policy {text}", holds=policy == "none")

    def translated(self, _name: str, text: str, *, but: bool) -> bool:
        """Where no destinations are changed, this holds for no packet, or for every one."""
        if self.lists.redirects or text != "dstnat":
            return False
        return self._settled(f"connection-nat-state {'!' * but}{text}", holds=but)

    def _settled(self, written: str, *, holds: bool) -> bool:
        self.left.also(written)
        if not holds:
            self.left.nothing()
        return True

    def flags(self, _name: str, text: str, *, but: bool) -> bool:
        parts = words_of.chunks(text)
        mask = words_of.flags(",".join(p.lstrip("!") for p in parts).upper())
        wanted = words_of.flags(",".join(p for p in parts if not p.startswith("!")).upper() or "NONE")
        if mask is None or wanted is None:
            return False
        self.left.to(PROTOCOL, [(6, 6)])
        self.left.to_states(*words_of.flagged(mask, wanted, but=but))
        return True


_READ = {
    "src-address": _Conditions.ends,
    "dst-address": _Conditions.ends,
    "src-address-list": _Conditions.listed,
    "dst-address-list": _Conditions.listed,
    "in-interface": _Conditions.on,
    "out-interface": _Conditions.on,
    "in-interface-list": _Conditions.on_list,
    "out-interface-list": _Conditions.on_list,
    "protocol": _Conditions.protocol,
    "src-port": _Conditions.ports,
    "dst-port": _Conditions.ports,
    "port": _Conditions.ports,
    "icmp-options": _Conditions.icmp,
    "connection-state": _Conditions.state,
    "tcp-flags": _Conditions.flags,
    "ipsec-policy": _Conditions.encrypted,
    "connection-nat-state": _Conditions.translated,
}


def _rule(entry: RosEntry, number: int, version: int, lists: _Lists) -> ChainRule:
    """The rule of a chain; its line counts as understood when all of it was."""
    conditions = _Conditions(version, lists)
    for name, value in entry.values.items():
        conditions.take(name, value.text)
    action = entry.text("action", "accept")
    does = _DOES.get(action, Does.UNTOLD)
    entry.node.understood = entry.node.understood and conditions.understood and action in _DOES
    left = conditions.left
    try:
        match = left.match()
    except TooManyBoxes:
        left.unclear("many")
        match = Match((), (left.box(),))
    logs = action == "log" or entry.of("log").is_yes
    target = entry.text("jump-target") if does is Does.JUMP else ""
    return ChainRule(
        entry.node,
        str(number),
        does,
        {version: match},
        {version: left.words()},
        target,
        logs,
        {version: left.port_count()},
    )
