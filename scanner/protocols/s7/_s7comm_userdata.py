"""S7comm userdata: programmer commands, cyclic reading, blocks, status lists, passwords, clock, notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.protocols.base import Kind, Malformed, Operation, Row, Session, Verb
from scanner.protocols.common.text import readable
from scanner.protocols.s7._s7comm_items import block_name, items, status_item
from scanner.protocols.s7._s7comm_names import (
    BLOCK_TYPES,
    IDENTITY_LISTS,
    MODES,
    PBC,
    PBC_GROUP,
    SZL_LISTS,
    USERDATA,
    USERDATA_GROUPS,
    error_text,
)
from scanner.protocols.s7._s7comm_pdu import SUCCESS, Pdu
from scanner.protocols.s7._s7comm_szl import RECORD_SIZES, continued, identities
from scanner.wording import said


def userdata_rows(pdu: Pdu) -> Iterator[Row]:
    """The rows of a userdata PDU; Malformed when its parameters are not of that form.

    Parameters: 00 01 12, length, method, type and group, sub-function, sequence number, and in answers data unit
    reference, last data unit, error code.
    """
    parameters = pdu.parameters
    if parameters[:1] == b"\1":
        yield _mode_transition(parameters)
        return
    if len(parameters) < 8 or parameters[2] != 0x12:
        raise Malformed("userdata parameters are cut short or of another kind")
    if parameters[4] == 0x13:
        yield _usend(parameters)
        return
    kind = (Kind.NOTICE, Kind.REQUEST, Kind.RESPONSE, Kind.NOTICE)[parameters[5] >> 6]
    group, function = parameters[5] & 0x3F, parameters[6]
    error = int.from_bytes(parameters[10:12], "big") if len(parameters) >= 12 else 0
    name, verb = PBC if group == PBC_GROUP else USERDATA.get((group, function), (f"function {function}", Verb.UNKNOWN))
    if kind is Kind.NOTICE:
        verb = Verb.REPORT
    elif kind is Kind.RESPONSE and error:
        kind = Kind.REFUSAL
    touched, detail = _subject(kind, group, function, pdu.data[4:])
    if kind is Kind.REQUEST and len(parameters) >= 12 and group != PBC_GROUP:
        detail = said("further part")
    if (group, function) == (4, 1) and kind is Kind.REQUEST and _list(pdu.data) in IDENTITY_LISTS:
        verb = Verb.IDENTIFY
    yield Operation(
        verb=verb,
        function=f"{USERDATA_GROUPS.get(group, f'Group {group}')}: {name}",
        kind=kind,
        code=f"{group}:{function}",
        object=touched,
        detail=detail,
        refusal=error_text(error) if kind is Kind.REFUSAL else "",
        filter=f"s7comm.param.userdata.funcgroup == {group} && s7comm.param.userdata.subfunc == {function}",
    )
    if (group, function) == (4, 1) and kind is Kind.RESPONSE:
        yield from _szl_identities(pdu.data)
    elif (group, function) == (5, 1):
        yield from _login(kind)


def _mode_transition(parameters: bytes) -> Operation:
    if len(parameters) < 6:
        raise Malformed("a mode transition without a mode")
    return Operation(
        verb=Verb.REPORT,
        function="Mode Transition",
        kind=Kind.NOTICE,
        code="0x01",
        detail=said("mode {name}", name=MODES.get(parameters[5], str(parameters[5]))),
        filter="s7comm.param.func == 0x01",
    )


def _usend(parameters: bytes) -> Operation:
    return Operation(
        verb=Verb.WRITE,
        function="PBC: USEND",
        kind=Kind.NOTICE,
        object=f"R_ID 0x{int.from_bytes(parameters[6:10], 'big'):08X}" if len(parameters) >= 10 else "",
        filter="s7comm.pbc.usend.r_id",
    )


def _list(data: bytes) -> int:
    """The partial list (low byte of the SZL-ID) of SZL data, -1 when there is none."""
    return data[5] if len(data) >= 8 else -1


def _subject(kind: Kind, group: int, function: int, payload: bytes) -> tuple[str, str]:
    """(object, detail) of userdata, whose data come after return code, transport size and length."""
    describe = _SUBJECTS.get((group, None if group == PBC_GROUP else function))
    if kind is not Kind.REQUEST or describe is None or len(payload) < describe[0]:
        return "", ""
    return describe[1](payload)


def _status_list(payload: bytes) -> tuple[str, str]:
    szl, index = int.from_bytes(payload[:2], "big"), int.from_bytes(payload[2:4], "big")
    return f"SZL 0x{szl:04X} index 0x{index:04X}", SZL_LISTS.get(szl & 0xFF, "")


def _block(payload: bytes) -> tuple[str, str]:
    return block_name(payload[:8]), ""


def _blocks(payload: bytes) -> tuple[str, str]:
    kind = readable(payload[:2])
    return f"{BLOCK_TYPES.get(kind, kind)} blocks", ""


def _r_id(payload: bytes) -> tuple[str, str]:
    return f"R_ID 0x{int.from_bytes(payload[4:8], 'big'):08X}", ""


def _cyclic(payload: bytes) -> tuple[str, str]:
    """Item count (16 bits), time base, factor, then variable specifications."""
    base = {0: 0.1, 1: 1.0, 2: 10.0}.get(payload[2], 0.0)
    try:
        found = list(items(payload[4:], int.from_bytes(payload[:2], "big")))
    except Malformed:
        found = []
    return ", ".join(found), said("every {n} s", n=f"{base * payload[3]:g}") if base else ""


def _status_variables(payload: bytes) -> tuple[str, str]:
    """The variables of a programmer command: sizes of a parameter and a data part; the latter begins with a count."""
    start = 4 + int.from_bytes(payload[:2], "big")
    count = int.from_bytes(payload[start : start + 2], "big")
    found = [payload[at : at + 6] for at in range(start + 2, start + 2 + 6 * min(count, 256), 6)]
    return ", ".join(status_item(raw) for raw in found if len(raw) == 6), ""


# (group, sub-function) -> least size of the data, and what they name; None: any sub-function.
_SUBJECTS: dict[tuple[int, int | None], tuple[int, Callable[[bytes], tuple[str, str]]]] = {
    (1, 2): (4, _status_variables),
    (1, 8): (4, _status_variables),
    (1, 9): (4, _status_variables),
    (2, 1): (4, _cyclic),
    (3, 2): (2, _blocks),
    (3, 3): (8, _block),
    (4, 1): (4, _status_list),
    (PBC_GROUP, None): (8, _r_id),
}


def _szl_identities(data: bytes) -> Iterator[Row]:
    if len(data) < 12 or data[0] != SUCCESS:
        return
    payload = data[4:]
    if _list(data) in IDENTITY_LISTS and int.from_bytes(payload[4:6], "big") in RECORD_SIZES:
        yield from identities(int.from_bytes(payload[:2], "big"), payload[4:])
    else:
        yield from continued(payload)


def _login(kind: Kind) -> Iterator[Session]:
    """The password travels merely scrambled; it is never looked at."""
    if kind is Kind.REQUEST:
        yield Session(credentials="user-password", detail=said("S7 protection level password"))
    elif kind is Kind.RESPONSE:
        yield Session(authenticated=True)
