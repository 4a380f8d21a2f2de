"""Perle console servers, routers and switches: known, so that they are not taken for IOS; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its version"): r"version \d+\.\d+\.G\d",
        said("its header"): r"Building running-config \. \. \.|!+ Perle ",
        said("its last line"): r"! \*+ END of configuration \*+",
    },
)

DIALECT = Dialect("perle", "Perle", _TELLTALES.resemblance)
