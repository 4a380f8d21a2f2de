"""One file for each inventory format; ``scanner.assets.reader`` says what it offers. Being in this folder registers it.

Others bring theirs by the entry points ``otaudit.inventories``.
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.assets.inventory import HEAD, Inventory, content_of
from scanner.assets.reader import Content, InventoryFormat
from scanner.errors import InputError
from scanner.plugins import Kind
from scanner.resemblance import Choice, choose

INVENTORIES = Kind("inventory", InventoryFormat, __name__, group="otaudit.inventories")


def resembling(head: bytes, content: Content | None = None) -> Choice[InventoryFormat]:
    """How much each format resembles an inventory. ``head``: the first ``HEAD`` bytes or less of ``content``, which is
    all there is when there is no content.
    """
    whole = head if content is None else content
    return choose(INVENTORIES, lambda form: form.resemblance(head, whole))


def recognises(head: bytes, content: Content | None = None) -> bool:
    """Some format takes this for an inventory."""
    return resembling(head, content).sure


def read(content: Content, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The inventory, by the format that it resembles most. ``columns``: the user's mapping (see ``columns.py``).

    InputError when nothing of it can be used, or two formats resemble it alike. A file that the user calls an
    inventory but no format takes for one is tried as the nearest, so that the message says what is wrong with it.
    """
    data = content_of(content, name)
    choice = resembling(data[:HEAD], data)
    if len(choice.tied) > 1:
        raise InputError(name, f"could be {choice.told}", remedy="convert it to one of them")
    if not data.strip():
        raise InputError(name, "empty file", remedy=f"expected an inventory as {_titles()}")
    if not choice.ranked:
        raise InputError(name, "not recognised as an inventory", remedy=f"expected {_titles()} with a header")
    nearest = choice.ranked[0][0]
    with INVENTORIES.blamed(nearest.name, name):
        return nearest.read(data, name, columns)


def _titles() -> str:
    return ", ".join(form.title for form in INVENTORIES.all().values())
