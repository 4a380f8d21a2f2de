"""SMB 1, 2 and 3 over NetBIOS sessions or direct TCP: dialects, signing, encryption, logins, and which files are moved.

Written from [MS-SMB2] (sections 2.1 transport, 2.2.41 transform header, 2.2.42 compression), [MS-CIFS] (section 2.2.3.1
header) and RFC 1002 (session service). What is encrypted or compressed is not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Framing, Length, magic
from scanner.protocols.base import Malformed, Message, Protocol, Row, Session, Verb
from scanner.protocols.dcerpc import _smb1, _smb2
from scanner.protocols.dcerpc._smb_cases import CASES, NAME
from scanner.wording import said

FRAMING = Framing(
    name=NAME,
    delimiter=Length(at=1, width=3, add=4, minimum=39, maximum=0x900000),
    sync=(Byte(0, 0), Byte(4, (0xFC, 0xFD, 0xFE, 0xFF)), *magic(5, b"SMB")),
    ports={"tcp": (445, 139)},
    confirmations=1,
)
_COMPRESSED, _ENCRYPTED, _VERSION_2, _VERSION_1 = range(0xFC, 0x100)


def probe(message: Message) -> bool:
    """One of the four protocol identifiers behind a session header whose length fits."""
    data = message.data
    if message.transport != "tcp" or len(data) < 9 or data[0] != 0 or data[5:8] != b"SMB":
        return False
    return data[4] in (0xFC, 0xFD, 0xFE, 0xFF) and message.length == 4 + int.from_bytes(data[1:4], "big")


def dissect(message: Message) -> Iterator[Row]:
    """One message; of compounded SMB 2 requests every one, in their order."""
    if len(message.data) < 36:
        raise Malformed("SMB header cut short")
    version = message.data[4]
    if version == _VERSION_2:
        yield from _smb2.dissect(message)
    elif version == _VERSION_1:
        yield from _smb1.dissect(message)
    elif version == _ENCRYPTED:
        yield Session(encrypted=True)
    else:
        yield Session(detail=said("compressed"), unread=("payload",))


PROTOCOL = Protocol(
    name=NAME,
    title="SMB",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {
            verb
            for known in (_smb2.COMMANDS, _smb1.COMMANDS.values(), _smb2.FILE_INFORMATION.values())
            for _, verb in known
        }
        | {Verb.UNKNOWN_FUNCTION}
    ),
    specification="[MS-SMB2] section 2, [MS-CIFS] section 2.2, RFC 1002",
    industrial=False,
    display_filter="smb || smb2",
)
