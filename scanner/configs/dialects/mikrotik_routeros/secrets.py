"""How RouterOS writes secrets: as values of properties, in clear text unless ``hide-sensitive`` left them out.

Sources: RouterOS documentation (Configuration Management: export show-sensitive, and the menus that have passwords,
keys and communities). The lines come as commands with their menu in front.
"""

from __future__ import annotations

import re

from scanner.configs.secrets import MASK, Masked, Masker, Secret, SecretWords

_VALUE = r'(?:"(?:[^"\\]|\\.)*"|[^\s"]*)'
_PAIR = re.compile(rf"(?P<name>[\w.!-]+)=(?P<value>{_VALUE})", re.DOTALL)
_SECRET = re.compile(
    r"(?:[\w.-]*(?:password|passphrase|secrets?|pre-shared-key|preshared-key|private-key|auth-key|authentication-key|md5-key"
    r"|eap-key|static-key-\d|encryption-key|wpa2?-key|psk|pin|token|api-key|access-key|puk)|key|trap-community)"
)
_CODE = re.compile(
    r"source|on-(?:event|up|down|alarm|login|logout|error|script)|(?:up-|down-)?script|contents|http-header-field"
)
_BEHIND = re.compile(r"/[a-z\d /-]*? (?:add|set|remove|disable|enable|unset)\b")
_COMMUNITY = re.compile(r"/snmp community (?:add|set)\b")
_USER = re.compile(r"/(?:user|ppp secret) (?:add|set)\b")


def _pairs(text: str, _found: re.Match[str], masker: Masker) -> Masked:
    """The properties of a command, each masked where it is a secret, is code, or is a text that tells of one."""
    secrets: list[Secret] = []
    is_community = _COMMUNITY.match(text) is not None
    owner = _named(text, "name") if _USER.match(text) else ""

    def hide(pair: re.Match[str]) -> str:
        name, value = pair["name"].lower().lstrip("!"), pair["value"]
        bare = value[1:-1] if value[:1] == '"' else value
        if not bare:
            return pair[0]
        if is_community and name == "name":
            secrets.append(masker.community(bare, ""))
        elif _SECRET.fullmatch(name):
            secrets.append(masker.password(bare, "", owner))
        elif _CODE.fullmatch(name):
            return f'{pair["name"]}="<text>"'
        elif not _tells(bare, masker):
            return pair[0]
        return f"{pair['name']}={MASK}"

    told = _PAIR.sub(hide, text)
    begin = _BEHIND.match(told)
    loose = _PAIR.sub("", told[begin.end() :] if begin else told)
    if _tells(loose, masker):  # words that are no properties tell of one
        kept = begin[0] if begin else told.split(" ", 1)[0]
        return f"{kept} {MASK}", (Secret("unknown"),)
    return told, tuple(secrets)


def _tells(text: str, masker: Masker) -> bool:
    """A text tells of a secret."""
    plain = f". {text}"
    return masker.mask(plain)[0] != plain


def _named(text: str, name: str) -> str:
    found = re.search(rf"\s{name}=({_VALUE})", text)
    return found[1].strip('"') if found else ""


SECRETS = SecretWords(
    announces=(r"[\w.-]*(?:pre-shared-key|psk)", "trap-community", "secrets"),
    hints=("=",),
    communities=frozenset(("mikrotik", "routeros")),
    passwords=frozenset(("mikrotik", "routeros", "mikrotik123")),
    held=(("", r"/[\w./-]", _pairs),),
)
