"""Firewall filters: their terms as entries of access lists, and where they are used.

Sources: Junos OS Routing Policies, Firewall Filters, and Traffic Policers User Guide (match conditions for IPv4 and
IPv6 traffic, terminating and nonterminating actions, "How standard firewall filters evaluate packets", filter lists).
What no term matches is discarded; a term without ``then``, or with actions that end nothing, accepts; ``next term``
goes on.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from scanner.code_tables import rows_table
from scanner.configs.acl_cover import PORTS, Span
from scanner.configs.acl_entries import ANY, AclEntry
from scanner.configs.acl_objects import in_words, ports_in_words, types_in_words
from scanner.configs.acl_words import CODES
from scanner.configs.acls import Acls
from scanner.configs.chains.interface_names import spans_outside
from scanner.configs.dialects.juniper_junos.configuration import SYSTEMS, JunosDevice
from scanner.configs.dialects.juniper_junos.prefixes import Prefix, entries, named, networks, of_list
from scanner.configs.settings import whole
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, words

VERSIONS = {"inet": 4, "inet6": 6}
DEFAULT_ACTIONS = (("interface", "deny"), ("vlan", "deny"), ("control plane", "deny"), ("all interfaces", "deny"))
_PROTOCOLS = {
    "ah": "ahp",
    "ipip": "ipinip",
    "ipv6": "41",
    "icmp6": "icmpv6",
    "rsvp": "46",
    "vrrp": "112",
    "egp": "8",
    "hop-by-hop": "0",
    "routing": "43",
    "fragment": "44",
    "no-next-header": "59",
    "dstopts": "60",
}
_PROTOCOL_WORDS = ("protocol", "next-header", "payload-protocol")
_ENDS = {
    "source": ("source-address", "source-prefix-list"),
    "destination": ("destination-address", "destination-prefix-list"),
}
_EITHER = ("address", "prefix-list", "port")
_GOES_ON_WORDS = (
    "count log syslog policer three-color-policer hierarchical-policer loss-priority forwarding-class sample dscp"
    " traffic-class port-mirror port-mirror-instance analyzer service-accounting prefix-action load-balance"
    " packet-mode service-filter-hit color policer-action clear-policy-map policy-map vlan-count"
)
# actions that end nothing
GOES_ON = frozenset(_GOES_ON_WORDS.split())
_LOGS = ("log", "syslog")
MESSAGES = ("icmp-type", "icmp-code")
_TYPES = {  # types of ICMP as filters name them
    "icmp": {
        "echo-reply": "0",
        "unreachable": "3",
        "source-quench": "4",
        "redirect": "5",
        "echo-request": "8",
        "router-advertisement": "9",
        "router-solicit": "10",
        "time-exceeded": "11",
        "parameter-problem": "12",
        "timestamp": "13",
        "timestamp-reply": "14",
        "info-request": "15",
        "info-reply": "16",
        "mask-request": "17",
        "mask-reply": "18",
    },
    "icmpv6": {
        "destination-unreachable": "1",
        "packet-too-big": "2",
        "time-exceeded": "3",
        "parameter-problem": "4",
        "echo-request": "128",
        "echo-reply": "129",
        "membership-query": "130",
        "membership-report": "131",
        "membership-termination": "132",
        "router-solicit": "133",
        "router-advertisement": "134",
        "neighbor-solicit": "135",
        "neighbor-advertisement": "136",
        "redirect": "137",
    },
}
_MOST_ENTRIES = 256  # that one term is written out as


class Term(NamedTuple):
    """A term and the scopes in which its prefix lists are looked for."""

    statement: TreeStatement
    scope: Sequence[TreeStatement]
    version: int


def filters(device: JunosDevice) -> Iterator[tuple[str, str, TreeStatement, Sequence[TreeStatement]]]:
    """(name, family, statement, scopes) of every filter; those of logical systems have that name in front."""
    tops = [("", device.top), *((f"{s.word} ", s) for kind in SYSTEMS for s in inside(device.top, kind))]
    device.part("firewall")
    for lead, top in tops:
        scope = [top, device.top] if lead else [top]
        for one in entries(top, "firewall", "filter"):
            yield f"{lead}{one.word}", "inet", one, scope
        for family in entries(top, "firewall", "family"):
            for one in entries(family, "filter"):
                yield f"{lead}{called(one.word, family.word)}", family.word, one, scope


def called(name: str, family: str) -> str:
    """A filter's name, with its family unless that is IPv4."""
    return name if family == "inet" else f"{name} ({family})"


