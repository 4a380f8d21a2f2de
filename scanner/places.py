"""How a sheet of a workbook is named beside its file: ``plant/assets.xlsx[Devices]``."""

from __future__ import annotations

from collections.abc import Container


def sheet_of(file: str, sheet: str) -> str:
    """The source of what stands on a sheet."""
    return f"{file}[{sheet.replace('[', '(').replace(']', ')')}]"


def file_and_sheet(source: str, files: Container[str]) -> tuple[str, str]:
    """The file and the sheet of a source, no sheet when it is none. ``files``: the inputs that were read."""
    file, bracket, rest = source.rpartition("[")
    if source in files or not bracket or not rest.endswith("]") or file not in files:
        return source, ""
    return file, rest[:-1]
