"""Policies of a firewall, and those of what is for the device itself, as access lists."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.configs import acls
from scanner.configs.acl_entries import ANY, AclEntry
from scanner.configs.dialects.fortinet_fortios.objects import Objects
from scanner.configs.dialects.fortinet_fortios.tables import (
    ENABLE,
    Device,
    entries,
    is_on,
    setting,
    value,
    values,
)
from scanner.configs.nodes import Node
from scanner.configs.settings import Sheet

_DEFAULT_ACTIONS = (("all interfaces", "deny"), ("local-in", "permit"))
_LISTS = (  # path, name, of IPv6 alone
    ("firewall policy", "policy", False),
    ("firewall policy6", "policy6", True),
    ("firewall consolidated policy", "consolidated-policy", False),
    ("firewall security-policy", "security-policy", False),
    ("firewall local-in-policy", "local-in-policy", False),
    ("firewall local-in-policy6", "local-in-policy6", True),
)
_ALL_BUT, _EVERY_SERVICE_BUT = "group not ", "service not "
_WHO = (
    *("users", "groups", "fsso-groups", "ztna-ems-tag", "src-vendor-mac"),
    *("application", "app-category", "url-category"),
)
_INTERNET = ("name", "id", "custom", "group", "custom-group", "fortiguard")


def policy_settings(device: Device, sheet: Sheet) -> None:
    """The rows about policies."""
    acls.rows(sheet, _read_policies(device), _DEFAULT_ACTIONS, rest_logged=_logs_the_rest(device))


def _read_policies(device: Device) -> acls.Acls:
    """The lists of each virtual domain, and where they hold."""
    lists = acls.Acls()
    objects: dict[str, Objects] = {}
    by_profile = {t.domain for t in device.tables("system settings") if value(t.node, "ngfw-mode") == "policy-based"}
    for path, name, six in _LISTS:
        for table in device.tables(path):
            known = objects.setdefault(table.domain, Objects(device, table.domain))
            acl = lists.open(table.called(name), table.node)
            local = name.startswith("local-in")
            for number, entry in entries(table.node):
                if value(entry, "status", ENABLE) == ENABLE:
                    acl.entries += _policy(entry, number, known, only6=six, local=local)
            if not acl.entries:  # nothing but the rule that denies the rest
                del lists[acl.name]
            elif name == "policy" and table.domain in by_profile:
                acl.selects.append("security-policy")
            else:
                acl.uses.append("local-in" if local else "all interfaces")
    return lists


def _logs_the_rest(device: Device) -> bool:
    """What no policy matches is logged."""
    return any(is_on(t.node, "fwpolicy-implicit-log") for t in device.tables("log setting"))


def _policy(entry: Node, number: str, objects: Objects, *, only6: bool, local: bool) -> Iterator[AclEntry]:
    """A policy as entries, one for each protocol and family that it is about."""
    action = {"accept": "permit", "ipsec": "permit"}.get(value(entry, "action", "deny"), "deny")
    services = objects.services(values(entry, "service") or (["ALL"] if local else []))
    if is_on(entry, "service-negate"):
        services = [("ip", f"{_EVERY_SERVICE_BUT}{' '.join(values(entry, 'service'))}")]
    narrowed = [key for key in _WHO if setting(entry, key)]
    timed = value(entry, "schedule", "always") != "always"
    logs = value(entry, "logtraffic") == "all" or is_on(entry, "logtraffic")
    name = ""
    for six in (False, True):
        ends = _ends(entry, objects, six=six, only6=only6)
        if ends is None:
            continue
        for protocol, options in services or [("ip", "")]:
            words = " ".join(w for w in (options, " ".join(narrowed)) if w)
            family = "ipv6" if protocol == "ip" and six else protocol
            kind = options.split(" ", 1)[0] if protocol == "ip" and options else protocol
            name = f"{number}/{'ipv6-' * six}{kind}" if name else number
            unsure = action == "permit" and not narrowed and _may_be_all(ends, options)
            yield AclEntry(entry, name, action, family, *ends, words, _between(entry), logs, timed, unsure)


def _ends(entry: Node, objects: Objects, *, six: bool, only6: bool) -> tuple[str, str] | None:
    """Source and destination of one family; None where the policy says nothing of it."""
    if only6 and not six:
        return None
    found = []
    for end, service in (("srcaddr", "internet-service-src"), ("dstaddr", "internet-service")):
        keys = (end,) if only6 else (f"{end}6",) if six else (end, f"{end}4")
        names = [name for key in keys for name in values(entry, key)]
        if is_on(entry, service) and not six:
            kinds = [name for kind in _INTERNET for name in values(entry, f"{service}-{kind}")]
            found.append(f"group {' '.join(kinds) or 'of the Internet'}")
        elif not names:
            return None
        elif is_on(entry, f"{keys[0]}-negate"):
            if objects.addresses(names, six=six) == ANY:
                return None  # all but all
            found.append(f"{_ALL_BUT}{' '.join(names)}")
        else:
            found.append(objects.addresses(names, six=six))
    return found[0], found[1]


def _may_be_all(ends: tuple[str, str], options: str) -> bool:
    """Hardly anything may be left out: what it is not about is named."""
    named = [*ends, options]
    open_ = all(not text or text == ANY or text.startswith((_ALL_BUT, _EVERY_SERVICE_BUT)) for text in named)
    return open_ and any(text.startswith((_ALL_BUT, _EVERY_SERVICE_BUT)) for text in named)


def _between(entry: Node) -> str:
    """The interfaces that it is about; empty for all."""
    start, stop = (values(entry, key) or ["any"] for key in ("srcintf", "dstintf"))
    if setting(entry, "intf"):
        on = values(entry, "intf")
        return "" if "any" in on else f"on {','.join(on)}"
    if "any" in start and "any" in stop:
        return ""
    return f"from {','.join(sorted(start))} to {','.join(sorted(stop))}"
