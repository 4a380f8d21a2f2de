"""One file for each report format; they know results only.

A format is a module of this folder that has ``REPORT``, a ``ReportFormat``; modules whose names begin with an
underscore are shared parts. Others bring theirs by the entry points ``otaudit.reports``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from scanner.gc_paused import uncollected
from scanner.plugins import Fault, PluginKind
from scanner.report._format import FOLDER, Content, Folder, Output, ReportFormat
from scanner.results.model import Results
from scanner.whole_files import write_whole
from scanner.wording import said

__all__ = ["FOLDER", "REPORTS", "Content", "Folder", "Output", "ReportFormat"]

_AT_ONCE = 1 << 20  # characters of a file in one piece


def _fits(form: ReportFormat, before: Mapping[str, ReportFormat]) -> Iterator[Fault]:
    """No other format's files end alike: which is meant would be a guess."""
    own = (REPORTS.get(name) for name in REPORTS.own())
    if any(other.extension == form.extension for other in (*own, *before.values()) if other):
        what = said("'{extension}' is that of another format", extension=form.extension)
        yield Fault("extension", what, said("choose another one"))


REPORTS = PluginKind("report", ReportFormat, __name__, group="otaudit.reports", fits=_fits)


def formats() -> Mapping[str, ReportFormat]:
    """Every format by its name, in alphabetical order."""
    return REPORTS.all()


def format_for(path: str, name: str = "") -> ReportFormat:
    """The renderer called ``name``, or without a name the one whose extension ends ``path`` (the longest that does).

    LookupError, with a sentence for the user, when there is none.
    """
    known = formats()
    if name:
        if name not in known:
            raise LookupError(
                said("there is no output format '{name}'; choose one of {formats}", name=name, formats=", ".join(known))
            )
        return _placed(known[name], path)
    if Path(path).is_dir():
        path += FOLDER
    whole = f".{Path(path).name}".lower()  # layer.json is a .layer.json
    fitting = [
        r for r in known.values() if path.lower().endswith(r.extension) or (r.extension == whole and "." in path)
    ]
    if not fitting:
        extensions = ", ".join(sorted(r.extension for r in known.values()))
        stem, dot, ending = path.rpartition(".")
        if dot and ending.lower() in known and known[ending.lower()].extension == FOLDER:
            raise LookupError(
                said(
                    "{format} is a folder of files, one for each table; name the folder: {folder}",
                    format=ending.lower(),
                    folder=stem + FOLDER,
                )
            )
        raise LookupError(
            said(
                "'{path}' has no known extension ({extensions}); rename it or add --format",
                path=path,
                extensions=extensions,
            )
        )
    return max(fitting, key=lambda r: len(r.extension))


def _placed(renderer: ReportFormat, path: str) -> ReportFormat:
    """The renderer, if what it writes can stand there."""
    if renderer.extension == FOLDER and (path == "-" or Path(path).is_file()):
        raise LookupError(
            said(
                "{format} is a folder of files; name a folder, for example {example}",
                format=renderer.name,
                example=f"-o tables{FOLDER}",
            )
        )
    if renderer.extension != FOLDER and (path.endswith(FOLDER) or Path(path).is_dir()):
        raise LookupError(
            said(
                "'{path}' is a folder, but {format} is one file; add the name of the file",
                path=path,
                format=renderer.name,
            )
        )
    return renderer


def in_language(form: ReportFormat, language: str, *, asked: bool = False) -> ReportFormat:
    """The format as it writes in the language. Files that hold all languages open in it where it was asked for."""
    render_in = form.render_in or (form.render_opening_in if asked else None)
    return replace(form, render=lambda results: render_in(results, language)) if render_in else form


def pieces(output: Output) -> Iterator[bytes]:
    """What a renderer returned, as the bytes of a file, piece by piece."""
    if isinstance(output, Folder):
        raise TypeError("a folder of files is not one file")
    if isinstance(output, str | bytes):
        yield _bytes(output)
        return
    waiting, size = [], 0
    for piece in output:
        waiting.append(piece)
        size += len(piece)
        if size >= _AT_ONCE:
            yield b"".join(map(_bytes, waiting))
            waiting, size = [], 0
    yield b"".join(map(_bytes, waiting))


def _bytes(piece: str | bytes) -> bytes:
    return piece if isinstance(piece, bytes) else piece.encode("utf-8")


def encode(output: Output) -> bytes:
    """The same as one; the files of a folder one after the other."""
    if isinstance(output, Folder):
        return b"".join(encode(content()) for content in output.files.values())
    return b"".join(pieces(output))


@uncollected()
def write(results: Results, path: Path, renderer: ReportFormat) -> None:
    """Render and write the file or folder. OSError when that cannot be; an earlier report is then still there."""
    output = renderer.render(results)
    if not isinstance(output, Folder):
        write_whole(path, pieces(output))
        return
    path.mkdir(parents=True, exist_ok=True)
    for name, content in output.files.items():
        write_whole(path / name, pieces(content()))
