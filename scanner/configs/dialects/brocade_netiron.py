"""Brocade NetIron: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales

_TELLTALES = Telltales(
    marks={
        "password display": r"enable password-display",
        "interface names": r"interface ethernet \d",
        "tagged ports": r" (?:no )?(?:un)?tagged ethe ",
    },
)

DIALECT = Dialect("brocade-netiron", "Brocade NetIron", _TELLTALES.resemblance)
