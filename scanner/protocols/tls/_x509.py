"""What an X.509 certificate says, as far as an audit asks (RFC 5280; GM/T 0015 for SM2; MB-TCP-Security-v36,
R-21 and R-22, for the role of a Modbus client).
"""

from __future__ import annotations

import functools
import ipaddress
import warnings
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from scanner.protocols.base import Session
from scanner.protocols.common.text import readable
from scanner.protocols.tls._unread import OF_CERTIFICATE
from scanner.wording import said

T = TypeVar("T")

# Signature algorithms by object identifier, named as their RFCs name them.
SIGNATURES = {
    "1.2.840.113549.1.1.2": "md2WithRSAEncryption",
    "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.3.14.3.2.29": "sha1WithRSAEncryption",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
    "1.2.840.10045.4.1": "ecdsa-with-SHA1",
    "1.2.840.10045.4.3.1": "ecdsa-with-SHA224",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
    "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
    "1.2.840.10040.4.3": "dsa-with-SHA1",
    "2.16.840.1.101.3.4.3.1": "dsa-with-SHA224",
    "2.16.840.1.101.3.4.3.2": "dsa-with-SHA256",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "1.2.156.10197.1.501": "SM3-with-SM2",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
    "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}
# Class of the library, name, size in bits where it is not a property of the key.
_KINDS = (
    (rsa.RSAPublicKey, "RSA", 0),
    (ec.EllipticCurvePublicKey, "EC", 0),
    (dsa.DSAPublicKey, "DSA", 0),
    (ed25519.Ed25519PublicKey, "Ed25519", 256),
    (ed448.Ed448PublicKey, "Ed448", 456),
)
MOST_NAMES = 64  # of a certificate
_RSA_PSS = "1.2.840.113549.1.1.10"
_UTF8_STRING = 0x0C
_BROKEN = {"client": "client certificate cannot be parsed", "server": "server certificate cannot be parsed"}
_WITH_ROLE = {
    "client": "client certificate with Modbus role {name}",
    "server": "server certificate with Modbus role {name}",
}
_WITH_EMPTY_ROLE = {
    "client": "client certificate with Modbus role",
    "server": "server certificate with Modbus role",
}
_MODBUS_ROLE = x509.ObjectIdentifier("1.3.6.1.4.1.50316.802.1")
_SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")  # the object identifier 1.2.156.10197.1.301 in DER


@functools.lru_cache(maxsize=256)  # servers send the same one in every handshake
def certificate_session(der: bytes, of: str, chain: str = "") -> Session:
    """The certificate's fields as a session row. ``of`` is whose it is: "server" or "client"; chain: the id of what
    was sent with it.

    What cannot be read is left empty, and a certificate that cannot be read at all is said to be so: stacks in the
    field are less strict than the standard, and a damaged certificate must not hide the rest of the handshake.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd serial numbers and the like are not what is asked here
        try:
            certificate = x509.load_der_x509_certificate(der)
        except (ValueError, x509.InvalidVersion):
            return Session(detail=said(_BROKEN[of]), unread=OF_CERTIFICATE[of])
        key, bits = _key(certificate, der)
        names, unread = _names(certificate)
        return Session(
            certificate_of=of,
            certificate_subject=_name(lambda: certificate.subject),
            certificate_issuer=_name(lambda: certificate.issuer),
            certificate_not_before=_moment(lambda: certificate.not_valid_before_utc),
            certificate_not_after=_moment(lambda: certificate.not_valid_after_utc),
            certificate_key=key,
            certificate_key_bits=bits,
            certificate_signature=_known(lambda: _signature(certificate), ""),
            certificate_self_signed=_self_signed(certificate),
            certificate_names=names[:MOST_NAMES],
            certificate_chain=chain,
            unread=("certificate_names",) if unread and of == "server" else (),
            detail=_known(lambda: _modbus_role(certificate, of), ""),
        )


def _known(read: Callable[[], T], otherwise: T) -> T:
    """What ``read`` gives; the library reads fields when they are asked for, and each can be malformed by itself."""
    try:
        return read()
    except (ValueError, OverflowError, TypeError):
        return otherwise


def _name(read: Callable[[], x509.Name]) -> str:
    return _known(lambda: readable(_written(read()).encode(), 300), "")


def _written(name: x509.Name) -> str:
    """As RFC 4514 writes it; where an attribute is no text (a BIT STRING), which the library refuses, its octets."""
    try:
        return name.rfc4514_string()
    except TypeError:
        parts = ((a.rfc4514_attribute_name, a.value) for a in reversed(list(name)))
        return ",".join(f"{key}={value if isinstance(value, str) else '#' + value.hex()}" for key, value in parts)


def _moment(read: Callable[[], datetime]) -> str:
    return _known(lambda: read().isoformat(), "")


def _key(certificate: x509.Certificate, der: bytes) -> tuple[str, int]:
    """Kind and size in bits of the public key."""
    try:
        public = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return ("SM2", 256) if _SM2_CURVE in der else ("", 0)
    for kind, name, bits in _KINDS:
        if isinstance(public, kind):
            return name, bits or getattr(public, "key_size", 0)
    return type(public).__name__.removesuffix("PublicKey"), 0


def _signature(certificate: x509.Certificate) -> str:
    oid = certificate.signature_algorithm_oid.dotted_string
    if oid == _RSA_PSS:
        digest = certificate.signature_hash_algorithm
        return f"rsassaPss-{digest.name}" if digest is not None else "rsassaPss"
    return SIGNATURES.get(oid, oid)


def _modbus_role(certificate: x509.Certificate, of: str) -> str:
    """The role that a Modbus server authorises its client by: one UTF8String, in some stacks without its BER head."""
    try:
        extension = certificate.extensions.get_extension_for_oid(_MODBUS_ROLE)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return ""
    raw = extension.value.value if isinstance(extension.value, x509.UnrecognizedExtension) else b""
    if len(raw) >= 2 and raw[0] == _UTF8_STRING and raw[1] == len(raw) - 2:
        raw = raw[2:]
    role = readable(raw, 80)
    return said(_WITH_ROLE[of], name=role) if role else said(_WITH_EMPTY_ROLE[of])


def _names(certificate: x509.Certificate) -> tuple[tuple[str, ...], bool]:
    """Names of hosts and addresses that it is for, and whether there may be more."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        hosts = [readable(name.encode(), 255).lower() for name in found.get_values_for_type(x509.DNSName)]
        addresses = [
            str(value)
            for value in found.get_values_for_type(x509.IPAddress)
            if isinstance(value, ipaddress.IPv4Address | ipaddress.IPv6Address)
        ]
    except x509.ExtensionNotFound:
        return (), False
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return (), True
    names = tuple(dict.fromkeys(name for name in (*hosts, *addresses) if name))
    return names, len(names) > MOST_NAMES


def _self_signed(certificate: x509.Certificate) -> bool | None:
    """The issuer is the subject, and the signature is the certificate's own where the library can verify it.

    The library no longer verifies MD5 and SHA-1 and does not know SM2; the names decide then.
    """
    try:
        if certificate.issuer != certificate.subject:
            return False
    except (ValueError, TypeError):
        return None
    try:
        certificate.verify_directly_issued_by(certificate)
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return True
    return True
