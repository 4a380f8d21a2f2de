"""Which interfaces accept logins and what is asked of the device itself there: ``allowaccess`` and what limits it."""

from __future__ import annotations

from typing import NamedTuple

from scanner.configs.dialects.fortinet_fortios.tables import (
    ENABLE,
    Device,
    entries,
    inner,
    is_on,
    setting,
    value,
    values,
)
from scanner.configs.nodes import Node

LOGINS = frozenset(("ssh", "telnet", "http", "https"))
_NO_ADDRESS = ("", "0.0.0.0", "0.0.0.0/0", "::/0", "::")  # noqa: S104


class Access(NamedTuple):
    """What an interface that is up and has an address lets in. line: the one that says so, the entry without one."""

    name: str
    line: Node
    services: frozenset[str]
    ipv6: bool  # some of it over IPv6


def accesses(device: Device) -> list[Access]:
    """Each interface on which the device can be reached."""
    found = []
    bridged = any(value(t.node, "opmode") == "transparent" for t in device.tables("system settings"))
    for table, name, entry in device.entries("system interface"):
        if value(entry, "status", "up") == "down":
            continue
        v6 = inner(entry, "ipv6")
        services = set(map(str.lower, values(entry, "allowaccess"))) if bridged or _addressed(entry) else set()
        line = setting(entry, "allowaccess")
        for _, second in entries(inner(entry, "secondaryip")):
            services |= set(map(str.lower, values(second, "allowaccess")))
        services6 = set(map(str.lower, values(v6, "ip6-allowaccess")))
        if bridged or _addressed_by_six(v6):
            line = line or setting(v6, "ip6-allowaccess")
        else:
            services6 = set()
        every = frozenset(services | services6)
        found.append(Access(table.called(name), line or entry, every, bool(services6 & LOGINS)))
    return found


def _addressed_by_six(settings: Node | None) -> bool:
    """Given, or taken from a router (``autoconf``), a DHCP server or a provider."""
    return (
        value(settings, "ip6-mode", "static") != "static"
        or value(settings, "ip6-address") not in _NO_ADDRESS
        or is_on(settings, "autoconf")
    )


def _addressed(entry: Node) -> bool:
    return (
        value(entry, "mode", "static") != "static"
        or value(entry, "ip") not in _NO_ADDRESS
        or any(value(entry, key) not in _NO_ADDRESS for key in ("management-ip", "ipunnumbered"))
    )


def knows_interfaces(device: Device) -> bool:
    """The configuration lists interfaces."""
    return bool(device.tables("system interface"))


def local_denials(device: Device) -> Node | None:
    """A policy that refuses something to the device itself, which may limit logins."""
    for _, _, policy in device.entries("firewall local-in-policy", "firewall local-in-policy6"):
        if value(policy, "status", ENABLE) == ENABLE and value(policy, "action", "deny") == "deny":
            return policy
    return None
