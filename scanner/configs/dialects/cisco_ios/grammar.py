"""How IOS writes a configuration."""

from __future__ import annotations

import re

from scanner.configs.tree import Grammar, Opaque

GRAMMAR = Grammar(
    name="hostname",
    negation="no ",
    separator="!",
    end="end",
    header=re.compile(
        r"(?:interface|line|vlan \d|router|class-map|policy-map|route-map|archive|(?:ip|ipv6|mac) access-list"
        r"|radius server|tacacs server|key chain|aaa group server|crypto pki|vrf definition"
        r"|ip dhcp pool|arp access-list)\b",
        re.IGNORECASE,
    ),
    top=re.compile(
        r"(?:no )?(?:hostname|version|service|username|enable|aaa new-model|snmp-server|ntp|access-list|banner|clock"
        r"|logging (?:host|\d|buffered|trap)|ip (?:http|ssh|route|default-gateway|domain|scp|dhcp)|cdp run|lldp run"
        r"|arp (?:vrf \S+ )?\d|mac[ -]address-table|ip host|ip source binding"
        r"|vtp|vstack|spanning-tree (?:mode|extend)|login (?:block|on)|boot-)\b",
        re.IGNORECASE,
    ),
    opaque=(
        Opaque(
            re.compile(
                r"(?:banner(?: [a-z-]{1,20})?|ip \S+ auth-proxy-banner (?:http|ftp|telnet)"
                r"|aaa authentication (?:banner|fail-message)|(?:vacant|refuse|busy)-message|menu \S+ title)"
                r"\s+(?P<rest>[^\s\w].*)",
                re.IGNORECASE,
            )
        ),
        Opaque(re.compile(r"certificate (?:self-signed|ca|rollover|[0-9A-F]+)\b", re.IGNORECASE), re.compile("quit$")),
        Opaque(re.compile(r"key-string$", re.IGNORECASE), re.compile(r"quit$|exit$", re.IGNORECASE)),
        Opaque(re.compile(r"macro name ", re.IGNORECASE), re.compile("@$")),
        Opaque(re.compile(r"-----BEGIN "), re.compile(r"-----END ")),
    ),
    opaque_words=frozenset(
        (
            "-----begin",
            "aaa",
            "banner",
            "busy-message",
            "certificate",
            "ip",
            "key-string",
            "macro",
            "menu",
            "refuse-message",
            "vacant-message",
        )
    ),
    prompt=re.compile(r"[\w.@/:-]+(?:\([\w-]+\))?[#>]"),
    about=re.compile(r"! Last configuration change at "),
)
