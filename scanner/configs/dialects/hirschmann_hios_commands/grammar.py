"""How HiOS writes a script: blocks end with ``exit``, indentation means nothing."""

from __future__ import annotations

import re

from scanner.configs.grammar import Grammar, Opaque
from scanner.configs.headers import Unit, ports

_NOTHING = re.compile(r"(?!)")


def units(text: str) -> list[Unit]:
    """The ports that the first line of a block means: ``interface 1/1``, ``interface 1/1-1/4,1/7``."""
    command, _, rest = text.partition(" ")
    if command.lower() != "interface":
        return []
    if "-" in rest or "," in rest:
        return ports(rest, "-", str.lower)
    return [Unit(text, f"interface {rest.strip().lower()}")]


ASIDE = re.compile(
    r"configure$|exit$|ip routing$|shutdown$|vlan pvid |spanning-tree mode$|device-status|security-status"
    r"|signal-contact|dhcp-server|dns |clock |igmp-snooping|mrp|sub-ring|hiper-ring|redundant-coupling|fast-mrp"
    r"|system (?:contact|location|pre-login-banner text)|cos-queue|classofservice|dos |mac notification"
    r"|temperature|humidity"
    r"|loop-protection|cli (?:prompt|banner text|numlines)|set prompt"
    r"|config (?:envm|watchdog|profile|remote-backup|fingerprint|load)"
    r"|network (?:dhcp|ipv6|parms|out-of-band|protocol|usb|watchdog|management (?:priority|port))|cable-crossing"
    r"|auto-negotiate|auto-disable|speed |duplex |mtu |port-monitor|utilization"
    r"|ip (?:irdp|ospf|rip|igmp|mcast|icmp|mtu|router-id|default-route|route|vrrp|udp-helper|event-list)|l3 relay"
    r"|opc-ua|modbus-tcp|ethernet-ip|profinet|iec61850|lldp (?:config|tlv|notif|med|hold|timer)"
    r"|snmp (?:trap|notification)|sflow|inlinepower|link-flap|power-state|name |routing add"
    r"|vlan (?:add|delete|priority|acceptframe|ingressfilter|protocol|private-edge|dot1p)|garp|gvrp"
    r"|gmrp|mrp-ieee|rate-limit|https (?:certificate|fingerprint|port|cipher)|http (?:port|cache)"
    r"|ssh (?:max|outbound|port|key|fingerprint)|telnet (?:max|port|outbound)|firmware|watchdog|tracking|track "
    r"|vrrp|policy-map|class-map|diffserv|link-aggregation|lag |monitor session|port-mirror"
    r"|spanning-tree (?:forceversion|mst|hello|max-age|forward|hold|cost|priority|guard|ring-only"
    r"|configuration|edge-auto|bpdu-flood|point)|ptp (?:v2|clock|sync|port|peer)"
    r"|sntp (?:client (?:mode|request|disable)|server)|ntp (?:client mode|server|leap)"
    r"|users (?:enable|password-policy|lock-status)"
    r"|dot1x (?:guest|reauth|timers|quiet|max|unauth|vlan|dynamic|monitor)"
    r"|radius (?:accounting|server (?:attribute|nas|timeout|retransmit|acct))"
    r"|logging (?:console|persistent|snmp|cli|buffered|trap|email|host (?:enable|status))|authlists (?:add|enable)"
    r"|physical-interfaces|storm-control ingress (?:unit|unicast|broadcast thr|multicast thr)|storm-control flow"
    r"|ip (?:dhcp-snooping|arp-inspection|source-guard) (?:auto|log|limit|verify|trust|burst|binding)|copy |save "
    r"|remark",
    re.IGNORECASE,
)

GRAMMAR = Grammar(
    name="system name",
    negation="no ",
    end="exit",
    header=re.compile(r"interface\s+\S|vlan database$", re.IGNORECASE),
    top=_NOTHING,
    opaque=(Opaque(re.compile(r"system pre-login-banner text '(?!.*'$)"), re.compile(r".*'$")),),
    opaque_words=frozenset(("system",)),
    prompt=re.compile(
        r"!?\*?[(\[][^)\]]{1,64}[)\]] ?(?:\([\w/ .-]{1,40}\))? ?[>#]|(?:copy|save|logout|show)\b|enable$", re.IGNORECASE
    ),
    about=re.compile(r"! Version: "),
    aside=ASIDE,
    units=units,
    closing="exit",
)
