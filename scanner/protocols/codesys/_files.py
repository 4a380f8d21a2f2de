"""Boot projects of CODESYS, which a controller runs after its next start.

DEFAULT.PRG of version 2 (Project Basecamp's codesys-transfer), Application.app of version 3 (Microsoft's ICS Forensics
Tools).
"""

from __future__ import annotations

from scanner.protocols.base import Verb

_ENDINGS = (".prg", ".app")
_OF_PROGRAMS = {Verb.FILE_READ: Verb.PROGRAM_UPLOAD, Verb.FILE_WRITE: Verb.PROGRAM_DOWNLOAD}


def of_file(verb: Verb, name: str) -> Verb:
    """The verb of an operation on the file."""
    return _OF_PROGRAMS.get(verb, verb) if name.lower().endswith(_ENDINGS) else verb
