"""Encrypted backups of OPNsense and pfSense: known by their first line; nobody reads them without the password."""

from __future__ import annotations

import re

from scanner.configs.dialect import Dialect
from scanner.resemblance import NONE, Resemblance
from scanner.wording import said

_FIRST = re.compile(rb"\A\s*---- BEGIN config\.xml ----[ \t]*\n")


def _resemblance(head: bytes) -> Resemblance:
    return Resemblance(0.99, (said("the first line of an encrypted backup"),)) if _FIRST.match(head) else NONE


DIALECT = Dialect("pf-firewall-encrypted", "OPNsense or pfSense, encrypted", _resemblance)
