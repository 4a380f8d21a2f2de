"""SMB servers that let in guests, in their versions and on their ports, and those that know or refuse their clients."""

from __future__ import annotations

import struct

from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import FILES, PLC_1, STRANGER, Said, formed, stream
from tests.protocols.smb_messages import OVERWRITE, READS, WRITES, connect, create, created, message
from tests.twins import IP_ONLY, answers_only, cut_short, in_pieces, midway, requests_only

RULE = "anonymous-file-access"
SETUP, DENIED, MORE = 1, 0xC000006D, 0xC0000016
ASKED = (SETUP, struct.pack("<HBBIIHHQ", 25, 0, 1, 1, 0, 88, 0, 0), 0)
PIPES = r"\\10.20.1.11\IPC$"


def setup(flags: int, status: int = 0) -> Said:
    """A log-in by what is no NTLM of its own."""
    answer = (SETUP, struct.pack("<HHHH", 9, flags, 72, 0), status)
    return [(1, message(ASKED)), (0, message(answer, answer=True))]


def of_smb1(action: int, status: int = 0) -> Said:
    """SESSION_SETUP_ANDX ([MS-CIFS] section 2.2.4.53) and its answer."""
    asked = struct.pack("<BBHHHHIHHII", 0xFF, 0, 0, 16644, 50, 0, 0, 24, 24, 0, 0xD4)
    told = struct.pack("<BBHH", 0xFF, 0, 0, action) if not status else b""
    return [(1, _smb1(0x08, 0, asked, bytes(48) + b"bob\0")), (0, _smb1(0x88, status, told, b"Unix\0Samba\0"))]


def _smb1(flags: int, status: int, words: bytes, data: bytes) -> bytes:
    head = b"\xffSMB\x73" + struct.pack("<IBH", status, flags, 0xC001) + bytes(12) + struct.pack("<4H", 1, 9, 1, 1)
    whole = head + bytes((len(words) // 2,)) + words + struct.pack("<H", len(data)) + data
    return struct.pack(">I", len(whole)) + whole


def of_pipe(how: int, share: str = PIPES) -> Said:
    """A pipe, opened."""
    opened = message(create(0, "srvsvc", READS | WRITES, how), number=9)
    return [
        *setup(0),
        (1, message(connect(share), number=8)),
        (0, message((3, struct.pack("<HBBIII", 16, 2, 0, 0, 0, 0x1F01FF), 0), answer=True, number=8)),
        (1, opened),
        (0, message(created(bytes(range(16))), answer=True, number=9)),
    ]


def smb(said: Said, port: int = 445) -> Recorded:
    """A connection with the controller."""
    return stream(STRANGER, PLC_1, port, said)


def cases() -> list[Case]:
    """All."""
    guest, guest_1 = smb(setup(1)), smb(of_smb1(1))
    whole = ("in VXLAN", "in GTP-U", "in IPv6", "on another port", "in Ethernet over GRE")
    return [
        *(seen(f"SMB 2: a guest on {port}", smb(setup(1), port), RULE) for port in (445, 139, 4450)),
        *(seen(f"SMB 1: a guest on {port}", smb(of_smb1(1), port), RULE) for port in (445, 139)),
        seen("SMB 2: a guest in segments of 1 byte", formed(in_pieces(1), guest), RULE),
        seen("SMB 1: a guest in segments of 1 byte", formed(in_pieces(1), guest_1), RULE),
        *(seen(f"SMB 2: a guest {name}", formed(IP_ONLY[name], guest), RULE) for name in whole if name in IP_ONLY),
        not_calm("SMB 2: a guest, requests only", formed(requests_only, guest), RULE),
        not_calm("SMB 2: a guest, answers only", formed(answers_only, guest), RULE),
        not_calm("SMB 2: a guest, recorded midway", formed(midway, guest), RULE),
        not_calm("SMB 2: a guest, cut short", formed(cut_short(110), guest), RULE),
        not_calm("SMB 1: a guest, cut short", formed(cut_short(92), guest_1), RULE),
        not_calm("SMB 2: nobody", smb(setup(2)), RULE),
        calm("SMB 2: an account", smb(setup(0)), RULE),
        calm("SMB 1: an account", smb(of_smb1(0)), RULE),
        unmoved("SMB 2: refused", smb(setup(1, DENIED)), RULE),
        unmoved("SMB 2: more is wanted", smb(setup(1, MORE)), RULE),
        unmoved("SMB 1: refused", smb(of_smb1(1, DENIED)), RULE),
        *(
            unmoved(f"SMB 2: a pipe is no file, however it is opened ({how})", smb(of_pipe(how)), FILES)
            for how in (1, 3, 5)
        ),
        seen("SMB 2: a file is overwritten", smb(of_pipe(OVERWRITE, r"\\10.20.1.11\Line2")), FILES),
    ]
