"""Which columns of the table ``sessions`` a certificate tells, by whose it is: unknown where it was not read."""

from __future__ import annotations

_FIELDS = ("subject", "issuer", "not_before", "not_after", "expired")
_FIELDS_OF_SERVER = ("key", "key_bits", "signature", "self_signed", "names", "days", "fits_name", "chain", "trusted")
OF_CERTIFICATE = {
    "client": tuple(f"client_certificate_{field}" for field in _FIELDS),
    "server": tuple(f"certificate_{field}" for field in (*_FIELDS, *_FIELDS_OF_SERVER)),
}
# The key exchange stands behind the certificates: in a record that begins within them it is not found.
BEHIND_CERTIFICATES = {"client": (), "server": ("detail",)}
OF_KEY_EXCHANGE = ("detail",)
