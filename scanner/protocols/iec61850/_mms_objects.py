"""Objects that MMS messages name, and what IEC 61850 and TASE.2 mean by them.

Written from ISO 9506-2:2003 sections 7.5 (ObjectName), 14 (VariableAccessSpecification, AlternateAccess); names after
IEC 61850-8-1:2011 sections 7.3 and 20 (controls) and IEC 60870-6-503:2014, 60870-6-802:2014 (TASE.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Malformed, Verb
from scanner.protocols.common.ber import Element, constructed
from scanner.protocols.common.text import readable
from scanner.wording import said

VMD, DOMAIN, ASSOCIATION = 0x80, 0xA1, 0x82
MOST = 64  # objects shown of one message
_LIST_OF_VARIABLE, _VARIABLE_LIST_NAME = 0xA0, 0xA1
_DEPTH = 4  # of alternate accesses

# IEC 61850-8-1 table 14: the functional constraint stands between logical node and data object.
_CONTROLS = {
    "Oper": said("operate"),
    "SBOw": said("select with value"),
    "SBO": said("select"),
    "Cancel": said("cancel"),
}
_CONFIGURED = frozenset({"SP", "SG", "SE", "CF", "DC", "EX", "GO", "GS", "MS", "US", "LG"})
_REPORTS = frozenset({"RP", "BR"})
_TASE2 = (
    "Bilateral_Table_ID",
    "Supported_Features",
    "TASE2_Version",
    "Next_DSTransfer_Set",
    "Next_TSTransfer_Set",
    "Next_IMTransfer_Set",
    "Transfer_Set_Name",
    "Transfer_Set_Time_Stamp",
    "DSConditions_Detected",
    "Event_Code_Detected",
    "Transfer_Report_ACK",
    "Transfer_Report_NACK",
)


def object_name(element: Element) -> str:
    """An ObjectName: "domain/item" or, outside domains, the item alone ("@item" of this association only)."""
    if element.tag == DOMAIN:
        return "/".join(readable(e.body, 130) for e in constructed(element)[:2])
    if element.tag == VMD:
        return readable(element.body, 130)
    if element.tag == ASSOCIATION:
        return "@" + readable(element.body, 130)
    raise Malformed("object name 0x{tag:X}", tag=element.tag)


def variables(specification: Element) -> list[str]:
    """The variables of a VariableAccessSpecification, at most MOST; of a variable list its name."""
    if specification.tag == _VARIABLE_LIST_NAME:
        return [f"list {_choice(specification)}"]
    if specification.tag != _LIST_OF_VARIABLE:
        raise Malformed("variable access specification 0x{tag:X}", tag=specification.tag)
    entries = [e for e in constructed(specification) if e.whole]
    names = [_variable(e) for e in entries[:MOST]]
    return names if specification.whole and len(entries) <= MOST else [*names, "further variables"]


def _variable(entry: Element) -> str:
    parts = constructed(entry)
    if not parts:
        raise Malformed("a variable without specification")
    what = parts[0]
    if what.tag == 0xA0:
        components = [c for p in parts[1:] if p.tag == 0xA5 for c in _components(p, _DEPTH)]
        return "$".join([_choice(what), *components])
    return {0xA1: "an address", 0xA2: "a described variable", 0xA3: "scattered access"}.get(what.tag, "invalidated")


def _choice(element: Element) -> str:
    """The ObjectName in an explicit tag."""
    found = constructed(element)
    if not found:
        raise Malformed("an empty object name")
    return object_name(found[0])


def _components(access: Element, depth: int) -> Iterator[str]:
    """The component names of an AlternateAccess, outermost first."""
    for part in constructed(access) if depth and access.tag & 0x20 else ():
        if part.tag in (0x80, 0x81) and part.body.isascii() and part.body[:1].isalpha():
            yield readable(part.body, 40)
        elif part.tag & 0x20:
            yield from _components(part, depth - 1)


def written(name: str) -> tuple[Verb, str]:
    """(verb, what it means) of writing the variable."""
    parts = name.rsplit("/", 1)[-1].split("$")
    constraint = parts[1] if len(parts) > 2 else ""
    if constraint == "CO":
        meaning = next((_CONTROLS[p] for p in parts[2:] if p in _CONTROLS), said("control"))
        return Verb.OPERATE, meaning
    if constraint in _REPORTS:
        return Verb.SUBSCRIBE, said("report control")
    if constraint in _CONFIGURED:
        return Verb.CONFIGURE, ""
    return Verb.WRITE, meaning_of(name)


def read(name: str) -> tuple[Verb, str]:
    """(verb, what it means) of reading the variable: reading SBO selects a control."""
    parts = name.rsplit("/", 1)[-1].split("$")
    if len(parts) > 3 and parts[1] == "CO" and parts[-1] == "SBO":
        return Verb.OPERATE, said("select")
    return Verb.READ, meaning_of(name)


def meaning_of(name: str) -> str:
    """The names that IEC 60870-6 reserves give "ICCP/TASE.2", others nothing."""
    return "ICCP/TASE.2" if name.rsplit("/", 1)[-1].startswith(_TASE2) else ""
