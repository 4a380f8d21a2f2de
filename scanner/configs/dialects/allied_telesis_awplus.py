"""Allied Telesis AlliedWare Plus: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("names of its ports"): r"interface port\d+\.\d+\.\d+",
        said("its stack"): r"stack virtual-(?:mac|chassis-id)\b",
    },
)

DIALECT = Dialect("allied-telesis-awplus", "Allied Telesis AlliedWare Plus", _TELLTALES.resemblance)
