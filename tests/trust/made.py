"""Authorities and certificates made on the spot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

NOW = datetime(2024, 1, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


@cache
def key(name: str) -> ec.EllipticCurvePrivateKey:  # noqa: ARG001 - whose it is
    """One for each name."""
    return ec.generate_private_key(ec.SECP256R1())


def made(
    name: str,
    issuer: Made | None = None,
    *,
    authority: bool = False,
    length: int | None = None,
    until: int = 30,
    usage: bool = True,
    signer: str = "",
    critical: str = "",
) -> Made:
    """A certificate; until: days from NOW. signer: whose key signs instead of the issuer's."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    own = key(name)
    builder = (
        x509.CertificateBuilder(subject_name=subject, public_key=own.public_key(), serial_number=1000)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .not_valid_before(NOW - timedelta(days=400))
        .not_valid_after(NOW + timedelta(days=until))
    )
    if authority or length is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=length), critical=True)
        signs = [usage if n == 5 else False for n in range(9)]
        builder = builder.add_extension(x509.KeyUsage(*signs), critical=True)
    if critical:
        rare = x509.UnrecognizedExtension(x509.ObjectIdentifier(critical), b"\5\0")
        builder = builder.add_extension(rare, critical=True)
    by = key(signer) if signer else issuer.key if issuer else own
    return Made(builder.sign(by, SHA256()), own)
