"""Access lists: entries in one form for all dialects, where the lists are used, and the rows that follow from it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence

from scanner.configs import acl_sense
from scanner.configs.acl_cover import Box, Span, cover, is_ragged, nearly_all, spans_of
from scanner.configs.acl_entries import ANY, EVERYTHING, Acl, AclEntry
from scanner.configs.acl_together import hidden_together
from scanner.configs.nodes import Node, walk
from scanner.configs.secrets import MASK
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree
from scanner.configs.understood import not_understood
from scanner.configs.wildcards import number

_MOST_BOXES = 300  # pairs of networks of an access list that are put together; 256 of one end are everything
UNTOLD = "unknown"
PARTLY = "partly"
_FAMILIES = ("ip", "ipv6", "mac", "expert")  # how the first line of a list begins that has a name
_REMARKS = ("remark", "description", "step")  # lines of a list that match nothing
MAX_PLACES = 50  # named of a list that is used in more
MAX_NAMED = 5  # entries that are named of those that hide another


class Acls(dict[str, Acl]):
    """All lists of a configuration by name, and the uses of lists that are not there."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases: dict[str, str] = {}  # second name (a number beside a name) -> name
        self.undefined: dict[str, tuple[Node, list[str]]] = {}
        self.missed: set[int] = set()  # by id the lines that use lists that are not there
        self.used_at: dict[int, list[tuple[str, str]]] = {}  # line -> the lists that it filters with, each with where

    def open(self, name: str, node: Node) -> Acl:
        """The list called ``name``, begun at ``node`` if it is new."""
        if name not in self:
            self[name] = Acl(name, node)
        first = node.key.partition(" ")[0]
        if first in _FAMILIES:
            self[name].families.add(first)
        return self[name]

    def use(
        self, name: str, node: Node, where: str, *, filters: bool = True, certain: bool = False, family: str = ""
    ) -> None:
        """Note that ``node`` uses a list. To be called after all lists are known.

        filters: what it denies does not pass; else it chooses traffic. certain: the word can mean nothing else.
        family: of what the list must be, where lists of several families have names of their own: one of another
        family is not the one that is meant.
        """
        if not name or name == MASK:
            return  # the line is cut, or says more than is known
        name = self.aliases.get(name, name)
        if family and name in self and self[name].families and family not in self[name].families:
            name = f"{family} {name}"
        if name in self:
            (self[name].uses if filters else self[name].selects).append(where)
        elif filters or certain:
            self.undefined.setdefault(name, (node, []))[1].append(where)
            self.missed.add(id(node))
        if filters:
            self.used_at.setdefault(node.line, []).append((name, where))


def rows(
    sheet: Sheet,
    acls: Acls,
    default_action: Iterable[tuple[str, str]],
    *,
    rest_logged: bool = False,
    named: Collection[str] | None = None,
) -> None:
    """All rows about access lists.

    ``default_action`` are (start of a use, action) pairs: what happens to traffic that no entry matches, by use.
    ``rest_logged``: what no entry matches is logged. ``named``: words that may name a list somewhere else; None: every
    word of lines that are of no list.
    """
    defaults = tuple(default_action)
    named = _named_elsewhere(sheet, acls) if named is None else named
    left = acl_sense.MOST_COMPARED
    for acl in acls.values():
        item = f"acl {acl.name}"
        where = acl.uses + acl.selects
        bound = places(where) or ("mentioned" if acl.name in named else ABSENT)
        sheet.put("acl", item, "bound", bound, acl.node, number=len(where), present=bool(where))
        sheet.put("acl", item, "defined", "empty" if filters_nothing(acl) else YES, acl.node)
        sheet.put("acl", item, "final", _final(acl.entries[-1:]), acl.entries[-1].node if acl.entries else acl.node)
        actions = {action for use in acl.uses for start, action in defaults if use.startswith(start)}
        default = actions.pop() if len(actions) == 1 else "unknown"
        sheet.missing("acl", item, "default_action", default, acl.node)
        _rest(sheet, acl, item, default, logged=rest_logged)
        _not_read(sheet, acl, item)
        left -= acl_sense.pairs(acl)
        _entries(sheet, acl, item, _hidden(acl) if left >= 0 else None)
    elsewhere = maybe_defined(sheet.tree, acls.missed) if acls.undefined else set()
    for name, (node, where) in acls.undefined.items():
        told = NO if sheet.tree.complete and name.rpartition(" ")[2] not in elsewhere else UNKNOWN
        sheet.put("acl", f"acl {name}", "bound", places(where), node, number=len(where))
        sheet.put("acl", f"acl {name}", "defined", told, node)