def read_filters(device: JunosDevice) -> Acls:
    """All filters with their terms."""
    device.part("policy-options")
    lists = Acls()
    for name, family, statement, scope in filters(device):
        node = leaf(statement)
        if node is None:
            continue
        acl = lists.open(name, node)
        for term in terms(statement):
            acl.entries += _entries(Term(term, scope, VERSIONS.get(family, 0)))
    return lists


def terms(statement: TreeStatement) -> list[TreeStatement]:
    """The terms of a filter; one that is written without a term is one itself."""
    for word in (
        "interface-specific",
        "accounting-profile",
        "enhanced-mode",
        "physical-interface-filter",
        "fast-filter",
    ):
        for each in inside(statement, word):
            each.understand()
        at(statement, word)
    found = entries(statement, "term")
    return found or ([statement] if at(statement, "from") or at(statement, "then") else [])


def _entries(term: Term) -> Iterator[AclEntry]:
    """A term as entries."""
    node = leaf(term.statement)
    then = at(term.statement, "then")
    action = _action(term.statement, then)
    parts = list(itertools.islice(_parts(term), _MOST_ENTRIES + 1))
    if node is None or action == "next":
        return
    name = term.statement.word
    at_line = node
    if not action or term.version == 0:
        told = "what it does is not told" if not action else "of another family"
        yield AclEntry(at_line, name, "permit", "other", "", "", told, unsure=True)
        return
    logs = any(at(then, word) for word in _LOGS)
    if len(parts) > _MOST_ENTRIES:
        yield AclEntry(at_line, name, action, "other", "", "", "more than is written out", unsure=action == "permit")
        return
    for number, (protocol, options, source, destination) in enumerate(parts):
        own = name if not number else f"{name}/{number + 1}"
        yield AclEntry(at_line, own, action, protocol, source, destination, options, logs=logs)


def _action(term: TreeStatement, then: TreeStatement | None) -> str:
    """permit, deny, next; empty where it is not told."""
    if at(term, "filter"):
        return ""
    actions = {child.word for child in then} if then else set()
    for child in then or ():
        if child.word in GOES_ON or child.word in ("accept", "discard", "reject", "next", "routing-instance"):
            for each in child.below():
                each.understand()
    if actions & {"discard", "reject"}:
        return "deny"
    if "accept" in actions or "routing-instance" in actions:
        return "permit"
    if "next" in actions:
        return "next"
    return "permit" if actions <= GOES_ON else ""


def _parts(term: Term) -> Iterator[tuple[str, str, str, str]]:
    """(protocol, options, source, destination) of each entry that the term is."""
    given = at(term.statement, "from")
    sources, destinations = _end(term, given, "source"), _end(term, given, "destination")
    protocols = [p for word in _PROTOCOL_WORDS for p in words(given, word)]
    any_ip = "ipv6" if term.version == 6 else "ip"
    for protocol in [_PROTOCOLS.get(p, p) for p in protocols] or [any_ip]:
        message = _message(given, protocol)
        options = _options(given, aside=MESSAGES if message else ())
        narrowed = " ".join(w for w in (_ports(given, protocol), message, options) if w)
        if sources is not None and destinations is not None:  # else nothing matches
            yield protocol, narrowed, sources, destinations


def _message(given: TreeStatement | None, protocol: str) -> str:
    """The types of ICMP that the term names, each with each code; empty where that is not told."""
    types, codes = (words(given, word) for word in MESSAGES)
    return types_in_words(messages_of(protocol, types, codes) or ())


