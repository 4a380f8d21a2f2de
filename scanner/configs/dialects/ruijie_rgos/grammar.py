"""How RGOS writes a configuration: as IOS does, with a blank in the names of ports."""

from __future__ import annotations

import re
from dataclasses import replace

from scanner.configs import headers
from scanner.configs.dialects.cisco_ios import grammar as ios
from scanner.configs.dialects.ruijie_rgos.commands import WORDS
from scanner.configs.headers import Unit

_PORTS = (
    *("gigabitethernet", "tengigabitethernet", "fastethernet", "aggregateport", "vlan", "loopback", "mgmt", "tunnel"),
    *("tfgigabitethernet", "twentyfivegigabitethernet", "fortygigabitethernet", "hundredgigabitethernet", "serial"),
    *("dialer", "bvi", "null", "async", "cellular", "multilink", "dot11radio", "virtual-ppp", "overlayrouter"),
)
_KIND = re.compile(r"([a-z][a-z-]*)\s*[0-9]", re.IGNORECASE)


def full_name(name: str) -> str:
    """The name of an interface in lower case, with its kind in full and without blanks."""
    return headers.in_full(name, _PORTS)


def units(text: str) -> list[Unit]:
    """The ports or lines that the first line of a block means."""
    command, _, rest = text.partition(" ")
    if command.lower() != "interface" or not rest.lower().startswith("range "):
        return ios.units(text) if command.lower() == "line" else headers.interfaces(text, "-", full_name)
    return headers.ports(_each_with_its_kind(rest[len("range ") :]), "-", full_name)


def _each_with_its_kind(names: str) -> str:
    """``gi 0/1-2,0/5`` as ``gi 0/1-2,gi 0/5``."""
    parts, kind = [], ""
    for part in (p.strip() for p in names.split(",")):
        found = _KIND.match(part)
        kind = found[1] if found else kind
        parts.append(part if found else f"{kind} {part}")
    return ",".join(parts)


