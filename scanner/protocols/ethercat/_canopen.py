"""The CANopen object dictionary as EtherCAT (CoE) and POWERLINK use it: names, what a write means, abort codes.

Written from CiA 301 section 7.5 (communication objects) and 7.2.4.3.17 (abort codes), CiA 302-3 (program download),
CiA 402-2 (drives), ETG.1000.6 section 5.6.7 (objects 0x1C00 to 0x1C6F) and ETG.5001 (modular devices).
"""

from __future__ import annotations

from scanner.protocols.base import Verb
from scanner.protocols.common.text import printable

DEVICE_NAME, HARDWARE_VERSION, SOFTWARE_VERSION, IDENTITY = 0x1008, 0x1009, 0x100A, 0x1018
VENDOR, PRODUCT, REVISION, SERIAL = 1, 2, 3, 4

_OBJECTS = {
    0x1000: "device type",
    0x1001: "error register",
    0x1003: "pre-defined error field",
    0x1006: "communication cycle period",
    DEVICE_NAME: "manufacturer device name",
    HARDWARE_VERSION: "manufacturer hardware version",
    SOFTWARE_VERSION: "manufacturer software version",
    0x1010: "store parameters",
    0x1011: "restore default parameters",
    IDENTITY: "identity object",
    0x1020: "verify configuration",
    0x10F1: "error settings",
    0x10F3: "diagnosis history",
    0x1C00: "sync manager communication type",
    0x1F50: "program data",
    0x1F51: "program control",
    0x1F56: "program software identification",
    0x6040: "controlword",
    0x6041: "statusword",
    0x6060: "modes of operation",
    0x6071: "target torque",
    0x607A: "target position",
    0x60FF: "target velocity",
    0xF000: "modular device profile",
    0xF030: "configured module list",
    0xF050: "detected module list",
}
_RANGES = (
    (0x1400, 0x15FF, "RxPDO parameter"),
    (0x1600, 0x17FF, "RxPDO mapping"),
    (0x1800, 0x19FF, "TxPDO parameter"),
    (0x1A00, 0x1BFF, "TxPDO mapping"),
    (0x1C10, 0x1C2F, "sync manager PDO assignment"),
    (0x1C30, 0x1C4F, "sync manager parameter"),
)
_IDENTITY_PARTS = {VENDOR: "vendor ID", PRODUCT: "product code", REVISION: "revision number", SERIAL: "serial number"}
_OPERATES = frozenset({0x6040, 0x6060, 0x6071, 0x607A, 0x60FF})

ABORT_CODES = {
    0x05030000: "Toggle bit not changed",
    0x05040000: "SDO protocol timeout",
    0x05040001: "Command specifier not valid or unknown",
    0x05040002: "Invalid block size",
    0x05040003: "Invalid sequence number",
    0x05040005: "Out of memory",
    0x06010000: "Unsupported access to an object",
    0x06010001: "Attempt to read a write only object",
    0x06010002: "Attempt to write a read only object",
    0x06010003: "Subindex cannot be written, subindex 0 must be 0",
    0x06010004: "Complete access not supported",
    0x06010005: "Object length exceeds mailbox size",
    0x06010006: "Object mapped to RxPDO, SDO download blocked",
    0x06020000: "Object does not exist in the object dictionary",
    0x06040041: "Object cannot be mapped into the PDO",
    0x06040042: "Mapped objects would exceed the PDO length",
    0x06040043: "General parameter incompatibility",
    0x06040047: "General internal incompatibility in the device",
    0x06060000: "Access failed due to a hardware error",
    0x06070010: "Data type does not match, length does not match",
    0x06070012: "Data type does not match, length too high",
    0x06070013: "Data type does not match, length too low",
    0x06090011: "Subindex does not exist",
    0x06090030: "Value range of parameter exceeded",
    0x06090031: "Value written too high",
    0x06090032: "Value written too low",
    0x06090036: "Maximum value is less than minimum value",
    0x08000000: "General error",
    0x08000020: "Data cannot be transferred or stored to the application",
    0x08000021: "Data cannot be transferred because of local control",
    0x08000022: "Data cannot be transferred because of the present device state",
    0x08000023: "No object dictionary is present",
    0x08000024: "Data set empty",
}


def abort_reason(code: int) -> str:
    """``Subindex does not exist (0x06090011)``."""
    return f"{ABORT_CODES.get(code, 'SDO abort')} (0x{code:08X})"


def object_name(index: int, sub: int | None, more: dict[int, str] | None = None) -> str:
    """``0x1018:1 identity object, vendor ID``; without ``sub`` the object as a whole. ``more``: a profile's names."""
    address = f"0x{index:04X}" if sub is None else f"0x{index:04X}:{sub}"
    name = (more or {}).get(index) or _OBJECTS.get(index)
    name = name or next((n for low, high, n in _RANGES if low <= index <= high), "")
    if index == IDENTITY and sub in _IDENTITY_PARTS:
        name += f", {_IDENTITY_PARTS[sub]}"
    return f"{address} {name}".rstrip()


def read_verb(index: int) -> Verb:
    """What reading an object is."""
    named = (DEVICE_NAME, HARDWARE_VERSION, SOFTWARE_VERSION, IDENTITY, 0x1000, 0x1F56)
    return Verb.IDENTIFY if index in named else Verb.READ


def write_verb(index: int) -> Verb:
    """What writing an object does: parameters of the communication and of modules configure, the rest is written."""
    if index == 0x1F50:
        return Verb.FIRMWARE_UPDATE
    if index == 0x1F51:
        return Verb.MODE_CHANGE
    if index in _OPERATES:
        return Verb.OPERATE
    return Verb.CONFIGURE if index < 0x2000 or 0x8000 <= index < 0x9000 or index >= 0xF000 else Verb.WRITE


SDO_VERBS = frozenset(
    {
        Verb.IDENTIFY,
        Verb.READ,
        Verb.WRITE,
        Verb.CONFIGURE,
        Verb.OPERATE,
        Verb.MODE_CHANGE,
        Verb.FIRMWARE_UPDATE,
    }
)


def identity(index: int, sub: int, value: bytes) -> tuple[str, int | str] | None:
    """(field of an Identity row or "vendor number", value) that the value of an object says; None for other objects."""
    texts = {DEVICE_NAME: "model", HARDWARE_VERSION: "hardware_revision", SOFTWARE_VERSION: "firmware"}
    if index in texts and sub == 0:
        text = printable(value)
        return (texts[index], text) if text else None
    if index != IDENTITY or len(value) < 4:
        return None
    number = int.from_bytes(value[:4], "little")
    return identity_part(sub, number)


def identity_part(sub: int, number: int) -> tuple[str, int | str] | None:
    """The same for one part of the identity object; an unset number says nothing."""
    if not number:
        return None
    match sub:
        case 1:
            return "vendor", number
        case 2:
            return "order_number", f"product code 0x{number:08X}"
        case 3:
            return "hardware_revision", f"revision 0x{number:08X}"
        case 4:
            return "serial", str(number)
    return None
