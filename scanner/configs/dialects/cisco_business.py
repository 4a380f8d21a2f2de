"""Cisco Business and Small Business switches (CBS, SG, SF): known, so that they are not taken for IOS; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its header"): r"config-file-header|file SSD indicator",
        said("how it guards secrets"): r"ssd-control-start",
        said("its units"): r"unit-type-control-start",
    },
)

DIALECT = Dialect("cisco-business", "Cisco Business and Small Business switches", _TELLTALES.resemblance)
