"""Policies of a firewall that a dialect does not read: they may permit everything."""

from __future__ import annotations

from collections.abc import Callable

from scanner.configs.acls import UNTOLD
from scanner.configs.settings import Sheet
from scanner.configs.tree import Tree


def unread_policies(*headers: str) -> Callable[[Tree, Sheet], None]:
    """A topic of blocks that begin so and decide what passes between the zones of a firewall."""

    def put(tree: Tree, sheet: Sheet) -> None:
        for block in (b for header in headers for b in tree.all(header)):
            if not block.negated and block.children:
                sheet.put("acl", f"acl {block.text}", "permits_any", UNTOLD, block)
                block.understood = False

    return put
