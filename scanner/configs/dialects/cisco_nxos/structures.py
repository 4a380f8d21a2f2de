"""Structures of NX-OS, which writes them as IOS does. Sources: NX-OS command references (QoS, routing, security)."""

from __future__ import annotations

from dataclasses import replace

from scanner.configs.dialects.cisco_ios.structures import CLASS_MAP, POLICY_MAP, ROUTING, SERVERS
from scanner.configs.structures import StructureKind, StructureUse, structures

_OWN = r"copp-\S+|default-\S+|system\S*|c-\S+|class-\S+|network-qos\S*|\d+q\S+"  # which are there without being printed
_ADDRESSES = StructureKind(
    "object-group",
    "object-group",
    r"object-group (?:ip|ipv6) (?:address|port) (?P<name>\S+)",
    (StructureUse("group", r"\b(?:addr|port)group (\S+)", r"(?:\d+ )?(?:permit|deny) "),),
)

structure_settings = structures(
    (
        *ROUTING,
        replace(CLASS_MAP, built_in=_OWN),
        replace(POLICY_MAP, built_in=f"{_OWN}|{POLICY_MAP.built_in}"),
        SERVERS,
        _ADDRESSES,
    )
)
