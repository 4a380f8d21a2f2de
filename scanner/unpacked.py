"""Packed files: the only file in a gzip or ZIP file (``vrpcfg.zip``), and the files of an archive (tar, tar.gz, ZIP).

So devices save configurations, and so tools keep them. Nothing is written, and no more is unpacked than the limits
allow.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from scanner.wording import NOTHING, Said, said

MAX_FILES = 5_000  # files and folders of an archive that are looked at
MAX_UNPACKED = 128 * 1024 * 1024  # bytes of an archive that are unpacked
MAX_MEMBER_NAME = 200  # characters of the name of a file in an archive
_GZIP, _ZIP = b"\x1f\x8b\x08", b"PK\x03\x04"
_TAR, _TAR_AT = b"ustar", 257
_BLOCK = 512  # bytes of the header of a file in a tar file
_DAMAGED = (
    OSError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    zlib.error,
    ValueError,
    zipfile.BadZipFile,
    tarfile.TarError,
)


class _TooMuchError(Exception):
    """More would be unpacked than the limits allow."""


@dataclass
class Archive:
    """What stands in an archive. files: those that were asked for, by name; others: the names of the rest."""

    files: list[tuple[str, bytes]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    flaw: Said = NOTHING  # why it was not read to its end


def is_packed(head: bytes) -> bool:
    """It begins as gzip or ZIP files do."""
    return head.startswith((_GZIP, _ZIP))


def is_archive(head: bytes) -> bool:
    """It begins as a ZIP file does, as a tar file, or as one in a gzip file."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, _BLOCK)
        except zlib.error:
            return False
    return head.startswith(_ZIP) or head[_TAR_AT:].startswith(_TAR)


def holds_several(path: Path, head: bytes) -> bool:
    """An archive, and no ZIP file with a single file in it."""
    return is_archive(head) and (head.startswith(_GZIP) or only_file(path, _BLOCK) is None)


def only_file(content: Path | bytes, most: int) -> bytes | None:
    """The file that is packed, up to ``most`` bytes and one; None where there are several, or none that can be read.

    No more is unpacked than that, and of a ZIP file no more than a few parts are listed.
    """
    try:
        with _opened(content) as file:
            head = file.read(len(_ZIP))
            file.seek(0)
            if head.startswith(_GZIP):
                return _of_gzip(file.read(most + 1), most)
            return _of_zip(file, most) if head.startswith(_ZIP) else None
    except _DAMAGED:
        return None


def _opened(content: Path | bytes) -> BinaryIO:
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


def _of_gzip(packed: bytes, most: int) -> bytes | None:
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    found = stream.decompress(packed, most + 1)
    return found if stream.eof or len(found) > most else None  # one that is cut off is no file


def _of_zip(file: BinaryIO, most: int) -> bytes | None:
    from scanner.office import MAX_DIRECTORY, directory_size

    if directory_size(file) > MAX_DIRECTORY:
        return None
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        parts = [info for info in archive.infolist() if not info.is_dir()]
        if len(parts) != 1 or parts[0].flag_bits & 1:
            return None
        with archive.open(parts[0]) as part:
            return part.read(most + 1)


def holds(path: Path, head: int, wanted: Callable[[bytes], bool]) -> bool:
    """Some file of the archive is wanted, by its first bytes."""
    try:
        return any(wanted(read(head)) for _, read in _files(path))
    except (*_DAMAGED, _TooMuchError):
        return False


def unpack(path: Path, most: int, head: int, wanted: Callable[[str, bytes], bool]) -> Archive:
    """The files that are wanted, by their names and first bytes; of each up to ``most`` bytes and one."""
    found = Archive()
    left = MAX_UNPACKED
    try:
        for name, read in _files(path):
            begins = read(head)
            if not wanted(name, begins):
                found.others.append(name)
                continue
            data = begins + read(most + 1 - len(begins))
            left -= len(data)
            if left < 0:
                raise _TooMuchError  # noqa: TRY301
            found.files.append((name, data))
    except _TooMuchError:
        found.flaw = said(
            "an archive of more than {files:,} files or {bytes:,} bytes unpacked: the rest was not read",
            files=MAX_FILES,
            bytes=MAX_UNPACKED,
        )
    except _DAMAGED:
        found.flaw = said("a damaged or encrypted archive: what stands behind was not read")
    return found


_Read = Callable[[int], bytes]


def _files(path: Path) -> Iterator[tuple[str, _Read]]:
    """Each file with its name, and what reads on in it; folders and links are none."""
    with path.open("rb") as file:
        head = file.read(len(_ZIP))
        file.seek(0)
        yield from _in_zip(file) if head == _ZIP else _in_tar(file, packed=head.startswith(_GZIP))


def _in_zip(file: BinaryIO) -> Iterator[tuple[str, _Read]]:
    from scanner.office import MAX_DIRECTORY, directory_size

    if directory_size(file) > MAX_DIRECTORY:
        raise _TooMuchError
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_FILES:
            raise _TooMuchError
        for info in parts:
            if not info.is_dir():
                with archive.open(info) as part:
                    yield info.filename[:MAX_MEMBER_NAME], part.read


def _in_tar(file: BinaryIO, *, packed: bool) -> Iterator[tuple[str, _Read]]:
    stream = _Bounded(cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file)
    with tarfile.open(fileobj=cast("BinaryIO", stream), mode="r|") as archive:
        for number, info in enumerate(archive):
            if number >= MAX_FILES:
                raise _TooMuchError
            part = archive.extractfile(info) if info.isreg() and not info.issparse() else None
            if part is not None:
                yield info.name.removeprefix("./")[:MAX_MEMBER_NAME], part.read


class _Bounded:
    """A stream of which no more is read than may be unpacked."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = MAX_UNPACKED

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise _TooMuchError
        return data
