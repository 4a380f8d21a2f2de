"""Views of SNMP: whether what a community sees through one is limited at all.

A view that includes the whole tree of objects, or all that makers and standards define, limits nothing, whatever it is
called; what it leaves out of SNMP's own administration does not change that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

EVERYTHING = "everything"  # there is a view, and it leaves out nothing
_NAMES = {
    "iso": "1",
    "org": "1.3",
    "dod": "1.3.6",
    "internet": "1.3.6.1",
    "mgmt": "1.3.6.1.2",
    "mib-2": "1.3.6.1.2.1",
    "mib2": "1.3.6.1.2.1",
    "private": "1.3.6.1.4",
    "enterprises": "1.3.6.1.4.1",
    "snmpv2": "1.3.6.1.6",
    "snmpmodules": "1.3.6.1.6.3",
}
_HALVES = ("1.3.6.1.2.1", "1.3.6.1.4.1")  # of the standards, of makers
_ADMINISTRATION = "1.3.6.1.6"
_OF_ADMINISTRATION = ("usm", "vacm", "snmpusm", "snmpvacm", "snmpcommunity", "snmptarget", "snmpnotif")


class ViewEntry(NamedTuple):
    """A part of the tree that a view includes or excludes, by number or name."""

    view: str
    subtree: str
    included: bool


def limiting(name: str, entries: Iterable[ViewEntry], built_in: Iterable[str] = ()) -> str:
    """What to say of a community with this view: its name, or that it leaves out nothing.

    built_in: views that the system has by itself, which show all but SNMP's administration.
    """
    own = [e for e in entries if e.view == name]
    if not own:
        return EVERYTHING if name in built_in else name
    if any(not e.included and not _administers(e.subtree) for e in own):
        return name
    shown = [_number(e.subtree) for e in own if e.included]
    return EVERYTHING if all(any(_holds(one, half) for one in shown) for half in _HALVES) else name


def view_entry(words: Sequence[str]) -> ViewEntry | None:
    """Of ``NAME SUBTREE included``, in whatever order a system writes it: the words but for the command."""
    said = [w.lower().startswith(("incl", "excl")) for w in words]
    if True not in said:
        return None
    at = said.index(True)
    left = [*words[:at], *words[at + 1 :]]
    return ViewEntry(left[0], left[1], words[at].lower().startswith("incl")) if len(left) > 1 else None


def _number(subtree: str) -> str:
    """By numbers as far as its names are known."""
    first, dot, rest = subtree.strip(".").partition(".")
    while rest and first.lower() in _NAMES and rest.partition(".")[0].lower() in _NAMES:  # iso.org.dod
        first, dot, rest = rest.partition(".")
    return f"{_NAMES.get(first.lower(), first)}{dot}{rest}"


def _holds(subtree: str, other: str) -> bool:
    return f"{other}.".startswith(f"{subtree}.")


def _administers(subtree: str) -> bool:
    return _holds(_ADMINISTRATION, _number(subtree)) or subtree.lower().startswith(_OF_ADMINISTRATION)
