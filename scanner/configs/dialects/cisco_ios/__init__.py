"""Cisco IOS and IOS XE, Rockwell Stratix included: ``show running-config`` as settings.

Sources: Cisco IOS command references (Security, SNMP Support, Configuration Fundamentals, Network Management, Basic
System Management), Cisco IE 3x00 and Rockwell Stratix 5700 user manuals. Where a default changed between releases or
platforms the row says ``unknown-default``: ``transport input``, ``ip http server``, CDP, Smart Install, source routing.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.cisco_ios.recognition import TELLTALES
from scanner.configs.dialects.cisco_ios.secrets import SECRETS
from scanner.configs.entry_lines import as_given

DIALECT = Dialect(
    "cisco-ios",
    "Cisco IOS and IOS XE, Rockwell Stratix",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    as_given,
)
