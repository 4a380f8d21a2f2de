"""Ruijie RGOS 10 to 12 (RG-S switches, RSR and EG routers): ``show running-config`` as settings.

Sources: Ruijie RGOS configuration guides and command references (RG-S29 11.4, RG-S2900G-E 10.4, RG-S5760 12.6, RG-S86
11.0). RGOS writes much as IOS does, from which what is alike is taken; defaults are its own: a port of a switch is in
VLAN 1 until it is told otherwise, no trunk is negotiated, spanning tree is off, SSH is off and Telnet on up to 11.4,
DHCP snooping is in every VLAN, and the processor is guarded (CPP, NFPP). A default that depends on model or release is
``unknown-default``: web server, LLDP outside 11, Telnet of 12.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.ruijie_rgos.recognition import TELLTALES
from scanner.configs.dialects.ruijie_rgos.secrets import SECRETS
from scanner.configs.entry_lines import as_given

DIALECT = Dialect(
    "ruijie-rgos",
    "Ruijie RGOS",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    as_given,
)
