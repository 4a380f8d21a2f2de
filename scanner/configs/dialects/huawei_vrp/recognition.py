"""What a VRP configuration looks like."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={"its software version": r"(?:!Software Version |\[)V\d+R\d+\w*"},
    shared={
        said("separators"): r"#[ \r]*$",
        "user-interface": r"user-interface (?:con|vty|aux|maximum-vty) ",
        "undo": r" ?undo \w",
        "info-center": r" ?(?:undo )?info-center ",
        said("servers"): r" ?(?:undo )?(?:stelnet|telnet|http)(?: ipv[46])? (?:secure-)?server",
        "snmp-agent": r" ?snmp-agent\b",
        "local-user": r" ?local-user \S+ ",
        said("interface names"): (
            r"interface (?:GigabitEthernet|XGigabitEthernet|\d+GE|GE|XGE|MEth|MultiGE|Vlanif|Eth-Trunk"
            r"|Ethernet\d|NULL0)"
        ),
        "vlan batch": r"vlan batch ",
        "acl": r"acl (?:number|name|ipv6) ",
        "aaa": r"aaa[ \r]*$",
        "return": r"return[ \r]*$",
        "port": r" port (?:link-type|default vlan|trunk|hybrid) ",
    },
    needs=r" ?sysname \S|!Software Version V\d",
    never=r" *authentication-mode scheme|radius scheme \S|[{<]\?|[ \t]*+[{\[]\s*+[\"{\]]",
    least=3,
    with_mark=2,
)
