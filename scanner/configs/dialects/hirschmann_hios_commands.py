"""Hirschmann HiOS as a script of commands, which people write: known; only the XML profile is read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("management services"): r" *network management access (?:add|operation|status|web)\b",
        said("discovery"): r" *(?:no )?network hidiscovery (?:operation|mode|relay)\b",
        said("its external memory"): r" *config envm (?:auto-update|config-save|load-priority|sshkey-auto-update)\b",
        said("its status"): r" *(?:no )?(?:device|security)-status monitor [a-z-]+",
    },
)

DIALECT = Dialect(
    "hirschmann-hios-commands", "Hirschmann HiOS (commands; its XML profile is read)", _TELLTALES.resemblance
)
