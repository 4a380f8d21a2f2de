"""Linux iptables: the output of iptables-save and ip6tables-save, with ``ipset save`` beside it, as settings.

Sources: iptables-save(8), iptables(8), ip6tables(8), iptables-extensions(8), ipset(8). What is filtered elsewhere
(nftables, other namespaces) is not in such a file, nor are services of the device. Addresses and routes are read where
outputs of ip(8) stand beside the tables.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.linux_iptables.recognition import resemblance
from scanner.configs.entry_lines import as_given
from scanner.configs.secrets import SecretWords

DIALECT = Dialect(
    "linux-iptables",
    "Linux iptables",
    resemblance,
    read_when_asked(__name__),
    SecretWords(),
    Path(__file__).with_name("remedies.yaml"),
    as_given,
)
