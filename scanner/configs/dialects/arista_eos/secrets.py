"""How EOS writes secrets: hashes by SHA-512 or MD5, keys as Cisco type 7 or encrypted."""

from __future__ import annotations

from dataclasses import replace

from scanner.configs.dialects.cisco_ios.secrets import SECRETS as IOS
from scanner.configs.secrets import SecretWords

SECRETS: SecretWords = replace(
    IOS,
    storages={**IOS.storages, r"sha512": "sha512", r"8a": "type-8a"},
    stored={"$6$": "sha512", "$1$": "type-5"},
    owners=(),
    communities=frozenset(),
    passwords=frozenset(("arista", "cvpadmin")),
    harmless=(
        *IOS.harmless,
        r"username\s+\S+(?:\s+privilege\s+\d{1,2})?(?:\s+role\s+\S+)?\s+nopassword",
        r"ntp\s+server\s+(?:vrf\s+\S+\s+)?\S+(?:\s+(?:prefer|burst|iburst|version\s+\d|local-interface\s+\S+|key\s+\d{1,5}))*",
        r"cipher(?:\s+(?:aes|3des|chacha|blowfish|arcfour|cast)[\w@.-]*)+",
        r"key-exchange(?:\s+(?:ecdh|diffie|curve)[\w@.-]*)+",
        r"password\s+(?:minimum|policy|encryption-key)\s.*",
        r"aaa\s+root\s+nopassword",
        r"tls\s+versions\s.*",
    ),
)
