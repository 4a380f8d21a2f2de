"""What chains let through, against an evaluator of its own: small rulesets, packet by packet, in both languages."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.configs.chains.model import Ruleset
from scanner.configs.chains.study import ChainStudy
from scanner.configs.chains.walk import ChainOutcome
from scanner.configs.dialects.linux_iptables import reading as linux_iptables
from scanner.configs.dialects.linux_iptables.saved import parse as parse_saved
from scanner.configs.dialects.linux_nftables import reading as linux_nftables
from scanner.configs.dialects.linux_nftables.blocks import parse as parse_nft
from scanner.configs.reader import masker, read
from scanner.packet_sets import Boxes

INTERFACES = ("eth0", "eth1", "wan7", "other3")
ADDRESSES = ("10.0.0.1", "10.0.0.2", "10.0.0.9", "192.0.2.1")
NETWORKS = ("10.0.0.0/30", "10.0.0.2", "10.0.0.0/8", "0.0.0.0/0")
STATES = ("new", "established", "related", "invalid")
PORTS = (1, 2, 7, 900)
CHAINS = ("forward", "one", "two", "three")
FEW = ("10.0.0.2", "192.0.2.0/30")  # what the set @few holds


@dataclasses.dataclass(frozen=True)
class Packet:
    source: str
    destination: str
    protocol: int
    sport: int
    port: int
    state: str
    incoming: str
    outgoing: str


@dataclasses.dataclass(frozen=True)
class Abstract:
    """A rule: what it asks for, each with whether it is negated; None: nothing. unsure: it has a limit."""

    source: tuple[str, bool] | None
    destination: tuple[str, bool] | None
    protocol: int | None
    port: tuple[tuple[int, int], bool] | None
    states: tuple[tuple[str, ...], bool] | None
    incoming: tuple[str, bool] | None
    unsure: bool
    verdict: str
    outgoing: tuple[str, bool] | None = None


def fits_network(address: str, network: str) -> bool:
    if network == "@few":
        return any(fits_network(address, one) for one in FEW)
    base, _, length = network.partition("/")

    def number(text: str) -> int:
        a, b, c, d = map(int, text.split("."))
        return a << 24 | b << 16 | c << 8 | d

    shift = 32 - int(length or 32)
    return number(address) >> shift == number(base) >> shift


def fits(rule: Abstract, packet: Packet) -> bool:
    asked = [
        rule.source and fits_network(packet.source, rule.source[0]) != rule.source[1],
        rule.destination and fits_network(packet.destination, rule.destination[0]) != rule.destination[1],
        rule.protocol and packet.protocol == rule.protocol,
        rule.port and (rule.port[0][0] <= packet.port <= rule.port[0][1]) != rule.port[1],
        rule.states and (packet.state in rule.states[0]) != rule.states[1],
        rule.incoming and packet.incoming.startswith(rule.incoming[0].rstrip("*")) != rule.incoming[1],
        rule.outgoing and packet.outgoing.startswith(rule.outgoing[0].rstrip("*")) != rule.outgoing[1],
    ]
    return all(one for one in asked if one is not None)


def outcomes(chains: dict[str, list[Abstract]], name: str, packet: Packet, at: int = 0) -> set[str]:
    """Whatever may become of a packet: accept, drop, or the end of the chain."""
    rules = chains[name]
    if at >= len(rules):
        return {"end"}
    rule = rules[at]
    found: set[str] = set()
    if not fits(rule, packet) or rule.unsure:
        found |= outcomes(chains, name, packet, at + 1)
    if fits(rule, packet):
        verb, _, target = rule.verdict.partition(" ")
        if verb in ("accept", "drop"):
            found.add(verb)
        elif verb == "return":
            found.add("end")
        elif verb == "log":
            found |= outcomes(chains, name, packet, at + 1)
        else:
            inside = outcomes(chains, target, packet)
            found |= inside - {"end"}
            if "end" in inside:
                found |= {"end"} if verb == "goto" else outcomes(chains, name, packet, at + 1)
    return found


def fates(chains: dict[str, list[Abstract]], policy: str, packet: Packet) -> set[str]:
    return {policy if one == "end" else one for one in outcomes(chains, "forward", packet)}


def as_iptables(chains: dict[str, list[Abstract]], policy: str) -> str:
    lines = ["create few hash:net family inet", *(f"add few {one}" for one in FEW)]
    lines += ["*filter", ":INPUT DROP [0:0]", f":FORWARD {policy.upper()} [1:1]"]
    lines += [f":{name} - [0:0]" for name in chains if name != "forward"]
    for name, rules in chains.items():
        for rule in rules:
            words = ["-A", "FORWARD" if name == "forward" else name]
            ends = (("-s", rule.source), ("-d", rule.destination), ("-i", rule.incoming), ("-o", rule.outgoing))
            for flag, value in ends:
                if value and value[0] == "@few":
                    words += ["-m", "set", *["!"] * value[1], "--match-set", "few", "src" if flag == "-s" else "dst"]
                elif value:
                    words += ["!"] * value[1] + [flag, value[0].replace("*", "+")]
            if rule.protocol:
                words += ["-p", {6: "tcp", 17: "udp", 1: "icmp"}[rule.protocol]]
            if rule.port:
                words += ["!"] * rule.port[1] + ["--dport", f"{rule.port[0][0]}:{rule.port[0][1]}"]
            if rule.states:
                words += ["-m", "conntrack", *["!"] * rule.states[1], "--ctstate", ",".join(rule.states[0]).upper()]
            words += ["-m", "limit", "--limit", "3/min"] * rule.unsure
            verb, _, target = rule.verdict.partition(" ")
            words += ["-g" if verb == "goto" else "-j", target or verb.upper()]
            lines.append(" ".join(words))
    return "\n".join([*lines, "COMMIT", ""])


def as_nftables(chains: dict[str, list[Abstract]], policy: str) -> str:
    lines = ["table ip t {", f"  set few {{ type ipv4_addr; flags interval; elements = {{ {', '.join(FEW)} }}; }}"]
    for name, rules in chains.items():
        lines.append(f"  chain {name} {{")
        if name == "forward":
            lines.append(f"    type filter hook forward priority 0; policy {policy};")
        for rule in rules:
            words: list[str] = []
            ends = (("ip saddr", rule.source), ("ip daddr", rule.destination))
            for key, value in (*ends, ("iifname", rule.incoming), ("oifname", rule.outgoing)):
                if value:
                    words += [key, *["!="] * value[1], f'"{value[0]}"' if "name" in key else value[0]]
            if rule.protocol and not rule.port:
                words += ["ip protocol", str(rule.protocol)]
            if rule.port:
                port = f"{rule.port[0][0]}-{rule.port[0][1]}"
                words += [{6: "tcp", 17: "udp"}[rule.protocol or 0], "dport", *["!="] * rule.port[1], port]
            if rule.states:
                words += ["ct state", *["!="] * rule.states[1], "{ " + ", ".join(rule.states[0]) + " }"]
            words += ["limit rate 3/minute"] * rule.unsure
            lines.append(f"    {' '.join([*words, rule.verdict])}")
        lines.append("  }")
    return "\n".join([*lines, "}", ""])


NEGATABLE = st.booleans()


@st.composite
def rule_in(draw: st.DrawFn, later: tuple[str, ...]) -> Abstract:
    protocol = draw(st.sampled_from([None, None, 6, 17, 1]))
    port = None
    if protocol in (6, 17) and draw(st.booleans()):
        low, high = sorted((draw(st.sampled_from(PORTS)), draw(st.sampled_from(PORTS))))
        port = ((low, high), draw(NEGATABLE))
    verdicts = ["accept", "drop", "return", "log", *(f"{verb} {name}" for name in later for verb in ("jump", "goto"))]
    states = draw(st.lists(st.sampled_from(STATES), min_size=1, max_size=3, unique=True))
    return Abstract(
        draw(st.none() | st.tuples(st.sampled_from((*NETWORKS[:3], "@few")), NEGATABLE)),
        draw(st.none() | st.tuples(st.sampled_from((*NETWORKS, "@few")), st.just(value=False))),
        protocol,
        port,
        draw(st.none() | st.tuples(st.just(tuple(states)), NEGATABLE)),
        draw(st.none() | st.tuples(st.sampled_from(("eth0", "eth*", "wan7")), NEGATABLE)),
        draw(st.sampled_from([False, False, False, True])),
        draw(st.sampled_from(verdicts)),
        draw(st.none() | st.tuples(st.sampled_from(("eth1", "eth*", "wan7")), NEGATABLE)),
    )


@st.composite
def rulesets(draw: st.DrawFn) -> dict[str, list[Abstract]]:
    return {
        name: draw(st.lists(rule_in(CHAINS[at + 1 :]), min_size=at == 0, max_size=4)) for at, name in enumerate(CHAINS)
    }


def packets() -> Iterator[Packet]:
    every = itertools.product(ADDRESSES, ADDRESSES[1:3], (6, 17, 1), (5,), PORTS, STATES, INTERFACES, ("eth1",))
    yield from (Packet(*one) for n, one in enumerate(every) if n % 3 == 0)


PACKETS = list(packets())


def point(packet: Packet, study: ChainStudy) -> tuple[int, ...]:
    def number(text: str) -> int:
        return int.from_bytes(bytes(map(int, text.split("."))), "big")

    names = study.names._names

    def place(name: str) -> int:
        if name in names:
            return names.index(name)
        beginning = [n for n, one in enumerate(names) if one.endswith("\x00") and name.startswith(one[:-1])]
        return max(beginning, key=lambda n: len(names[n]))

    return (
        number(packet.source),
        number(packet.destination),
        packet.protocol,
        packet.sport,
        packet.port,
        STATES.index(packet.state),
        place(packet.incoming),
        place(packet.outgoing),
    )


def holds(boxes: Boxes, at: tuple[int, ...]) -> bool:
    return any(all(low <= one <= high for one, (low, high) in zip(at, box, strict=True)) for box in boxes)


def of_iptables(text: str) -> ChainStudy:
    return linux_iptables.study_of(parse_saved(text.encode(), "x", masker("linux-iptables").mask))[0]


def of_nftables(text: str) -> ChainStudy:
    return linux_nftables.study_of(parse_nft(text.encode(), "x", masker("linux-nftables").mask))[0]


LANGUAGES: list[tuple[Callable[[dict[str, list[Abstract]], str], str], Callable[[str], ChainStudy]]] = [
    (as_iptables, of_iptables),
    (as_nftables, of_nftables),
]


def walked(study: ChainStudy) -> ChainOutcome:
    ruleset: Ruleset = study.ruleset
    chain = next(c for c in ruleset.chains.values() if c.hook == "forward")
    found = study.walked(chain, 4)
    assert found
    return found


@pytest.mark.parametrize(("write", "study_of"), LANGUAGES, ids=["iptables", "nftables"])
@given(chains=rulesets(), policy=st.sampled_from(["accept", "drop"]))
@settings(max_examples=150, deadline=None)
def test_every_packet_fares_as_the_rules_say(
    write: Callable[[dict[str, list[Abstract]], str], str],
    study_of: Callable[[str], ChainStudy],
    chains: dict[str, list[Abstract]],
    policy: str,
) -> None:
    study = study_of(write(chains, policy))
    found = walked(study)
    exact = not any(rule.unsure for rules in chains.values() for rule in rules)
    for packet in PACKETS:
        fate, at = fates(chains, policy, packet), point(packet, study)
        assert "accept" not in fate or holds(found.may_accept, at), packet
        assert "drop" not in fate or holds(found.may_deny, at), packet
        assert fate == {"accept"} or not holds(found.accepts, at), packet
        assert fate == {"drop"} or not holds(found.denies, at), packet
        if exact:
            assert holds(found.accepts, at) is (fate == {"accept"}), packet
            assert holds(found.may_accept, at) is ("accept" in fate), packet


def reached(chains: dict[str, list[Abstract]], name: str, packet: Packet, seen: set[tuple[str, int]]) -> set[str]:
    """As outcomes, noting the chains that the packet may get into (-1) and the rules that it may meet and match."""
    ends: set[str] = set()
    seen.add((name, -1))
    for at, rule in enumerate(chains[name]):
        if not fits(rule, packet):
            continue
        seen.add((name, at))
        verb, _, target = rule.verdict.partition(" ")
        inside = reached(chains, target, packet, seen) if verb in ("jump", "goto") else set()
        if rule.unsure or verb == "log" or (verb == "jump" and "end" in inside):
            ends |= inside - {"end"} | ({"end"} if verb == "goto" and "end" in inside else set())
            continue
        return ends | (inside or {"end" if verb == "return" else verb})
    return ends | {"end"}


def repeats(rules: list[Abstract], at: int) -> bool:
    """The first before it that takes all of its packets does the same with them."""
    own = [packet for packet in PACKETS if fits(rules[at], packet)]
    takes_all = (r for r in rules[:at] if not r.unsure and all(fits(r, packet) for packet in own))
    return next((r.verdict == rules[at].verdict for r in takes_all), False)


@pytest.mark.parametrize("write", [as_iptables, as_nftables])
@given(chains=rulesets(), policy=st.sampled_from(["accept", "drop"]))
@settings(max_examples=80, deadline=None)
def test_no_entry_that_a_packet_meets_is_said_to_match_none(
    write: Callable[[dict[str, list[Abstract]], str], str],
    chains: dict[str, list[Abstract]],
    policy: str,
) -> None:
    ways = []
    for packet in PACKETS:
        ways.append((packet, set[tuple[str, int]]()))
        reached(chains, "forward", packet, ways[-1][1])
    rows = read(write(chains, policy).encode(), "x").rows
    dead = {row["item"] for row in rows if row["setting"] == "shadowed" and row["value"] != "no"}
    against = {row["item"]: row["value"] for row in rows if row["setting"] == "overruled"}
    for name, at, rule in ((name, at, rule) for name, rules in chains.items() for at, rule in enumerate(rules)):
        written = f"/{'FORWARD' if write is as_iptables and name == 'forward' else name} entry {at + 1}"
        item = next((one for one in dead if one.endswith(written)), "")
        if not item:
            continue
        assert not any((name, at) in seen for _, seen in ways), item
        come = [packet for packet, seen in ways if (name, -1) in seen and fits(rule, packet)]
        said = {"accept": {"drop"}, "drop": {"accept"}}.get(rule.verdict, {""})
        if against[item] == "no":
            opposite = any(fates(chains, policy, packet) & said for packet in come)
            assert not opposite or repeats(chains[name], at), (item, rule)
        elif against[item] == "yes":
            assert all(fates(chains, policy, packet) == said for packet in come), (item, rule)
