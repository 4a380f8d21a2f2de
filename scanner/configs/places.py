"""Where the servers of a device are, and from which of its addresses it speaks to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

from scanner.addresses import is_public
from scanner.configs.nodes import Node
from scanner.configs.settings import Sheet

PUBLIC, INSIDE, UNTOLD = "public", "inside", "unknown"
# Names of time services that anybody may ask.
_PUBLIC_NAME = re.compile(
    r"(?:.*\.)?(?:pool\.ntp\.org|ntp\.org|time\.windows\.com|time\.google\.com|time\.apple\.com|time\.nist\.gov|nist\.gov"
    r"|time\.cloudflare\.com|ntp\.ubuntu\.com|aliyun\.com|tencent\.com|ntsc\.ac\.cn|ptb\.de|cisco\.com|huawei\.com)",
    re.IGNORECASE,
)
_TABLE_WORDS = frozenset(("vrf", "use-vrf", "vpn-instance", "oob", "oobm"))
_TABLE = re.compile(r" vrf \S+$", re.IGNORECASE)
_OWN = re.compile(r" (?:source|source-interface|source-ip|local-interface) (\S+(?: \d\S*)?)", re.IGNORECASE)


def place_of(host: str) -> str:
    """Public: an address of the Internet or the name of a public service; inside: another address; else unknown."""
    try:
        address = ip_address(host)
    except ValueError:
        return PUBLIC if _PUBLIC_NAME.fullmatch(host.rstrip(".")) else UNTOLD
    return PUBLIC if is_public(address) else INSIDE


def put_source(
    sheet: Sheet, category: str, servers: Iterable[Node], addresses: Sequence[str], node: Node | None
) -> None:
    """The interface from which messages come; only a device with several addresses has a choice.

    addresses: those of the common routing table. A server in a table of its own is asked from an address there; a line
    of a server may have a source of its own.
    """
    common = [n for n in servers if _TABLE_WORDS.isdisjoint(n.key.split())]
    own = [(n, found[1]) for n in common if (found := _OWN.search(n.text))]
    if node and not node.negated:
        sheet.put(category, "device", "source", _TABLE.sub("", node.text).split()[-1], node)
    elif own and len(own) == len(common):
        sheet.put(category, "device", "source", own[0][1], own[0][0])
    elif common and len(addresses) > 1:
        sheet.missing(category, "device", "source")
