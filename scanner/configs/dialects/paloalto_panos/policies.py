"""Security rules as access lists, one for each virtual system, in which each entry holds between the zones it names.

Sources: PAN-OS Administrator's Guide ("Security Policy", "Components of a Security Policy Rule", "Security Policy
Actions", "Create a Security Policy Rule"), Panorama Administrator's Guide ("Device Group Policies"). Rules are asked
from the top, those before and behind of Panorama first and last; what none matches is denied between zones and allowed
within one, without a message, unless the default rules are overridden. ``application-default`` are the ports of each
application, which no configuration tells.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from scanner.configs import acls
from scanner.configs.acl_entries import ANY, AclEntry
from scanner.configs.acls import Acls
from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.dialects.paloalto_panos.objects import DEFAULT, PanosObjects
from scanner.configs.nodes import Node
from scanner.configs.settings import Sheet
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, one, value, words

NAME = "security-rules"
_MOST_ENTRIES = 200  # that one rule is written out as
_DENIES = ("deny", "drop", "reset-client", "reset-server", "reset-both")
_MUST = ("from", "to", "source", "destination", "application")
_NARROWS = ("source-user", "category", "hip-profiles", "source-hip", "destination-hip")
_READ = frozenset(
    (*_MUST, *_NARROWS, "service", "action", "disabled", "negate-source", "negate-destination", "rule-type")
    + ("log-start", "log-end", "schedule")
)
_TELLS_NOTHING_WORDS = (
    "log-setting description tag group-tag profile-setting option qos icmp-unreachable target uuid saas-user-list"
    " saas-tenant-list disable-inspect audit-comment"
)
_TELLS_NOTHING = frozenset(_TELLS_NOTHING_WORDS.split())
_BY_APPLICATION = f"service {DEFAULT}"  # on the ports that each application is known to use
_BEFORE, _OWN, _BEHIND = "pre-rulebase", "rulebase", "post-rulebase"


class _Rules:
    """The rules of a scope. objects: what they may name. six: it speaks IPv6."""

    def __init__(self, name: str, scope: TreeStatement, objects: PanosObjects, *, six: bool) -> None:
        self.name, self.scope, self.objects, self.six = name, scope, objects, six


def policy_settings(device: PanosDevice, sheet: Sheet) -> None:
    """The rows about security rules."""
    lists = Acls()
    actions: list[tuple[str, str]] = []
    logged = True
    for rules in _scopes(device):
        used = "all interfaces" if not rules.name else f"all interfaces of {rules.name}"
        acl = None
        for rulebase in (_BEFORE, _OWN, _BEHIND):
            for rule in inside(rules.scope, rulebase, "security", "rules"):
                node = leaf(rule)
                if node is None or value(rule, "disabled") == "yes":
                    _set_aside(rule)
                    continue
                acl = acl or lists.open(f"{rules.name} {NAME}".strip(), node)
                acl.entries += _entries(rule, rules)
        default, logs, node = _rest(device, rules)
        if acl is None and default == "permit" and node is not None:
            acl = lists.open(f"{rules.name} {NAME}".strip(), node)
            acl.entries.append(AclEntry(node, "interzone-default", "permit", "ip", ANY, ANY))
        if acl is not None:
            acl.uses.append(used)
            actions.insert(0, (used, default))
            logged = logged and logs
    acls.rows(sheet, lists, actions, rest_logged=logged, named=())


def _scopes(device: PanosDevice) -> Iterator[_Rules]:
    """Virtual systems and device groups with what their rules may name."""
    for lead in ("vsys vsys1", "shared"):
        for kind in (_BEFORE, _OWN, _BEHIND, "address", "address-group", "service", "service-group"):
            device.part(*lead.split(), kind)
    device.part("device-group")
    shared = at(device.top, "shared")
    outer = [shared] if shared is not None else []
    six = _speaks_ipv6(device)
    systems = inside(device.top, "vsys")
    for scope in systems:
        yield _Rules(scope.word if len(systems) > 1 else "", scope, PanosObjects([scope, *outer]), six=six)
    for group in inside(device.top, "device-group"):
        yield _Rules(f"device-group {group.word}", group, PanosObjects([group, *outer]), six=False)
    for scope in outer:
        if any(at(scope, kind) is not None for kind in (_BEFORE, _OWN, _BEHIND)):
            yield _Rules("shared", scope, PanosObjects([scope]), six=False)


def _speaks_ipv6(device: PanosDevice) -> bool:
    interfaces = at(device.top, "network", "interface")
    return interfaces is not None and any(
        s.word == "ipv6" and (value(s, "enabled") == "yes" or at(s, "address")) for s in interfaces.below()
    )


def _rest(device: PanosDevice, rules: _Rules) -> tuple[str, bool, Node | None]:
    """What becomes of what no rule matches between zones, whether that is logged, and the line that says so."""
    shared = at(device.top, "shared")
    untold = device.managed or rules.name.startswith(("device-group", "shared"))
    for scope in (rules.scope, shared):
        for rulebase in (_BEHIND, _OWN):
            rule = at(scope, rulebase, "default-security-rules", "rules", "interzone-default")
            if rule is not None:
                action = value(rule, "action")
                for each in rule.below():
                    each.understand()
                logs = "yes" in (value(rule, "log-end"), value(rule, "log-start"))
                return ("unknown" if untold else "permit" if action == "allow" else "deny"), logs, leaf(rule)
    return ("unknown" if untold else "deny"), False, None


def _set_aside(rule: TreeStatement) -> None:
    for each in rule.below():
        each.understand()


def _entries(rule: TreeStatement, rules: _Rules) -> Iterator[AclEntry]:
    """A rule as entries, one for each protocol and version of IP that it is about."""
    node = leaf(rule)
    if node is None:
        return
    action = value(rule, "action")
    told = "permit" if action == "allow" else "deny" if action in _DENIES else ""
    for child in rule:
        if child.word in _TELLS_NOTHING:
            _set_aside(child)
    odd = [child.word for child in rule if child.word not in _READ and child.word not in _TELLS_NOTHING]
    zones = _between(rule)
    if not told or any(not words(rule, word) for word in _MUST):
        said = "a part of the rule is not told"
        yield AclEntry(node, rule.word, "permit", "other", "", "", said, zones, unsure=told != "deny")
        return
    known = _narrowing(rule)
    narrowed = [*known, *(f"unknown:{word}" for word in odd)]
    timed = one(rule, "schedule") is not None
    ends, starts = value(rule, "log-end"), value(rule, "log-start")
    logs = ends != "no" or starts == "yes"
    unsure = told == "permit" and _may_be_all(rule, known)
    parts = list(itertools.islice(_parts(rule, rules), _MOST_ENTRIES + 1))
    if len(parts) > _MOST_ENTRIES:
        said = "more than is written out"
        yield AclEntry(node, rule.word, told, "other", "", "", said, zones, unsure=told != "deny")
        return
    for number, (protocol, options, source, destination) in enumerate(parts):
        said = " ".join(w for w in (options, *narrowed) if w)
        own = rule.word if not number else f"{rule.word}/{number + 1}"
        untold = options == _BY_APPLICATION and ANY in words(rule, "application")
        yield AclEntry(node, own, told, protocol, source, destination, said, zones, logs, timed, unsure, untold)


def _between(rule: TreeStatement) -> str:
    """The zones that it is about; empty for all."""
    start, stop = words(rule, "from"), words(rule, "to")
    kind = value(rule, "rule-type")
    ends = [ANY if ANY in zones else ",".join(sorted(zones)) for zones in (start, stop)]
    if kind == "intrazone":
        return f"within {ends[0]}"
    if ends == [ANY, ANY]:
        return "between zones" if kind == "interzone" else ""
    return f"from {ends[0]} to {ends[1]}" + (" between zones" if kind == "interzone" else "")


def _narrowing(rule: TreeStatement) -> list[str]:
    """What else it asks for, beside addresses and ports."""
    found = []
    applications = words(rule, "application")
    if ANY not in applications:
        found.append(f"application {','.join(applications)}")
    for word in _NARROWS:
        named = words(rule, word)
        if named and ANY not in named:
            found.append(f"{word} {','.join(named)}")
    return found


def _may_be_all(rule: TreeStatement, narrowed: Sequence[str]) -> bool:
    """Whether it permits everything is not told: on the ports of any application, or from all addresses but some."""
    if narrowed:
        return False
    ends = [ANY in words(rule, end) or value(rule, f"negate-{end}") == "yes" for end in ("source", "destination")]
    services = words(rule, "service")
    return all(ends) and (not services or ANY in services or DEFAULT in services)


def _parts(rule: TreeStatement, rules: _Rules) -> Iterator[tuple[str, str, str, str]]:
    """(protocol, options, source, destination) of each entry that the rule is."""
    given = words(rule, "service")
    services = rules.objects.services([s for s in given if s != DEFAULT]) if given != [DEFAULT] else []
    if DEFAULT in given:
        services = [*services, ("ip", _BY_APPLICATION)]
    inside(rule, "negate-source")
    for version in (4, 6) if rules.six else (4,):
        ends = [
            rules.objects.ends(words(rule, end), version, out=value(rule, f"negate-{end}") == "yes")
            for end in ("source", "destination")
        ]
        if "" in ends:
            continue
        for protocol, options in services:
            yield "ipv6" if protocol == "ip" and version == 6 else protocol, options, ends[0], ends[1]
