"""HP ProCurve and ArubaOS-Switch, software 10 to 16 (2530, 2920, 2930, 3810, 5400R …): ``show running-config``.

Sources: ArubaOS-Switch Management and Configuration, Access Security, Advanced Traffic Management, and Multicast and
Routing guides (15.18 to 16.11), ArubaOS-Switch Hardening Guide for 16.06, ProCurve Access Security Guides (K.13 to
K.15).
What is saved differs from the state of delivery; of that only what is the same in all releases is taken for granted:
Telnet and HTTP are on, sessions never end by themselves, logins are checked against local passwords, the secondary
method ``none`` lets nobody in (``authorized`` lets in everybody). Whether SSH is on depends on the release.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.hp_procurve.recognition import TELLTALES
from scanner.configs.dialects.hp_procurve.secrets import SECRETS
from scanner.configs.entry_lines import as_given

DIALECT = Dialect(
    "hp-procurve",
    "HP ProCurve, ArubaOS-Switch",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    as_given,
)
