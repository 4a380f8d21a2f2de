"""Elements of a config.xml that are secrets, by their names: passwords, hashes, keys, certificates, communities.

Sources: the default configurations and models of both systems.
"""

from __future__ import annotations

import re

from scanner.configs.secrets import MASK, UNTOLD, Form, Masked, Masker, Secret, SecretWords

_NAMES = (
    r"[\w.-]*(?:password|passwd|passphrase|pwd|secret|psk|shared[_-]key|shared_secret|community|bindpw|otp_seed|token|privkey"
    r"|private-key|priv(?:ate)?_?key|enckey|apikey|api_key|auth_?key|serverauthkey|ddnsdomainkey|licen[sc]e_?key|keydata"
    r"|presharedkey|pre-shared-key|credential|webhook|trapstring|proxypass)[\w.-]*"
    r"|prv|crt|csr|tls|tls_crypt|hash|pwhash|authorizedkeys|ak|item_key|bcrypt-hash|sha512-hash|md5-hash|nt-hash|\w+-hash|key|k|pin"
    r"|custom_options|custom_config|advanced_options"
)
_HARMLESS = (
    r"(?:password_policy\w*|enable_password_policy_constraints|passwordauth|passwordFirst|pwd_changed_at|ssl-certref|keys|keysig"
    r"|ddnsdomainkeyname|ddnsdomainkeyalgorithm|keyid|key_length|keylen|sshdkeyonly|prefetchkey|keepcounters"
    r"|cert_key_length|crt_refid|serverauthkeyid|maxmss_enable)"
)
_FREE = r"descr|description|detail|notes|comment|syscontact|syslocation|text"  # a secret may stand there, too
_STORED = {"$2": "bcrypt", "$6$": "sha512", "$5$": "sha256", "$1$": "type-5"}


def _end(found: re.Match[str]) -> str:
    return f"</{found['tag']}>"


def _password(factory: frozenset[str]) -> Form:
    def hide(text: str, found: re.Match[str], masker: Masker) -> Masked:
        """The password of an account, or its hash. That of a new device is known by its hash."""
        secret = text[found.end() :].removesuffix(_end(found)).removeprefix("<![CDATA[").removesuffix("]]>")
        hidden = f"<{found['tag']}>{MASK}{_end(found)}"
        stored = next((name for start, name in _STORED.items() if secret.startswith(start)), "")
        if secret in factory:
            return hidden, (Secret(stored or "unknown", default=True, short=False),)
        if stored:
            return hidden, (Secret(stored),)
        if found["tag"].lower() == "nt-hash":
            return hidden, (Secret("nt-hash"),)
        if found["tag"].lower() != "password":
            return hidden, (UNTOLD,)
        return hidden, (masker.password(secret, ""),)

    return hide


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    secret = text[found.end() :].removesuffix(_end(found)).removeprefix("<![CDATA[").removesuffix("]]>")
    return f"<{found['tag']}>{MASK}{_end(found)}", (masker.community(secret, ""),)


def _hidden(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """What is stored so that the device can use it: in clear text, or what cannot be told from it."""
    secret = text[found.end() :].removesuffix(_end(found))
    shared = re.fullmatch(r"radius_secret|ldap_bindpw|pre-shared-key|psk", found["tag"], re.IGNORECASE)
    hidden = f"<{found['tag']}>{MASK}{_end(found)}"
    return hidden, (masker.password(secret, "plain") if shared else UNTOLD,)


def secrets_of(*factory: str) -> SecretWords:
    """The secrets of one of the systems. factory: the hashes of the password that every new device has."""
    return SecretWords(
        hints=("</",),
        passwords=frozenset(("opnsense", "pfsense")),
        harmless=(
            r"<\w[\w.-]*/?>",
            rf"<(?P<harmless>{_HARMLESS})>[^<]*</(?P=harmless)>",
            rf"<(?P<other>(?!(?:{_NAMES}|{_FREE})>)[\w.-]+)>[^<]*</(?P=other)>",
            r"</[\w.-]+>",
        ),
        forms=(
            (r"<(?P<tag>(?:ro|rw)?community)>(?=.)", _community),
            (
                r"<(?P<tag>password|passwd|bcrypt-hash|sha512-hash|md5-hash|nt-hash)>(?=.)",
                _password(frozenset(factory)),
            ),
            (rf"<(?P<tag>(?!{_HARMLESS}>)(?:{_NAMES}))>(?=.)", _hidden),
        ),
    )
