"""What might be edited for the sake of a finding."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from scanner.configs.entry_lines import SEVERAL, Extent, extent
from scanner.configs.reader import DIALECTS
from scanner.fix.edits import TextEdit
from scanner.fix.moves import moved, overlaps
from scanner.fix.policy_text import PolicyText
from scanner.policy.yaml_text import scalar
from scanner.protocols.base import Verb
from scanner.results.model import Finding, RuleResult, Text
from scanner.wording import Said, said

CONDUIT = "undeclared-conduit"
ENTRIES = (  # rules about single entries of access lists: to delete the entry is to fix it
    "acl-entry-without-effect",
    "acl-permits-everything",
    "acl-permits-many-ports",
    "acl-permits-what-policy-forbids",
)
OVERRULED = "acl-entry-overruled"  # a denial goes before what overrules it, a permit is deleted
_TOO_WIDE = {"acl-permits-everything", "acl-permits-many-ports"}  # something narrower may be meant
RULES = (CONDUIT, OVERRULED, *ENTRIES)
_NAME = re.compile(r"\bentry (\S+)")
_VERBS = re.compile(r" \(([a-z-]+(?:, [a-z-]+)*)\); no conduit allows it$")
_PORTED = ("tcp", "udp", "sctp")
_WITHOUT_OWNER = said("a conduit needs an owner and a reason: give --owner and --reason")
_NOT_MOVED = said("only entries whose order is that of their lines are moved; give it a place before what overrules it")
_AGAIN = said("another edit is about the same lines; run it again when that is made")
_NO_RULE = said("nothing is known to edit for this rule")
_NOT_EDITED = said("only files that lie by themselves, in no archive and not in UTF-16, are edited")
_LAST = said("its list would let nothing through any more; put in its place what is meant to pass")


@dataclass(frozen=True)
class NewConduits:
    """What the user says of conduits that are declared. Empty: nothing."""

    owner: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ChosenFinding:
    """A finding that shall be no more."""

    rule: str
    finding: Finding


@dataclass(frozen=True)
class NoEdit:
    """Why nothing is proposed for a finding."""

    chosen: ChosenFinding
    why: Said


def chosen_findings(results: Iterable[RuleResult], rules: Iterable[str], ids: Iterable[str]) -> list[ChosenFinding]:
    """The failures of these rules, and those whose ids begin so."""
    rules, ids = set(rules), tuple(ids)
    return [
        ChosenFinding(result.rule, finding)
        for result in results
        for finding in result.findings
        if finding.status.value == "fail" and (result.rule in rules or (ids and finding.id.startswith(ids)))
    ]


@dataclass(frozen=True)
class Editable:
    """A configuration. entries: how many entries of access lists each line begins. overruled: the line of each denial
    that never comes, and of the first entry before it that does the opposite. permits: the list of each entry that
    permits something, by its line.
    """

    dialect: str
    text: str
    entries: Mapping[int, int]
    overruled: Mapping[int, int] = field(default_factory=dict)
    permits: Mapping[int, str] = field(default_factory=dict)


def proposals(
    chosen: Iterable[ChosenFinding],
    policies: Mapping[str, str],
    configurations: Mapping[str, Editable],
    asked: NewConduits,
) -> tuple[list[TextEdit], list[NoEdit]]:
    """Edits, each for one finding or several, and the findings for which there is none.

    policies: the text of each policy.
    """
    edits: list[TextEdit] = []
    refused: list[NoEdit] = []
    conduits: list[ChosenFinding] = []
    entries: list[ChosenFinding] = []
    denials: list[ChosenFinding] = []
    for one in chosen:
        if one.rule == CONDUIT:
            conduits.append(one)
        elif one.rule == OVERRULED and _place(one)[1] in _overruled(one, configurations):
            denials.append(one)
        elif one.rule in (OVERRULED, *ENTRIES):
            entries.append(one)
        else:
            refused.append(NoEdit(one, _NO_RULE))
    for outcome in _deleted(entries, configurations):
        (edits if isinstance(outcome, TextEdit) else refused).append(outcome)  # type: ignore[arg-type]
    for one in denials:
        outcome = _moved(one, configurations, edits)
        (edits if isinstance(outcome, TextEdit) else refused).append(outcome)  # type: ignore[arg-type]
    if conduits and not (asked.owner and asked.reason):
        refused += [NoEdit(one, _WITHOUT_OWNER) for one in conduits]
    elif conduits:
        made = list(_declared(conduits, policies, asked))
        edits += made
        if not made:
            refused += [NoEdit(one, said("no policy has a list of conduits that can be added to")) for one in conduits]
    return edits, refused


def _place(one: ChosenFinding) -> tuple[str, int]:
    return one.finding.evidence[0].source, one.finding.evidence[0].line_start


def _overruled(one: ChosenFinding, configurations: Mapping[str, Editable]) -> Mapping[int, int]:
    given = configurations.get(_place(one)[0])
    return given.overruled if given else {}


def _moved(one: ChosenFinding, configurations: Mapping[str, Editable], others: Iterable[TextEdit]) -> TextEdit | NoEdit:
    source, line = _place(one)
    given = configurations[source]
    if given.entries.get(line, 1) > 1:
        return NoEdit(one, SEVERAL)
    edit = moved(source, given.text, line, given.overruled[line], frozenset((one.finding.id,)))
    if edit is None:
        return NoEdit(one, _NOT_MOVED)
    return NoEdit(one, _AGAIN) if overlaps(edit, list(others)) else edit


def _deleted(chosen: Iterable[ChosenFinding], configurations: Mapping[str, Editable]) -> Iterator[TextEdit | NoEdit]:
    """The lines of entries go; those that stand for entries beside the chosen ones stay."""
    wanted: defaultdict[tuple[str, int], list[ChosenFinding]] = defaultdict(list)
    for one in chosen:
        place = one.finding.evidence[0]
        wanted[place.source, place.line_start].append(one)
    too_wide = {place for place, of in wanted.items() if {one.rule for one in of} & _TOO_WIDE}
    for (source, line), of in wanted.items():
        given = configurations.get(source)
        if given and line in _last_permits(given, {n for s, n in too_wide if s == source}):
            yield from (NoEdit(one, _LAST) for one in of)
            continue
        extent = _extent(given, line, of)
        if extent.why is not None:
            yield from (NoEdit(one, extent.why) for one in of)
        else:
            ids = frozenset(one.finding.id for one in of)
            yield TextEdit(source, extent.first - 1, extent.last - extent.first + 1, extent.instead, ids)


def _last_permits(given: Editable, lines: Collection[int]) -> Iterator[int]:
    """Those of these lines that are all that their list permits."""
    stay = {name for line, name in given.permits.items() if line not in lines}
    return (line for line in lines if given.permits.get(line) not in {None, *stay})


def _extent(given: Editable | None, line: int, of: list[ChosenFinding]) -> Extent:
    """The lines of an entry, of which some findings are."""
    if given is None:
        return Extent(why=_NOT_EDITED)
    dialect = DIALECTS.all().get(given.dialect)
    if dialect is None or dialect.entry_lines is None or not line:
        return Extent(why=_other_dialect())
    names = {match[1] for one in of if (match := _NAME.search(_about(one)))}
    if given.entries.get(line, 1) > max(1, len(names)):
        return Extent(why=SEVERAL)
    last = max(line, *(one.finding.evidence[0].line_end for one in of))
    return extent(dialect.entry_lines, given.text, line, last, min(names, default=""))


def _other_dialect() -> Said:
    titles = (dialect.title for dialect in DIALECTS.all().values() if dialect.entry_lines is not None)
    systems = "; ".join(sorted(titles, key=str.casefold))
    return said("entries are deleted only in configurations of {systems}", systems=systems)


def _about(one: ChosenFinding) -> str:
    about = one.finding.subject
    return f"{about.get('item', '')} entry {about.get('entry', '')}"


def _declared(chosen: Iterable[ChosenFinding], policies: Mapping[str, str], asked: NewConduits) -> Iterator[TextEdit]:
    """A conduit for each pair of zones and service, with the clients that were seen; where there is one that does not
    allow all that is done, another for what is left.
    """
    wanted: defaultdict[tuple[str, str, str, tuple[str, ...]], list[ChosenFinding]] = defaultdict(list)
    for one in chosen:
        about = one.finding.subject
        wanted[about["client_zone"], about["server_zone"], _service(about), _left_out(one.finding)].append(one)
    found = next(((source, t) for source, text in policies.items() if (t := PolicyText.of(text)) is not None), None)
    if found is None:
        return
    source, text = found
    taken = set(text.conduits)
    for (client, server, service, verbs), of in sorted(wanted.items()):
        name = _free(f"{client}-to-{server}", taken)
        clients = sorted({one.finding.subject["client"] for one in of})
        values = {"id": name, "from": client, "to": server, "owner": asked.owner, "reason": asked.reason}
        words = {key: scalar(value) for key, value in values.items()}
        lists = {"protocols": [service], "clients": clients} | ({"verbs": [*verbs]} if verbs else {})
        words |= {key: f"[{', '.join(map(scalar, value))}]" for key, value in lists.items()}
        order = [k for k in ("id", "from", "to", "protocols", "clients", "verbs", "owner", "reason") if k in words]
        line = f"{text.indent}- {{{', '.join(f'{key}: {words[key]}' for key in order)}}}"
        ids = frozenset(one.finding.id for one in of)
        yield TextEdit(source, text.after, text.removed, (line,), ids, loosens=True, heading=text.heading)


def _left_out(finding: Finding) -> tuple[str, ...]:
    """The verbs that conduits which name the conversation do not list, as the finding says them; none where no conduit
    names it, or they are not all said.
    """
    found = _VERBS.search(finding.message.get("en", ""))
    verbs = tuple(sorted(found[1].split(", "))) if found else ()
    return verbs if set(verbs) <= {*Verb} else ()


def _service(about: Text) -> str:
    """The protocol, else transport and port."""
    transport = about["transport"]
    if about["protocol"]:
        return about["protocol"]
    if transport == "ethernet":
        return f"ethertype/0x{int(about['server_port'] or 0):04x}"
    return f"{transport}/{about['server_port']}" if transport in _PORTED else transport.replace("ip-", "ip/")


def _free(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found
