"""Commands of RGOS beside those of IOS that somebody may write with half their words."""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.commands import COMMANDS
from scanner.configs.half_words import words_of

_OWN = """\
enable service ssh-server|telnet-server|web-server|snmp-agent
expert access-list extended
expert access-group
aggregateport
switchport trunk allowed vlan only|all|add|remove|except
switchport protected
port-group
interface range
vlan range
webmaster level
login access
sntp enable|server|interval
"""

WORDS = words_of(COMMANDS + _OWN)
