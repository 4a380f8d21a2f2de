"""How NX-OS writes a configuration. It has no last line; ``line vty`` is in every one, behind the interfaces."""

from __future__ import annotations

import re
from dataclasses import replace

from scanner.configs.dialects.cisco_ios import grammar as ios
from scanner.configs.headers import Unit, interfaces

_PORTS = ("ethernet", "mgmt", "vlan", "loopback", "port-channel", "tunnel", "nve", "vethernet", "fc", "breakout")


def units(text: str) -> list[Unit]:
    """The ports that the first line of a block means."""
    return interfaces(text, "-", lambda name: ios.full_name(name, _PORTS))


_ASIDE = re.compile(
    r"feature |feature-set |cfs |vdc |limit-resource |allow |install |copp |hardware |system |fabric|nv overlay"
    r"|service unique|vrf context"
    r"|ip (?:domain|name-server|route |address |router |redirects|port-unreachable|pim|igmp|arp|ospf|eigrp"
    r"|adjacency|load-sharing|dhcp relay|host |tcp|as-path|community|extcommunity|autoconfig|radius|tacacs"
    r"|ftp|tftp|ssh source|telnet source|dns)|ipv6 (?:route |address |router |link-local|redirects|dhcp|ospf)"
    r"|vlan (?:\d|dot1q|configuration)|vn-segment|name |state |mode "
    r"|spanning-tree (?:mode|vlan|mst|port type|pathcost|loopguard|link-type|guard|bridge|domain|pseudo)|vpc|peer-"
    r"|role |auto-recovery|delay |dual-active|system-|channel-group |lacp|port-channel|mtu |speed|duplex|negotiate"
    r"|bandwidth|description|switchport|medium|beacon|udld|load-interval|link "
    r"|logging (?:level|console|monitor|event|logfile|module|origin-id|rate-limit|ip)"
    r"|snmp-server (?:location|contact|enable|system|source|tcp-session|engineid|counter|context|mib|drop"
    r"|load|aaa)|rmon |callhome|email|destination-profile|contact|transport email|streetaddress|phone"
    r"|aaa group server|server |use-vrf|source-interface|deadtime|tacacs-server|radius-server"
    r"|ntp (?:source|authentication-key|trusted-key|logging|distribute|commit|master)|clock |boot |line "
    r"|session-limit|terminal|cli |alias|banner |username \S+ (?:keypair|passphrase|sshkey|ssh-cert)|ssh key"
    r"|userpassphrase|object-group|statistics |ignore |\d+ (?:host|eq|range|\d|permit|deny)|route-map|match |set "
    r"|ip prefix-list|ip community-list|class |class-map|policy-map|service-policy|police|queuing|type |priority"
    r"|random-detect|pause|no-drop|qos|track |sla |object|hsrp|vrrp|glbp|preempt|timers"
    r"|authentication (?:text|md5)|forwarder|router |router-id|network |redistribute|area |passive|auto-cost"
    r"|default-information|log-adj|maximum|distance |bestpath|graceful|neighbor |remote-as|remove-private"
    r"|disable-peer|default-originate|ip forward|ip distribute|ip passive|ip \d|allocate |cpu-share|update-source"
    r"|address-family|advertis|inherit|template|send-community|soft-reconf|next-hop|route-reflector|ebgp"
    r"|capability|allowas|weight|local-as|prefix-list|filter-list|dynamic-cap|suppress|aaa authorization |end-job"
    r"|rd |route-target|evpn|vni |l2vpn|import|export|retain|nve|member |ingress|mcast|host-reachability|source-if"
    r"|global|bfd|net |is-type|isis|metric|event |action |scheduler|job |time |configure|guestshell"
    r"|virtual-service|monitor|source |destination |slot |port |interface breakout|poweroff|power|diagnostic|mac "
    r"|errdisable|cdp (?:timer|holdtime|format|advertise)|lldp (?:timer|holdtime|reinit|tlv)|interface|no shutdown"
    r"|poap|license|itd|catena|icam|telemetry|sensor|subscription|certificate|dst-grp|snsr|path "
    r"|nxapi (?:port|use|http|https|sandbox|certificate|ssl)|key chain|key \d|accept-|send-lifetime|cryptographic"
    r"|crypto|security|logging timestamp",
    re.IGNORECASE,
)

GRAMMAR = replace(
    ios.GRAMMAR,
    end="line vty",
    goes_on=True,
    header=re.compile(
        r"(?:interface|line|vlan \d|router|class-map|policy-map|route-map|(?:ip|ipv6|mac) access-list|vrf context"
        r"|aaa group server|object-group|vpc domain|key chain|template)\b",
        re.IGNORECASE,
    ),
    top=re.compile(
        r"(?:no )?(?:hostname|switchname|version|feature|username|userpassphrase|login|scheduler|copy|end-job|vdc|aaa"
        r"|snmp-server|ntp|banner|clock|logging|ssh|telnet|ip (?:route|domain|name-server|host)|cdp|lldp"
        r"|spanning-tree mode|tacacs-server|radius-server|boot|copp|password)\b",
        re.IGNORECASE,
    ),
    about=re.compile(r"!Running configuration last done at: "),
    aside=re.compile(f"{ios.GRAMMAR.aside.pattern}|{_ASIDE.pattern}", re.IGNORECASE),
    units=units,
)
