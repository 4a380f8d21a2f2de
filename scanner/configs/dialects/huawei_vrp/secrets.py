"""How VRP writes and stores secrets.

Sources: Huawei S series Command Reference (cipher, irreversible-cipher, simple; SNMP; AAA).
"""

from __future__ import annotations

import re

from scanner.configs.secrets import MASK, UNTOLD, Masked, Masker, SecretWords
from scanner.configs.snmp_secrets import community, users


def _split(words: list[str]) -> tuple[str, int]:
    """How the first secret is stored, as the word before it says, and where it stands."""
    if len(words) > 1 and words[0].lower() in ("cipher", "simple"):
        return words[0].lower(), 1
    return "", 0


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-agent community [read|write] [cipher|simple] STRING [mib-view V|user-role R] [acl N] [alias A]``."""
    storage, at = _split(text[found.end() :].split())
    return community(text, found, masker, at, storage)


def _target(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-agent target-host … securityname [cipher|simple] NAME [v1|v2c|v3 [level]] …``: up to v2c a community."""
    words = text[found.end() :].split()
    storage, at = _split(words)
    if at >= len(words):
        return text, ()
    rest = words[at + 1 :]
    plain = all(
        re.fullmatch(r"v1|v2c|v3|authentication|privacy|private-netmanager|notify-filter-profile|[\d.:]+", w)
        for w in rest
    )
    secret = UNTOLD if "v3" in rest else masker.community(words[at], storage)
    return " ".join([found.group().strip(), *words[:at], MASK, *(rest if plain else [MASK])]), (secret,)


SECRETS = SecretWords(
    announces=(
        r"irreversible-cipher",
        r"cipher",
        r"simple",
        r"securityname",
        r"authentication-mode\s+(?:simple|md5|hmac-\S+|sha\S*|sm3)",
    ),
    hints=("cipher", "simple", "securityname", "usm-user"),
    storages={r"cipher|simple|irreversible-cipher": r"\g<0>"},
    stored=dict.fromkeys(("$1a$", "$1b$", "$1c$", "$1d$"), "irreversible-cipher")
    | {"@%@%": "unknown"},  # of firewalls, whose releases differ in what "cipher" is
    vague=frozenset(("cipher", "irreversible-cipher")),
    clear={"simple": str},
    owners=("local-user",),
    communities=frozenset(("huawei",)),
    passwords=frozenset(("huawei", "admin@huawei", "admin@huawei.com", "huawei@123", "huawei123")),
    harmless=(
        r"keychain\s+\S+(?:\s+mode\s+\S+)?",
        r"ssh\s+user\s+\S+\s+authentication-type\s+[\w-]+",
        r"ssh\s+(?:server|client)\s+(?:cipher|publickey)(?:\s+[a-z0-9_-]+)+",
        r"ssh\s+(?:server|client)\s+key-exchange(?:\s+[a-z0-9_-]+)+",
        r"local-aaa-user\s+password\s+policy\s+[\w-]+",
        r"local-aaa-user\s+wrong-password(?:\s+(?:retry-interval|retry-time|block-time)\s+\d{1,6})*",
        r"local-user\s+policy\s+password[\w\s-]*",
        r"password\s+(?:expire|history\s+record\s+number|alert\s+before-expire)\s+\d{1,4}",
        r"password\s+alert\s+original",
        r"password\s+min-length\s+\d{1,3}",
        r"(?:set|user)[\s-]password\s+(?:min-length\s+\d{1,3}|complexity-check(?:\s+[a-z-]+)*)",
        r"snmp-agent\s+community\s+complexity-check\s+(?:enable|disable)",
        r"(?:rsa|dsa|ecc)\s+(?:local-key-pair\s+create|peer-public-key\s+\S+(?:\s+encoding-type\s+\w+)?)",
        r"public-key-code\s+(?:begin|end)",
        r"peer-public-key\s+end",
        r"authentication-mode\s+(?:aaa|password|none|local|scheme)",
    ),
    inside=(("keychain", r"key(?:-id)?\s+\d{1,10}"),),
    forms=(
        (r"snmp-agent\s+community\s+(?!complexity-check\b)(?:(?:read|write)\s+)?", _community),
        (
            r"snmp-agent\s+(?:remote-engineid\s+\S+\s+)?usm-user\s+v3\s+\S+\s+(?:(?!auth|priv|acl|group)\S+\s+)?",
            users,
        ),
        (r"snmp-agent\s+target-host\s.*?\bsecurityname\s+", _target),
    ),
)
