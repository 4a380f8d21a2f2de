"""How ArubaOS-Switch writes a configuration: comments behind ``;``, blocks left by ``exit``, no last line."""

from __future__ import annotations

import re

from scanner.configs.dialects.hp_procurve.port_lists import is_list, ports_of
from scanner.configs.grammar import Grammar, Opaque
from scanner.configs.half_words import words_of
from scanner.configs.headers import Unit

_LOGICAL = ("loopback", "vlan", "tunnel", "all", "svlan")


def units(text: str) -> list[Unit]:
    """The ports that the first line of a block means: ``interface 1-4,A1``; ``interface vlan 10`` is the VLAN."""
    command, _, rest = text.partition(" ")
    rest = rest.strip()
    if command.lower() != "interface":
        return []
    if rest.lower().startswith("vlan "):
        number = rest.split()[-1]
        return [Unit(f"vlan {number}", f"vlan {number}")]
    if rest.lower().startswith(_LOGICAL):
        return [Unit(text, f"interface {rest.lower()}")]
    rest = rest[len("ethernet ") :] if rest.lower().startswith("ethernet ") else rest
    found = ports_of(rest) if is_list(rest) else None
    return [Unit(f"interface {name}", f"interface {name.lower()}") for name in found or ()]


# Commands that are judged, of which people write half.
_WORDS = words_of(
    """
    interface|vlan * untagged|tagged|disable|enable|ip|ipv6|spanning-tree|dhcp-snooping|rate-limit
    untagged|tagged|disable|enable|telnet-server|hostname|web-management
    ip address|routing|route|authorized-managers|access-group|access-list|default-gateway|ssh
    snmp-server community|host|location|contact|enable
    console idle-timeout|inactivity-timer
    aaa authentication|port-access|accounting|authorization
    """
)

# What says nothing that is judged. Where something of the kind is judged, each command is named by itself, so that one
# that nobody knows stays in doubt.
ASIDE = re.compile(
    # The device and its parts
    r"module |flexible-module |member |stack|vsf|domain |link |max-vlans |primary-vlan |mac-age|mac-delimiter |"
    r"alias |fastboot|boot |allow-unsupported|allow-v\d-modules|power|poe-|redundancy|rf-domain|transceiver|"
    r"led|chassislocate|time (?:daylight|begin|end|timezone)|log-numbers|system |fault-finder (?!broadcast)|"
    r"rmon |sflow|debug |front-panel-security |no front-panel|terminal |console (?:baud|flow|event|terminal|"
    r"screen|local)|menu|page|hide-sensitive-data|include-credentials|encrypt-credentials|cwmp|activate |"
    r"aruba-central|airwave|amp-server|cloud|rest-interface|tr69|snmp-server (?:contact|location|"
    r"response-source|trap-source|mib |listen)|snmp-server (?:enable traps|enable$|community)|"
    r"snmpv3 (?:engineid|notify|targetaddress|params|community|enable|restricted-access|remote|view)|ip (?:dns|"
    r"domain)|ipv6 (?:dns|timep)|include |job |config|"
    # Ports
    r"name |rate-limit (?:bcast|mcast|icmp|all|unknown-unicast|queues) |"
    r"speed-duplex|mdix-mode|flow-control|energy-|type |unknown-vlans|lacp|qos |bandwidth-m|"
    r"link-keepalive|mac-notify|enable$|disable$|tagged-vlan|untagged-vlan|trunk|service-policy|gvrp|untag|"
    r"uplink-failure|smart-link|loop-protect|filter |udld|monitor|mirror|jumbo|lldp (?!run$|admin-status)|cdp|"
    r"device-(?:profile|fingerprint|identity)|associate|cos |max-frame|ingress-bandwidth|egress-bandwidth|"
    r"allow-jumbo|poe |auto-|mode |mac-lockdown|lockout-mac|static-mac|macsec|mka|tunneled-node|"
    r"distributed-trunking|switch-interconnect|mesh|unidirectional|ddm|"
    # VLANs, spanning tree and routing
    r"forbid |voice$|management-vlan |vlan \d+$|svlan|qinq|protocol |client-tracker|igmp|mld|ip (?:igmp|pim|"
    r"mroute|arp|icmp|irdp|helper-address|forward-protocol|udp-bcast|bootp|ttl|prefix-list|router-id|multicast|"
    r"default-network|load-sharing|aggregate|as-path|aspath|community-list|extcommunity|route-map|"
    r"local-proxy-arp|dhcp|client-tracker|address|default-gateway|udld|redirects|source-interface|sla|mtu|"
    r"reassembly|timep|zero-touch|netdestination|netservice|zone|access-list resequence|ssh (?:filetransfer|"
    r"port|listen|public-key|host-key|rekey|server|client|known))|ipv6 (?:enable|address|mld|nd|hop-limit|"
    r"unicast-routing|ra|route|neighbor|dhcp|helper-address|source|pim|ospf|icmp|authorized-managers|"
    r"prefix-list|ra-guard|mtu|redirects|destination|access-list resequence)|spanning-tree (?:priority|mode|"
    r"force-version|config-|instance|hello-time|forward-delay|maximum-age|max-hops|legacy|pending|trap|vlan|"
    r"bpdu-protection-timeout|bpdu-throttle|extend|ignore-pvid|log|clear|enable$|root)|area |redistribute|"
    r"network |distance|metric|passive|version |default-metric|auto-summary|trap |rfc1583|restrict|timers|"
    r"graceful|nonstop|nsf|bgp |neighbor |address-family|maximum-|route-map|match |set |vrrp|virtual-|backup$|"
    r"owner$|advertise|preempt|track |failback|router-id|bfd|enable|disable|null-route|log-|spf|tag|"
    # Servers and authentication
    r"sntp(?:$| (?:unicast|broadcast|dhcp|\d+|authentication))|ntp(?:$| (?:unicast|broadcast|enable|max|trap|"
    r"auth|ipv6|peer|source))|timesync|radius-server (?:timeout|retransmit|dead-time|dyn|tracking|cppm|acct|"
    r"max|key|host|secret)|tacacs-server (?:timeout|key|host|dead-time|source)|aaa (?:server-group|"
    r"session-limit|authorization (?:user-role|group|dot1x|mac-auth|web|port)|authentication (?:port-access|"
    r"mac-based|web-based|local-mac|captive|user-based|disable-username|bypass|console-lockout|local-user|"
    r"unlock|snmp|rest|\S+ enable)|port-access|accounting|max-failed|rate-limit)|captive-portal|user-role|"
    r"vlan-(?:id|name|tag|group)|reauth-period|policy |class |action |sequence |\d+ (?:match|ignore|filter|"
    r"class|remark|permit|deny)|url|ip (?:http|source-binding)|server-|logoff|password (?:configuration|"
    r"non-plaintext|complexity|composition|configuration-control|all)|crypto |tls |"
    r"web-management (?:management-url|support-url|idle|interface|listen)|web-management$|key-chain|key \d|"
    r"ta-profile|identity-profile|subject|logging (?:facility|priority-descr|system-module|filter|origin-id|"
    r"debug|severity|notify|command)|copp|dhcp(?! config)|dhcp-(?:server|relay|snooping (?:option|verify|"
    r"database|authorized|max|log|trust|vlan))|dhcp-server|dhcpv6|arp-protect (?:validate|trust|vlan)|"
    r"instrumentation|connection-rate|openflow|controller|listener|instance |ip-sla|service|mdns|profile|zone|"
    r"lease |range |static-bind|default-router|netbios|bootfile|next-server|option |authoritative|conflict|"
    r"dns-server|domain-name|tftp-server|tftp client|vt100|vxlan|hw-|sdn|virus|wireless|radio|oobm|nat |path|"
    r"ping|traceroute|kill|usb-port|autorun|remark|<masked>$",
    re.IGNORECASE,
)

