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
    r"|flash|life-time|delay-send|console|monitor|filter|userinfo)|service (?:sysname|sequence|standard|log-format"
    r"|dhcp)|vlan range |vlan \d+$|port-group |aggregateport |aggregate |lacp |flowcontrol|flow-control"
    r"|medium-type |eee|carrier-delay|physical-port|interface-mode|split |fec |combo|cable|port speed|speedlimit"
    r"|line-detect|spanning-tree$|spanning-tree (?:mode|mst|priority|hello-time|forward-time|max-age|max-hops"
    r"|tx-hold|pathcost|link-type|cost|port-priority|autoedge|tc-protection|tc-guard|ignore|compatible|loopguard"
    r"|guard|portfast|bpduguard|bpdufilter|super)|bpdu src-mac|bridge-frame|name |revision |instance |gvrp|mvrp"
    r"|lldp (?:enable|mode|timer|hold|fast|tlv|management|notification|error|encapsulation|network|location"
    r"|compliance|ignore|dot1)|poe |poe$|power |fan |switchport (?:mode|access|trunk|hybrid|protected"
    r"|port-security|private-vlan|backup|dot1q|mac-based|stp|voice|priority|block|uplink)|switchport$"
    r"|private-vlan |voice |l2-|l2protocol|mac-vlan|protocol-vlan|super-?vlan|subvlan|isolate|frame-tag|dot1q "
    r"|qinq|vlan-mapping|storm-control action|switch(?:port)? (?:virtual|convert|crc|\d)|vsl-|port-member "
    r"|dual-active|detect|erps|ring |rpl|associate|track|reup|mac-address-table|mac-manage|mac-|monitor session"
    r"|rspan|erspan|remote-span|sflow|rmon|mls |qos |queueing|drr|wrr|wred|queue|priority-queue|rate-limit"
    r"|traffic-|drop-|class-map|policy-map|police|set |match |class |expert access-list counter|(?:ip|mac"
    r"|ipv6) access-list (?:counter|log-update|resequence|new-fragment)|(?:\d+ )?list-remark|counter|absolute"
    r"|periodic|time-range|svi router-acls|access-list \S+ (?:list-)?remark|ip (?:address|name-server|domain|ref"
    r"|fragment|icmp|icmp-error|ttl|tcp|mtu|redirects|unreachable|mask|multicast|igmp|pim|helper-address|dhcp|fpm"
    r"|session|rns|nat|nat-log|policy|route|as-path|community|extcommunity|prefix-list|vrf|rip|ospf|bfd|virtual"
    r"|local|urpf|load|telnet source|ftp |tftp |unnumbered|source|verify|arp|http (?:port|secure-port"
    r"|authentication|update)|ssh (?:peer|port|source|dscp|rekey)|default-gateway|default-network|auth-proxy"
    r"|accounting|flow|upnp)|arp |arp$|tcp |ipfix|multicast|mld |pim |rp |ssm|ipv6 (?:address|enable|nd|route"
    r"|router|ospf|unicast|mld|pim|dhcp|prefix|neighbor|mtu|redirects|unreachables|traffic|policy|host|source"
    r"|verify|access|hop|gateway|raguard|snooping)|router |network |neighbor |redistribute|passive-interface|area "
    r"|default-information|auto-cost|timers|distance|graceful|nsf|nsr|bgp |bfd|address-family|exit-address|maximum"
    r"|auto-summary|version [12]$|validate|offset|default-metric|capability|max-concurrent|overflow|compatible"
    r"|enable mib|enable traps|two-way|summary|is-|net |isis|lsp|metric|route-map|key chain|key |accept-lifetime"
    r"|send-lifetime|vrrp |mpls|ldp|tunnel |vxlan|extend-vlan|evpn|vtep|anycast|source loopback|arp suppress|rd "
    r"|route-target|vrf |import |export |export-|l2vpn|overlay|snmp-server (?:location|contact|chassis"
    r"|enable (?:traps|secret|version)|trap-|queue|packetsize|udp-port|net-id|system-shutdown|logging|view"
    r"|authentication|inform|if-index|engineid|source|flow|cache|oob)|snmp |mib |aaa (?:accounting (?:update"
    r"|network|identity)|authorization|local|log|domain|nas|session|group|new-model|authentication (?:dot1x|ppp"
    r"|general|web|iportal|sslvpn|enable|via))|authentication |accounting |authorization |ip-auth|state "
    r"|access-limit|username-format|server |radius|tacacs|dot1x (?:accounting|authentication|probe-timer"
    r"|client-probe|timeout|private-supplicant|redirect|max-req|re-?auth|auto-req|auth|mac-auth-bypass|critical"
    r"|guest|dynamic-vlan|port-control|filter|pseudo|eapol|valid|user|domain|acct|default|multi|stationarity)"
    r"|web-auth|portal|http (?:redirect|update|port|web-file|secure-port)|security (?:gsn|access-group|global|rsn"
    r"|wpa|static-wep|web)|smp|nac|clock (?:timezone|summer-time|update)|ntp (?:authentication-key|trusted-key"
    r"|master|update-calendar|interval|source|disable)|sntp (?:interval|enable)|boot |upgrade |prompt|privilege "
    r"|exec |banner |alias |file |device-|dns|dhcp|lease|host |hardware|client-|domain-name|option|gateway "
    r"|default-route"
    r"|context |distribute-list|netbios|bootfile|next-server|class$|excluded|relay|address |range |reserve"
    r"|username \S+ (?:login|online|export|permission|role|reject|pwd)|login (?:privilege|auth|response)|timeout "
    r"|location |databits|parity|stopbits|speed|session|width|length|history|absolute|logout|refuse|vacant"
    r"|terminal|escape|accounting|disconnect|monitor|lockable|motd|encapsulation|ppp|pppoe|dialer|physical|peer"
    r"|keepalive|nexthop|reverse-path|bandwidth|load-|tcp-mss|app-|flow-|url|user-|sub-|subscriber|control-"
    r"|sec-domain|sslvpn|ddns|identify|wlan|ap-|ac-|wids|wtp|capwap|country|802\.11|black-white|white|ssid|tunnel-"
    r"|forward |radio|interface-mapping|data-plane|broadcast|band-|cluster|sysfs|crypto|enrollment|revocation"
    r"|subject|ipsec|isakmp|l2tp|vpdn|virtual-template|accept-dialin|protocol |terminate|initiate|webmaster|event"
    r"|iot|enable$|configure(?: terminal)?$|password policy|mac-loopback|hol|exit$|end$",
    re.IGNORECASE,
)

