"""H3C Comware: known, so that it is not taken for a relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales

_TELLTALES = Telltales(
    marks={
        "its version": r" ?version \d+\.\d+\.\d+, ",
        "lines of users": r"line (?:vty|aux|class|console) ",
        "password control": r" ?password-control",
        "stacking": r" irf",
        "access lists": r"acl (?:advanced|basic) ",
        "interface names": r"interface (?:Vlan-interface|(?:Bridge|Route)-Aggregation|M-|Ten-|(?:Forty|Hundred)GigE)",
        "classes of users": r"local-user \S+ class ",
        "its SSH server": r"ssh server enable",
        "its web server": r"(?:undo )?ip https? enable",
        "pools of addresses": r"dhcp server ip-pool ",
    },
    needs=r" ?sysname \S",
    never=r"hostname ",
)

DIALECT = Dialect("h3c-comware", "H3C Comware", _TELLTALES.resemblance)
