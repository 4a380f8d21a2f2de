"""Where WeOS has secrets: passwords of accounts, communities, users of SNMP, keys of routers and dynamic names."""

from __future__ import annotations

import re

from scanner.configs.secrets import MASK, UNTOLD, Masked, Masker, SecretWords


def _account(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``username NAME hash SECRET``; a script has the password itself."""
    rest = text[found.end() :].split(maxsplit=1)
    hashed = rest[0].lower() in ("hash", "password") and len(rest) > 1
    secret = rest[1] if hashed else text[found.end() :]
    kept = f"{found.group().strip()} {rest[0]}" if hashed else found.group().strip()
    return f"{kept} {MASK}", (masker.password(secret, "", found.group(1)),)


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    return f"{found.group().strip()} {MASK}", (masker.community(text[found.end() :], ""),)


def _rest(_text: str, found: re.Match[str], _masker: Masker) -> Masked:
    return f"{found.group().strip()} {MASK}", (UNTOLD,)


SECRETS = SecretWords(
    hints=("hash", "rouser", "rwuser"),
    passwords=frozenset(("westermo",)),
    held=(
        ("aaa", r"username\s+(\S+)\s+(?=\S)", _account),
        ("ddns", r"login\s+(?=\S)", _rest),
        ("", r"auth(?:entication)?\s+(?=\S)", _rest),
    ),
    forms=(
        (r"username\s+(\S+)\s+(?=hash\s+\S)", _account),
        (r"(?:ro|rw|trap)community\s+(?=\S)", _community),
        (r"r[ow]user\s+\S+\s+(?=\S)", _rest),
    ),
)
