"""Arista EOS: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales

_TELLTALES = Telltales(
    marks={
        "its heading": r"! device: .*EOS",
        "transceivers": r"transceiver qsfp",
        "management services": r"management (?:ssh|api|console|telnet)",
        "its management port": r"interface Management\d",
    },
)

DIALECT = Dialect("arista-eos", "Arista EOS", _TELLTALES.resemblance)
