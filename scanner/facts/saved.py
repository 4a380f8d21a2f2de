"""Saved facts: a folder with a Parquet file for each table and ``facts.json``, which says what they were read from.

The folder is written whole or not at all, and on the disk before it takes the place of what was there. ``facts.json``
holds the SHA-256 of each table's file, of the inputs, of the rules, the profile and whatever else the scan that saved
them judged with, and of itself, so that what was edited, cut or taken from another plant is refused. This finds
accidents and careless edits; who can write the folder can compute digests anew, so archives that must stand up are to
be signed.

What of captures was read before lies beside them in ``KEPT`` (``scanner.store``), and stays when they are written anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from scanner import __version__
from scanner.bounded import read_up_to
from scanner.drafts import draft
from scanner.errors import DefinitionError, InputError, Problem
from scanner.exchanged import put_in_place
from scanner.facts.frames import Facts, polars_schema
from scanner.facts.schema import TABLES
from scanner.facts.thin import thin
from scanner.provenance import Defect, as_kept, digest_of
from scanner.wording import said

FORMAT = 14  # raised when a stored table or this form changes
ABOUT = "facts.json"
KEPT = "recordings"
MAX_ABOUT = 64 << 20  # bytes of it
MARK = b'"otaudit_facts"'
_AGAIN = said("scan the inputs again")


def is_saved(folder: Path) -> bool:
    """The folder holds facts that otaudit saved, whole or damaged."""
    try:
        with (folder / ABOUT).open("rb") as file:
            return MARK in file.read(200)
    except OSError:
        return False


def may_be_saved(folder: Path) -> None:
    """DefinitionError unless the folder is new, empty or holds saved facts or what was read before."""
    try:
        held = folder.exists() and (not folder.is_dir() or {entry.name for entry in folder.iterdir()} - {KEPT})
    except OSError as error:
        raise _unsaved(folder, error) from error
    if held and not is_saved(folder):
        what = said("already exists and holds no saved facts")
        raise DefinitionError(Problem(str(folder), what, remedy=said("choose another place")))


def save(facts: Facts, folder: Path, made_with: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Write the facts to the folder, which ``may_be_saved``; DefinitionError when that fails.

    made_with: the digests and options of the scan.
    """
    may_be_saved(folder)
    try:
        place = folder.resolve()  # what a link points to, not the link
        place.parent.mkdir(parents=True, exist_ok=True)
        with draft(place, KEPT) as found:
            _write(facts, found, made_with)
            found.chmod(0o755)
            with suppress(FileNotFoundError):
                (place / KEPT).replace(found / KEPT)
            put_in_place(found, place)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unsaved(folder, error) from error


def _unsaved(folder: Path, error: Exception) -> DefinitionError:
    reason = getattr(error, "strerror", None) or error
    what = said("facts cannot be saved: {reason}", reason=reason)
    return DefinitionError(Problem(str(folder), what, remedy=said("choose another place")))


def _write(facts: Facts, folder: Path, made_with: Mapping[str, Any]) -> None:
    for name, table in facts.tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    about: dict[str, Any] = {
        "otaudit_facts": FORMAT,
        "version": __version__,
        "site": facts.site,
        "merged": facts.merged,
        "made_with": dict(made_with),
        "inputs": [asdict(p) for p in facts.inputs],
        "defects": [asdict(d) for d in facts.defects],
        "tables": {name: _digest(folder / f"{name}.parquet") for name in sorted(facts.tables)},
    }
    about["digest"] = digest_of(about)
    (folder / ABOUT).write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each table's file; InputError as ``load``, which is satisfied first."""
    return {name: _digest(folder / f"{name}.parquet") for name in sorted(load(folder).tables)}


def load(folder: Path) -> Facts:
    """Read what ``save`` wrote; InputError when it is damaged, was edited, or is of another format or version."""
    source = str(folder)
    try:
        content = read_up_to(folder / ABOUT, MAX_ABOUT)
        if len(content) > MAX_ABOUT:
            raise InputError(
                source,
                said("{file} is larger than {bytes:,} bytes", file=ABOUT, bytes=MAX_ABOUT),
                remedy=_AGAIN,
            )
        about = json.loads(content)
        if about["otaudit_facts"] != FORMAT:
            raise InputError(source, said("facts were saved in another format"), remedy=_AGAIN)
        if about["version"] != __version__:
            raise InputError(
                source, said("facts were saved by otaudit {version}", version=about["version"]), remedy=_AGAIN
            )
        if about.pop("digest", "") != digest_of(about):
            raise InputError(source, said("{file} was edited after it was saved", file=ABOUT), remedy=_AGAIN)
        dict(about["made_with"])  # it says
        return Facts(
            tables={name: _table(folder, name, digest) for name, digest in about["tables"].items()},
            inputs=tuple(map(as_kept, about["inputs"])),
            defects=tuple(Defect(**d) for d in about["defects"]),
            site=about["site"],
            merged=about["merged"] is True,
        )
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        RecursionError,
        AttributeError,
        pl.exceptions.PolarsError,
    ) as error:
        why = f"{error} is missing or unknown" if isinstance(error, KeyError) else error
        raise InputError(source, said("not a folder of facts: {reason}", reason=why), remedy=_AGAIN) from error


def _table(folder: Path, name: str, digest: str) -> pl.DataFrame:
    expected = polars_schema(TABLES[name])
    file = folder / f"{name}.parquet"
    if _digest(file) != digest:
        raise InputError(str(folder), said("table {name} is not the one that was saved", name=name), remedy=_AGAIN)
    if dict(pl.read_parquet_schema(file)) != expected:
        raise InputError(str(folder), said("table {name} has other columns", name=name), remedy=_AGAIN)
    # in one piece: whoever joins the pieces makes copies of them
    return thin(pl.read_parquet(file, columns=[column]).rechunk() for column in expected)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
