"""Commands of IOS, NX-OS and EOS that somebody may write with half their words (``scanner/configs/half_words.py``)."""

from __future__ import annotations

from scanner.configs.half_words import words_of

COMMANDS = """\
interface
line con|console|vty|aux|tty
username * privilege # role * nopassword|secret
username * privilege # nopassword|secret|password
username * role * nopassword|secret
username * password # * role
username * privilege|password|secret|nopassword|role|algorithm-type
hostname
host
name
enable secret|password
access-list # permit|deny|remark
# permit|deny|remark
feature telnet|nxapi|guestshell|dhcp|scp-server|sftp-server|bash-shell
ip access-list extended|standard
ip access-group
ip address
ip route
ip routing
ip http server|secure-server|access-class|authentication|timeout-policy
ip ssh version|time-out|authentication-retries|server
ip directed-broadcast
ip proxy-arp
ip dhcp snooping vlan
ip arp inspection vlan
ip verify
ipv6 access-list
ipv6 traffic-filter
ipv6 address
snmp-server community|host|group|user|view|location|contact|enable
logging host|trap|buffered|console|monitor|on|source-interface|server
ntp server|serve|peer|authenticate|authentication-key|trusted-key|master
service password-encryption|timestamps|tcp-small-servers|udp-small-servers|pad|dhcp|config
aaa new-model
aaa authentication login|enable|dot1x|attempts
aaa authorization exec|commands|network|console|config-commands
aaa accounting exec|commands|system|connection
transport input telnet|ssh|all|none
transport output|preferred
exec-timeout
login local|authentication|block-for|on-failure|on-success
password strength-check
management telnet|ssh|console|security|snmp|accounts|tech-support|defaults|cvx
management api http-commands|restconf|netconf|gnmi|external-services|models
access-class
privilege level|exec|configure
switchport mode trunk|access|dynamic
switchport trunk allowed vlan
switchport trunk native vlan
switchport access vlan
switchport port-security|nonegotiate|voice
spanning-tree port type
spanning-tree portfast|bpduguard|bpdufilter|mode|guard|link-type|cost|port-priority
storm-control broadcast|multicast|unicast|action
shutdown
description
permit
deny
remark
banner motd|login|exec
authentication port-control|order|priority|event|host-mode|periodic|timer|violation|open
vlan
router
archive
log
logging
neighbor
map
mac
"""

WORDS = words_of(COMMANDS)
