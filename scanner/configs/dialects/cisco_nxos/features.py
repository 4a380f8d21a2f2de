"""Features that are switched off, whose commands the device then neither has nor takes, in whichever order they stand.

Source: Cisco Nexus 9000 Series NX-OS Security Configuration Guide. A feature that is not named may have been left out
of an excerpt.
"""

from __future__ import annotations

from scanner.configs.tree import Tree

_COMMANDS = {  # feature -> how its commands begin
    "dhcp": ("ip dhcp", "ipv6 dhcp", "ip arp inspection", "ip verify source", "ip source binding"),
    "port-security": ("switchport port-security",),
    "dot1x": ("dot1x",),
    "tacacs+": ("tacacs-server", "aaa group server tacacs+"),
}


def switched_off(tree: Tree) -> list[str]:
    """How the commands begin of the features that are off."""
    off = [name for name in _COMMANDS if (node := tree.exact(f"feature {name}")) and node.negated]
    return [command for name in off for command in _COMMANDS[name]]
