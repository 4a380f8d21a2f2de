"""S7comm, the protocol of SIMATIC S7-300/400 and of PUT/GET on S7-1200/1500, over TPKT and COTP.

Siemens has not published it. Written from what is established by independent work: the Wireshark dissector's field
documentation (T. Wiens), the Snap7 reference manual (D. Nardella), "The Siemens S7 Communication" parts 1 and 2
(GyM); list contents from Siemens "System and Standard Functions for S7-300/400". Offsets below count from the TPKT
header; the S7 PDU begins at 7: 0x32, ROSCTR, reserved, PDU reference, length of parameters, length of data, then in
acknowledgements error class and code. The other parts are in ``_s7comm_*``: PDU, variables, userdata, status lists,
names.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Field, Range, Role, Size, bits
from scanner.framing.shared import TPKT
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import readable
from scanner.protocols.s7._s7comm_items import block_name, items
from scanner.protocols.s7._s7comm_names import (
    IDENTITY_LISTS,
    JOBS,
    PBC,
    PBC_GROUP,
    PI_SERVICES,
    RETURN_CODES,
    USERDATA,
    error_text,
)
from scanner.protocols.s7._s7comm_pdu import (
    ACK,
    ACK_DATA,
    ACKNOWLEDGED,
    DATA_LENGTH,
    DATA_TPDU,
    ERROR,
    JOB,
    KNOWN,
    PARAMETER_LENGTH,
    PARAMETERS,
    PROTOCOL_ID,
    REFERENCE,
    ROSCTR,
    START,
    SUCCESS,
    TPDU,
    USERDATA_PDU,
    Pdu,
    read_pdu,
)
from scanner.protocols.s7._s7comm_szl import RECORD_SIZES
from scanner.protocols.s7._s7comm_userdata import userdata_rows
from scanner.wording import joined, said

FRAMING = TPKT

READ, WRITE, DOWNLOAD_BLOCK, DOWNLOAD_ENDED, PI_SERVICE, STOP, SETUP = 0x04, 0x05, 0x1B, 0x1C, 0x28, 0x29, 0xF0

# --- which bytes are meaning ----------------------------------------------------------------------------------------

# Offsets in the parameters of userdata, whose data begin four bytes later where there is a result.
UD_LENGTH, UD_METHOD, UD_GROUP, UD_SUBFUNCTION, UD_DATA, UD_LAST, UD_DATA_OF_ANSWERS = 20, 21, 22, 23, 25, 26, 29
_KIND = Range(ROSCTR, ROSCTR + 1)
_LENGTHS = Range(PARAMETER_LENGTH, PARAMETERS)  # of parameters and data
_ERROR = Range(ERROR, ACKNOWLEDGED)
_JOB_PARAMETERS = Range(PARAMETERS, Field(PARAMETER_LENGTH, 2, add=PARAMETERS))
_UD_WHAT = Range(
    UD_LENGTH, UD_SUBFUNCTION + 1
)  # length, method, type and group, sub-function; a sequence number follows
_UD_RESULT = Range(UD_LAST, UD_DATA_OF_ANSWERS)  # last data unit, error code
_OUTCOME = (Range(PARAMETER_LENGTH, DATA_LENGTH), _ERROR, Range(ACKNOWLEDGED, ACKNOWLEDGED + 1))
_REFERENCE = (Range(REFERENCE, PARAMETER_LENGTH),)
_IS_S7 = (Byte(TPDU, DATA_TPDU), Byte(START, PROTOCOL_ID))
_UPLOADS = (0x1E, 0x1F)  # their upload id is new every time
_DOWNLOADS = (DOWNLOAD_BLOCK, DOWNLOAD_ENDED)  # the controller asks for the blocks of a download by these


def _case(rosctr: int, *tests: Byte | Size, key: tuple[Range, ...], role: Role, with_length: bool = False) -> Case:
    notice = role is Role.NOTICE
    return Case(
        "s7comm",
        (*_IS_S7, Byte(ROSCTR, rosctr), *tests),
        key=(_KIND, *key),
        role=role,
        pair=() if notice else _REFERENCE,
        keep=1024,
        with_length=with_length,
    )


def _job(*functions: int, key: tuple[Range, ...] = (_JOB_PARAMETERS,), role: Role = Role.REQUEST) -> Case:
    return _case(JOB, Byte(PARAMETERS, functions), key=key, role=role)


def _acknowledgement(function: int, key: Range, *, with_length: bool = False) -> Case:
    return _case(
        ACK_DATA, Byte(ACKNOWLEDGED, function), key=(_LENGTHS, _ERROR, key), role=Role.RESPONSE, with_length=with_length
    )


def _userdata(kind: int, *tests: Byte, key: tuple[Range, ...] = (), with_length: bool = False) -> Case:
    role = {0: Role.NOTICE, 1: Role.REQUEST, 2: Role.RESPONSE}[kind]
    return _case(
        USERDATA_PDU,
        Byte(UD_GROUP, bits(0xC0, kind << 6)),
        *tests,
        key=(_LENGTHS, _UD_WHAT, *key),
        role=role,
        with_length=with_length,
    )


def _group(number: int) -> Byte:
    return Byte(UD_GROUP, bits(0x3F, number))


_SHORT = Byte(UD_LENGTH, 4)
_RECORD_SIZE = (Byte(37, 0), Byte(38, RECORD_SIZES))
CASES = (
    _job(*_UPLOADS, key=(Range(PARAMETERS, PARAMETERS + 1),)),
    _job(*_DOWNLOADS, role=Role.NOTICE),
    _case(JOB, key=(_JOB_PARAMETERS,), role=Role.REQUEST),
    _case(ACK, key=(_ERROR,), role=Role.RESPONSE),
    # Read: item count and head of the first item; items that fail are shorter, so the length tells the others apart.
    _acknowledgement(READ, Range(ACKNOWLEDGED, ACKNOWLEDGED + 6), with_length=True),
    _acknowledgement(WRITE, Range(ACKNOWLEDGED)),
    _acknowledgement(SETUP, Range(ACKNOWLEDGED, ACKNOWLEDGED + 8)),
    _case(ACK_DATA, Byte(ACKNOWLEDGED, _DOWNLOADS), key=_OUTCOME, role=Role.NOTICE),
    _case(ACK_DATA, key=_OUTCOME, role=Role.RESPONSE),
    # Mode transition indication: the mode is in the parameters.
    _case(USERDATA_PDU, Byte(PARAMETERS, 1), key=(_LENGTHS, Range(PARAMETERS, PARAMETERS + 7)), role=Role.NOTICE),
    # USEND: parameters 00 01 12 06 13 and a byte, then the R_ID.
    _case(USERDATA_PDU, Byte(UD_METHOD, 0x13), key=(_LENGTHS, Range(PARAMETERS, PARAMETERS + 10)), role=Role.NOTICE),
    # Requests whose data are addresses and names. A modify or force carries its value too; each is worth a row of its
    # own. Passwords and clocks are left out by the last case.
    _userdata(1, _SHORT, _group(4), key=(Range(UD_DATA),)),
    _userdata(1, _SHORT, _group(3), key=(Range(UD_DATA),)),
    _userdata(1, _SHORT, _group(2), key=(Range(UD_DATA),)),
    _userdata(1, _SHORT, _group(1), key=(Range(UD_DATA),)),
    _userdata(1, _group(PBC_GROUP), key=(Range(UD_DATA_OF_ANSWERS, UD_DATA_OF_ANSWERS + 12),)),
    _userdata(1, _SHORT, _group(63), Byte(UD_SUBFUNCTION, (1, 4, 6)), key=(Range(UD_DATA),)),
    # Identification, lists xy11 and xy1C with a record size that holds a text, is kept whole.
    _userdata(
        2,
        _group(4),
        Byte(UD_SUBFUNCTION, 1),
        Byte(34, IDENTITY_LISTS),
        *_RECORD_SIZE,
        key=(_UD_RESULT, Range(UD_DATA_OF_ANSWERS)),
    ),
    _userdata(2, _group(4), Byte(UD_SUBFUNCTION, 1), key=(_UD_RESULT,), with_length=True),
    _userdata(2, key=(_UD_RESULT,)),
    _userdata(1),
    _userdata(0),
    Case("s7comm", (*_IS_S7, Byte(ROSCTR, set(range(256)) - set(KNOWN))), (_KIND, _LENGTHS), Role.NOTICE, keep=1024),
)

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A data TPDU with protocol identifier 0x32, lengths that fit; exactly so where ROSCTR is not known."""
    return is_well_formed(read_pdu, message)


