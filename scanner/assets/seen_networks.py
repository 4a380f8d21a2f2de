"""Networks in which the captures would have shown a device."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scanner.addresses import Address, address_of
from scanner.assets.binding import Host


class SeenNetworks:
    """Networks in which another device was seen with its own MAC address. network: that of an address."""

    def __init__(self, network: Callable[[Address], object], hosts: Iterable[Host]) -> None:
        self._network = network
        seen = (host for host in hosts if host.mac and not host.routes)
        self._networks = {self._network(address_of(ip)) for host in seen for ip in host.ips}

    def covers(self, ips: Iterable[str]) -> bool:
        """One of the addresses lies in such a network."""
        return any(self._network(address_of(ip)) in self._networks for ip in ips)
