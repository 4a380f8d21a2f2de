"""A policy as an nftables ruleset for a firewall between the zones: everything else is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from scanner.address_spans import Ranges, networks
from scanner.policy.directory import NameDirectory
from scanner.policy.export._flows import (
    EVERYTHING,
    Allowance,
    Flow,
    Transport,
    allowances,
    members_beyond,
    one_line,
    sources,
    zone_ranges,
)
from scanner.policy.export._form import PolicyForm, Row, ToExport

_TYPES = {4: ("ipv4_addr", "ip"), 6: ("ipv6_addr", "ip6")}
_ICMP = {4: "icmp", 6: "ipv6-icmp"}
_HEAD = """\
#!/usr/sbin/nft -f
# Made by otaudit from {source}. Check it before use: it forwards nothing but what is listed here.

table inet otaudit
delete table inet otaudit

table inet otaudit {{"""


def render(given: ToExport) -> str:
    """The ruleset as text."""
    zones = given.tables["zones"]
    ranges = zone_ranges(given)
    directory = NameDirectory((), given.inventory)
    names = {zone["zone"]: _set_name(zone["zone"], n) for n, zone in enumerate(zones, 1)}
    lines = [_HEAD.format(source=sources(given))]
    for zone in zones:
        lines += _zone(zone, names[zone["zone"]], ranges.get(zone["zone"], ()), members_beyond(zone, directory))
    lines += [
        "  chain forward {",
        "    type filter hook forward priority filter; policy drop;",
        "    ct state established,related accept",
        "    ct state invalid drop",
    ]
    for allowance in allowances(given):
        lines += (f"    {line}" for line in _allowance(allowance, names))
    return "\n".join([*lines, "  }", "}"]) + "\n"


def _zone(zone: Row, name: str, ranges: Ranges, others: Sequence[str]) -> Iterator[str]:
    yield f"  # zone {one_line(zone['zone'])}: {one_line(zone['name'])}"
    if others:
        yield f"  # not in the set, no address is known of {one_line(', '.join(others))}"
    for version in sorted({r.version for r in ranges}):
        own = networks(tuple(r for r in ranges if r.version == version))
        yield f"  set {name}_{version} {{"
        yield f"    type {_TYPES[version][0]}; flags interval;"
        yield f"    elements = {{ {', '.join(own)} }}"
        yield "  }"


def _allowance(allowance: Allowance, names: Mapping[str, str]) -> Iterator[str]:
    if allowance.reason:
        yield f"# {one_line(allowance.title)}: {one_line(allowance.reason)}"
    yield from (f"# not expressed, {one_line(str(text))}" for text in allowance.untold)
    for flow in allowance.flows:
        yield " ".join(filter(None, (_ends(flow, names), _match(flow), "accept comment", _quoted(allowance.title))))


def _ends(flow: Flow, names: Mapping[str, str]) -> str:
    word = _TYPES[flow.version][1]
    who = f"{{ {', '.join(networks(flow.senders))} }}" if flow.chosen else f"@{names[flow.source]}_{flow.version}"
    return f"{word} saddr {who} {word} daddr @{names[flow.target]}_{flow.version}"


def _match(flow: Flow) -> str:
    transport: Transport = flow.transport
    if transport.name == EVERYTHING:
        return ""
    if not transport.whole:
        told = ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in transport.ports)
        return f"{transport.name} dport {{ {told} }}"
    number = _ICMP[flow.version] if transport.name == "icmp" else transport.name.removeprefix("ip-")
    return f"meta l4proto {number}"


def _set_name(zone: str, number: int) -> str:
    """A name that nft takes; the number keeps zones apart whose letters it does not."""
    return f"z{number}_{re.sub(r'[^A-Za-z0-9_]', '_', zone)[:40]}"


def _quoted(text: str) -> str:
    """As nft's comment of a rule: at most 128 bytes and no quotation marks, which it knows no way to escape."""
    plain = one_line(text).replace('"', "'").replace("\\", "/")
    return f'"{plain.encode()[:120].decode(errors="ignore")}"'


FORM = PolicyForm("nftables", "nftables ruleset", render)
