"""What a cEMI frame asks for: KNX application services on the bus, and properties of the KNXnet/IP device itself.

KNX standard 03_06_03 section 4.1 (cEMI), 03_03_04 (transport), 03_03_07 section 3 (application services). Values are
never told, keys neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Identity, Kind, Malformed, Operation, Row, Session, Verb
from scanner.protocols.common.text import printable
from scanner.protocols.knxnet_ip._names import (
    ANY_OBJECT,
    CON,
    CONTROL,
    IND,
    LOCAL,
    LONG,
    MESSAGES,
    OBJECTS,
    PROPERTY_ERRORS,
    REQ,
    SHORT,
    property_name,
)
from scanner.wording import joined, said, verbatim

# Lengths of additional information that are read: none, timestamp or PL medium, extended timestamp, RF medium.
ADDITIONAL = (0, 4, 6, 10)
PROP_WRITE_CON, PROP_WRITE, PROP_INFO, FUNC_COMMAND, FUNC_STATE, FUNC_CON, PROP_READ_CON, PROP_READ = (
    0xF5,
    0xF6,
    0xF7,
    0xF8,
    0xF9,
    0xFA,
    0xFB,
    0xFC,
)
RESET, RESET_IND = 0xF1, 0xF0
TOLD = (9, 11, 15, 64)  # properties whose values identify the device: firmware, serial number, order, MAC address
SECURE = 0x3F1
_WITH_KEY, _NO_KEY = (0x3D1, 0x3D3), b"\xff" * 4


def individual(address: int) -> str:
    """Area, line and device."""
    return f"{address >> 12}.{address >> 8 & 15}.{address & 255}"


def group(address: int) -> str:
    """A group address in three levels, as ETS shows it."""
    return f"{address >> 11}/{address >> 8 & 7}/{address & 255}"


def cemi(data: bytes, at: int, service: int, *, to_client: bool) -> Iterator[Row]:
    """The rows of the cEMI frame at ``at``. to_client: a server hands a telegram of the bus to a client."""
    if at >= len(data):
        raise Malformed("no cEMI frame")
    code = data[at]
    if code not in MESSAGES:
        raise Malformed("cEMI message code 0x{code:02X}", code=code)
    if code >= 0xF0:
        yield from _management(data, at, service)
    elif code in (*REQ, *CON, *IND) and at + 1 < len(data) and data[at + 1] in ADDITIONAL:
        yield _telegram(data, at, service, to_client)
        yield from _key(data, at + 9 + data[at + 1])
    else:
        yield Operation(
            Verb.UNKNOWN,
            MESSAGES[code],
            Kind.NOTICE,
            f"0x{service:04X}:0x{code:02X}",
            filter=f"cemi.mc == 0x{code:02x}",
        )


def _telegram(data: bytes, at: int, service: int, to_client: bool) -> Operation:
    """L_Data and T_Data: control fields, addresses, length, TPCI and APCI, behind the additional information."""
    code, control = data[at], at + 2 + data[at + 1]
    tpci = control + 7
    if tpci >= len(data):
        raise Malformed("cEMI frame cut short")
    source, target = (int.from_bytes(data[n : n + 2], "big") for n in (control + 2, control + 4))
    to_group, local = bool(data[control + 1] & 0x80), code in LOCAL
    unit = said("local device") if local else "" if to_group else individual(target)
    sender = said("from {n}", n=individual(source)) if source and not local else ""
    if data[tpci] & 0x80:
        name = CONTROL[data[tpci] & 3]
        return Operation(
            Verb.SESSION, name, Kind.NOTICE, f"0x{service:04X}", unit, detail=sender, filter="cemi.tpt == 1"
        )
    if data[control + 6] == 0 or tpci + 1 >= len(data):
        raise Malformed("a data telegram without an application service")
    apci = (data[tpci] & 3) << 8 | data[tpci + 1]
    name, verb, number = _named(apci)
    secured = apci == SECURE
    failed = code in CON and bool(data[control] & 1)
    return Operation(
        Verb.REPORT if to_client and code in IND and verb in _REPORTED else verb,
        name,
        Kind.REFUSAL if failed else Kind.NOTICE if code in IND else Kind.REQUEST if code in REQ else Kind.RESPONSE,
        f"0x{service:04X}:0x{number:03X}",
        unit=unit,
        object=f"group address {group(target)}" if to_group and (apci < 0xC0 or secured) else _touched(data, tpci + 1),
        detail=joined((sender, verbatim("KNX Data Secure") if secured else "")),
        refusal="L_Data.con: not confirmed on the bus" if failed else "",
        filter=_filter(number),
    )


def _key(data: bytes, tpci: int) -> Iterator[Session]:
    """The key of A_Authorize_Request and A_Key_Write behind TPCI, APCI and a byte: who has it may change the device.
    Devices that have none are asked with 0xFFFFFFFF (KNX 03_05_02).
    """
    apci = int.from_bytes(data[tpci : tpci + 2], "big") & 0x83FF  # and the bit of control data, which has none
    if apci in _WITH_KEY and data[tpci + 3 : tpci + 7] != _NO_KEY:
        yield Session(credentials="password", encrypted=False)


def _filter(number: int) -> str:
    """All ten bits, as tshark shows long services and a basic restart; 0x1D1 it does not know yet."""
    whole = number == 0x380 or (number in LONG and number != 0x1D1)
    return f"cemi.ax == 0x{number:x}" if whole else f"cemi.ac == 0x{number >> 6:x}"


# Asked for on the bus by somebody else, these are only news for the client of a tunnel.
_REPORTED = frozenset(Verb) - {Verb.IDENTIFY, Verb.AUTHENTICATE}


def _named(apci: int) -> tuple[str, Verb, int]:
    """(name, verb, APCI without the data that may share its byte)."""
    if apci in LONG:
        return (*LONG[apci], apci)
    if apci & 0x3C0 in SHORT and not (apci & 0x3C0 == 0x380 and apci & 0x3F):
        return (*SHORT[apci & 0x3C0], apci & 0x3C0)
    return f"application service 0x{apci:03X}", Verb.UNKNOWN, apci


def _touched(data: bytes, at: int) -> str:
    """The object of a service that is not about a group: ``at`` is its APCI byte; empty when it is not there."""
    apci = (data[at - 1] & 3) << 8 | data[at]
    for first, last, size, say in _OBJECTS:
        rest = data[at + 1 : at + 1 + size]
        if first <= apci <= last:
            return say(apci, rest) if len(rest) == size else ""
    return ""


def _address(_apci: int, rest: bytes) -> str:
    return f"address {individual(int.from_bytes(rest, 'big'))}"


def _memory(apci: int, rest: bytes) -> str:
    return f"memory 0x{int.from_bytes(rest, 'big'):04X} x {apci & 15}"


def _memory_extended(_apci: int, rest: bytes) -> str:
    return f"memory 0x{int.from_bytes(rest[1:], 'big'):06X} x {rest[0]}"


def _user_memory(_apci: int, rest: bytes) -> str:
    return f"user memory 0x{(rest[0] >> 4) << 16 | int.from_bytes(rest[1:], 'big'):05X} x {rest[0] & 15}"


def _property(_apci: int, rest: bytes) -> str:
    return f"object {rest[0]} {property_name(0 if rest[0] == 0 else ANY_OBJECT, rest[1])}"


def _property_extended(_apci: int, rest: bytes) -> str:
    kind, instance = int.from_bytes(rest[:2], "big"), rest[2] << 4 | rest[3] >> 4
    return f"{_object(kind, instance)} {property_name(kind, (rest[3] & 15) << 8 | rest[4])}"


def _erase(_apci: int, rest: bytes) -> str:
    return f"erase code {rest[0]}"


def _serial(_apci: int, rest: bytes) -> str:
    return f"serial number {rest.hex()}"


# (first APCI, last APCI, bytes behind the APCI that say what is touched, how)
_OBJECTS = (
    (0x0C0, 0x0C0, 2, _address),
    (0x1CC, 0x1D6, 5, _property_extended),
    (0x1FB, 0x1FE, 4, _memory_extended),
    (0x200, 0x28F, 2, _memory),
    (0x2C0, 0x2C2, 3, _user_memory),
    (0x2C7, 0x2C9, 2, _property),
    (0x381, 0x381, 1, _erase),
    (0x3D5, 0x3D9, 2, _property),
    (0x3DC, 0x3DE, 6, _serial),
    (0x3EC, 0x3EE, 6, _serial),
)


def _object(kind: int, instance: int) -> str:
    return f"{OBJECTS.get(kind, f'object type {kind}')} {instance}"


# --- local management -----------------------------------------------------------------------------------------------

_MANAGEMENT = {
    PROP_READ: (Verb.READ, Kind.REQUEST),
    PROP_READ_CON: (Verb.READ, Kind.RESPONSE),
    PROP_WRITE: (Verb.CONFIGURE, Kind.REQUEST),
    PROP_WRITE_CON: (Verb.CONFIGURE, Kind.RESPONSE),
    PROP_INFO: (Verb.REPORT, Kind.NOTICE),
    FUNC_COMMAND: (Verb.CONFIGURE, Kind.REQUEST),
    FUNC_STATE: (Verb.READ, Kind.REQUEST),
    FUNC_CON: (Verb.READ, Kind.RESPONSE),
    RESET: (Verb.RESTART, Kind.REQUEST),
    RESET_IND: (Verb.RESTART, Kind.RESPONSE),
}


def _management(data: bytes, at: int, service: int) -> Iterator[Row]:
    """M_ messages: object type, instance, property, number of elements and start index."""
    code = data[at]
    verb, kind = _MANAGEMENT[code]
    touched, refusal = "", ""
    if code not in (RESET, RESET_IND):
        need = 5 if code in (FUNC_COMMAND, FUNC_STATE, FUNC_CON) else 7
        if at + need > len(data):
            raise Malformed("cEMI management frame cut short")
        object_type = int.from_bytes(data[at + 1 : at + 3], "big")
        touched = f"{_object(object_type, data[at + 3])} {property_name(object_type, data[at + 4])}"
        refusal = _refused(data, at)
    yield Operation(
        verb,
        MESSAGES[code],
        Kind.REFUSAL if refusal else kind,
        f"0x{service:04X}:0x{code:02X}",
        unit=said("local device"),
        object=touched,
        refusal=refusal,
        filter=f"cemi.mc == 0x{code:02x}",
    )
    if code == PROP_READ_CON and not refusal:
        yield from _identities(data[at + 4], object_type, data[at + 7 :])


def _refused(data: bytes, at: int) -> str:
    """Why a confirmation is negative: no elements, and an error code behind them; a function's return code."""
    code = data[at]
    if code in (PROP_READ_CON, PROP_WRITE_CON) and data[at + 5] >> 4 == 0:
        error = data[at + 7] if at + 7 < len(data) else 0
        return f"{PROPERTY_ERRORS.get(error, 'error')} (0x{error:02X})"
    if code == FUNC_CON and at + 5 < len(data) and data[at + 5]:
        return f"return code 0x{data[at + 5]:02X}"
    return ""


def _identities(number: int, object_type: int, value: bytes) -> Iterator[Identity]:
    """Properties of the device that answers."""
    if number == 11 and object_type == 0 and len(value) == 6:
        yield Identity("serial", value.hex())
    elif number == 9 and object_type == 0 and len(value) == 1:
        yield Identity("firmware", str(value[0]))
    elif number == 15 and object_type == 0 and len(printable(value)) >= 4:
        yield Identity("order_number", printable(value))
    elif number == 64 and object_type == 11 and len(value) == 6:
        yield Identity("mac", value.hex(":"))
