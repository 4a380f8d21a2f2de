"""Whether a file is a VRP configuration."""

from __future__ import annotations

import re

_NOT_VRP = re.compile(  # what only Comware has, and IOS, JSON and XML
    rb"^(?: ?version \d+\.\d+\.\d+, |line (?:vty|aux|class|console) | ?password-control | irf|acl (?:advanced|basic) "
    rb"|interface (?:Vlan-interface|Bridge-Aggregation|Route-Aggregation|M-|Ten-|FortyGigE|HundredGigE)"
    rb"|local-user \S+ class |ssh server enable|(?:undo )?ip https? enable|dhcp server ip-pool "
    rb"|hostname |[{<]\?|\s*[{\[]\s*[\"{\]])",
    re.MULTILINE,
)


_VERSION = re.compile(rb"^!Software Version (V\d+R\d+\w*)", re.MULTILINE)


_SYSNAME = re.compile(rb"^sysname \S", re.MULTILINE)


_TELLTALES = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rb"^#[ \r]*$",
        rb"^user-interface (?:con|vty|aux|maximum-vty) ",
        rb"^undo \w",
        rb"^(?:undo )?info-center ",
        rb"^(?:undo )?(?:stelnet|telnet|http)(?: ipv[46])? (?:secure-)?server",
        rb"^snmp-agent\b",
        rb"^ ?local-user \S+ ",
        rb"^interface (?:GigabitEthernet|XGigabitEthernet|\d+GE|GE|XGE|MEth|MultiGE|Vlanif|Eth-Trunk|Ethernet\d|NULL0)",
        rb"^vlan batch ",
        rb"^acl (?:number|name|ipv6) ",
        rb"^aaa[ \r]*$",
        rb"^return[ \r]*$",
        rb"^ port (?:link-type|default vlan|trunk|hybrid) ",
    )
)


def recognises(name: str, head: bytes) -> bool:  # noqa: ARG001 - content decides, the name is part of the interface
    """The first kilobytes are a VRP configuration, and no Comware one."""
    head = head.replace(b"\r\n", b"\n")
    if _NOT_VRP.search(head):
        return False
    votes = sum(1 for t in _TELLTALES if t.search(head))
    return bool(_VERSION.search(head) and votes >= 2) or bool(_SYSNAME.search(head) and votes >= 3)
