"""SmartByte and others with the same switch software: known, so that they are not taken for IOS; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("how it offers its web pages"): r"(?:no )?web-server enable\b",
        said("how it offers Telnet and SSH"): r"(?:no )?(?:telnet|ssh)-server enable[ \r]*$",
        said("its communities"): r"snmp-server group \S+ v2c +read \S+ write ",
    },
    never=r"(?:authentication|authorization) line |Interface Ethernet\d|ip http server",  # another has SSH servers, too
)

DIALECT = Dialect("smartbyte", "SmartByte (switches of several makers)", _TELLTALES.resemblance)
