"""Inventories in Excel and OpenDocument workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods): every sheet that is a list.

Assets have ``file[sheet]`` as their source and the row as Excel shows it. Sheets that are no list of assets (a cover, a
legend, a change log) are noted; a workbook without any list is an InputError.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scanner.assets.inventory import Inventory, content_of
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers._lists import inventory
from scanner.assets.readers._sheets import sheets_of
from scanner.errors import InputError
from scanner.resemblance import NONE, Resemblance
from scanner.wording import said


def _is_inventory(head: bytes, content: Path | bytes) -> bool:
    """A workbook that otaudit did not write itself: nothing else that is read comes in one."""
    from scanner.office import is_container, look

    if not is_container(head):
        return False
    try:
        return look(content).workbook
    except OSError:
        return False


def _could_be(head: bytes) -> bool:
    """ZIP or OLE2."""
    from scanner.office import is_container

    return is_container(head)


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:
    """How much it is an inventory in this format."""
    if _is_inventory(head, content):
        return Resemblance(0.95, (said("a workbook"),))
    return Resemblance(0.4, (said("ZIP or OLE2"),)) if _could_be(head) else NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The assets of all sheets; InputError when no sheet lists any, or the workbook cannot be read."""
    from scanner.office import look

    data = content_of(content, name)
    found = look(data)
    if not found.workbook:
        what = said("{what}, which is not supported", what=found.what)
        raise InputError(name, what, remedy=found.remedy)
    return inventory(sheets_of(data, name), name, columns, said("workbook"))


INVENTORY = InventoryFormat("workbook", "Excel or OpenDocument workbook", resemblance, read)
