"""Linux nftables: ``nft list ruleset``, or a file for ``nft -f`` such as /etc/nftables.conf, as settings.

Source: nft(8). Services of the device and rules of iptables-legacy are not in such a file. Addresses and routes are
read where outputs of ip(8) stand beside the tables.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs import entry_lines
from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.linux_nftables.recognition import resemblance
from scanner.configs.secrets import SecretWords

DIALECT = Dialect(
    "linux-nftables",
    "Linux nftables",
    resemblance,
    read_when_asked(__name__),
    SecretWords(),
    Path(__file__).with_name("remedies.yaml"),
    entry_lines.when_asked(__name__),
)
