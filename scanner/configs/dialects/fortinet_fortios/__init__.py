"""Fortinet FortiOS 5.2 to 7.6: a backup, ``show`` or ``show full-configuration`` of a FortiGate as settings.

Sources: FortiOS CLI references 5.2, 6.0, 6.2, 6.4, 7.0, 7.4 and 7.6 (config system, firewall, log, router, user, vpn).
A backup leaves out what is at its default; where that changed between releases and the header does not name one, the
row says ``unknown-default``. Policies of a virtual domain are one access list, in which each entry holds between the
interfaces that it names, and what none matches is denied.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs import entry_lines
from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.fortinet_fortios.recognition import TELLTALES
from scanner.configs.dialects.fortinet_fortios.secrets import SECRETS

DIALECT = Dialect(
    "fortinet-fortios",
    "Fortinet FortiOS",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    entry_lines.when_asked(__name__),
)
