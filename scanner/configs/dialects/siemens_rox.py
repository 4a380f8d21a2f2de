"""Siemens RUGGEDCOM ROX II, in XML and as commands: known by its name spaces and firewalls; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its name spaces"): r"[^\n]*\bxmlns(?::[\w-]+)?=[\"']http://ruggedcom\.com/ns/",
        said("its firewalls"): r"[ \t]*(?:no )?(?:security firewall )?fwconfig \S",
    },
    shared={},
)

DIALECT = Dialect("siemens-rox", "Siemens RUGGEDCOM ROX II", _TELLTALES.resemblance)
