"""Which bytes make two POWERLINK frames the same: nodes, services, states, commands and objects; never process data,
times, flags that toggle or sequence numbers.
"""

from __future__ import annotations

from scanner.framing.language import Byte, Case, Range, Role, Test, bits
from scanner.protocols.powerlink import _names as names

NAME = "powerlink"

_READY, _NOT_READY = Byte(4, bits(0x01, 0x01)), Byte(4, bits(0x01, 0x00))  # RD: the process data are valid
_RESPONSE, _REQUEST = Byte(10, bits(0x80, 0x80)), Byte(10, bits(0x80, 0x00))


def _case(kind: int, *tests: Test, key: tuple[Range, ...], role: Role = Role.NOTICE) -> Case:
    pair = () if role is Role.NOTICE else (Range(9, 10),)
    return Case(NAME, (Byte(0, kind), *tests), (Range(0, 3), *key), role, pair, keep=1518)


def _service(number: int, *tests: Test, key: tuple[Range, ...], role: Role = Role.NOTICE) -> Case:
    return _case(names.ASND, Byte(3, number), *tests, key=(Range(3, 4), *key), role=role)


# SDO: connection states are the low two bits of the sequence layer's bytes; flags, command and, at the start of a
# transfer, the object or the abort code. What a read answers has no object, so that its value is left out.
_INITIAL = Byte(10, bits(0x30, 0x10))
CASES = (
    _case(names.SOC, key=()),
    _case(names.PREQ, _READY, key=(Range(6, 7), Range(8, 10))),
    _case(names.PREQ, _NOT_READY, key=(Range(6, 7), Range(8, 10))),
    _case(names.PRES, _READY, key=(Range(3, 4), Range(6, 7), Range(8, 10))),
    _case(names.PRES, _NOT_READY, key=(Range(3, 4), Range(6, 7), Range(8, 10))),
    _case(names.SOA, key=(Range(3, 4), Range(6, 9))),
    _service(names.IDENT, key=(Range(6, 7), Range(8, 14), Range(26, 46), Range(70, 114))),
    _service(names.STATUS, key=(Range(6, 7), Range(10, 22))),
    _service(names.NMT_REQUEST, key=(Range(4, 6),)),
    _service(names.NMT_COMMAND, Byte(4, names.EXTENDED), key=(Range(4, 38),)),
    _service(names.NMT_COMMAND, Byte(4, names.HOST_NAME_SET), key=(Range(4, 38),)),
    _service(names.NMT_COMMAND, key=(Range(4, 5),)),
    _service(names.SDO, Byte(10, bits(0x40, 0x40)), _RESPONSE, key=(Range(10, 12), Range(16, 20)), role=Role.RESPONSE),
    _service(names.SDO, Byte(10, bits(0x40, 0x40)), key=(Range(10, 12), Range(16, 20))),
    _service(names.SDO, Byte(11, range(1, 256)), _RESPONSE, key=(Range(10, 12),), role=Role.RESPONSE),
    _service(
        names.SDO,
        Byte(11, (5, 6, 0x20, 0x21)),
        Byte(10, bits(0xB0, 0)),
        key=(Range(10, 12), Range(16, 48)),
        role=Role.REQUEST,
    ),
    _service(names.SDO, Byte(11, (5, 6, 0x20, 0x21)), _INITIAL, key=(Range(10, 12), Range(20, 52)), role=Role.REQUEST),
    _service(
        names.SDO,
        Byte(11, (0x31, 0x32)),
        Byte(10, bits(0xB0, 0)),
        key=(Range(10, 14), Range(20, 24)),
        role=Role.REQUEST,
    ),
    _service(names.SDO, Byte(11, (0x31, 0x32)), _INITIAL, key=(Range(10, 12), Range(24, 28)), role=Role.REQUEST),
    _service(
        names.SDO,
        Byte(11, range(1, 256)),
        Byte(10, bits(0xB0, 0)),
        key=(Range(10, 12), Range(16, 19)),
        role=Role.REQUEST,
    ),
    _service(names.SDO, Byte(11, range(1, 256)), _INITIAL, key=(Range(10, 12), Range(20, 23)), role=Role.REQUEST),
    _service(names.SDO, Byte(11, range(1, 256)), key=(Range(10, 12),)),
    *(
        _service(names.SDO, Byte(4, bits(3, receive)), Byte(5, bits(3, send)), key=())
        for receive in range(4)
        for send in range(4)
    ),
    _service(names.SYNC, key=()),
    _case(names.ASND, key=(Range(3, 4),)),
    _case(names.AMNI, key=()),
    _case(names.AINV, key=(Range(3, 4),)),
)
