"""How VRP writes a configuration."""

from __future__ import annotations

import re

from scanner.configs.dialects.huawei_vrp.commands import WORDS
from scanner.configs.grammar import Grammar, Opaque
from scanner.configs.headers import Unit, in_full, interfaces, lines

_KINDS = ("gigabitethernet", "ethernet", "xgigabitethernet", "vlanif", "eth-trunk", "loopback", "meth", "tunnel")


def full_name(name: str) -> str:
    """The name of an interface in lower case, with its kind in full and without blanks."""
    return in_full(name, _KINDS)


def units(text: str) -> list[Unit]:
    """The ports or lines that the first line of a block means."""
    command, _, rest = text.partition(" ")
    if command.lower() == "user-interface":
        return lines("user-interface", rest)
    grouped = text.partition("group-member ")[2] if text.lower().startswith("port-group group-member ") else ""
    return interfaces(f"interface range {grouped}" if grouped else text, r"(?<=[\s\d])to(?=\s)", full_name)


# Commands that carry traffic, shape or display it, and say nothing that is kept.
_ASIDE = re.compile(
    r"(?:quit|return)$|acl (?:ipv6 )?\S+ (?:in|out)bound$"
    r"|ntp(?:-service)? (?:refclock-master|(?:ipv6 )?server disable|source-interface |max-)|info-center logfile "
    r"|description |step |rule \d+ description"
    r"|vlan batch|(?:auto )?speed|(?:auto )?duplex|negotiation |mtu |jumboframe|flow-control|loopback"
    r"|qos |trust |traffic (?:classifier|behavior|policy)|if-match |car |remark |statistic|permit$|deny$|classifier "
    r"|stp (?:instance|region|pathcost|root|priority|timer|enable|loop|point|mode|disable|cost|tc|converge|port)"
    r"|region-name |revision-level |active region|instance |check region|bpdu |undo bpdu"
    r"|lacp |mode |max active|load-balance |least |eth-trunk|trunkport |port (?:link-type|group|trunk pvid)"
    r"|ospf |network |area|router[ -]id|import-route|default-route|preference |bandwidth-reference|peer "
    r"|ipv4-family|ipv6-family|undo default ipv4|undo synchronization|bgp |isis|is-level |network-entity|rip |version "
    r"|ip (?:route-static|ip-prefix|vpn-instance|community|as-path|pool|urpf|rpf)|route-distinguisher|vpn-target"
    r"|route-policy|apply |gateway-list|dns-list|excluded-ip|lease "
    r"|dhcp (?:select|enable|server|relay|snooping trusted)"
    r"|vrrp6? |bfd|track |mpls|lsp |label |nqa|test-type|destination-address|start |frequency|undo portswitch|irf"
    r"|portswitch|stack|slot |set save|set cpu|cpu |alarm|error-down|diffserv|drop-profile|wlan|ap |radio|regulatory"
    r"|vap-profile|ssid|capwap|igmp|pim|multicast|mac-address (?:aging|learning|flapping)|loop-detect|loopback-detect"
    r"|snmp-agent (?:local-engineid|sys-info (?:contact|location)|trap|mib-view|packet|inform|udp-port)"
    r"|info-center (?:source|channel|console|monitor|trapbuffer|filter|statistic|timestamp (?:debug|trap))"
    r"|history-command|screen-length|screen-width|shell|user-interface maximum|set (?:authentication|flash)"
    r"|port-security (?:max|protect|aging|mac|static|timer)|storm-control (?:action|enable|interval)"
    r"|dot1x (?:timer|retry|port|max|authentication-method|re)|mac-authen |authentication-scheme|authorization-scheme"
    r"|accounting-scheme|recording-scheme|domain |undo local-user|local-user \S+ (?:state|access|idle|ftp)"
    r"|authentication-profile|access-profile|dot1x-access|mac-access|free-rule|pki |certificate |ssl policy|pki-realm"
    r"|rsa |dsa |ecc |ssh (?:user|client|authorization|server-source)|http (?:timeout|server load)"
    r"|radius-server |hwtacacs-server |hwtacacs |arp (?:static|expire|learning|anti-attack|broadcast)|nd |ipv6$"
    r"|ipv6 (?:enable|address|nd |mtu |route|unicast)"
    r"|ntp(?:-service)? (?:authentication-keyid|reliable)|snmp-agent sys-info version|header "
    r"|lldp |cluster|ntdp|ndp|drop illegal|dns |ip host|nat |interface (?:NULL|range)"
    # firewalls
    r"|nat-policy|source-zone |destination-zone |source-address |destination-address |(?:in|e)gress-interface "
    r"|action (?:source-nat|no-nat|no-pat|nat )|section \d"
    r"|firewall (?:defend|dataplane|detect|session|packet-filter basic)"
    r"|service-manage |alias |set priority |hrp |isp name |log type |update schedule |decoding |(?:undo )?ips |banner "
    r"|user-manage |page-setting|undo privacy-statement|time-range|period-range |absolute-range |role |dashboard "
    r"|(?:monitor|policy|object|network|system) (?:read|none)|l2tp|right-manager|device-classification|device-group "
    r"|(?:traffic|quota|pcp|dns-transparent|rightm|auth|proxy|audit|decryption)-policy$|policy-based-route$"
    r"|(?:sa|location|api|agile-network|slb)$|multi-(?:interface|linkif)|internet-access |reference user"
    r"|ssh authentication-type ",
    re.IGNORECASE,
)

LEFT_OUT = re.compile(r"(?<=^snmp-agent community )(?:read|write) (?:(?:simple|cipher) )?")
KEYS = (  # which nobody reads as commands
    Opaque(re.compile(r"public-key-code begin", re.IGNORECASE), re.compile("public-key-code end", re.IGNORECASE)),
    Opaque(re.compile(r"-----BEGIN "), re.compile(r"-----END ")),
)
OPAQUE_WORDS = frozenset(("header", "public-key-code", "-----begin"))
PROMPT = re.compile(r"<[\w.@/:-]+>|\[[~*]?[\w.@/:-]+\]")

GRAMMAR = Grammar(
    name="sysname",
    negation="undo ",
    separator="#",
    end="return",
    header=re.compile(
        r"(?:interface|port-group group-member"
        r"|user-interface (?:con|vty|aux|tty)|aaa$|acl|vlan \d|traffic (?:classifier|behavior|policy)|ospf"
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
        *KEYS,
    ),
    opaque_words=OPAQUE_WORDS,
    prompt=PROMPT,
    about=re.compile(r"!Software Version V"),
    aside=_ASIDE,
    words=WORDS,
    left_out=LEFT_OUT,
    units=units,
    member="group-member",
)
