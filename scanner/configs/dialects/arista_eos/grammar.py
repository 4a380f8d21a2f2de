"""How EOS writes a configuration: as IOS does, with banners that end in a line of their own."""

from __future__ import annotations

import re
from dataclasses import replace

from scanner.configs.dialects.cisco_ios import grammar as ios
from scanner.configs.grammar import Opaque
from scanner.configs.headers import Unit, interfaces

_PORTS = (
    *("ethernet", "management", "vlan", "loopback", "port-channel", "vxlan", "tunnel", "recirc-channel", "unconnected"),
    "switch",
)


def units(text: str) -> list[Unit]:
    """The ports that the first line of a block means."""
    return interfaces(text, "-", lambda name: ios.full_name(name, _PORTS))


_ASIDE = re.compile(
    r"transceiver |service (?:routing|interface|unsupported|configuration)|queue-monitor|agent |hardware |daemon "
    r"|exec |terminattr|dns "
    r"|ip (?:name-server|domain|routing|hardware|virtual-router|address |igmp|pim|multicast|as-path|load"
    r"|community-list|large|rip|arp|icmp|tcp|radius|tacacs|ftp|http client|extcommunity)"
    r"|ipv6 (?:unicast|hardware|address|routing)"
    r"|switchport(?: (?:mode|trunk|access|source|dot1q|tap|tool|vlan|phone|backup|default|pruning|private))?"
    r"|vrf instance|vrf|rd |route-target|mlag|peer-|local-interface|primary-priority|reload-delay|domain-id"
    r"|dual-primary|heartbeat|lacp|ptp |sflow|monitor |tap |email|event-handler|event-monitor|trigger|action "
    r"|delay|statistics |counters |poll-interval|protocol |cors|default-services|qos |class-map|policy-map"
    r"|traffic-|pfc|dscp|priority-flow|load-interval|l2-protocol"
    r"|spanning-tree (?:mode|mst|priority|vlan|loop|port-channel|root|guard|transmit|link-type"
    r"|bpduguard rate|edge-port bpdufilter|hello|forward|max-age)|vlan (?:internal|policy)|state |name "
    r"|trunk group|mac |error-correction|speed |forwarding|bgp |neighbor |router |maximum-|redistribute|network "
    r"|address-family|distance |timers |graceful|bfd|isis|is-type|net |ospf|area |passive-interface|peer-filter"
    r"|match |set |route-map|ip prefix-list|seq |permit |deny |ip route|max-metric|log-adjacency|auto-cost|update "
    r"|no-summary|aggregate-address|rib |dynamic|encapsulation|password encryption-key|tunnel |vxlan|mpls"
    r"|segment-routing|traffic-engineering|evpn|l2vpn|vlan-aware"
    r"|logging (?:console|monitor|synchronous|facility|level|event|format|persistent|relogging|repeat"
    r"|source-interface|buffered|host|trap|on|vrf)"
    r"|snmp-server (?:location|contact|chassis|enable|engineid|local|ifmib|extension|qos|source|transmit"
    r"|view|vrf|group|ipv[46])|aaa (?:root|session|authentication policy|group|authorization|accounting)|role "
    r"|tacacs|radius|server |timeout |retransmit|clock |boot |schedule|alias|prompt|tcam|ssl profile|certificate"
    r"|trust|chain|tls |cipher|key-exchange|mac hmac|hostkey|known-hosts|client-|connection|minimum|maximum"
    r"|entropy|signature|fips|listen|channel-group |autostate|ntp local-interface |ucmp |default neighbor |dcbx "
    r"|flowcontrol |l2 |msrp|mvrp|unidirectional|no ipv6 verify|max-lsa|unsupported |ipv4$|routing$|rp |pim "
    r"|\d+ match |port |source-interface|idle-timeout|lldp |dot1x|poe|link-debounce|environment|system |platform"
    r"|monitor|module|phy|ip helper|dhcp|subnet|range|lease|default-gateway|ip dhcp|control-plane|cvx|vmtracer"
    r"|bug-alert|xmpp|management (?:defaults|cvx|xmpp|accounts|tech-support|client|http-server|api models)|policy"
    r"|ip nat|patch|interface defaults|mtu|ethernet|resequence|remark|description|banner|load-balance|ipsec|ike"
    r"|sa |profile|traffic|arp |as |bandwidth|metric|ip redirects|community|ip ospf|exit",
    re.IGNORECASE,
)

GRAMMAR = replace(
    ios.GRAMMAR,
    header=re.compile(
        r"(?:interface|management|vlan \d|router|class-map|policy-map|route-map|(?:ip|ipv6|mac) access-list"
        r"|vrf instance|aaa group server|mlag configuration|control-plane|system control-plane|daemon|event-handler)\b",
        re.IGNORECASE,
    ),
    top=re.compile(
        r"(?:no )?(?:hostname|service|username|enable|aaa|snmp-server|ntp|banner|clock|logging|ip (?:route|routing"
        r"|domain|name-server|http|ssh)|lldp run|spanning-tree mode|tacacs-server|radius-server|transceiver|boot"
        r"|alias)\b",
        re.IGNORECASE,
    ),
    opaque=(
        Opaque(re.compile(r"banner (?:login|motd|exec)\s*$", re.IGNORECASE), re.compile(r"EOF$")),
        *ios.GRAMMAR.opaque[1:],
    ),
    about=re.compile(r"! device: "),
    aside=re.compile(f"{ios.GRAMMAR.aside.pattern}|{_ASIDE.pattern}", re.IGNORECASE),
    units=units,
)
