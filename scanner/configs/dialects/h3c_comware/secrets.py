"""How Comware writes and stores secrets: ``simple``, ``cipher`` ($c$, reversible) and ``hash`` ($h$).

Sources: H3C security command references (local users, password control, SSH), network management (SNMP).
"""

from __future__ import annotations

from scanner.configs.dialects.huawei_vrp.secrets import SECRETS as VRP
from scanner.configs.secrets import SecretWords

SECRETS = SecretWords(
    announces=(r"irreversible-cipher", r"cipher", r"simple", r"securityname", r"hash", r"wpa2?-?psk"),
    hints=("cipher", "simple", "securityname", "usm-user", "hash"),
    storages={
        r"cipher|simple": r"\g<0>",
        r"hash": "irreversible-cipher",
        r"authentication|authorization|accounting": "",
    },
    stored={"$h$": "irreversible-cipher", "$c$": "cipher"},
    vague=frozenset(("cipher",)),
    clear={"simple": str},
    owners=("local-user",),
    communities=frozenset(("h3c", "hp", "3com")),
    passwords=frozenset(("h3c", "h3capadmin", "admin@h3c", "h3c@123", "hp", "admin@h3c.com", "3com")),
    harmless=(
        r"password-control(?:\s+[\w-]+)+",
        r"password-recovery\s+enable",
        r"ssh2\s+algorithm\s+(?:cipher|mac|key-exchange|public-key)(?:\s+[a-z0-9_-]+)+",
        r"ssh\s+user\s+\S+\s+service-type\s+\w+\s+authentication-type\s+[\w-]+(?:\s+assign\s+publickey\s+\S+)?",
        r"public-key\s+(?:local\s+create\s+\w+|peer\s+\S+)",
        r"public-key-code\s+(?:begin|end)",
        r"peer-public-key\s+end",
        r"keychain\s+\S+(?:\s+mode\s+\S+)?",
        r"authentication-mode\s+(?:scheme|password|none|local)",
        r"ntp-service\s+reliable\s+authentication-keyid\s+\d{1,10}",
        r"authentication\s+(?:login|default|super)(?:\s+[\w.-]+)+",
        r"link-aggregation\s.*",
    ),
    inside=(("keychain", r"key\s+\d{1,10}"),),
    forms=VRP.forms,
)
