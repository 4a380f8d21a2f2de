"""DCN (Digital China, and SNR, which sells the same): known, so that it is not taken for IOS; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("how its lines ask for a login"): r"(?:authentication|authorization) line (?:console|vty|web) ",
        said("addresses from which it may be managed"): r"authentication securityip ",
        said("its servers"): r"(?:radius|tacacs)-server authentication host ",
        said("keys of its SSH server"): r"ssh-server host-key ",
        said("interface names"): r"Interface Ethernet\d+/\d",
    },
)

DIALECT = Dialect("dcn", "DCN and SNR switches", _TELLTALES.resemblance)
