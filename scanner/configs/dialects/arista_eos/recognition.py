"""What an EOS configuration looks like."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={
        said("its heading"): r"! device: .*EOS",
        said("transceivers"): r"transceiver qsfp",
        said("management services"): r"management (?:ssh|api|console|telnet|security)",
        said("its management port"): r"interface Management\d",
        said("hashes of its accounts"): r"(?:username \S+ .*|enable )(?:secret|password) sha512 ",
        said("who is root"): r"(?:no )?aaa root",
    },
    never=r" +nameif \S|feature \w|vdc ",
)
