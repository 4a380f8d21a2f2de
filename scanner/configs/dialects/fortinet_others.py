"""Other Fortinet systems (FortiManager, FortiAnalyzer, FortiSwitch, FortiWeb ...): known by their headers; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its version"): r"#config-version=(?!F(?:G|WF|W\d))",
    },
)

DIALECT = Dialect("fortinet-others", "Fortinet FortiManager, FortiSwitch or another", _TELLTALES.resemblance)
