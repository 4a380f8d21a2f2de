"""Entries that are said never to match are compared with every packet of a small world."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.configs import reader
from scanner.configs.acl_cover import ports_of
from scanner.configs.acl_entries import Acl, AclEntry
from scanner.configs.acl_sense import MOST_COMPARED, pairs, shadowed
from scanner.configs.acl_together import hidden_together
from scanner.configs.nodes import Node
from scanner.configs.open_guards import MOST_GUARDING
from tests.configs.dialect_cases import read_lines

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


@given(_ENTRIES)
def test_what_several_hide_never_matches(chosen: list[tuple[str, str, str, str, str]]) -> None:
    entries = [_entry(i, *words) for i, words in enumerate(chosen, 1)]
    acl = Acl("L", Node(1, 1, "ip access-list extended L", "ip access-list extended l"), entries)
    alone = shadowed(acl)
    found = hidden_together(acl, alone)
    assert all(alone[place].action != entries[place].action for place in found.keys() & alone.keys())
    firsts = {packet: next((e for e in entries if _matches(e, packet)), None) for packet in _WORLD}
    for place, several in found.items():
        told = {id(firsts[packet]) for packet in _WORLD if _matches(entries[place], packet)}
        assert id(entries[place]) not in told
        groups = {id(e) for e in entries if "group" in e.source + e.destination}  # which may take some before
        assert told <= {id(one) for one in several} | groups


@pytest.mark.parametrize(
    ("entries", "hidden"),
    [
        (["ip 10.0.0.0/25 any", "ip 10.0.0.128/25 any", "tcp 10.0.0.0/24 any eq 22"], {2: ["1", "2"]}),
        (["ip 10.0.0.0/25 any", "ip 10.0.0.128/26 any", "tcp 10.0.0.0/24 any eq 22"], {}),
        (["tcp any any lt 400", "tcp any any gt 399", "tcp any any range 300 500"], {2: ["1", "2"]}),
        (["tcp any any established", "udp any any", "tcp any any eq 502"], {}),
        (["ip 2001:db8::/33 any", "ip 2001:db8:8000::/33 any", "tcp 2001:db8::/32 any eq 22"], {2: ["1", "2"]}),
        (["ip 10.0.0.0/25 any", "ip 2001:db8::/33 any", "tcp 10.0.0.0/24 any"], {}),
        (["ip group-G any", "ip 10.0.0.128/25 any", "tcp 10.0.0.0/24 any"], {}),
        # a denial that comes too late for what the last permits overrules nothing
        (["ip 10.0.0.0/25 any", "ip 10.0.0.128/25 any", "deny ip any any", "ip 10.0.0.0/24 any"], {3: ["1", "2"]}),
        (["ip 10.0.0.0/25 any", "deny ip any any", "ip 10.0.0.0/24 any"], {2: ["1", "2"]}),
        (["ip 10.0.0.0/25 any", "ip 10.0.0.0/24 any", "deny ip 10.0.0.0/24 any"], {2: ["1", "2"]}),
    ],
)
def test_entries_that_several_hide(entries: list[str], hidden: dict[int, list[str]]) -> None:
    made = []
    for number, line in enumerate(entries, 1):
        action = "deny" if line.startswith("deny ") else "permit"
        protocol, source, destination, *options = line.removeprefix("deny ").split()
        made.append(_entry(number, action, protocol, source.replace("-", " "), destination, " ".join(options)))
    acl = Acl("L", Node(1, 1, "ip access-list extended L", "ip access-list extended l"), made)
    found = hidden_together(acl, shadowed(acl))
    assert {place: [one.name for one in several] for place, several in found.items()} == hidden


_FORTIOS = """\
#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin
config firewall service custom
    edit a
        set {narrow}
    next
    edit b
        set {wide}
    next
end
config firewall policy
    edit 1
        set srcintf port1
        set dstintf port2
        set srcaddr all
        set dstaddr all
        set service a
        set schedule always
    next
    edit 2
        set srcintf port1
        set dstintf port2
        set srcaddr all
        set dstaddr all
        set service b
        set schedule always
        set action accept
    next
end
config router multicast
end
"""


@pytest.mark.parametrize(
    ("narrow", "wide", "hidden"),
    [
        ("tcp-portrange 443:1024-65535", "tcp-portrange 443", "no"),
        ("tcp-portrange 443:0-65535", "tcp-portrange 443", "entry 1"),
        ("protocol ICMP\n        set icmptype 8", "protocol ICMP", "no"),
        ("protocol ICMP\n        set icmptype 8", "protocol ICMP\n        set icmptype 13", "no"),
        ("protocol ICMP", "protocol ICMP\n        set icmptype 8", "entry 1"),
    ],
)
def test_a_service_that_is_narrowed_otherwise_than_by_ports_hides_only_itself(
    narrow: str, wide: str, hidden: str
) -> None:
    rows = reader.read(_FORTIOS.format(narrow=narrow, wide=wide).encode(), "fw.conf").rows
    assert [r["value"] for r in rows if r["setting"] == "shadowed"] == ["no", hidden]


def test_a_long_list_can_be_compared_within_the_bound() -> None:
    entries = [_entry(i, "permit", "tcp", f"10.{i // 256}.{i % 256}.0/24", "any", "eq 1") for i in range(1_400)]
    acl = Acl("L", Node(1, 1, "ip access-list extended L", "ip access-list extended l"), entries)
    assert pairs(acl) <= MOST_COMPARED
    assert shadowed(acl) == {}


def test_a_list_that_is_too_long_guards_nothing_for_certain() -> None:
    entries = "".join(f" permit tcp host 10.{i // 250}.{i % 250}.1 any eq 22\n" for i in range(MOST_GUARDING + 1))
    text = f"ip access-list extended M\n{entries}line vty 0 4\n access-class M in\n transport input ssh\n"
    told = {r["value"] for r in read_lines("cisco-ios", text).rows if r["setting"] == "access_acl"}
    assert told == {"unknown-default"}
