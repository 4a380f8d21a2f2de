"""Names of TLS cipher suites by number.

The IANA registry "TLS Cipher Suites" (RFC 8447, RFC 8998 for SM4 in TLS 1.3), the numbers that were in use without
being registered (SSL 3 FIPS and Fortezza, EXPORT1024, Salsa20 and GOST drafts), the suites of TLCP (GB/T 38636-2020)
and those of SSL 2.
"""

from __future__ import annotations

from scanner.code_tables import code_table

SUITES = code_table(__package__, "cipher_suites.tsv")

# SSL 2 cipher kinds are three bytes long; in an SSL 2 hello, TLS suites follow a zero byte.
SSL2_KINDS = {
    0x010080: "SSL_CK_RC4_128_WITH_MD5",
    0x020080: "SSL_CK_RC4_128_EXPORT40_WITH_MD5",
    0x030080: "SSL_CK_RC2_128_CBC_WITH_MD5",
    0x040080: "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5",
    0x050080: "SSL_CK_IDEA_128_CBC_WITH_MD5",
    0x060040: "SSL_CK_DES_64_CBC_WITH_MD5",
    0x0700C0: "SSL_CK_DES_192_EDE3_CBC_WITH_MD5",
}


def suite_name(number: int) -> str:
    """The name of a two-byte suite number, or the number itself where it has none."""
    return SUITES.get(number, f"0x{number:04X}")


def is_grease(number: int) -> bool:
    """One of the sixteen values that clients offer only to exercise servers (RFC 8701)."""
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF
