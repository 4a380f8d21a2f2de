"""Entries that are said never to match are compared with every packet of a small world."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from scanner.configs.acl_cover import ports_of
from scanner.configs.acl_entries import Acl, AclEntry
from scanner.configs.acl_sense import MOST_COMPARED, pairs, shadowed
from scanner.configs.nodes import Node

_ADDRESSES = {  # as entries write them -> hosts of the small world
    "any": {0, 1, 2, 3},
    "10.0.0.0/31": {0, 1},
    "10.0.0.2/31": {2, 3},
    **{f"10.0.0.{host}": {host} for host in range(4)},
    "group SOME": {1, 3},
}
_PORTS = ("", "eq 1", "eq 2", "range 1 3", "gt 2", "neq 2", "source eq 1")
_WORLD = list(product(("tcp", "udp"), range(4), range(4), (1, 2), range(1, 5)))


def _entry(place: int, *words: str) -> AclEntry:
    action, protocol, source, destination, ports = words
    node = Node(place, place, " ".join(words), " ".join(words))
    return AclEntry(node, str(place), action, protocol, source, destination, "" if protocol == "ip" else ports)


def _matches(entry: AclEntry, packet: tuple[str, int, int, int, int]) -> bool:
    protocol, source, destination, source_port, port = packet
    if entry.protocol not in ("ip", protocol):
        return False
    if source not in _ADDRESSES[entry.source] or destination not in _ADDRESSES[entry.destination]:
        return False
    if entry.options.startswith("source"):
        return source_port == 1
    return any(low <= port <= high for low, high in ports_of(entry.options) or ())


_ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(("permit", "deny")),
        st.sampled_from(("ip", "tcp", "udp")),
        st.sampled_from(sorted(_ADDRESSES)),
        st.sampled_from(sorted(_ADDRESSES)),
        st.sampled_from(_PORTS),
    ),
    max_size=8,
)


@given(_ENTRIES)
def test_what_is_said_never_to_match_never_does(chosen: list[tuple[str, str, str, str, str]]) -> None:
    entries = [_entry(i, *words) for i, words in enumerate(chosen, 1)]
    acl = Acl("L", Node(1, 1, "ip access-list extended L", "ip access-list extended l"), entries)
    found = shadowed(acl)
    for packet in _WORLD:
        first = next((i for i, e in enumerate(entries) if _matches(e, packet)), None)
        assert first not in found
    for place, other in found.items():
        assert all(_matches(other, packet) for packet in _WORLD if _matches(entries[place], packet))


def test_a_long_list_can_be_compared_within_the_bound() -> None:
    entries = [_entry(i, "permit", "tcp", f"10.{i // 256}.{i % 256}.0/24", "any", "eq 1") for i in range(1_400)]
    acl = Acl("L", Node(1, 1, "ip access-list extended L", "ip access-list extended l"), entries)
    assert pairs(acl) <= MOST_COMPARED
    assert shadowed(acl) == {}
