"""Hosts in several networks: what an inventory lists with addresses in more than one may forward between them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanner.addresses import IPAddress
from scanner.configs.forwarding import DoubtKind, ForwardingDoubt, Interface, InterfaceAddress, Place, Route, Router
from scanner.reach.network import GivenNetwork, Link
from scanner.wording import said

Row = Mapping[str, Any]
_MAY_FORWARD = said("a device has addresses in several networks and may forward between them")
_DEFAULT = {4: ipaddress.ip_network("0.0.0.0/0"), 6: ipaddress.ip_network("::/0")}


def several_homes(inventory: Iterable[Row], topology: GivenNetwork) -> Iterator[Router]:
    """A device for each entry with addresses in several of the networks, unless its configuration is given."""
    taken = {j.address.address for link in topology.links.values() for j in link.joins}
    for row in inventory:
        mine = [one for one in map(_address, row["ips"]) if one is not None]
        if taken.intersection(mine):
            continue
        homes = [(address, link) for address in dict.fromkeys(mine) for link in _links(topology, address)]
        if len({link.network for _, link in homes}) > 1:
            taken.update(mine)
            yield _host(row, homes)


def _address(text: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _links(topology: GivenNetwork, address: IPAddress) -> list[Link]:
    """The smallest network that holds the address."""
    holding = [link for link in topology.of_version(address.version) if link.holds(int(address))]
    return sorted(holding, key=lambda link: -link.network.prefixlen)[:1]


def _host(row: Row, homes: list[tuple[IPAddress, Link]]) -> Router:
    """It forwards at most between its networks and to the gateways in them."""
    place = Place(row["source"], row["row"], row["name"])
    router = Router(row["name"] or str(homes[0][0]), row["source"], {4: True, 6: True}, is_host=True)
    router.doubts.append(ForwardingDoubt(DoubtKind.DROPS, _MAY_FORWARD, place))
    for number, (address, link) in enumerate(homes):
        addresses = [InterfaceAddress(address, link.network, place)]
        router.interfaces.append(Interface(f"{number}", place, addresses=addresses))
        router.routes += [Route(_DEFAULT[address.version], place, next_hop=join.address.address) for join in link.joins]
    return router
