"""How a sheet of a workbook is named beside its file: ``plant/assets.xlsx[Devices]``; of several assets in one row it
is followed by what the columns call the asset: ``plant/assets.xlsx[Devices, PLC]``, ``plant/assets.csv[PLC]``.
"""

from __future__ import annotations

from collections.abc import Container


def sheet_of(file: str, sheet: str) -> str:
    """The source of what stands on a sheet."""
    return f"{file}[{sheet.replace('[', '(').replace(']', ')')}]"


def part_of(source: str, label: str) -> str:
    """The source of the assets that the columns call so."""
    _, bracket, sheet = source.rpartition("[")
    if not bracket or not source.endswith("]"):
        return sheet_of(source, label)
    return sheet_of(source[: -len(sheet) - 1], f"{sheet[:-1]}, {label}")


def file_and_sheet(source: str, files: Container[str]) -> tuple[str, str]:
    """The file and the sheet of a source, no sheet when it is none. ``files``: the inputs that were read."""
    file, bracket, rest = source.rpartition("[")
    if source in files or not bracket or not rest.endswith("]") or file not in files:
        return source, ""
    return file, rest[:-1]
