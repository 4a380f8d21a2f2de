"""Commands of Comware that somebody may write with half their words (``scanner/configs/half_words.py``)."""

from __future__ import annotations

from scanner.configs.half_words import words_of

COMMANDS = """\
interface
sysname
line aux|vty|con|console|class|usb
user-interface aux|vty|con|console
protocol inbound ssh|telnet|all
authentication-mode scheme|password|none
idle-timeout
user privilege level
user-role
acl advanced|basic|number|ipv6|name|mac
rule permit|deny
rule # permit|deny|comment
telnet server enable
ftp server enable
ssh server enable
ip http enable|acl|port
ip https enable
snmp-agent community read|write
snmp-agent sys-info version|contact|location
snmp-agent usm-user|group|target-host|trap|mib-view
local-user
password simple|cipher|hash|irreversible-cipher
ip forward-broadcast
proxy-arp enable
info-center loghost|enable|source|timestamp
ntp-service unicast-server|unicast-peer|enable|authentication
port link-type trunk|access|hybrid
port trunk permit vlan
port trunk pvid vlan
port access vlan
port hybrid
port-security
packet-filter
shutdown
description
domain
"""

WORDS = words_of(COMMANDS)
