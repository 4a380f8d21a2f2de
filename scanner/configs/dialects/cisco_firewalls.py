"""Cisco Firepower Threat Defense, PIX and FWSM: known, so that they are not taken for an ASA or a router; not read.

Most of what a Firepower Threat Defense does is not in its configuration text but in the policy of its manager.
"""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its version"): r"(?:NGFW|PIX|FWSM) Version",
    },
)

DIALECT = Dialect("cisco-firewalls", "Cisco Firepower Threat Defense, PIX or FWSM", _TELLTALES.resemblance)
