"""How WeOS 4 writes a configuration: indented blocks, each left by ``end``, below a comment with the release."""

from __future__ import annotations

import re

from scanner.configs.grammar import Grammar
from scanner.configs.headers import Unit, port_names

_BLOCKS = (
    r"(?:aaa|system|alarm|port|vlan|iface|ip|snmp-server|ntp|sntp|logging|web|spanning-tree|frnt|mrp|lldp|igmp|qos"
    r"|aggregate|router|tunnel|dhcp-server|firewall|dns|ddns|modbus|serial)(?:\s|$)"
)


def units(text: str) -> list[Unit]:
    """The ports of ``port 3-10``."""
    command, _, rest = text.partition(" ")
    if command.lower() != "port":
        return []
    return [Unit(f"port {name}", f"port {name}") for name in port_names(rest.lower(), "-", str.lower)]


# What says nothing that is judged.
ASIDE = re.compile(
    r"(?:location|contact) |speed-duplex |distance \d|primary$|option [\d,]+$|multicast-flood-unknown |secure-mode$"
    r"|(?:ssl-)?port \d+$|trapcommunity(?: |$)|enable$|spanning-tree$",
    re.IGNORECASE,
)

GRAMMAR = Grammar(
    name="hostname",
    negation="no ",
    header=re.compile(_BLOCKS, re.IGNORECASE),
    top=re.compile(rf"(?:no )?{_BLOCKS}", re.IGNORECASE),
    prompt=re.compile(
        r"[\w.-]{1,64}:/[\w/ .-]{0,80}#>|(?:show|copy|batch|interactive|logout|exit)\b|Press Ctrl-C |_{8,}|cfg://",
        re.IGNORECASE,
    ),
    about=re.compile(r"#\W{0,8}Westermo WeOS v", re.IGNORECASE),
    aside=ASIDE,
    units=units,
    leaves="end",
    present=("aaa", "system", "vlan", "iface", "snmp-server", "logging", "web"),
    within="system",
    once=True,
)
