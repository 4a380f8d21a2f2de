"""What a Linux gateway prints beside its filters: networks of eth0, eth1 and wan7."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

GATEWAYS = {"eth0": "10.0.0.6/29", "eth1": "192.0.2.254/24", "wan7": "10.0.0.14/29"}


def link(number: int, name: str, *addresses: str, flags: str = "BROADCAST,MULTICAST,UP,LOWER_UP", kind: str = "ether",
         more: str = "") -> str:  # fmt: skip
    """One interface of ``ip address``."""
    lines = [
        f"{number}: {name}: <{flags}> mtu 1500 qdisc noqueue {more} state UP group default qlen 1000",
        f"    link/{kind} 02:00:00:00:00:0{number} brd ff:ff:ff:ff:ff:ff",
    ]
    for address in addresses:
        lines += [f"    inet {address} scope global {name}", "       valid_lft forever preferred_lft forever"]
    return "\n".join(lines)


LOOPBACK = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo"""
RULES = "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default"
FORWARDS = "net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 0"


def outputs(
    gateways: Mapping[str, str] = GATEWAYS,
    *,
    links: str = "",
    routes: str | None = "",
    rules: str = RULES,
    kernel: str = FORWARDS,
) -> str:
    """The outputs of ``ip address``, ``ip route``, ``ip rule`` and ``sysctl``. routes: more of them; None: none."""
    own = [link(n, name, address) for n, (name, address) in enumerate(gateways.items(), 2)]
    connected = [f"{ipaddress.ip_interface(a).network} dev {n} proto kernel scope link" for n, a in gateways.items()]
    parts = [LOOPBACK, *own, links]
    parts += [*connected, routes] if routes is not None else []
    return "\n".join(part for part in (*parts, rules, kernel) if part) + "\n"
