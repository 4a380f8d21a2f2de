"""A policy as an nftables ruleset for a firewall between the zones: everything else is dropped.

A firewall sees addresses and ports. What a policy says beyond that (verbs, VLANs, layer 2, names without an address)
stands beside the rules as a comment, so that nobody takes the ruleset for the whole policy.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from scanner.address_spans import AddressRange, Ranges, common, merged, networks
from scanner.policy.cover import addresses
from scanner.policy.directory import NameDirectory
from scanner.policy.services import ANY, WELL_KNOWN, Service, parse_service

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
Ports = Mapping[str, Collection[tuple[str, int]]]  # protocol -> (transport, port) pairs that it is at home on

_TYPES = {4: ("ipv4_addr", "ip"), 6: ("ipv6_addr", "ip6")}
_PORTED = ("tcp", "udp", "sctp")
_HEAD = """\
#!/usr/sbin/nft -f
# Made by otaudit from {source}. Check it before use: it forwards nothing but what is listed here.

table inet otaudit
delete table inet otaudit

table inet otaudit {{"""


class Match(NamedTuple):
    """The part of a rule that names a service, and what of it a firewall cannot see."""

    rules: tuple[str, ...]
    beyond: tuple[str, ...]


def render(tables: Tables, inventory: Iterable[Row], ports: Ports) -> str:
    """The ruleset as text. inventory: rows of the facts table, which say whose address a client's name is."""
    directory = NameDirectory(tables["zones"], inventory)
    names = {zone["zone"]: _set_name(zone["zone"], n) for n, zone in enumerate(tables["zones"], 1)}
    source = ", ".join(sorted({zone["source"] for zone in tables["zones"]})) or "a policy without zones"
    lines = [_HEAD.format(source=_comment(source))]
    for zone in tables["zones"]:
        lines += _zone(zone, names[zone["zone"]], directory.ranges.get(zone["zone"], ()))
    lines += [
        "  chain forward {",
        "    type filter hook forward priority filter; policy drop;",
        "    ct state established,related accept",
        "    ct state invalid drop",
    ]
    for id_, ranges in sorted(directory.ranges.items()):
        for version in _versions(ranges):
            name, word = f"@{names[id_]}_{version}", _TYPES[version][1]
            lines.append(f"    {word} saddr {name} {word} daddr {name} accept comment {_quoted(f'inside {id_}')}")
    for conduit in tables["conduits"]:
        lines += (f"    {line}" for line in _conduit(conduit, names, directory, ports))
    return "\n".join([*lines, "  }", "}"]) + "\n"


def _zone(zone: Row, name: str, ranges: Ranges) -> Iterator[str]:
    yield f"  # zone {_comment(zone['zone'])}: {_comment(zone['name'])}"
    others = [*(f"VLAN {v}" for v in zone["vlans"]), *zone["macs"], *zone["devices"]]
    if others:
        yield f"  # not in the set, since they are no networks: {_comment(', '.join(others))}"
    for version in _versions(ranges):
        own = networks(tuple(r for r in ranges if r.version == version))
        yield f"  set {name}_{version} {{"
        yield f"    type {_TYPES[version][0]}; flags interval;"
        yield f"    elements = {{ {', '.join(own)} }}"
        yield "  }"


def _conduit(conduit: Row, names: Mapping[str, str], directory: NameDirectory, ports: Ports) -> Iterator[str]:
    title = f"conduit {conduit['conduit']}"
    yield f"# {_comment(title)}: {_comment(conduit['reason'] or 'no reason given')}"
    match = _match(conduit["protocols"], ports)
    if match.beyond:
        yield f"# not expressed, no port is known: {_comment(', '.join(match.beyond))}"
    if conduit["verbs"]:
        yield f"# not expressed, a firewall sees no verbs: {_comment(', '.join(conduit['verbs']))}"
    clients, unknown = _clients(conduit["clients"], directory)
    if unknown:
        yield f"# not expressed, no address is known of {_comment(', '.join(unknown))}"
    ends = [(conduit["from_zone"], conduit["to_zone"])]
    if conduit["both_ways"]:
        ends.append(ends[0][::-1])
    for source, target in ends:
        senders, receivers = (directory.ranges.get(zone, ()) for zone in (source, target))
        for version in _versions(senders):
            if version not in _versions(receivers):
                continue
            word = _TYPES[version][1]
            who = f"{word} saddr @{names[source]}_{version}"
            if conduit["clients"]:
                own = [r for r in common(senders, clients) if r.version == version]
                if not own:
                    continue
                who = f"{word} saddr {{ {', '.join(networks(tuple(own)))} }}"
            for rule in match.rules:
                to = f"{word} daddr @{names[target]}_{version}"
                yield " ".join(filter(None, (who, to, rule, "accept comment", _quoted(title))))


def _clients(words: Iterable[str], directory: NameDirectory) -> tuple[Ranges, list[str]]:
    """The addresses of clients, and those of whom none is known."""
    found: list[AddressRange] = []
    unknown = []
    for word in words:
        own = addresses(word)
        listed = [own] if own else [a for e in directory.entries(word) for a in map(addresses, e["ips"]) if a]
        found += listed
        if not listed:
            unknown.append(word)
    return merged(found), unknown


def _match(protocols: Iterable[str], ports: Ports) -> Match:
    rules: dict[str, None] = {}
    listed: dict[str, list[tuple[int, int]]] = {}
    beyond = []
    for text in protocols:
        if text == ANY:
            return Match(("",), ())
        service = parse_service(text)
        at_home = ports.get(text) or WELL_KNOWN.get(text, ())
        services = [service] if service else [Service(transport, port, port) for transport, port in at_home]
        passing = [s for s in services if s.transport != "ethernet"]
        if not passing:
            beyond.append(text)
        for one in passing:
            if one.transport in _PORTED:
                listed.setdefault(one.transport, []).append((one.low, one.high))
            else:
                rules[_other(one)] = None
    for transport, numbers in sorted(listed.items()):
        rules[_dport(transport, numbers)] = None
    return Match(tuple(rules), tuple(beyond))


def _other(service: Service) -> str:
    number = "{ icmp, ipv6-icmp }" if service.transport == "icmp" else service.transport.removeprefix("ip-")
    return f"meta l4proto {number}"


def _dport(transport: str, numbers: Iterable[tuple[int, int]]) -> str:
    whole = merged(AddressRange(4, low, high) for low, high in numbers)
    told = [str(r.first) if r.first == r.last else f"{r.first}-{r.last}" for r in whole]
    if told == ["0-65535"]:
        return f"meta l4proto {transport}"
    return f"{transport} dport {{ {', '.join(told)} }}"


def _versions(ranges: Ranges) -> list[int]:
    return sorted({r.version for r in ranges})


def _set_name(zone: str, number: int) -> str:
    """A name that nft takes; the number keeps zones apart whose letters it does not."""
    return f"z{number}_{re.sub(r'[^A-Za-z0-9_]', '_', zone)[:40]}"


def _comment(text: str) -> str:
    """One line without control characters."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(plain.split()).rstrip("\\")[:400]


def _quoted(text: str) -> str:
    """As nft's comment of a rule: at most 128 bytes and no quotation marks, which it knows no way to escape."""
    plain = _comment(text).replace('"', "'").replace("\\", "/")
    return f'"{plain.encode()[:120].decode(errors="ignore")}"'
