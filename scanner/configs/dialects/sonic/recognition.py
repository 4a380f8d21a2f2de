"""What a config_db.json looks like: an object whose members are tables of SONiC."""

from __future__ import annotations

import re

from scanner.configs.dialects.sonic.tables import table_names
from scanner.resemblance import NONE, Resemblance
from scanner.wording import said

_MEMBER = re.compile(rb'(?:[{,]|\A)\s*"([A-Z][A-Z0-9_]{2,60})"\s*:\s*\{')
_DEVICE = re.compile(rb'"DEVICE_METADATA"\s*:\s*\{\s*"localhost"\s*:')
_ENOUGH = 3  # tables, where the one about the device is not among the first bytes


def resemblance(head: bytes) -> Resemblance:
    """How much the first bytes of a file are such a file."""
    if not head.lstrip().startswith(b"{"):
        return NONE
    tables = {found[1].decode() for found in _MEMBER.finditer(head)} & table_names()
    device = _DEVICE.search(head) is not None
    reasons = (*([said("the table of the device")] if device else ()), *([said("tables of SONiC")] if tables else ()))
    if device:
        return Resemblance(0.95 if len(tables) > 1 else 0.9, reasons)
    if len(tables) >= _ENOUGH:
        return Resemblance(0.9, reasons)
    return Resemblance(min(0.4, 0.15 * len(tables)), reasons) if tables else NONE
