"""ROC Plus: opcodes, types of ROC, file commands, error codes (ROC Plus Protocol Specification Manual, chapter 2)."""

from __future__ import annotations

from scanner.protocols.base import Verb
from scanner.wording import said

CONFIGURATION, READ_TABLE, WRITE_TABLE, LOGIN, FORWARD = 6, 10, 11, 17, 24
SET_POINT, READ_POINT, READ_PARAMETERS, WRITE_PARAMETERS = 166, 167, 180, 181
FILES, PEER, TRANSACTIONS, SRBX, ACKNOWLEDGE_SRBX, ERROR = 203, 205, 206, 224, 225, 255

OPCODES = {
    CONFIGURATION: ("System Configuration", Verb.IDENTIFY),
    7: ("Read Real-time Clock", Verb.READ),
    8: ("Set Real-time Clock", Verb.TIME_SYNC),
    READ_TABLE: ("Read Configurable Opcode Point Data", Verb.READ),
    WRITE_TABLE: ("Write Configurable Opcode Point Data", Verb.WRITE),
    LOGIN: ("Login Request", Verb.AUTHENTICATE),
    FORWARD: ("Store and Forward", Verb.UNKNOWN),
    50: ("Request I/O Point Position", Verb.READ),
    100: ("Access User-defined Information", Verb.READ),
    105: ("Request Today's and Yesterday's Min/Max Values", Verb.READ),
    108: ("Request History Tag and Periodic Index", Verb.READ),
    118: ("Request Alarm Data", Verb.READ),
    119: ("Request Event Data", Verb.READ),
    135: ("Request Single History Point Data", Verb.READ),
    136: ("Request Multiple History Point Data", Verb.READ),
    137: ("Request History Index", Verb.READ),
    138: ("Request Daily and Periodic History", Verb.READ),
    139: ("History Information Data", Verb.READ),
    SET_POINT: ("Set Single Point Parameters", Verb.WRITE),
    READ_POINT: ("Request Single Point Parameters", Verb.READ),
    READ_PARAMETERS: ("Request Parameters", Verb.READ),
    WRITE_PARAMETERS: ("Write Parameters", Verb.WRITE),
    FILES: ("General File Transfer", Verb.FILE_READ),
    PEER: ("Peer-to-Peer Network Messages", Verb.UNKNOWN),
    TRANSACTIONS: ("Read Transaction History Data", Verb.READ),
    SRBX: ("SRBX Signal", Verb.REPORT),
    ACKNOWLEDGE_SRBX: ("Acknowledge SRBX", Verb.REPORT),
    ERROR: ("Error Indicator", Verb.UNKNOWN),
}

MODELS = {
    1: "ROCPAC ROC300",
    2: "FloBoss 407",
    3: "FlashPAC ROC300",
    4: "FloBoss 503",
    5: "FloBoss 504",
    6: "ROC800",
    11: "DL8000",
}

# Length of the data of opcode 17 -> what is asked.
LOGINS = {
    6: said("login"),
    11: said("logout"),
    13: said("session key request"),
    71: said("enhanced login"),
    76: said("enhanced logout"),
}

OPEN, DELETE, DIRECTORY = 1, 5, 6
DELETE_LENGTH = 126  # a delete request carries the command of a directory request
FILE_COMMANDS = {
    OPEN: (said("open"), Verb.FILE_READ),
    2: (said("read"), Verb.FILE_READ),
    3: (said("write"), Verb.FILE_WRITE),
    4: (said("close"), Verb.FILE_READ),
    DELETE: (said("delete"), Verb.FILE_DELETE),
    DIRECTORY: (said("read directory"), Verb.FILE_READ),
    64: (said("read directory"), Verb.FILE_READ),
}
FILE_OPTIONS = {
    0: said("open to read"),
    1: said("open to write"),
    2: said("open to create"),
    3: said("open to update"),
    4: said("open to overwrite"),
}

ERRORS = {
    1: "Invalid Opcode request",
    2: "Invalid Parameter Number",
    3: "Invalid Logical Number",
    4: "Invalid Point Type",
    5: "Received too many data bytes",
    6: "Received too few data bytes",
    13: "Outside valid address range",
    14: "Invalid history request",
    15: "Invalid FST request",
    16: "Invalid event entry",
    17: "Requested too many alarms",
    18: "Requested too many events",
    19: "Write to read-only parameter",
    20: "Security error",
    21: "Invalid security logon",
    22: "Invalid store and forward path",
    24: "History configuration in progress",
    25: "Invalid parameter range",
    29: "Invalid 1-day history index request",
    30: "Invalid history point",
    31: "Invalid min/max request",
    32: "Invalid TLP",
    33: "Invalid time",
    34: "Illegal Modbus range",
    50: "General error",
    51: "Invalid state for write",
    52: "Invalid configurable opcode request",
    61: "HART passthrough communications disabled",
    62: "HART passthrough not licensed",
    63: "Requested access level too high",
    77: "Invalid logoff string",
}
