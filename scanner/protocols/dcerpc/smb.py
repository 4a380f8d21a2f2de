"""SMB 1, 2 and 3 over NetBIOS sessions or direct TCP: dialects, signing, encryption, logins and what is asked for.

Written from [MS-SMB2] (sections 2.1 transport, 2.2.1 header, 2.2.3 and 2.2.4 negotiate, 2.2.13 create, 2.2.39 set
info, 2.2.41 transform header, 3.2.4.1.4 compounded requests), [MS-FSCC] (section 2.4 file information classes),
[MS-CIFS] (section 2.2.3.1 header, 2.2.2.1 commands) and RFC 1002 (session service).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import (
    After,
    BerElements,
    Byte,
    Case,
    Chain,
    Field,
    Framing,
    Length,
    Part,
    Range,
    Role,
    Select,
    Size,
    bits,
    magic,
)
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common import ntlm
from scanner.wording import said

FRAMING = Framing(
    name="smb",
    delimiter=Length(at=1, width=3, add=4, minimum=39, maximum=0x900000),
    sync=(Byte(0, 0), Byte(4, (0xFC, 0xFD, 0xFE, 0xFF)), *magic(5, b"SMB")),
    ports={"tcp": (445, 139)},
    confirmations=1,
)

COMMANDS_2 = (
    ("NEGOTIATE", Verb.SESSION),
    ("SESSION_SETUP", Verb.AUTHENTICATE),
    ("LOGOFF", Verb.SESSION),
    ("TREE_CONNECT", Verb.SESSION),
    ("TREE_DISCONNECT", Verb.SESSION),
    ("CREATE", Verb.SESSION),
    ("CLOSE", Verb.SESSION),
    ("FLUSH", Verb.SESSION),
    ("READ", Verb.FILE_READ),
    ("WRITE", Verb.FILE_WRITE),
    ("LOCK", Verb.SESSION),
    ("IOCTL", Verb.UNKNOWN),
    ("CANCEL", Verb.SESSION),
    ("ECHO", Verb.SESSION),
    ("QUERY_DIRECTORY", Verb.READ),
    ("CHANGE_NOTIFY", Verb.SUBSCRIBE),
    ("QUERY_INFO", Verb.READ),
    ("SET_INFO", Verb.CONFIGURE),
    ("OPLOCK_BREAK", Verb.SESSION),
)
COMMANDS_1 = {
    0x01: ("DELETE_DIRECTORY", Verb.FILE_DELETE),
    0x04: ("CLOSE", Verb.SESSION),
    0x06: ("DELETE", Verb.FILE_DELETE),
    0x07: ("RENAME", Verb.FILE_WRITE),
    0x0A: ("READ", Verb.FILE_READ),
    0x0B: ("WRITE", Verb.FILE_WRITE),
    0x25: ("TRANSACTION", Verb.UNKNOWN),
    0x2B: ("ECHO", Verb.SESSION),
    0x2D: ("OPEN_ANDX", Verb.SESSION),
    0x2E: ("READ_ANDX", Verb.FILE_READ),
    0x2F: ("WRITE_ANDX", Verb.FILE_WRITE),
    0x32: ("TRANSACTION2", Verb.UNKNOWN),
    0x71: ("TREE_DISCONNECT", Verb.SESSION),
    0x72: ("NEGOTIATE", Verb.SESSION),
    0x73: ("SESSION_SETUP_ANDX", Verb.AUTHENTICATE),
    0x74: ("LOGOFF_ANDX", Verb.SESSION),
    0x75: ("TREE_CONNECT_ANDX", Verb.SESSION),
    0xA0: ("NT_TRANSACT", Verb.UNKNOWN),
    0xA2: ("NT_CREATE_ANDX", Verb.SESSION),
}
# [MS-FSCC] section 2.4: what is set of a file; a file is deleted or renamed by setting this of it
FILE_INFORMATION = {
    4: ("FileBasicInformation", Verb.CONFIGURE),
    10: ("FileRenameInformation", Verb.FILE_WRITE),
    11: ("FileLinkInformation", Verb.FILE_WRITE),
    13: ("FileDispositionInformation", Verb.FILE_DELETE),
    15: ("FileFullEaInformation", Verb.CONFIGURE),
    19: ("FileAllocationInformation", Verb.FILE_WRITE),
    20: ("FileEndOfFileInformation", Verb.FILE_WRITE),
    40: ("FileShortNameInformation", Verb.FILE_WRITE),
    64: ("FileDispositionInformationEx", Verb.FILE_DELETE),
    65: ("FileRenameInformationEx", Verb.FILE_WRITE),
    72: ("FileLinkInformationEx", Verb.FILE_WRITE),
}
INFORMATION = {2: "SMB2_0_INFO_FILESYSTEM", 3: "SMB2_0_INFO_SECURITY", 4: "SMB2_0_INFO_QUOTA"}
DIALECTS = {0x0202: "SMB 2.0.2", 0x0210: "SMB 2.1", 0x0300: "SMB 3.0", 0x0302: "SMB 3.0.2", 0x0311: "SMB 3.1.1"}
_ANY_2 = 0x02FF  # the answer to an SMB 1 negotiation that leads to SMB 2
# [MS-ERREF] section 2.3.1, the ones that tell an auditor something.
STATUS = {
    0xC000000F: "STATUS_NO_SUCH_FILE",
    0xC0000022: "STATUS_ACCESS_DENIED",
    0xC000006A: "STATUS_WRONG_PASSWORD",
    0xC000006D: "STATUS_LOGON_FAILURE",
    0xC000006E: "STATUS_ACCOUNT_RESTRICTION",
    0xC0000072: "STATUS_ACCOUNT_DISABLED",
    0xC0000234: "STATUS_ACCOUNT_LOCKED_OUT",
    0xC00000CC: "STATUS_BAD_NETWORK_NAME",
    0xC0000034: "STATUS_OBJECT_NAME_NOT_FOUND",
    0xC0000035: "STATUS_OBJECT_NAME_COLLISION",
    0xC000003A: "STATUS_OBJECT_PATH_NOT_FOUND",
    0xC0000043: "STATUS_SHARING_VIOLATION",
    0xC00000BB: "STATUS_NOT_SUPPORTED",
}
_MORE_PROCESSING = 0xC0000016
# [MS-CIFS] section 2.2.2.4: class and code, of those who do not ask for the 32 bits of NT
DOS_ERRORS = {
    (1, 2): "ERRDOS ERRbadfile",
    (1, 5): "ERRDOS ERRnoaccess",
    (2, 2): "ERRSRV ERRbadpw",
    (2, 4): "ERRSRV ERRaccess",
    (2, 6): "ERRSRV ERRinvnetname",
}
_NT_STATUS = 0x40  # in the second byte of Flags2: the status is one of NT
_NO_DIALECT = b"\xff\xff"
_SIGNING_REQUIRED = 2
_CREATE, _SET_INFO = 5, 17
_OF_A_FILE = 1  # information type
_MOST_COMPOUNDED = 256  # requests in a message
_DELETE_ON_CLOSE = 0x10  # in the second byte of the create options


def probe(message: Message) -> bool:
    """One of the four protocol identifiers behind a session header whose length fits."""
    data = message.data
    if message.transport != "tcp" or len(data) < 9 or data[0] != 0 or data[5:8] != b"SMB":
        return False
    return data[4] in (0xFC, 0xFD, 0xFE, 0xFF) and message.length == 4 + int.from_bytes(data[1:4], "big")


def dissect(message: Message) -> Iterator[Row]:
    """One message; of compounded SMB 2 requests every one, in their order."""
    data = message.data
    if len(data) < 36:
        raise Malformed("SMB header cut short")
    if data[4] == 0xFE:
        yield from _smb2(data, message.length)
    elif data[4] == 0xFF:
        yield from _smb1(data)
    elif data[4] == 0xFD:
        yield Session(encrypted=True)


def _outcome(status: int) -> tuple[Kind, str]:
    if status >> 30 == 3 and status != _MORE_PROCESSING:
        return Kind.REFUSAL, STATUS.get(status, f"status 0x{status:08X}")
    return Kind.RESPONSE, ""


def _dos_outcome(data: bytes) -> tuple[Kind, str]:
    """Error class, a reserved byte and the code."""
    kind, code = data[9], int.from_bytes(data[11:13], "little")
    if not kind:
        return Kind.RESPONSE, ""
    return Kind.REFUSAL, DOS_ERRORS.get((kind, code), f"error class {kind}, code {code}")


def _smb2(data: bytes, length: int) -> Iterator[Row]:
    if len(data) < 68:
        raise Malformed("SMB 2 header cut short")
    command = int.from_bytes(data[16:18], "little")
    operation = _operation_2(data[4:])
    yield operation
    if command == 1 and operation.kind is Kind.REQUEST:
        yield from _logs_in(ntlm.level(data[:_LOGIN]))
    if command == 0 and len(data) >= 76:
        yield from _negotiate_2(data, answer=operation.kind is Kind.RESPONSE)
    yield from _compounds(data, length)


def _logs_in(level: str) -> Iterator[Session]:
    """By NTLM of a version, or as nobody."""
    if level == "anonymous":
        yield Session(credentials="anonymous")
    elif level:
        yield Session(cipher=level, credentials="negotiate")


def _compounds(data: bytes, length: int) -> Iterator[Operation]:
    """What is compounded with the first. Of the last one behind the second its command alone is known."""
    at = 4
    for place in range(1, _MOST_COMPOUNDED):
        step = int.from_bytes(data[at + 20 : at + 24], "little")
        at += step
        if step < 64 or at + 64 > length:
            return
        if at + 64 > len(data):
            break
        following = data[at:]
        if not following.startswith(b"\xfeSMB"):
            return
        last = not any(following[20:24])
        yield _operation_2(following, told=2 if not last else 1 if place == 1 else 0)
    if not data[20] & 1:
        yield Operation(Verb.UNKNOWN_FUNCTION, "compounded request", Kind.REQUEST, "65535", detail=said("not read"))


def _operation_2(data: bytes, told: int = 2) -> Operation:
    """What the header at the beginning of the bytes, and the first bytes behind it, ask for or answer.

    told: 2 when the key has how a file is opened and what is set of it, 1 when only the latter, 0 when neither; what is
    not told may be a change.
    """
    command, status = int.from_bytes(data[12:14], "little"), int.from_bytes(data[8:12], "little")
    if command >= len(COMMANDS_2):
        raise Malformed("SMB 2 command {command}", command=command)
    name, verb = COMMANDS_2[command]
    kind, refusal = _outcome(status) if data[16] & 1 else (Kind.REQUEST, "")
    target = ""
    if kind is Kind.REQUEST and command == _SET_INFO and len(data) >= 68:
        target, verb = _set(data[66], data[67]) if told else ("", Verb.FILE_WRITE)
    elif kind is Kind.REQUEST and command == _CREATE and told < 2:
        verb = Verb.UNKNOWN_FUNCTION
    elif kind is Kind.REQUEST and command == _CREATE and len(data) >= 106 and data[105] & _DELETE_ON_CLOSE:
        target, verb = "FILE_DELETE_ON_CLOSE", Verb.FILE_DELETE
    return Operation(verb, name, kind, str(command), object=target, refusal=refusal, filter=f"smb2.cmd == {command}")


def _set(kind: int, number: int) -> tuple[str, Verb]:
    """What a SET_INFO request sets, and what that amounts to."""
    if kind == _OF_A_FILE:
        return FILE_INFORMATION.get(number, (f"FileInformation {number}", Verb.CONFIGURE))
    return INFORMATION.get(kind, f"InfoType {kind}"), Verb.CONFIGURE


def _negotiate_2(data: bytes, *, answer: bool) -> Iterator[Row]:
    if answer:
        dialect = int.from_bytes(data[72:74], "little")
        required = data[70] & _SIGNING_REQUIRED
        yield Session(
            version=DIALECTS.get(dialect, "" if dialect == _ANY_2 else f"SMB dialect 0x{dialect:04X}"),
            encrypted=False,
            detail=said("signing required" if required else "signing not required"),
        )
        return
    count = int.from_bytes(data[70:72], "little")
    offered = [int.from_bytes(data[at : at + 2], "little") for at in range(104, min(104 + 2 * count, len(data) - 1), 2)]
    yield Session(version_offered=tuple(DIALECTS[d] for d in offered if d in DIALECTS))


def _smb1(data: bytes) -> Iterator[Row]:
    command, status = data[8], int.from_bytes(data[9:13], "little")
    name, verb = COMMANDS_1.get(command, (f"command 0x{command:02X}", Verb.UNKNOWN))
    kind, refusal = Kind.REQUEST, ""
    if data[13] & 0x80:
        kind, refusal = _outcome(status) if data[15] & _NT_STATUS else _dos_outcome(data)
        if command == 0x72 and data[37:39] == _NO_DIALECT and kind is Kind.RESPONSE:
            kind, refusal = Kind.REFUSAL, "none of the dialects offered"
    yield Operation(verb, name, kind, f"0x{command:02X}", refusal=refusal, filter=f"smb.cmd == 0x{command:02x}")
    if kind is Kind.RESPONSE or (kind is Kind.REFUSAL and command != 0x72):
        yield Session(version="SMB 1", encrypted=False)
    elif kind is Kind.REQUEST and command == _SETUP_1:
        yield from _logs_in(_level_1(data))
    elif kind is Kind.REQUEST and command == 0x72:
        names = [part for part in data[39:].split(b"\0") if part[:1] == b"\x02"]
        yield Session(version_offered=("SMB 1", "SMB 2") if any(b"SMB 2" in n for n in names) else ("SMB 1",))


def _level_1(data: bytes) -> str:
    """SESSION_SETUP_ANDX ([MS-CIFS] section 2.2.4.53, [MS-SMB] section 2.2.4.6.1), with a token or two responses."""
    if data[36:37] == b"\x0c":
        return ntlm.level(data[:_LOGIN])
    if data[36:37] != b"\x0d" or len(data) < 55:
        return ""
    return ntlm.level_of(int.from_bytes(data[51:53], "little"), int.from_bytes(data[53:55], "little"))


_NAME = "smb"
_SETUP_1 = 0x73
# Of a log-in the third message of NTLM up to the lengths of its responses, bare or in SPNEGO's answer (RFC 4178).
_LOGIN = 160  # bytes of a message that hold them
_AT_2, _AT_1 = 92, 63  # where the token begins, as all clients have it


def _token(at: int) -> tuple[Part, ...]:
    return Range(at, at + 4), BerElements(at, (0xA1, 0x30, 0xA2), (4,), most=1, head=4 + ntlm.HEAD)


_V1, _V2 = (Byte(4, 0xFF),), (Byte(4, 0xFE), Size(68))
_V1_KEY = (Range(4, 14), Range(15, 16))
_ANSWER_1 = (Byte(13, bits(0x80, 0x80)),)
_V2_KEY = (Range(4, 8), Range(12, 18), Range(20, 21))
_NEGOTIATED = (*_V2_KEY, Range(70, 74))
_OFFERED = (*_V2_KEY, Range(70, 72), Range(104, 116))  # up to six dialects; the random salt lies further behind
_MESSAGE_ID, _MULTIPLEX_ID = Range(28, 36), Range(34, 36)
_SET = (*_V2_KEY, Range(70, 72))  # type and class of the information
_OPENED = (*_V2_KEY, Range(109, 110))  # the options' byte that has "delete on close"
# the second of compounded messages: status, command, and of a request the type and class of what is set
_NEXT = tuple(After(Field(24, 4, 4 + at, little=True), size) for at, size in ((8, 6), (66, 2)))
# Of all of them, from where each says how far the next is to where that one does: the type and class of what is set,
# the options' byte of an opening, and of the next the status, command and whether it is an answer.
_CHAIN = Chain(
    24, Field(0, 4, little=True), (Select((), (Range(46, 48), Range(85, 86), Range(-12, -6), Range(-4, -3))),)
)
_COMPOUNDED = ((Byte(24, range(1, 256)),), (Byte(25, range(1, 256)),))  # offset of the second; a multiple of 8


def _case(when: tuple[Byte | Size, ...], key: tuple[Part, ...], role: Role, pair: Range | None = None) -> Case:
    return Case(_NAME, when, key, role, (pair,) if pair else (), keep=256)


def _compounded(when: tuple[Byte | Size, ...], key: tuple[Part, ...], role: Role) -> Iterator[Case]:
    """Names of files, of up to 1 kB in practice, and what is written stand between the messages."""
    for more in _COMPOUNDED:
        yield Case(_NAME, (*when, *more), (*key, _CHAIN), role, (_MESSAGE_ID,), keep=16384)


_BARE_2, _BARE_1 = magic(_AT_2, b"NTLM"), (Byte(36, 12), *magic(_AT_1, b"NTLM"))
_NTLM_2, _NTLM_1 = Range(_AT_2, _AT_2 + ntlm.HEAD), Range(_AT_1, _AT_1 + ntlm.HEAD)

PROTOCOL = Protocol(
    name=_NAME,
    title="SMB",
    framing=FRAMING,
    cases=(
        _case((*_V2, Byte(12, 3), Byte(13, 1), Byte(14, 0), Byte(15, 0)), _V2_KEY, Role.NOTICE),  # STATUS_PENDING
        # A negotiation of SMB 1 may be answered in SMB 2 ([MS-SMB2] 3.3.5.3), so they are paired by their order.
        _case((*_V2, Byte(16, 0), Byte(17, 0), Byte(20, bits(1, 1))), _NEGOTIATED, Role.RESPONSE),
        *_compounded((*_V2, Byte(20, bits(1, 1))), (*_V2_KEY, _NEXT[0]), Role.RESPONSE),
        _case((*_V2, Byte(20, bits(1, 1))), _V2_KEY, Role.RESPONSE, _MESSAGE_ID),
        _case((*_V2, Byte(16, 0), Byte(17, 0)), _OFFERED, Role.REQUEST),
        *_compounded((*_V2, Byte(16, _CREATE), Byte(17, 0)), (*_OPENED, *_NEXT), Role.REQUEST),
        *_compounded((*_V2, Byte(16, _SET_INFO), Byte(17, 0)), (*_SET, *_NEXT), Role.REQUEST),
        *_compounded(_V2, (*_V2_KEY, *_NEXT), Role.REQUEST),
        _case((*_V2, Byte(16, _SET_INFO), Byte(17, 0)), _SET, Role.REQUEST, _MESSAGE_ID),
        _case((*_V2, Byte(16, _CREATE), Byte(17, 0)), _OPENED, Role.REQUEST, _MESSAGE_ID),
        _case((*_V2, Byte(16, 1), Byte(17, 0), *_BARE_2), (*_V2_KEY, _NTLM_2), Role.REQUEST, _MESSAGE_ID),
        _case((*_V2, Byte(16, 1), Byte(17, 0)), (*_V2_KEY, *_token(_AT_2)), Role.REQUEST, _MESSAGE_ID),
        _case(_V2, _V2_KEY, Role.REQUEST, _MESSAGE_ID),
        _case((*_V1, Byte(8, 0x72), Byte(13, bits(0x80, 0x80))), (*_V1_KEY, Range(37, 39)), Role.RESPONSE),
        _case((*_V1, Byte(13, bits(0x80, 0x80))), _V1_KEY, Role.RESPONSE, _MULTIPLEX_ID),
        _case((*_V1, Byte(8, 0x72)), (*_V1_KEY, Range(39)), Role.REQUEST),
        _case((*_V1, Byte(8, _SETUP_1), *_BARE_1), (*_V1_KEY, Range(36, 37), _NTLM_1), Role.REQUEST, _MULTIPLEX_ID),
        _case(
            (*_V1, Byte(8, _SETUP_1), Byte(36, 12)),
            (*_V1_KEY, Range(36, 37), *_token(_AT_1)),
            Role.REQUEST,
            _MULTIPLEX_ID,
        ),
        _case((*_V1, Byte(8, _SETUP_1)), (*_V1_KEY, Range(36, 37), Range(51, 55)), Role.REQUEST, _MULTIPLEX_ID),
        _case(_V1, _V1_KEY, Role.REQUEST, _MULTIPLEX_ID),
        Case(_NAME, (Byte(4, (0xFC, 0xFD)),), (Range(4, 8),), Role.NOTICE, keep=64),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {verb for _, verb in (*COMMANDS_2, *COMMANDS_1.values(), *FILE_INFORMATION.values())} | {Verb.UNKNOWN_FUNCTION}
    ),
    specification="[MS-SMB2] section 2, [MS-CIFS] section 2.2, RFC 1002",
    industrial=False,
    display_filter="smb || smb2",
)
