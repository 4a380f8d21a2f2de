"""How Moxa's devices write a configuration: a heading with the name, a blank before lines of blocks, ``end``."""

from __future__ import annotations

import re

from scanner.configs.grammar import Grammar
from scanner.configs.headers import Unit, port_names

_PORTS = re.compile(r"interface\s+ethernet\s+(\d+/\d+(?:\s*[-,]\s*\d+(?:/\d+)?)*)", re.IGNORECASE)
BLOCK = r"interface\s+(?:ethernet\s+\S|trunk\s+\d|vlan\s+\d|(?:mgmt|lan|wan|bridge|zone-base-bridge)(?:\s+\d+)?$)"


def units(text: str) -> list[Unit]:
    """The ports of ``interface ethernet 1/1``, ``interface ethernet 1/1-1/4,1/7``."""
    found = _PORTS.fullmatch(text.strip())
    if found is None:
        return []
    names = port_names(found[1].lower(), "-", str.lower)
    return [Unit(f"interface ethernet {name}", f"interface ethernet {name}") for name in names]


# What says nothing that is judged. Where something of the kind is judged, each command is named by itself, so that one
# that nobody knows stays in doubt.
ASIDE = re.compile(
    # The device
    r"exit$|login mode |snmp-server (?:location|description|contact|engineid)|aaa authentication fail-message"
    r"|auto-backup (?:enable|config)$|auto-backup$|ip http-server (?:port|secure port|max-login-users|auto-logout)"
    r"|ip telnet (?:port|max-login-users)|ip ssh port|clock |ntp (?:refresh-time|authentication-key)"
    r"|moxa-utility|logging-capacity|security-notification|fast-bootup|settingcheck|config-fwr-ver-check"
    r"|email-warning|warning-notification|logging (?:trusted-access|dos|ipsec|firewall|l3l7-policy)$"
    r"|logging(?: (?:flash|syslog|trap))?$"
    r"|ip (?:name-server|ping-response|ddns)|ipv6 address|l2tp|ip (?:pptp|pppoe) |dot1x radius |dot1x local-userdb "
    r"|auth radius auth-type|auth (?:radius|tacacs\+) timeout|auth (?:radius|tacacs\+) server-port"
    # Ports and VLANs
    r"|vlan create|name |speed-duplex|flowcontrol|media |mtu |fiber-check|trunk-mode|bridge group|bind vlan"
    r"|mac-address |mac-address-table aging-time|lldp timer|monitor source|redundancy|turbo"
    r"|switchport (?:access vlan|trunk|hybrid) "
    r"|spanning-tree(?:$| (?:priority|forward-delay|max-age|hello-time|cost))|gvrp|shutdown$"
    r"|ip igmp-snooping|ip igmp static-group|qos |"
    # Routing, tunnels and servers of addresses
    r"ip (?:route|multicast-routing|mroute|address|default-gateway)|router |version \d|network |redistribute |area "
    r"|vrrp|vrid |virtual-ip |preempt|accept$|adver-interval |ip ospf (?:area|priority|hello|dead)|ip nat "
    r"|original |translated |service dhcp|ip dhcp (?:pool|static|retry)|lease |dns-server |ntp-server "
    r"|default-router |remote-gateway |startup-mode |local-multi-network |remote-multi-network |identity |dpd-"
    r"|phase[12]$|auth-mode |life-time |session-control",
    re.IGNORECASE,
)

GRAMMAR = Grammar(
    name="hostname",
    negation="no ",
    end="end",
    header=re.compile(
        rf"(?:{BLOCK}|router\s|vrrp\s+\d|l3l7-policy$|firewall\s+\d|l2-filter\s+\d|ip\s+nat\s+\d|ip\s+access-list\s"
        r"|ip\s+dhcp\s+pool\s|ipsec\s|object\s|openvpn\s)",
        re.IGNORECASE,
    ),
    top=re.compile(
        r"(?:no )?(?:hostname|login|username|snmp-server|aaa|auth|auto-backup|ip (?:http-server|telnet|ssh|route"
        r"|default-gateway|ping-response)|interface trusted-access|lldp|clock|ntp (?:remote-server|refresh-time|server)"
        r"|vlan|gvrp|logging \d|password-policy|login-lockout|fast-bootup|redundancy|moxa-utility|security-notification"
        r"|warning-notification|email-warning|service dhcp|settingcheck|monitor)\b",
        re.IGNORECASE,
    ),
    prompt=re.compile(
        r"[^\s#>]{1,64}(?:\([\w/ .:-]{1,40}\))?(?:>>|[>#])(?:\s|$)"
        r"|[^#>]{1,64}[>#]{1,2} ?(?:show|terminal|configure|copy|save|exit|quit)\b"
        r"|(?:show|terminal|copy|save|quit|logout|reload|configure)\b",
        re.IGNORECASE,
    ),
    about=re.compile(r"! -{4,} \S.* -{4,}$"),
    aside=ASIDE,
    units=units,
)
