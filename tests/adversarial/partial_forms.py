"""Remote desktops of which one side was recorded."""

from __future__ import annotations

from tests.adversarial.staging import Case, not_calm, seen, unmoved
from tests.adversarial.talk import PANEL, STRANGER, Said, formed, stream
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


def cases() -> list[Case]:
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
