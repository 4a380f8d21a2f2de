"""Rules of OPNsense in both of its forms, new ones before old ones of the same place, and what pf does with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from tests.reach.rules import NETS, Base, Can, End, Fate, OnePacket, Rule, policies
from tests.reach.written_policies import PF, PF_TYPES, PLACES, pf_aliases, pf_ends

OPNSENSE = PF._replace(kinds=("old", "old", "old group", "new", "new", "new group", "new not"))
_GROUP = NETS[:2]


def draws(random: Random, can: Can) -> Base:
    """Rules at interfaces, at all but one, at a group of them, and floating ones."""
    base = policies(random, can)
    made = []
    for rule in base.rules:
        start = random.choice(NETS) if "not" in rule.kind else 0 if "group" in rule.kind else rule.start
        way = random.choice(("in", "in", "in", "out", "any"))
        made.append(replace(rule, start=start, stop=0, quick=random.random() < 0.7, way=way))
    base.lists["policy"] = made
    return base


def _place(rule: Rule) -> str:
    return "CELLS" if "group" in rule.kind else PLACES.get(rule.start, "")


def _old_end(end: End, port: str, *, out: bool) -> str:
    told = f"<address>{end.name if end.kind == 'group' else end.part.prefix}</address>{'<not>1</not>' * out}"
    return ("<any>1</any>" if end.kind == "any" else told) + f"<port>{port}</port>" * bool(port)


def _rule(rule: Rule, at: int, random: Random) -> str:
    new, tag = "new" in rule.kind, "action" if "new" in rule.kind else "type"
    kind = "pass" if rule.permit else random.choice(("block", "reject"))
    text = f"<{tag}>{kind}</{tag}><interface>{_place(rule)}</interface><direction>{rule.way}</direction>"
    text += f"<quick>{int(rule.quick)}</quick><ipprotocol>inet</ipprotocol>"
    text += f"<icmptype>{PF_TYPES[rule.icmp[0]]}</icmptype>" if rule.icmp else ""
    text += "<sched>Workdays</sched>" * rule.timed + f"<log>{int(rule.logs)}</log>"
    ports = [f"{side}{at}" if some else "" for side, some in (("s", rule.source_ports), ("d", rule.ports))]
    if not new:
        text += f"<protocol>{rule.protocol}</protocol>" * (rule.protocol != "any")
        text += "<floating>yes</floating>" * (not _place(rule)) + "<disabled>1</disabled>" * (not rule.on)
        text += f"<source>{_old_end(rule.source, ports[0], out=rule.not_source)}</source>"
        text += f"<destination>{_old_end(rule.target, ports[1], out=rule.not_target)}</destination>"
        return f"<rule>{text}</rule>\n"
    ends = (("source", rule.source, rule.not_source), ("destination", rule.target, rule.not_target))
    for (side, end, out), port in zip(ends, ports, strict=True):
        name = {"any": "any", "group": end.name}.get(end.kind, end.part.prefix)
        text += f"<{side}_net>{name}</{side}_net><{side}_not>{int(out)}</{side}_not><{side}_port>{port}</{side}_port>"
    text += f"<protocol>{rule.protocol if rule.protocol == 'any' else rule.protocol.upper()}</protocol>"
    text += f"<enabled>{int(rule.on)}</enabled><interfacenot>{int('not' in rule.kind)}</interfacenot>"
    return f'<rule uuid="u{at}"><sequence>{at + 1}</sequence>{text}</rule>\n'


def opnsense(base: Base) -> str:
    """The new form stands in any order."""
    random = base.random
    texts = [(("new" in rule.kind), _rule(rule, at, random)) for at, rule in enumerate(base.rules)]
    old, new = ([text for is_new, text in texts if is_new is wanted] for wanted in (False, True))
    random.shuffle(new)
    named = (
        f"<alias><name>{name}</name><type>{kind}</type><content>{'&#10;'.join(members.split())}</content>"
        "<enabled>1</enabled></alias>"
        for name, (kind, members) in pf_aliases(base).items()
    )
    interfaces = "".join(
        f"<{PLACES[n]}><enable>1</enable><if>em{n}</if><ipaddr>10.0.{n}.1</ipaddr><subnet>24</subnet></{PLACES[n]}>\n"
        for n in NETS
    )
    group = " ".join(PLACES[n] for n in _GROUP)
    return (
        '<?xml version="1.0"?>\n<opnsense>\n<system><hostname>fw</hostname></system>\n'
        f"<interfaces>\n{interfaces}</interfaces>\n<nat><outbound><mode>disabled</mode></outbound></nat>\n"
        f"<ifgroups><ifgroupentry><ifname>CELLS</ifname><members>{group}</members></ifgroupentry></ifgroups>\n"
        f"<filter>\n{''.join(old)}</filter>\n<OPNsense><Firewall><Alias><aliases>{''.join(named)}</aliases></Alias>\n"
        f"<Filter><rules>\n{''.join(new)}</rules></Filter></Firewall></OPNsense>\n</opnsense>\n"
    )


def _at(rules: list[Rule], net: int) -> Iterator[Rule]:
    """Those that meet packets at an interface."""
    for rule in rules:
        if "not" in rule.kind:
            if rule.start != net:
                yield rule
        elif "group" in rule.kind:
            if net in _GROUP:
                yield rule
        elif rule.start in (0, net):
            yield rule


def in_places(base: Base, start: int, stop: int, packet: OnePacket) -> Fate:
    """Floating rules come first, then those of groups; of those that are not quick the last counts."""
    rules = sorted(base.rules, key=lambda r: (bool(_place(r)), "group" not in r.kind, "new" not in r.kind))
    comes = [r for r in _at(rules, start) if r.way != "out"]
    goes = [r for r in _at(rules, stop) if r.way != "in"]
    fates = [{*pf_ends(comes, packet, False)}, {*pf_ends(goes, packet, True)}]
    return all(True in one for one in fates), all(one == {True} for one in fates)
