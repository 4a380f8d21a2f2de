"""PCCC, the commands of PLC-2 to PLC-5, SLC 500 and MicroLogix, as CIP carries them in its service Execute PCCC.

Rockwell 1770-6.5.16 chapters 6 to 8. Behind the path of a request, or the status of an answer, come the requestor ID,
the command (of a reply with the reply bit), status, transaction, and the function or the extended status.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.protocols.base import Kind, Malformed, Operation, Verb
from scanner.protocols.cip import _pccc_names as names
from scanner.wording import joined, said

REQUESTOR = 7  # bytes of a requestor ID: its length, vendor, serial number
COMMAND, STATUS, FUNCTION = 7, 8, 11
EXTENDED = FUNCTION
_WITH_FILTER = (0x06, 0x07, 0x0F)  # commands whose function is a field of tshark's
_MOST = 64  # commands looked at in a multiple command


def commands(data: bytes) -> Iterator[Operation]:
    """The command behind the path of a request, or the commands of a multiple one."""
    if len(data) <= COMMAND or data[0] != REQUESTOR:
        yield Operation(
            verb=Verb.UNKNOWN,
            function="Execute PCCC",
            code="0x4B",
            object="PCCC (0x67) instance 1",
            filter="cip.sc == 0x4b && cip.class == 0x67",
        )
        return
    command, said = data[COMMAND] & 0x0F, data[FUNCTION:]
    if command == 0x0F and said[:1] == bytes((names.MULTIPLE,)):
        yield from _several(said[1:]) or (_command(command, said),)
    else:
        yield _command(command, said)


def _several(raw: bytes) -> list[Operation]:
    """The commands of a multiple command: their number, then each with its length in front."""
    found, at = [], 1
    for _ in range(min(raw[0], _MOST) if raw else 0):
        size = raw[at] if at < len(raw) else 0
        if not size or at + 1 + size > len(raw):
            raise Malformed("a PCCC command within a multiple command is cut short")
        row = _command(0x0F, raw[at + 1 : at + 1 + size])
        found.append(replace(row, filter=_filter(0x0F, names.MULTIPLE)))
        at += 1 + size
    if raw and raw[0] > _MOST:
        words = said("carries requests that were not read")
        shown = _filter(0x0F, names.MULTIPLE)
        found.append(replace(_command(0x0F, bytes((names.MULTIPLE,))), detail=words, filter=shown))
    return found


def _command(command: int, said: bytes) -> Operation:
    """A command, of which ``said`` begins with the function, if it has one."""
    function = said[0] if said and (command, None) not in names.COMMANDS else None
    code = f"{command:02X}" if function is None else f"{command:02X}:{function:02X}"
    name, verb = names.COMMANDS.get((command, function), (f"PCCC command {code}", Verb.UNKNOWN))
    detail = touched = ""
    if command == 0x0F and function in names.MODES and len(said) > 1:
        detail, verb = _mode(function, said[1])
    elif command == 0x0F and function in names.LOGICAL:
        touched = _address(said)
        read, write = names.FILE_VERBS.get(said[3] if len(said) > 3 else 0, (Verb.READ, Verb.WRITE))
        verb = read if verb is Verb.READ else write
    return Operation(
        verb=verb, function=name, code=code, object=touched, detail=detail, filter=_filter(command, function)
    )


def _filter(command: int, function: int | None) -> str:
    shown = f"cip.pccc.cmd.code == 0x{command:02x}"
    if command in _WITH_FILTER and function is not None:
        shown += f" && cip.pccc.fnc.code_{command:02x} == 0x{function:02x}"
    return shown


def _mode(function: int, mode: int) -> tuple[str, Verb]:
    """(mode, verb)."""
    if function != names.SET_MODE:
        text, verb = names.MODES[function].get(mode, ("", Verb.MODE_CHANGE))
        return said(text) if text else said("mode {name}", name=mode), verb
    text, verb = names.MODES[function][mode & 3]
    return joined((said(text), said("locked for others") if mode & names.LOCK else "")), verb


def _address(said: bytes) -> str:
    """File number, type and element ("N7:0"); an element of 255 or more is not told apart."""
    if len(said) < 5:
        return ""
    number, kind, element = said[2:5]
    if number == 0xFF or kind == 0xFF:
        return ""
    name = names.FILES.get(kind, f"file type 0x{kind:02X} ")
    return f"{name}{number}" if element == 0xFF else f"{name}{number}:{element}"


def reply(data: bytes) -> Operation | None:
    """The reply that a positive answer to Execute PCCC carries; None when it has another form."""
    if len(data) < EXTENDED or data[0] != REQUESTOR or data[COMMAND] & 0xF0 != 0x40:
        return None
    command, status = data[COMMAND] & 0x0F, data[STATUS]
    refusal = ""
    if status:
        text = names.STATUS.get(status & 0xF0, "Local error")
        if status & 0xF0 == 0xF0 and len(data) > EXTENDED:
            text = names.EXTENDED.get(data[EXTENDED], f"Extended status 0x{data[EXTENDED]:02X}")
        refusal = f"{text} (0x{status:02X})"
    return Operation(
        verb=Verb.UNKNOWN,
        function=f"PCCC command {command:02X}",
        kind=Kind.REFUSAL if refusal else Kind.RESPONSE,
        code=f"{command:02X}",
        refusal=refusal,
        filter="cippccc && cip.rr == 1",
    )
