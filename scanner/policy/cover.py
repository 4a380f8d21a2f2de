"""Whether what one conduit allows is allowed by another already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.address_spans import AddressRange, merged, range_of, without
from scanner.addresses import is_ip
from scanner.device_names import name_key
from scanner.policy.directory import NameDirectory, network_in
from scanner.policy.services import ANY, Service, parse_service
from scanner.protocols.base import Verb

Row = Mapping[str, Any]


def covers(wide: Row, narrow: Row) -> bool:
    """Everything that the narrow conduit allows is allowed by the wide one."""
    return (
        _ends(narrow) <= _ends(wide)
        and _services(wide["protocols"], narrow["protocols"])
        and _verbs(wide["verbs"], narrow["verbs"])
        and covers_members(wide["clients"], narrow["clients"])
    )


def _ends(conduit: Row) -> set[tuple[str, str]]:
    ends = conduit["from_zone"], conduit["to_zone"]
    return {ends, ends[::-1]} if conduit["both_ways"] else {ends}


def _services(wide: Iterable[str], narrow: Iterable[str]) -> bool:
    wide = list(wide)
    if ANY in wide:
        return True
    parsed = [parse_service(text) for text in wide]
    ranges = [s for s in parsed if s is not None]
    for text in narrow:
        service = parse_service(text)
        if text not in wide and not (service and any(_holds(r, service) for r in ranges)):
            return False
    return True


def _holds(wide: Service, narrow: Service) -> bool:
    return wide.transport == narrow.transport and wide.low <= narrow.low and narrow.high <= wide.high


def _verbs(wide: Iterable[str], narrow: Iterable[str]) -> bool:
    """A session is implied by whatever is allowed in it."""
    wide, narrow = set(wide), set(narrow)
    return not wide or (bool(narrow) and narrow - {Verb.SESSION} <= wide)


def covers_members(wide: Iterable[str], narrow: Iterable[str]) -> bool:
    """Every member of the narrow list is one of the wide list; an empty list means everybody."""
    wide, narrow = list(wide), list(narrow)
    if not wide:
        return True
    ranges = merged(r for r in map(addresses, wide) if r)
    names = {name_key(w) for w in wide}
    return bool(narrow) and all(
        name_key(word) in names or ((one := addresses(word)) is not None and not without((one,), ranges))
        for word in narrow
    )


def addresses(word: str) -> AddressRange | None:
    """The addresses that an IP address or network stands for; None for any other word."""
    network = network_in(f"{word}/{128 if ':' in word else 32}" if is_ip(word) else word)
    return range_of(network) if network is not None else None


def addresses_of(word: str, directory: NameDirectory) -> list[AddressRange]:
    """The addresses that a word means: those it is, or those the inventory gives whom it names."""
    own = addresses(word)
    return [own] if own else [a for entry in directory.entries(word) for a in map(addresses, entry["ips"]) if a]
