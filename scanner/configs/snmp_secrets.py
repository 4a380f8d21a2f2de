"""What lines about SNMP have in common: options after a community, and users of version 3."""

from __future__ import annotations

import re

from scanner.configs.secrets import MASK, Masked, Masker, Secret

NAME = r"(?!(?:passw(?:or)?d|secret|key-string|cipher)\s)\S+"  # of a user or group
_ALGORITHM = re.compile(
    r"md5|sha(?:-?\d+)?(?:[-_]\d+)?|hmac-\S+|des(?:56)?|3des(?:168)?|aes(?:-?\d+)?|sm3|sm4", re.IGNORECASE
)
_SIZES = frozenset(("128", "192", "224", "256", "384", "512"))
_COMMUNITY_NAMED = frozenset(("view", "ipv6", "acl", "acl-ipv4", "acl-ipv6", "mib-view", "alias", "user-role"))
_USER_WORDS = frozenset(("v1", "v2c", "v3", "encrypted", "priv", "auth"))
_USER_NAMED = frozenset(("remote", "udp-port", "access", "acl", "ipv6", "group"))


def community(text: str, found: re.Match[str], masker: Masker, at: int, storage: str) -> Masked:
    """A line whose word ``at``, behind what was found, is the community; it stays as it is when there is none."""
    words = text[found.end() :].split()
    if at >= len(words):
        return text, ()
    secret = masker.community(words[at], storage)
    return " ".join([found.group().strip(), *words[:at], MASK, *_community_tail(words[at + 1 :])]), (secret,)


def _community_tail(words: list[str]) -> list[str]:
    """The options after a community, as far as they have the documented form; the rest is masked."""
    tail: list[str] = []
    i = 0
    while i < len(words):
        word = words[i].lower()
        if word in _COMMUNITY_NAMED and i + 1 < len(words):
            named = word.startswith("acl") and words[i + 1].lower() == "name" and i + 2 < len(words)
            tail += words[i : i + 2 + named]
            i += 2 + named
            continue
        # the last word of an IOS line is the access list; anything else that is unknown may be part of the secret
        last = i == len(words) - 1 and any(w.lower() in ("ro", "rw") for w in tail)
        if word in ("ro", "rw") or last or word.isdecimal():
            tail.append(words[i])
            i += 1
            continue
        return [*tail, MASK]
    return tail


def users(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """SNMPv3 users: names, options and algorithms stay, every other word is masked."""
    words = text[found.end() :].split()
    kept: list[str] = []
    secrets: list[Secret] = []
    i = 0
    while i < len(words):
        word = words[i].lower()
        if word in ("auth", "priv", "authentication-mode", "privacy-mode") and i + 1 < len(words):
            i, parts, secret = _user_secret(words, i, masker)
            kept += parts
            secrets += [secret] if secret else []
        elif word in _USER_NAMED and i + 1 < len(words):
            kept += words[i : i + 2]
            i += 2
        else:
            kept.append(words[i] if word in _USER_WORDS else MASK)
            i += 1
    return " ".join([found.group().strip(), *kept]), tuple(secrets)


def _user_secret(words: list[str], i: int, masker: Masker) -> tuple[int, list[str], Secret | None]:
    """From ``auth`` or ``priv`` at ``i``: the next position, what is kept, the secret if there is one."""
    kept = [words[i]]
    i += 1
    if not _ALGORITHM.fullmatch(words[i]):
        return i, kept, None
    kept.append(words[i])
    i += 1
    if i + 1 < len(words) and words[i] in _SIZES:
        kept.append(words[i])
        i += 1
    named = ""
    if i + 1 < len(words) and words[i].lower() in ("cipher", "simple"):
        named = words[i].lower()
        kept.append(words[i])
        i += 1
    if i >= len(words):
        return i, kept, None
    return i + 1, [*kept, MASK], masker.password(words[i], named)
