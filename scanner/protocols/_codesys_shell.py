"""Commands of the CODESYS PLC shell, which versions 2 and 3 of the runtime share.

Not published; after Project Basecamp's codesys-shell.
"""

from __future__ import annotations

from scanner.protocols.base import Verb

# What the first word of a shell command does to the controller.
SHELL_VERBS = {
    "startprg": Verb.START,
    "stopprg": Verb.STOP,
    "resetprg": Verb.RESTART,
    "resetprgcold": Verb.RESTART,
    "resetprgorg": Verb.RESTART,
    "reload": Verb.PROGRAM_DOWNLOAD,
}
