"""How Junos writes and stores secrets.

Sources: Junos OS CLI Reference (encrypted-password, secret, authentication-key, community, trap-group), System Basics
("Special requirements for plain-text passwords", "Master password": $8$). Login passwords are hashes of crypt(3); what
begins with $9$ is scrambled by a published method without a key and can be read by anybody, $8$ is AES with a key.

The lines come as commands with their whole path, whatever form the file has.
"""

from __future__ import annotations

import re
from dataclasses import replace

from scanner.configs.secrets import MASK, Masked, Masker, Secret, SecretWords

# The 65 characters of the scrambled form, in four families: characters of the first need three more as filling behind
# the first one, those of the last none.
_FAMILIES = ("QzF3n6/9CAtpu0O", "B1IREhcSyrleKvMW8LXx", "7N-dVbwsY2g4oaJZGUDj", "iHkq.mPf5T")
_ORDER = "".join(_FAMILIES)
_FILLING = {character: 3 - family for family, each in enumerate(_FAMILIES) for character in each}
_WEIGHTS = ((1, 4, 32), (1, 16, 32), (1, 8, 32), (1, 64), (1, 32), (1, 4, 16, 128), (1, 32, 64))

_STORED = {"$9$": "cipher", "$8$": "aes", "$5$": "sha256", "$6$": "sha512", "$sha1$": "sha1", "$1$": "type-5"}
_USER = re.compile(r"set\s.*?\bsystem\s+login\s+user\s+(\S+)")
_SCOPE = r"set\s+(?:(?:groups|logical-systems|tenants|routing-instances)\s+\S+\s+)*"
_WORD = r'(?:"(?:[^"\\]|\\.)*"|\S+)'
_TAIL = re.compile(
    r"(?:authorization|view|clients|client-list-name|client-list|routing-instance|logical-system|restrict|version"
    r"|categories|targets|destination-port|address|apply-groups(?:-except)?)(?: .*)?"
)


def descramble(text: str) -> str | None:
    """The clear text of a secret that begins with $9$; None if it is none."""
    code = text.removeprefix("$9$")
    if code == text or len(code) < 4 or any(c not in _FILLING for c in code):
        return None
    before, at, clear = code[0], 1 + _FILLING[code[0]], ""
    while at < len(code):
        weights = _WEIGHTS[len(clear) % len(_WEIGHTS)]
        part = code[at : at + len(weights)]
        if len(part) < len(weights):
            return None
        number = 0
        for character, weight in zip(part, weights, strict=True):
            number += ((_ORDER.index(character) - _ORDER.index(before)) % len(_ORDER) - 1) * weight
            before = character
        clear += chr(number % 256)
        at += len(weights)
    return clear


