"""What Junos defines in one place and uses by its name in another: policies, lists, policers, applications, addresses,
what tunnels propose, screens, key chains, servers of DHCP.

Sources: Junos OS Routing Policies, Firewall Filters and Traffic Policers User Guide; Security Policies, Address Books,
Screens, IPsec VPN and Class of Service User Guides. Where a name stands in a statement that is not known to use it, it
is left open. What groups give counts where they are applied.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.configs.dialects.juniper_junos.configuration import SYSTEMS, JunosDevice
from scanner.configs.dialects.juniper_junos.groups import APPLIED
from scanner.configs.nodes import Node
from scanner.configs.settings import NO, YES, Sheet
from scanner.configs.statements.statement import TreeStatement, leaf
from scanner.configs.structures import MAX_USES, UNTOLD, put_defined, put_used

_ASIDE = (*APPLIED, "apply-macro")
_NAMES = re.compile(r"[^\s()&|!]+")  # in expressions of policies, too: (A && !B)
_INSTANCE = r"(?:routing-instances \S+ )?"
# but for what is called so, and for what names kinds of routes and communities
_ANYWHERE = r"(?!(?:\S+ )*(?:interface-routes|vrf-target) )(?:\S+ )*(?<! group )(?<! neighbor )(?<! interface )"
_FILTER, _POLICY = r"firewall (?:\S+ )*", r"policy-options policy-statement (?:\S+ )*"
_BOOK = r"security (?:address-book|zones security-zone) \S+ (?:address-book )?"
_RELAY = rf"{_INSTANCE}forwarding-options dhcp-relay (?:dhcpv6 )?"
_POLICIES = r"security policies (?:\S+ )*match "

_Path = tuple[str, str]  # the words that may stand right above a name, and what stands above these


@dataclass(frozen=True)
class _Kind:
    """A kind, by where its names stand that are defined and that are used. built_in: names that need no line."""

    name: str
    defined: tuple[_Path, ...]
    used: tuple[_Path, ...]
    built_in: str = r"(?!)"


_KINDS = (
    _Kind(
        "policy-statement",
        (("policy-statement", "policy-options "),),
        (
            ("import export", rf"{_INSTANCE}(?:protocols|routing-options) {_ANYWHERE}"),
            ("import-policy instance-import instance-export", rf"{_INSTANCE}routing-options {_ANYWHERE}"),
            ("vrf-import vrf-export", r"routing-instances \S+ "),
            ("network-summary-import network-summary-export", rf"{_INSTANCE}protocols ospf3? area \S+ "),
            ("inter-area-prefix-import inter-area-prefix-export", rf"{_INSTANCE}protocols ospf3? area \S+ "),
            ("policy", _POLICY + "from "),
            ("policy", rf"{_INSTANCE}routing-options (?:rib \S+ )?(?:aggregate|generate) route \S+ "),
        ),
    ),
    _Kind(
        "prefix-list",
        (("prefix-list", "policy-options "), ("client-list", "snmp ")),
        (
            ("client-list-name", r"snmp community \S+ "),
            ("prefix-list prefix-list-filter", _POLICY + "from "),
            ("prefix-list source-prefix-list destination-prefix-list", _FILTER + "from "),
        ),
    ),
    _Kind(
        "community",
        (("community", "policy-options "),),
        (("community", _POLICY + "from "), ("add set delete + - =", _POLICY + "then community ")),
    ),
    _Kind("as-path", (("as-path", "policy-options "),), (("as-path", _POLICY + "from "),)),
    _Kind("as-path-group", (("as-path-group", "policy-options "),), (("as-path-group", _POLICY + "from "),)),
    _Kind(
        "policer",
        (("policer hierarchical-policer three-color-policer", r"firewall (?:family \S+ )?"),),
        (
            ("policer hierarchical-policer", _FILTER + "then "),
            ("single-rate two-rate", _FILTER + "then three-color-policer "),
            ("input output arp", r"interfaces (?:\S+ )*policer "),
        ),
    ),
    _Kind(
        "application",
        (("application application-set", "applications "),),
        (
            ("application application-set", r"applications application-set \S+ "),
            ("application", _POLICIES),
            ("application", r"security nat (?:\S+ )*match "),
        ),
        built_in=r"any|junos-\S+",
    ),
    _Kind(
        "address",
        (("address address-set", _BOOK), ("address-name", "security dynamic-address ")),
        (
            ("address address-set", _BOOK + r"address-set \S+ "),
            ("source-address destination-address", _POLICIES),
            ("source-address-name destination-address-name", r"security nat (?:\S+ )*match "),
        ),
        built_in=r"any|any-ipv[46]|[0-9a-f.:]+(?:/\d+)?",
    ),
    _Kind("ike proposal", (("proposal", "security ike "),), (("proposals", r"security ike policy \S+ "),)),
    _Kind("ike policy", (("policy", "security ike "),), (("ike-policy", r"security ike gateway \S+ "),)),
    _Kind("ike gateway", (("gateway", "security ike "),), (("gateway", r"security ipsec vpn \S+ ike "),)),
    _Kind("ipsec proposal", (("proposal", "security ipsec "),), (("proposals", r"security ipsec policy \S+ "),)),
    _Kind("ipsec policy", (("policy", "security ipsec "),), (("ipsec-policy", r"security ipsec vpn \S+ ike "),)),
    _Kind(
        "key-chain",
        (("key-chain", "security authentication-key-chains "),),
        (("authentication-key-chain hello-authentication-key-chain", rf"{_INSTANCE}protocols (?:\S+ )*"),),
    ),
    _Kind(
        "server-group",
        (("server-group", _RELAY),),
        (("active-server-group", rf"{_RELAY}(?:group \S+ )?"),),
    ),
    _Kind("screen", (("ids-option", "security screen "),), (("screen", r"security zones \S+ \S+ "),)),
    _Kind("scheduler", (("scheduler", "schedulers "),), (("scheduler-name", r"security policies (?:\S+ )*"),)),
    _Kind(
        "scheduler-map",
        (("scheduler-maps", "class-of-service "),),
        (("scheduler-map output-scheduler-map", r"class-of-service (?:\S+ )*"),),
    ),
)


@dataclass
class _Found:
    kind: _Kind
    defined: dict[str, list[TreeStatement]] = field(default_factory=dict)
    used: dict[str, list[TreeStatement]] = field(default_factory=dict)


def structure_settings(device: JunosDevice, sheet: Sheet) -> None:
    """What is used and whether it is there, what is there and where it is used."""
    search = _Search()
    search.run(device.top)
    certain = device.tree.complete and not device.tree.problems and search.left > 0
    for kind in search.found:
        _rows(sheet, kind, search, certain=certain)


class _Search:
    """One pass over the statements."""

    def __init__(self) -> None:
        self.found = [_Found(kind) for kind in _KINDS]
        self.words: Counter[str] = Counter()
        self.known: Counter[str] = Counter()  # the same where it is known what they name
        self.left = MAX_USES
        self.naming: dict[str, list[tuple[_Found, bool, re.Pattern[str]]]] = {}  # by the word above names
        for found in self.found:
            for defines, paths in ((True, found.kind.defined), (False, found.kind.used)):
                for words, above in paths:
                    for word in words.split():
                        self.naming.setdefault(word, []).append((found, defines, re.compile(above)))

    def run(self, top: TreeStatement) -> None:
        """Every statement and what stands below it."""
        for statement in top.below():
            for name in _NAMES.findall(statement.word):
                self.words[name] += 1
            if statement.children and statement.word in self.naming:
                self._names(statement)

    def _names(self, statement: TreeStatement) -> None:
        words, grouped = _scoped(statement.path)
        above = "".join("_".join(word.split()) + " " for word in words[:-1])
        fitting = [(f, defines) for f, defines, pattern in self.naming[statement.word] if pattern.fullmatch(above)]
        for child in statement.children.values() if fitting else ():
            if child.word in _ASIDE:
                continue
            self.known.update(_NAMES.findall(child.word))
            for found, defines in fitting:
                if defines and not grouped:
                    found.defined.setdefault(child.word, []).append(child)
                elif not grouped:
                    self._use(found, child)

    def _use(self, found: _Found, child: TreeStatement) -> None:
        for name in _NAMES.findall(child.word):
            if self.left and not re.fullmatch(found.kind.built_in, name):
                self.left -= 1
                found.used.setdefault(name, []).append(child)


def _scoped(path: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """A path without the system or group that it is of, and whether it is in a group, which says nothing itself."""
    grouped = path[:1] == ("groups",)
    words = path[2:] if grouped else path
    return (words[2:] if words[:1] and words[0] in SYSTEMS else words), grouped


def _rows(sheet: Sheet, found: _Found, search: _Search, *, certain: bool) -> None:
    kind = found.kind
    for name, uses in found.used.items():  # certain: the whole configuration was read
        told = YES if name in found.defined else NO if certain else UNTOLD
        nodes = list(_lines(uses))
        if nodes:
            put_defined(sheet, f"{kind.name} {name}", told, nodes)
    for name, statements in found.defined.items():
        where = [" ".join(use.path[:-1]) for use in found.used.get(name, ())]
        at = next(_lines(statements), None)
        if at is not None and not re.fullmatch(kind.built_in, name):
            elsewhere = search.words[name] > search.known[name] or not certain
            put_used(sheet, f"{kind.name} {name}", where, at, mentioned=elsewhere)


def _lines(statements: list[TreeStatement]) -> Iterator[Node]:
    return (node for one in statements if (node := leaf(one)) is not None)
