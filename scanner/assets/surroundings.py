"""What helps to tell whose an address is: who talks with whom, what inventory and policy know, who says hello."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.addresses import Address, Network, address_of, is_mac

Pair = tuple[str, str]  # MAC, IP

_VIRTUAL_ROUTERS = (  # prefix of a MAC that several routers share
    ("00:00:5e:00:01:", "VRRP"),  # RFC 9568, section 7.3; CARP uses the same
    ("00:00:5e:00:02:", "VRRP for IPv6"),
    ("00:00:0c:07:ac:", "HSRP"),
    ("00:00:0c:9f:f", "HSRP"),  # version 2
    ("00:05:73:a0:0", "HSRP for IPv6"),
    ("00:07:b4:0", "GLBP"),
)
_HELLOS = {("ip-112", 0), ("udp", 1985), ("udp", 2029), ("udp", 3222)}  # VRRP and CARP, HSRP, HSRP for IPv6, GLBP


TALKS = {  # columns of conversations between two IP addresses; no MAC address where no frame of that side was seen
    **dict.fromkeys(("client", "client_mac", "server", "server_mac", "transport"), pl.String),
    "server_port": pl.Int64,
}


class Peers(Mapping[Pair, Collection[Pair]]):
    """Who talks with whom, without an object for each of so many pairs of pairs.

    known: every pair once. one, other: numbers of pairs that talk, each way round; ``one`` in order.
    """

    def __init__(self, known: Sequence[Pair], one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> None:
        self._known = known
        self._numbers = {pair: number for number, pair in enumerate(known)}
        self._begins = np.searchsorted(one, np.arange(len(known) + 1))
        self._other = other

    def __getitem__(self, pair: Pair) -> list[Pair]:
        number = self._numbers[pair]
        return [self._known[n] for n in self._other[self._begins[number] : self._begins[number + 1]].tolist()]

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def _nowhere(_: Address) -> bool:
    return False


def _guess(address: Address) -> object:
    return address.network


@dataclass(frozen=True)
class Surroundings:
    """inside: a public address belongs to the plant. network: of an address, as far as one knows or can guess.

    hellos: who says hello for a virtual router. asking: who opens other conversations. peers: who talks with whom.
    listed: MAC addresses that the inventory gives an IP address. routers: MAC addresses of routers and firewalls in it.
    """

    inside: Callable[[Address], bool] = _nowhere
    network: Callable[[Address], object] = _guess
    hellos: frozenset[Pair] = frozenset()
    asking: frozenset[Pair] = frozenset()
    peers: Mapping[Pair, Collection[Pair]] = field(default_factory=dict)
    listed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    routers: frozenset[str] = frozenset()

    def together(self, one: str, other: str) -> bool:
        """Both addresses are in one network."""
        a, b = address_of(one), address_of(other)
        return a.version == b.version and self.network(a) == self.network(b)


def virtual_router(mac: str) -> str:
    """The protocol whose virtual MAC address it is; empty when it is none."""
    return next((name for prefix, name in _VIRTUAL_ROUTERS if mac.startswith(prefix)), "")


def conversations(talks: pl.DataFrame) -> tuple[frozenset[Pair], frozenset[Pair], Peers]:
    """(hellos, asking, peers) as ``Surroundings`` has them. talks: with the columns of ``TALKS``."""
    if not talks.height:
        return frozenset(), frozenset(), Peers([], np.empty(0, np.int64), np.empty(0, np.int64))
    ends = talks.filter(pl.col("client_mac") != "")
    named = ends["client"].unique()
    ends = ends.filter(~pl.col("client").is_in(named.filter(pl.Series(map(is_mac, named), dtype=pl.Boolean)).implode()))
    hello = pl.any_horizontal(
        (pl.col("transport") == transport) & (pl.col("server_port").fill_null(0) == port) for transport, port in _HELLOS
    )
    hellos, asking = (ends.filter(of).select("client_mac", "client").unique() for of in (hello, ~hello))
    met = ends.filter((pl.col("server_mac") != "") & (pl.col("client_mac") != pl.col("server_mac")))
    return frozenset(hellos.iter_rows()), frozenset(asking.iter_rows()), _peers(met)


def _peers(met: pl.DataFrame) -> Peers:
    client, server = (met.select(mac=f"{end}_mac", ip=end) for end in ("client", "server"))
    known = pl.concat([client, server]).unique().with_row_index("number")
    one, other = (
        ends.join(known, on=["mac", "ip"], how="left", maintain_order="left")["number"] for ends in (client, server)
    )
    both = (
        pl.concat([pl.DataFrame({"one": a, "other": b}) for a, b in ((one, other), (other, one))]).unique().sort("one")
    )
    numbers = both.select(pl.all().cast(pl.Int64))
    return Peers(known.select("mac", "ip").rows(), numbers["one"].to_numpy(), numbers["other"].to_numpy())


def network_by(subnets: Callable[[Address], list[Network]]) -> Callable[[Address], object]:
    """The policy's most specific network of more than one address, else /24 or /64."""

    @lru_cache(maxsize=1 << 16)
    def network(address: Address) -> object:
        stated = [n for n in subnets(address) if 8 <= n.prefixlen < n.max_prefixlen]
        return stated[0] if stated else address.network

    return network
