"""How a line of HiOS says on or off, a text, or a number of minutes."""

from __future__ import annotations

from itertools import pairwise

from scanner.configs.nodes import Node
from scanner.configs.settings import NO, UNKNOWN, YES, Sheet, whole

MINUTE = 60  # seconds


def is_on(node: Node | None) -> bool | None:
    """``ssh server`` and ``cli banner operation enable`` are on, ``no ssh server`` is off; None without the line."""
    if node is None:
        return None
    return not node.negated and not node.key.endswith(" disable")


def answer(node: Node | None, default: str = UNKNOWN) -> str:
    """Yes, no, or what holds without the line."""
    told = is_on(node)
    return default if told is None else YES if told else NO


def text_of(node: Node | None, command: str) -> str:
    """What stands behind the command, without quotation marks."""
    words = node.after(command) if node is not None and not node.negated else []
    return " ".join(words).strip('"').strip()


def options(words: list[str]) -> dict[str, str]:
    """Each word with the one behind it: of ``addr 10.0.0.1 transport tls`` its address and transport."""
    return {first.lower(): second.strip('"') for first, second in pairwise(words)}


def put_idle(sheet: Sheet, item: str, node: Node | None, command: str, default: int) -> None:
    """When an idle session ends, in minutes on the line."""
    told = text_of(node, command)
    minutes = int(told) if whole(told) else default
    value = str(minutes * MINUTE) if minutes else "never"
    if node is not None and told and not whole(told):
        sheet.missing("line", item, "idle_timeout", UNKNOWN, node)
        return
    sheet.put("line", item, "idle_timeout", value, node, number=minutes * MINUTE, present=bool(told))
