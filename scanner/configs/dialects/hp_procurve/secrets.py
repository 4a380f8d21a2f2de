"""Where configurations of ArubaOS-Switch have secrets: passwords of manager and operator, keys of servers, communities.

A password is stored in clear, as its SHA-1 without salt, which tells the well-known ones, or as its SHA-256; keys are
in clear unless ``encrypt-credentials`` is on. A terminal breaks long lines: what stands in quotation marks below a
password belongs to it.
"""

from __future__ import annotations

import hashlib
import re

from scanner.configs.secrets import MASK, UNTOLD, Masked, Masker, Secret, SecretWords

SHA_1, SHA_256, ENCRYPTED = "sha-1", "unknown", "aes"
_STORED = {"plaintext": "plain", "sha1": SHA_1, "sha256": SHA_256, "encrypted-key": ENCRYPTED, "key": ""}
_KNOWN = (
    "admin",
    "administrator",
    "password",
    "manager",
    "operator",
    "aruba",
    "aruba123",
    "procurve",
    "hp",
    "hpinvent",
)
_GUESSES = (*_KNOWN, "admin123", "123456", "12345678", "1234", "changeme", "switch", "public", "private", "secret")
_DIGESTS = {hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest(): word for word in _GUESSES}
_RIGHTS = frozenset(("operator", "manager", "restricted", "unrestricted"))
_OF_TRAPS = frozenset(
    ("trap-level", "none", "all", "not-info", "critical", "debug", "informs", "inform", "retries", "timeout", "oobm")
)
_BEHIND_KEYS = frozenset(("trusted", "oobm", "tls", "auth-port", "acct-port", "clearpass", "time-window"))
_ALGORITHMS = frozenset(("md5", "sha", "sha256", "des", "aes", "aes-128", "aes-256", "aes128", "aes256"))
_PARTS = re.compile(r'"[^"]*"?|\S+')


def _words(text: str) -> list[str]:
    """The words, each in its quotation marks as one."""
    return _PARTS.findall(text)


def _clear(secret: str) -> str | None:
    return _DIGESTS.get(secret.lower())