def dissect(message: Message) -> Iterator[Row]:
    """The operations of one PDU, one a variable for reading and writing; system status lists also give identities."""
    pdu = read_pdu(message)
    if pdu.rosctr not in KNOWN:
        yield _unknown(message, pdu)
    elif pdu.rosctr == JOB:
        yield from _job_rows(pdu)
    elif pdu.rosctr == USERDATA_PDU:
        yield from userdata_rows(pdu)
    else:
        yield from _acknowledgement_rows(pdu)


def _unknown(message: Message, pdu: Pdu) -> Operation:
    """A PDU of a type that nobody knows."""
    return Operation(
        verb=Verb.UNKNOWN,
        function=f"PDU of type {pdu.rosctr}",
        kind=Kind.RESPONSE if message.from_client is False else Kind.REQUEST,
        code=f"ROSCTR {pdu.rosctr}",
        filter=f"s7comm.header.rosctr == {pdu.rosctr}",
    )


def _operation(
    code: int,
    kind: Kind = Kind.REQUEST,
    *,
    name: str = "",
    verb: Verb | None = None,
    touched: str = "",
    detail: str = "",
    refusal: str = "",
) -> Operation:
    """A row about a function of jobs and acknowledgements."""
    known, usual = JOBS.get(code, (f"Function 0x{code:02X}", Verb.UNKNOWN))
    return Operation(
        verb=verb or usual,
        function=name or known,
        kind=kind,
        code=f"0x{code:02X}",
        object=touched,
        detail=detail,
        refusal=refusal,
        filter=f"s7comm.param.func == 0x{code:02x}",
    )


