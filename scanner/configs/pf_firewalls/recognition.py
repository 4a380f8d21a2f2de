"""What a config.xml looks like."""

from __future__ import annotations

import re

from scanner.resemblance import NONE, Resemblance
from scanner.wording import said

_BEFORE = rb"\A\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?:[^-]|-(?!->)){0,20000}-->\s*)*"
_SECTIONS = re.compile(
    rb"<(?:system|interfaces|filter|nat|aliases|version|theme|trigger_initial_wizard|hostname)[\s/>]"
)


def outermost(head: bytes, name: bytes) -> Resemblance:
    """The file begins with this element, and sections of a firewall stand in it."""
    if not re.match(_BEFORE + b"<" + name + rb"[\s/>]", head):
        return NONE
    sections = len({found[0] for found in _SECTIONS.finditer(head)})
    reasons = (said("its outermost element"), *([said("sections of a firewall")] if sections else []))
    return Resemblance(min(0.99, 0.9 + 0.03 * sections), reasons)
