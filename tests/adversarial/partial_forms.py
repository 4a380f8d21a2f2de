"""Remote desktops and file servers of which one side, or only what came later, was recorded."""

from __future__ import annotations

from tests.adversarial.staging import Case, calm, not_calm, seen, unmoved
from tests.adversarial.talk import FILES, NOWHERE_LISTED, PANEL, PLC_1, STRANGER, Said, formed, stream
from tests.protocols.smb_messages import OPEN, READS, WRITES, Part, connect, create, created, message, write
from tests.twins import answers_only, requests_only

SCREEN = "remote-desktop-unprotected"
GREETED: Said = [(0, b"RFB 003.008\n"), (1, b"RFB 003.008\n")]
BY_PASSWORD: Said = [
    *GREETED,
    (0, b"\1\2"),
    (1, b"\2"),
    (0, bytes(range(16))),
    (1, bytes(range(16, 32))),
    (0, bytes(4)),
]
BY_TLS: Said = [*GREETED, (0, b"\1\x13"), (1, b"\x13"), (0, b"\0\2"), (1, b"\0\2"), (0, b"\0")]
HANDLE = bytes(range(16))


def screens() -> list[Case]:
    """VNC that asks for its own password alone, and one in TLS."""
    found = []
    for port in (5900, 5950):
        whole = stream(STRANGER, PANEL, port, BY_PASSWORD)
        found += [
            seen(f"a screen on {port}", whole, SCREEN),
            not_calm(f"a screen on {port}, requests only", formed(requests_only, whole), SCREEN),
            not_calm(f"a screen on {port}, answers only", formed(answers_only, whole), SCREEN),
            unmoved(f"a screen in TLS on {port}", stream(STRANGER, PANEL, port, BY_TLS), SCREEN),
        ]
    return found


def smb(number: int, part: Part, answer: Part | None = None) -> Said:
    """A request and its answer."""
    told = answer or (part[0], bytes(16), 0)
    return [(1, message(part, number=number)), (0, message(told, answer=True, number=number))]


def writing() -> list[Case]:
    """To a handle: of a file, of a pipe, and of what was opened before anybody recorded it."""
    opened = {
        name: [*smb(1, connect(share)), *smb(2, create(0, name, READS | WRITES, OPEN), created(HANDLE))]
        for name, share in (("day.csv", r"\\10.20.1.11\Line2"), ("srvsvc", r"\\10.20.1.11\IPC$"))
    }
    later = [*smb(7, write(HANDLE)), *smb(8, write(HANDLE))]
    return [
        seen("a file is written", stream(STRANGER, PLC_1, 445, [*opened["day.csv"], *later]), FILES),
        calm("a pipe is written to", stream(STRANGER, PLC_1, 445, [*opened["srvsvc"], *later]), FILES),
        *(
            Case(f"what {server} opened before is written to", {FILES: frozenset({"no-evidence"})}, recorded)
            for server in (PLC_1, NOWHERE_LISTED)
            for recorded in (stream(STRANGER, server, 445, later),)
        ),
    ]


def cases() -> list[Case]:
    """All."""
    return [*screens(), *writing()]
