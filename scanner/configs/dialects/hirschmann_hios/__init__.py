"""Hirschmann HiOS: a configuration profile in XML as settings.

Sources: HiOS user manuals "Configuration" (BRS, GRS, RSPE; releases 7 to 10), HM2 MIBs of Hirschmann. A profile names
every value.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs import entry_lines
from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.hirschmann_hios.recognition import TELLTALES
from scanner.configs.dialects.hirschmann_hios.secrets import SECRETS

DIALECT = Dialect(
    "hirschmann-hios",
    "Hirschmann HiOS",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    entry_lines.element("Entry"),
)
