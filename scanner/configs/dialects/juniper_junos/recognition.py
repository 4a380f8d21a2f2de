"""What a Junos configuration looks like, in braces and as commands. Others write ``set`` lines and braces, too."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

_PORT = r"(?:[gx]e|et|fe|so|t[13]|e[13])-(?:\d+|<)|(?:ae|reth|irb|lo0|fxp0|em\d|me\d|vme|st0|vlan|gr-|fab\d|pp0|lt-|<)"
_OF_PORTS = r"unit|disable|description|vlan-tagging|native-vlan-id|[\w-]*ether-options"
_SET = r"(?:set|deactivate) (?:groups \S+ |logical-systems \S+ )?"

TELLTALES = Telltales(
    marks={
        said("its version"): r"(?:set )?version \"?\d+\.\d+[A-Z-][\w.:-]*\"?;?[ \t]*(?:\n|$)",
        said("when it was changed"): r"## Last (?:commit|changed): ",
        said("the password of root"): rf"(?:[ \t]+root-authentication \{{|{_SET}system root-authentication )",
        said("units of interfaces"): rf"{_SET}interfaces (?:{_PORT})\S* (?:{_OF_PORTS}) ?",
        said(
            "units of interfaces in blocks"
        ): rf"[ \t]*(?:{_PORT})[\w/.*>-]* \{{[^\n]*\n(?:[^\n]*\n){{0,6}}?[ \t]+unit (?:\d+|<\*>) \{{",
        said("filters"): rf"{_SET}firewall (?:family [\w-]+ )?filter \S+ (?:interface-specific|term )",
        said("terms of filters"): r"[ \t]+term \S+ \{[^\n]*\n[ \t]+(?:from|then) ",
        said("policies of routes"): rf"{_SET}policy-options (?:policy-statement|prefix-list|community) \S",
        said("policies of a firewall"): rf"{_SET}security (?:policies from-zone|zones security-zone) \S",
        said("zones in blocks"): r"[ \t]+(?:from-zone \S+ to-zone \S+|security-zone \S+) \{",
        said("services"): rf"{_SET}system services (?:ssh|netconf|web-management|telnet)\b",
        said("logins"): rf"{_SET}system login (?:user \S+ (?:uid|class|authentication)|class \S+ permissions)",
        said("users in blocks"): r"[ \t]+(?:encrypted-password \"|class (?:super-user|operator|read-only);)",
        said("routes"): rf"{_SET}routing-options (?:static route|autonomous-system|router-id) ",
        said(
            "protocols"
        ): rf"{_SET}protocols (?:ospf3? area|bgp group|isis interface|lldp interface|rstp|mpls interface|ldp) ?",
    },
    shared={
        said("the system"): r"(?:system \{|set system )",
        said("its name"): r"(?:[ \t]+host-name \S+;|set system host-name )",
        said("interfaces"): r"(?:interfaces \{|set interfaces )",
        said("protocols in blocks"): r"protocols \{",
        said("options of routing"): r"routing-options \{",
        said("statements in blocks"): r"[ \t]+[\w-]+ [^\n;{]*;[ \t]*(?:##[^\n]*)?(?:\n|$)",
        said("filters in blocks"): r"(?:firewall|policy-options|security|snmp|vlans|chassis|groups) \{",
    },
    never=(
        r"set (?:deviceconfig|mgt-config|network (?:interface|profiles|virtual-router)|rulebase|shared address)\b"
        r"|(?:[ \t]*deviceconfig|mgt-config|config) \{|[ \t]*(?:ethernet|loopback|bridge) (?:eth\d+|lo|br\d+) \{"
        r"|set interfaces (?:ethernet|loopback|bridge|bonding|openvpn|switch) (?:eth|lo|br|bond|vtun|switch)\d*\b"
        r"|// vyos-config-version|/\* === vyatta|```|[ \t]*+<(?:\?|rpc|config)|hostname \S|/configure |nv set "
    ),
    least=2,
    with_mark=1,
)
