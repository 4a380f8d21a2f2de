"""Release and product, on which defaults depend: ``version S29_RGOS 11.4(1)B12P11``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.configs.nodes import Node
from scanner.configs.tree import Tree

_VERSION = re.compile(
    r"version (?:(?P<product>\S*?)_?RGOS )?(?P<major>\d{1,2})\.(?P<minor>\d{1,2})(?!\d)", re.IGNORECASE
)
_OTHER_PRODUCTS = ("EG", "NBR", "AC", "AP", "WS", "NPE", "WG", "NTP")


@dataclass(frozen=True)
class Release:
    """Zeros where the configuration does not tell. other: no switch, and no router of the RSR series."""

    major: int = 0
    minor: int = 0
    other: bool = False

    @property
    def before_hardening(self) -> bool:
        """10.x, and 11.0 to 11.4 of switches and routers: Telnet, all versions of SSH and SNMP, no password policy."""
        return not self.other and (self.major == 10 or (self.major == 11 and self.minor <= 4))


def version_line(tree: Tree) -> Node | None:
    """The last line with a version, which is no line about RIP."""
    return next((n for n in reversed(tree.all("version")) if not n.negated and _VERSION.match(n.text)), None)


def release(tree: Tree) -> Release:
    """What the line with the version tells."""
    node = version_line(tree)
    found = _VERSION.match(node.text) if node else None
    if found is None:
        return Release()
    product = (found["product"] or "").upper()
    return Release(int(found["major"]), int(found["minor"]), product.startswith(_OTHER_PRODUCTS))
