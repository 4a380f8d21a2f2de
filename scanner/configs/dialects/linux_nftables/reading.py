"""Linux nftables: what is saved, as settings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from scanner.configs.chains.entrances import entrance_rows
from scanner.configs.chains.interface_names import InterfaceNames
from scanner.configs.chains.model import INGRESS, FilterChain, Ruleset, Tracking
from scanner.configs.chains.rows import chain_rows
from scanner.configs.chains.study import ChainStudy
from scanner.configs.chains.walk import calls
from scanner.configs.dialects.linux_nftables.blocks import NftChain, NftFile, NftTable, parse
from scanner.configs.dialects.linux_nftables.passing import netfilter
from scanner.configs.dialects.linux_nftables.rules import Nameable, rules_of
from scanner.configs.dialects.linux_nftables.statements import translates
from scanner.configs.dialects.linux_nftables.tokens import Token
from scanner.configs.linux.forwarding import forwarding
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.settings import ABSENT, NO, YES, Configuration, Sheet
from scanner.configs.understood import doubt_the_rest, not_understood
from scanner.errors import Problem
from scanner.wording import at_line, said

_NAME = "linux-nftables"
_ABOUT = ("acl", "line")  # what a line of a table may be about
_VERSIONS = {"ip": (4,), "ip6": (6,), "inet": (4, 6), "bridge": (4, 6), "netdev": (4, 6), "arp": ()}
_REDIRECTING = ("dnat", "redirect", "tproxy", "xt")
_ASKING = ("status", "==", "!=", "{", ",", "|", "&", "(")
_CHANGES = ("add", "update", "delete")
_INTERFACES = frozenset(("iifname", "oifname", "iif", "oif"))


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a ruleset; InputError when there is none."""
    file = parse(data, name, mask)
    sheet = Sheet(file.tree, _NAME)
    study, known = study_of(file)
    lost = not_understood(file.tree)
    sheet.put("system", "device", "complete", YES if file.tree.complete else NO, next(iter(file.tables.values())).node)
    chain_rows(sheet, study)
    entrance_rows(sheet, study)
    for own in known.values():
        _set_rows(sheet, own, whole=file.whole)
    if not file.whole:
        _elsewhere(file, study, known)
    for node in lost:  # what rows say of a line does not tell all of it
        node.understood = False
    doubt_the_rest(file.tree, _areas)
    if not file.host.links:
        return sheet.configuration()
    filters = netfilter(file, study, lost)
    return sheet.configuration(lambda tree: forwarding(tree, file.host, filters))


def study_of(file: NftFile) -> tuple[ChainStudy, dict[tuple[str, str], Nameable]]:
    """What the tables do, and what their rules name."""
    names = InterfaceNames(itertools.chain(_interfaces(file), file.host.links))
    tracking = Tracking(_untracked(file), _redirects(file))
    _mark_changing(file)
    known = {key: Nameable(table, names, file.variables, tracking) for key, table in file.tables.items()}
    return ChainStudy(_ruleset(file, known), names), known


def _areas(node: Node) -> tuple[str, ...]:
    """What a line that is not understood may be about: a rule of a table, or anything."""
    return _ABOUT if node.parent and node.parent.key.startswith(("table ", "chain ", "set ", "map ")) else ()


def _statements(file: NftFile) -> Iterator[list[Token]]:
    for table in file.tables.values():
        for chain in table.chains.values():
            for statement in chain.rules:
                yield file.variables.expand(statement.words)
        for own in table.sets.values():
            for element in own.elements if any("ifname" in kind or "iif" in kind for kind in own.kinds) else ():
                yield [Token("iifname", 0), Token("{", 0), *file.variables.expand(element), Token("}", 0)]


def _interfaces(file: NftFile) -> Iterator[str]:
    """Whatever may be the name of an interface: the words behind those that look at one."""
    for words in _statements(file):
        if not any(w.text in _INTERFACES for w in words):
            continue
        for word in words:
            if word.quoted or word.text[:1].isalpha():
                yield word.text


