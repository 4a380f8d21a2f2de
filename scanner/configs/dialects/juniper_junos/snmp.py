"""SNMP: the agent, communities with their clients, groups and users of version 3, receivers of traps.

Source: Junos OS Network Management and Monitoring Guide and CLI Reference (snmp community, client-list, interface,
trap-group, v3 usm, vacm, snmp-community, target-address, target-parameters). The agent answers once a community or a
user is there; a community without clients answers everybody, one without authorization reads alone; traps go out as
version 2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_network

from scanner.configs.acl_objects import is_everybody
from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.guard import guard_of
from scanner.configs.dialects.juniper_junos.prefixes import Prefix, entries, named, networks, of_list
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_write_view
from scanner.configs.snmp_views import EVERYTHING, ViewEntry, limiting
from scanner.configs.statements.statement import TreeStatement, at, has, inside, leaf, one, place, value

_LEVELS = {"none": "noauth", "authentication": "auth", "privacy": "priv"}
_UDP = 17
_AGENT = 161
_UNTOLD = "unknown"


def snmp_settings(device: JunosDevice, sheet: Sheet) -> None:
    """The agent with what it answers."""
    agent = device.part("snmp")
    communities = entries(agent, "community")
    v3 = at(agent, "v3")
    mapped = entries(v3, "snmp-community")
    users = _users(v3)
    elsewhere = [
        (f"{user.word} of engine {engine.word}", user)
        for engine in entries(v3, "usm", "remote-engine")
        for user in entries(engine, "user")
    ]
    on = bool(communities or users or mapped)
    sheet.put("snmp", "agent", "enabled", YES if on else NO, leaf(agent) if on else None, present=on)
    for name, user in elsewhere:
        _user(sheet, name, user)
    _receivers(sheet, agent, v3)
    if not on:
        return
    versions = ["v1", "v2c"] * bool(communities or mapped) + ["v3"] * bool(users)
    first = communities[0] if communities else mapped[0] if mapped else users[0][1]
    sheet.put("snmp", "agent", "versions", ",".join(versions), leaf(first))
    guard = guard_of(device).limit("snmp", _AGENT, protocol=_UDP)
    outside = guard.who if guard.who not in (ABSENT, "ipv4-only", "ipv6-only") else ""
    views = [
        ViewEntry(view.word, part.word, not has(part, "exclude"))
        for view in entries(agent, "view")
        for part in entries(view, "oid")
    ]
    for number, community in enumerate(communities, 1):
        _community(device, sheet, f"community {number}", community, outside)
        _view(sheet, f"community {number}", one(community, "view"), views)
    for number, entry in enumerate(mapped, len(communities) + 1):
        called = one(entry, "community-name")
        _names(sheet, f"community {number}", called or entry, "ro")
        sheet.put("snmp", f"community {number}", "acl", outside or UNKNOWN, place(called, entry))
    for name, user in users:
        _user(sheet, name, user)
    _groups(sheet, v3, outside, views)


def _names(sheet: Sheet, item: str, community: TreeStatement, access: str) -> None:
    node = leaf(community)
    secret = community.secret
    known = secret.default if secret else None
    sheet.put("snmp", item, "access", access, place(one(community, "authorization"), community) or node)
    sheet.put("snmp", item, "default_community", _UNTOLD if known is None else YES if known else NO, node)
    sheet.put("snmp", item, "storage", secret.storage if secret else _UNTOLD, node)


def _view(sheet: Sheet, item: str, view: TreeStatement | None, views: Sequence[ViewEntry]) -> None:
    seen = limiting(view.word, views) if view else ABSENT
    sheet.put("snmp", item, "view", seen, place(view), present=view is not None)


def _community(device: JunosDevice, sheet: Sheet, item: str, community: TreeStatement, outside: str) -> None:
    access = {"read-only": "ro", "read-write": "rw", "": "ro"}.get(value(community, "authorization"), _UNTOLD)
    _names(sheet, item, community, access)
    told, node = _clients(device, community)
    if told == ABSENT and outside:
        told = outside
    sheet.put("snmp", item, "acl", told, node, present=node is not None)


def _clients(device: JunosDevice, community: TreeStatement) -> tuple[str, Node | None]:
    """Who may use a community. A client that is restricted may not."""
    named_list = one(community, "client-list-name")
    if named_list is not None:
        own = at(device.part("snmp"), "client-list", named_list.word)
        found = _prefixes(own) if own is not None else of_list([device.top], named_list.word)
        return _limit(found, named_list.word), place(named_list)
    own = at(community, "clients")
    clients = entries(own) if own is not None else []
    if not clients:
        return ABSENT, None
    return _limit(_prefixes(own), "clients"), leaf(clients[0])


def _prefixes(clients: TreeStatement | None) -> list[Prefix] | None:
    listed = entries(clients) if clients is not None else []
    out = [s for s in listed if has(s, "restrict") or has(s, "except")]
    found = named([s for s in listed if s not in out])
    refused = named(out)
    if found is None or refused is None:
        return None
    return found + [Prefix(p.network, out=True) for p in refused]


def _limit(prefixes: list[Prefix] | None, name: str) -> str:
    if prefixes is None:
        return UNKNOWN
    open_ = [v for v in (4, 6) if is_everybody(networks(prefixes, v) or [ip_network("192.0.2.0/32")])]
    return ABSENT if 4 in open_ else "ipv4-only" if open_ else name


def _users(v3: TreeStatement | None) -> list[tuple[str, TreeStatement]]:
    return [(u.word, u) for u in entries(v3, "usm", "local-engine", "user")]


_AUTH = re.compile(r"authentication-(md5|sha\d*)$")
_PRIV = re.compile(r"privacy-(des|3des|aes\d+)$")


def _user(sheet: Sheet, name: str, user: TreeStatement) -> None:
    """What a user must prove, by what algorithms."""
    item = f"user {name}"
    found: dict[str, tuple[str, TreeStatement]] = {}
    for child in user:
        for setting, form in (("auth_algorithm", _AUTH), ("priv_algorithm", _PRIV)):
            if told := form.match(child.word):
                found[setting] = (told[1], child)
                for each in child.below():
                    each.understand()
        if child.word in ("authentication-none", "privacy-none"):
            child.understand()
    level = "priv" if "priv_algorithm" in found else "auth" if "auth_algorithm" in found else "noauth"
    sheet.put("snmp", item, "level", level, leaf(user))
    for setting in ("auth_algorithm", "priv_algorithm"):
        if setting in found:
            algorithm, statement = found[setting]
            sheet.put("snmp", item, setting, algorithm, leaf(statement))
        else:
            sheet.missing("snmp", item, setting)


def _groups(sheet: Sheet, v3: TreeStatement | None, outside: str, views: Sequence[ViewEntry]) -> None:
    """The least that each group of version 3 asks for, and the view that it may write."""
    for group in entries(v3, "vacm", "access", "group"):
        levels = [
            s
            for prefix in (*inside(group, "default-context-prefix"), *_contexts(group))
            for model in ([prefix] if prefix.word == "security-model" else inside(prefix, "security-model"))
            for kind in (inside(model) if prefix.word == "security-model" else [model])
            if kind.word in ("usm", "any")
            for s in inside(kind, "security-level")
        ]
        if not levels:
            continue
        item = f"group {group.word}"
        least = min(levels, key=lambda s: list(_LEVELS).index(s.word) if s.word in _LEVELS else -1)
        sheet.put("snmp", item, "version", "v3", leaf(group))
        sheet.put("snmp", item, "level", _LEVELS.get(least.word, UNKNOWN), leaf(least))
        written = [w for s in levels if (w := one(s, "write-view"))]
        widest = next((w for w in written if limiting(w.word, views) == EVERYTHING), next(iter(written), None))
        put_write_view(sheet, item, widest.word if widest else "", place(widest), views)
        if outside != UNKNOWN:
            sheet.put("snmp", item, "acl", outside or ABSENT, leaf(group), present=bool(outside))


def _contexts(group: TreeStatement) -> list[TreeStatement]:
    return [s for prefix in inside(group, "context-prefix") for s in inside(prefix)]


def _receivers(sheet: Sheet, agent: TreeStatement | None, v3: TreeStatement | None) -> None:
    """Where traps go, and as which version."""
    number = 0
    for group in entries(agent, "trap-group"):
        version = {"v1": "1", "v2": "2c", "all": "1", "": "2c"}.get(value(group, "version"), _UNTOLD)
        for target in inside(group, "targets"):
            number += 1
            node = place(one(group, "version"), target) or leaf(target)
            sheet.put("snmp", f"host {target.word} ({number})", "version", version, node)
    parameters = {p.word: at(p, "parameters") for p in entries(v3, "target-parameters")}
    for target in entries(v3, "target-address"):
        said = parameters.get(value(target, "target-parameters"))
        model = value(said, "message-processing-model")
        number += 1
        item = f"host {value(target, 'address') or target.word} ({number})"
        told = {"v1": "1", "v2c": "2c", "v3": "3"}.get(model, _UNTOLD)
        sheet.put("snmp", item, "version", told, leaf(target))
        if told == "3":
            level = one(said, "security-level")
            sheet.put(
                "snmp", item, "level", _LEVELS.get(level.word if level else "", UNKNOWN), place(level) or leaf(target)
            )
