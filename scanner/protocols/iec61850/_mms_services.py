"""Confirmed and unconfirmed MMS services: what a request touches, how it was answered (ISO 9506-2:2003)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from scanner.protocols.base import Identity, Kind, Malformed, Operation, Row, Verb
from scanner.protocols.common.ber import Element, child, constructed, optional, unsigned
from scanner.protocols.common.text import printable, readable
from scanner.protocols.iec61850._mms_names import (
    ASKED_BY_SERVER,
    ERROR_CLASSES,
    OBJECT_CLASSES,
    REJECTS,
    SERVICES,
    access_error,
    coded,
)
from scanner.protocols.iec61850._mms_objects import meaning_of, object_name, read, variables, written
from scanner.wording import said

READ, WRITE, IDENTIFY = 4, 5, 2
_INFORMATION_REPORT, _UNSOLICITED_STATUS, _EVENT_NOTIFICATION = 0xA0, 0xA1, 0xA2
_NOT_A_SERVICE = (0x02, 0xAF, 0x30)  # invoke identifier; modifiers

# --- requests -------------------------------------------------------------------------------------------------------


def request(pdu: Element) -> list[Row]:
    """One operation for each variable read or written, else one for the service."""
    parts = constructed(pdu)
    service = next((e for e in parts if e.tag not in _NOT_A_SERVICE), None)
    if service is None:
        raise Malformed("a request without a service")
    number = _number(service)
    row = _row(number, Kind.NOTICE if number in ASKED_BY_SERVER else Kind.REQUEST)
    if number in (READ, WRITE):
        return list(_variables(number, service, row))
    name = _ARGUMENTS.get(number)
    return [replace(row, object=name(service) if name and service.body else "")]


def _number(service: Element) -> int:
    """The context tag's number; two and more octets hold seven bits each."""
    octets = max(1, (service.tag.bit_length() + 7) // 8)
    if service.tag >> 8 * (octets - 1) & 0xC0 != 0x80:
        raise Malformed("service tag 0x{tag:X} is none of MMS", tag=service.tag)
    if service.tag < 0x100:
        return service.tag & 0x1F
    return service.tag & 0x7F if service.tag < 0x10000 else (service.tag >> 8 & 0x7F) << 7 | service.tag & 0x7F


def _row(number: int, kind: Kind) -> Operation:
    name, verb = SERVICES.get(number, (f"Service {number}", Verb.UNKNOWN))
    field = "confirmedServiceRequest" if kind in (Kind.REQUEST, Kind.NOTICE) else "confirmedServiceResponse"
    return Operation(verb, name, kind, code=str(number), filter=f"mms.{field} == {number}")


def _variables(number: int, service: Element, row: Operation) -> Iterator[Operation]:
    holder = child(service, 0xA1) if number == READ else service
    specification = optional(constructed(holder), 0xA0, 0xA1)
    if specification is None:
        raise Malformed("{function} names no variables", function=row.function)
    meaning = read if number == READ else written
    for name in variables(specification) or [""]:
        verb, words = meaning(name)
        yield replace(row, verb=verb, object=name, detail=words)


def _name_list(service: Element) -> str:
    """GetNameList: what is listed, and where."""
    kind = unsigned(child(child(service, 0xA0), 0x80, 0x81))
    scope = constructed(child(service, 0xA1))
    where = ""
    if scope and scope[0].tag == 0x81:
        where = f" of {readable(scope[0].body, 130)}"
    elif scope and scope[0].tag == 0x82:
        where = " of the association"
    return OBJECT_CLASSES.get(kind, f"objects of class {kind}") + where


def _text(service: Element) -> str:
    """An Identifier by itself or as the first argument."""
    leading = service.tag if service.tag < 0x100 else service.tag >> 8
    if not leading & 0x20:
        return readable(service.body, 130)
    found = optional(constructed(service), 0x80, 0x1A)
    return readable(found.body, 130) if found else ""


def _named(service: Element) -> str:
    """An ObjectName, by itself or in an explicit [0]; nothing where the service names none."""
    found = constructed(service)
    if found and found[0].tag == 0xA0:
        found = constructed(found[0])
    return object_name(found[0]) if found and found[0].tag in (0x80, 0x82, 0xA1) else ""


def _lists(service: Element) -> str:
    """DeleteNamedVariableList: the names, or that all are meant."""
    found = optional(constructed(service), 0xA1)
    return ", ".join(object_name(e) for e in constructed(found)[:8]) if found else "all"


def _file_name(element: Element) -> str:
    """FileName: a sequence of strings."""
    return "".join(readable(e.body, 200) for e in constructed(element) if e.tag == 0x19)


def _files(service: Element) -> str:
    """The file names among the arguments, in order: of ObtainFile and FileRename source, then destination."""
    own = _file_name(service)
    names = [own] if own else [n for e in constructed(service) if e.tag in (0xA0, 0xA1, 0xA2) if (n := _file_name(e))]
    return " to ".join(names[:2])


_ARGUMENTS: dict[int, Callable[[Element], str]] = {
    1: _name_list,
    6: _named,
    11: _named,
    12: _named,
    13: _lists,
    19: _named,
    20: _named,
    **dict.fromkeys((26, 27, 28, 29, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45), _text),
    **dict.fromkeys((65, 66, 67, 68, 69, 70), _named),
    **dict.fromkeys((46, 72, 75, 76, 77), _files),
}

# --- answers --------------------------------------------------------------------------------------------------------


def response(pdu: Element) -> Iterator[Row]:
    """How the request was answered; an identification also gives identities."""
    service = next((e for e in constructed(pdu) if e.tag != 0x02), None)
    if service is None:
        raise Malformed("a response without a service")
    number = _number(service)
    row = _row(number, Kind.RESPONSE)
    if number == WRITE:
        yield from _write_results(service, row)
        return
    refusal = _read_refusal(service) if number == READ else ""
    yield replace(row, kind=Kind.REFUSAL, refusal=refusal) if refusal else row
    if number == IDENTIFY:
        for tag, field in ((0x80, "vendor"), (0x81, "model"), (0x82, "firmware")):
            part = optional(constructed(service), tag)
            value = printable(part.body[:200]) if part else ""
            if value:
                yield Identity(field, value)


def _write_results(service: Element, row: Operation) -> Iterator[Operation]:
    """One result for each variable: 81 success, 80 failure with its code."""
    for result in constructed(service):
        if result.tag == 0x80:
            yield replace(row, kind=Kind.REFUSAL, refusal=access_error(unsigned(result)))
        else:
            yield row


def _read_refusal(service: Element) -> str:
    """Why the one variable asked for was not read. Lists of results have values between them, and count as read."""
    results = optional(constructed(service), 0xA1)
    found = constructed(results) if results else []
    if len(found) == 1 and found[0].tag == 0x80 and len(service.body) == 5:
        return access_error(unsigned(found[0]))
    return ""


def error(pdu: Element) -> Iterator[Row]:
    """A confirmed-ErrorPDU: ServiceError with class and code."""
    yield Operation(
        Verb.UNKNOWN,
        "Confirmed Error",
        Kind.REFUSAL,
        refusal=service_error(child(pdu, 0xA2)),
        filter="mms.confirmed_ErrorPDU_element",
    )


def service_error(element: Element) -> str:
    """A ServiceError in words."""
    inner = constructed(child(element, 0xA0))
    if not inner:
        raise Malformed("an error without a class")
    return coded(ERROR_CLASSES, inner[0].tag & 0x1F, unsigned(inner[0]))


def reject(pdu: Element) -> Iterator[Row]:
    """A RejectPDU: what was rejected, and why."""
    reason = next((e for e in constructed(pdu) if 0x81 <= e.tag <= 0x8B), None)
    if reason is None:
        raise Malformed("a reject without a reason")
    words = coded(REJECTS, reason.tag & 0x1F, unsigned(reason))
    yield Operation(Verb.UNKNOWN, "Reject", Kind.REFUSAL, refusal=words, filter="mms.rejectPDU_element")


# --- what nobody asked for ------------------------------------------------------------------------------------------


def unconfirmed(pdu: Element) -> Iterator[Row]:
    """Information reports, status and events that a server sends by itself."""
    found = constructed(pdu)
    if not found:
        raise Malformed("an unconfirmed PDU without a service")
    service = found[0]
    row = Operation(Verb.REPORT, "Information Report", Kind.NOTICE, code="0", filter="mms.unconfirmedService == 0")
    if service.tag == _INFORMATION_REPORT:
        yield from _report(service, row)
    elif service.tag == _UNSOLICITED_STATUS:
        yield replace(row, function="Unsolicited Status", code="1", filter="mms.unconfirmedService == 1")
    elif service.tag == _EVENT_NOTIFICATION:
        yield replace(row, function="Event Notification", code="2", filter="mms.unconfirmedService == 2")
    else:
        raise Malformed("unconfirmed service 0x{tag:X}", tag=service.tag)


def _report(service: Element, row: Operation) -> Iterator[Operation]:
    """IEC 61850 sends its reports as variable list "RPT", whose first value is the report's identifier."""
    parts = constructed(service)
    if not parts:
        raise Malformed("a report of nothing")
    names = variables(parts[0])
    if names == ["list RPT"] and len(parts) > 1:
        values = constructed(parts[1])
        if values and values[0].tag == 0x8A:
            yield replace(row, object=f"report {readable(values[0].body, 140)}")
            return
    if "LastApplError" in names:
        row = replace(row, detail=said("control refused or failed"))
    elif any("$CO$" in name for name in names):
        row = replace(row, detail=said("command termination"))
    elif any(meaning_of(name) for name in names):
        row = replace(row, detail="ICCP/TASE.2")
    yield replace(row, object=", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else ""))
