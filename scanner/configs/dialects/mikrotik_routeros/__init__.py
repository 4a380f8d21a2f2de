"""MikroTik RouterOS 6 and 7: an ``/export``, compact or verbose, with menus on lines of their own or on every line.

Sources: RouterOS documentation (help.mikrotik.com). An export has what differs from the defaults, and no accounts. The
firewall is one of chains, which are followed as sets of packets; services say whom they serve.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs import entry_lines
from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.mikrotik_routeros.recognition import TELLTALES
from scanner.configs.dialects.mikrotik_routeros.secrets import SECRETS

DIALECT = Dialect(
    "mikrotik-routeros",
    "MikroTik RouterOS",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    entry_lines.when_asked(__name__),
)
