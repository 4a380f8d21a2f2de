"""Which addresses are of devices of mobile networks."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

import polars as pl

from scanner.addresses import is_mac


def place(address: str) -> str:
    """The address, of IPv6 the prefix that a device gets whole."""
    if ":" not in address:
        return address
    return str(IPv6Address(int(ip_address(address)) >> 64 << 64))


def by_radio(subscriptions: pl.DataFrame, flows: pl.DataFrame) -> list[tuple[str, str]]:
    """(address, protocol of the signalling that gave it) of devices of mobile networks: of IPv6, whose prefix is given,
    the addresses that were seen.
    """
    given = subscriptions.select(pl.col("address", "protocol").cast(pl.String)).filter(pl.col("address") != "").unique()
    found = set(given.rows())
    prefixes = {place(address): protocol for address, protocol in found if ":" in address}
    if prefixes:
        seen = pl.concat([flows[end].cast(pl.String).unique() for end in ("client", "server")]).unique()
        six = [one for one in seen if one and ":" in one and not is_mac(one)]
        found |= {(address, prefixes[own]) for address in six if (own := place(address)) in prefixes}
    return sorted(found)
