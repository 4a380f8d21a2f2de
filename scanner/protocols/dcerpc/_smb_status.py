"""How SMB answers: a status of NT, or of DOS for those who do not ask for that ([MS-ERREF], [MS-CIFS] 2.2.2.4)."""

from __future__ import annotations

from scanner.protocols.base import Kind

# [MS-ERREF] section 2.3.1, the ones that tell an auditor something.
STATUS = {
    0xC000000F: "STATUS_NO_SUCH_FILE",
    0xC0000011: "STATUS_END_OF_FILE",
    0xC0000022: "STATUS_ACCESS_DENIED",
    0xC000006A: "STATUS_WRONG_PASSWORD",
    0xC000006D: "STATUS_LOGON_FAILURE",
    0xC000006E: "STATUS_ACCOUNT_RESTRICTION",
    0xC0000072: "STATUS_ACCOUNT_DISABLED",
    0xC0000234: "STATUS_ACCOUNT_LOCKED_OUT",
    0xC00000CC: "STATUS_BAD_NETWORK_NAME",
    0xC0000034: "STATUS_OBJECT_NAME_NOT_FOUND",
    0xC0000035: "STATUS_OBJECT_NAME_COLLISION",
    0xC000003A: "STATUS_OBJECT_PATH_NOT_FOUND",
    0xC0000043: "STATUS_SHARING_VIOLATION",
    0xC00000BB: "STATUS_NOT_SUPPORTED",
}
_MORE_PROCESSING = 0xC0000016
DOS_ERRORS = {  # class and code
    (1, 2): "ERRDOS ERRbadfile",
    (1, 5): "ERRDOS ERRnoaccess",
    (2, 2): "ERRSRV ERRbadpw",
    (2, 4): "ERRSRV ERRaccess",
    (2, 6): "ERRSRV ERRinvnetname",
}


def outcome(status: int) -> tuple[Kind, str]:
    """By a status of NT."""
    if status >> 30 == 3 and status != _MORE_PROCESSING:
        return Kind.REFUSAL, STATUS.get(status, f"status 0x{status:08X}")
    return Kind.RESPONSE, ""


def dos_outcome(data: bytes) -> tuple[Kind, str]:
    """By error class, a reserved byte and the code."""
    kind, code = data[9], int.from_bytes(data[11:13], "little")
    if not kind:
        return Kind.RESPONSE, ""
    return Kind.REFUSAL, DOS_ERRORS.get((kind, code), f"error class {kind}, code {code}")
