"""Which statements are understood and say nothing that is kept.

Source: PAN-OS CLI Reference. In the parts that rules judge only statements that are known are set aside, so that one
that nobody knows leaves open what seems absent; whatever stands in the others cannot set any of it.
"""

from __future__ import annotations

import functools
from typing import Any

from scanner.code_tables import rows_table
from scanner.configs.dialects.juniper_junos.statements import JunosStatement as Statement
from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice

_HERE = ""  # among the words of a table: a path ends
_SCOPES = ("vsys", "device-group")  # each with names, below which the same stands
_TOP_WORDS = (
    "deviceconfig network mgt-config platform plugins predefined readonly policy global-protect-agent"
    " wildfire-appliance wildfire-appliance-cluster log-collector log-collector-group panorama"
)
_TOP = frozenset(_TOP_WORDS.split())  # what stands beside them
Table = dict[str, Any]


def set_aside(device: PanosDevice) -> None:
    """Mark them."""
    for statement in device.top:
        if statement.word in _SCOPES:
            for name in statement:
                name.understand()
                _mark(name, _table())
        elif statement.word in ("shared", "panorama"):
            _mark(statement, _table())
            for system in statement.children.get("vsys", ()):
                _mark(system.understand(), _table())
    _mark(device.top, {word: below for word, below in _table().items() if word in _TOP})


def _mark(top: Statement, table: Table) -> None:
    left: list[tuple[Statement, list[Table]]] = [(child, [table]) for child in top]
    while left:
        statement, here = left.pop()
        below = [t[w] for t in here for w in (statement.word, "*") if w in t and w != _HERE]
        if any(_HERE in t for t in below):
            for each in statement.below():
                each.understand()
            continue
        left += [(child, below) for child in statement if below]


@functools.cache
def _table() -> Table:
    """The words that may follow one another, from the first on."""
    found: Table = {}
    for (path,) in rows_table(__package__, "aside.tsv"):
        ends = [found]
        for word in path.split():
            ends = [here.setdefault(one, {}) for here in ends for one in word.split("|")]
        for here in ends:
            here[_HERE] = {}
    return found