def _job_rows(pdu: Pdu) -> Iterator[Operation]:
    parameters = pdu.parameters
    if not parameters:
        raise Malformed("a job without parameters")
    code = parameters[0]
    if code in (READ, WRITE):
        yield from (_operation(code, touched=address) for address in _addresses(pdu) or [""])
    elif code == PI_SERVICE:
        yield _pi_service(parameters)
    elif code == STOP:
        yield _operation(code, touched=_counted_text(parameters, 6))
    elif code in (0x1A, 0x1D):
        yield _operation(code, touched=block_name(_counted(parameters, 8)))
    elif code in _DOWNLOADS:
        yield _operation(code, Kind.NOTICE, touched=block_name(_counted(parameters, 8)))
    elif code == SETUP:
        yield _operation(code, detail=_pdu_size(parameters))
    else:
        yield _operation(code)


def _addresses(pdu: Pdu) -> list[str]:
    """The variables of a read or write; those beyond what was kept are left out."""
    if len(pdu.parameters) < 2:
        raise Malformed("a variable job without item count")
    found: list[str] = []
    try:
        found.extend(items(pdu.parameters[2:], pdu.parameters[1]))
    except Malformed:
        if pdu.whole:
            raise
    return found


def _counted(raw: bytes, at: int) -> bytes:
    """The bytes counted by the byte at ``at``; Malformed when they are not there."""
    if at >= len(raw) or at + 1 + raw[at] > len(raw):
        raise Malformed("text at byte {at} of the parameters is cut short", at=at)
    return raw[at + 1 : at + 1 + raw[at]]


def _counted_text(raw: bytes, at: int) -> str:
    return readable(_counted(raw, at)) if at < len(raw) else ""


def _pdu_size(parameters: bytes) -> str:
    if len(parameters) < 8:
        return ""
    return said("PDU of {n} bytes", n=int.from_bytes(parameters[6:8], "big"))


_STARTS = {"": said("warm start"), "C": said("cold start")}  # by the argument