def _mark_changing(file: NftFile) -> None:
    """Sets whose members rules add or delete hold nobody knows what, whether or not they are called dynamic."""
    for table in file.tables.values():
        for chain in table.chains.values():
            for statement in chain.rules:
                words = statement.words
                for at in (n for n, w in enumerate(words[:-2]) if w.text in _CHANGES and not w.quoted):
                    if words[at + 1].text == "@" and (own := table.sets.get(words[at + 2].text)):
                        own.flags.append("dynamic")


def _untracked(file: NftFile) -> bool:
    return any(w.text == "notrack" and not w.quoted for words in _statements(file) for w in words)


def _redirects(file: NftFile) -> bool:
    """Some statement may change destinations; ``ct status dnat`` asks whether one did."""
    for words in _statements(file):
        for before, word in itertools.pairwise([Token("", 0), *words]):
            if word.text in _REDIRECTING and not word.quoted and before.text not in _ASKING:
                return True
    return False


def _ruleset(file: NftFile, known: dict[tuple[str, str], Nameable]) -> Ruleset:
    ruleset = Ruleset(whole=file.whole)
    for key, table in file.tables.items():
        for own in table.chains.values():
            chain = _chain(table, own)
            for number, statement in enumerate(own.rules, 1):
                if chain.versions:
                    chain.rules += rules_of(statement, number, chain.versions, known[key])
                ruleset.translates |= translates(statement.words)
            ruleset.chains[chain.table, chain.name] = chain
    return ruleset


def _chain(table: NftTable, own: NftChain) -> FilterChain:
    hook = "" if table.dormant else own.hook.get("hook", "")
    if table.family == "bridge" and hook:
        hook = f"bridge {hook}"
    policy = own.policy if own.policy and not own.policy.startswith("$") else "accept" if not own.policy else ""
    return FilterChain(
        f"{table.family} {table.name}/{own.name}",
        own.name,
        f"{table.family} {table.name}",
        own.node,
        _VERSIONS.get(table.family, ()),
        hook=hook,
        accepts_rest={"accept": True, "drop": False}.get(policy),
        filters=own.hook.get("type", "filter") == "filter" and table.family != "arp",
        partly=hook.endswith(INGRESS) or table.family == "netdev",
    )


def _elsewhere(file: NftFile, study: ChainStudy, known: dict[tuple[str, str], Nameable]) -> None:
    """Chains and sets that are named and not there, which nft takes only where another file has them."""
    chains = study.ruleset.chains.values()
    lost = [rule.node for chain in chains for rule, target in calls(study.ruleset, chain) if target is None]
    for own in known.values():
        missing = own.used - own.table.sets.keys()
        statements = (s for c in own.table.chains.values() for s in c.rules)
        lost += [s.node for s in statements if any(w.text in missing for w in s.words)]
    if lost:
        what = said("names a chain or set that is not here, so this is a part of a ruleset")
        remedy = said("save the whole ruleset: nft list ruleset")
        line = min(node.line for node in lost)
        file.tree.problems.append(Problem(file.tree.source, what, at_line(line), remedy))


def _set_rows(sheet: Sheet, known: Nameable, *, whole: bool) -> None:
    """Where the sets and maps of a table are used."""
    table = known.table
    label = f"{table.family} {table.name}/"
    named = {w.text for c in table.chains.values() for s in c.rules for w in s.words}
    for name, own in table.sets.items():
        told = "rules" if name in known.used or name in named else ABSENT
        sheet.put("acl", f"set {label}{name}", "bound", told, own.node, present=told != ABSENT)
        sheet.put("acl", f"set {label}{name}", "defined", YES, own.node)
    for name in sorted(known.used - table.sets.keys()) if whole else ():
        statements = (s for c in table.chains.values() for s in c.rules)
        at = next((s.node for s in statements if any(w.text == name for w in s.words)), table.node)
        sheet.put("acl", f"set {label}{name}", "defined", NO, at)
