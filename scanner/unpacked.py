"""The only file in a gzip or ZIP file: so devices save configurations, and tools keep them (``vrpcfg.zip``)."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

_GZIP, _ZIP = b"\x1f\x8b\x08", b"PK\x03\x04"
_DAMAGED = (OSError, RuntimeError, NotImplementedError, EOFError, zlib.error, ValueError, zipfile.BadZipFile)


def is_packed(head: bytes) -> bool:
    """It begins as gzip or ZIP files do."""
    return head.startswith((_GZIP, _ZIP))


def only_file(content: Path | bytes, most: int) -> bytes | None:
    """The file that is packed, up to ``most`` bytes and one; None where there are several, or none that can be read.

    No more is unpacked than that, and of a ZIP file no more than a few parts are listed.
    """
    try:
        with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as file:
            head = file.read(len(_ZIP))
            file.seek(0)
            if head.startswith(_GZIP):
                return _of_gzip(file.read(most + 1), most)
            return _of_zip(file, most) if head.startswith(_ZIP) else None
    except _DAMAGED:
        return None


def _of_gzip(packed: bytes, most: int) -> bytes | None:
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    found = stream.decompress(packed, most + 1)
    return found if stream.eof or len(found) > most else None  # one that is cut off is no file


def _of_zip(file: io.BufferedReader | io.BytesIO, most: int) -> bytes | None:
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
