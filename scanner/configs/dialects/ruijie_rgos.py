"""Ruijie RGOS: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its version"): r"version .*RGOS",
        said("services"): r"enable service ",
    },
)

DIALECT = Dialect("ruijie-rgos", "Ruijie RGOS", _TELLTALES.resemblance)
