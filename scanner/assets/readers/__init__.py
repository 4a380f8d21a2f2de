"""One file for each inventory format; ``scanner.assets.reader`` says what it offers. Being in this folder registers it.

Others bring theirs by the entry points ``otaudit.inventories``.
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.assets.inventory import HEAD, Inventory, content_of
from scanner.assets.reader import Content, InventoryFormat
from scanner.errors import InputError
from scanner.plugins import PluginKind
from scanner.resemblance import Choice, choose
from scanner.wording import NOTHING, Said, said

_EXPECTED = said("expected a workbook, CSV, YAML, JSON or an export of those that docs/inventory.md names")

INVENTORIES = PluginKind("inventory", InventoryFormat, __name__, group="otaudit.inventories")


def resembling(head: bytes, content: Content | None = None) -> Choice[InventoryFormat]:
    """How much each format resembles an inventory. ``head``: the first ``HEAD`` bytes or less of ``content``, which is
    all there is when there is no content.
    """
    whole = head if content is None else content
    return choose(INVENTORIES, lambda form: form.resemblance(head, whole))


def recognises(head: bytes, content: Content | None = None) -> bool:
    """Some format takes this for an inventory."""
    return resembling(head, content).sure


def lacking(head: bytes) -> Said:
    """Why no format takes what begins so for a list of assets, where one can say it; nothing otherwise."""
    reasons = (form.lacks(head) for form in INVENTORIES.all().values() if form.lacks)
    return next(filter(None, reasons), NOTHING)


def read(content: Content, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The inventory, by the format that it resembles most. ``columns``: the user's mapping (see ``columns.py``).

    InputError when nothing of it can be used, or two formats resemble it alike. A file that the user calls an
    inventory but no format takes for one is tried as the nearest, so that the message says what is wrong with it.
    """
    data = content_of(content, name)
    choice = resembling(data[:HEAD], data)
    if len(choice.tied) > 1:
        raise InputError(
            name, said("could be {formats}", formats=choice.contenders), remedy=said("convert it to one of them")
        )
    if not data.strip():
        raise InputError(name, said("the file is empty"), remedy=_EXPECTED)
    if not choice.ranked:
        raise InputError(name, said("not recognised as an inventory"), remedy=_EXPECTED)
    nearest = choice.ranked[0][0]
    with INVENTORIES.blamed(nearest.name, name):
        return nearest.read(data, name, columns)
