"""Commands of the CODESYS PLC shell (PLC browser), which versions 2 and 3 of the runtime share.

CODESYS V2.3 user manual, PLC browser; Project Basecamp's codesys-shell.
"""

from __future__ import annotations

from scanner.protocols.base import Verb

# What the first word of a shell command does to the controller; any other may do what it likes.
SHELL_VERBS = {
    "startprg": Verb.START,
    "stopprg": Verb.STOP,
    "resetprg": Verb.RESTART,
    "resetprgcold": Verb.RESTART,
    "resetprgorg": Verb.RESTART,
    "reload": Verb.PROGRAM_DOWNLOAD,
    "setpwd": Verb.CONFIGURE,
    "delpwd": Verb.CONFIGURE,
    "filedir": Verb.FILE_READ,
    "filecopy": Verb.FILE_WRITE,
    "filerename": Verb.FILE_WRITE,
    "filedelete": Verb.FILE_DELETE,
    "saveretain": Verb.FILE_WRITE,
    "restoreretain": Verb.WRITE,
    "reflect": Verb.DIAGNOSE,
    **dict.fromkeys(
        ("?", "mem", "memc", "memd", "dpt", "ppt", "tsk", "pid", "pinf", "getprgprop", "getprgstat"), Verb.READ
    ),
}
