"""Chains of Linux between interfaces, as iptables-save and nft print them or as files of nft say them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.reach import linux
from tests.reach.rules import G1, G2, NETS, NUMBERS, RANGE, Base, Can, End, Fate, OnePacket, Ports, Rule, asked, between

LINUX = Can(("net", "host", "wild", "group"), several=True, off=False, negates=True)
_NAMED_TYPES = {8: "echo-request", 0: "echo-reply", 3: "destination-unreachable"}
_HOST = linux.outputs({f"eth{n}": f"10.0.{n}.1/24" for n in NETS})


def _spans(some: Ports, to: str) -> list[str]:
    return [str(low) if low == high else f"{low}{to}{high}" for low, high in some.spans]


def _chunks(base: Base) -> Iterator[list[Rule]]:
    """The rules by chains, in their order."""
    rest = list(base.rules)
    while rest:
        size = base.random.randint(1, len(rest))
        yield rest[:size]
        rest = rest[size:]


def in_turn(base: Base, start: int, stop: int, packet: OnePacket) -> Fate:
    """What no rule matches is told by the policy of the chain."""
    return asked(between(base.rules, start, stop), packet, rest=base.rest)


# iptables


def _address(option: str, side: str, end: End, *, out: bool) -> list[str]:
    if end.kind == "any":
        return []
    but = ["!"] * out
    if end.kind == "group" and end.name == "G3":
        return ["-m iprange", *but, f"--{side}-range {'-'.join(RANGE)}"]
    if end.kind == "group":
        return ["-m set", *but, f"--match-set {end.name} {side}"]
    return [*but, f"{option} {end.part.text}/{end.part.mask if end.part.has_holes else end.part.length}"]


def _matched(rule: Rule, random: Random) -> Iterator[str]:
    """The protocol of a rule, with its ports or messages."""
    if rule.protocol != "any":
        yield f"-p {random.choice((rule.protocol, str(NUMBERS[rule.protocol])))}"
    for option, some in (("--sport", rule.source_ports), ("--dport", rule.ports)):
        if some is None:
            continue
        but = some.operator == "neq" and random.random() < 0.5
        told = [str(one) for one in some.of] if but else _spans(some, ":")
        if len(told) > 1 or random.random() < 0.2:
            yield f"-m multiport {'! ' * but}{option}s {','.join(told)}"
        else:
            yield f"-m {rule.protocol} {'! ' * but}{option} {told[0]}"
    if rule.icmp:
        yield f"-m icmp --icmp-type {'/'.join(str(n) for n in rule.icmp if n is not None)}"


def _of_iptables(rule: Rule, random: Random) -> Iterator[str]:
    words = [f"-i eth{rule.start}"] * bool(rule.start) + [f"-o eth{rule.stop}"] * bool(rule.stop)
    words += _address("-s", "src", rule.source, out=rule.not_source)
    words += _address("-d", "dst", rule.target, out=rule.not_target)
    words += ["-m time --timestart 20:00:00 --timestop 23:00:00"] * rule.timed
    words += ['-m comment --comment "! -j ACCEPT"'] * (random.random() < 0.1)
    words += [*_matched(rule, random), *["-m conntrack --ctstate NEW"] * (random.random() < 0.1)]
    if rule.logs:
        yield " ".join([*words, "-j LOG --log-prefix x"])
    action = "ACCEPT" if rule.permit else random.choice(("DROP", "REJECT --reject-with icmp-port-unreachable"))
    yield " ".join([*words, f"-j {action}"])


def iptables(base: Base) -> str:
    """Chains in the chain of what is forwarded, beside those of the device itself."""
    random = base.random
    forward: list[str] = []
    others: list[str] = []
    chains: list[str] = []
    forward += ["-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"] * (random.random() < 0.7)
    forward += ["-m conntrack --ctstate INVALID -j DROP"] * (random.random() < 0.3)
    for at, rules in enumerate(_chunks(base)):
        lines = [line for rule in rules for line in _of_iptables(rule, random)]
        if random.random() < 0.5:
            chains.append(f"c{at}")
            forward.append(f"-j c{at}")
            others += [f"-A c{at} {line}" for line in lines] + [f"-A c{at} -j RETURN"] * (random.random() < 0.5)
        else:
            forward += lines
    sets = ["create G1 hash:net family inet", *(f"add G1 {p.prefix}" for p in G1)]
    if random.random() < 0.5:
        sets += ["create G4 hash:net family inet", f"add G4 {G2[2].prefix}"]
        sets += ["create G2 list:set size 8", "add G2 G1", "add G2 G4"]
    else:
        sets += ["create G2 hash:net family inet", *(f"add G2 {p.prefix}" for p in G2)]
    own = ["-A INPUT -j ACCEPT", "-A OUTPUT -d 10.0.20.0/24 -j DROP"]
    rules = [*own, *(f"-A FORWARD {line}" for line in forward), *others]
    count = random.random() < 0.5
    rules = [f"[{random.randint(0, 99)}:{random.randint(0, 9_999)}] {rule}" if count else rule for rule in rules]
    policies = [":INPUT DROP [0:0]", f":FORWARD {'ACCEPT' if base.rest else 'DROP'} [7:9]", ":OUTPUT ACCEPT [0:0]"]
    nat = ["*nat", *(f":{c} ACCEPT [0:0]" for c in ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"))]
    nat += ["-A POSTROUTING -o eth30 -j MASQUERADE", "COMMIT"]
    names = [f":{name} - [0:0]" for name in chains]
    tables = [["*filter", *policies, *names, *rules, "COMMIT"]]
    tables += [nat] * (random.random() < 0.3)
    random.shuffle(tables)
    return "\n".join([*sets, *(line for table in tables for line in table), _HOST])


# nftables


def _nft_end(key: str, end: End, random: Random, *, out: bool) -> list[str]:
    if end.kind == "any":
        return []
    sign = "!= " * out
    if end.part.has_holes:
        return [f"ip {key} & {end.part.mask} {'!=' if out else '=='} {end.part.text}"]
    if end.kind != "group":
        told = end.part.text if end.kind == "host" and random.random() < 0.5 else end.part.prefix
        return [f"ip {key} {sign}{random.choice((told, f'{{ {told} }}'))}"]
    if random.random() < 0.6:
        return [f"ip {key} {sign}@{end.name}"]
    return [f"ip {key} {sign}{{ {', '.join(_elements(end.name))} }}"]


def _elements(name: str) -> list[str]:
    if name == "G3":
        return ["-".join(RANGE)]
    return [p.prefix for p in (G1 if name == "G1" else G2)]


def _nft_ports(rule: Rule, random: Random) -> Iterator[str]:
    word, told = rule.protocol, False
    if random.random() < 0.2:
        word = "th"
        yield f"meta l4proto {rule.protocol}"
        told = True
    for key, some in (("sport", rule.source_ports), ("dport", rule.ports)):
        if some is None:
            continue
        told = True
        if some.operator in ("gt", "lt") and random.random() < 0.6:
            yield f"{word} {key} {'>' if some.operator == 'gt' else '<'} {some.of[0]}"
        elif some.operator == "neq" and random.random() < 0.6:
            values = ", ".join(map(str, some.of))
            yield f"{word} {key} != {values if len(some.of) == 1 else f'{{ {values} }}'}"
        else:
            spans = _spans(some, "-")
            several = ", ".join(spans)
            yield f"{word} {key} {several if len(spans) == 1 else f'{{ {several} }}'}"
    if not told:
        yield random.choice((f"meta l4proto {rule.protocol}", f"ip protocol {rule.protocol}"))


def _of_nft(rule: Rule, random: Random) -> str:
    words = []
    for keys, net in (
        (("iifname", "iif", "meta iifname"), rule.start),
        (("oifname", "oif", "meta oifname"), rule.stop),
    ):
        if net:
            words.append(f'{random.choice(keys)} "eth{net}"')
    words += _nft_end("saddr", rule.source, random, out=rule.not_source)
    words += _nft_end("daddr", rule.target, random, out=rule.not_target)
    if rule.protocol in ("tcp", "udp"):
        words += _nft_ports(rule, random)
    elif rule.icmp:
        kind, code = rule.icmp
        words.append(f"icmp type {random.choice((str(kind), _NAMED_TYPES[kind]))}")
        words += [f"icmp code {code}"] * (code is not None)
    elif rule.protocol != "any":
        number = NUMBERS[rule.protocol]
        words.append(
            random.choice((f"meta l4proto {rule.protocol}", f"ip protocol {number}", f"meta l4proto {number}"))
        )
    words += ["ct state new"] * (random.random() < 0.1)
    words += ['meta hour "20:00"-"23:00"'] * rule.timed
    words += [random.choice(("log", 'log prefix "drop " level info'))] * rule.logs
    words += [random.choice(("counter", "counter packets 5 bytes 300"))] * (random.random() < 0.3)
    words.append(
        "accept" if rule.permit else random.choice(("drop", "reject", "reject with icmp type host-prohibited"))
    )
    return " ".join(words) + ' comment "accept"' * (random.random() < 0.1)


def nftables(base: Base) -> str:
    """As ``nft list ruleset`` prints it, or as a file that is loaded."""
    random, family = base.random, base.random.choice(("inet", "ip"))
    forward: list[str] = []
    chains: dict[str, list[str]] = {}
    state = random.choice(
        ("ct state established,related accept", "ct state vmap { established : accept, related : accept }")
    )
    forward += [state] * (random.random() < 0.7)
    for at, rules in enumerate(_chunks(base)):
        lines = [_of_nft(rule, random) for rule in rules]
        if random.random() < 0.5:
            chains[f"c{at}"] = lines
            forward.append(f"jump c{at}")
        else:
            forward += lines
    kept = {"input": ["accept"], **chains, "forward": forward}
    hooks = {"input": ("input", "drop"), "forward": ("forward", "accept" if base.rest else "drop")}
    heads = {
        n: f"type filter hook {h} priority {random.choice(('filter', '0'))}; policy {p};" for n, (h, p) in hooks.items()
    }
    sets = {f"G{n}": _elements(f"G{n}") for n in (1, 2, 3)}
    text = ["#!/usr/sbin/nft -f", "flush ruleset"] * (random.random() < 0.3)
    text.append(f"table {family} fw {{")
    for name, elements in sets.items():
        text += [f"\tset {name} {{", "\t\ttype ipv4_addr", "\t\tflags interval"]
        text += [f"\t\telements = {{ {', '.join(elements)} }}", "\t}"]
    for name, lines in kept.items():
        inside = [heads[name], *lines] if name in heads else lines
        text += [f"\tchain {name} {{", *(f"\t\t{line}" for line in inside), "\t}"]
    return "\n".join([*text, "}", _HOST])
