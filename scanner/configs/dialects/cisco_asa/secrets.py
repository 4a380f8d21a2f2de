"""How the ASA writes and stores secrets.

Sources: Cisco ASA Series Command Reference (enable password, passwd, username, key, snmp-server community,
snmp-server host, snmp-server user, password encryption aes). Passwords are MD5 hashes of a form that only PIX and ASA
have ("encrypted"), PBKDF2 with SHA-512, or MD4 ("nt-encrypted"); keys are shown as asterisks.
"""

from __future__ import annotations

import re

from scanner.configs.secrets import MASK, UNTOLD, Masked, Masker, Secret, SecretWords
from scanner.configs.snmp_secrets import NAME, users

_STORED = {"encrypted": "pix-md5", "pbkdf2": "pbkdf2", "nt-encrypted": "nt-hash", "mschap": "nt-hash"}
_NOTHING = "8Ry2YjIyt7RRXU24"  # the hash of no password
_FACTORY = {"2KFQnbNIdI.2KYOU": "cisco"}
_WITH_VALUE = ("privilege", "level")
_KEY_STORED = {"0": "plain", "8": "type-8"}
_LISTENERS = frozenset(("trap", "poll"))


def _password(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``enable password HASH [level N] [encrypted|pbkdf2]``, ``username NAME password HASH ... privilege N``."""
    words = text[found.end() :].split()
    if not words:
        return text, ()
    kept, storage, at = [], "", 1
    while at < len(words):
        word = words[at].lower()
        if word in _STORED:
            storage = _STORED[word]
            kept.append(words[at])
        elif word in _WITH_VALUE and at + 1 < len(words) and words[at + 1].isdecimal():
            kept += words[at : at + 2]
            at += 1
        else:
            return f"{found.group().strip()} {MASK}", (UNTOLD,)  # some of these words may be of the password
        at += 1
    if words[0] == _NOTHING:
        return " ".join([found.group().strip(), MASK, *kept]), (Secret("none", default=True, short=True),)
    owner = found.group().split()[-2] if found.group().lower().startswith("username") else ""
    return " ".join([found.group().strip(), MASK, *kept]), (masker.password(words[0], storage, owner),)


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server community [0|8] STRING``."""
    words = text[found.end() :].split()
    storage, at = (_KEY_STORED[words[0]], 1) if len(words) == 2 and words[0] in _KEY_STORED else ("", 0)
    if not words:
        return text, ()
    secret = masker.community(" ".join(words[at:]), storage)
    return " ".join([found.group().strip(), *words[:at], MASK]), (secret,)


def _host(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server host IF ADDRESS [trap|poll] [community [0|8] STRING] [version 1|2c|3 [USER]] [udp-port N]``."""
    words = text[found.end() :].split()
    kept, secrets, at = [], [], 0
    while at < len(words):
        word = words[at].lower()
        if word == "community" and at + 1 < len(words):
            stored = len(words) > at + 2 and words[at + 1] in _KEY_STORED
            storage = _KEY_STORED[words[at + 1]] if stored and words[at + 2].lower() != "version" else ""
            kept += [*words[at : at + 1 + bool(storage)], MASK]
            at += 1 + bool(storage)
            secrets.append(masker.community(words[at], storage))
        elif word in _LISTENERS:
            kept.append(words[at])
        elif word in ("version", "udp-port") and at + 1 < len(words):
            user = word == "version" and words[at + 1] == "3" and at + 2 < len(words)
            kept += words[at : at + 2 + user]
            at += 1 + user
        else:
            return " ".join([found.group().strip(), *kept, MASK]), (*secrets, UNTOLD)
        at += 1
    return " ".join([found.group().strip(), *kept]), tuple(secrets)


def factory_password(stored: str) -> str | None:
    """The password that the ASA was delivered with, of which the hash is known; None for any other."""
    return _FACTORY.get(stored)


SECRETS = SecretWords(
    announces=(r"radius-common-pw",),
    hints=("passwd", "snmp-server host", "snmp-server user", "radius-common-pw"),
    clear={"pix-md5": factory_password},
    passwords=frozenset(("cisco",)),
    harmless=(
        r"password\s+encryption\s+aes",
        r"ntp\s+trusted-key\s+\d{1,5}",
        r"ntp\s+server\s+\S+(?:\s+(?:prefer|version\s+\d|source\s+\S+|key\s+\d{1,5}))*",
        r"aaa\s+(?:authentication|authorization|accounting)\s[\w\s-]*",
        r"crypto\s+key\s+generate\s[\w\s-]*",
        r"snmp-server\s+enable\s+traps(?:\s+[a-z0-9-]+)*",
        r"ssh\s+key-exchange\s[\w\s-]*",
        r"ssh\s+cipher\s+(?:encryption|integrity)\s.*",
        r"ssl\s+cipher\s.*",
        r"(?:encryption|hash|integrity|prf|group)\s[\w\s-]*",
        r"protocol\s+esp\s[\w\s-]*",
        r"username\s+\S+\s+nopassword(?:\s+privilege\s+\d{1,2})?",
        r"auth-prompt\s.*",
    ),
    held=(
        ("", r"enable\s+password\s+", _password),
        ("", r"passwd\s+", _password),
        ("", r"username\s+\S+\s+password\s+", _password),
        ("", r"snmp-server\s+community\s+", _community),
        ("", rf"snmp-server\s+(?:host|host-group)\s+{NAME}\s+{NAME}\s+", _host),
        ("", rf"snmp-server\s+user\s+{NAME}\s+{NAME}\s+", users),
    ),
)