def messages_of(protocol: str, types: Sequence[str], codes: Sequence[str]) -> list[Span] | None:
    """The types of ICMP, by number or name, each with each code, as type × 256 + code; None where that is not told."""
    known = _TYPES.get(protocol, {})
    numbers = [known.get(name, name) for name in types]
    if not known or not numbers or not all(whole(n) and int(n) < CODES for n in (*numbers, *codes)):
        return None
    lows = [int(n) * CODES for n in numbers]
    return [(low + int(c),) * 2 for low in lows for c in codes] or [(low, low + CODES - 1) for low in lows]


def _end(term: Term, given: TreeStatement | None, end: str) -> str | None:
    """The addresses of one end in words; None where no address can match."""
    addresses, lists = _ENDS[end]
    prefixes = named(inside(given, addresses))
    names = inside(given, lists)
    if prefixes is None:
        return f"group {' '.join(words(given, addresses))}"
    for each in names:
        out = at(each, "except") is not None
        inner = of_list(term.scope, each.word)
        if inner is None:
            return f"group {' '.join(n.word for n in names)}"
        prefixes = prefixes + [Prefix(p.network, out=p.out or out) for p in inner]
    if not names and not prefixes:
        return ANY
    left = networks(prefixes, term.version)
    label = " ".join(n.word for n in names) or " ".join(words(given, addresses))
    if left is None:
        return f"group {label}"
    return in_words(left, label) if left else None


def _options(given: TreeStatement | None, *, aside: Sequence[str]) -> str:
    """What else narrows the term, in words that say whether they are understood. aside: words that were read."""
    known = {*_PROTOCOL_WORDS, *(w for end in _ENDS.values() for w in end), *_PORTS}
    found = []
    for child in given or ():
        if child.word in known or child.word in aside:
            continue
        told = [c.word for c in child]
        if child.word == "tcp-established" or (child.word == "tcp-flags" and _answers(told)):
            for each in child.below():
                each.understand()
            found.append("established")
        elif common := _as_elsewhere(child.word, told):
            for each in child.below():
                each.understand()
            found.append(common)
        elif child.word in ("icmp-type", "icmp-code", "tcp-flags", "tcp-initial", *_EITHER) or child.word in _NARROWS:
            for each in child.below():
                each.understand()
            found.append(f"{child.word}={','.join(told)}")
        else:
            found.append(f"unknown:{child.word}={','.join(told)}")
    return " ".join(found)


def _flags(told: Sequence[str]) -> str:
    return re.sub(r"[\s()]", "", told[0]) if len(told) == 1 else ""


def _answers(told: Sequence[str]) -> bool:
    """The flags of TCP are those of answers."""
    return _flags(told) in ("ack|rst", "rst|ack", "ack&!syn|rst", "ack")


def _as_elsewhere(word: str, told: Sequence[str]) -> str:
    """What other systems have words for, too: fragments, and flags of what begins a connection; else nothing."""
    if word in ("is-fragment", "first-fragment"):
        return "fragments"
    if word == "fragment-offset" and told and not any(one.partition("-")[0].lstrip("0") == "" for one in told):
        return "fragments"
    if word == "tcp-initial" or (word == "tcp-flags" and _flags(told) in ("syn&!ack", "!ack&syn")):
        return "syn 1 ack 0"
    return ""


_PORTS = ("source-port", "destination-port", "source-port-except", "destination-port-except")
_NARROWS_WORDS = (
    "is-fragment first-fragment fragment-flags fragment-offset dscp traffic-class precedence ttl packet-length"
    " ip-options"
    " forwarding-class loss-priority interface interface-set interface-group source-class destination-class"
    " hop-limit"
    " protocol-except port-except icmp-type-except icmp-code-except"
    " dscp-except ttl-except packet-length-except next-header-except ip-version vlan user-vlan-id ether-type"
    " ip-destination-address ip-source-address ip-protocol source-mac-address destination-mac-address vlan-id"
    " learn-vlan-id service-filter-hit rat-type ip-options-except interface-group-except fragment-offset-except"
    " hop-limit-except precedence-except flexible-match-mask flexible-match-range extension-header"
)
_NARROWS = frozenset(_NARROWS_WORDS.split())


