"""Juniper Junos OS 10 to 24: ``show configuration``, also with ``| display set``, or a saved file, as settings.

Sources: Junos OS CLI User Guide, CLI Reference and the user guides that the modules name. Both forms become one tree
of words (``statements``), in which groups, ranges of interfaces and what is inactive are carried out. Services are off
until they are configured; a firewall filter discards what no term matches; security policies of SRX firewalls are one
access list, in which each entry holds between the zones that it names.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs import entry_lines
from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.juniper_junos.recognition import TELLTALES
from scanner.configs.dialects.juniper_junos.secrets import SECRETS

DIALECT = Dialect(
    "juniper-junos",
    "Juniper Junos OS",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    entry_lines.when_asked(__name__),
)
