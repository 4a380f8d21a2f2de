"""Structures of RGOS, which writes them as IOS does. Source: RGOS configuration guides (routing policies, QoS, AAA)."""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.structures import CLASS_MAP, METHODS, POLICY_MAP, ROUTING, SERVERS
from scanner.configs.structures import structures

structure_settings = structures((*ROUTING, CLASS_MAP, POLICY_MAP, SERVERS, *METHODS))
