"""What a configuration of ArubaOS-Switch looks like. A heading, or what nobody else writes beside what switches say."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={
        said("its heading"): r"; (?:J[A-Z]?\d\w+|R\d\w+|hpStack\w*)(?: IGNORE)? Configuration Editor\b",
        said("its modules"): r"(?:flexible-)?module \w{1,2} type [jJ]\w+",
        said("passwords of manager and operator"): r"password (?:manager|operator)(?: user-name \S.*)?[ \t]*$",
        said("authorised managers"): r"ip authorized-managers \d",
        said("communities with restricted access"): (
            r"snmp-server community \"?\S+?\"? +(?i:operator|manager|restricted|unrestricted)\b"
        ),
        said("aggregations"): r"trunk [A-Z\d/,-]+ [Tt]rk\d+",
        said("authentication at ports"): r"aaa port-access (?:authenticator|mac-based|web-based|gvrp-vlans)\b",
        said("ports without a tag"): r"[ \t]*(?:no )?untagged (?:\d+/)?[A-Z]?\d[\dA-Z/,-]*[ \t]*$",
    },
    shared={
        said("names a device"): r"hostname \"",
        said("an SNMP agent"): r"snmp-server (?:community|contact|location|host) ",
        said("VLANs"): r"vlan \d+[ \t]*$",
        said("ports"): r"interface (?:\d+/)?[A-Z]?\d+[ \t]*$",
        said("its web server"): r"(?:no )?web-management\b",
        said("its file server"): r"no (?:tftp|autorun|dhcp (?:config|image)-file-update)\b",
    },
    # Westermo WeOS, Zyxel, Dell, Brocade and IOS have VLANs that resemble these.
    never=(
        r"iface \S+ inet|[ \t]+fixed \d|[ \t]*(?:un)?tagged ethe |[ \t]+(?:no )?switchport\b|version \d+\.\d"
        r"|!Version ArubaOS-CX|!export-password|[ \t]*(?:no )?shutdown[ \t]*$"
    ),
    with_mark=1,
)
