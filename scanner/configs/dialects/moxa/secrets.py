"""Where Moxa's commands hold secrets: passwords of accounts, communities, keys of SNMP, time, servers and tunnels."""

from __future__ import annotations

import re

from scanner.configs.dialects.moxa.stored import FIXED_KEY, clear_text, storage_of
from scanner.configs.dialects.moxa.words import words_of
from scanner.configs.secrets import MASK, Masked, Masker, Secret, SecretWords

_ACCESS = frozenset(("ro", "rw", "no-access", "read-only", "read-write"))
_NONE = frozenset[str]()
_AUTHENTICATION = frozenset(("no-auth", "md5", "sha", "sha1", "sha256", "sha512"))
_PRIVACY = frozenset(("no-priv", "des", "aes", "aes128", "aes256"))
# The words of a user of SNMPv3 that may stand behind another; a secret may stand anywhere.
_BEHIND = dict.fromkeys(("", MASK, *_AUTHENTICATION), frozenset(("auth", "priv"))) | {
    "auth": _AUTHENTICATION,
    "priv": _PRIVACY,
}
_PRIVILEGE = re.compile(r"\s+privilege\s+[1-9]$", re.IGNORECASE)


def _password(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``username NAME password SECRET [privilege N]``; a password may hold blanks only where somebody typed one."""
    behind = _PRIVILEGE.search(text, found.end())
    rest = text[found.end() : behind.start() if behind else len(text)].strip()
    if not rest:
        return text, ()
    kept = " ".join(behind[0].split()) if behind else ""
    secret = masker.password(rest, storage_of(rest), found["name"].strip('"'))
    return " ".join(filter(None, (found.group().strip(), MASK, kept))), (secret,)


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server community NAME ro``; the right may stand before it."""
    words = words_of(text[found.end() :])
    before = words[:1] if len(words) == 2 and words[0].lower() in _ACCESS and words[1].lower() not in _ACCESS else []
    names = words[len(before) :]
    if not names:
        return text, ()
    tail = [word if word.lower() in _ACCESS else MASK for word in names[1:]]
    return " ".join([found.group().strip(), *before, MASK, *tail]), (masker.community(names[0], storage_of(names[0])),)


def _receiver(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server host ADDRESS COMMUNITY``."""
    words = words_of(text[found.end() :])
    if not words:
        return text, ()
    tail = [MASK] * len(words[1:])
    return " ".join([found.group().strip(), MASK, *tail]), (masker.community(words[0], storage_of(words[0])),)


def _user(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server user NAME auth sha [SECRET] priv aes SECRET``; what is no word of the command is a secret."""
    kept: list[str] = []
    secrets: list[Secret] = []
    before = ""
    for word in words_of(text[found.end() :]):
        told = word.lower() in _BEHIND.get(before, _NONE) and word.lower() not in map(str.lower, kept)
        kept.append(word if told else MASK)
        secrets += [] if told else [masker.password(word, storage_of(word))]
        before = kept[-1].lower()
    return " ".join([found.group().strip(), *kept]), tuple(secrets)


def _last(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """What follows, to the end."""
    rest = text[found.end() :].strip()
    return f"{found.group().strip()} {MASK}", (masker.password(rest, storage_of(rest)),)


_NAME = r"(?:\"[^\"]*\"|\S+)"

SECRETS = SecretWords(
    hints=("password", "-v3 user", "email-warning", "openvpn"),
    clear={FIXED_KEY: clear_text},
    passwords=frozenset(("moxa",)),
    harmless=(
        r"password-policy(?:\s.*)?",
        r"hash\s+(?:md5|sha-?\d*)",
    ),
    held=(
        ("", rf"username\s+(?P<name>{_NAME})\s+password(?:\s+|$)", _password),
        ("", r"snmp-server\s+community(?:\s+|$)", _community),
        ("", r"snmp-server\s+host\s+\S+(?:\s+|$)", _receiver),
        ("", rf"snmp-server\s+user\s+{_NAME}(?:\s+|$)", _user),
        ("", r"(?:dot1x|auth)\s.*?\b(?:shared-key|key)\s+(?=\S)", _last),
        ("", r"ntp\s+authentication-key\s+\d+\s+\S+\s+(?=\S)", _last),
        ("", r"ip\s+ospf\s+auth\s.*?\bauth-key\s+(?=\S)", _last),
        ("", r"auth-mode\s+psk\s+(?=\S)", _last),
        ("", r"(?:l2tp|dot1x|openvpn)\s.*?\bpassword\s+(?=\S)", _last),
        ("", r"ip\s+ddns\s+password\s+(?=\S)", _last),
        ("", rf"ip\s+(?:pptp|pppoe)\s+(?:[\d.]+\s+)?{_NAME}\s+(?=\S)", _last),
    ),
    forms=(  # as nobody else writes
        (rf"snmp-server\s+(?:trap|inform)-v3\s+user\s+{_NAME}(?:\s+|$)", _user),
        (rf"email-warning\s+account\s+{_NAME}\s+(?=\S)", _last),
        (rf"openvpn\s+(?:server|client)\s.*?\buser(?:name|-pass)?\s+{_NAME}\s+(?!password\b)(?=\S)", _last),
    ),
)
