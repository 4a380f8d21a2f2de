"""Arista EOS 4.20 to 4.33: ``show running-config`` as settings.

Sources: Arista EOS User Manual (Switch Administration, User Security, ACLs and Route Maps, Spanning Tree, 802.1X,
SNMP). EOS writes as IOS does, from which what they have in common is taken; defaults are its own: each port switches in
VLAN 1 until it is told not to, SSH is on, Telnet and the APIs are off, sessions do not end by themselves, nothing is
routed without ``ip routing``, hosts are not answered for (proxy ARP), and the processor has a built-in guard.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.arista_eos.recognition import TELLTALES
from scanner.configs.dialects.arista_eos.secrets import SECRETS
from scanner.configs.entry_lines import as_given

DIALECT = Dialect(
    "arista-eos",
    "Arista EOS",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    as_given,
)
