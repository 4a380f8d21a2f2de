"""Access lists: those of ports, and those that guard the services of the switch itself (type CTRLPLANE).

Source: SONiC ACL YANG model, aclorch (sonic-swss), caclmgrd (sonic-host-services). The rule with the highest priority
that fits decides. What no rule of a port's list matches is forwarded. As soon as one rule guards any service the switch
drops what comes to it and no rule lets in, over IPv4 and IPv6; caclmgrd sorts priorities as texts, and of two rules
with one priority only one holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_network

from scanner.configs import acls
from scanner.configs.acl_entries import ANY, NUMBERS, AclEntry
from scanner.configs.dialects.sonic.rule_fields import ADDRESSES, FORMS, KINDS, NARROWS, READ
from scanner.configs.dialects.sonic.tables import ConfigDb, TableEntry, aside
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, CLOSED, UNKNOWN, Sheet, whole
from scanner.configs.source_lists import tell_checked_sources

_REST = ("interface", "permit")  # what becomes of what no rule matches
_GUARDED = {"SSH": (22, "line ssh in"), "SNMP": (161, "snmp agent"), "NTP": (123, "time device")}
_OTHER = ("EXTERNAL_CLIENT", "ANY", "REDFISH")  # services of such lists, too
_PERMITS = ("FORWARD", "ACCEPT")
_IPV4, _IPV6 = ("2048", "0x800", "0x0800"), ("34525", "0x86dd")
_TYPES = {"IP": "any", "IPV4": "ip", "IPV4ANY": "ip", "IPV6": "ipv6", "IPV6ANY": "ipv6", "ANY": "any"}
_MIRRORS = "MIRROR"  # lists that choose what is mirrored; any other may drop


@dataclass
class SonicLists:
    """The access lists of a switch. guards: those of services by service; unsure: services of which it cannot be told
    who gets in; dropped: what nothing lets in is dropped; tied: lists of which two rules have one priority.
    """

    all: acls.Acls = field(default_factory=acls.Acls)
    guards: dict[str, list[str]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    dropped: bool = False
    tied: set[str] = field(default_factory=set)
    ports: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # port, in or out -> lists
    node: Node | None = None  # the table of lists

    def guard(self, service: str, port: str = "") -> tuple[str, Node | None]:
        """Who limits who may use a service: lists, absent, closed, unknown-default. port: where it listens."""
        if self.unsure & {service, "ANY"} or (self.unsure and "EXTERNAL_CLIENT" in self.guards):
            return UNKNOWN, None
        elsewhere = service not in _GUARDED or (port and port != str(_GUARDED[service][0]))
        if elsewhere and self.dropped and self.guards.keys() & {"EXTERNAL_CLIENT", "ANY"}:
            return UNKNOWN, None
        names = self.guards.get(service, []) + self.guards.get("ANY", [])
        if not names or elsewhere:
            return (CLOSED if self.dropped else ABSENT), self.node
        return ",".join(names), self.all[names[0]].node

    def on(self, port: str, way: str) -> tuple[str, Node | None]:
        """The lists on what comes in at a port or goes out there."""
        names = self.ports.get((port, way), [])
        return (",".join(names), self.all[names[0]].node) if names else (ABSENT, None)


def read_lists(db: ConfigDb) -> SonicLists:
    """All of them."""
    lists = SonicLists()
    tables = {e.name: e for e in db.entries("ACL_TABLE")}
    rules: dict[str, list[TableEntry]] = {}
    orphans: dict[str, TableEntry] = {}
    for rule in db.entries("ACL_RULE"):
        if rule.name in tables:
            rules.setdefault(rule.name, []).append(rule)
        else:
            orphans.setdefault(rule.name, rule)
    for name, table in tables.items():
        kind = table.of("type").upper()
        _read_list(lists, name, table, kind, rules.get(name, []))
        if kind == "CTRLPLANE":
            _guard(lists, name, table, rules.get(name, []))
        else:
            _bind(lists, name, table, filters=not kind.startswith(_MIRRORS))
    types = {e.name.upper() for e in db.entries("ACL_TABLE_TYPE")}
    for table in tables.values():
        _doubt_table(table, types)
    for several in rules.values():
        for rule in several:
            _doubt_rule(rule)
    for name, rule in orphans.items():
        lists.all.open(name, rule.node)  # rules of a list that is not there hold nowhere
    return lists


def _doubt_table(table: TableEntry, types: set[str]) -> None:
    """A type or a service that nobody knows is not understood."""
    if table.of("type").upper() not in (*KINDS, *types):
        table.doubt("type")
    if any(service.upper() not in (*_GUARDED, *_OTHER) for service in table.listed("services")):
        table.doubt("services")


def _doubt_rule(rule: TableEntry) -> None:
    """Values in a form that they cannot have are not understood."""
    for name, form in FORMS.items():
        text = rule.of(name)
        if text and not re.fullmatch(form, text, re.IGNORECASE):
            rule.doubt(name)
    for name in ADDRESSES:
        if _network(rule, name).startswith("group "):
            rule.doubt(name)


def source_settings(lists: SonicLists, sheet: Sheet) -> None:
    """Whether the lists at interfaces check sources; when their rows and the addresses are there."""
    tell_checked_sources(sheet, lists.all, (_REST,))


def list_settings(lists: SonicLists, sheet: Sheet) -> None:
    """The rows about them."""
    deny = (("line", "deny"), ("snmp", "deny"), ("time", "deny"), ("service", "deny"))
    acls.rows(sheet, lists.all, (*deny, _REST), named=())


def _read_list(lists: SonicLists, name: str, table: TableEntry, kind: str, rules: list[TableEntry]) -> None:
    acl = lists.all.open(name, table.line("type"))
    for field_ in ("type", "stage", "policy_desc", "services", "ports"):
        table.at(field_)
    if len({_priority(rule) for rule in rules}) < len(rules):
        lists.tied.add(name)
    ordered = sorted(rules, key=lambda rule: -_priority(rule))
    acl.entries += [_entry(rule, kind) for rule in ordered if rule.at("PRIORITY") or rule.at("PACKET_ACTION")]


def _priority(rule: TableEntry) -> int:
    text = rule.of("PRIORITY")
    return int(text) if whole(text) else 0


def _entry(rule: TableEntry, kind: str) -> AclEntry:
    """A rule as an entry. What narrows it otherwise than by addresses, protocol and ports is one of its options."""
    action = rule.of("PACKET_ACTION").upper()
    own = kind == "CTRLPLANE"  # the service says protocol and port
    ports = () if own else _ports(rule)
    message = [] if own else _message(rule)
    others = NARROWS - _MESSAGE if message else NARROWS
    narrowed = [f"{n} {rule.of(n)}" for n in sorted(others) if rule.of(n) and not (own and action == "DROP")]
    usual = action in (*_PERMITS, "DROP")
    narrowed += [] if usual else [action.lower() or "no action"]
    strange = [*rule.others(READ | NARROWS | aside()["ACL_RULE"])]  # what it means is not told
    strange += [] if whole(rule.of("PRIORITY")) else ["no priority"]
    narrowed += strange
    source = _network(rule, "SRC_IP", "SRC_IPV6")
    destination = _network(rule, "DST_IP", "DST_IPV6")
    return AclEntry(
        rule.node,
        "|".join(rule.key[1:]) or rule.name,
        "deny" if action == "DROP" else "permit",
        _protocol(rule, kind),
        source,
        destination,
        " ".join((*ports, *message, *narrowed)),
        unsure=not usual or bool(strange),
    )


def _network(rule: TableEntry, *fields: str) -> str:
    text = next((rule.of(f) for f in fields if rule.of(f)), "")
    if not text:
        return ANY
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return f"group {text}"
    if network.prefixlen == 0:
        return ANY
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


def _protocol(rule: TableEntry, kind: str) -> str:
    number = rule.of("IP_PROTOCOL")
    if number and kind != "CTRLPLANE":
        return NUMBERS.get(number, number)
    told = _version(rule)
    if kind == "CTRLPLANE":
        return "ipv6" if told == 6 else "ip"
    if kind == "L2":
        return "other" if told is None else "any"
    named = _TYPES.get(rule.of("IP_TYPE").upper(), "")
    if rule.of("IP_TYPE") and not named:
        return "other"
    wide = {"L3": "ip", "L3V6": "ipv6"}.get(kind, "any")
    return {4: "ip", 6: "ipv6"}.get(told or 0, named or wide)


def _version(rule: TableEntry) -> int | None:
    """The version of IP that a rule is about, as the switch finds it."""
    ether = rule.of("ETHER_TYPE").lower()
    if rule.of("SRC_IPV6") or rule.of("DST_IPV6") or ether in _IPV6:
        return 6
    if rule.of("SRC_IP") or rule.of("DST_IP") or ether in _IPV4:
        texts = (rule.of("SRC_IP"), rule.of("DST_IP"))
        return 6 if any(":" in text for text in texts) else 4
    return None


_MESSAGE = frozenset(("icmp_type", "icmp_code"))


def _message(rule: TableEntry) -> list[str]:
    """The type of ICMP, with its code; nothing where that is not told by numbers."""
    told = [rule.of(field_) for field_ in ("icmp_type", "icmp_code")]
    if _protocol(rule, "") != "icmp" or not told[0] or not all(map(whole, filter(None, told))):
        return []
    return ["icmp-type", *filter(None, told)]


def _ports(rule: TableEntry) -> list[str]:
    found = []
    for side, start in (("source ", "L4_SRC_PORT"), ("", "L4_DST_PORT")):
        one, several = rule.of(start), rule.of(f"{start}_RANGE")
        if one:
            found.append(f"{side}eq {one}")
        elif several:
            found.append(f"{side}range {several.replace('-', ' ')}")
    return found


def _bind(lists: SonicLists, name: str, table: TableEntry, *, filters: bool) -> None:
    """Where a list filters traffic, or chooses what is mirrored."""
    way = "out" if table.of("stage").lower() == "egress" else "in"
    for port in table.listed("ports"):
        use = f"interface {port} {way}" if filters else f"mirror {port}"
        lists.all.use(name, table.line("ports"), use, filters=filters)
        if filters:
            lists.ports.setdefault((port, way), []).append(name)


def _guard(lists: SonicLists, name: str, table: TableEntry, rules: list[TableEntry]) -> None:
    """The services that a list guards, and what cannot be told of it."""
    lists.node = lists.node or table.node
    services = [service.upper() for service in table.listed("services")]
    version = next((v for rule in rules if (v := _version(rule))), None)
    holds = [rule for rule in rules if _version(rule) in (None, version) and rule.of("PACKET_ACTION")]
    unsure = _is_unsure(rules, holds)
    for service in services:
        if unsure or (version is None and rules) or service not in (*_GUARDED, *_OTHER):
            lists.unsure.add(service)
        if service in (*_GUARDED, *_OTHER):
            use = _GUARDED[service][1] if service in _GUARDED else f"service {service}"
            lists.all.use(name, table.line("services"), use)
            if holds:  # a list without rules guards nothing
                lists.guards.setdefault(service, []).append(name)
        lists.dropped = lists.dropped or bool(holds and version)


def _is_unsure(rules: list[TableEntry], holds: list[TableEntry]) -> bool:
    """Which rule decides depends on the release: priorities that are missing, alike, or sorted as texts otherwise; a
    rule of the other version of IP is left out.
    """
    given = [rule.of("PRIORITY") for rule in holds]
    if len(holds) < len(rules) or not all(map(whole, given)) or len(set(given)) < len(given):
        return True
    actions = {rule.of("PACKET_ACTION").upper() for rule in holds}
    if actions - {*_PERMITS[1:], "DROP"}:
        return True
    mixed = len(actions) > 1
    return mixed and sorted(given, key=int) != sorted(given)
