"""ICStaX and WebStaX, switch software that Microchip (Vitesse, Microsemi) sells to makers of industrial switches:
known, so that it is not taken for IOS; not read.
"""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("how it stores passwords"): r"username \S+ privilege \d+ password (?:(?:un)?encrypted \S|none[ \r]*$)",
        said("its communities"): r"snmp-server community v[123]c? ",
    },
)

DIALECT = Dialect("microchip-icstax", "Microchip ICStaX (switches of several makers)", _TELLTALES.resemblance)
