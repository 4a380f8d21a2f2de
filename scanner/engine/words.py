"""Numbers, times, counted nouns and values of columns, as messages say them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from scanner.facts.schema import TABLES
from scanner.wording import Plural, Said, joined, kept, listed, plain, protocol, said, term, verbatim

SHOWN = 5  # distinct values that a message lists before it says how many more there are

_NOUNS: dict[str, Plural] = {
    "captures": Plural("{n} capture", "{n} captures"),
    "flows": Plural("{n} conversation", "{n} conversations"),
    "operations": Plural("{n} operation", "{n} operations"),
    "distinct operations": Plural("{n} distinct operation", "{n} distinct operations"),
    "sessions": Plural("{n} session", "{n} sessions"),
    "malformed": Plural("{n} conversation with malformed messages", "{n} conversations with malformed messages"),
    "publications": Plural("{n} publication", "{n} publications"),
    "state_changes": Plural("{n} change of state", "{n} changes of state"),
    "resolutions": Plural("{n} address of a name", "{n} addresses of names"),
    "subscriptions": Plural("{n} session of a mobile device", "{n} sessions of mobile devices"),
    "certificate_chains": Plural("{n} chain of certificates", "{n} chains of certificates"),
    "authorities": Plural("{n} authority", "{n} authorities"),
    "countries": Plural("{n} address with its country", "{n} addresses with their countries"),
    "exports": Plural("{n} way out of the plant", "{n} ways out of the plant"),
    "sightings": Plural("{n} address pair", "{n} address pairs"),
    "addresses": Plural("{n} claimed address", "{n} claimed addresses"),
    "identities": Plural("{n} identity value", "{n} identity values"),
    "devices": Plural("{n} device", "{n} devices"),
    "advisories": Plural("{n} statement of an advisory", "{n} statements of advisories"),
    "known_exploited": Plural("{n} exploited vulnerability", "{n} exploited vulnerabilities"),
    "exposures": Plural("{n} vulnerability of an asset", "{n} vulnerabilities of assets"),
    "life_cycles": Plural("{n} life-cycle statement", "{n} life-cycle statements"),
    "supported_assets": Plural("{n} term of support of an asset", "{n} terms of support of assets"),
    "inventory": Plural("{n} inventory entry", "{n} inventory entries"),
    "zones": Plural("{n} zone", "{n} zones"),
    "conduits": Plural("{n} conduit", "{n} conduits"),
    "conduit_parts": Plural("{n} part of a conduit", "{n} parts of conduits"),
    "export_entries": Plural("{n} export entry", "{n} export entries"),
    "writers": Plural("{n} writers entry", "{n} writers entries"),
    "undecided": Plural("{n} undecided operation", "{n} undecided operations"),
    "roles": Plural("{n} role assignment", "{n} role assignments"),
    "settings": Plural("{n} setting", "{n} settings"),
    "acl_permits": Plural("{n} permission of an access list", "{n} permissions of access lists"),
    "forwarding": Plural("{n} configuration", "{n} configurations"),
    "proofs": Plural("{n} question of reach", "{n} questions of reach"),
    "neighbours": Plural("{n} neighbour of a port", "{n} neighbours of ports"),
    "stations": Plural("{n} address behind a port", "{n} addresses behind ports"),
    "switch_ports": Plural("{n} port of a switch", "{n} ports of switches"),
    "cables": Plural("{n} cable", "{n} cables"),
    "occupied_ports": Plural("{n} port with devices behind it", "{n} ports with devices behind them"),
    "located_devices": Plural("{n} address at a port", "{n} addresses at ports"),
    "output": Plural("{n} output of a switch", "{n} outputs of switches"),
    "client": Plural("{n} client", "{n} clients"),
    "server": Plural("{n} server", "{n} servers"),
    "distinct": Plural("{n} distinct form", "{n} distinct forms"),
    "configuration": Plural("{n} configuration", "{n} configurations"),
    "policy": Plural("{n} policy", "{n} policies"),
    "list": Plural("{n} inventory", "{n} inventories"),
    "packet": Plural("{n} packet", "{n} packets"),
    "answers": Plural("{n} answer of people", "{n} answers of people"),
    "answer": Plural("{n} answer", "{n} answers"),
    "address": Plural("{n} address", "{n} addresses"),
    "connection": Plural("{n} connection", "{n} connections"),
}
_UNITS = ((86400, "{n} d"), (3600, "{n} h"), (60, "{n} min"), (1, "{n} s"))
_TERMS = {  # column -> list of words
    **{name: name for name in ("verb", "value", "credentials", "protection")},
    "missing": "field",
    "data_grade": "grade",
}
_NAMED_ITEMS = frozenset(("user", "community", "group", "host", "server", "vlan", "acl"))  # labels item.*
_OWN_NAMES = frozenset(("interface", "line", "routing", "vpn"))  # categories whose items are called by the file alone
_ENTRY = re.compile(r"(acl .+) entry (\S+)")  # as scanner.configs.acls writes it
_SAID = frozenset(column.name for table in TABLES.values() for column in table.columns if column.said)


def input_name(kind: str) -> str:
    """``device inventory``."""
    return term(f"input.{kind}")


def counted(number: int, noun: str) -> Said:
    """``1,204 operations``. noun: a table, or another key of the nouns above."""
    return _NOUNS[noun].of(number)


def first_of(texts: Iterable[str], more: int, noun: str) -> str:
    """``a, b and 3 conversations more``: the first of many, and how many there are besides."""
    return listed(texts, others=counted(more, noun) if more > 0 else "")


def duration(seconds: float) -> str:
    """Seconds in the two largest units that matter: ``3 h 12 min``."""
    if seconds < 10:
        return said("{n} s", n=f"{seconds:.1f}")
    whole = int(seconds)
    parts: list[Said] = []
    largest = next(number for number, (size, _) in enumerate(_UNITS) if size <= whole)
    for size, sentence in _UNITS[largest : largest + 2]:
        count, whole = divmod(whole, size)
        if count:
            parts.append(said(sentence, n=count))
    return joined(parts, " ")


def share(part: float) -> str:
    """A share from 0 to 1 in per cent."""
    return f"{part:.0%}" if part == 0 or part >= 0.01 else "<1%"


def iso(moment: datetime | None) -> str:
    """ISO 8601 UTC with microseconds where there are any; empty when unknown."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else ""


