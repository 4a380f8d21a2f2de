"""The rules of a firewall as somebody wrote them, of all the places where they stand in the file.

Rules for one interface stand under its name, those of a group of interfaces under that of the group, all others are
floating. OPNsense has two forms of rules (``filter`` and ``OPNsense/Firewall/Filter``), and port forwards that let
through what they forward. Source: pf.conf(5); OPNsense manual, "Rules"; pfSense documentation, "Firewall Rules".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.configs.chains.model import Does
from scanner.configs.pf_firewalls.document import FirewallFile, child, value
from scanner.configs.xml_tree import XmlElement

FLOATING = "floating"
_ACTIONS = {"pass": Does.ACCEPT, "block": Does.DENY, "reject": Does.DENY, "match": Does.GO_ON}
_VERSIONS = {"inet": (4,), "inet6": (6,), "inet46": (4, 6)}
_NARROWING = ("os", "tagged", "dscp", "tos", "vlanprio", "prio", "tcpflags1", "tcpflags2", "divert-to")
_PORTS = ("tcp", "udp", "tcp/udp", "sctp", "dccp")
# Elements of rules that narrow nothing: texts, limits of states, routes, queues.
_NARROW_NOTHING = (
    "descr description id tracker created updated associated-rule-id max max-src-nodes max-src-conn max-src-states"
    " statetimeout statetype max-src-conn-rate max-src-conn-rates nopfsync nosync disablereplyto reply-to replyto"
    " gateway ackqueue defaultqueue dnpipe pdnpipe tag allowopts tcpflags_any vlanprioset set-prio set-prio-low"
    " category categories sequence sort_order prio_group label labels labelitem state-policy statepolicy udp-first"
    " udp-multiple udp-single overload adaptivestart adaptiveend shaper1 shaper2 max-pkt-rate-number"
    " max-pkt-rate-seconds natreflection nordr poolopts source-track l7container seq username time any srctrack pass"
    " sloppy staticnatport"
    " nottagged"
)
_ARE_READ = (
    "type action disabled enabled interface interfacenot direction floating quick protocol source destination log"
    " icmptype icmp6type sched ipprotocol source_net source_not source_port destination_net destination_not"
    " destination_port target local-port"
)
_ASIDE, _READ = frozenset(_NARROW_NOTHING.split()), frozenset(_ARE_READ.split())


@dataclass
class RuleEnd:
    """Source or destination. words: what is named there, none for everything; but: everything else; None: untold."""

    words: list[str] = field(default_factory=list)
    but: bool | None = False
    port: str = ""


@dataclass(eq=False)
class PfRule:
    """One rule. place: floating, a group of interfaces, or an interface. name: as it is called in its place. but: it
    is for all interfaces but those that it names.

    does: None where its switch is not told, so that it may not hold at all. narrowed: what else narrows it, in words;
    lost: it has an element that nobody knows.
    """

    element: XmlElement
    place: str
    name: str
    does: Does
    quick: bool = True
    direction: str = "in"
    interfaces: tuple[str, ...] = ()
    but: bool = False
    versions: tuple[int, ...] = (4,)
    protocol: str = ""
    source: RuleEnd = field(default_factory=RuleEnd)
    destination: RuleEnd = field(default_factory=RuleEnd)
    icmp: str = ""
    logs: bool = False
    narrowed: list[str] = field(default_factory=list)
    timed: bool = False
    lost: bool = False
    routed: XmlElement | None = None  # the gateway that it sends packets to


@dataclass
class PfRules:
    """All rules that may hold. passed: port forwards that let through what they forward, whatever rules say."""

    filters: list[PfRule] = field(default_factory=list)
    passed: list[PfRule] = field(default_factory=list)
    forwards: list[XmlElement] = field(default_factory=list)  # those that rewrite addresses


def read_rules(file: FirewallFile) -> PfRules:
    """The rules of a file, in the order in which those of one place are tried."""
    found = PfRules()
    counted: dict[str, int] = {}
    new = _in_sequence(file.every("OPNsense/Firewall/Filter/rules/rule"))
    for number, element in enumerate(new, 1):
        if (rule := _new_rule(file, element, f"new-{number}")) is not None:
            found.filters.append(rule)
    for element in file.every("filter/rule"):
        place = _place(element)
        counted[place] = counted.get(place, 0) + 1
        if (rule := _rule(file, element, place, str(counted[place]))) is not None:
            found.filters.append(rule)
    late: list[PfRule] = []
    for number, element in enumerate(file.every("nat/rule"), 1):
        _forward(file, element, str(number), found, late)
    found.filters += late
    return found


def _in_sequence(elements: list[XmlElement]) -> list[XmlElement]:
    def order(element: XmlElement) -> int:
        text = value(element, "sequence", "1")
        return int(text) if text.isdecimal() and len(text) < 9 else 1

    return sorted(elements, key=order)


def _place(element: XmlElement) -> str:
    floating = child(element, "floating") is not None
    name = value(element, "interface")
    if floating or not name or "," in name:
        return FLOATING
    return name


def _rule(file: FirewallFile, element: XmlElement, place: str, name: str) -> PfRule | None:
    off = file.switch(element, "disabled")
    if off:
        _take(element)
        return None
    does = _ACTIONS.get(value(element, "type", "pass").lower(), Does.ACCEPT if file.kind.empty_is_on else Does.UNTOLD)
    rule = PfRule(element, place, name, does if off is False else Does.UNTOLD)
    floating = place == FLOATING
    if file.kind.empty_is_on:
        rule.quick = not floating or child(element, "quick") is not None
        rule.direction = value(element, "direction", "any") if floating else "in"
    else:
        quick = child(element, "quick")
        rule.quick = quick.text not in ("", "0") if quick is not None else not floating
        rule.direction = value(element, "direction", "in")
    for side, end in (("source", rule.source), ("destination", rule.destination)):
        _legacy_end(file, child(element, side), end, side, rule)
    _common(file, rule)
    return rule


def _common(file: FirewallFile, rule: PfRule) -> None:
    """What both forms of rules say in the same words."""
    element = rule.element
    rule.interfaces = tuple(value(element, "interface").replace(",", " ").split())
    if rule.interfaces == ("any",):
        rule.interfaces = ()
    rule.but = bool(file.switch(element, "interfacenot")) and bool(rule.interfaces)
    rule.versions = _VERSIONS.get(value(element, "ipprotocol", "inet").lower(), (4, 6))
    rule.protocol = value(element, "protocol").lower()
    if rule.direction not in ("in", "out", "any"):
        rule.direction = "any"
        rule.lost = True
    rule.icmp = value(element, "icmptype") or value(element, "icmp6type")
    rule.logs = file.switch(element, "log") is not False
    rule.timed = bool(value(element, "sched"))
    gateway = child(element, "gateway")
    if gateway is not None and gateway.given and rule.does is Does.ACCEPT:
        rule.routed = gateway
    for tag in _NARROWING:
        if text := value(element, tag):
            rule.narrowed.append(f"{tag} {text}")
    if not rule.protocol and (rule.source.port or rule.destination.port) and file.kind.empty_is_on:
        rule.protocol = "tcp"
    if rule.protocol not in _PORTS:  # ports are left out of rules for others
        rule.source.port = rule.destination.port = ""
    _take(element)
    rule.lost = rule.lost or any(c.tag not in _ASIDE | _READ | {*_NARROWING} for c in element.children)


def _take(element: XmlElement) -> None:
    """Mark what is understood and says nothing that is kept."""
    for inner in element.walk():
        tag = inner.tag
        if inner is element or tag in _ASIDE or tag in _READ or tag in _NARROWING or tag in _INSIDE:
            inner.node.understood = True


_INSIDE = frozenset(("network", "address", "port", "not", "any", "item", "text", "method", "ip"))


def _legacy_end(file: FirewallFile, side: XmlElement | None, end: RuleEnd, called: str, rule: PfRule) -> None:
    names = value(side, "network") or value(side, "address")
    everything = side is None or child(side, "any") is not None
    if file.kind.empty_is_on:
        if everything and side is not None:
            names = ""
        elif not names:
            rule.narrowed.append(f"{called} is not told")
    end.words = [] if names == "any" else names.replace(",", " ").split()
    end.but = file.switch(side, "not") if end.words else False
    end.port = value(side, "port")
    if end.port == "any":
        end.port = ""
    if side is not None and any(c.tag not in _INSIDE for c in side.children):
        rule.lost = True


def _new_rule(file: FirewallFile, element: XmlElement, name: str) -> PfRule | None:
    if value(element, "enabled", "0" if child(element, "enabled") is not None else "1") == "0":
        _take(element)
        return None
    does = _ACTIONS.get(value(element, "action", "pass").lower(), Does.UNTOLD)
    names = value(element, "interface").replace(",", " ").split()
    place = names[0] if len(names) == 1 else FLOATING
    rule = PfRule(element, place, name, does)
    rule.quick = value(element, "quick", "1") != "0"
    rule.direction = value(element, "direction", "in")
    for end, start in ((rule.source, "source"), (rule.destination, "destination")):
        words = value(element, f"{start}_net").replace(",", " ").split()
        end.words = [] if "any" in words else words
        end.but = value(element, f"{start}_not", "0") != "0" and bool(end.words)
        port = value(element, f"{start}_port")
        end.port = "" if port == "any" else port
    _common(file, rule)
    if rule.protocol == "any":
        rule.protocol = ""
    return rule


def _forward(file: FirewallFile, element: XmlElement, name: str, found: PfRules, late: list[PfRule]) -> None:
    """A port forward. What is let through is what it leads to."""
    off = file.switch(element, "disabled")
    _take(element)
    if off:
        return
    if file.switch(element, "nordr") is True:
        return
    found.forwards.append(element)
    how = value(element, "pass") or value(element, "associated-rule-id")
    if how not in ("pass", "rule"):
        return
    rule = PfRule(element, FLOATING, f"nat-{name}", Does.ACCEPT if off is False else Does.UNTOLD)
    _legacy_end(file, child(element, "source"), rule.source, "source", rule)
    before = RuleEnd()
    _legacy_end(file, child(element, "destination"), before, "destination", rule)
    rule.destination.words = value(element, "target").split()
    port, local = before.port, value(element, "local-port")
    rule.destination.port = _led_to(port, local)
    _common(file, rule)
    if not rule.destination.words:
        rule.narrowed.append("its target is not told")
    (found.passed if how == "pass" else late).append(rule)


def _led_to(port: str, local: str) -> str:
    """The ports that a range is led to: as many, from the local one on."""
    low, sign, high = port.replace(":", "-").partition("-")
    if sign and local.isdecimal() and low.isdecimal() and high.isdecimal() and len(port) < 12:
        return f"{local}-{min(int(local) + int(high) - int(low), 65_535)}"
    return local or port
