"""Commands of VRP that somebody may write with half their words (``scanner/configs/half_words.py``)."""

from __future__ import annotations

from scanner.configs.half_words import words_of

COMMANDS = """\
interface
sysname
user-interface con|console|vty|aux|tty|current|maximum-vty
protocol inbound ssh|telnet|all|none
authentication-mode aaa|password|none|local|hwtacacs|radius
authentication-scheme
idle-timeout
user privilege level
user-bind
acl number|name|ipv6
rule permit|deny
rule # permit|deny|description
telnet server enable
telnet ipv6 server
ftp server enable
ftp ipv6 server
http server enable|port
http secure-server
stelnet server enable
snmp-agent community read|write|complexity-check
snmp-agent sys-info version|contact|location
snmp-agent usm-user|group|target-host|trap|mib-view|local-engineid|acl
local-user
info-center loghost|enable|source|channel|timestamp|logbuffer
ntp-service unicast-server|unicast-peer|authentication|authentication-keyid|server|disable|enable|reliable
port link-type trunk|access|hybrid|dot1q-tunnel
port trunk allow-pass vlan
port trunk pvid vlan
port default vlan
port hybrid
port-security
port-group
traffic-filter inbound|outbound
shutdown
description
domain
"""

WORDS = words_of(COMMANDS)
