"""Messages of SMB 1: what each asks for or answers.

Written from [MS-CIFS] sections 2.2.2.1 (commands), 2.2.3 (header, parameters, data, chains), 2.2.4 (each of them),
2.2.6 (subcommands of TRANSACTION2) and [MS-SMB] sections 2.2.4 (extensions). Of a chain the second command is told, not
its arguments.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Kind, Message, Operation, Row, Session, Verb
from scanner.protocols.common import ntlm
from scanner.protocols.dcerpc._smb2 import LOGIN, let_in, logs_in
from scanner.protocols.dcerpc._smb_names import BY_ID, UNKNOWN, Opening, Target, decoded, share_of, target
from scanner.protocols.dcerpc._smb_status import dos_outcome, outcome

NEGOTIATE, SETUP, TREE_CONNECT, NT_CREATE, OPEN_ANDX, TRANSACTION2 = 0x72, 0x73, 0x75, 0xA2, 0x2D, 0x32
COMMANDS = {
    0x00: ("CREATE_DIRECTORY", Verb.FILE_WRITE),
    0x01: ("DELETE_DIRECTORY", Verb.FILE_DELETE),
    0x02: ("OPEN", Verb.SESSION),
    0x03: ("CREATE", Verb.FILE_WRITE),
    0x04: ("CLOSE", Verb.SESSION),
    0x06: ("DELETE", Verb.FILE_DELETE),
    0x07: ("RENAME", Verb.FILE_WRITE),
    0x0A: ("READ", Verb.FILE_READ),
    0x0B: ("WRITE", Verb.FILE_WRITE),
    0x0F: ("CREATE_NEW", Verb.FILE_WRITE),
    0x13: ("LOCK_AND_READ", Verb.FILE_READ),
    0x14: ("WRITE_AND_UNLOCK", Verb.FILE_WRITE),
    0x1A: ("READ_RAW", Verb.FILE_READ),
    0x1D: ("WRITE_RAW", Verb.FILE_WRITE),
    0x25: ("TRANSACTION", Verb.UNKNOWN),
    0x2B: ("ECHO", Verb.SESSION),
    0x2C: ("WRITE_AND_CLOSE", Verb.FILE_WRITE),
    OPEN_ANDX: ("OPEN_ANDX", Verb.SESSION),
    0x2E: ("READ_ANDX", Verb.FILE_READ),
    0x2F: ("WRITE_ANDX", Verb.FILE_WRITE),
    TRANSACTION2: ("TRANSACTION2", Verb.UNKNOWN),
    0x71: ("TREE_DISCONNECT", Verb.SESSION),
    NEGOTIATE: ("NEGOTIATE", Verb.SESSION),
    SETUP: ("SESSION_SETUP_ANDX", Verb.AUTHENTICATE),
    0x74: ("LOGOFF_ANDX", Verb.SESSION),
    TREE_CONNECT: ("TREE_CONNECT_ANDX", Verb.SESSION),
    0xA0: ("NT_TRANSACT", Verb.UNKNOWN),
    NT_CREATE: ("NT_CREATE_ANDX", Verb.SESSION),
    0xA5: ("NT_RENAME", Verb.FILE_WRITE),
}
CLOSE = 0x04
BY_HANDLE = {37: (0x0A, 0x0B, 0x13, 0x14, 0x1A, 0x1D, 0x2C), 41: (0x2E, 0x2F)}  # where it stands: of which commands
# Where the name begins of those that have one behind a byte for its form; of the renaming ones the old name.
NAMES = {0x00: 40, 0x01: 40, 0x02: 44, 0x03: 46, 0x06: 42, 0x07: 42, 0x0F: 46, 0xA5: 48}
_RENAMES, _OPENS = (0x07, 0xA5), (0x02, 0x03, 0x0F)
CHAINS = (0x24, OPEN_ANDX, 0x2E, 0x2F, SETUP, 0x74, TREE_CONNECT, NT_CREATE)
_ANSWER = 0x80
_NT_STATUS, _UNICODE = 0x40, 0x80  # in the second byte of Flags2
_NO_DIALECT = b"\xff\xff"
_NO_MORE = 0xFF
_GUEST = 1  # bit of the action that a log-in's answer tells
LOOKS = (0x01, 0x02, 0x03, 0x05, 0x07, 0x10)  # subcommands of TRANSACTION2
SETS = (0x06, 0x08)
# Levels of information; from 1000 on those of [MS-FSCC].
_LEVELS = {
    0x0102: Verb.FILE_DELETE,
    0x0103: Verb.FILE_WRITE,
    0x0104: Verb.FILE_WRITE,
    1010: Verb.FILE_WRITE,
    1011: Verb.FILE_WRITE,
    1013: Verb.FILE_DELETE,
    1019: Verb.FILE_WRITE,
    1020: Verb.FILE_WRITE,
}


def dissect(message: Message) -> Iterator[Row]:
    """What a message asks for or answers."""
    data = message.data
    command, status = data[8], _number(data, 9, 4)
    name, verb = COMMANDS.get(command, (f"command 0x{command:02X}", Verb.UNKNOWN))
    kind, refusal, about = Kind.REQUEST, "", UNKNOWN
    if data[13] & _ANSWER:
        kind, refusal = outcome(status) if data[15] & _NT_STATUS else dos_outcome(data)
        if command == NEGOTIATE and data[37:39] == _NO_DIALECT and kind is Kind.RESPONSE:
            kind, refusal = Kind.REFUSAL, "none of the dialects offered"
    else:
        verb, about = _asked(message, command, verb)
    shown = f"smb.cmd == 0x{command:02x}"
    yield Operation(verb, name, kind, f"0x{command:02X}", object=about.path, refusal=refusal, filter=shown)
    if kind is Kind.RESPONSE or (kind is Kind.REFUSAL and command != NEGOTIATE):
        yield Session(version="SMB 1", encrypted=False)
        if command == SETUP:
            told = data[36:37] in (b"\x03", b"\x04") and len(data) > 41
            yield from let_in(kind, status, None if not told else "guest" if data[41] & _GUEST else "")
    elif kind is Kind.REQUEST:
        yield from _chained(data, command)
        yield from _session(data, command)


def _session(data: bytes, command: int) -> Iterator[Session]:
    if command == SETUP:
        yield from logs_in(_level(data))
    elif command == NEGOTIATE:
        names = [part for part in data[39:].split(b"\0") if part[:1] == b"\x02"]
        yield Session(version_offered=("SMB 1", "SMB 2") if any(b"SMB 2" in n for n in names) else ("SMB 1",))


def _level(data: bytes) -> str:
    """SESSION_SETUP_ANDX ([MS-CIFS] section 2.2.4.53, [MS-SMB] section 2.2.4.6.1), with a token or two responses."""
    if data[36:37] == b"\x0c":
        return ntlm.level(data[:LOGIN])
    if data[36:37] != b"\x0d" or len(data) < 55:
        return ""
    return ntlm.level_of(_number(data, 51, 2), _number(data, 53, 2))


def _chained(data: bytes, command: int) -> Iterator[Operation]:
    """What moves content behind another command."""
    if command not in CHAINS or len(data) < 38 or data[36] < 2 or data[37] == _NO_MORE:
        return
    name, verb = COMMANDS.get(data[37], ("", Verb.UNKNOWN))
    if verb in (Verb.FILE_READ, Verb.FILE_WRITE, Verb.FILE_DELETE):
        yield Operation(verb, name, Kind.REQUEST, f"0x{data[37]:02X}", filter=f"smb.cmd == 0x{command:02x}")


# --- what it is about -----------------------------------------------------------------------------------------------


def _asked(message: Message, command: int, verb: Verb) -> tuple[Verb, Target]:
    """What a request amounts to, and what it is about."""
    data = message.data
    if any(command in commands for commands in BY_HANDLE.values()):
        found = _at_hand(message)
        return found.verb(verb), found
    if command == TREE_CONNECT:
        return verb, Target(_connected(data))
    if command == TRANSACTION2:
        return _transacted(message)
    if command in (NT_CREATE, OPEN_ANDX):
        verb, found = _opened(data, _share(message))
        return verb, found if found.pipe or verb is not Verb.SESSION else UNKNOWN
    if command in NAMES:
        found = _named(data, _share(message))
        return verb, found if verb is not Verb.SESSION else UNKNOWN
    return verb, UNKNOWN


def _transacted(message: Message) -> tuple[Verb, Target]:
    """TRANSACTION2 with its subcommand and, of what is set, the level."""
    data = message.data
    word, at = _number(data, 65, 2), 4 + _number(data, 57, 2)
    if word in LOOKS:
        return Verb.READ, UNKNOWN
    if word not in SETS or len(data) < 67:
        return Verb.UNKNOWN, UNKNOWN
    level = data[at + 2 : at + 4] if word == SETS[1] else data[at : at + 2]
    verb = _LEVELS.get(int.from_bytes(level, "little"), Verb.CONFIGURE) if len(level) == 2 else Verb.FILE_WRITE
    return verb, _at_hand(message) if verb is Verb.FILE_DELETE and word == SETS[1] else UNKNOWN


def _at_hand(message: Message) -> Target:
    """What the handle of a message stands for, by the request that got it."""
    opener = message.opener
    if opener is None or len(opener.data) < 37:
        return UNKNOWN
    command = opener.data[8]
    if command in (NT_CREATE, OPEN_ANDX):
        return _opened(opener.data, _share(opener))[1]
    return _named(opener.data, _share(opener)) if command in _OPENS else UNKNOWN


def _share(message: Message) -> str:
    """The share in which a message names something; empty where its TREE_CONNECT_ANDX was not captured."""
    opener = message.opener
    return _connected(opener.data) if opener is not None and opener.data[8] == TREE_CONNECT else ""


def _connected(data: bytes) -> str:
    """The share that TREE_CONNECT_ANDX asks for, behind a password."""
    return share_of(_text(data, 47 + _number(data, 43, 2)) or "") if data[36:37] == b"\4" else ""


def _opened(data: bytes, share: str) -> tuple[Verb, Target]:
    """NT_CREATE_ANDX or OPEN_ANDX: what it amounts to, and what its handle stands for."""
    if data[8] == OPEN_ANDX:
        mode, name = _number(data, 53, 2), _text(data, 69)
        truncates = mode & 3 == 2 or mode & 0x13 == 0x10
        return Verb.FILE_WRITE if truncates else Verb.SESSION, UNKNOWN if name is None else target(share, name)
    if len(data) < 87:
        return Verb.SESSION, UNKNOWN
    opening = Opening(_number(data, 52, 4), data[72], _number(data, 76, 4))
    size, at = _number(data, 42, 2), 87 + bool(data[15] & _UNICODE)
    raw = data[at : at + size]
    if opening.folded or opening.options & BY_ID or len(raw) < size:
        return opening.verb, UNKNOWN
    return opening.verb, target(share, decoded(raw, unicode=bool(data[15] & _UNICODE)))


def _named(data: bytes, share: str) -> Target:
    """The name behind a byte for its form, the new one where there are two."""
    command = data[8]
    at = NAMES[command]
    if command in _RENAMES:
        at = _behind(data, at) + 1
    name = _text(data, at)
    return target(share, name) if name else UNKNOWN


def _text(data: bytes, at: int) -> str | None:
    """A text that ends with zero; of two bytes a character it begins at an even place. None when it is not whole."""
    unicode = bool(data[15] & _UNICODE)
    start = at + (at & 1 if unicode else 0)
    end = _behind(data, at)
    return decoded(data[start:end], unicode=unicode) if end <= len(data) else None


def _behind(data: bytes, at: int) -> int:
    """Where such a text ends, zero included; beyond the data when it does not."""
    if not data[15] & _UNICODE:
        end = data.find(b"\0", at)
        return end + 1 if end >= 0 else len(data) + 1
    at += at & 1
    for place in range(at, len(data) - 1, 2):
        if data[place : place + 2] == b"\0\0":
            return place + 2
    return len(data) + 1


def _number(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(data[at : at + width], "little")
