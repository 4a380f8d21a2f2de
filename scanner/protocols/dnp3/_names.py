"""Names of DNP3: functions, link functions, internal indications, object groups, status of controls and files.

From IEEE 1815-2012 clauses 4.2.2.5 and 4.2.2.6 (function codes, internal indications), 9.2.4 (link functions), 11.9
(control status) and annex A (object library).
"""

from __future__ import annotations

from scanner.code_tables import code_table
from scanner.protocols.base import Verb

CONFIRM, READ, WRITE, SELECT, DIRECT_NO_ACK = 0, 1, 2, 3, 6
OPEN, CLOSE, DELETE, FILE_INFO, AUTHENTICATE_FILE, ABORT = 25, 26, 27, 28, 29, 30
AUTHENTICATE, AUTHENTICATE_NO_ACK = 32, 33
RESPONSE, UNSOLICITED, AUTHENTICATE_RESPONSE = 129, 130, 131

FUNCTIONS = {
    CONFIRM: ("Confirm", Verb.SESSION),
    READ: ("Read", Verb.READ),
    WRITE: ("Write", Verb.WRITE),
    SELECT: ("Select", Verb.OPERATE),
    4: ("Operate", Verb.OPERATE),
    5: ("Direct Operate", Verb.OPERATE),
    DIRECT_NO_ACK: ("Direct Operate without acknowledgement", Verb.OPERATE),
    7: ("Immediate Freeze", Verb.OPERATE),
    8: ("Immediate Freeze without acknowledgement", Verb.OPERATE),
    9: ("Freeze and Clear", Verb.OPERATE),
    10: ("Freeze and Clear without acknowledgement", Verb.OPERATE),
    11: ("Freeze at Time", Verb.OPERATE),
    12: ("Freeze at Time without acknowledgement", Verb.OPERATE),
    13: ("Cold Restart", Verb.RESTART),
    14: ("Warm Restart", Verb.RESTART),
    15: ("Initialize Data to Defaults", Verb.CONFIGURE),
    16: ("Initialize Application", Verb.CONFIGURE),
    17: ("Start Application", Verb.START),
    18: ("Stop Application", Verb.STOP),
    19: ("Save Configuration", Verb.CONFIGURE),
    20: ("Enable Unsolicited Messages", Verb.SUBSCRIBE),
    21: ("Disable Unsolicited Messages", Verb.CONFIGURE),
    22: ("Assign Class", Verb.CONFIGURE),
    23: ("Delay Measurement", Verb.TIME_SYNC),
    24: ("Record Current Time", Verb.TIME_SYNC),
    OPEN: ("Open File", Verb.FILE_READ),
    CLOSE: ("Close File", Verb.SESSION),
    DELETE: ("Delete File", Verb.FILE_DELETE),
    FILE_INFO: ("Get File Information", Verb.FILE_READ),
    AUTHENTICATE_FILE: ("Authenticate File", Verb.AUTHENTICATE),
    ABORT: ("Abort File Transfer", Verb.SESSION),
    31: ("Activate Configuration", Verb.CONFIGURE),
    AUTHENTICATE: ("Authentication Request", Verb.AUTHENTICATE),
    AUTHENTICATE_NO_ACK: ("Authentication Request without acknowledgement", Verb.AUTHENTICATE),
    RESPONSE: ("Response", Verb.READ),
    UNSOLICITED: ("Unsolicited Response", Verb.REPORT),
    AUTHENTICATE_RESPONSE: ("Authentication Response", Verb.AUTHENTICATE),
}
VALUELESS = (READ, 7, 8, 9, 10, 20, 21, 22)  # object headers only
COMMANDS = (SELECT, 4, 5, DIRECT_NO_ACK)
PROGRAMS = (15, 16, 17, 18, 19, 31)  # each names what it is about in its objects
# Nobody answers these.
UNANSWERED = (DIRECT_NO_ACK, 8, 10, 12, AUTHENTICATE_NO_ACK)

PRIMARY = {
    0: "Reset Link States",
    2: "Test Link States",
    3: "Confirmed User Data",
    4: "Unconfirmed User Data",
    9: "Request Link Status",
}
SECONDARY = {0: "Acknowledgement", 1: "Negative Acknowledgement", 11: "Link Status", 15: "Not Supported"}
USER_DATA = (3, 4)

