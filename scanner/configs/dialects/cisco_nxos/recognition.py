"""What an NX-OS configuration looks like."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={
        said("its heading"): r"!Command: show ",
        said("features"): r"(?:no )?feature \w",
        said("virtual device contexts"): r"vdc ",
        said("its management port"): r"interface mgmt0",
        said("its image"): r"boot (?:nxos|kickstart) ",
    },
    never=r"! device: .*EOS|!! IOS XR",
)
