"""Certificates as makers really issue them: what cannot be read must not hide the rest."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from scanner.protocols.tls._x509 import certificate_session

FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(*attributes: x509.NameAttribute) -> bytes:
    name = x509.Name(attributes)
    made = x509.CertificateBuilder(name, name, KEY.public_key(), 7, FROM, UNTIL)
    return made.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_name_with_a_bit_string_is_read() -> None:
    odd = x509.NameAttribute(NameOID.X500_UNIQUE_IDENTIFIER, b"\x01\xff", _type=_ASN1Type.BitString)
    session = certificate_session(certificate(x509.NameAttribute(NameOID.COMMON_NAME, "plc-1"), odd), "server")
    assert session.certificate_subject.endswith("=#01ff,CN=plc-1") or session.certificate_subject.startswith("CN=plc-1")
    assert "#01ff" in session.certificate_subject
    assert session.certificate_key == "EC"
    assert datetime.fromisoformat(session.certificate_not_after).replace(tzinfo=UTC).year == 2027
