"""Whether a server's certificate is for the name that its client asked for (RFC 9525, sections 6.3 and 6.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_COMMON_NAME = re.compile(r"(?:^|,)CN=((?:[^,\\]|\\.)*)")


def fits_name(session: Mapping[str, Any]) -> bool | None:
    """One of the names asked for is one of the certificate. Its common name counts as well, as old clients take it.

    session: columns of the table ``sessions``. None where nothing was asked for, or more names may be there.
    """
    asked = [name.lower().rstrip(".") for name in session["server_names"]]
    names = [name.lower().rstrip(".") for name in session["certificate_names"]]
    common = _COMMON_NAME.search(session["certificate_subject"])
    names += [common[1].lower()] if common else []
    if not asked or not (names or session["certificate_subject"]):
        return None
    if any(_covers(name, one) for name in names for one in asked):
        return True
    return None if "certificate_names" in session["unread"] else False


def _covers(name: str, asked: str) -> bool:
    """A wildcard stands for one whole label, the first, and never for a top-level domain's."""
    if name.startswith("*."):
        rest = name[2:]
        return "." in rest and asked.partition(".")[2] == rest
    return name == asked