# Commands that carry traffic, shape or display it, and say nothing that is kept.
_ASIDE = re.compile(
    r"install |sysmac |redundancy|nfpp$|cwmp$|acs |cpe |grtd|frn$|link-check |mqtt-server|rnfp|mode-mgmt|zam|ztp"
    r"|language |rldp |errdisable |address-bind |arp-check|anti-arp-spoof|attack threshold|acpp|scpp|cpu-protect"
    r"|control-plane|glean-car|arp-car|port-filter|management-interface|arp-guard|ip-guard|icmp-guard|dhcp-guard"
    r"|dhcpv6-guard|nd-guard|define |log-buffer|logging (?:file|facility|count|rate-limit|statistic|policy|rd"
    r"|flash|life-time|delay-send|console|monitor|filter|userinfo)|service (?:sysname|sequence|standard"
    r"|log-format|dhcp)|vlan range |vlan \d+$|port-group |aggregateport |aggregate |lacp |flowcontrol"
    r"|flow-control|medium-type |eee|carrier-delay|physical-port|interface-mode|split |fec |combo|cable"
    r"|port speed|speedlimit|line-detect|spanning-tree|bpdu src-mac|bridge-frame|name |revision |instance |gvrp"
    r"|mvrp|lldp |lldp$|poe |poe$|power |fan |switchport (?:mode|access|trunk|hybrid|protected|port-security"
    r"|private-vlan|backup|dot1q|mac-based|stp|voice|priority|block|uplink)|switchport$|private-vlan |voice |l2-"
    r"|l2protocol|mac-vlan|protocol-vlan|super-?vlan|subvlan|isolate|frame-tag|dot1q |qinq|vlan-mapping"
    r"|storm-control action|switch(?:port)? (?:virtual|convert|crc|\d)|vsl-|port-member |dual-active|detect|erps|ring "
    r"|rpl|associate|track|reup|mac-address-table|mac-manage|mac-|monitor session|rspan|erspan|remote-span|sflow"
    r"|rmon|mls |qos |queueing|drr|wrr|wred|queue|priority-queue|rate-limit|traffic-|drop-|class-map|policy-map"
    r"|police|set |match |class |expert access-list counter|(?:ip|mac|ipv6) access-list (?:counter|log-update"
    r"|resequence|new-fragment)|(?:\d+ )?list-remark|counter|absolute|periodic|time-range|svi router-acls"
    r"|access-list \S+ (?:list-)?remark|ip (?:address|name-server|domain|ref|fragment|icmp|icmp-error|ttl|tcp"
    r"|mtu|redirects|unreachable|mask|multicast|igmp|pim|helper-address|dhcp|broadcast|fpm|session|rns|nat"
    r"|nat-log|policy|route|as-path|community|extcommunity|prefix-list|vrf|rip|ospf|bfd|virtual|local|urpf|load"
    r"|telnet|ftp|tftp|unnumbered|source|verify|arp|http|ssh (?:peer|port|source|dscp|rekey)|default-gateway"
    r"|default-network|auth-proxy|accounting|flow|upnp)|arp |arp$|tcp |ipfix|multicast"
    r"|mld |pim |rp |ssm|ipv6 (?:address|enable|nd|route|router|ospf|unicast|mld|pim|dhcp|prefix|neighbor|mtu"
    r"|redirects|unreachables|traffic|policy|host|source|verify|access|hop|gateway|raguard|snooping)|router "
    r"|network |neighbor |redistribute|passive-interface|area |default-information|auto-cost|timers|distance"
    r"|graceful|nsf|nsr|bgp |bfd|address-family|exit-address|maximum|auto-summary|version [12]$|validate"
    r"|offset|default-metric|capability|max-concurrent|overflow|compatible|enable mib|enable traps|two-way"
    r"|summary|is-|net |isis|lsp|metric|route-map|key chain|key |accept-lifetime|send-lifetime|vrrp |mpls|ldp"
    r"|tunnel |vxlan|extend-vlan|evpn|vtep|anycast|source loopback|arp suppress|rd |route-target|vrf |import "
    r"|export |export-|l2vpn|overlay|snmp-server (?:location|contact|chassis|enable (?:traps|secret|version)|trap-"
    r"|queue|packetsize|udp-port|net-id|system-shutdown|logging|view|authentication|inform|if-index|engineid|source"
    r"|flow|cache|oob)|snmp |mib |aaa (?:accounting (?:update|network|identity)|authorization|local|log|domain"
    r"|nas|session|group|new-model|authentication (?:dot1x|ppp|general|web|iportal|sslvpn|enable|via))"
    r"|authentication |accounting |authorization |ip-auth|state |access-limit|username-format|server |radius"
    r"|tacacs|dot1x|web-auth|portal|http |security |smp|nac|clock |ntp |sntp (?:interval|enable)|boot "
    r"|upgrade |prompt|privilege |exec |banner |alias |file |device-|dns|dhcp|lease|host |hardware|client-"
    r"|domain-name|option|default-route|context |distribute-list|netbios|bootfile|next-server|class$|excluded|relay"
    r"|address |range "
    r"|reserve|username \S+ (?:login|online|export|permission|role|reject|pwd)"
    r"|login (?:privilege|auth|response)|timeout |location |databits|parity|stopbits|speed|session|width|length"
    r"|history|absolute|logout|refuse|vacant|terminal|escape|accounting|disconnect|monitor|lockable|motd"
    r"|encapsulation|ppp|pppoe|dialer|physical|peer|keepalive|nexthop|reverse-path|bandwidth|load-|tcp-mss"
    r"|session-|app-|flow-|url|user-|user |sub-|subscriber|content|mail|behavior|audit|channel|control-"
    r"|sec-domain|sslvpn|ddns|object|policy|rule|identify|wlan|ap-|ac-|wids|wtp|capwap|country|802\.11"
    r"|black-white|white|ssid|tunnel-|forward |radio|interface-mapping|data-plane|broadcast|band-|device|cluster"
    r"|sysfs|threshold|memory|hash|hot|crypto|enrollment|revocation|subject|ipsec|isakmp|l2tp|vpdn"
    r"|virtual-template|accept-dialin|protocol |terminate|initiate|webmaster|web-"
    r"|event|iot|enable$|configure(?: terminal)?$|password policy|mac-loopback|hol|exit$|end$",
    re.IGNORECASE,
)

_HEADER = re.compile(
    r"(?:interface|line|vlan \d|router|class-map|policy-map|route-map|(?:ip|ipv6|mac|expert) access-list"
    r" (?:standard|extended|\S+$)|key chain|aaa group server|ip dhcp pool|vrf definition|ip vrf \S|time-range"
    r"|spanning-tree mst configuration|switch(?:port)? virtual domain|vsl-port|control-plane|cwmp|nfpp|redundancy|erps"
    r"|wlan-config|ap-group|ap-config|ac-controller|wlansec|crypto pki|aaa domain \S)\b",
    re.IGNORECASE,
)
_TOP = re.compile(
    r"(?:no )?(?:hostname|version|enable (?:secret|password|service)|service|username|aaa|snmp-server|s?ntp|access-list"
    r"|banner|clock|logging (?:on|server|\d|buffered|trap)|ip (?:ssh|route|default-gateway|domain|name-server|scp|http)"
    r"|ip (?:dhcp snooping(?! trust)|nat (?:inside source|pool))|webmaster|rldp enable|errdisable|sysmac|install"
    r"|address-bind|spanning-tree(?: mode| mst \d| portfast default| portfast bpdu\S+ default|$)|mac-address-table"
    r"|arp \d|radius-server|tacacs-server|vlan range|password policy|monitor session|vrrp mode|aggregateport load"
    r"|service dhcp|ipv6 (?:route|unicast))\b",
    re.IGNORECASE,
)
GRAMMAR = replace(
    ios.GRAMMAR,
    header=_HEADER,
    top=_TOP,
    prompt=re.compile(r"[\w.@/:-]+(?:\([\w /.-]+\))?[#>]"),
    about=re.compile(r"(?!)"),
    aside=re.compile(f"{ios.GRAMMAR.aside.pattern}|{_ASIDE.pattern}", re.IGNORECASE),
    words=WORDS,
    units=units,
)