# (bit of the two octets of internal indications, first octet in the low byte) -> name
INDICATIONS = {
    0x0001: "broadcast received",
    0x0002: "class 1 events",
    0x0004: "class 2 events",
    0x0008: "class 3 events",
    0x0010: "needs time",
    0x0020: "local control",
    0x0040: "device trouble",
    0x0080: "device restarted",
    0x0800: "event buffer overflow",
    0x2000: "configuration corrupt",
}
ERRORS = {
    0x0100: "function code not supported",
    0x0200: "object unknown",
    0x0400: "parameter error",
    0x1000: "operation already executing",
}

# Indications of the outstation's own state -> tshark's field.
STATES = {0x0010: "tsr", 0x0020: "dol", 0x0040: "dt", 0x0080: "rst", 0x0800: "ebo", 0x2000: "cc"}

DEVICE_ATTRIBUTES, CROB, ANALOG_OUTPUT, TIME, CLASSES, FILES, INTERNAL, AUTHENTICATION = 0, 12, 41, 50, 60, 70, 80, 120
GROUPS = code_table(__package__, "groups.tsv")
# Where the status stands in a file command status (g70v4) and in a file transport status (g70v6).
# Octets of a file command (g70v3) and of file information (g70v7) in front of the name, which they say the offset and
# size of first; where a command has its mode.
COMMAND_SIZE, FILE_INFO_SIZE, NAME_SIZE_AT, MODE_AT = 26, 20, 2, 20
FILE_STATUS_AT = {4: 12, 6: 8}
# What a response with this first object answers, by group and variation.
ANSWERED: dict[tuple[int, int | None], Verb] = {
    (DEVICE_ATTRIBUTES, None): Verb.IDENTIFY,
    (CROB, None): Verb.OPERATE,
    (ANALOG_OUTPUT, None): Verb.OPERATE,
    (52, None): Verb.UNKNOWN,  # a delay, of a measurement or before a restart
    (FILES, 2): Verb.AUTHENTICATE,
    (FILES, 5): Verb.FILE_READ,
    (FILES, 7): Verb.FILE_READ,
    (FILES, None): Verb.UNKNOWN,
}
CLASS_VARIATIONS = {1: "class 0", 2: "class 1", 3: "class 2", 4: "class 3"}
ATTRIBUTES = {
    242: "firmware",
    243: "hardware_revision",
    247: "name",
    248: "serial",
    250: "model",
    252: "vendor",
}
CHALLENGE, REPLY, AGGRESSIVE, KEY_STATUS, FAILED, CODE = 1, 2, 3, 5, 7, 9  # variations of g120
KEY_STATUS_AT, FAILED_AT = 7, 8  # octets of the status of session keys, and of the code of an error
KEYS_REFUSED = 4  # the status of session keys whose change was not authenticated
FAILURES = {
    1: "authentication failed",
    2: "unexpected response",
    3: "no response",
    4: "aggressive mode not supported",
    5: "MAC algorithm not supported",
    6: "key wrap algorithm not supported",
    7: "authorization failed",
    8: "update key change method not permitted",
    9: "invalid signature",
    10: "invalid certification data",
    11: "unknown user",
    12: "too many session key status requests",
}
AUTHENTICATIONS = {
    1: "challenge",
    2: "reply",
    3: "aggressive mode request",
    4: "session key status request",
    5: "session key status",
    6: "session key change",
    7: "error",
    8: "user certificate",
    9: "message authentication code",
    10: "user status change",
    11: "update key change request",
    12: "update key change reply",
    13: "update key change",
    14: "update key change signature",
    15: "update key change confirmation",
}

OPERATIONS = {0: "no operation", 1: "pulse on", 2: "pulse off", 3: "latch on", 4: "latch off"}
TRIP_CLOSE = {1: "{operation} close", 2: "{operation} trip", 3: "{operation} reserved"}
CONTROL_STATUS = {
    1: "timeout after select",
    2: "no select",
    3: "format error",
    4: "not supported",
    5: "already active",
    6: "hardware error",
    7: "local control",
    8: "too many operations",
    9: "not authorized",
    10: "automation inhibit",
    11: "processing limited",
    12: "out of range",
    13: "downstream local control",
    14: "already complete",
    15: "blocked",
    16: "cancelled",
    17: "blocked by another master",
    18: "downstream failure",
    126: "non-participating",
    127: "undefined error",
}
FILE_MODES = {0: "no mode", 1: "read", 2: "write", 3: "append"}
FILE_STATUS = {
    1: "permission denied",
    2: "invalid mode",
    3: "file not found",
    4: "file locked",
    5: "too many open files",
    6: "invalid handle",
    7: "invalid block size",
    8: "communication lost",
    9: "cannot abort",
    16: "file not open",
    17: "handle timed out",
    18: "buffer overrun",
    19: "fatal file error",
    20: "block out of sequence",
    255: "undefined error",
}
