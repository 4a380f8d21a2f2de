"""What a HiOS configuration profile looks like."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={
        said("its version"): r".*urn:xml:ns:mibconf:base:",
        said("values of MIB objects"): r"[ \t]*+<MibData>",
        said("objects of the vendor"): r"[ \t]*+<MIB name=\"HM2-",
    },
    shared={},
    needs=r".*urn:xml:ns:mibconf:base:",
)
