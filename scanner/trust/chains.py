"""Whether a chain of certificates leads to an authority (RFC 5280, section 6.1): names, signatures, validity, and
that who signs is an authority itself.

Answers have three values: what the library cannot verify (SM2, MD5) and restrictions that are not followed (names)
leave a chain unknown. Revocation is asked of nobody.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

from scanner.protocols.common.text import readable
from scanner.wording import said

MOST_STEPS = 10  # certificates of a chain
_FOLLOWED = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.CERTIFICATE_POLICIES,
}


class Trust(NamedTuple):
    """trusted: None where it is not known. why: what is wrong, or why nobody knows."""

    trusted: bool | None
    why: str = ""


class _Problem(NamedTuple):
    """Why a certificate does not vouch for another, and whether that is certain."""

    certain: bool
    why: str


class Authorities:
    """Those of all stores, ready to be asked."""

    def __init__(self, certificates: Iterable[bytes]) -> None:
        self._by_subject: dict[x509.Name, list[x509.Certificate]] = {}
        self._known = set(certificates)
        for der in sorted(self._known):
            one = _parsed(der)
            if one is not None:
                self._by_subject.setdefault(one.subject, []).append(one)

    def judge(self, chain: Sequence[bytes], when: datetime | None, *, complete: bool) -> Trust:
        """Whether the first certificate is trusted by way of the others. complete: all that were sent are there."""
        if not chain:
            return Trust(None)
        if (end := _parsed(chain[0])) is None:
            return Trust(None, said("it cannot be parsed"))
        others = [one for one in map(_parsed, chain[1:MOST_STEPS]) if one is not None]
        if outside := _outside(end, when):
            return Trust(False, outside)
        found = self._lead(end, others, when)
        if found.trusted is False and not complete:
            return Trust(None, said("not all certificates that were sent were captured"))
        return found

    def _lead(self, end: x509.Certificate, others: list[x509.Certificate], when: datetime | None) -> Trust:
        """Along whoever may have signed, up to an authority; each certificate that was sent is gone by once."""
        good = Trust(True) if when else Trust(None, said("when it was sent is not known"))
        problems: list[_Problem] = []
        last, open_ends, left = end, [(end, 0)], list(others)
        while open_ends:
            last, below = open_ends.pop()
            if last.public_bytes(Encoding.DER) in self._known:
                return good
            anchors = self._by_subject.get(last.issuer, [])
            for issuer in (*anchors, *(one for one in left if one.subject == last.issuer)):
                given = any(issuer is anchor for anchor in anchors)
                if problem := _problem(last, issuer, None if given else below, when):
                    problems.append(problem)
                elif given:
                    return good
                else:
                    left = [one for one in left if one is not issuer]
                    open_ends.append((issuer, below + 1))
        if doubt := next((problem for problem in problems if not problem.certain), None):
            return Trust(None, doubt.why)
        issued = said("none of the given authorities issued it: {name}", name=_name(last.issuer))
        return Trust(False, problems[0].why if problems else issued)


def _problem(
    current: x509.Certificate, issuer: x509.Certificate, below: int | None, when: datetime | None
) -> _Problem | None:
    """Why the issuer does not vouch for it. below: authorities between the end and an issuer that was sent; None: it
    was given.
    """
    name = _name(issuer.subject)
    try:
        current.verify_directly_issued_by(issuer)
        extensions = issuer.extensions
    except InvalidSignature:
        return _Problem(True, said("the signature is not that of {name}", name=name))
    except (UnsupportedAlgorithm, ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return _Problem(False, said("the signature of {name} cannot be verified", name=name))
    if outside := _outside(issuer, when):
        return _Problem(True, outside)
    if not _is_authority(issuer, extensions, below):
        return _Problem(True, said("{name} may not sign it, and did", name=name))
    if any(one.critical and one.oid not in _FOLLOWED for one in extensions):
        return _Problem(False, said("{name} signs under restrictions that are not followed", name=name))
    return None


def _is_authority(issuer: x509.Certificate, extensions: x509.Extensions, below: int | None) -> bool:
    """It says that it signs certificates, with so many authorities below it; version 1 could not say so, which counts
    only where it was given.
    """
    if issuer.version is x509.Version.v1:
        return below is None
    constraints = _extension(extensions, x509.BasicConstraints)
    usage = _extension(extensions, x509.KeyUsage)
    if constraints is None or not constraints.ca or (usage is not None and not usage.key_cert_sign):
        return False
    return constraints.path_length is None or below is None or below <= constraints.path_length


E = TypeVar("E", bound=x509.ExtensionType)


def _extension(extensions: x509.Extensions, kind: type[E]) -> E | None:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _outside(certificate: x509.Certificate, when: datetime | None) -> str:
    """That it was not valid then; empty where it was, or the time is not known."""
    if when is None or certificate.not_valid_before_utc <= when <= certificate.not_valid_after_utc:
        return ""
    return said("{name} is outside its validity", name=_name(certificate.subject))


def _name(name: x509.Name) -> str:
    return readable(name.rfc4514_string().encode(), 200)


def _parsed(der: bytes) -> x509.Certificate | None:
    """The certificate, as far as its names and times can be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = x509.load_der_x509_certificate(der)
            names = found.subject, found.issuer
            times = found.not_valid_before_utc, found.not_valid_after_utc
            list(map(x509.Name.rfc4514_string, names))
        except (ValueError, TypeError, OverflowError, x509.InvalidVersion):
            return None
        return found if all(times) else None
