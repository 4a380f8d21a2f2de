"""A ZIP workbook with only the parts that hold cells, stored without compression, so that what the reader behind
unpacks is what was counted here. Pictures, drawings and the like are left out.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from scanner.errors import WrongText
from scanner.wording import said

MAX_UNPACKED = 256 << 20  # bytes; 200,000 rows of 30 cells are some 200 MB of XML
_CHUNK = 1 << 20
_LEFT_OUT = re.compile(
    r"(?i)(?:xl/(?:media|drawings|charts|embeddings|printersettings|theme|ctrlprops|activex|pivot|calcchain|vba)"
    r"|docprops/|customxml/|pictures/|thumbnails/|object|configurations).*|.*\.(?:png|jpe?g|emf|wmf|gif|vml|svm)"
)
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENTITIES_16 = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)", re.IGNORECASE)


def unpacked(data: bytes) -> bytes:
    """The workbook with its cells, nothing compressed. WrongText when it is damaged, declares
    entities, or grows beyond the limit.
    """
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(out, "w") as plain:
            _copy(packed, plain)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise WrongText(said("the workbook is damaged ({error})", error=error)) from error
    return out.getvalue()


def _copy(packed: zipfile.ZipFile, plain: zipfile.ZipFile) -> None:
    parts = [info for info in packed.infolist() if not _LEFT_OUT.fullmatch(info.filename) and not info.is_dir()]
    if sum(info.file_size for info in parts) > MAX_UNPACKED:
        raise WrongText(said("the workbook unpacks to more than {size} MiB", size=MAX_UNPACKED >> 20))
    names = set()
    for info in parts:
        if info.filename in names:
            raise WrongText(said("the workbook holds two parts named '{part}'", part=info.filename[:60]))
        names.add(info.filename)
        with packed.open(info) as source, plain.open(_plain(info.filename), "w") as target:
            first = True
            while chunk := source.read(_CHUNK):
                if first and not info.filename.endswith(".bin") and _declares_entities(chunk):
                    what = said(
                        "part '{part}' declares XML entities, which no spreadsheet does", part=info.filename[:60]
                    )
                    raise WrongText(what)
                first = False
                target.write(chunk)


def _plain(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name)


def _declares_entities(start: bytes) -> bool:
    """A document type stands before the first element, where comments may stand too, so the whole start is searched."""
    return (_ENTITIES_16 if b"\0" in start[:64] else _ENTITIES).search(start) is not None
