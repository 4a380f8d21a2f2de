"""What a FortiOS configuration looks like. Other systems of the vendor write the same syntax and another header."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

_FIREWALLS = r"F(?:G|WF|W\d)"  # FortiGate, FortiWiFi

TELLTALES = Telltales(
    marks={
        said("its version"): rf"#config-version={_FIREWALLS}",
        said("policies of a firewall"): r" *config firewall (?:policy|address|addrgrp|service custom|vip)\n",
        said("rights of administrators"): r" *config system accprofile\n",
        said("tunnels"): r" *config vpn ipsec phase[12]",
        said("virtual domains"): r" *config vdom\n",
        said("routing"): r" *config router (?:static|multicast)\n",
    },
    shared={
        said("the device itself"): r" *config system global\n",
        said("interfaces"): r" *config system interface\n",
        said("administrators"): r" *config system admin\n",
        said("entries of tables"): r"[ \t]+edit \S",
        said("values"): r"[ \t]+set \S+ \S",
    },
    needs=r"(?:#config-version=| *config (?:system |global\n|vdom\n|firewall ))",
    never=rf"#config-version=(?!{_FIREWALLS})|```|[ \t]*+<|[ \t]*+[{{\[]\s*[\"{{\]]",
    with_mark=2,
)
