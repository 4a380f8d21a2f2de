"""Cisco NX-OS: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales

_TELLTALES = Telltales(
    marks={
        "its heading": r"!Command: show ",
        "features": r"feature \w",
        "virtual device contexts": r"vdc ",
        "its management port": r"interface mgmt0",
    },
)

DIALECT = Dialect("cisco-nxos", "Cisco NX-OS", _TELLTALES.resemblance)