def _hidden(acl: Acl) -> Mapping[int, tuple[str, str]]:
    """The entries that never match, by their place, each with those before it that match all of it, and whether these
    do the opposite.
    """
    alone = acl_sense.shadowed(acl)
    together = hidden_together(acl, alone)
    told = {}
    for place in sorted({*alone, *together}):
        hiding = [alone[place]] if place in alone else together[place]
        names = [one.name for one in hiding]
        more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
        against = overruled(one.action != acl.entries[place].action for one in together.get(place, hiding))
        told[place] = f"entry {', '.join(names[:MAX_NAMED])}{more}", against
    return told


def overruled(opposite: Iterable[bool]) -> str:
    """Of an entry that never matches: whether those before it do the opposite of what it says."""
    told = set(opposite)
    return PARTLY if len(told) > 1 else YES if True in told else NO


def maybe_defined(tree: Tree, known: Collection[int] = ()) -> set[str]:
    """The words of lines that are not understood: such a line may define the list that a word names. known: by id the
    lines that use one.
    """
    unread = (node for node in not_understood(tree) if not node.negated and id(node) not in known)
    return {word for node in unread for word in node.text.split()}


def filters_nothing(acl: Acl) -> bool:
    """It is to filter and says nothing: devices then let everything through, as where there is no such list."""
    return bool(acl.uses) and not acl.entries and all(n.negated or any(map(n.is_, _REMARKS)) for n in acl.node.children)


def _named_elsewhere(sheet: Sheet, acls: Acls) -> set[str]:
    """Every word of the configuration outside the access lists: what is not understood may use one of them."""
    own = {id(acl.node) for acl in acls.values()} | {id(e.node) for acl in acls.values() for e in acl.entries}
    blocks = [n for n in sheet.tree.root.children if id(n) not in own and not n.is_("access-list")]
    return {word for block in blocks for node in walk(block) for word in node.text.split()}


def _not_read(sheet: Sheet, acl: Acl, item: str) -> None:
    """Lines of a list in use that are not understood: they may permit anything."""
    own = {id(e.node) for e in acl.entries}
    for node in acl.node.children if acl.uses else ():
        if not node.negated and id(node) not in own and not node.understood and not sheet.tree.aside.match(node.key):
            sheet.put("acl", f"{item} line {node.line}", "permits_any", UNTOLD, node)
            node.understood = False


def _rest(sheet: Sheet, acl: Acl, item: str, default: str, *, logged: bool) -> None:
    """What becomes of traffic that no entry matches, and whether denials are logged, where the list filters traffic."""
    ending = acl_sense.ending(acl)
    final = _final(ending)
    rest = acl_sense.forwards_the_rest(acl, final, default)
    if not rest:
        return
    at = ending[0].node if ending else acl.node
    sheet.put("acl", item, "unmatched", rest, at, present=final == "deny-all")
    if rest == "deny":
        words = {"log", "log-input", "logging"} & set(at.key.replace(" log disable", "").split())
        logs = bool(words) or ending[0].logs if final == "deny-all" else logged
        sheet.put("acl", item, "denials_logged", YES if logs else NO, at)


def _entries(sheet: Sheet, acl: Acl, item: str, hidden: Mapping[int, tuple[str, str]] | None) -> None:
    """hidden: the entries that never match; None when there were too many to tell."""
    everything = _permits_everything(acl)
    passes = acl_sense.filters_traffic(acl)
    for place, entry in enumerate(acl.entries):
        name = f"{item} entry {entry.name}"
        sheet.put("acl", name, "entry", entry.words, entry.node)
        _ends(sheet, name, entry)
        met = place not in (hidden or ())
        told = _permits_any(acl, everything=met and entry in everything)
        told = UNTOLD if told == NO and met and (entry.unsure or _may_be_everything(entry)) else told
        sheet.put("acl", name, "permits_any", told, entry.node)
        if entry.protocol != "other":
            told, against = (UNTOLD, UNTOLD) if hidden is None else hidden.get(place, (NO, NO))
            sheet.put("acl", name, "shadowed", told, entry.node)
            sheet.put("acl", name, "overruled", against, entry.node)
        if passes and (count := acl_sense.opened(entry)) is not None:
            sheet.put("acl", name, "opens", str(count), entry.node)
        elif passes and entry.action == "permit" and (entry.unsure or entry.ports_untold):
            sheet.put("acl", name, "opens", UNTOLD, entry.node)


