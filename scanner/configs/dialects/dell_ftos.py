"""Dell FTOS and OS10: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its version"): r"! Version \d",
    },
)

DIALECT = Dialect("dell-ftos", "Dell FTOS and OS10", _TELLTALES.resemblance)
