"""Cisco NX-OS 6 to 10 (Nexus 3000, 5000, 7000, 9000): ``show running-config`` as settings.

Sources: Cisco Nexus 9000 Series NX-OS configuration guides (Fundamentals, Security, Interfaces, Layer 2 Switching,
Unicast Routing, System Management), 7.x to 10.x. NX-OS writes much as IOS does, from which what is alike is taken;
defaults are its own: a feature is off until it is named, SSH is on, Telnet off, accounts have roles, passwords are
checked, the processor is guarded (CoPP), and hosts are not answered for (proxy ARP).
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.cisco_nxos.recognition import TELLTALES
from scanner.configs.dialects.cisco_nxos.secrets import SECRETS
from scanner.configs.entry_lines import as_given

DIALECT = Dialect(
    "cisco-nxos",
    "Cisco NX-OS",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    as_given,
)
