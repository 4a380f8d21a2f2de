"""What a configuration of WeOS 4 looks like."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={
        said("its heading"): r"#\W{0,8}Westermo WeOS v4\.",
        "management ssh": r"[ \t]+management (?:ssh|telnet|https?|ipconfig|snmp)\b",
    },
    shared={
        "iface": r"iface \S+ inet (?:static|dhcp)",
        "aaa": r"aaa[ \t\r]*$",
        "snmp-server": r"snmp-server[ \t\r]*$",
        "web": r"(?:no )?web[ \t\r]*$",
    },
    never=r"#\W{0,8}Westermo WeOS v(?!4\.)",
    with_mark=1,
)
