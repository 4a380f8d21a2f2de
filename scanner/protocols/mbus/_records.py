"""Data records of M-Bus: what they are about, by their information blocks; never their values.

EN 13757-3:2018, clause 6: data information block (6.3, tables 4 to 6), value information block (6.4, tables 10 to 14),
variable lengths (table 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.protocols.base import Malformed, Verb

_SIZES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 4, 6: 6, 7: 8, 8: 0, 9: 1, 10: 2, 11: 3, 12: 4, 14: 6}
_SELECTED, _VARIABLE = 8, 13  # data fields: selection for readout, variable length
_MANUFACTURER, _MORE_FOLLOW, _FILLER, _EVERYTHING = 0x0F, 0x1F, 0x2F, 0x7F
_EXTENSIONS_ALLOWED = 10
_PLAIN_TEXT, _SECOND, _MANUFACTURER_VIF = 0x7C, 0xFD, 0x7F
_FIRST_TABLE = (  # up to which code, what it is
    (0x0F, "energy"), (0x17, "volume"), (0x1F, "mass"), (0x23, "on time"), (0x27, "operating time"), (0x37, "power"),
    (0x4F, "volume flow"), (0x57, "mass flow"), (0x5B, "flow temperature"), (0x5F, "return temperature"),
    (0x63, "temperature difference"), (0x67, "external temperature"), (0x6B, "pressure"), (0x6C, "date"),
    (0x6D, "date and time"), (0x6E, "units for heat cost allocation"), (0x6F, "reserved"), (0x73, "averaging duration"),
    (0x77, "actuality duration"), (0x78, "fabrication number"), (0x79, "identification"), (0x7A, "bus address"),
    (0x7B, "extension"), (0x7C, "plain text"), (0x7D, "extension"), (0x7E, "any value"),
    (0x7F, "manufacturer specific"),
)  # fmt: skip
_SECOND_TABLE = {
    0x08: "access number", 0x09: "medium", 0x0A: "manufacturer", 0x0B: "parameter set", 0x0C: "model",
    0x0D: "hardware version",
    0x0E: "firmware version", 0x0F: "software version", 0x10: "customer location", 0x11: "customer",
    0x12: "access code of user", 0x13: "access code of operator", 0x14: "access code of system operator",
    0x15: "access code of developer", 0x16: "password", 0x17: "error flags", 0x18: "error mask", 0x19: "security key",
    0x1A: "digital output", 0x1B: "digital input", 0x1C: "baud rate", 0x1D: "response delay", 0x1E: "retries",
    0x1F: "remote control", 0x60: "reset counter", 0x61: "cumulation counter", 0x62: "control signal",
}  # fmt: skip
_CONFIGURES = {"bus address", "identification", "fabrication number", "baud rate", "response delay", "retries",
               "parameter set", "customer location", "customer", "security key", "error mask", "averaging duration",
               "actuality duration", "access number", "manufacturer", "medium", "model"}  # fmt: skip
_CREDENTIALS = range(0x12, 0x17)
_OPERATES = {"digital output", "remote control", "control signal", "reset counter", "cumulation counter"}


@dataclass(frozen=True)
class Record:
    """What it is about, what writing it does; ``secret``: it is an access code, a password or a key."""

    name: str
    verb: Verb
    secret: bool = False


def records(data: bytes) -> Iterator[Record]:
    """The records that are written. Malformed when a block or a value is cut short."""
    at = 0
    while at < len(data):
        dif = data[at]
        if dif in (_MANUFACTURER, _MORE_FOLLOW):
            if data[at + 1 :]:
                yield Record("manufacturer specific", Verb.UNKNOWN)
            return
        if dif == _FILLER:
            at += 1
            continue
        if dif == _EVERYTHING:
            yield Record("everything", Verb.READ)
            return
        at = _behind(data, at)
        record, at = _value_block(data, at, reads=dif & 0x0F == _SELECTED)
        at += _size(data, at, dif & 0x0F)
        if at > len(data):
            raise Malformed("a record cut short")
        yield record


def _behind(data: bytes, at: int) -> int:
    """Where the extensions of the block that begins at ``at`` end."""
    for n in range(_EXTENSIONS_ALLOWED + 1):
        if at + n >= len(data):
            raise Malformed("a record cut short")
        if not data[at + n] & 0x80:
            return at + n + 1
    raise Malformed("an information block without an end")


def _value_block(data: bytes, at: int, *, reads: bool) -> tuple[Record, int]:
    """The record as its value information block says, and where that ends."""
    end = _behind(data, at)
    code = data[at]
    if code == _SECOND and end > at + 1:
        second = data[at + 1] & 0x7F
        name = _SECOND_TABLE.get(second, f"FD 0x{second:02X}")
        secret = second in _CREDENTIALS or name == "security key"
    else:
        name = next(name for last, name in _FIRST_TABLE if code & 0x7F <= last)
        secret = False
    if code & 0x7F == _PLAIN_TEXT and end < len(data):
        end += 1 + data[end]
    return Record(name, Verb.READ if reads else _verb(name, secret=secret), secret and not reads), end


def _verb(name: str, *, secret: bool) -> Verb:
    if name in ("date", "date and time"):
        return Verb.TIME_SYNC
    if secret and name != "security key":
        return Verb.AUTHENTICATE
    if name in _OPERATES:
        return Verb.OPERATE
    if name == "manufacturer specific":
        return Verb.UNKNOWN
    return Verb.CONFIGURE if name in _CONFIGURES else Verb.WRITE


def _size(data: bytes, at: int, field: int) -> int:
    """Bytes of the value, with its length where that varies."""
    if field in _SIZES:
        return _SIZES[field]
    if field != _VARIABLE:
        raise Malformed("a data field that is reserved")
    if at >= len(data):
        raise Malformed("a record cut short")
    length = data[at]
    for first, last, size in ((0, 0xBF, length), (0xC0, 0xC9, length - 0xC0), (0xD0, 0xD9, length - 0xD0)):
        if first <= length <= last:
            return 1 + size
    if 0xE0 <= length <= 0xEF:
        return 1 + length - 0xE0
    if 0xF0 <= length <= 0xF6:
        return 1 + (48 if length == 0xF5 else 64 if length == 0xF6 else 4 * (length - 0xEC))
    raise Malformed("a length that is reserved")
