"""Rows about SNMP that dialects of one origin have alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_views import ViewEntry, limiting


def put_community(sheet: Sheet, item: str, node: Node, *, access: str) -> None:
    """What may be done with a community, whether it is well known, and how it is stored."""
    secret = node.secrets[0] if node.secrets else None
    known = secret.default if secret else None
    sheet.put("snmp", item, "access", access, node)
    sheet.put("snmp", item, "default_community", "unknown" if known is None else YES if known else NO, node)
    sheet.put("snmp", item, "storage", secret.storage if secret else "unknown", node)


def put_guard(sheet: Sheet, item: str, guard: str, node: Node) -> None:
    """The access list that limits who asks."""
    sheet.put("snmp", item, "acl", guard, node, present=guard not in (ABSENT, UNKNOWN))


def put_write_view(
    sheet: Sheet, item: str, view: str, node: Node | None, entries: Iterable[ViewEntry], *, built_in: Iterable[str] = ()
) -> None:
    """The view that a group may write, and whether it limits anything; empty: it may write nothing."""
    told = limiting(view, entries, built_in) if view else ABSENT
    sheet.put("snmp", item, "write_view", told, node, present=bool(view))


def put_user(sheet: Sheet, node: Node, words: Sequence[str], *, unnamed: str = UNKNOWN) -> None:
    """Algorithms and security of ``NAME ... auth sha <masked> priv aes 128 <masked>``. unnamed: the algorithm of
    encryption where a key follows at once.
    """
    lower = [w.lower() for w in words]
    item = f"user {words[0]}" if words else "user"
    auth = lower[lower.index("auth") + 1] if "auth" in lower[:-1] else ABSENT
    priv = " ".join(lower[lower.index("priv") + 1 :][:2]).split(" <")[0] if "priv" in lower[:-1] else ABSENT
    priv = unnamed if priv.startswith("<") else priv
    level = "priv" if priv != ABSENT else "auth" if auth != ABSENT else "noauth"
    sheet.put("snmp", item, "level", level, node)
    sheet.put("snmp", item, "auth_algorithm", auth, node, present=auth != ABSENT)
    sheet.put("snmp", item, "priv_algorithm", priv, node, present=priv != ABSENT)
