"""The words a rule may use, each taken from where it is defined: tables, verbs, roles, protocols, and the values of
columns that have a closed set of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from scanner import protocols
from scanner.engine.language.paths import origin
from scanner.facts.schema import TABLES
from scanner.protocols.base import IDENTITY_FIELDS, Verb
from scanner.vocabulary import ROLES, TYPES

JUDGED = tuple(name for name in TABLES if name not in {"waivers", "decisions"})  # those say how to judge
INPUTS = ("capture", "inventory", "policy", "zones", "configuration", "advisory", "output")
_TRANSPORTS = frozenset({"tcp", "udp", "sctp", "icmp", "ethernet"})
_TUNNELS = frozenset(
    {
        *("gtp-u", "gre", "erspan", "vxlan", "ip-in-ip", "pppoe", "mpls", "geneve", "etherip", "l2tp", "capwap"),
        *("pbb", "trill", "fabricpath", "nsh", "lisp", "tzsp", "esp-null", "batman-adv", "gue", "pim-register", "ah"),
    }
)
_CATEGORIES = frozenset(
    {
        "management",
        "snmp",
        "account",
        "line",
        "password-policy",
        "routing",
        "logging",
        "time",
        "interface",
        "acl",
        "structure",
        "vpn",
        "system",
    }
)
_CONFLICTS = frozenset({"address", "mac", "vendor", "model", "order_number", "serial", "firmware"})
SUMMED = frozenset(
    {
        "count",
        "accepted",
        "refused",
        "unanswered",
        "unobserved",
        "packets",
        "bytes",
        "client_packets",
        "server_packets",
        "client_bytes",
        "server_bytes",
        "connections",
        "retransmissions",
        "gaps",
        "lost_bytes",
        "skipped_bytes",
    }
)
"""Columns that are added up over the subjects of one finding; of all others the distinct values are shown."""


@functools.cache
def protocol_names() -> frozenset[str]:
    """Every protocol that some file below ``scanner/protocols`` decodes."""
    return frozenset(protocols.protocol_names())


def _roles() -> frozenset[str]:
    return frozenset(ROLES)


def _verbs() -> frozenset[str]:
    return frozenset(Verb)


_BY_NAME: dict[str, Callable[[], frozenset[str]]] = {
    "verb": _verbs,
    "verbs": _verbs,
    "client_roles": _roles,
    "server_roles": _roles,
    "client_assigned_roles": _roles,
    "server_assigned_roles": _roles,
    "roles_given": _roles,
    "role": _roles,
    "roles": _roles,
    "protocol": protocol_names,
    "serves": protocol_names,
    "tunnel": lambda: _TUNNELS,
    "opened_by": lambda: frozenset({"syn", "protocol", "port", "first"}),
    "seen_as": lambda: frozenset({"request", "response", "notice"}),
    "recognised_by": lambda: frozenset({"content", "port"}),
    "proof": lambda: frozenset({"arp", "ip"}),
    "category": lambda: _CATEGORIES,
    "conflicts": lambda: _CONFLICTS,
    "field": lambda: frozenset(IDENTITY_FIELDS),
    "transport": lambda: _TRANSPORTS,
}
_ALSO_BY_TABLE: dict[tuple[str, str], Callable[[], frozenset[str]]] = {
    ("devices", "protocols"): protocol_names,
    ("flows", "protocols"): protocol_names,
    ("inventory", "type"): lambda: frozenset(TYPES),
}
_FREE = {("inventory", "roles")}  # a list may say anything; readers normalise what they know


def words(table: str, column: str) -> frozenset[str]:
    """The only values that this text column can have; empty when any text is possible."""
    table, column = origin(table, column)
    if (table, column) in _FREE:
        return frozenset()
    source = _ALSO_BY_TABLE.get((table, column)) or _BY_NAME.get(column)
    return source() if source else frozenset()


def is_word(table: str, column: str, value: str) -> bool:
    """``value`` is possible in the column; ``ip-<number>`` is a transport, and empty text is always possible."""
    known = words(table, column)
    if not known or not value or value.lower() in known:
        return True
    return column == "transport" and value.lower().startswith("ip-") and value[3:].isdigit()