def written(column: str, value: Any) -> str:
    """One value of a column as subjects, waivers and decisions write it."""
    if value is None or value == "":
        return "no zone" if column.endswith("zone") else "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"{round(value, 2):g}" if isinstance(value, float) else plain(str(value))


def shown(column: str, value: Any) -> str:
    """One value of a column as a message shows it; what is none of otaudit's words stays as it is."""
    if value is None or value == "":
        return said("no zone") if column.endswith("zone") else term("unknown")
    if isinstance(value, bool):
        return term("value.yes" if value else "value.no")
    text = written(column, value)
    if column in _SAID:
        return kept(str(value))
    if column == "protocols" and text == "any":
        return said("any protocol")
    if column in {"protocol", "protocols"}:
        return protocol(text)
    words = "role" if column.endswith("roles") else _TERMS.get(column)
    return term(f"{words}.{text}", text) if words else verbatim(text)


def item(category: str, name: str) -> Said:
    """An item of a configuration (``user admin``, ``acl 120 entry 10``): the word for what it is, and its own name.

    Where only the file gives names, an interface called ``server 1`` is called so in every language.
    """
    if category in _OWN_NAMES:
        return verbatim(name)
    entry = _ENTRY.fullmatch(name)
    if entry:
        return acl_entry(entry[1], entry[2])
    kind, _, own = name.partition(" ")
    if own and kind in _NAMED_ITEMS:
        return said("{kind} {name}", kind=term(f"item.{kind}"), name=own)
    return term(f"item.{name.replace(' ', '-')}", name) if name not in _NAMED_ITEMS else verbatim(name)


def acl_entry(acl: str, entry: str) -> Said:
    """``acl 120 entry 10``."""
    return said("{list} entry {entry}", list=item("acl", acl), entry=entry)


def listing(column: str, values: Iterable[Any]) -> str:
    """Distinct values of a column, at most ``SHOWN`` of them and how many more; elements of lists one by one."""
    distinct = dict.fromkeys(one for value in values for one in (value if isinstance(value, list) else [value]))
    # beside what is known, the unknown is not worth a word; to be in no zone is
    known = [one for one in distinct if one not in (None, "") or column.endswith("zone")]
    if column == "credentials" and len(known) > 1:
        known = [kind for kind in known if kind != "none"]
    texts = list(dict.fromkeys(one if isinstance(one, Said) else shown(column, one) for one in known or [None]))
    more = len(texts) - SHOWN
    return listed(texts[:SHOWN], more)
