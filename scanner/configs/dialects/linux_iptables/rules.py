"""The words of a rule as what it matches and does.

Source: iptables(8), ip6tables(8), iptables-extensions(8). A ``!`` stands before the option that it negates, in old
releases behind it. Every option of a match narrows; those behind the target say how it is carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from scanner.code_tables import rows_table
from scanner.configs.acl_objects import between, network
from scanner.configs.chains import netfilter_words as words_of
from scanner.configs.chains.interface_names import InterfaceNames, spans_outside
from scanner.configs.chains.model import ANY_STATE, INCOMING, OUTGOING, ChainRule, Does, Match, Tracking
from scanner.configs.chains.narrowing import Narrowing
from scanner.configs.dialects.linux_iptables.saved import SavedRule
from scanner.configs.dialects.linux_iptables.sets import AddressSets
from scanner.configs.wildcards import inverse, spans_with_holes
from scanner.packet_sets import (
    ALL_PORTS,
    DESTINATION,
    PORT,
    PROTOCOL,
    SOURCE,
    SOURCE_PORT,
    Span,
    TooManyBoxes,
)

_TCP: Span = (6, 6)
_EVERYBODY = {4: "0.0.0.0/0", 6: "::/0"}


class Option(NamedTuple):
    """One option of a rule and the words behind it."""

    name: str
    words: list[str]
    but: bool  # negated


@cache
def _others() -> dict[str, tuple[int, str]]:
    return {name: (int(count), how) for name, count, how in rows_table(__package__, "options.tsv")}


@cache
def _targets() -> dict[str, str]:
    return {row[0]: row[1] for row in rows_table(__package__, "targets.tsv")}


def interface_patterns(rules: Iterator[SavedRule]) -> Iterator[str]:
    """Every interface that a rule names."""
    for rule in rules:
        for option in _options(rule.words):
            if option.name in ("-i", "-o", "--in-interface", "--out-interface") and option.words:
                yield _pattern(option.words[0])


def _pattern(name: str) -> str:
    return name[:-1] + "*" if name.endswith("+") else name


def _options(words: Sequence[str]) -> list[Option]:
    """The options in their order; what stands behind one up to the next is its own."""
    found: list[Option] = []
    but = False
    for word in words:
        if found and not found[-1].words and found[-1].name in _TEXTS:
            found[-1].words.append(word)
        elif word == "!":
            if found and not found[-1].words and found[-1].name in _LONG and not but:
                found[-1] = found[-1]._replace(but=True)  # as old releases wrote it
            else:
                but = True
        elif word.startswith("-") and len(word) > 1 and not word[1].isdigit():
            name, sign, value = word.partition("=") if word.startswith("--") else (word, "", "")
            found.append(Option(_LONG.get(name, name), [value] if sign else [], but))
            but = False
        elif found:
            found[-1].words.append(word)
        else:
            found.append(Option("", [word], but=False))
    return found


class _Conditions:
    """What the options of one rule leave, for one version of IP."""

    def __init__(self, version: int, names: InterfaceNames, sets: AddressSets, tracking: Tracking) -> None:
        self.left = Narrowing(version, names)
        self.version = version
        self.names = names
        self.sets = sets
        self.tracking = tracking
        self.understood = True

    def take(self, option: Option) -> None:
        """One more condition."""
        reading = _READ.get(option.name)
        if reading is not None:
            if (not option.words and option.name != "--syn") or not reading(self, option):
                self._lost(option)
            return
        count, how = _others().get(option.name, (-1, ""))
        if count < 0 or len(option.words) < count:
            self._lost(option)
        elif how != "nothing":
            about = how != "narrows" or option.name == "--mac-source"
            self.left.unclear(
                _written(option), narrowed=how == "narrows" and not option.but, untold=about and _addresses(option)
            )

    def _lost(self, option: Option) -> None:
        self.understood = False
        self.left.unclear(_written(option), untold=True)

    def ends(self, option: Option) -> bool:
        dimension = SOURCE if option.name == "-s" else DESTINATION
        spans: list[Span] = []
        for text in words_of.chunks(option.words[0]):
            address, _, mask = text.partition("/")
            masked = spans_with_holes(address, inverse(mask)) if self.version == 4 and "." in mask else None
            if masked is not None:
                spans += masked
                continue
            found = network(_EVERYBODY[self.version]) if text == "0/0" else network(address, mask)
            if found is None or any(n.version != self.version for n in found):
                self.left.unclear(_written(option), untold=True)
                return found is not None or not _is_address(address)
            spans += [(int(n.network_address), int(n.broadcast_address)) for n in found]
        self.left.to(dimension, spans, but=option.but)
        return True

    def ranges(self, option: Option) -> bool:
        first, _, last = option.words[0].partition("-")
        found = between(first, last or first)
        if not found or found[0].version != self.version:
            return False
        span = (int(found[0].network_address), int(found[-1].broadcast_address))
        self.left.to(SOURCE if option.name == "--src-range" else DESTINATION, [span], but=option.but)
        return True

    def on(self, option: Option) -> bool:
        name = option.words[0]
        incoming = option.name == "-i"
        told = f"{'not-' * option.but}{'in' if incoming else 'out'} {name}"
        span = self.names.span(_pattern(name))
        self.left.on(INCOMING if incoming else OUTGOING, [span], told, but=option.but)
        return True

    def protocol(self, option: Option) -> bool:
        found = words_of.protocol(option.words[0])
        if found is None:
            return False
        self.left.to(PROTOCOL, [found], but=option.but)
        return True

    def ports(self, option: Option) -> bool:
        found = [words_of.ports(text, ":") for text in words_of.chunks(option.words[0])]
        told = [span for span in found if span]
        if len(told) != len(found) or not told:
            return False
        if option.name == "--ports":
            boxes = [self.left.box(**{side: span}) for span in told for side in ("source_port", "port")]
            self.left.to_ports(PORT, [ALL_PORTS])
            self.left.to_cases(boxes, boxes, but=option.but)
            self.left.also(_written(option))
        else:
            self.left.to_ports(SOURCE_PORT if "s" in option.name[2:4] else PORT, told, but=option.but)
        return True

    def icmp(self, option: Option) -> bool:
        found = words_of.icmp(option.words[0], self.version)
        if found is None:
            return False
        self.left.to_icmp([found], but=option.but)
        return True

    def state(self, option: Option) -> bool:
        names = words_of.chunks(option.words[0].upper())
        asked = [name for name in names if name != "DNAT"]
        found = words_of.states(asked) if asked else []
        if found is None or self.tracking.untracked or (len(asked) < len(names) and self.tracking.redirects):
            self.left.unclear(_written(option))
            return found is not None
        spans = spans_outside(found, ANY_STATE) if option.but else found
        self.left.to_states(spans, spans)
        return True

    def flags(self, option: Option) -> bool:
        if option.name == "--syn":
            mask, wanted = words_of.flags("FIN,SYN,RST,ACK"), words_of.flags("SYN")
        elif len(option.words) == 2:
            mask, wanted = (words_of.flags(text) for text in option.words)
        else:
            return False
        if mask is None or wanted is None:
            return False
        self.left.to(PROTOCOL, [_TCP])
        self.left.to_states(*words_of.flagged(mask, wanted, but=option.but))
        return True

    def set(self, option: Option) -> bool:
        if len(option.words) != 2:
            return False
        name, sides = option.words
        found = self.sets.cases(name, words_of.chunks(sides), self.left, self.version)
        if found is None:
            self.left.unclear(_written(option), untold=True)
            return True
        self.left.to_cases(found, found, but=option.but)
        self.left.also(_written(option))
        return True


def _is_address(text: str) -> bool:
    return text[:1].isdigit() or ":" in text


def _addresses(option: Option) -> bool:
    return option.name in ("--src-type", "--dst-type", "--mac-source", "--source-country", "--destination-country")


def _written(option: Option) -> str:
    said = " ".join((option.name.lstrip("-"), *option.words))
    return f"not {said}" if option.but else said


_TEXTS = ("--comment", "--log-prefix", "--nflog-prefix", "--string")  # what follows is a text, whatever it begins with
_LONG: Mapping[str, str] = {
    "-s": "-s",
    "--source": "-s",
    "--src": "-s",
    "-d": "-d",
    "--destination": "-d",
    "--dst": "-d",
    "-i": "-i",
    "--in-interface": "-i",
    "-o": "-o",
    "--out-interface": "-o",
    "-p": "-p",
    "--protocol": "-p",
    "--sport": "--sport",
    "--source-port": "--sport",
    "--dport": "--dport",
    "--destination-port": "--dport",
    "--sports": "--sports",
    "--source-ports": "--sports",
    "--dports": "--dports",
    "--destination-ports": "--dports",
    "--ports": "--ports",
    "--port": "--ports",
    "--icmp-type": "--icmp-type",
    "--icmpv6-type": "--icmp-type",
    "--state": "--state",
    "--ctstate": "--state",
    "--syn": "--syn",
    "--tcp-flags": "--tcp-flags",
    "--match-set": "--match-set",
    "--src-range": "--src-range",
    "--dst-range": "--dst-range",
    "-j": "-j",
    "--jump": "-j",
    "-g": "-g",
    "--goto": "-g",
    "-m": "-m",
    "--match": "-m",
    "-c": "-c",
    "--set-counters": "-c",
    "--limit": "--limit",
    "--mac-source": "--mac-source",
    "--pkt-type": "--pkt-type",
    "--length": "--length",
}
_Reading = Callable[[_Conditions, Option], bool]
_READ: Mapping[str, _Reading] = {
    "-s": _Conditions.ends,
    "-d": _Conditions.ends,
    "-i": _Conditions.on,
    "-o": _Conditions.on,
    "-p": _Conditions.protocol,
    "--sport": _Conditions.ports,
    "--dport": _Conditions.ports,
    "--sports": _Conditions.ports,
    "--dports": _Conditions.ports,
    "--ports": _Conditions.ports,
    "--icmp-type": _Conditions.icmp,
    "--state": _Conditions.state,
    "--syn": _Conditions.flags,
    "--tcp-flags": _Conditions.flags,
    "--match-set": _Conditions.set,
    "--src-range": _Conditions.ranges,
    "--dst-range": _Conditions.ranges,
}
_DOES = {
    "accept": Does.ACCEPT,
    "deny": Does.DENY,
    "return": Does.RETURN,
    "go on": Does.GO_ON,
    "unknown": Does.UNTOLD,
}
_LOGGING = ("LOG", "NFLOG", "ULOG")
REDIRECTING = ("DNAT", "REDIRECT", "NETMAP", "SAME", "TPROXY", "RAWDNAT", "DNPT", "CLUSTERIP", "ROUTE", "MIRROR")
TRANSLATING = ("DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", "SAME")


def target_of(rule: SavedRule) -> str:
    """The target or chain of a rule; empty without one."""
    found = next((o for o in _options(rule.words) if o.name in ("-j", "-g")), None)
    return found.words[0] if found and found.words else ""


def is_target(name: str) -> bool:
    """It is no chain, and known what it does."""
    return name in _targets()


def rule_of(
    rule: SavedRule, number: int, version: int, names: InterfaceNames, sets: AddressSets, *, tracking: Tracking
) -> ChainRule:
    """The rule of a chain; its line counts as understood when all of it was."""
    conditions = _Conditions(version, names, sets, tracking)
    does, target = Does.GO_ON, ""
    behind = known = False
    plain = False  # what follows is no option of the target
    for option in _options(rule.words):
        if option.name in ("-j", "-g") and option.words and not behind:
            does, target, known = _verdict(option)
            conditions.understood = conditions.understood and known
            behind, plain = True, does is not Does.GO_ON and target not in _WITH_OPTIONS
        elif option.name in ("-4", "-6"):
            if int(option.name[1]) != version:
                conditions.left.nothing()
        elif option.name in ("-m", "-c"):
            plain = plain or option.name == "-m"
        elif not behind or plain or option.name in _READ:
            conditions.take(option)
    rule.node.understood = conditions.understood
    return _made(rule, number, conditions, does, target)


_WITH_OPTIONS = frozenset(
    ("REJECT", "NFQUEUE", "SYNPROXY", "TPROXY", "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", "SAME")
)


def _verdict(option: Option) -> tuple[Does, str, bool]:
    """What it does, the chain, and whether that is understood."""
    name = option.words[0]
    if option.name == "-g":
        return Does.GOTO, name, True
    if name in _targets():
        return _DOES[_targets()[name]], name, True
    return Does.JUMP, name, True


def _made(rule: SavedRule, number: int, conditions: _Conditions, does: Does, target: str) -> ChainRule:
    version, left = conditions.version, conditions.left
    try:
        match = left.match()
    except TooManyBoxes:
        left.unclear("many")
        match = Match((), (left.box(),))
    jumps = does in (Does.JUMP, Does.GOTO)
    return ChainRule(
        rule.node,
        str(number),
        does,
        {version: match},
        {version: left.words()},
        target if jumps else "",
        target in _LOGGING and not jumps,
        {version: left.port_count()},
    )
