"""Linux iptables: what is saved, as settings."""

from __future__ import annotations

import itertools

from scanner.configs.chains.entrances import entrance_rows
from scanner.configs.chains.interface_names import InterfaceNames
from scanner.configs.chains.model import FilterChain, Ruleset, Tracking
from scanner.configs.chains.rows import chain_rows
from scanner.configs.chains.study import ChainStudy
from scanner.configs.dialects.linux_iptables.passing import netfilter
from scanner.configs.dialects.linux_iptables.rules import (
    REDIRECTING,
    TRANSLATING,
    interface_patterns,
    is_target,
    rule_of,
    target_of,
)
from scanner.configs.dialects.linux_iptables.saved import (
    BUILT_IN,
    Saved,
    SavedChain,
    SavedTable,
    parse,
    rules_of,
)
from scanner.configs.dialects.linux_iptables.sets import AddressSets, interfaces_in
from scanner.configs.linux.forwarding import forwarding
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.settings import ABSENT, NO, YES, Configuration, Sheet
from scanner.configs.understood import doubt_the_rest, not_understood

_NAME = "linux-iptables"
_ABOUT = ("acl", "line")  # what a line of a table may be about


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of the saved tables; InputError when there are none."""
    saved = parse(data, name, mask)
    sheet = Sheet(saved.tree, _NAME)
    study, sets = study_of(saved)
    lost = not_understood(saved.tree)
    sheet.put("system", "device", "complete", YES if saved.tree.complete else NO, saved.tables[0].node)
    chain_rows(sheet, study)
    entrance_rows(sheet, study)
    _set_rows(sheet, saved, sets)
    for node in lost:  # what rows say of a line does not tell all of it
        node.understood = False
    doubt_the_rest(saved.tree, _areas)
    if not saved.host.links:
        return sheet.configuration()
    filters = netfilter(saved, study, lost)
    return sheet.configuration(lambda tree: forwarding(tree, saved.host, filters))


def study_of(saved: Saved) -> tuple[ChainStudy, AddressSets]:
    """What the tables do, and the sets that they use."""
    named = (interface_patterns(rules_of(saved)), interfaces_in(saved.sets.values()), saved.host.links)
    names = InterfaceNames(itertools.chain(*named))
    sets = AddressSets(saved.sets, names, _added_to(saved))
    return ChainStudy(_ruleset(saved, names, sets), names), sets


def _areas(node: Node) -> tuple[str, ...]:
    """What a line that is not understood may be about: a rule of a table, or anything."""
    return _ABOUT if node.key.startswith(("-", "[")) and node.parent and node.parent.key.startswith("*") else ()


def _ruleset(saved: Saved, names: InterfaceNames, sets: AddressSets) -> Ruleset:
    ruleset = Ruleset()
    untracked = any(target_of(rule) in ("NOTRACK", "CT") and _untracks(rule.words) for rule in rules_of(saved))
    tracking = Tracking(untracked, any(map(_redirects, saved.tables)))
    for table in saved.tables:
        for own in table.chains.values():
            if not _matters(table, own):
                continue
            chain = _chain(table, own)
            rules = enumerate(own.rules, 1)
            chain.rules = [rule_of(r, n, table.version, names, sets, tracking=tracking) for n, r in rules]
            ruleset.chains[chain.table, chain.name] = chain
        ruleset.translates |= any(target_of(r) in TRANSLATING for c in table.chains.values() for r in c.rules)
    return ruleset


def _redirects(table: SavedTable) -> bool:
    """It may change destinations."""
    targets = {target_of(rule) for chain in table.chains.values() for rule in chain.rules} - {""}
    unknown = {t for t in targets - table.chains.keys() if not is_target(t)}
    return bool(targets.intersection(REDIRECTING)) or (table.name == "nat" and bool(unknown))


def _untracks(words: list[str]) -> bool:
    return "NOTRACK" in words or "--notrack" in words


def _matters(table: SavedTable, chain: SavedChain) -> bool:
    """It filters or translates anything, or is of the table that is there to filter."""
    return bool(chain.rules) or table.name == "filter" or chain.name not in BUILT_IN.get(table.name, ())


def _chain(table: SavedTable, own: SavedChain) -> FilterChain:
    built_in = own.name in BUILT_IN.get(table.name, ())
    label = f"{'ip6 ' if table.version == 6 else ''}{table.name}/{own.name}"
    return FilterChain(
        label,
        own.name,
        f"{table.version} {table.name}",
        own.node,
        (table.version,),
        hook=own.name.lower() if built_in else "",
        accepts_rest={"ACCEPT": True, "DROP": False}.get(own.policy),
        filters=table.name != "nat",
        used=own.used,
    )


def _set_rows(sheet: Sheet, saved: Saved, sets: AddressSets) -> None:
    """Where the sets are used, as far as the file has them."""
    inside = {member[0] for own in saved.sets.values() if own.kind == "list:set" for member in own.members}
    used = sets.used | inside | _added_to(saved)
    for name, own in saved.sets.items():
        told = "rules" if name in used else ABSENT
        sheet.put("acl", f"set {name}", "bound", told, own.node, present=name in used)
        sheet.put("acl", f"set {name}", "defined", YES, own.node)
    for name in sorted(sets.used - saved.sets.keys()) if saved.with_sets else ():
        at = next((r.node for r in rules_of(saved) if name in r.words), None)
        sheet.put("acl", f"set {name}", "defined", NO, at)


def _added_to(saved: Saved) -> set[str]:
    """Sets that rules add members to."""
    words = (r.words for r in rules_of(saved) if target_of(r) == "SET")
    return {w[n + 1] for w in words for n, word in enumerate(w[:-1]) if word in ("--add-set", "--del-set", "--map-set")}
