"""Brocade NetIron: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("password display"): r"enable password-display",
        said("tagged ports"): r" (?:no )?(?:un)?tagged ethe ",
    },
    shared={said("interface names"): r"interface ethernet \d"},  # Moxa's are called so too
    least=1,
)

DIALECT = Dialect("brocade-netiron", "Brocade NetIron", _TELLTALES.resemblance)
