"""Hirschmann HiOS 6 to 10: ``show running-config`` and command scripts as settings.

Sources: HiOS reference manuals "Command Line Interface" (BRS, GRS, RSP; releases 7 to 10), the driver napalm-hios and
its record of a GRS1042. What is saved differs from the state of delivery, of which only that is taken for granted which
is the same in all releases: passwords of 6 characters with one of each kind, sessions that end after 5 minutes, no log
server, no time server, a lockout that is off. How access lists are put on ports is not read: what may use one is said.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.hirschmann_hios_commands.recognition import TELLTALES
from scanner.configs.dialects.hirschmann_hios_commands.secrets import SECRETS
from scanner.configs.entry_lines import as_given

DIALECT = Dialect(
    "hirschmann-hios-commands",
    "Hirschmann HiOS (commands)",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    as_given,
)
