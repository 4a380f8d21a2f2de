"""Commands of ASA that somebody may write with half their words (``scanner/configs/half_words.py``)."""

from __future__ import annotations

from scanner.configs.half_words import words_of

COMMANDS = """\
interface
hostname
nameif
name
names
host
service
object
security-level
ip address
access-list * extended permit|deny
access-list * standard permit|deny
access-list * remark|line|webtype|ethertype
access-group * in|out interface
access-group * global
enable password
username * password|nopassword|attributes
passwd
telnet
ssh
http server enable
snmp-server community|host|enable|user|group|location|contact
logging enable|host|trap|buffered|asdm|timestamp
ntp server|authenticate|authentication-key|trusted-key
aaa authentication|authorization|accounting|local|proxy-limit
aaa-server
console timeout
object network|service
object-group network|service|protocol|icmp-type|user|security
shutdown
description
"""

WORDS = words_of(COMMANDS)
