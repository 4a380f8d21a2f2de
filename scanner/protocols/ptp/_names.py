"""Words of IEEE 1588-2019: message types (table 36), clock accuracy (table 5), time sources (table 6), TLVs (table 52),
management identifiers (table 59), management errors (table 109); of IEEE 1588-2002: management message keys (table 22).
"""

from __future__ import annotations

from scanner.code_tables import code_table
from scanner.protocols.base import Verb
from scanner.wording import said

SYNC, DELAY_REQ, PDELAY_REQ, PDELAY_RESP = range(4)
FOLLOW_UP, DELAY_RESP, PDELAY_RESP_FOLLOW_UP, ANNOUNCE, SIGNALING, MANAGEMENT = range(8, 14)

# type -> name, where its TLVs begin
MESSAGES = {
    SYNC: ("Sync", 44),
    DELAY_REQ: ("Delay_Req", 44),
    PDELAY_REQ: ("Pdelay_Req", 54),
    PDELAY_RESP: ("Pdelay_Resp", 54),
    FOLLOW_UP: ("Follow_Up", 44),
    DELAY_RESP: ("Delay_Resp", 54),
    PDELAY_RESP_FOLLOW_UP: ("Pdelay_Resp_Follow_Up", 54),
    ANNOUNCE: ("Announce", 64),
    SIGNALING: ("Signaling", 44),
    MANAGEMENT: ("Management", 48),
}

ACCURACIES = dict(
    enumerate(
        (
            *("1 ps", "2.5 ps", "10 ps", "25 ps", "100 ps", "250 ps"),
            *("1 ns", "2.5 ns", "10 ns", "25 ns", "100 ns", "250 ns"),
            *("1 us", "2.5 us", "10 us", "25 us", "100 us", "250 us"),
            *("1 ms", "2.5 ms", "10 ms", "25 ms", "100 ms", "250 ms", "1 s", "10 s"),
        ),
        0x17,
    )
)
NO_ACCURACY = 0xFE
TIME_SOURCES = {
    0x10: "atomic clock",
    0x20: "GNSS",
    0x30: "terrestrial radio",
    0x39: "serial time code",
    0x40: "PTP",
    0x50: "NTP",
    0x60: "hand set",
    0x90: "other",
    0xA0: "internal oscillator",
}

MANAGEMENT_TLV, ERROR_TLV, ORGANIZATION = 0x0001, 0x0002, 0x0003
REQUEST_UNICAST, GRANT_UNICAST, CANCEL_UNICAST, ACKNOWLEDGE_CANCEL = range(4, 8)
PATH_TRACE, ALTERNATE_TIME_OFFSET = 0x0008, 0x0009
AUTHENTICATION = (0x8009, 0x2000)  # of 2019 and, experimental, of 2008 annex K
ORGANIZATIONS = (0x0003, 0x4000, 0x8000)
TLVS = {
    REQUEST_UNICAST: "Request unicast transmission",
    GRANT_UNICAST: "Grant unicast transmission",
    CANCEL_UNICAST: "Cancel unicast transmission",
    ACKNOWLEDGE_CANCEL: "Acknowledge cancel unicast transmission",
    PATH_TRACE: said("path trace"),
    ALTERNATE_TIME_OFFSET: said("alternate time offset"),
    0x4001: said("enhanced accuracy metrics"),
    0x8001: said("L1 sync"),
    0x8002: said("port communication availability"),
    0x8003: said("protocol address"),
}
# organisation and subtype -> the profile that adds the TLV
PROFILES = {
    "1c129d000001": "IEEE C37.238-2011 power profile",
    "1c129d000002": "IEEE C37.238-2017 power profile",
    "0080c2000001": "IEEE 802.1AS follow-up information",
    "0080c2000002": "IEEE 802.1AS message interval request",
    "6897e8000001": "SMPTE ST 2059-2 synchronization metadata",
    "080030dead01": "White Rabbit",
}

GET, SET, RESPONSE, COMMAND, ACKNOWLEDGE = range(5)
CLOCK_DESCRIPTION, USER_DESCRIPTION, INITIALIZE = 0x0001, 0x0002, 0x0005
MANAGEMENT_IDS = code_table(__package__, "management_ids.tsv")
ERRORS = {
    1: "RESPONSE_TOO_BIG",
    2: "NO_SUCH_ID",
    3: "WRONG_LENGTH",
    4: "WRONG_VALUE",
    5: "NOT_SETABLE",
    6: "NOT_SUPPORTED",
    0xFFFE: "GENERAL_ERROR",
}
ONE_BYTE_VALUES = frozenset((*range(0x2005, 0x200D), 0x2010, 0x6000, 0x6001, 0x3002))

# --- version 1 ------------------------------------------------------------------------------------------------------

V1_MESSAGES = {
    0: ("Sync", 124),
    1: ("Delay_Req", 124),
    2: ("Follow_Up", 52),
    3: ("Delay_Resp", 60),
    4: ("Management", 60),
}
V1_MANAGEMENT_KEY = 55
_R, _C = Verb.READ, Verb.CONFIGURE
V1_KEYS = {
    0: ("PTP_MM_NULL", _R),
    1: ("PTP_MM_OBTAIN_IDENTITY", Verb.IDENTIFY),
    2: ("PTP_MM_CLOCK_IDENTITY", Verb.IDENTIFY),
    3: ("PTP_MM_INITIALIZE_CLOCK", Verb.RESTART),
    4: ("PTP_MM_SET_SUBDOMAIN", _C),
    5: ("PTP_MM_CLEAR_DESIGNATED_PREFERRED_MASTER", _C),
    6: ("PTP_MM_SET_DESIGNATED_PREFERRED_MASTER", _C),
    7: ("PTP_MM_GET_DEFAULT_DATA_SET", _R),
    8: ("PTP_MM_DEFAULT_DATA_SET", _R),
    9: ("PTP_MM_UPDATE_DEFAULT_DATA_SET", _C),
    10: ("PTP_MM_GET_CURRENT_DATA_SET", _R),
    11: ("PTP_MM_CURRENT_DATA_SET", _R),
    12: ("PTP_MM_GET_PARENT_DATA_SET", _R),
    13: ("PTP_MM_PARENT_DATA_SET", _R),
    14: ("PTP_MM_GET_PORT_DATA_SET", _R),
    15: ("PTP_MM_PORT_DATA_SET", _R),
    16: ("PTP_MM_GET_GLOBAL_TIME_DATA_SET", _R),
    17: ("PTP_MM_GLOBAL_TIME_DATA_SET", _R),
    18: ("PTP_MM_UPDATE_GLOBAL_TIME_PROPERTIES", _C),
    19: ("PTP_MM_GOTO_FAULTY_STATE", Verb.STOP),
    20: ("PTP_MM_GET_FOREIGN_DATA_SET", _R),
    21: ("PTP_MM_FOREIGN_DATA_SET", _R),
    22: ("PTP_MM_SET_SYNC_INTERVAL", _C),
    23: ("PTP_MM_DISABLE_PORT", _C),
    24: ("PTP_MM_ENABLE_PORT", _C),
    25: ("PTP_MM_DISABLE_BURST", _C),
    26: ("PTP_MM_ENABLE_BURST", _C),
    27: ("PTP_MM_SET_TIME", _C),
}
V1_ANSWERS = frozenset((2, 8, 11, 13, 15, 17, 21))
