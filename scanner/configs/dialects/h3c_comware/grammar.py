"""How Comware writes a configuration. What stands at the top is indented by one space there, between separators."""

from __future__ import annotations

import re

from scanner.configs.dialects.h3c_comware.commands import WORDS
from scanner.configs.dialects.huawei_vrp.grammar import KEYS, LEFT_OUT, OPAQUE_WORDS, PROMPT
from scanner.configs.grammar import Grammar, Opaque
from scanner.configs.headers import Unit, in_full, interfaces, lines

_KINDS = (
    *("gigabitethernet", "ethernet", "ten-gigabitethernet", "vlan-interface", "bridge-aggregation"),
    *("route-aggregation", "loopback", "m-gigabitethernet", "tunnel", "fortygige", "hundredgige"),
)


def _full_name(name: str) -> str:
    """The name of an interface in lower case, with its kind in full and without blanks."""
    return in_full(name, _KINDS)


def _units(text: str) -> list[Unit]:
    """The ports or lines that the first line of a block means."""
    command, _, rest = text.partition(" ")
    if command.lower() in ("user-interface", "line"):
        return lines(command.lower(), rest)
    return interfaces(text, r"(?<=[\s\d])to(?=\s)", _full_name)


# Commands that carry traffic, shape or display it, and say nothing that is kept.
_ASIDE = re.compile(
    r"(?:quit|return)$|description |step |rule \d+ (?:comment|remark) |version |mdc |irf|burst-mode|password-recovery"
    r"|link-aggregation |lacp |link-delay |speed |duplex |mdi |flow-control|jumboframe|combo |undo combo|broadband"
    r"|port (?:link-mode|trunk|hybrid|access|auto-power|link-flap|up-mode)|mtu |poe |loopback|virtual-cable"
    r"|stp (?:instance|region|global|enable|mode|root|priority|timer|cost|loop|point|tc|port|pathcost|max|vlan|no)"
    r"|region-name |instance |active region|revision-level |check region|vlan \d+$|vlan \d+ to|undo portswitch"
    r"|ospf |area|network |router[ -]id|import-route|default-route|bandwidth-ref|peer |address-family|bgp |rip |isis"
    r"|ip (?:route-static|prefix-list|vpn-instance|as-path|community|load|ttl|unreach|redirects|subnet)"
    r"|route-distinguisher|vpn-target|route-policy|apply |if-match |traffic (?:classifier|behavior|policy)|qos |car "
    r"|classifier |remark |filter |accounting|gateway-list|dns-list|dns |domain-name|expired|forbidden-ip|address range"
    r"|dhcp (?:select|enable|relay|server (?!ip-pool)|snooping (?:trust|binding|rate|max|information))"
    r"|dhcp-snooping trust"
    r"|vrrp |bfd|track |nqa|mpls|multicast|igmp|pim|mac-address (?:timer|max|learn|notification|information)"
    r"|mac-vlan |dhcp snooping check|authorization-attribute |attribute |dot11|channel |max-power |silent-interface "
    r"|stub"
    r"|loopback-detection|dldp"
    r"|lldp (?:compliance|tlv|mode|encapsulation|hello|timer|notification|fast|max|management)"
    r"|voice|wlan|ap |radio|ssid|capwap|service-template"
    r"|snmp-agent (?:local-engineid|sys-info|trap|mib-view|packet|port|calculate|log)"
    r"|info-center (?:logfile|trapbuffer|console|monitor|syslog|diagnostic|security|channel|source|synchronous)"
    r"|history-command|screen-length|terminal type|shell|activation-key|escape-key|auto-execute|command |databits"
    r"|scheduler |job |time |fan |temperature|monitor |led |hardware-resource|switch-mode|forward|device |slot |boot"
    r"|port-security (?:max|intrusion|timer|mac|ntk|trap|authorization)|mac-authentication |dot1x |web-auth|portal"
    r"|storm-constrain (?:control|enable|interval|broadcast|multicast|unicast)"
    r"|mirroring-group |password-control (?:history|expired|alert|update|complexity|change|login (?:idle|attempt))"
    r"|user-role |radius |hwtacacs |primary |secondary |user-name-format"
    r"|key |nas-ip|timer |retry |server-type|domain (?:name )?[\w-]+$"
    r"|auth(?:orization|entication) (?:default|lan|portal|super|login|command)|access-limit|state |idle-cut"
    r"|self-service|user-group |group-attribute|local-user \S+ class network|password$|service-type |role "
    r"|rule \d+ permit read"
    r"|level|bind-attribute |pki |public-key|ssl (?:client|server|renegotiation|version)"
    r"|ssh (?:user|client|server (?:rekey|port|dscp))|sftp client|t?ftp client|ftp (?:timeout|update) "
    r"|ntp-service (?:authentication-keyid|reliable|max|dscp|source|refclock)|clock |header|copyright|load |cluster"
    r"|ntdp|ndp|arp (?!static|detection enable)|nd |ipv6$|ipv6 (?:address|nd |mtu|route|prefix|unicast|neighbor)"
    r"|security-zone|import interface|object-group|object-policy|nat "
    r"|undo (?:dhcp|ftp|telnet|irf)|netconf|xml|cloud-management|openflow|vtep|vxlan|vsi |evpn|l2vpn|interface NULL",
    re.IGNORECASE,
)

GRAMMAR = Grammar(
    name="sysname",
    negation="undo ",
    separator="#",
    end="return",
    header=re.compile(
        r"(?:interface|user-interface (?:con|vty|aux|tty)|line (?:vty|aux|class|con|console|usb|tty)|acl|vlan \d"
        r"|local-user \S|domain (?!default)|radius scheme|hwtacacs scheme|ldap scheme|dhcp server ip-pool"
        r"|traffic (?:classifier|behavior)|qos policy|ospf|bgp|rip|ssl (?:server|client)-policy|pki domain|keychain"
        r"|user-group|role name|stp region)\b",
        re.IGNORECASE,
    ),
    top=re.compile(
        r"(?:undo )?(?:sysname|version|telnet server|ssh server|sftp server|scp server|ftp server|ip https?|snmp-agent"
        r"|info-center|ntp-service|sntp|clock|header|super|ip route-static|stp (?:mode|bpdu|global)|lldp global|dhcp"
        r"|password-control|irf|arp static|mac-address static|domain default|packet-filter default|port-security enable"
        r"|dot1x$)\b",
        re.IGNORECASE,
    ),
    opaque=(
        Opaque(re.compile(r"header [a-z-]{1,20}\s+(?P<rest>[^\s\w].*)", re.IGNORECASE)),
        *KEYS,
    ),
    opaque_words=OPAQUE_WORDS,
    prompt=PROMPT,
    about=re.compile(r"(?!)"),
    aside=_ASIDE,
    words=WORDS,
    left_out=LEFT_OUT,
    units=_units,
)
