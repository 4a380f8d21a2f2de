"""Hirschmann Classic 4 to 9 (L2E, L2P, L3E, L3P): ``show running-config`` and command scripts as settings.

Sources: reference manuals "Command Line Interface" (RS20/RS30/MS20, MACH, PowerMICE; releases 4 to 9), scripts that
others publish to make such switches ready for a control system.
What is saved differs from the state of delivery, which depends on the release: what no line says is unknown. Rules of
passwords, sessions, HiDiscovery, what guards ports, and access lists are not read.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.hirschmann_classic.recognition import TELLTALES
from scanner.configs.dialects.hirschmann_classic.secrets import SECRETS

DIALECT = Dialect(
    "hirschmann-classic",
    "Hirschmann Classic",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
)
