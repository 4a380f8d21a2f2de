"""Structures of EOS, which writes most of them as IOS does. Source: EOS user manual (routing protocols, QoS, AAA)."""

from __future__ import annotations

from dataclasses import replace

from scanner.configs.dialects.cisco_ios.structures import CLASS_MAP, PEER_GROUP, POLICY_MAP, ROUTING, SERVERS
from scanner.configs.structures import structures

_OWN = r"copp-\S+|default-\S+|class-default|class-all"

structure_settings = structures(
    (
        *ROUTING,
        replace(CLASS_MAP, built_in=_OWN),
        replace(POLICY_MAP, built_in=f"{_OWN}|{POLICY_MAP.built_in}"),
        SERVERS,
        PEER_GROUP,
    )
)