def _password(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``password manager [user-name NAME] [plaintext|sha1|sha256] SECRET``; ``local-user NAME … password …``."""
    words = _words(text[found.end() :])
    how = words[0].lower() if words and words[0].lower() in _STORED else ""
    if not words or (how and len(words) == 1):
        return text, (UNTOLD,)  # it is there, and not shown; or on the next line
    named = found.groupdict().get("name") or ""
    secret = masker.password(words[bool(how)], _STORED.get(how, ""), named.strip('"'))
    return " ".join([found.group().strip(), *words[: bool(how)], MASK]), (secret,)


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server community "NAME" [operator|manager] [restricted|unrestricted]``."""
    words = _words(text[found.end() :])
    if not words:
        return text, ()
    tail = [word if word.lower() in _RIGHTS else MASK for word in words[1:]]
    return " ".join([found.group().strip(), MASK, *tail]), (masker.community(words[0], ""),)


def _host(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server host A [community] "NAME" [informs …] [trap-level …]``; the level may stand before it."""
    words = _words(text[found.end() :])
    at = 1 if words[:1] and words[0].lower() == "community" else 0
    if len(words) <= at:
        return text, ()
    tail = [word if word.lower() in _OF_TRAPS or word.isdecimal() else MASK for word in words[at + 1 :]]
    return " ".join([found.group().strip(), *words[:at], MASK, *tail]), (masker.community(words[at], ""),)


def _user(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmpv3 user "NAME" [auth [md5|sha] SECRET] [priv [des|aes] SECRET]``."""
    words, kept, secrets, expects = _words(text[found.end() :]), [], [], False
    for word in words:
        if word.lower() in ("auth", "priv"):
            expects = True
            kept.append(word)
        elif expects and word.lower() in _ALGORITHMS:
            kept.append(word)
        else:
            kept.append(MASK)
            secrets += [masker.password(word, "")] if expects else []
            expects = False
    return " ".join([found.group().strip(), *kept]), tuple(secrets)


def _key(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """A key behind ``key``, ``encrypted-key``, ``key-value``, ``plaintext``, and what else stands on the line."""
    words = _words(text[found.end() :])
    if not words:
        return text, ()
    how = found.group().split()[-1].lower()
    encrypted = how.startswith("encrypted") or how == "cipher"
    secret = Secret(ENCRYPTED) if encrypted else masker.password(words[0], "")
    tail = [word if word.lower() in _BEHIND_KEYS or word.isdecimal() else MASK for word in words[1:]]
    return " ".join([found.group().strip(), MASK, *tail]), (secret,)


def _below(_: str, __: re.Match[str], ___: Masker) -> Masked:
    return MASK, (UNTOLD,)


_LOGIN = r"password\s+(?:manager|operator|all)(?:\s+user-name\s+(?P<name>\"[^\"]*\"|\S+))?(?:\s+|$)"
_LOCAL_USER = (
    r"aaa\s+authentication\s+local-user\s+(?P<name>\"[^\"]*\"|\S+)(?:\s+(?!password\b)(?:\"[^\"]*\"|[^\s\"]\S*))*"
    r"\s+password(?:\s+|$)"
)
_ONE = r"\"[^\"]*\"|\S+"
_KEEPERS = (
    r"radius-server|tacacs-server|sntp|ntp|key-chain|aaa\s+port-access|encrypt-credentials|snmpv3\s+community"
    r"|ip\s+(?:ospf|rip)|neighbor|area|cluster|crypto"
)
_ANNOUNCES = (
    r"encrypted-key|encrypted-key-string|encrypted-key-value|encrypted-authentication-key|key-value|key-string"
    r"|key(?!\s+\d+\s+\S)|plaintext|hex|auth-key|authentication-key|password|secret"
)

SECRETS = SecretWords(
    hints=("password", "community", "key", "snmpv3", "plaintext", "identity", "secret"),
    storages={},
    clear={SHA_1: _clear},
    passwords=frozenset(_KNOWN),
    harmless=(
        r"password\s+(?:minimum-length|complexity|composition|configuration\S*|non-plaintext\S*)(?:\s.*)?",
        r"(?:include|encrypt)-credentials",
        r"front-panel-security\s+.*",
        r"ip\s+ssh\s+(?:cipher|mac|kex)\s+(?:3des|aes|rijndael|hmac|umac|ecdh|diffie|curve|chacha)[\w@.-]*",
        r"ip\s+ssh\s+(?:key-size\s+\d+|public-key\s+(?:manager|operator)|host-key\S*\s.*|filetransfer)",
        r"aaa\s+port-access\s+authenticator\b.*",
        r"crypto\s+(?:key|host-cert|pki)\s.*",
        r"key-chain\s+\S+(?:\s+key\s+\d+)?(?:\s+(?:accept|send)-lifetime\s.*)?",
        r"aaa\s+authentication\s+(?:\S+\s+)?(?:login|enable)\s.*public-key.*",
        r"(?:sntp|ntp)\s+server\s+.*\bkey-id\s+\d+(?:\s+(?:iburst|burst|oobm|max-poll\s+\d+|min-poll\s+\d+))*",
        r"(?:sntp|ntp)\s+authentication(?:\s+key-id\s+\d+)?(?:\s+trusted)?",
        r"snmp-server\s+enable\s+traps\s.*",
        r"snmp-server\s+mib\s+.*",
        r"snmpv3\s+(?:enable|only|restricted-access|engineid\s.*|group\s.*|notify\s.*|targetaddress\s.*|params\s.*)",
        r"ip\s+(?:ospf|rip)\s+\S+\s+(?:md5-auth-key-chain\s+\S+|authentication-type\s+\S+)",
        r"area\s+\S+\s+virtual-link\s+\S+(?:\s+md5-auth-key-chain\s+\S+)?",
        r"device-identity\s.*",
        r"radius-server\s+(?:tracking|timeout|retransmit|dead-time|dyn-autz-port|cppm\s+dns)\b.*",
    ),
    held=(
        ("password ", r'"', _below),
        ("", _LOGIN, _password),
        ("", _LOCAL_USER, _password),
        ("", r"snmp-server\s+community\s+", _community),
        ("", r"snmp-server\s+host\s+\S+\s+(?=\S)", _host),
        ("", rf"snmpv3\s+user\s+(?:{_ONE})\s+(?=\S)", _user),
        ("", rf"(?:{_KEEPERS})\s(?:.*?\s)??(?:{_ANNOUNCES})\s+(?=\S)", _key),
    ),
    forms=(  # as nobody else writes
        (_LOGIN, _password),
        (_LOCAL_USER, _password),
        (rf"snmp-server\s+community\s+(?=(?:{_ONE})\s+(?:operator|manager|(?:un)?restricted)\b|\")", _community),
        (r"snmp-server\s+host\s+\S+\s+(?=community\s+\"|\")", _host),
        (rf"snmpv3\s+user\s+(?:{_ONE})\s+(?=\S)", _user),
    ),
)
