"""Cisco NX-OS: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its heading"): r"!Command: show ",
        said("features"): r"feature \w",
        said("virtual device contexts"): r"vdc ",
        said("its management port"): r"interface mgmt0",
    },
)

DIALECT = Dialect("cisco-nxos", "Cisco NX-OS", _TELLTALES.resemblance)
