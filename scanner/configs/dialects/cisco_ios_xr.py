"""Cisco IOS XR: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its heading"): r"!! (?:IOS XR|Building)",
        said("line templates"): r"line (?:template|default)",
        said("its management port"): r"interface MgmtEth",
        said("route policies"): r"route-policy ",
    },
)

DIALECT = Dialect("cisco-ios-xr", "Cisco IOS XR", _TELLTALES.resemblance)
