"""How NX-OS writes secrets: hashes of type 5, 8 and 9, keys of type 6 and 7, SNMP users with localized keys."""

from __future__ import annotations

import re
from dataclasses import replace

from scanner.configs.dialects.cisco_ios.secrets import SECRETS as IOS
from scanner.configs.secrets import MASK, UNTOLD, Masked, Masker, SecretWords

_STORED = {"0": "plain", "5": "type-5", "8": "type-8", "9": "type-9"}
_HEX = re.compile(r"0x[0-9a-f]+", re.IGNORECASE)
_ANNOUNCES = re.compile(r"\b(?:passw(?:or)?d|secret|key-string|cipher)\s+$", re.IGNORECASE)
_TAIL = re.compile(r"(?:ro|rw|group [\w-]+|use-\w*acl \S+(?: use-\w*acl \S+)?)?", re.IGNORECASE)
_NAMED = frozenset(("traps", "informs", "version", "1", "2c", "3", "auth", "noauth", "priv", "udp-port", "use-vrf"))


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server community STRING [ro|rw|group NAME|use-acl NAME ...]``."""
    words = text[found.end() :].split()
    if not words:
        return text, ()
    known = _TAIL.fullmatch(" ".join(words[1:]))
    return " ".join([found.group().strip(), MASK, *(words[1:] if known else [MASK])]), (masker.community(words[0], ""),)


def _password(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``username NAME password [0|5|8|9] SECRET [role NAME]``."""
    words = text[found.end() :].split()
    stored = words[:1] if words[:1] and words[0] in _STORED and len(words) > 1 else []
    rest = words[len(stored) + 1 :]
    if not words[len(stored) :]:
        return text, ()
    known = len(rest) == 2 and rest[0].lower() in ("role", "expire")
    owner = found.group().split()[-2]
    secret = masker.password(words[len(stored)], _STORED[stored[0]] if stored else "", owner)
    tail = rest if known else [MASK] * bool(rest)
    return " ".join([found.group().strip(), *stored, MASK, *tail]), (secret if known or not rest else UNTOLD,)


def _user(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server user NAME [GROUP] auth md5 KEY priv [aes-128] KEY localizedkey [engineID ...]``."""
    words, kept, secrets, expects = text[found.end() :].split(), [], [], ""
    group = "" if _ANNOUNCES.search(found.group()) else words[0]
    for word in words:
        if word.lower() in ("auth", "priv"):
            expects = word.lower()
            kept.append(word)
        elif expects and not re.fullmatch(r"md5|sha(?:-\d+)?|des|aes-\d+", word, re.IGNORECASE):
            secrets.append(masker.password(word, "unknown" if _HEX.fullmatch(word) else ""))
            kept.append(MASK)
            expects = ""
        elif expects or word.lower() in ("localizedkey", "localizedv2key", "enforcepriv") or word == group:
            kept.append(word)
        else:
            kept.append(MASK)
    return " ".join([found.group().strip(), *kept]), tuple(secrets)


def _host(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server host A [traps|informs] [version 1|2c|3 level] COMMUNITY [udp-port N]``."""
    words, kept = text[found.end() :].split(), []
    while words and words[0].lower() in _NAMED:
        named = words[0].lower() in ("use-vrf", "udp-port", "source-interface", "filter-vrf")
        kept += words[: 1 + named]
        words = words[1 + named :]
    if not words:
        return " ".join([found.group().strip(), *kept]), ()
    secret = UNTOLD if "3" in kept else masker.community(words[0], "")
    tail = words[1:] if words[1:2] == ["udp-port"] and len(words) == 3 else [MASK] * (len(words) > 1)
    return " ".join([found.group().strip(), *kept, MASK, *tail]), (secret,)


SECRETS: SecretWords = replace(
    IOS,
    storages={**IOS.storages, r"3": "type-3"},
    stored={"$5$": "type-5", "$nx-pbkdf2$": "type-8", "$nx-scrypt$": "type-9", "$1$": "type-5"},
    owners=(),
    communities=frozenset(),
    begins=(r"authentication\s+text",),  # in a group of HSRP
    harmless=(
        *IOS.harmless,
        r"password\s+strength-check",
        r"ssh\s+key\s+\w+(?:\s+\d{3,5})?(?:\s+force)?",
        r"ntp\s+(?:server|peer)\s+\S+(?:\s+(?:prefer|use-vrf\s+\S+|key\s+\d{1,5}|maxpoll\s+\d+|minpoll\s+\d+))*",
        r"snmp-server\s+user\s+(?!(?:passw(?:or)?d|secret|key-string|cipher)\s)\S+(?:\s+\S+)?",
        r"userpassphrase(?:\s+(?:min-length|max-length|default-lifetime|default-warntime|default-gracetime)\s+\d{1,5})+",
    ),
    held=(
        ("", r"username\s+\S+\s+password\s+", _password),
        ("", r"snmp-server\s+community\s+", _community),
        ("", r"snmp-server\s+user\s+\S+\s+", _user),
        ("", r"snmp-server\s+host\s+\S+\s+", _host),
    ),
    forms=(),
)
