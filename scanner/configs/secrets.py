"""Masking: a configuration line loses its secrets before anything else sees it.

``mask`` gives the line with every password, community, key and hash replaced, and what may be kept of each secret: how
it is stored, whether it is a known default, whether it is short. The rule is conservative: what follows a word that
announces a secret is masked to the end of the line, unless the whole line has a form that is known to carry none.

Sources: Cisco IOS Security Command Reference (password types 0, 4, 5, 6, 7, 8, 9), Cisco IOS SNMP Support Command
Reference, Huawei S series Command Reference (cipher, irreversible-cipher, simple).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MASK = "<masked>"

SHORT = 8  # characters; less is called short


@dataclass(frozen=True, slots=True)
class Secret:
    """What may be known about a secret: never the secret.

    ``storage``: plain, type-4 to type-9 (Cisco), simple, cipher (reversible), irreversible-cipher (Huawei), unknown.
    ``default`` and ``short`` are None when the stored form does not tell.
    """

    storage: str
    default: bool | None = None
    short: bool | None = None


UNTOLD = Secret("unknown")

_COMMUNITIES = frozenset(
    (
        "public",
        "private",
        "cisco",
        "huawei",
        "admin",
        "administrator",
        "snmp",
        "snmpd",
        "manager",
        "monitor",
        "operator",
        "read",
        "write",
        "readonly",
        "readwrite",
        "read-only",
        "read-write",
        "ro",
        "rw",
        "secret",
        "security",
        "community",
        "default",
        "system",
        "test",
        "guest",
        "ilmi",
        "cable-docsis",
        "tivoli",
        "openview",
        "netman",
        "all",
        "agent",
        "network",
        "switch",
        "router",
        "password",
        "mngt",
        "proxy",
        "rmon",
        "canopy",
        "internal",
    )
)
_PASSWORDS = frozenset(
    (
        "cisco",
        "admin",
        "administrator",
        "password",
        "passw0rd",
        "huawei",
        "admin@huawei",
        "admin@huawei.com",
        "admin@123",
        "huawei@123",
        "123456",
        "12345678",
        "changeme",
        "changeme_123",
        "switch",
        "router",
        "rockwell",
        "stratix",
        "root",
        "guest",
        "manager",
        "operator",
        "default",
        "public",
        "private",
        "secret",
        "test",
        "1234",
        "12345",
        "admin123",
        "cisco123",
        "huawei123",
        "hello",
    )
)

# A word that announces a secret: everything after it is masked unless a whole-line form below says otherwise.
_ANNOUNCES = re.compile(
    r"""(?<![\w-])(?:
        [\w-]*(?:password|passwd|passphrase|pass-phrase|secret|psk|pmk|md5-key|auth-code)
      | pwd | [\w-]*key(?:-string|-hash|-code)? | community(?:-\w+)? | authenticator | (?:id)?token | pin
      | irreversible-cipher | cipher | simple | securityname
      | authentication-mode\s+(?:simple|md5|hmac-\S+|sha\S*|sm3)
      | (?<=\ )authentication\s+(?:text|md5)
    )(?![\w-])""",
    re.IGNORECASE | re.VERBOSE,
)
_GROUP_AUTHENTICATION = re.compile(  # first-hop redundancy and NHRP: the plain text follows the word authentication
    r"(?:standby|vrrp|glbp|ip\s+nhrp)\b.*?\bauthentication(?=\s)(?!\s+(?:text|md5)\b)", re.IGNORECASE
)
# A line that holds none of these has no secret; looking for plain strings is ten times as fast as one expression.
_HINTS = (
    "key",
    "pass",
    "auth",
    "secret",
    "community",
    "cipher",
    "psk",
    "pwd",
    "pmk",
    "token",
    "pin",
    "simple",
    "securityname",
    "snmp-server host",
    "snmp-server user",
    "usm-user",
    "://",
)
_CODE_LINE = re.compile(r"(?:[0-9A-Fa-f]{8}\s*){2,}[0-9A-Fa-f]*|[A-Za-z0-9+/=]{40,}")
_URL_USER = re.compile(r"(\w+://[^\s:/@]*):(\S+)@")

# Whole lines that hold an announcing word and no secret.
_HARMLESS = re.compile(
    r"""(?:(?:no|undo)\s+)?(?:
        password\s+encryption\s+aes
      | key\s+chain\s+\S+ | keychain\s+\S+(?:\s+mode\s+\S+)?
      | ntp\s+(?:server|peer)(?:\s+vrf\s+\S+)?\s+\S+
        (?:\s+(?:prefer|burst|iburst|version\s+\d|source\s+\S+|key\s+\d{1,5}))*
      | ntp\s+trusted-key\s+\d{1,5}(?:\s*-\s*\d{1,5})?
      | (?:ip|ipv6)\s+[\w\s]*authentication\s+key-chain\s+(?:eigrp\s+\d+\s+)?\S+
      | crypto\s+key\s+generate\s+(?:rsa|ec|dsa)[\w\s-]*
      | ip\s+ssh\s+rsa\s+keypair-name\s+\S+
      | ssh\s+user\s+\S+\s+authentication-type\s+[\w-]+
      | ssh\s+(?:server|client)\s+(?:cipher|publickey)(?:\s+[a-z0-9_-]+)+
      | ssh\s+(?:server|client)\s+key-exchange(?:\s+[a-z0-9_-]+)+
      | local-aaa-user\s+password\s+policy\s+[\w-]+
      | local-aaa-user\s+wrong-password(?:\s+(?:retry-interval|retry-time|block-time)\s+\d{1,6})*
      | local-user\s+policy\s+password[\w\s-]*
      | password\s+(?:expire|history\s+record\s+number|alert\s+before-expire)\s+\d{1,4}
      | password\s+alert\s+original
      | (?:set|user)[\s-]password\s+(?:min-length\s+\d{1,3}|complexity-check(?:\s+[a-z-]+)*)
      | snmp-agent\s+community\s+complexity-check\s+(?:enable|disable)
      | snmp-server\s+enable\s+traps(?:\s+[a-z0-9-]+)*
      | rsa\s+(?:local-key-pair\s+create|peer-public-key\s+\S+(?:\s+encoding-type\s+\w+)?)
      | (?:dsa|ecc)\s+(?:local-key-pair\s+create|peer-public-key\s+\S+(?:\s+encoding-type\s+\w+)?)
      | public-key-code\s+(?:begin|end) | peer-public-key\s+end
      | authentication-mode\s+(?:aaa|password|none|local|scheme)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_KEY_ID = re.compile(r"key(?:-id)?\s+\d{1,10}", re.IGNORECASE)

# What may stand between the announcing word and the secret; it is kept because it says how the secret is stored.
_QUALIFIER = re.compile(
    r"(?:level\s+\d{1,2}|[04-9](?=\s+\S)|cipher|simple|irreversible-cipher|encrypted|plain|hidden|ascii|hex|ascii-text"
    r"|hexadecimal|md5|sha|sha256|hmac-sha-256|local|remote)(?=\s+\S)",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"<.*>|\[.*\]|[*.xX_-]+|.*(?:removed|hidden|redacted|scrubbed|masked).*", re.IGNORECASE)
_CRYPT = {
    "$1$": "type-5",
    "$8$": "type-8",
    "$9$": "type-9",
    "$14$": "type-9",
    "$1a$": "irreversible-cipher",
    "$1b$": "irreversible-cipher",
    "$1c$": "irreversible-cipher",
    "$1d$": "irreversible-cipher",
}
_TYPE_7_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"


def mask(text: str, parent: str = "") -> tuple[str, tuple[Secret, ...]]:
    """The line without its secrets, and what may be known of each, in their order in the line.

    ``parent`` is the lower-case command of the block the line is in: ``key 1`` names a key in a key chain and is a
    secret elsewhere.
    """
    if _CODE_LINE.fullmatch(text):
        return MASK, ()
    lower = text.lower()
    for hint in _HINTS:
        if hint in lower:
            break
    else:
        return text, ()
    if "://" in text:
        text = _URL_USER.sub(rf"\1:{MASK}@", text)
    if _HARMLESS.fullmatch(text) or (parent.startswith(("key chain", "keychain")) and _KEY_ID.fullmatch(text)):
        return text, ()
    for start, form in _FORMS:
        if found := start.match(text):
            return form(text, found)
    return _to_the_end(text)


def _to_the_end(text: str) -> tuple[str, tuple[Secret, ...]]:
    """Mask from the first announcing word to the end of the line."""
    found = _GROUP_AUTHENTICATION.match(text) or _ANNOUNCES.search(text)
    if not found:
        return text, ()
    if not text[found.end() :].strip():
        return text, (Secret("none"),) if text.lower().endswith("nopassword") else ()
    kept, rest = found.end(), text[found.end() :]
    start = len(rest) - len(rest.lstrip())
    storage = ""
    while qualifier := _QUALIFIER.match(rest, start):
        word = qualifier.group().lower()
        storage = _named(word) or storage
        start = qualifier.end() + 1
        start += len(rest) - start - len(rest[start:].lstrip())
    if found.group().lower() in ("cipher", "simple", "irreversible-cipher"):
        storage = storage or found.group().lower()
    user = re.match(r"(?:username|local-user)\s+(\S+)", text, re.IGNORECASE)
    lead = " " if start == 0 else rest[:start]
    return text[:kept] + lead + MASK, (judge(rest[start:], storage, _PASSWORDS, user.group(1) if user else ""),)


def _named(qualifier: str) -> str:
    """The storage that a word before the secret names, empty if it names none."""
    if qualifier.isdecimal():
        return "plain" if qualifier == "0" else f"type-{qualifier}"
    return qualifier if qualifier in ("cipher", "simple", "irreversible-cipher") else ""


def judge(secret: str, storage: str, defaults: frozenset[str], owner: str = "") -> Secret:
    """What may be kept of a secret. ``storage`` is what the line says, empty when it says nothing."""
    secret = secret.strip().strip('"')
    for prefix, kind in _CRYPT.items():
        if secret.startswith(prefix) and storage in ("", "cipher", "irreversible-cipher"):
            storage = kind
    if not storage:
        storage = "unknown" if _PLACEHOLDER.fullmatch(secret) else "plain"
    clear = _decode_type_7(secret) if storage == "type-7" else secret if storage in ("plain", "simple") else None
    if clear is None or _PLACEHOLDER.fullmatch(clear):
        return Secret(storage)
    known = clear.lower() in defaults or (bool(owner) and clear.lower() == owner.lower())
    return Secret(storage, default=known, short=len(clear) < SHORT)


def _decode_type_7(text: str) -> str | None:
    """The clear text of a Cisco type 7 string (an XOR with a published constant), None if it is not one."""
    if not re.fullmatch(r"[0-9]{2}(?:[0-9A-Fa-f]{2}){1,128}", text):
        return None
    offset = int(text[:2])
    code = bytes.fromhex(text[2:])
    return bytes(c ^ _TYPE_7_KEY[(offset + i) % len(_TYPE_7_KEY)] for i, c in enumerate(code)).decode("latin-1")


def _ios_community(text: str, found: re.Match[str]) -> tuple[str, tuple[Secret, ...]]:
    """``snmp-server community [0|7|8] STRING [view V] [ro|rw] [ipv6 ACL] [ACL]``: the first word is the secret."""
    words = text[found.end() :].split()
    storage, at = "", 0
    if len(words) > 1 and words[0] in ("0", "7", "8") and words[1].lower() not in ("ro", "rw", "view", "ipv6"):
        storage, at = ("plain", "type-7", "unknown")[("0", "7", "8").index(words[0])], 1
    if at >= len(words):
        return text, ()
    secret = judge(words[at], storage, _COMMUNITIES)
    tail = _community_tail(words[at + 1 :])
    return " ".join([found.group().strip(), *words[:at], MASK, *tail]), (secret,)


def _community_tail(words: list[str]) -> list[str]:
    """The options after a community, as far as they have the documented form; the rest is masked."""
    tail: list[str] = []
    i = 0
    while i < len(words):
        word = words[i].lower()
        if word in ("view", "ipv6", "acl", "mib-view", "alias") and i + 1 < len(words):
            tail += words[i : i + 2]
            i += 2
            continue
        # the last word of an IOS line is the access list; anything else that is unknown may be part of the secret
        last = i == len(words) - 1 and any(w.lower() in ("ro", "rw") for w in tail)
        if word in ("ro", "rw") or last or word.isdecimal():
            tail.append(words[i])
            i += 1
            continue
        return [*tail, MASK]
    return tail


_HOST_WORDS = frozenset(
    ("inform", "informs", "trap", "traps", "version", "1", "2", "2c", "3", "auth", "noauth", "priv")
)


def _ios_host(text: str, found: re.Match[str]) -> tuple[str, tuple[Secret, ...]]:
    """``snmp-server host A [vrf V] [informs|traps] [version 1|2c|3 level] COMMUNITY [udp-port P] [types]``.

    The types are masked too: on a line that is not quite of this form one of them is the community.
    """
    words = text[found.end() :].split()
    kept: list[str] = []
    i = 0
    while i < len(words):
        if words[i].lower() == "vrf" and i + 1 < len(words):
            kept += words[i : i + 2]
            i += 2
        elif words[i].lower() in _HOST_WORDS:
            kept.append(words[i])
            i += 1
        else:
            break
    if i >= len(words):  # a community with the name of an option
        i, kept = i - 1, kept[:-1]
    rest = words[i + 1 :]
    port = rest[:2] if rest[:1] == ["udp-port"] and rest[1:2] and rest[1].isdecimal() else []
    secret = UNTOLD if "3" in kept else judge(words[i], "", _COMMUNITIES)
    return " ".join([found.group().strip(), *kept, MASK, *port, *[MASK] * (len(rest) > len(port))]), (secret,)


_ALGORITHM = re.compile(
    r"md5|sha(?:-?\d+)?(?:[-_]\d+)?|hmac-\S+|des(?:56)?|3des(?:168)?|aes(?:-?\d+)?|sm3|sm4", re.IGNORECASE
)
_SIZES = frozenset(("128", "192", "224", "256", "384", "512"))
_USER_WORDS = frozenset(("v1", "v2c", "v3", "encrypted", "priv", "auth"))
_USER_NAMED = frozenset(("remote", "udp-port", "access", "acl", "ipv6", "group"))


def _users(text: str, found: re.Match[str]) -> tuple[str, tuple[Secret, ...]]:
    """SNMPv3 users of both dialects: names, options and algorithms stay, every other word is masked."""
    words = text[found.end() :].split()
    kept: list[str] = []
    secrets: list[Secret] = []
    i = 0
    while i < len(words):
        word = words[i].lower()
        if word in ("auth", "priv", "authentication-mode", "privacy-mode") and i + 1 < len(words):
            i, parts, secret = _user_secret(words, i)
            kept += parts
            secrets += [secret] if secret else []
        elif word in _USER_NAMED and i + 1 < len(words):
            kept += words[i : i + 2]
            i += 2
        else:
            kept.append(words[i] if word in _USER_WORDS else MASK)
            i += 1
    return " ".join([found.group().strip(), *kept]), tuple(secrets)


def _user_secret(words: list[str], i: int) -> tuple[int, list[str], Secret | None]:
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
    return i + 1, [*kept, MASK], judge(words[i], named, _PASSWORDS)


def _vrp_community(text: str, found: re.Match[str]) -> tuple[str, tuple[Secret, ...]]:
    """``snmp-agent community {read|write} [cipher|simple] STRING [mib-view V] [acl N] [alias A]``."""
    words = text[found.end() :].split()
    storage, at = "", 0
    if len(words) > 1 and words[0].lower() in ("cipher", "simple"):
        storage, at = words[0].lower(), 1
    if at >= len(words):
        return text, ()
    secret = judge(words[at], storage, _COMMUNITIES)
    return " ".join([found.group().strip(), *words[:at], MASK, *_community_tail(words[at + 1 :])]), (secret,)


def _vrp_target(text: str, found: re.Match[str]) -> tuple[str, tuple[Secret, ...]]:
    """``snmp-agent target-host … securityname [cipher|simple] NAME [v1|v2c|v3 [level]] …``: up to v2c a community."""
    words = text[found.end() :].split()
    storage, at = "", 0
    if len(words) > 1 and words[0].lower() in ("cipher", "simple"):
        storage, at = words[0].lower(), 1
    if at >= len(words):
        return text, ()
    rest = words[at + 1 :]
    plain = all(
        re.fullmatch(r"v1|v2c|v3|authentication|privacy|private-netmanager|notify-filter-profile|[\d.:]+", w)
        for w in rest
    )
    secret = UNTOLD if "v3" in rest else judge(words[at], storage, _COMMUNITIES)
    return " ".join([found.group().strip(), *words[:at], MASK, *(rest if plain else [MASK])]), (secret,)


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:no|undo)\s+)?{pattern}", re.IGNORECASE)


_FORMS = (
    (_form(r"snmp-server\s+community\s+"), _ios_community),
    (_form(r"snmp-server\s+host\s+\S+\s+"), _ios_host),
    (_form(r"snmp-server\s+user\s+\S+\s+\S+\s+"), _users),
    (_form(r"snmp-agent\s+community\s+(?:read|write)\s+"), _vrp_community),
    (
        _form(r"snmp-agent\s+(?:remote-engineid\s+\S+\s+)?usm-user\s+v3\s+\S+\s+(?:(?!auth|priv|acl|group)\S+\s+)?"),
        _users,
    ),
    (_form(r"snmp-agent\s+target-host\s.*?\bsecurityname\s+"), _vrp_target),
)
