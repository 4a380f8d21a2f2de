"""The authorities that a user trusts, as certificates in PEM, and whether a chain of certificates leads to one.

None come with otaudit: an operating system's authorities would bless what no plant ordered.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from scanner.bounded import read_up_to
from scanner.errors import InputError, reason
from scanner.wording import said

MAX_STORE = 16 << 20  # bytes of a file of authorities
MOST_AUTHORITIES = 4096
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]{1,65536}?)-----END CERTIFICATE-----")


@dataclass(frozen=True)
class Store:
    """One file of authorities: their certificates in DER and their subjects."""

    source: str
    size: int  # bytes
    sha256: str
    authorities: tuple[tuple[bytes, str], ...]
    unread: int  # certificates that cannot be parsed


def read_store(path: Path, source: str) -> Store:
    """The certificates of a PEM file, each once; InputError where there is none."""
    from cryptography import x509

    try:
        data = read_up_to(path, MAX_STORE)
    except OSError as error:
        raise InputError(source, said("cannot be read: {reason}", reason=reason(error))) from error
    if len(data) > MAX_STORE:
        raise InputError(source, said("is larger than {size:,} bytes", size=MAX_STORE))
    found: dict[bytes, str] = {}
    unread = 0
    for block in _PEM.finditer(data):
        if len(found) == MOST_AUTHORITIES:
            unread += 1
            continue
        try:
            der = base64.b64decode(b"".join(block[1].split()), validate=True)
            found[der] = x509.load_der_x509_certificate(der).subject.rfc4514_string()
        except (ValueError, TypeError, x509.InvalidVersion):
            unread += 1
    if not found:
        remedy = said("give the authorities' certificates, each from BEGIN CERTIFICATE to END CERTIFICATE")
        raise InputError(source, said("has no certificate in PEM"), remedy)
    return Store(source, len(data), hashlib.sha256(data).hexdigest(), tuple(found.items()), unread)
