"""What a script of Hirschmann Classic looks like."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={
        said("its heading"): r"!System Description \"Hirschmann",
        said("its version"): r"!System Software Version \"L[23][BEP]-",
        said("its management port"): r"[ \t]*network mgmt-access (?:add|modify|operation|status|delete)\b",
        said("an SNMP agent"): r"[ \t]*snmp-access (?:global|version) ",
    },
    never=r"! Version: HiOS-",
)
