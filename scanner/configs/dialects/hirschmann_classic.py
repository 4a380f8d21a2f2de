"""Hirschmann Classic (L2E, L2P, L3E, L3P) and MACH: known by what stands above their commands; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its heading"): r"!System Description \"Hirschmann",
        said("its version"): r"!System Software Version \"L[23][BEP]-",
        said("its management port"): r"network mgmt-access add\b",
    },
)

DIALECT = Dialect("hirschmann-classic", "Hirschmann Classic", _TELLTALES.resemblance)
