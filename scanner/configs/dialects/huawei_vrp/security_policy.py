"""The security policy of a USG firewall: its rules, and the access list that they are.

Sources: Huawei USG6000, USG6000E and USG9500 Command References (security-policy, rule name, default action, firewall
zone). Rules are tried in their order; one without an action is none. What no rule matches is denied between zones
unless the default action says otherwise, and leaves no message.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.configs.acl_entries import AclEntry
from scanner.configs.acls import UNTOLD, Acls
from scanner.configs.dialects.huawei_vrp.firewall_objects import (
    FirewallObjects,
    address_words,
    service_words,
    words_after,
)
from scanner.configs.nodes import Node, last
from scanner.configs.settings import Sheet
from scanner.configs.tree import Tree
from scanner.configs.unread_policies import unread_policies

NAME = "security-policy"
LOCAL = "local"
_PLAIN = frozenset(  # lines of a rule that let it match neither less nor more
    ("source-zone", "destination-zone", "source-address", "destination-address", "service", "action", "description")
    + ("disable", "enable", "policy", "session", "traffic", "long-link", "parent-group", "tag", "profile")
)
_NARROWS = frozenset(
    ("application", "user", "time-range", "url-category", "vlan-id", "device-classification", "access-type")
    + ("source-address-exclude", "destination-address-exclude", "terminal-type")
)
_MOST_ENTRIES = 200  # that one rule is written out as


@dataclass(frozen=True)
class ZoneRule:
    """A rule. sources, destinations, services: as the words of its lines; permit: None without an action.

    narrowed: by something else, words of which these are.
    """

    node: Node
    name: str
    permit: bool | None
    zones: tuple[tuple[str, ...], tuple[str, ...]]
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    services: tuple[str, ...]
    narrowed: tuple[str, ...]
    logs: bool

    def holds_for(self, zone: str, side: int) -> bool:
        """The zone is one that it names, or it names none."""
        return not self.zones[side] or zone in self.zones[side]


def policy_blocks(tree: Tree) -> list[Node]:
    """The blocks of the policy, as firewalls with zones have it."""
    return [b for b in tree.all("security-policy") if not b.negated and b.key == "security-policy"]


def is_followed(tree: Tree) -> bool:
    """The rules of the security policy decide, and no filters between zones as earlier releases have them.

    Virtual systems have rules of their own, which are not told apart.
    """
    older = any(
        n.is_("packet-filter") for b in tree.all("firewall interzone") for n in b.children if not n.negated
    ) or tree.all("policy interzone")
    return bool(policy_blocks(tree)) and not older and not tree.all("switch vsys")


def rules_of(tree: Tree) -> Iterator[ZoneRule]:
    """The rules in their order, without those that are disabled."""
    for block in policy_blocks(tree):
        groups = [words_after(n, "group name")[:1] for n in block.children if n.is_("group name") and _is_off(n)]
        for node in block.children:
            if node.is_("rule name") and not node.negated:
                found = _rule(node, groups)
                if found is not None:
                    yield found


def _is_off(group: Node) -> bool:
    return any(n.key == "disable" and not n.negated for n in group.children)


def _rule(node: Node, off: list[list[str]]) -> ZoneRule | None:
    """The rule; None of one that is disabled, or in a group that is. off: those groups."""
    lines = [n for n in node.children if not n.negated]
    node.understood = True
    for line in lines:
        line.understood = line.key.split()[0] in _PLAIN | _NARROWS or line.understood
    if any(n.key == "disable" or (n.is_("parent-group") and words_after(n, "parent-group")[:1] in off) for n in lines):
        return None
    action = last(lines, "action")
    told = action.key.split()[1:2] if action else []
    permit = {"permit": True, "deny": False}.get("".join(told))
    named = {
        word: [words_after(n, word) for n in lines if n.key.split()[0] == word]
        for word in ("source-zone", "destination-zone", "source-address", "destination-address", "service")
    }
    zones = [
        tuple(dict.fromkeys(w.lower() for ws in named[f"{side}-zone"] for w in ws))
        for side in ("source", "destination")
    ]
    ends = [
        tuple(dict.fromkeys(e for ws in named[f"{side}-address"] for e in address_words(ws)))
        for side in ("source", "destination")
    ]
    return ZoneRule(
        node,
        " ".join(words_after(node, "rule name")),
        permit,
        (() if "any" in zones[0] else zones[0], () if "any" in zones[1] else zones[1]),
        ends[0],
        ends[1],
        tuple(dict.fromkeys(s for ws in named["service"] for s in service_words(ws))),
        tuple(n.text for n in lines if n.key.split()[0] not in _PLAIN),
        any(n.key in ("policy logging", "session logging") for n in lines),
    )


def default_permits(tree: Tree) -> Node | None:
    """The line by which what no rule matches passes between zones."""
    found = [last(block.children, "default action") for block in policy_blocks(tree)]
    node = next((n for n in reversed(found) if n is not None), None)
    return node if node is not None and not node.negated and node.key.endswith(" permit") else None


def read_security_policy(tree: Tree, lists: Acls, *, six: bool) -> None:
    """Put the rules among the lists, as one that decides between the zones."""
    if not is_followed(tree):
        return
    objects = FirewallObjects(tree)
    acl = None
    for rule in rules_of(tree):
        acl = acl or lists.open(NAME, policy_blocks(tree)[0])
        acl.entries += _entries(rule, objects, six=six)
    default = default_permits(tree)
    if default is not None:
        acl = acl or lists.open(NAME, default)
        acl.entries.append(AclEntry(default, "default action", "permit", "ip", "any", "any"))
    if acl is not None:
        acl.uses.append("between zones")


def _entries(rule: ZoneRule, objects: FirewallObjects, *, six: bool) -> Iterator[AclEntry]:
    """A rule as entries, one for each protocol and version of IP that it is about."""
    start, stop = (",".join(names) or "any" for names in rule.zones)
    zones = "" if (start, stop) == ("any", "any") else f"from {start} to {stop}"
    if rule.permit is None:
        return
    action = "permit" if rule.permit else "deny"
    parts = []
    for version in (4, 6) if six else (4,):
        ends = [objects.ends(names, version) for names in (rule.sources, rule.destinations)]
        for protocol, options in objects.services(rule.services) if all(ends) else ():
            if (protocol, version) not in (("icmp", 6), ("icmpv6", 4)):
                family = "ipv6" if protocol == "ip" and version == 6 else protocol
                parts.append((family, options, *ends))
    timed = any(text.lower().startswith("time-range") for text in rule.narrowed)
    narrowed = [text for text in rule.narrowed if not text.lower().startswith("time-range")]
    if len(parts) > _MOST_ENTRIES:
        parts = [("other", "more than is written out", "", "")]
    for number, (protocol, options, source, destination) in enumerate(itertools.islice(parts, _MOST_ENTRIES)):
        own = rule.name if not number else f"{rule.name}/{number + 1}"
        said = " ".join(w for w in (options, *narrowed) if w)
        unsure = protocol == "other" and rule.permit
        yield AclEntry(
            rule.node, own, action, protocol, source, destination, said, zones, rule.logs, timed, unsure=unsure
        )


def unread_rules(tree: Tree, sheet: Sheet) -> None:
    """Of the policy what may permit everything: all of one that is not followed, rules whose action is not told."""
    if not is_followed(tree):
        unread_policies("security-policy")(tree, sheet)
        return
    for rule in rules_of(tree):
        if rule.permit is None and last(rule.node.children, "action") is not None:
            sheet.put("acl", f"acl {NAME} entry {rule.name}", "permits_any", UNTOLD, rule.node)
