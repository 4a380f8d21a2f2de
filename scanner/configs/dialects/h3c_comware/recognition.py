"""What a Comware configuration looks like, and VRP never does."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={
        said("its version"): r" ?version \d+\.\d+(?:\.\d+)?, ",
        said("lines of users"): r"line (?:vty|aux|class|console) ",
        said("password control"): r" ?password-control",
        said("stacking"): r" irf",
        said("access lists"): r"acl (?:ipv6 )?(?:advanced|basic) ",
        said("interface names"): (
            r"interface (?:Vlan-interface|(?:Bridge|Route)-Aggregation|M-|Ten-|(?:Forty|Hundred)GigE)"
        ),
        said("classes of users"): r"local-user \S+ class ",
        said("its SSH server"): r" ?ssh server enable",
        said("its web server"): r" ?(?:undo )?ip https? enable",
        said("pools of addresses"): r"dhcp server ip-pool ",
        said("rights of users"): r" authorization-attribute ",
        said("modes of ports"): r" port (?:link-mode (?:bridge|route)|access vlan \d|trunk permit vlan )",
    },
    needs=r" ?sysname \S",
    never=r"hostname |!Software Version V|vlan batch |[{<]\?|[ \t]*+[{\[]\s*+[\"{\]]",
)
