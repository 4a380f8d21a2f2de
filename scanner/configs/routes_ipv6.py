"""What routing of IPv6 asks of its neighbours: by lines of interfaces, of areas or of a whole process.

OSPFv3 has no keys of its own for long (RFC 4552 protects it by IPsec, RFC 7166 by a trailer), RIPng none at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.configs.interfaces import lies_down, shut_ports
from scanner.configs.nodes import Node, every
from scanner.configs.routes import KEYED, is_silent, put_authentication, put_silent
from scanner.configs.settings import Sheet
from scanner.configs.tree import Tree

_REFUSED = {"null", "none", "disable"}
_NEVER = re.compile(r"(?!)")
_IPSEC = r"(?:authentication|encryption)\b"


class Speech(NamedTuple):
    """A protocol in the words of a dialect: the lines by which an interface speaks it, those that ask for proof there
    and in its processes, and how a process is silenced.
    """

    item: str
    speaks: re.Pattern[str]  # its group, where it has one: the area
    asks: re.Pattern[str]
    processes: tuple[str, ...]
    within: re.Pattern[str]
    silenced: tuple[str, str]


_PASSIVE = ("passive-interface", "default")
_OSPF = re.compile(r"(?:ipv6 ospf(?: \d+)?|ospfv3(?: \d+)?(?: ipv[46])?|ipv6 router ospfv3 \S+) area (\S+)")
_OSPF_ASKS = re.compile(rf"(?:ipv6 ospf|ospfv3)(?: \d+| ipv[46])* {_IPSEC}")
IOS = (
    Speech(
        "ospfv3",
        _OSPF,
        _OSPF_ASKS,
        ("ipv6 router ospf", "router ospfv3"),
        re.compile(rf"(?:area (?P<area>\S+) )?{_IPSEC}"),
        _PASSIVE,
    ),
    Speech(
        "eigrp ipv6",
        re.compile(r"ipv6 (?:router )?eigrp \S+$"),
        re.compile(r"ipv6 authentication mode eigrp"),
        ("ipv6 router eigrp",),
        _NEVER,
        _PASSIVE,
    ),
    Speech(
        "ripng",
        re.compile(r"ipv6 rip \S+ enable"),
        _NEVER,
        ("ipv6 router rip",),
        _NEVER,
        _PASSIVE,
    ),
)
_KEPT = re.compile(r"authentication-mode\b|ipsec sa\b|(?:enable )?ipsec-profile\b")
VRP = tuple(
    Speech(
        protocol,
        re.compile(speaks),
        re.compile(rf"{protocol} (?:\d+ )?(?:{_KEPT.pattern})"),
        (protocol,),
        _KEPT,
        ("silent-interface", "all"),
    )
    for protocol, speaks in (("ospfv3", r"ospfv3 \d+ area (\S+)"), ("ripng", r"ripng \d+ enable"))
)


def put_routing_ipv6(tree: Tree, sheet: Sheet, speeches: tuple[Speech, ...]) -> None:
    """Each of the protocols that an interface speaks."""
    shut = shut_ports(tree)
    up = [b for b in tree.all("interface") if not (b.negated or lies_down(b, shut))]
    up = [b for b in up if not "".join(b.after("interface")).lower().startswith("lo")]
    for speech in speeches:
        speakers = [(node, area, _proof(b, speech)) for b in up for node, area in _spoken(b, speech)]
        blocks = [b for command in speech.processes for b in tree.all(command) if not b.negated]
        if not speakers:
            continue
        if blocks and all(is_silent(b, *speech.silenced) for b in blocks):
            put_silent(sheet, speech.item, blocks[0])
            continue
        areas = {area: node for b in blocks for area, node in _asked(b, speech)}
        bare = [node for node, area, own in speakers if own is None and not {area, ""} & areas.keys()]
        bare += [node for node, _, own in speakers if own is not None and _refuses(own)]
        proofs = [own for _, _, own in speakers if own and not _refuses(own)] + list(areas.values())
        quiet = any(every(b.children, speech.silenced[0]) for b in blocks)
        if bare and quiet and not proofs:
            put_authentication(sheet, speech.item, {KEYED}, bare[0])  # it may be one of those that are silent
            continue
        put_authentication(sheet, speech.item, {KEYED} if proofs else (), (bare or proofs)[0], whole=not bare)


def _spoken(block: Node, speech: Speech) -> Iterator[tuple[Node, str]]:
    """The lines by which the interface speaks, with the area."""
    for node in block.children:
        found = None if node.negated else speech.speaks.match(node.key)
        if found:
            yield node, _area(found[1]) if found.re.groups else "-"


def _proof(block: Node, speech: Speech) -> Node | None:
    """The last line of the interface about it."""
    return next((n for n in reversed(block.children) if speech.asks.match(n.key)), None)


def _refuses(node: Node) -> bool:
    return node.negated or bool(_REFUSED & set(node.key.split()[-1:]))


def _asked(process: Node, speech: Speech) -> Iterator[tuple[str, Node]]:
    """The areas that are asked for proof, empty for all, with the lines."""
    for node in process.children:
        inner = _area(node.after("area")[0]) if node.is_("area") and node.after("area") else ""
        for one, area in ((node, ""), *((n, inner) for n in node.children)):
            found = speech.within.match(one.key)
            if found and not _refuses(one):
                yield _area(found.groupdict().get("area") or "") or area, one


def _area(word: str) -> str:
    """``0.0.0.0`` as ``0``."""
    parts = word.split(".")
    if len(parts) == 4 and all(p.isdecimal() and len(p) < 4 for p in parts):
        return str(sum(int(p) << 8 * (3 - n) for n, p in enumerate(parts)))
    return word
