"""What a HiOS command script looks like."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={
        said("its version"): r"! Version: HiOS-",
        said("management services"): r" *network management access (?:add|operation|status|web)\b",
        said("discovery"): r" *(?:no )?network hidiscovery (?:operation|mode|relay)\b",
        said("its external memory"): r" *config envm (?:auto-update|config-save|load-priority|sshkey-auto-update)\b",
        said("its status"): r" *(?:no )?(?:device|security)-status monitor [a-z-]+",
    },
    never=r"! Version: (?!HiOS-)|[ \t]*(?:no )?packet-filter |[ \t]*ipsec connection ",  # HiSecOS writes as HiOS does
)
