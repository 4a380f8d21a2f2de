"""One recording as a file: a ZIP archive, not compressed, of a Parquet file for each table and ``recording.json``.

It is data: nothing of it is run, and whatever of it does not fit is refused. ``recording.json`` holds the SHA-256 of
each table and of itself.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from scanner.errors import Problem
from scanner.facts.frames import Facts, polars_schema
from scanner.facts.schema import TABLES
from scanner.inputs import Input
from scanner.provenance import as_kept, digest_of
from scanner.reading import Reading
from scanner.recordings import Member
from scanner.wording import Said, marked, said

FORMAT = 1
MARK = b"otaudit recording\n"  # before the archive, so that nobody takes it for somebody's documents
ABOUT = "recording.json"
MAX_ABOUT = 64 << 20  # bytes of it
_LONGEST = 200  # characters of what an error says
Json = dict[str, Any]


class Unfit(Exception):
    """The entry is damaged, was edited, or is not what its name says."""

    def __init__(self, why: Said) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True)
class KeptFile:
    """A file of a recording as it was read. last_time: ns since 1970, 0 when no packet has a time."""

    source: str
    size: int
    sha256: str
    last_time: int
    missing: int


def key_of(reader: str, files: Sequence[tuple[str, str, int]]) -> str:
    """The name of the entry: SHA-256 of who reads, and of source, SHA-256 and missing files of each file in turn."""
    return hashlib.sha256(json.dumps([FORMAT, reader, files]).encode()).hexdigest()


def content_of(reader: str, files: Sequence[KeptFile], readings: Sequence[Reading]) -> bytes:
    """The file that holds what was read of a recording, a reading for each of its files."""
    held = io.BytesIO(MARK)
    held.seek(len(MARK))
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        told = [_as_data(number, reading, archive) for number, reading in enumerate(readings)]
        about: Json = {
            "otaudit_recording": FORMAT,
            "reader": reader,
            "files": [asdict(file) for file in files],
            "readings": told,
        }
        about["digest"] = digest_of(about)
        archive.writestr(zipfile.ZipInfo(ABOUT), json.dumps(about, ensure_ascii=True))
    return held.getvalue()


def _as_data(number: int, reading: Reading, archive: zipfile.ZipFile) -> Json:
    tables = {}
    for name, table in sorted(reading.facts.tables.items()):
        content = io.BytesIO()
        table.write_parquet(content)
        archive.writestr(zipfile.ZipInfo(_member(number, name)), content.getvalue())
        tables[name] = hashlib.sha256(content.getvalue()).hexdigest()
    return {
        "tables": tables,
        "inputs": [asdict(given) for given in reading.facts.inputs],
        "problems": [_problem(problem) for problem in reading.problems],
    }


def _problem(problem: Problem) -> Json:
    texts = {name: marked(getattr(problem, name)) for name in ("what", "place", "remedy")}
    return {"source": problem.source, "order": problem.order, **texts}


def files_of(path: Path, reader: str) -> list[KeptFile] | None:
    """The files of the entry, None when another otaudit read them; Unfit, OSError."""
    with _opened(path) as archive:
        about = _about(archive)
        return _files(about) if about["reader"] == reader else None


def readings_of(path: Path, reader: str, members: Sequence[Member]) -> dict[Input, Reading]:
    """What was read of the recording with these files; Unfit, OSError."""
    with _opened(path) as archive:
        about = _about(archive)
        files, told = _files(about), about["readings"]
        named = [(member.input.source, member.missing) for member in members]
        if about["reader"] != reader or [(f.source, f.missing) for f in files] != named:
            raise Unfit(said("it is of other files"))
        if len(told) != len(members):
            raise Unfit(said("readings are missing"))
        readings = [_reading(number, one, archive) for number, one in enumerate(told)]
    given = {(one.source, one.size, one.sha256) for reading in readings for one in reading.facts.inputs}
    if given != {(file.source, file.size, file.sha256) for file in files}:
        raise Unfit(said("it is of other files"))
    return {member.input: reading for member, reading in zip(members, readings, strict=True)}


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever is wrong in it is Unfit."""
    try:
        with _file(path) as file, zipfile.ZipFile(file) as archive:
            yield archive
    except (Unfit, OSError):
        raise
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        RuntimeError,
        TypeError,
        ValueError,
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
    ) as error:
        raise Unfit(
            said("it is damaged: {reason}", reason=" ".join(f"{type(error).__name__} {error}".split())[:_LONGEST])
        ) from error


def _file(path: Path) -> BinaryIO:
    """The file itself: no link, and nothing that waits."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unfit(said("it is no file"))
    return os.fdopen(handle, "rb")


_BINARY = getattr(os, "O_BINARY", 0)


def _about(archive: zipfile.ZipFile) -> Json:
    about = json.loads(_content(archive, ABOUT, MAX_ABOUT))
    if about.pop("digest") != digest_of(about) or about["otaudit_recording"] != FORMAT:
        raise Unfit(said("it was edited"))
    return dict(about)


def _files(about: Json) -> list[KeptFile]:
    return [KeptFile(**file) for file in about["files"]]


def _reading(number: int, told: Json, archive: zipfile.ZipFile) -> Reading:
    tables = {name: _table(archive, _member(number, name), name, digest) for name, digest in told["tables"].items()}
    return Reading(
        Facts(tables, tuple(map(as_kept, told["inputs"]))), tuple(_as_problem(problem) for problem in told["problems"])
    )


def _table(archive: zipfile.ZipFile, member: str, name: str, digest: str) -> pl.DataFrame:
    content = _content(archive, member, archive.getinfo(member).file_size)
    if hashlib.sha256(content).hexdigest() != digest:
        raise Unfit(said("table {name} is not the one that was kept", name=name))
    expected = polars_schema(TABLES[name])
    if dict(pl.read_parquet_schema(io.BytesIO(content))) != expected:
        raise Unfit(said("table {name} has other columns", name=name))
    return pl.read_parquet(io.BytesIO(content)).select(list(expected))


def _content(archive: zipfile.ZipFile, member: str, most: int) -> bytes:
    """A member, which is not compressed, so that it is no larger than the file."""
    info = archive.getinfo(member)
    if info.compress_type != zipfile.ZIP_STORED or info.file_size > most or info.file_size != info.compress_size:
        raise Unfit(said("{file} is compressed or too large", file=member))
    return archive.read(info)


def _as_problem(told: Mapping[str, Any]) -> Problem:
    what, place, remedy = (Said(told[name]) for name in ("what", "place", "remedy"))
    return Problem(str(told["source"]), what, place, remedy, tuple(int(number) for number in told["order"]))


def _member(number: int, table: str) -> str:
    return f"{number}/{table}.parquet"
