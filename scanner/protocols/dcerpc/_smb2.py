"""Messages of SMB 2 and 3: what each asks for or answers, of compounded ones all, and which bytes tell.

Written from [MS-SMB2] sections 2.2.1 (header), 2.2.3 and 2.2.4 (negotiate), 2.2.9 (tree connect), 2.2.13 (create),
2.2.31 (ioctl), 2.2.39 (set info), 3.2.4.1.4 and 3.3.5.2.7.2 (compounded requests), [MS-FSCC] sections 2.3 and 2.4.

A file is read and written by a handle, which the answer to its CREATE gives; a CREATE says the share by the number that
the answer to TREE_CONNECT gives.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Kind, Malformed, Message, Operation, Row, Session, Verb
from scanner.protocols.common import ntlm
from scanner.protocols.dcerpc._smb_names import BY_ID, UNKNOWN, Opening, Target, decoded, share_of, target
from scanner.protocols.dcerpc._smb_status import outcome
from scanner.wording import joined, said

COMMANDS = (
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
NEGOTIATE, SETUP, TREE_CONNECT, CREATE, CLOSE, READ, WRITE, IOCTL, SET_INFO = 0, 1, 3, 5, 6, 8, 9, 11, 17
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
RENAMES, DISPOSES = (10, 11, 65, 72), (13, 64)
INFORMATION = {2: "SMB2_0_INFO_FILESYSTEM", 3: "SMB2_0_INFO_SECURITY", 4: "SMB2_0_INFO_QUOTA"}
# [MS-FSCC] section 2.3 and [MS-SMB2] section 2.2.31: what puts content into the file at hand
WRITING_CONTROLS = {
    0x001440F2: "FSCTL_SRV_COPYCHUNK",
    0x001480F2: "FSCTL_SRV_COPYCHUNK_WRITE",
    0x00098268: "FSCTL_OFFLOAD_WRITE",
    0x000980C8: "FSCTL_SET_ZERO_DATA",
    0x00098344: "FSCTL_DUPLICATE_EXTENTS_TO_FILE",
    0x000983E8: "FSCTL_DUPLICATE_EXTENTS_TO_FILE_EX",
}
DIALECTS = {0x0202: "SMB 2.0.2", 0x0210: "SMB 2.1", 0x0300: "SMB 3.0", 0x0302: "SMB 3.0.2", 0x0311: "SMB 3.1.1"}
_ANY = 0x02FF  # the answer to an SMB 1 negotiation that leads to SMB 2
_SIGNING_REQUIRED = 2
_AS = {1: "guest", 2: "anonymous", 3: "guest"}  # by the flags of a session ([MS-SMB2] section 2.2.6)
_OF_A_FILE = 1  # information type
_MOST_COMPOUNDED = 256  # requests in a message
_ANSWER, _RELATED, _SIGNED, _DFS = 0x01, 0x04, 0x08, 0x10000000  # flags
_HEADER = 64
_NAME, _NEW_NAME, _PATH = 120, 116, 72  # where names begin, as all clients have it, counted from the header
_MOVES = (Verb.FILE_READ, Verb.FILE_WRITE, Verb.FILE_DELETE)
LOGIN = 160  # bytes of a message that hold a log-in


def dissect(message: Message) -> Iterator[Row]:
    """What a message of one or several parts asks for or answers; of more than were kept that there are more."""
    data = message.data
    if len(data) < 4 + _HEADER and message.length >= 4 + _HEADER:
        yield _operation(data[4:], UNKNOWN, Verb.UNKNOWN_FUNCTION)
        return
    if len(data) < 4 + _HEADER:
        raise Malformed("SMB 2 header cut short")
    command = _number(data, 16, 2)
    operation, at_hand = _part(data[4:], _at_hand(message, command), _share(message), told=2)
    yield operation
    if command == SETUP and operation.kind is Kind.REQUEST:
        yield from logs_in(ntlm.level(data[:LOGIN]))
    if command == SETUP and operation.kind is not Kind.REQUEST:
        yield from let_in(operation.kind, _number(data, 12, 4), _AS.get(data[70] & 3, "") if len(data) > 70 else None)
    if command == NEGOTIATE and len(data) >= 76:
        yield from _negotiate(data, answer=operation.kind is Kind.RESPONSE)
    yield from _compounded(message, at_hand)


def logs_in(level: str) -> Iterator[Session]:
    """By NTLM of a version, or as nobody."""
    if level == "anonymous":
        yield Session(credentials="anonymous")
    elif level:
        yield Session(cipher=level, credentials="negotiate")


def let_in(kind: Kind, status: int, who: str | None) -> Iterator[Session]:
    """Whether the server accepts a log-in, and as whom: a guest may have given any name and password. who: None where
    the answer does not tell.
    """
    if kind is Kind.REFUSAL:
        yield Session(authenticated=False)
    elif not status and who is not None:
        yield Session(credentials=who, authenticated=True)


def _compounded(message: Message, at_hand: Target) -> Iterator[Operation]:
    """What is compounded with the first. Of the last one behind the second its command alone is known."""
    data, at = message.data, 4
    for place in range(1, _MOST_COMPOUNDED):
        step = _number(data, at + 20, 4)
        at += step
        if step < _HEADER or at + _HEADER > message.length:
            return
        if at + _HEADER > len(data):
            break
        following = data[at:]
        if not following.startswith(b"\xfeSMB"):
            return
        last = not _number(following, 20, 4)
        if not following[16] & _RELATED:
            at_hand = UNKNOWN
        told = 2 if not last else 1 if place == 1 else 0
        operation, at_hand = _part(following, at_hand, _share(message), told)
        yield operation
    if not data[20] & _ANSWER:
        yield Operation(Verb.UNKNOWN_FUNCTION, "compounded request", Kind.REQUEST, "65535", detail=said("not read"))


def _part(head: bytes, at_hand: Target, share: str, told: int) -> tuple[Operation, Target]:
    """What begins with this header asks for or answers, and what its handle stands for.

    told: 2 when the key has how a file is opened and what is set of it, 1 when only the latter, 0 when neither; what is
    not told may be a change.
    """
    command = _number(head, 12, 2)
    if command >= len(COMMANDS):
        raise Malformed("SMB 2 command {command}", command=command)
    verb, detail = COMMANDS[command][1], ""
    if head[16] & _ANSWER:
        return _operation(head, UNKNOWN, verb), at_hand
    named = at_hand
    if command == CREATE:
        verb, named, at_hand = _created(head, share) if told == 2 else (Verb.UNKNOWN_FUNCTION, UNKNOWN, UNKNOWN)
        detail = "FILE_DELETE_ON_CLOSE" if verb is Verb.FILE_DELETE else ""
    elif command == SET_INFO:
        verb, named, detail = _set(head, at_hand, share, told)
    elif command == IOCTL and _number(head, _HEADER + 4, 4) in WRITING_CONTROLS and not _number(head, 20, 4):
        verb, detail = Verb.FILE_WRITE, WRITING_CONTROLS[_number(head, _HEADER + 4, 4)]
    elif command in (READ, WRITE):
        verb = at_hand.verb(verb)
    elif command == TREE_CONNECT:
        named = Target(_connected(head))
    elif not (command == IOCTL and at_hand.pipe):
        named = UNKNOWN
    if verb in _MOVES and head[16] & _SIGNED:
        detail = joined((detail, said("signed")))
    return _operation(head, named, verb, detail), at_hand


def _operation(head: bytes, about: Target, verb: Verb, detail: str = "") -> Operation:
    command = _number(head, 12, 2)
    if command >= len(COMMANDS):
        raise Malformed("SMB 2 command {command}", command=command)
    name, usual = COMMANDS[command]
    kind, refusal = outcome(_number(head, 8, 4)) if head[16] & _ANSWER else (Kind.REQUEST, "")
    if verb is Verb.UNKNOWN_FUNCTION and (kind is not Kind.REQUEST or command not in (CREATE, SET_INFO, IOCTL)):
        verb = usual
    return Operation(
        verb,
        name,
        kind,
        str(command),
        object=about.path,
        detail=detail,
        refusal=refusal,
        filter=f"smb2.cmd == {command}",
    )


# --- what it is about -----------------------------------------------------------------------------------------------


def _at_hand(message: Message, command: int) -> Target:
    """What the handle of the first part stands for, by the CREATE that got it."""
    opener = message.opener
    if opener is None or command == CREATE or len(opener.data) < 4 + _HEADER:
        return UNKNOWN
    head = opener.data[4:]
    return _created(head, _share(opener))[2] if _number(head, 12, 2) == CREATE else UNKNOWN


def _share(message: Message) -> str:
    """The share that a CREATE names by its number; empty where its TREE_CONNECT was not captured."""
    opener = message.opener
    if opener is not None and _number(message.data, 16, 2) != CREATE:
        opener = opener.opener
    return _connected(opener.data[4:]) if opener is not None and _number(opener.data, 16, 2) == TREE_CONNECT else ""


def _connected(head: bytes) -> str:
    """The share that TREE_CONNECT asks for."""
    return share_of(_text(head, _HEADER + 4, _PATH) or "")


def _created(head: bytes, share: str) -> tuple[Verb, Target, Target]:
    """What a CREATE amounts to, what it is shown to be about, and what its handle stands for."""
    if len(head) < _NAME:
        return Verb.UNKNOWN_FUNCTION, UNKNOWN, UNKNOWN
    opening = Opening(_number(head, 88, 4), head[100], _number(head, 104, 4))
    name = None if opening.options & BY_ID else _text(head, _HEADER + 44, _NAME)
    if opening.folded or name is None:
        return opening.verb, UNKNOWN, UNKNOWN
    found = target(share, name, absolute=bool(_number(head, 16, 4) & _DFS))
    if found.pipe:
        return Verb.SESSION, found, found  # whatever is to be done where it does not exist
    return opening.verb, found if opening.verb is not Verb.SESSION else UNKNOWN, found


def _set(head: bytes, at_hand: Target, share: str, told: int) -> tuple[Verb, Target, str]:
    """What a SET_INFO request amounts to, what it is about, and what it sets."""
    if not told or len(head) < _HEADER + 4:
        return Verb.FILE_WRITE, UNKNOWN, ""
    kind, number = head[66], head[67]
    if kind != _OF_A_FILE:
        return Verb.CONFIGURE, at_hand, INFORMATION.get(kind, f"InfoType {kind}")
    name, verb = FILE_INFORMATION.get(number, (f"FileInformation {number}", Verb.CONFIGURE))
    if number in DISPOSES and _stays(head):
        verb = Verb.CONFIGURE
    if number in RENAMES:
        new = _renamed(head) if told == 2 else None
        at_hand = UNKNOWN if new is None else target(share, new)
    return verb, at_hand, name


def _stays(head: bytes) -> bool:
    """A file is not to be deleted after all, as a request by itself says."""
    return not _number(head, 20, 4) and _number(head, _HEADER + 8, 2) == 96 and len(head) > 96 and not head[96] & 1


def _renamed(head: bytes) -> str | None:
    """The name that a file is given."""
    size = _number(head, _NEW_NAME - 4, 4)
    raw = head[_NEW_NAME : _NEW_NAME + size]
    return decoded(raw) if _number(head, _HEADER + 8, 2) == 96 and size and len(raw) == size else None


def _text(head: bytes, at: int, usual: int) -> str | None:
    """The name whose offset and length stand here; None where it is not there, or not whole."""
    offset, size = _number(head, at, 2), _number(head, at + 2, 2)
    if not size:
        return ""
    raw = head[offset : offset + size]
    return decoded(raw) if offset >= usual and len(raw) == size else None


def _number(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(data[at : at + width], "little")


# --- negotiation ----------------------------------------------------------------------------------------------------


def _negotiate(data: bytes, *, answer: bool) -> Iterator[Row]:
    if answer:
        dialect = _number(data, 72, 2)
        required = data[70] & _SIGNING_REQUIRED
        yield Session(
            version=DIALECTS.get(dialect, "" if dialect == _ANY else f"SMB dialect 0x{dialect:04X}"),
            encrypted=False,
            detail=said("signing required" if required else "signing not required"),
        )
        return
    count = _number(data, 70, 2)
    offered = [_number(data, at, 2) for at in range(104, min(104 + 2 * count, len(data) - 1), 2)]
    yield Session(version_offered=tuple(DIALECTS[d] for d in offered if d in DIALECTS))
