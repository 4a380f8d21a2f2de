"""Menus and properties that are understood and say nothing that is kept.

Source: RouterOS documentation. In menus that are read only properties that are known are set aside, so that one that
nobody knows leaves open what its menu is about; whatever stands in the others cannot set any of it.
"""

from __future__ import annotations

import functools
import re

from scanner.code_tables import rows_table
from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice
from scanner.configs.nodes import Node


def set_aside(device: RosDevice) -> None:
    """Mark the lines of such menus, and take back what is said of lines with properties that nobody knows."""
    for node, menu in device.nodes:
        if node.key == f"/{menu}":  # goes there, and says nothing
            node.understood = is_known(menu)
        elif not _is_known_line(menu, node):
            node.understood = False
        elif menu not in _FIREWALL:
            node.understood = node.understood or _is_aside(menu)


def _is_known_line(menu: str, node: Node) -> bool:
    known = _tables()[1].get(menu)
    if known is None:
        return menu in _FIREWALL or _is_aside(menu)
    names = _PROPERTY.findall(_TEXT.sub('""', node.key))
    return all(known.fullmatch(name) for name in names)


def is_known(menu: str) -> bool:
    """The menu is one of RouterOS."""
    return menu in _FIREWALL or menu in _tables()[1] or _is_aside(menu)


def _is_aside(menu: str) -> bool:
    return any(menu == own or menu.startswith(f"{own} ") for own in _tables()[0]) and menu not in _tables()[1]


_FIREWALL = frozenset(
    f"{version} firewall {kind}" for version in ("ip", "ipv6") for kind in ("filter", "raw", "address-list")
)
_PROPERTY = re.compile(r"(?:^|\s)!?([\w.-]+)=")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


@functools.cache
def _tables() -> tuple[tuple[str, ...], dict[str, re.Pattern[str]]]:
    menus, judged = [], {}
    for path, names in rows_table(__package__, "aside.tsv"):
        if names == "*":
            menus.append(path)
        else:
            judged[path] = re.compile("|".join(re.escape(n).replace(r"\*", ".*") for n in names.split()))
    return tuple(menus), judged
