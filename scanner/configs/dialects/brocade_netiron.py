"""Brocade NetIron: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("password display"): r"enable password-display",
        said("interface names"): r"interface ethernet \d",
        said("tagged ports"): r" (?:no )?(?:un)?tagged ethe ",
    },
)

DIALECT = Dialect("brocade-netiron", "Brocade NetIron", _TELLTALES.resemblance)