def _ends(sheet: Sheet, item: str, entry: AclEntry) -> None:
    """What an entry says of IP traffic, each part by itself."""
    if not entry.source:
        return
    parts = {"action": entry.action, "protocol": entry.protocol, "options": entry.options}
    for setting, value in {**parts, "source": entry.source, "destination": entry.destination}.items():
        if value:
            sheet.put("acl", item, setting, value, entry.node)


def places(where: list[str]) -> str:
    """The places in one line, the first of many."""
    more = len(where) - MAX_PLACES
    return ", ".join(where[:MAX_PLACES] + ([f"{more} more"] if more > 0 else []))


def _final(entries: Sequence[AclEntry]) -> str:
    """What the only entry does."""
    if not entries:
        return "empty"
    entry = entries[0]
    if not acl_sense.takes_all(entry):
        return "other"
    return "deny-all" if entry.action == "deny" else "permit-all"


def _permits_any(acl: Acl, *, everything: bool) -> str:
    if not everything:
        return NO
    if acl.uses:
        return YES
    return "unknown" if acl.selects else "unbound"


def _permits_everything(acl: Acl) -> list[AclEntry]:
    """The entries that permit everything, alone or as the last of some that do so together."""
    found = [e for e in acl.entries if e.action == "permit" and e.everything]
    if found:
        return found
    groups: dict[str, list[AclEntry]] = {}
    for entry in acl.entries:
        groups.setdefault(entry.between, []).append(entry)
    for entries in groups.values():
        for version, protocol in ((4, "tcp"), (4, "udp"), (6, "tcp"), (6, "udp")):
            boxes, last = _wide(entries, version, protocol)
            if last is not None and cover(boxes, version) and last not in found:
                found.append(last)
    return found


def _may_be_everything(entry: AclEntry) -> bool:
    """It permits so ragged a set of addresses that it was not put together with others."""
    ragged = [is_ragged(end) for end in (entry.source, entry.destination)]
    open_ = all(so or end == ANY for so, end in zip(ragged, (entry.source, entry.destination), strict=True))
    return any(ragged) and open_ and entry.action == "permit" and entry.protocol in EVERYTHING


def _wide(entries: Iterable[AclEntry], version: int, protocol: str) -> tuple[list[Box], AclEntry | None]:
    """What the entries permit of a protocol on hardly less than all ports, and the last of them that does."""
    ports: dict[tuple[str, str], list[Span]] = {}
    boxes: list[Box] = []
    last = None
    for entry in entries:
        permitted = entry.ports if entry.protocol in (protocol, "ip", "ipv6", "any") else None
        if permitted is None or len(boxes) >= _MOST_BOXES:
            continue
        held = [*itertools.product(spans_of(entry.source, version), spans_of(entry.destination, version))]
        together = ports.setdefault((entry.source, entry.destination), [])
        together += permitted
        if held and nearly_all(together):
            boxes += held
            last = entry
    return boxes, last


def network(address: str, wildcard: str) -> str:
    """``10.0.0.0 0.0.0.255`` as ``10.0.0.0/24``, ``any`` for all; a wildcard with holes stays as it is."""
    base, bits = number(address), number(wildcard) if wildcard != "0" else 0
    if base is None or bits is None:
        return f"{address} {wildcard}"
    if bits == 0xFFFFFFFF:
        return ANY
    if bits & (bits + 1):
        return f"{address} {wildcard}"
    length = 32 - bits.bit_length()
    base &= ~bits
    plain = ".".join(str(base >> shift & 255) for shift in (24, 16, 8, 0))
    return plain if length == 32 else f"{plain}/{length}"


def prefix_length(mask: str) -> int | None:
    """``255.255.255.0`` as 24; a number as itself; None if it is no mask."""
    if whole(mask):
        return int(mask) if int(mask) <= 32 else None
    value = number(mask)
    if value is None:
        return None
    inverse = value ^ 0xFFFFFFFF
    return None if inverse & (inverse + 1) else 32 - inverse.bit_length()
