"""A pack: rules, frameworks, profiles and remedies as one zip with a name and a version, signed or not.

``otaudit-pack.json`` in it lists every other file with its SHA-256; ``otaudit-pack.sig`` is the Ed25519 signature of
that list with the public key. A pack may be anybody's: it is read whole into memory within limits and never unpacked,
and whatever an honest packer does not make is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from scanner.bounded import read_up_to
from scanner.errors import DefinitionError, Problem, reason
from scanner.wording import NOTHING, Said, said

MANIFEST, SIGNATURE = "otaudit-pack.json", "otaudit-pack.sig"
MOST_FILES = 10_000
MOST_BYTES = 64 << 20  # of the zip, and of what is in it
_FORMAT = 1
_KEY = "otaudit_pack"
_MOST_LISTED = 8 << 20  # bytes of the manifest
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same files make the same zip
_NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,49}")
_SHOWN = 32  # hexadecimal digits of a fingerprint


@dataclass(frozen=True)
class Pack:
    """What a zip holds, checked. signer: SHA-256 of the public key that signed it; empty: nobody did."""

    name: str
    version: str
    files: Mapping[str, bytes]
    manifest: bytes
    signer: str = ""

    @property
    def origin(self) -> str:
        """What results and reports call it."""
        who = f"signed by {self.signer[:_SHOWN]}" if self.signer else "not signed"
        return f"{self.name} {self.version}, {who}"


def read_pack(path: Path) -> Pack:
    """The pack in a file. DefinitionError in one line when it is none, was altered, or is not to be trusted."""
    try:
        data = read_up_to(path, MOST_BYTES)
    except OSError as error:
        raise _wrong(path, said("cannot be read: {reason}", reason=reason(error))) from None
    if len(data) > MOST_BYTES:
        raise _wrong(path, said("larger than {bytes:,} bytes", bytes=MOST_BYTES))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = _contents(path, archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        what = said("is not a zip, or is damaged")
        raise _wrong(path, what, said("get it again from where it came from")) from None
    return _checked(path, found)


def _contents(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise _wrong(path, said("holds more than {entries:,} files and folders", entries=MOST_FILES))
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _wrong(path, said("holds more than {bytes:,} bytes of definitions", bytes=MOST_BYTES))
    found: dict[str, bytes] = {}
    known: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        what = _refused(entry, name)
        if not what and name.casefold() in known:
            what = said("is in it twice")
        if what:
            raise _wrong(path, said("'{name}': {what}", name=_fit(name), what=what), _MADE_BY)
        known.add(name.casefold())
        if not entry.is_dir():
            with archive.open(entry) as file:
                found[name] = file.read(entry.file_size + 1)
            if len(found[name]) != entry.file_size:
                raise zipfile.BadZipFile
    return found


_MADE_BY = said("use packs that otaudit rules pack made")


def _refused(entry: zipfile.ZipInfo, name: str) -> Said:
    """Why an entry is none that an honest packer makes; nothing when it is."""
    mode = entry.external_attr >> 16
    parts = PurePosixPath(name).parts
    if entry.flag_bits & 0x1:
        return said("is encrypted")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return said("is not a plain file")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return said("is compressed in a way that is not read")
    unfit = not name.isprintable() or "\\" in name or ":" in name or name.startswith("/") or not parts
    if unfit or ".." in parts or name.rstrip("/") != "/".join(parts):
        return said("is not a path inside of the pack")
    return NOTHING


def _checked(path: Path, found: dict[str, bytes]) -> Pack:
    manifest = found.pop(MANIFEST, None)
    signature = found.pop(SIGNATURE, None)
    if manifest is None:
        raise _wrong(path, said("holds no {file}", file=MANIFEST), said("make it with otaudit rules pack"))
    stated = _stated(path, manifest)
    for name in sorted(found.keys() | stated.files.keys()):
        if name not in stated.files:
            raise _wrong(path, said("'{name}' is not in its list of files", name=_fit(name)), _ALTERED)
        if name not in found:
            raise _wrong(path, said("'{name}' of its list of files is missing", name=_fit(name)), _ALTERED)
        if hashlib.sha256(found[name]).hexdigest() != stated.files[name]:
            raise _wrong(path, said("'{name}' is not what was packed", name=_fit(name)), _ALTERED)
    signer = _signer(path, manifest, signature) if signature is not None else ""
    return Pack(stated.name, stated.version, found, manifest, signer)


_ALTERED = said("it was altered; get it again from where it came from")


@dataclass(frozen=True)
class _Stated:
    """What a manifest says."""

    name: str
    version: str
    files: Mapping[str, str]  # SHA-256 by path


def _stated(path: Path, manifest: bytes) -> _Stated:
    try:
        read = json.loads(manifest[:_MOST_LISTED], object_pairs_hook=_once)
        stated = _Stated(read["name"], read["version"], read["files"])
        right = (
            read.keys() == {_KEY, "name", "version", "files"}
            and read[_KEY] == _FORMAT
            and _NAME.fullmatch(stated.name)
            and _VERSION.fullmatch(stated.version)
            and all(isinstance(digest, str) for digest in stated.files.values())
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        right = None
    if not right:
        what = said("{file} is not a list of files as otaudit writes it", file=MANIFEST)
        raise _wrong(path, what, said("make it with otaudit rules pack"))
    return stated


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _signer(path: Path, manifest: bytes, signature: bytes) -> str:
    """The fingerprint of the key. DefinitionError when the signature is not one of this manifest."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        read = json.loads(signature[:10_000], object_pairs_hook=_once)
        key = base64.b64decode(read["public_key"], validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(read["signature"], validate=True), manifest)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error, InvalidSignature):
        raise _wrong(path, said("its signature does not fit"), _ALTERED) from None
    return hashlib.sha256(key).hexdigest()


def packed(name: str, version: str, files: Mapping[str, bytes], key: bytes | None, password: bytes | None) -> bytes:
    """The zip of the files. key: an Ed25519 private key in PEM, by which it is signed; ValueError when it is none."""
    digests = {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
    stated = {_KEY: _FORMAT, "name": name, "version": version, "files": digests}
    manifest = (json.dumps(stated, ensure_ascii=False, indent=1) + "\n").encode()
    whole = {MANIFEST: manifest, **dict(sorted(files.items()))}
    if key is not None:
        whole[SIGNATURE] = _signature(manifest, key, password)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in whole.items():
            entry = zipfile.ZipInfo(path, _WHEN)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o100644 << 16, 3
            archive.writestr(entry, content)
    return out.getvalue()


def _signature(manifest: bytes, key: bytes, password: bytes | None) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    private = load_pem_private_key(key, password)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError("another kind of key")  # noqa: TRY004 - what the library raises of other keys
    public = private.public_key().public_bytes_raw()
    read = {
        "public_key": base64.b64encode(public).decode(),
        "signature": base64.b64encode(private.sign(manifest)).decode(),
    }
    return (json.dumps(read, indent=1) + "\n").encode()


def fingerprint(pem: bytes) -> str:
    """Of an Ed25519 public key in PEM; ValueError when it is none."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("another kind of key")  # noqa: TRY004 - what the library raises of other keys
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def named_well(name: str, version: str) -> bool:
    """Both can be those of a pack."""
    return bool(_NAME.fullmatch(name) and _VERSION.fullmatch(version))


def _fit(name: str) -> str:
    return name[:80].encode("unicode_escape").decode("ascii") if not name.isprintable() else name[:80]


def _wrong(path: Path, what: Said, remedy: Said = NOTHING) -> DefinitionError:
    return DefinitionError(Problem(str(path), what, remedy=remedy))
