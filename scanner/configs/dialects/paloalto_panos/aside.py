"""Which statements are understood and say nothing that is kept.

Source: PAN-OS CLI Reference. In the parts that rules judge only statements that are known are set aside, so that one
that nobody knows leaves open what seems absent; whatever stands in the others cannot set any of it.
"""

from __future__ import annotations

import functools

from scanner.code_tables import rows_table
from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.statements.aside import WordTable, following, is_aside, word_table
from scanner.configs.statements.statement import TreeStatement

_SCOPES = ("vsys", "device-group")  # each with names, below which the same stands
_TOP_WORDS = (
    "deviceconfig network mgt-config platform plugins predefined readonly policy global-protect-agent"
    " wildfire-appliance wildfire-appliance-cluster log-collector log-collector-group panorama"
)
_TOP = frozenset(_TOP_WORDS.split())  # what stands beside them


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


def _mark(top: TreeStatement, table: WordTable) -> None:
    left = [(child, [table]) for child in top]
    while left:
        statement, here = left.pop()
        below = following(here, statement.word)
        if below and not is_aside(statement, below):
            left += [(child, below) for child in statement]


@functools.cache
def _table() -> WordTable:
    return word_table(rows_table(__package__, "aside.tsv"))
