"""What an ASA configuration looks like."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={
        said("its version"): r"ASA Version",
        said("its heading"): r": (?:Saved|Serial Number|Hardware)\b",
        said("named interfaces"): r" +nameif \S",
        said("security levels"): r" +security-level \d",
        said("access lists at named interfaces"): r"access-group \S+ (?:in|out) interface \S",
        said("its checksum"): r"Cryptochecksum:",
    },
    never=r"(?:NGFW|PIX|FWSM) Version",
)