def _pi_service(parameters: bytes) -> Operation:
    """Program invocation: seven bytes, length and bytes of the argument, length and name of the service."""
    if len(parameters) < 10:
        raise Malformed("a PI service without a name")
    service, argument = _service(parameters)
    name, verb = PI_SERVICES.get(service, ("PI Service", Verb.UNKNOWN))
    touched, words = "", [said("service {name}", name=service)]
    if service in ("_INSE", "_INS2", "_DELE"):
        blocks = [argument[at : at + 8] for at in range(2, len(argument) - 7, 8)]
        touched = ", ".join(block_name(b) for b in blocks[: argument[0] if argument else 0])
    elif service == "P_PROGRAM":
        given = readable(argument).strip()
        words.append(_STARTS.get(given) or said("argument {name}", name=given))
    elif service.startswith("_N_") and verb not in (Verb.AUTHENTICATE, Verb.CONFIGURE):
        touched = _nc_file(argument)
    return _operation(PI_SERVICE, name=name, verb=verb, touched=touched, detail=joined(words))


def _service(parameters: bytes) -> tuple[str, bytes]:
    """(name, argument) at their places; else a known name that ends the parameters, without argument: some clients get
    the lengths before it wrong, and what they asked for is meant all the same.
    """
    size = int.from_bytes(parameters[8:10], "big")
    try:
        return readable(_counted(parameters, 10 + size)), parameters[10 : 10 + size]
    except Malformed:
        known = next((name for name in PI_SERVICES if parameters.endswith(name.encode("ascii"))), None)
        if known is None:
            raise
        return known, b""


def _nc_file(argument: bytes) -> str:
    """The second text of an NC service's argument, after the address: mostly a file or program."""
    if not argument or 1 + argument[0] > len(argument):
        return ""
    at = 1 + argument[0] + (argument[0] % 2 == 0)
    return readable(argument[at + 1 : at + 1 + argument[at]]) if at < len(argument) else ""


def _acknowledgement_rows(pdu: Pdu) -> Iterator[Row]:
    kind, refusal = (Kind.REFUSAL, error_text(pdu.error)) if pdu.error else (Kind.RESPONSE, "")
    if not pdu.parameters:
        yield Operation(
            verb=Verb.UNKNOWN,
            function="Acknowledge",
            kind=kind,
            refusal=refusal,
            filter=f"s7comm.header.rosctr == {pdu.rosctr}",
        )
        return
    code = pdu.parameters[0]
    if code in _DOWNLOADS:
        yield _operation(code, Kind.NOTICE, detail=refusal)
    elif code in (READ, WRITE) and not pdu.error and len(pdu.parameters) > 1:
        results = [*_results(pdu)]
        if not results:
            yield _operation(code, Kind.RESPONSE)
        for result in results:
            failed = result != SUCCESS
            text = f"{RETURN_CODES.get(result, 'Return code')} (0x{result:02X})" if failed else ""
            yield _operation(code, Kind.REFUSAL if failed else Kind.RESPONSE, refusal=text)
    else:
        detail = _pdu_size(pdu.parameters) if code == SETUP else ""
        yield _operation(code, kind, detail=detail, refusal=refusal)


def _results(pdu: Pdu) -> Iterator[int]:
    """The return code of each item. Items of a read carry a transport size, a length in bits or bytes, and the data."""
    code, count = pdu.parameters[0], pdu.parameters[1]
    at = 0
    for _ in range(count):
        if at >= len(pdu.data):
            if pdu.whole:
                raise Malformed("{count} items announced, the data end before", count=count)
            return
        yield pdu.data[at]
        if code == WRITE:
            at += 1
            continue
        size = int.from_bytes(pdu.data[at + 2 : at + 4], "big")
        if pdu.data[at + 1 : at + 2] in (b"\3", b"\4", b"\5"):  # BIT, BYTE/WORD/DWORD, INTEGER count bits
            size = (size + 7) // 8
        at += 4 + (size + size % 2 if pdu.data[at] == SUCCESS else 0)


PROTOCOL = Protocol(
    name="s7comm",
    title="S7comm",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    beyond_key="return codes of the second and later items of a read stand between values",
    verbs=frozenset(
        {verb for table in (JOBS, PI_SERVICES, USERDATA) for _, verb in table.values()}
        | {PBC[1], Verb.IDENTIFY, Verb.REPORT, Verb.UNKNOWN}
    ),
    specification="not published; Wireshark packet-s7comm field documentation, Snap7 1.4 reference manual; "
    "Siemens System and Standard Functions for S7-300/400 (SZL)",
    beneath=("cotp",),
)
