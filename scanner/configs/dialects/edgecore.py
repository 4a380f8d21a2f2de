"""Edgecore and others with the switch software of Accton: known, so that they are not taken for IOS; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("comments about its stack"): r"!<stacking(?:DB|Mac)>",
        said("levels of its users"): r"username \S+ access-level \d",
    },
)

DIALECT = Dialect("edgecore", "Edgecore (Accton)", _TELLTALES.resemblance)
