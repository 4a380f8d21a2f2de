"""Captures that lie elsewhere, by a URL that fsspec opens: ``s3://…``, ``gs://…``, ``sftp://…``, ``file://…``.

fsspec is in the extra ``fleet`` and is imported when a URL is given.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, cast

from scanner.errors import InputError, Problem
from scanner.inputs import Input, InputKind
from scanner.limits import limits
from scanner.wording import said

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://\S")  # a letter and a colon alone are a drive
_HEAD = 4096
_AT_ONCE = 16  # files whose first bytes are asked for


def is_url(argument: str) -> bool:
    """The argument names something elsewhere, no path."""
    return _URL.match(argument) is not None


def opened(url: str) -> BinaryIO:
    """The file, to be read from its beginning; InputError."""
    try:
        fsspec = _fsspec(url)
        return cast("BinaryIO", fsspec.open(url, "rb").open())
    except InputError:
        raise
    except Exception as error:  # each of fsspec's file systems has errors of its own
        raise InputError(url, said("cannot be opened: {reason}", reason=_words(error))) from error


def find_urls(argument: str, problems: list[Problem]) -> Iterator[Input]:
    """The captures at the URL, or below it where it is a folder; what else lies there is added to ``problems``."""
    try:
        found = _listed(argument)
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            heads = list(threads.map(lambda one: _head(*one), found))
    except InputError as error:
        problems.append(error.problem)
        return
    except Exception as error:  # noqa: BLE001 - the same
        problems.append(Problem(argument, said("cannot be opened: {reason}", reason=_words(error))))
        return
    captures = [one for one, head in zip(found, heads, strict=True) if _is_capture(head)]
    for url, _ in (one for one in found if one not in captures):
        what, remedy = said("no capture, so not examined"), said("copy it here; only captures are read from elsewhere")
        problems.append(Problem(url, what, remedy=remedy))
    if not found:
        problems.append(Problem(argument, said("no such file or folder"), remedy=said("check the path")))
    for url, size in captures:
        yield Input(InputKind.CAPTURE, url, url=url, length=size)


def _fsspec(url: str) -> Any:
    try:
        return importlib.import_module("fsspec")
    except ImportError:
        what = said("a URL needs what is not installed")
        raise InputError(url, what, remedy=said("pip install 'otaudit[fleet]'")) from None


def _listed(argument: str) -> list[tuple[str, int]]:
    """URL and bytes of each file; the argument itself, or all that is below it, by name."""
    fsspec = _fsspec(argument)
    files, path = fsspec.core.url_to_fs(argument)
    try:
        about = files.info(path)
    except FileNotFoundError:
        return []
    if about["type"] != "directory":
        return [(argument, int(about.get("size") or 0))]
    begin = argument.rstrip("/")
    found: list[tuple[str, int]] = []
    for name, each in sorted(files.find(path, detail=True).items()):
        if len(found) == limits().folder_entries:
            break
        rest = name[len(path.rstrip("/")) :] if name.startswith(path.rstrip("/")) else f"/{name}"
        found.append((begin + rest, int(each.get("size") or 0)))
    return found


def _head(url: str, _: int) -> bytes:
    with opened(url) as file:
        return file.read(_HEAD)


def _is_capture(head: bytes) -> bool:
    from scanner.capture.files.magic import is_capture

    return is_capture(head)


def _words(error: Exception) -> str:
    return " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())[:200]
