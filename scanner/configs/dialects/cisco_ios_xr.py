"""Cisco IOS XR: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales

_TELLTALES = Telltales(
    marks={
        "its heading": r"!! (?:IOS XR|Building)",
        "line templates": r"line (?:template|default)",
        "its management port": r"interface MgmtEth",
        "route policies": r"route-policy ",
    },
)

DIALECT = Dialect("cisco-ios-xr", "Cisco IOS XR", _TELLTALES.resemblance)
