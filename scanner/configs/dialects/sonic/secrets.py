"""Members of a config_db.json that are secrets, by their names; of communities the name of the entry is the secret.

Source: SONiC YANG models (passkey, NTP_KEY value, SNMP_COMMUNITY, SNMP_USER, LDAP bind_password), config/main.py of
sonic-utilities (SNMP_TRAP_CONFIG), BGP auth_password of the management framework.
"""

from __future__ import annotations

import re

from scanner.configs.secrets import MASK, UNTOLD, Masked, Masker, SecretWords

_FIELDS = r"[\w-]*(?:passkey|password|passwd|passphrase|secret|community|_cak|psk|token)"
_REST = re.compile(r'"?,?\s*\Z')


def _secret(text: str, found: re.Match[str]) -> str:
    return _REST.sub("", text[found.end() :]).strip('"')


def _end(text: str) -> str:
    return "," if text.rstrip().endswith(",") else ""


def _password(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """A key or password that the switch uses, in clear text unless the field beside it says otherwise."""
    secret = masker.password(_secret(text, found), "plain")
    return f'{found["name"]}: "{MASK}"{_end(text)}', (secret,)


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    secret = masker.community(_secret(text, found), "")
    return f'{found["name"]}: "{MASK}"{_end(text)}', (secret,)


def _named(_: str, found: re.Match[str], masker: Masker) -> Masked:
    """An entry that is called by the community."""
    return f'"{MASK}": {found["rest"]}', (masker.community(found["secret"], ""),)


def _key(text: str, found: re.Match[str], _: Masker) -> Masked:
    """A key of NTP, in base 64 or not."""
    return f'{found["name"]}: "{MASK}"{_end(text)}', (UNTOLD,)


SECRETS = SecretWords(
    hints=('": ',),
    passwords=frozenset(("yourpassword", "yourpassw0rd", "testing123")),
    harmless=(
        r'"[^"]*": \{\}?,?',
        r'"[^"]*": \[[^"]*\],?',
        r'"[^"]*": "",?',
        r'"(?:lacp_)?key": "?(?:[0-9]{1,5}|auto)"?,?',
        r'"(?:server_key|client_key|server_crt|client_crt|ca_crt)": "(?:/[\w./-]*)?",?',
        r'"[^"]*(?:key_encrypt|_authentication|PASSW_HARDENING|password_match)": (?:"\w*"|\w+),?',
    ),
    forms=(
        (r'(?P<name>"Community"): "(?=[^"])', _community),
        (rf'(?P<name>"{_FIELDS}"): "(?=[^"])', _password),
    ),
    held=(
        (r'"snmp_community":', r'"(?P<secret>[^"]+)": (?P<rest>\{.*)', _named),
        (r'"ntp_key":', r'(?P<name>"value"): "', _key),
    ),
)
