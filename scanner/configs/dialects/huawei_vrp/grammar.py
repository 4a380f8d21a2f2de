"""How VRP writes a configuration."""

from __future__ import annotations

import re

from scanner.configs.tree import Grammar, Opaque

GRAMMAR = Grammar(
    name="sysname",
    negation="undo ",
    separator="#",
    end="return",
    header=re.compile(
        r"(?:interface|user-interface (?:con|vty|aux|tty)|aaa$|acl|vlan \d|traffic (?:classifier|behavior|policy)|ospf"
        r"|bgp|radius-server template|hwtacacs-server template|hwtacacs server template|ssl policy|pki|keychain"
        r"|ip pool)\b",
        re.IGNORECASE,
    ),
    top=re.compile(
        r"(?:undo )?(?:sysname|vlan batch|telnet|stelnet|ssh|ftp|sftp|scp|http|snmp-agent|info-center|ntp|ntp-service"
        r"|clock|header|super|ip route-static|stp (?:mode|bpdu)|lldp enable|dhcp|user-interface maximum"
        r"|arp static|mac-address (?:static|sticky)|user-bind|ip host)\b",
        re.IGNORECASE,
    ),
    opaque=(
        Opaque(re.compile(r"header [a-z-]{1,20}(?: information)?\s+(?P<rest>[^\s\w].*)", re.IGNORECASE)),
        Opaque(re.compile(r"public-key-code begin", re.IGNORECASE), re.compile("public-key-code end", re.IGNORECASE)),
        Opaque(re.compile(r"-----BEGIN "), re.compile(r"-----END ")),
    ),
    opaque_words=frozenset(("header", "public-key-code", "-----begin")),
    prompt=re.compile(r"<[\w.@/:-]+>|\[[~*]?[\w.@/:-]+\]"),
    about=re.compile(r"!Software Version V"),
)
