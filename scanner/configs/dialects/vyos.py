"""VyOS, EdgeOS and other descendants of Vyatta: known, so that they are taken for no relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_KINDS = r"(?:ethernet|loopback|bridge|bonding|openvpn|wireguard|switch|dummy|pseudo-ethernet|vti|tunnel|pppoe)"

_TELLTALES = Telltales(
    marks={
        said(
            "its version"
        ): r"(?:// vyos-config-version|/\* === vyatta-config-version|// Warning: Do not remove|// Release version: )",
        said(
            "its interfaces"
        ): rf"set interfaces {_KINDS} '?(?:eth|lo|br|bond|vtun|wg|switch|dum|peth|vti|tun|pppoe)\d*'? ?",
        said(
            "its interfaces in blocks"
        ): r"[ \t]+(?:ethernet eth\d+|loopback lo|bridge br\d+|switch switch\d+|bonding bond\d+|openvpn vtun\d+) \{",
        said("its rules"): r"set firewall (?:ipv6-)?name '?[\w-]+'? (?:default-action|rule)",
        said("its rules in blocks"): r"[ \t]+(?:ipv6-)?name \S+ \{[^\n]*\n[ \t]+default-action ",
        said("its services"): r"set service (?:ssh|dhcp-server|dns|gui|nat|ubnt-discover|https|snmp|lldp|ntp)\b",
        said("its logins"): r"set system login user '?\S+'? authentication (?:encrypted-password '|plaintext-password)",
    },
    shared={
        said("the system"): r"(?:system \{|set system )",
        said("interfaces"): r"(?:interfaces \{|set interfaces )",
        said("services"): r"service \{",
        said("firewall"): r"firewall \{",
    },
    never=r"set version \d|version \d[^;\n]*;|set deviceconfig ",
    with_mark=1,
)

DIALECT = Dialect("vyos", "VyOS, EdgeOS or another descendant of Vyatta", _TELLTALES.resemblance)
