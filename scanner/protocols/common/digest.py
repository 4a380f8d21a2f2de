"""What is told of a password that a client shows to know by Digest (RFC 7616, RFC 2617; of SIP RFC 8760).

The digest is made of the password and of what stands beside it in the same field, so that each known password of the
user can be tried. Of ``auth-int``, which takes the body in as well, nothing is told.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import unquote

from scanner.protocols.common import default_log_ins
from scanner.wording import Said

_PARAMETER = re.compile(r'([A-Za-z*-]{1,32})\s{0,8}=\s{0,8}(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
_SESSION = "-SESS"
_NEEDED = ("realm", "nonce", "uri", "response")


def of_field(value: str, method: str) -> Said | str:
    """What is told of the password behind an Authorization field; nothing where its scheme is another."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest":
        return ""
    sent = _parameters(rest)
    algorithm = sent.get("algorithm", "MD5").upper()
    name = _ALGORITHMS.get(algorithm.removesuffix(_SESSION), "")
    quality = sent.get("qop", "").lower()
    user = _user(sent, name)
    lacking = not all(map(sent.get, _NEEDED)) or (quality and not {"nc", "cnonce"} <= sent.keys())
    if lacking or not name or user is None or quality not in ("", "auth") or name not in hashlib.algorithms_available:
        return default_log_ins.UNTOLD
    called = _hash(name, method, sent["uri"])
    counted = (sent["nc"], sent["cnonce"], sent["qop"]) if quality else ()
    secret_of = f"{user}:{sent['realm']}:".encode("latin-1", "replace")

    def proves(password: bytes) -> bool:
        known = _digest(name, secret_of + password)
        if algorithm.endswith(_SESSION):
            known = _hash(name, known, sent["nonce"], sent.get("cnonce", ""))
        return _hash(name, known, sent["nonce"], *counted, called) == sent["response"].lower()

    return default_log_ins.of_proof(user.encode("latin-1", "replace"), proves)


def of_sasl(response: bytes) -> Said | str:
    """What is told of the response of SASL's DIGEST-MD5 (RFC 2831, section 2.1.2.1); nothing where something lacks."""
    sent = _parameters(response.decode("latin-1"))
    if not {"username", "nonce", "cnonce", "nc", "digest-uri", "response"} <= sent.keys():
        return ""
    quality = sent.get("qop", "auth")
    called = f"AUTHENTICATE:{sent['digest-uri']}" + (f":{'0' * 32}" if quality != "auth" else "")
    beside = [sent["nonce"], sent["cnonce"], *([sent["authzid"]] if "authzid" in sent else [])]
    secret_of = f"{sent['username']}:{sent.get('realm', '')}:".encode("latin-1")

    def proves(password: bytes) -> bool:
        known = hashlib.md5(secret_of + password, usedforsecurity=False).digest()
        session = _digest("md5", known + ":".join(("", *beside)).encode("latin-1"))
        shown = _hash("md5", session, sent["nonce"], sent["nc"], sent["cnonce"], quality, _hash("md5", called))
        return shown == sent["response"].lower()

    return default_log_ins.of_proof(sent["username"].encode("latin-1"), proves)


def _parameters(text: str) -> dict[str, str]:
    found = _PARAMETER.finditer(text)
    return {m[1].lower(): re.sub(r"\\(.)", r"\1", m[2]) if m[2] is not None else m[3] for m in found}


def _user(sent: Mapping[str, str], name: str) -> str | None:
    """The user, whose name may be hashed with the realm (RFC 7616, section 3.4.4); None where it is not said."""
    if "username*" in sent:
        return unquote(sent["username*"].rpartition("'")[2], "latin-1")
    user = sent.get("username")
    if user is None or sent.get("userhash", "").lower() != "true" or not name:
        return user
    known = (listed.decode() for listed in default_log_ins.users())
    return next((own for own in known if _hash(name, own, sent.get("realm", "")) == user.lower()), user)


def _hash(name: str, *parts: str) -> str:
    return _digest(name, ":".join(parts).encode("latin-1", "replace"))


def _digest(name: str, data: bytes) -> str:
    return hashlib.new(name, data, usedforsecurity=False).hexdigest()
