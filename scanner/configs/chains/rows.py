"""The rows of access lists that chains give, in the vocabulary of all dialects.

A chain is a list; one that packets get into by themselves is bound to where they do, another to the rules that lead to
it. An entry permits everything when what it certainly lets through is everything, of the packets for which the jumps to
it were made; it never matches when in no way to it any packet is left for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.address_spans import AddressRange, networks
from scanner.configs.acl_sense import MOST_COMPARED
from scanner.configs.acls import PARTLY
from scanner.configs.chains.coverage import is_everything, is_wide
from scanner.configs.chains.model import (
    FORWARD,
    INCOMING,
    INPUT,
    NEW,
    OUTPUT,
    ChainRule,
    Does,
    FilterChain,
)
from scanner.configs.chains.study import ChainStudy
from scanner.configs.chains.walk import ChainOutcome, Meeting, calls
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, NO, YES, Sheet
from scanner.intervals import united
from scanner.packet_sets import (
    ANSWER,
    DESTINATION,
    SOURCE,
    Boxes,
    TooManyBoxes,
    difference,
    intersection,
    is_within,
    meet,
)

UNTOLD = "unknown"
NOT_TOLD = "group not told"  # addresses that no network can be named for
MAX_CALLERS = 50  # of a chain that are named
_MOST_NETWORKS = 200  # of one end
_MOST_NAMED = 4  # entries that come first together
_SMALL = 100  # entries of a chain that are compared, to name the one that comes first
_HOOKS = {FORWARD: "all interfaces", INPUT: "local-in", OUTPUT: "local-out"}
_ACTIONS = {Does.ACCEPT: "permit", Does.DENY: "deny"}
_ENDS = (Does.ACCEPT, Does.DENY, Does.RETURN, Does.GOTO, Does.JUMP)


def chain_rows(sheet: Sheet, study: ChainStudy) -> None:
    """All rows about the chains."""
    callers = _callers(study)
    for chain in study.ruleset.chains.values():
        item = f"acl {chain.label}"
        _bound(sheet, study, chain, item, callers.get(id(chain), []))
        sheet.put("acl", item, "defined", YES, chain.node)
        sheet.put("acl", item, "final", _final(chain), chain.rules[-1].node if chain.rules else chain.node)
        if chain.hook and chain.filters:
            told = {True: "permit", False: "deny", None: UNTOLD}[chain.accepts_rest]
            sheet.put("acl", item, "default_action", told, chain.node)
            _rest(sheet, study, chain, item)
        if chain.filters:
            _entries(sheet, study, chain, item)
    for label, (node, where) in _undefined(study).items() if study.ruleset.whole else ():
        sheet.put("acl", f"acl {label}", "bound", ", ".join(where[:MAX_CALLERS]), node, number=len(where))
        sheet.put("acl", f"acl {label}", "defined", NO, node)


def _callers(study: ChainStudy) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for chain in study.ruleset.chains.values():
        for rule, target in calls(study.ruleset, chain):
            if target is not None:
                found.setdefault(id(target), []).append(f"by {chain.label} entry {rule.name}")
    return found


def _undefined(study: ChainStudy) -> dict[str, tuple[Node, list[str]]]:
    """Chains that rules lead to and that are not there."""
    found: dict[str, tuple[Node, list[str]]] = {}
    for chain in study.ruleset.chains.values():
        for rule, target in calls(study.ruleset, chain):
            if target is None:
                label = chain.label.removesuffix(chain.name) + rule.target
                found.setdefault(label, (rule.node, []))[1].append(f"by {chain.label} entry {rule.name}")
    return found


def _bound(sheet: Sheet, study: ChainStudy, chain: FilterChain, item: str, by: Sequence[str]) -> None:
    """Where packets get into the chain."""
    if chain.hook:
        where = [_place(study, chain)]
    else:
        start = next((p for root in study.roots(chain) if (p := _place(study, root)).startswith("all")), "")
        where = [f"{start} {caller}".strip() for caller in by]
    more = [f"{len(where) - MAX_CALLERS} more"] if len(where) > MAX_CALLERS else []
    told = ", ".join([*where[:MAX_CALLERS], *more]) or ABSENT
    sheet.put("acl", item, "bound", told, chain.node, number=len(where), present=bool(where))


def _place(study: ChainStudy, chain: FilterChain) -> str:
    if chain.filters and chain.hook not in _HOOKS and _drops(study, chain):
        return f"all interfaces, {chain.hook}"
    return _HOOKS.get(chain.hook, chain.hook) if chain.filters else f"translation, {chain.hook}"


def _drops(study: ChainStudy, chain: FilterChain) -> bool:
    return chain.accepts_rest is False or any(
        w is None or w.may_deny for w in (study.walked(chain, version) for version in chain.versions)
    )


def guards(study: ChainStudy, root: FilterChain) -> bool:
    """Packets that others send are filtered there."""
    return root.filters and (root.hook in (FORWARD, INPUT) or (root.hook != OUTPUT and _drops(study, root)))


def _final(chain: FilterChain) -> str:
    if not chain.rules:
        return "empty"
    rule = chain.rules[-1]
    if rule.does not in _ACTIONS or not all(_takes_all(chain, rule)):
        return "other"
    return "deny-all" if rule.does is Does.DENY else "permit-all"


def _takes_all(chain: FilterChain, rule: ChainRule) -> Iterator[bool]:
    """For each version: the rule matches everything."""
    for version in chain.versions:
        words = rule.words.get(version)
        yield words is not None and words[1:] == ("any", "any", "") and words[0] in ("ip", "ipv6")


def _rest(sheet: Sheet, study: ChainStudy, chain: FilterChain, item: str) -> None:
    """What becomes of traffic that no entry matches, where the chain filters traffic of others."""
    if not chain.hook.endswith(FORWARD):
        return
    told = {_of_rest(study, chain, version) for version in chain.versions if not _left_to_others(study, chain, version)}
    rest = next((r for r in ("permit", UNTOLD, "deny") if r in told), "")
    if not rest:
        return
    at = chain.rules[-1].node if rest == "deny" and _final(chain) == "deny-all" else chain.node
    sheet.put("acl", item, "unmatched", rest, at)
    if rest == "deny":
        walks = [study.walked(chain, version) for version in chain.versions]
        sheet.put("acl", item, "denials_logged", YES if all(_logged(study, w) for w in walks) else NO, at)


def _left_to_others(study: ChainStudy, chain: FilterChain, version: int) -> bool:
    """Another chain with the same hook denies the rest, or is the only one that denies anything."""
    others = [c for c in study.on_the_way(chain.hook, version) if c is not chain and c.hook == chain.hook]
    if any(_of_rest(study, other, version) == "deny" for other in others):
        return _of_rest(study, chain, version) != "deny"
    own = study.walked(chain, version)
    walks = [study.walked(other, version) for other in others]
    return own is not None and not _denies(own) and any(w is None or _denies(w) for w in walks)


def _denies(walked: ChainOutcome) -> bool:
    return any(box[ANSWER][0] == NEW[0] for box in walked.may_deny)


def _of_rest(study: ChainStudy, chain: FilterChain, version: int) -> str:
    """deny, permit or unknown; empty where a permit takes it."""
    try:
        return _rest_of(study, chain, version)
    except TooManyBoxes:
        return UNTOLD


def _rest_of(study: ChainStudy, chain: FilterChain, version: int) -> str:
    walked = study.walked(chain, version)
    others = study.others_let(chain, version)
    begins = intersection(_of_networks(study, walked.left.here), (_BEGINNING,)) if walked else ()
    left = study.common(begins, others) if others is not None else None
    if walked is None or left is None:
        return UNTOLD
    if not left:
        return "deny" if _of_networks(study, walked.may_deny) else ""
    if chain.accepts_rest is not True:
        return "deny" if chain.accepts_rest is False else UNTOLD
    return "permit" if _surely_left(study, chain, version, walked, left) else UNTOLD


def _surely_left(study: ChainStudy, chain: FilterChain, version: int, walked: ChainOutcome, left: Boxes) -> bool:
    """Some packets certainly meet no entry that decides; whether the device passes on anything is told, too."""
    decides = any(rule.does is not Does.GO_ON for rule in chain.rules)
    if not decides and not chain.used and (chain.rules or not study.ruleset.translates):
        return False
    if walked.left.not_denied is walked.left.here is walked.left.not_accepted:
        return True
    if all(m.narrowed or m.sure == m.most for r in chain.rules for v, m in r.matches.items() if v == version):
        return True
    sure = study.common(walked.left.not_denied, walked.left.not_accepted) or ()
    return bool(study.common(left, sure))


_WHOLE = (0, 1 << 128)
_BEGINNING = (_WHOLE, _WHOLE, _WHOLE, _WHOLE, _WHOLE, NEW, _WHOLE, _WHOLE)


def _of_networks(study: ChainStudy, boxes: Boxes) -> Boxes:
    """Without what only the device itself sends itself."""
    at = study.names.loopback
    return difference(boxes, [(*[_WHOLE] * INCOMING, (at, at), _WHOLE)])


def _logged(study: ChainStudy, walked: ChainOutcome | None) -> bool:
    """What is denied in the end is logged: of packets that begin a conversation, those that no entry names."""
    if walked is None:
        return False
    try:
        silent = intersection(_of_networks(study, walked.unlogged), (_BEGINNING,))
        return not any(is_everything(silent, version, study.names) for version in (4, 6))
    except TooManyBoxes:
        return False


def _entries(sheet: Sheet, study: ChainStudy, chain: FilterChain, item: str) -> None:
    everything = _permit_everything(study, chain)
    roots = study.roots(chain)
    guarding = [root for root in roots if guards(study, root)]
    for at, rule in enumerate(chain.rules):
        name = f"{item} entry {rule.name}"
        sheet.put("acl", name, "entry", _in_words(rule), rule.node)
        met = list(study.meetings(chain, rule))
        _ends(sheet, name, rule, met)
        if guarding or not roots:
            told = "unbound" if not roots else everything.get(id(rule), NO)
            sheet.put("acl", name, "permits_any", told, rule.node)
        if any(match.most for match in rule.matches.values()):
            told = _shadowed(study, chain, at, met)
            sheet.put("acl", name, "shadowed", told, rule.node)
            sheet.put("acl", name, "overruled", NO if _repeats(chain, at) else _overruled(study, rule, met), rule.node)
        if any(root.hook == FORWARD for root in guarding) and rule.does is Does.ACCEPT:
            counts = [n for n in rule.ports.values() if n is not None]
            if counts and everything.get(id(rule), NO) == NO:
                sheet.put("acl", name, "opens", str(max(counts)), rule.node)


def _permit_everything(study: ChainStudy, chain: FilterChain) -> dict[int, str]:
    """The entries that permit everything, alone or as the last of some that do so together; or may do so."""
    found: dict[int, str] = {}
    before: dict[int, Boxes] = {}
    done: set[int] = set()
    for rule in chain.rules:
        if rule.does not in (Does.ACCEPT, Does.UNTOLD):
            continue
        for version, sure, most in study.permitted(chain, rule):
            wide = tuple(b for b in sure if rule.does is Does.ACCEPT and is_wide(b, version))
            before[version] = (*before.get(version, ()), *wide)
            try:
                alone = is_everything(wide, version, study.names)
                several = version not in done and bool(wide) and is_everything(before[version], version, study.names)
                if alone or several:
                    done.add(version)
                    found[id(rule)] = YES
                elif not rule.matches[version].narrowed and is_everything(most, version, study.names):
                    found.setdefault(id(rule), UNTOLD)
            except TooManyBoxes:
                found.setdefault(id(rule), UNTOLD)
    return found


def _in_words(rule: ChainRule) -> str:
    action = _ACTIONS.get(rule.does, f"{rule.does.value} {rule.target}".strip())
    words = next(iter(rule.words.values()), None)
    said = " ".join(w for w in words if w) if words else ""
    return f"{action} {said}".strip()


Met = tuple[FilterChain, int, Meeting | None]


def _ends(sheet: Sheet, name: str, rule: ChainRule, met: Sequence[Met]) -> None:
    """What an entry says of IP traffic, each part by itself; addresses only of permits that begin conversations."""
    action = _ACTIONS.get(rule.does)
    words = next(iter(rule.words.values()), None)
    if action is None or words is None:
        return
    sheet.put("acl", name, "action", action, rule.node)
    sheet.put("acl", name, "protocol", words.protocol, rule.node)
    if words.options:
        sheet.put("acl", name, "options", words.options, rule.node)
    if action == "permit" and (ends := _of_permit(rule, met)):
        for setting, written, met_there in zip(
            ("source", "destination"), (words.source, words.destination), ends, strict=True
        ):
            named = written.startswith("group ") and written != NOT_TOLD
            sheet.put("acl", name, setting, written if named else met_there, rule.node)


def _of_permit(rule: ChainRule, met: Sequence[Met]) -> tuple[str, str] | None:
    """Source and destination; None where it permits only answers, or nothing."""
    begins = any(box[ANSWER][0] == NEW[0] for match in rule.matches.values() for box in match.most)
    if not begins:
        return None
    if any(m is None or m.doubted for _, _, m in met):
        return NOT_TOLD, NOT_TOLD
    told = {_product(m.begins, version) for _, version, m in met if m and m.begins}
    if not told:
        return None
    return told.pop() if len(told) == 1 else (NOT_TOLD, NOT_TOLD)


def _product(boxes: Boxes, version: int) -> tuple[str, str]:
    """Sources and destinations where each of the ones goes to each of the others."""
    pairs = [(box[SOURCE], box[DESTINATION]) for box in boxes]
    sources, destinations = united(s for s, _ in pairs), united(d for _, d in pairs)
    if len(sources) * len(destinations) > _MOST_NETWORKS:
        return NOT_TOLD, NOT_TOLD
    try:
        if difference([(s, d) for s in sources for d in destinations], pairs):
            return NOT_TOLD, NOT_TOLD
    except TooManyBoxes:
        return NOT_TOLD, NOT_TOLD
    return _end(sources, version), _end(destinations, version)


def _end(spans: Iterable[tuple[int, int]], version: int) -> str:
    spans = list(spans)
    if len(spans) == 1 and spans[0] == (0, (1 << (32 if version == 4 else 128)) - 1):
        return "any"
    named = list(networks(tuple(AddressRange(version, *span) for span in spans)))
    return ",".join(named) if len(named) <= _MOST_NETWORKS else NOT_TOLD


def _shadowed(study: ChainStudy, chain: FilterChain, at: int, met: Sequence[Met]) -> str:
    """The entries that come first where nothing is left for this one; no; or unknown."""
    rule = chain.rules[at]
    if any(m is None for _, _, m in met):
        return UNTOLD
    versions = {version for root, version, _ in met if _gets_in(study, root, chain, version)}
    if any(m and m.hits for _, _, m in met) or not versions or any(not rule.matches[v].most for v in versions):
        return NO  # where nothing gets into the chain, the rules that lead there are told instead
    before = chain.rules[:at] if len(chain.rules) * at < MOST_COMPARED else chain.rules[: min(at, _SMALL)]
    covering = (r for v in sorted(versions) for r in before[:_SMALL] if _covers(r, rule, v))
    first = next(covering, None)
    if first is not None:
        return f"entry {first.name}"
    names = [r.name for r in before if r.does in _ENDS and _meets(r, rule)]
    if not names:
        return NO
    told = ", ".join(names[:_MOST_NAMED])
    return f"entry {told}" if len(names) <= _MOST_NAMED else f"entry {told} and {len(names) - _MOST_NAMED} more"


def _repeats(chain: FilterChain, at: int) -> bool:
    """The first before it that takes all of its packets alone does the same, whatever others take before."""
    rule, before = chain.rules[at], chain.rules[: min(at, _SMALL)]
    firsts = [next((r for r in before if _covers(r, rule, v)), None) for v, m in rule.matches.items() if m.most]
    return bool(firsts) and all(r is not None and r.does is rule.does for r in firsts)


def _overruled(study: ChainStudy, rule: ChainRule, met: Sequence[Met]) -> str:
    """Whether it never decides, and its packets are certainly treated in the opposite way."""
    if rule.does not in _ACTIONS or rule.built_in or any(m and m.hits for _, _, m in met):
        return NO
    told = {_against(study, rule, *one) for one in met}
    if PARTLY in told or (YES in told and NO in told):
        return PARTLY
    return next((one for one in (YES, UNTOLD) if one in told), NO)


def _against(study: ChainStudy, rule: ChainRule, root: FilterChain, version: int, met: Meeting | None) -> str:
    """The same on one way to it; empty where no packets of its come along."""
    walked = study.walked(root, version)
    if walked is None or walked.cut or met is None:
        return UNTOLD
    accepts = rule.does is Does.ACCEPT
    against = walked.denies if accepts else walked.accepts
    may_be = (walked.may_deny, walked.may_accept)
    sure = study.common(met.asked, against)
    opposite, same = (study.common(met.asked, some) for some in (may_be if accepts else may_be[::-1]))
    if sure is None or opposite is None or same is None:
        return UNTOLD
    if sure:
        return PARTLY if same else YES
    return UNTOLD if opposite else NO if met.asked else ""


def _covers(earlier: ChainRule, rule: ChainRule, version: int) -> bool:
    match = earlier.matches.get(version)
    return earlier.does in _ENDS[:-1] and match is not None and is_within(rule.matches[version].most, match.sure)


def _gets_in(study: ChainStudy, root: FilterChain, chain: FilterChain, version: int) -> bool:
    walked = study.walked(root, version)
    first = next((r for r in chain.rules if version in r.matches and r.matches[version].most), None)
    if walked is None or first is None:
        return False
    return root is chain or any(id(r) in walked.met and walked.met[id(r)].entered for r in chain.rules)


def _meets(one: ChainRule, other: ChainRule) -> bool:
    both = ((m.most, other.matches[v].most) for v, m in one.matches.items() if v in other.matches)
    return any(meet(a, b) is not None for ones, others in both for a in ones for b in others)
