"""Where HiOS scripts have secrets: passwords of accounts, keys of SNMP and of servers, communities."""

from __future__ import annotations

import re

from scanner.configs import snmp_secrets
from scanner.configs.secrets import MASK, Masked, Masker, SecretWords

_ENCRYPTED = "encrypted "


def _account(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """The password of an account, behind its name."""
    rest = text[found.end() :].strip()
    if not rest:
        return text, ()
    storage = "unknown" if rest.lower().startswith(_ENCRYPTED) else ""
    secret = masker.password(rest.removeprefix(_ENCRYPTED), storage, found.group(1).strip('"'))
    return f"{found.group().strip()} {MASK}", (secret,)


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    return snmp_secrets.community(text, found, masker, 0, "")


SECRETS = SecretWords(
    hints=("password", "passwd", "secret", "community"),
    passwords=frozenset(("private", "public")),
    harmless=(
        r"passwords\s+[a-z-]+\s+\d+",
        r"users\s+password-policy-check\s+\S+\s+(?:enable|disable)",
        r"users\s+snmpv3\s+(?:authentication|encryption)\s+\S+\s+\S+",
        r"(?:device|security)-status\s+.*",
        r"ip\s+(?:ospf|rip)\s+authentication\s+(?:key-id\s+\d+|type\s+\S+)",
        r"ssh\s+key\s+.*",
    ),
    forms=(
        (r"users\s+password\s+(\S+)(?:\s+|$)", _account),
        (r"users\s+snmpv3\s+password\s+(?:authentication|encryption)\s+(\S+)(?:\s+|$)", _account),
        (r"snmp\s+community\s+r[ow](?:\s+|$)", _community),
    ),
)