def _named(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp community NAME ...`` and ``snmp trap-group NAME ...``: the name is the secret."""
    rest = text[found.end() :]
    name = re.match(_WORD, rest)
    if name is None or name[0] == "[":
        return f"{found.group().strip()} {MASK}", ()
    if name[0].startswith(MASK[:-1]):  # its block was hidden before
        number = re.match(r"<masked(?: \d+)?>", rest)
        end = number.end() if number else name.end()
        return _kept(text[: found.end() + end], rest[end:])
    secret = masker.community(name[0], "")
    told, _ = _kept(f"{found.group().strip()} {MASK}", rest[name.end() :])
    return told, (secret,)


def _kept(told: str, rest: str) -> Masked:
    """The options behind a name, where they are known ones."""
    tail = rest.strip()
    return (f"{told} {tail}" if not tail or _TAIL.fullmatch(tail) else f"{told} {MASK}").rstrip(), ()


def _judged(secret: str, masker: Masker, owner: str = "", otherwise: str = "") -> Secret:
    """What may be kept of a secret; how it begins says how it is stored, with other meanings than elsewhere. otherwise:
    how one is stored that begins like none of them; empty: in clear text.
    """
    bare = secret.strip().strip('"')
    storage = next((name for start, name in _STORED.items() if bare.startswith(start)), "")
    if not storage:
        return masker.password(bare, otherwise, owner)
    clear = descramble(bare)
    return Secret(storage) if clear is None else replace(masker.password(clear, "plain", owner), storage=storage)


def _last(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """A line whose secret stands behind what was found, to its end."""
    owner = _USER.match(text)
    otherwise = "unknown" if found.group().split()[-1] == "encrypted-password" else ""
    secret = _judged(text[found.end() :], masker, owner[1] if owner else "", otherwise)
    return f"{found.group().strip()} {MASK}", (secret,)


def _scrambled(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """A line with a word that begins as scrambled ones do; what stands before it may hold another secret."""
    before = found.group().strip()
    if "://" in before:
        before, _ = masker.mask(before)
    return f"{before} {MASK}", (_judged(text[found.end() :], masker),)


def _time_key(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``ntp authentication-key 1 type md5 value SECRET``, its words in any order."""
    kept, secrets = [found.group().strip()], []
    words = re.findall(_WORD, text[found.end() :])
    at = 0
    while at < len(words):
        if words[at] == "type" and at + 1 < len(words):
            kept += words[at : at + 2]
            at += 2
        else:
            behind = words[at] == "value" and at + 1 < len(words)
            kept += ["value", MASK] if behind else [MASK]
            secrets.append(_judged(words[at + behind], masker))
            at += 1 + behind
    return " ".join(kept), tuple(secrets)


_KEYS = (
    rf"{_SCOPE}system\s+(?:login\s+user\s+\S+\s+authentication|root-authentication)\s+encrypted-password\s+(?=\S)",
    rf"{_SCOPE}system\s+login\s+user\s+\S+\s+authentication\s+plain-text-password-value\s+(?=\S)",
    rf"{_SCOPE}security\s+authentication-key-chains\s+key-chain\s+\S+\s+key\s+\S+\s+secret\s+(?=\S)",
    rf"{_SCOPE}protocols\s+.*\bauthentication\s+md5\s+\S+\s+key\s+(?=\S)",
    rf"{_SCOPE}snmp\s+v3\s+snmp-community\s+\S+\s+community-name\s+(?=\S)",
)

SECRETS = SecretWords(
    announces=(r"plain-text-password-value",),
    begins=(r"set\s+(?:\S+\s+){0,4}?snmp\s+trap-group\s+",),
    hints=("trap-group",),
    communities=frozenset(("juniper", "junos")),
    passwords=frozenset(("juniper", "juniper1", "juniper123", "junos", "netscreen", "abc123")),
    harmless=(
        rf"{_SCOPE}policy-options\s.*",
        rf"{_SCOPE}protocols\s+dot1x\s.*",
        rf"{_SCOPE}system\s+login\s+password(?:\s+[\w-]+)*",
        rf"{_SCOPE}system\s+(?:services\s+ssh\s+)?authentication-order\s[\w\s\[\]-]*",
        rf"{_SCOPE}system\s+ntp\s+(?:server|peer)\s+\S+(?:\s+(?:prefer|iburst|version\s+\d|key\s+\d{{1,5}}|routing-instance\s+[\w-]+))*",
        rf"{_SCOPE}system\s+ntp\s+trusted-key\s[\d\s\[\]]*",
        rf"{_SCOPE}(?:protocols\s+bgp\s.*\s)?authentication-key-chain\s+\S+",
        rf"{_SCOPE}security\s+authentication-key-chains(?:\s+key-chain\s+\S+(?:\s+key\s+\S+(?:\s+(?:start-time|algorithm|options)\s.*)?)?)?",
        rf"{_SCOPE}protocols\s.*\sauthentication\s+md5\s+\d{{1,3}}(?:\s+start-time\s.*)?",
        rf"{_SCOPE}routing-options\s+static\s+(?:route\s+\S+\s+)?(?:defaults\s+)?community\s.*",
        rf"{_SCOPE}security\s+(?:ike|ipsec)\s+(?:proposal|policy)\s+\S+(?:\s+(?:authentication-method|perfect-forward-secrecy|mode|proposals|dh-group)\s.*)?",
        rf"{_SCOPE}(?:routing-options\s+forwarding-table|forwarding-options)\s.*\bhash-key(?:\s+[\w-]+)*",
        rf"{_SCOPE}firewall\s.*\s(?:count|policer|term)\s+[\w.-]+",
        rf"{_SCOPE}protocols\s+bgp\s.*\s(?:type|import|export)\s[\w\s\[\].-]*",
        rf"{_SCOPE}system\s+login\s+user\s+[\w.-]+\s+authentication",
        rf"{_SCOPE}snmp\s+community",
    ),
    held=(
        ("", rf"{_SCOPE}snmp\s+(?:community|trap-group)\s+(?=\S)", _named),
        ("", rf"{_SCOPE}system\s+ntp\s+authentication-key\s+\d+\s+(?=\S)", _time_key),
        *(("", pattern, _last) for pattern in _KEYS),
        ("", r'set\s.*?\s(?="?\$[98]\$)', _scrambled),
    ),
)
