"""Where scripts of Classic have secrets: passwords of accounts, keys of SNMP users and of servers, communities."""

from __future__ import annotations

import re

from scanner.configs import snmp_secrets
from scanner.configs.secrets import MASK, UNTOLD, Masked, Masker, SecretWords

_SCRAMBLED = re.compile(r":v\d:|encrypted\s", re.IGNORECASE)  # :v1:4f…: as scripts have it


def _account(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """The password of an account, behind its name."""
    rest = text[found.end() :].strip()
    if not rest:
        return text, ()
    secret = UNTOLD if _SCRAMBLED.match(rest) else masker.password(rest, "", found.group(1).strip('"'))
    return f"{found.group().strip()} {MASK}", (secret,)


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    return snmp_secrets.community(text, found, masker, 0, "")


def _key(text: str, found: re.Match[str], _: Masker) -> Masked:
    """What is behind the algorithm of an SNMP user."""
    rest = text[found.end() :].strip()
    return (f"{found.group().strip()} {MASK}", (UNTOLD,)) if rest else (text, ())


SECRETS = SecretWords(
    hints=("passwd", "community", "snmpv3"),
    passwords=frozenset(("private", "public")),
    harmless=(
        r"users\s+(?:login|access|name|delete|snmpv3\s+accessmode)\s+.*",
        r"snmp-access\s+.*",
        r"passwords\s+[a-z-]+\s+\d+",
    ),
    forms=(
        (r"users\s+passwd\s+(\S+)(?:\s+|$)", _account),
        (r"users\s+snmpv3\s+(?:authentication|encryption)\s+\S+\s+\S+(?:\s+|$)", _key),
        (r"snmp-server\s+community\s+(?:(?:ro|rw|mode|accessmode)\s+)(?=\S)", _community),
        (r"snmp-server\s+community\s+(?:ipaddr|ipmask)\s+\S+\s+(?=\S)", _community),
        (r"snmp-server\s+community\s+(?=\S+\s*$)", _community),
    ),
)
