"""Westermo WeOS 4: ``show running-config``, ``show startup-config`` and configuration files as settings.

Sources: "WeOS Management Guide" 6101-3201 (4.17: SNMPv3, packet filters, port access, interfaces), release notes of
4.32 (services of the web, TLS), configurations of 4.32 that others publish.
What no published line tells stays open: users of SNMPv3, log servers, servers of logins, port access and packet filters
are not read, and a line of a block leaves open what the block is about. WeOS 5 writes otherwise and is not read.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.westermo_weos.recognition import TELLTALES
from scanner.configs.dialects.westermo_weos.secrets import SECRETS

DIALECT = Dialect(
    "westermo-weos",
    "Westermo WeOS 4",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
)