GRAMMAR = Grammar(
    name="hostname",
    negation="no ",
    header=re.compile(
        r"(?:interface|vlan|svlan|oobm|stacking|vsf|router|ip access-list|ipv6 access-list|mac-access-list|class|policy"
        r"|dhcp-server pool|device-profile|zone|aaa authorization user-role name|captive-portal-profile"
        r"|tunneled-node-server|mdns-gateway|ip-sla)\b",
        re.IGNORECASE,
    ),
    top=re.compile(
        r"(?:no )?(?:hostname|module|snmp-server|snmpv3|aaa|radius-server|tacacs-server|banner|console|password|logging"
        r"|ip (?:ssh|route|routing|default-gateway|authorized-managers|dns)|spanning-tree|trunk|sntp|ntp|timesync|time"
        r"|telnet6?-server|web-management|tftp|primary-vlan|management-vlan|max-vlans|include-credentials|autorun|lldp"
        r"|port-security|crypto|tls|dhcp (?:config|image)-file)\b",
        re.IGNORECASE,
    ),
    opaque=(Opaque(re.compile(r"banner (?:motd|exec) (?P<rest>\S.*)", re.IGNORECASE)),),
    opaque_words=frozenset(("banner",)),
    prompt=re.compile(
        r"(?!banner )\w[\w .-]{0,63}(?:\([\w/ .-]{1,40}\))?[>#](?=[ \ta-z]|$)|(?:Running|Startup) configuration:"
        r"|(?:show|display|terminal|write|copy|save|logout|reload|page)(?:\s|$)|no page$|configure(?: terminal)?$|end$",
        re.IGNORECASE,
    ),
    about=re.compile(r"; \S+ (?:IGNORE )?Configuration Editor; "),
    aside=ASIDE,
    words=_WORDS,
    units=units,
    comments=";!#",
    leaves="exit",
    present=("hostname", "vlan 1"),
    inline=re.compile(
        r"(?P<block>interface (?:ethernet )?(?:loopback \S+|vlan \S+|(?!loopback|vlan|tunnel|ethernet)\S+)|vlan \d+)"
        r" (?P<inside>\S.*)",
        re.IGNORECASE,
    ),
)
