"""What an inventory format offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scanner.assets.inventory import Inventory
from scanner.plugins import Plugin
from scanner.resemblance import Resemblance
from scanner.wording import Said

Content = Path | bytes


@dataclass(frozen=True)
class InventoryFormat(Plugin):
    """One inventory format; each file in ``scanner/assets/readers/`` has exactly one, named ``INVENTORY``.

    resemblance: (head, content): how much the content is an inventory of this format, by itself and never by its name.
        ``head``: its first ``HEAD`` bytes or less; ``content`` is looked at only when these leave it open. A file that
        is no list of assets, but could be meant as one in this format, scores below ``SURE``: it is tried, for a
        message that says what is wrong, when the user calls it an inventory.
    lacks: (head): what a file in this format lacks to be a list of assets, in a few words; nothing when it is one, or
        is nothing of the kind. ``head``: as above.
    read: (content, source, columns): its assets, or InputError when nothing of it can be used. ``columns``: the
        user's mapping of headers (``columns.py``). It decides nothing about compliance.
    """

    resemblance: Callable[[bytes, Content], Resemblance]
    read: Callable[[Content, str, Mapping[str, str] | None], Inventory]
    lacks: Callable[[bytes], Said] | None = None