_HEADER = re.compile(
    r"(?:interface|line|vlan \d+|router|class-map|policy-map|route-map|(?:ip|ipv6|mac|expert) access-list"
    r" (?:standard|extended|\S+$)|key chain|aaa group server|ip dhcp pool|vrf definition|ip vrf \S|time-range"
    r"|spanning-tree mst configuration|switch(?:port)? virtual domain|vsl-port|control-plane|cwmp|nfpp|redundancy|erps"
    r"|wlan-config|ap-group|ap-config|ac-controller|wlansec|crypto pki|aaa domain \S)\b",
    re.IGNORECASE,
)
_TOP = re.compile(
    r"(?:no )?(?:hostname|version (?:\S*RGOS|\d+\.\d+)|enable (?:secret|password|service)|service|username|aaa"
    r"|snmp-server|s?ntp|access-list|banner|clock|logging (?:on|server|\d+|buffered|trap)"
    r"|ip (?:ssh|route|default-gateway|domain|name-server|scp|http)"
    r"|ip (?:dhcp snooping(?! trust)|nat (?:inside source|pool))|webmaster|rldp enable|errdisable|sysmac|install"
    r"|address-bind|spanning-tree(?: mode| mst \d+| portfast default| portfast bpdu\S+ default|$)|mac-address-table"
    r"|arp \d+|radius-server|tacacs-server|vlan range|password policy|monitor session|vrrp mode|aggregateport load"
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
