"""Arista EOS: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its heading"): r"! device: .*EOS",
        said("transceivers"): r"transceiver qsfp",
        said("management services"): r"management (?:ssh|api|console|telnet)",
        said("its management port"): r"interface Management\d",
    },
    never=r" +nameif \S",
)

DIALECT = Dialect("arista-eos", "Arista EOS", _TELLTALES.resemblance)
