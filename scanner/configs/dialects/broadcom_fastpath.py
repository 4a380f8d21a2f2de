"""FASTPATH, ICOS and EFOS, which Broadcom sells to makers of switches: known, so that they are not taken for IOS; not
read.
"""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its header"): r"!System (?:Description|Software Version) \"(?!Hirschmann|L[23][BEP]-)",
        said("lines of users"): r"line (?:telnet|ssh)[ \r]*$",
        said("its port for management"): r"serviceport (?:ip|protocol) ",
    },
    with_mark=1,
)

DIALECT = Dialect(
    "broadcom-fastpath", "Broadcom FASTPATH, ICOS and EFOS (switches of several makers)", _TELLTALES.resemblance
)
