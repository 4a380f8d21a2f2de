"""Who answered whom on a network, as tools print it: arp-scan, netdiscover, ``arp`` of Windows, Linux and BSD,
``ip neighbour``, and the leases of dnsmasq.

Sources: the manual pages arp-scan(1), netdiscover(8), arp(8), ip-neighbour(8) and dnsmasq(8), and what they print.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from scanner.addresses import is_group_mac, is_ip, is_mac, parse_mac
from scanner.assets.inventory import Inventory, Record
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _rows, _text
from scanner.assets.text import decode
from scanner.errors import InputError
from scanner.resemblance import NONE, Resemblance
from scanner.wording import Said, at_line, joined, said, verbatim

_IP = r"(?P<ip>[0-9A-Fa-f.:]{3,39})(?:%\w{1,16})?"
_MAC = r"(?P<mac>(?:[0-9A-Fa-f]{1,2}[:-]){5}[0-9A-Fa-f]{1,2})"
_ANY_MAC = re.compile(rb"\b[0-9A-Fa-f]{1,2}(?:[:-][0-9A-Fa-f]{1,2}){5}\b")
_LINES = {  # tool -> a line of its table
    "arp-scan": rf"{_IP}\t{_MAC}(?:\t(?P<vendor>[^\t]*))?(?:\t.*)?",
    "netdiscover": rf"\s{{0,8}}{_IP}\s+{_MAC}\s+\d+\s+\d+\s+(?P<vendor>\S.*?)\s*",
    "arp of Windows": rf"\s{{1,8}}{_IP}\s+{_MAC}\s+[^\W\d_]+\s*",
    "arp": rf"(?:{_IP}|(?P<name>\S+))\s+(?:\(\S+\)\s+)?ether\s+{_MAC}\s+[CMP!]{{1,4}}(?:\s+\S+){{1,2}}\s*",
    "arp -a": rf"(?P<name>\S+) \({_IP}\) at {_MAC}(?: .*)?",
    "ip neighbour": rf"{_IP} dev \S+ lladdr {_MAC}(?: [a-zA-Z_ 0-9]+)?\s*",
    "dnsmasq leases": rf"\d{{1,12}} {_MAC} {_IP} (?P<name>\S+) \S+\s*",
}
_TOOLS = {tool: re.compile(line) for tool, line in _LINES.items()}
# Lines around: headings, what was asked and did not answer, sums.
_AROUND = re.compile(
    r"\s*(?:Interface: .*|Starting arp-scan .*|Ending arp-scan .*|\d+ packets received .*|.*Currently scanning: .*"
    r"|.*Captured ARP .*|[-_]{5,}\s*|IP\s+At MAC Address .*|Address\s+HWtype\s+HWaddress .*|Entries: .*"
    r"|.*\(incomplete\).*|\S+ dev \S+ .*(?:FAILED|INCOMPLETE|NOARP|NONE).*|WARNING: .*"
    r"|[^\d\W][^\d:]*[:\uff1a] [\d.]+ --- 0x[0-9a-f]+\s*|[^\d]*)",
    re.IGNORECASE,
)
_SHARE = 0.8  # of the lines
_HEADINGS = 12  # lines around more than entries
_NAMELESS = frozenset(("?", "*"))
_MEANINGS = {
    "address": "ips",
    "MAC address": "macs",
    "MAC vendor": "vendor",
    "name": "hostname",
    "observed": "observed",
}


def _entries(text: str) -> tuple[str, list[tuple[int, re.Match[str]]]]:
    """The tool whose table it is, and its lines by their numbers; none where it is no such table."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    for tool, pattern in _TOOLS.items():
        found = [(number, match) for number, line in lines if (match := _entry(pattern, line))]
        rest = len(lines) - len(found)
        if not found or rest > len(found) + _HEADINGS:
            continue
        known = {number for number, _ in found}
        around = sum(_AROUND.fullmatch(line[:300]) is not None for number, line in lines if number not in known)
        if len(found) + around >= _SHARE * len(lines):
            return tool, found
    return "", []


def _entry(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    match = pattern.fullmatch(line) if len(line) < 300 else None
    return match if match and is_mac(match["mac"]) and (not match["ip"] or is_ip(match["ip"])) else None


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is a table of neighbours."""
    if not _ANY_MAC.search(head):
        return NONE
    try:
        text = decode(head, whole=False).text.removeprefix("\ufeff")
    except ValueError:
        return NONE
    tool, _ = _entries(text)
    return Resemblance(0.9, (said("the lines of a table of neighbours"),)) if tool else NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """Who answered; InputError when it is no such table."""
    tool, found = _entries(_text.decoded(content, name).text.removeprefix("\ufeff"))
    if not tool:
        raise InputError(
            name, said("no table of neighbours"), remedy=said("save what arp, ip neighbour or arp-scan print")
        )
    notes: list[tuple[str, Said | str]] = [("format", joined((said("table of neighbours"), verbatim(tool))))]
    return _rows.inventory(name, _records(found), _MEANINGS, columns, notes)


def _records(found: list[tuple[int, re.Match[str]]]) -> Iterator[Record]:
    for number, match in found:
        cells = match.groupdict()
        if not is_group_mac(parse_mac(cells["mac"])):
            named = cells.get("name") or ""
            own = {
                "name": "" if named in _NAMELESS else named,
                "address": cells["ip"] or "",
                "MAC address": cells["mac"],
            }
            yield Record(number, {**own, "MAC vendor": cells.get("vendor") or "", "observed": True}, at_line)


INVENTORY = InventoryFormat("neighbour-table", "table of neighbours", resemblance, read)