def _ports(given: TreeStatement | None, protocol: str) -> str:
    """The ports of both ends in words."""
    found = []
    for word in _PORTS:
        told = words(given, word)
        if not told:
            continue
        lead = "source " * word.startswith("source")
        spans = [span(w) for w in told]
        known = [s for s in spans if s]
        if word.endswith("-except") and len(known) == len(spans):
            known = spans_outside(known, (0, PORTS - 1))
        if len(known) < len(spans):
            found.append(f"{word}={','.join(told)}")
        elif protocol in ("tcp", "udp", "sctp"):
            text = ports_in_words(protocol, known)
            found += [f"{lead}{text}"] if text else []
        else:
            found.append(f"{word}={','.join(told)}")
    return " ".join(found)


def span(word: str) -> Span | None:
    """The ports that a word means: ``22``, ``ssh``, ``1024-65535``."""
    low, dash, high = word.partition("-")
    if dash and whole(low) and whole(high):
        ends = int(low), int(high)
    else:
        number = port(word)
        ends = (number, number) if number is not None else (1, 0)
    return ends if 0 <= ends[0] <= ends[1] < PORTS else None


def port(word: str) -> int | None:
    """The number of a port."""
    return int(word) if whole(word) else _port_names().get(word)


@functools.cache
def _port_names() -> Mapping[str, int]:
    return {name: int(number) for name, number in rows_table(__package__, "ports.tsv")}


def bind_filters(device: JunosDevice, lists: Acls) -> None:
    """Note where every filter is used."""
    for lead, interface, unit, family in families(device):
        place = f"{interface}.{unit}"
        for way, text in (("input", "in"), ("output", "out")):
            for name, statement in used(family, way):
                node = leaf(statement) or device.tree.root
                where = "control plane" if interface == "lo0" else f"interface {place}"
                lists.use(f"{lead}{called(name, family.word)}", node, f"{where} {text}")
    for vlan in entries(device.part("vlans")):
        for way, text in (("input", "in"), ("output", "out")):
            for name, statement in [*used(vlan, way), *used(at(vlan, "forwarding-options"), way)]:
                node = leaf(statement) or device.tree.root
                lists.use(called(name, "ethernet-switching"), node, f"vlan {vlan.word} {text}")
    for table, top in device.instances():
        options = at(top, "forwarding-options")
        for family in entries(options, "family"):
            for way, text in (("input", "in"), ("output", "out")):
                for name, statement in used(family, way):
                    node = leaf(statement) or device.tree.root
                    lists.use(called(name, family.word), node, f"all interfaces {table} {text}".replace("  ", " "))


def used(family: TreeStatement | None, way: str) -> list[tuple[str, TreeStatement]]:
    """The filters of a family of addresses in one direction, each with where it is named."""
    one = at(family, "filter", way)
    found = []
    for child in inside(one) if one else ():
        if child.word == "filter-name":
            found += [(c.word, c) for c in inside(child)]
        else:
            for each in child.below():
                each.understand()
            found.append((child.word, child))
    found += [(child.word, child) for child in inside(family, "filter", f"{way}-list")]
    return found


def families(device: JunosDevice) -> Iterator[tuple[str, str, str, TreeStatement]]:
    """(logical system, interface, unit, family) of every unit."""
    device.part("interfaces")
    tops = [("", device.top), *((f"{s.word} ", s) for kind in SYSTEMS for s in inside(device.top, kind))]
    for lead, top in tops:
        for interface in entries(top, "interfaces"):
            for unit in entries(interface, "unit"):
                for family in entries(unit, "family"):
                    yield lead, interface.word, unit.word, family


def named_elsewhere(device: JunosDevice) -> set[str]:
    """Every word that may name a filter in a way that is not read: outside of filters, or where a term asks one."""
    found: set[str] = set()
    left = [child for child in device.top if child.word != "groups"]
    while left:
        one = left.pop()
        if one.word == "firewall":
            nested = [s for f in filters(device) for t in terms(f[2]) for s in inside(t, "filter")]
            found.update(s.word for s in nested)
            continue
        found.add(one.word)
        left += one.children.values()
    return found
