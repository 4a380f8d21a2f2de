"""CANopen over EtherCAT: SDO transfers, SDO information, emergencies, PDOs in the mailbox.

Written from ETG.1000.6 section 5.6 (CoE header: number and service; SDO command, index, subindex, data; complete
access; SDO information opcodes; emergency).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Identity, Kind, Malformed, Operation, Row, Verb
from scanner.protocols.common.identity_words import in_words
from scanner.protocols.ethercat._canopen import (
    IDENTITY,
    abort_reason,
    identity,
    identity_part,
    object_name,
    read_verb,
    write_verb,
)
from scanner.protocols.ethercat._registers import vendor_name
from scanner.wording import joined, said, verbatim

EMERGENCY, SDO_REQUEST, SDO_RESPONSE, SDO_INFORMATION = 1, 2, 3, 8
_PDOS = {4: "TxPDO", 5: "RxPDO", 6: "TxPDO remote request", 7: "RxPDO remote request"}
_REQUESTS = {
    0: ("Download SDO Segment", Verb.WRITE),
    1: ("SDO Download", Verb.WRITE),
    2: ("SDO Upload", Verb.READ),
    3: ("Upload SDO Segment", Verb.READ),
    4: ("Abort SDO Transfer", Verb.SESSION),
}
_RESPONSES = {
    0: ("Upload SDO Segment", Verb.READ),
    1: ("Download SDO Segment", Verb.WRITE),
    2: ("SDO Upload", Verb.READ),
    3: ("SDO Download", Verb.WRITE),
    4: ("Abort SDO Transfer", Verb.SESSION),
}
_SEGMENTS = ("Download SDO Segment", "Upload SDO Segment")
_INFORMATION = {
    1: "Get OD List",
    2: "Get OD List",
    3: "Get Object Description",
    4: "Get Object Description",
    5: "Get Entry Description",
    6: "Get Entry Description",
    7: "SDO Information Error",
}
_COMPLETE, _EXPEDITED, _SIZED = 0x10, 0x02, 0x01


def coe(body: bytes, kind: Kind, unit: str, detail: str) -> Iterator[Row]:
    """The rows of a CoE mailbox body."""
    if len(body) < 2:
        raise Malformed("CoE header cut short")
    service = body[1] >> 4
    rest = body[2:]
    if service == SDO_REQUEST:
        yield _request(rest, kind, unit, detail)
    elif service == SDO_RESPONSE:
        yield from _response(rest, unit, detail)
    elif service == SDO_INFORMATION:
        yield _information(rest, kind, unit, detail)
    elif service == EMERGENCY:
        code = int.from_bytes(rest[:2], "little")
        words = said("error code {name}", name=f"0x{code:04X}") if len(rest) >= 2 else ""
        yield _coe(Verb.REPORT, "CoE Emergency", Kind.NOTICE, service, unit, detail=joined((words, detail)))
    elif service in _PDOS:
        verb = Verb.WRITE if service == 5 else Verb.REPORT
        yield _coe(verb, f"CoE {_PDOS[service]}", Kind.NOTICE, service, unit, detail=detail)
    else:
        raise Malformed("CoE service {service}", service=service)


def _coe(verb: Verb, function: str, kind: Kind, service: int, unit: str, **more: str) -> Operation:
    return Operation(
        verb=verb,
        function=function,
        kind=kind,
        code=more.get("code", f"CoE {service}"),
        unit=unit,
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=more.get("refusal", ""),
        filter=f"ecat_mailbox.coe.type == {service}" + more.get("filter", ""),
    )


def _named(rest: bytes) -> tuple[int, int, str]:
    """(index, subindex, how the object reads) of a command that carries them."""
    index, sub = int.from_bytes(rest[1:3], "little"), rest[3]
    return index, sub, object_name(index, None if rest[0] & _COMPLETE and rest[0] < 0x80 else sub)


def _request(rest: bytes, kind: Kind, unit: str, detail: str) -> Operation:
    if not rest:
        raise Malformed("SDO command is missing")
    command = rest[0] >> 5
    if command not in _REQUESTS:
        raise Malformed("SDO command specifier {command}", command=command)
    function, verb = _REQUESTS[command]
    if function in _SEGMENTS:
        return _coe(verb, function, kind, SDO_REQUEST, unit, code=f"SDO {command}", detail=detail)
    if len(rest) < 4:
        raise Malformed("SDO request without index")
    index, _, name = _named(rest)
    if verb is Verb.WRITE:
        verb = write_verb(index)
    elif verb is Verb.READ:
        verb = read_verb(index)
    if command == 4:
        return _abort(rest, kind, SDO_REQUEST, unit, detail)
    return _coe(
        verb,
        function,
        kind,
        SDO_REQUEST,
        unit,
        code=f"SDO {command}",
        object=name,
        detail=joined((said("complete access") if rest[0] & _COMPLETE else "", detail)),
        filter=f" && ecat_mailbox.coe.sdoidx == 0x{index:04x}",
    )


def _abort(rest: bytes, kind: Kind, service: int, unit: str, detail: str) -> Operation:
    """Either side gives up a transfer, in the service of requests as a rule; from a slave it is the refusal."""
    _, _, name = _named(rest)
    reason = abort_reason(int.from_bytes(rest[4:8], "little")) if len(rest) >= 8 else "SDO abort"
    refused = kind is Kind.RESPONSE
    return _coe(
        Verb.SESSION,
        "Abort SDO Transfer",
        Kind.REFUSAL if refused else kind,
        service,
        unit,
        code="SDO 4",
        object=name,
        detail=detail if refused else joined((verbatim(reason), detail)),
        refusal=reason if refused else "",
        filter=" && ecat_mailbox.coe.abortcode",
    )


def _response(rest: bytes, unit: str, detail: str) -> Iterator[Row]:
    if not rest:
        raise Malformed("SDO command is missing")
    command = rest[0] >> 5
    if command not in _RESPONSES:
        raise Malformed("SDO command specifier {command}", command=command)
    function, verb = _RESPONSES[command]
    if function in _SEGMENTS:
        yield _coe(verb, function, Kind.RESPONSE, SDO_RESPONSE, unit, code=f"SDO {command}", detail=detail)
        return
    if len(rest) < 4:
        raise Malformed("SDO response without index")
    index, sub, name = _named(rest)
    if command == 4:
        yield _abort(rest, Kind.RESPONSE, SDO_RESPONSE, unit, detail)
        return
    found = list(_identities(rest, index, sub)) if command == 2 else []
    yield _coe(
        write_verb(index) if verb is Verb.WRITE else read_verb(index),
        function,
        Kind.RESPONSE,
        SDO_RESPONSE,
        unit,
        code=f"SDO {command}",
        object=name,
        detail=joined((*map(_in_words, found), detail)),
        filter=f" && ecat_mailbox.coe.sdoidx == 0x{index:04x}",
    )
    yield from found


def _in_words(row: Identity) -> str:
    """``model EL7201``; codes and revisions have their name with them."""
    if row.value.startswith(("product code ", "revision ")):
        return verbatim(row.value)
    return in_words(row.field, row.value)


def _value(rest: bytes) -> bytes:
    """The bytes that an upload response carries: up to four in the command, else behind the complete size."""
    if rest[0] & _EXPEDITED:
        return rest[4 : 8 - (rest[0] >> 2 & 3 if rest[0] & _SIZED else 0)]
    return rest[8 : 8 + int.from_bytes(rest[4:8], "little")]


def _identities(rest: bytes, index: int, sub: int) -> Iterator[Identity]:
    value = _value(rest)
    if index == IDENTITY and rest[0] & _COMPLETE:  # subindex 0 is padded to two bytes
        start = 2 if sub == 0 else 0
        parts = [value[at : at + 4] for at in range(start, start + 16, 4)]
        found = [identity_part(n, int.from_bytes(p, "little")) for n, p in enumerate(parts, 1) if len(p) == 4]
    else:
        found = [identity(index, sub, value)]
    for each in found:
        if each is not None:
            field, told = each
            yield Identity(field, vendor_name(told) if isinstance(told, int) else told)


def _information(rest: bytes, kind: Kind, unit: str, detail: str) -> Operation:
    if len(rest) < 4:
        raise Malformed("SDO information header cut short")
    opcode = rest[0] & 0x7F
    if opcode not in _INFORMATION:
        raise Malformed("SDO information opcode {opcode}", opcode=opcode)
    refusal = ""
    if opcode == 7 and kind is Kind.RESPONSE:
        kind = Kind.REFUSAL
        refusal = abort_reason(int.from_bytes(rest[4:8], "little")) if len(rest) >= 8 else "SDO abort"
    elif kind is not Kind.NOTICE:
        kind = Kind.RESPONSE if opcode in (2, 4, 6) else Kind.REQUEST
    named = opcode in (3, 4, 5, 6) and len(rest) >= 6
    return _coe(
        Verb.READ,
        _INFORMATION[opcode],
        kind,
        SDO_INFORMATION,
        unit,
        code=f"SDO information {opcode}",
        object=object_name(int.from_bytes(rest[4:6], "little"), None) if named else "",
        detail=detail,
        refusal=refusal,
        filter=f" && ecat_mailbox.coe.sdoinfoopcode == {opcode}",
    )
