"""What a ZIP or OLE2 file is, by its list of contents: a workbook that can be read, or something to refuse by name.

Only the list is read, however large the file is. Sources: ECMA-376 part 2 (packages), ODF 1.3 part 2, 3.3
(``mimetype``), MS-OFFCRYPTO 2.3.4.4 (``EncryptedPackage``), PKWARE's APPNOTE 4.3 (end of central directory).
"""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from scanner.wording import NOTHING, Said, said

if TYPE_CHECKING:
    import zipfile

ZIP = b"PK\x03\x04"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_DIRECTORY = 8 << 20  # bytes of a list of contents: some 100,000 parts, where a workbook has hundreds

_TAIL = 22 + 65535 + 20  # end of central directory with the longest comment, and the locator of ZIP64 before it
_PARTS = (
    ("word/", said("is a Word document")),
    ("ppt/", said("is a PowerPoint presentation")),
    ("visio/", said("is a Visio drawing")),
)
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_STREAMS = (
    ("WordDocument", said("is an old Word document")),
    ("PowerPoint Document", said("is an old PowerPoint presentation")),
    ("VisioDocument", said("is an old Visio drawing")),
    ("__properties_version1.0", said("is an Outlook message")),
)
_START = 65536  # bytes of a part that tells what the file is
_AS_TEXT = said("export the data as a workbook, CSV, YAML or JSON")
_NEW_COPY = said("copy or save it again")
_DECRYPT = said("save it without a password")
_UNPACK = said("unpack it first")


class Content(NamedTuple):
    """What the file is in words (``is a Word document``) and what to do; ``workbook``: a spreadsheet to be read;
    ``own``: one that otaudit wrote.
    """

    what: Said
    remedy: Said = NOTHING
    workbook: bool = False
    own: bool = False


WORKBOOK = Content(said("is a workbook"), workbook=True)
ENCRYPTED = Content(said("is an encrypted workbook"), _DECRYPT)
OWN = Content(said("is a report of otaudit"), said("name the list that the plant keeps"), own=True)


def is_container(head: bytes) -> bool:
    """ZIP or OLE2 by its first bytes."""
    return head.startswith((ZIP, OLE2))


def look(content: Path | bytes) -> Content:
    """What a ZIP or OLE2 file is. OSError when it cannot be read."""
    with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as file:
        head = file.read(8)
        return _zip(file) if head.startswith(ZIP) else _ole2(file)


def _zip(file: BinaryIO) -> Content:
    import zipfile

    damaged = Content(said("is a damaged workbook or ZIP archive"), _NEW_COPY)
    try:
        size = directory_size(file)
        if size > MAX_DIRECTORY:
            return Content(said("is a ZIP archive of too many parts"), _UNPACK)
        with zipfile.ZipFile(file) as archive:
            return _by_parts(archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, EOFError, UnicodeError):
        return damaged


def directory_size(file: BinaryIO) -> int:
    """Bytes of the central directory of a ZIP file, before anything of it is read; ValueError when there is none."""
    size = file.seek(0, io.SEEK_END)
    start = file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise ValueError("no end of central directory")
    claimed: int = struct.unpack_from("<L", tail, end + 12)[0]
    if end >= 20 and tail[end - 20 : end - 16] == b"PK\x06\x07":
        file.seek(min(struct.unpack_from("<Q", tail, end - 12)[0], start + end))
        record = file.read(56)
        if record[:4] == b"PK\x06\x06" and len(record) == 56:
            claimed = max(claimed if claimed != 0xFFFFFFFF else 0, struct.unpack_from("<Q", record, 40)[0])
    return claimed


def _by_parts(archive: zipfile.ZipFile) -> Content:
    names = {info.filename.replace("\\", "/").lower(): info for info in archive.infolist()}
    for begins, what in _PARTS:
        if any(name.startswith(begins) for name in names):
            return Content(what, _AS_TEXT)
    kind = _start(archive, names.get("mimetype"))
    if kind.startswith(_OPEN_DOCUMENT):
        if not kind.startswith(_OPEN_DOCUMENT + b"spreadsheet"):
            return Content(said("is an OpenDocument file without tables"), _AS_TEXT)
        return ENCRYPTED if b"encryption-data" in _start(archive, names.get("meta-inf/manifest.xml")) else WORKBOOK
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        if any(info.flag_bits & 1 for info in names.values()):
            return ENCRYPTED
        return OWN if b">otaudit<" in _start(archive, names.get("docprops/core.xml")) else WORKBOOK
    return Content(said("is a ZIP archive"), _UNPACK)


def _start(archive: zipfile.ZipFile, part: zipfile.ZipInfo | None) -> bytes:
    """The first bytes of a small part; empty when there is none or it cannot be read."""
    import zlib

    if part is None:
        return b""
    try:
        with archive.open(part) as file:
            return file.read(_START)
    except (OSError, RuntimeError, NotImplementedError, EOFError, zlib.error, ValueError):
        return b""


def _ole2(file: BinaryIO) -> Content:
    import olefile

    other = Content(said("is a file of an old Microsoft program"), _AS_TEXT)
    try:
        with olefile.OleFileIO(file) as ole:  # type: ignore[no-untyped-call]
            names = {entry[0] for entry in ole.listdir() if len(entry) == 1}
    except (OSError, ValueError, IndexError, RecursionError, struct.error, AttributeError, TypeError, EOFError):
        return Content(said("is a damaged file of an old Microsoft program"), _NEW_COPY)
    if "EncryptedPackage" in names:
        return Content(said("is an encrypted Office file"), _DECRYPT)
    if {"Workbook", "Book", "WORKBOOK", "BOOK"} & names:
        return WORKBOOK
    return next((Content(what, _AS_TEXT) for stream, what in _STREAMS if stream in names), other)
