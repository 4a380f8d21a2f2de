"""IEC 60870-5-101/104: type identifications with the size of their information elements, causes, qualifiers."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.protocols.base import Kind, Verb


@dataclass(frozen=True)
class Type:
    """A type identification (IEC 60870-5-101, 7.2.1 and 7.3).

    size: octets of one information element with its time tag, without the object address; None: it varies.
    qualifier_at: offset in the element of the qualifier that is part of what is asked; None: there is none.
    select: the qualifier shares its octet with the state, and bit 7 tells select from execute.
    """

    name: str
    verb: Verb
    size: int | None
    title: str = ""
    qualifier_at: int | None = None
    select: bool = False


UNKNOWN = Type("", Verb.UNKNOWN, None)  # of a number that no standard assigns


def _report(name: str, size: int, title: str) -> Type:
    return Type(name, Verb.REPORT, size, title)


def _command(name: str, size: int, title: str, at: int = 0) -> Type:
    return Type(name, Verb.OPERATE, size, title, qualifier_at=at, select=True)


def _security(name: str, title: str) -> Type:
    return Type(name, Verb.AUTHENTICATE, None, title)


TYPES = {
    1: _report("M_SP_NA_1", 1, "Single-point information"),
    2: _report("M_SP_TA_1", 4, "Single-point information with time tag"),
    3: _report("M_DP_NA_1", 1, "Double-point information"),
    4: _report("M_DP_TA_1", 4, "Double-point information with time tag"),
    5: _report("M_ST_NA_1", 2, "Step position information"),
    6: _report("M_ST_TA_1", 5, "Step position information with time tag"),
    7: _report("M_BO_NA_1", 5, "Bitstring of 32 bit"),
    8: _report("M_BO_TA_1", 8, "Bitstring of 32 bit with time tag"),
    9: _report("M_ME_NA_1", 3, "Measured value, normalized"),
    10: _report("M_ME_TA_1", 6, "Measured value, normalized, with time tag"),
    11: _report("M_ME_NB_1", 3, "Measured value, scaled"),
    12: _report("M_ME_TB_1", 6, "Measured value, scaled, with time tag"),
    13: _report("M_ME_NC_1", 5, "Measured value, short floating point"),
    14: _report("M_ME_TC_1", 8, "Measured value, short floating point, with time tag"),
    15: _report("M_IT_NA_1", 5, "Integrated totals"),
    16: _report("M_IT_TA_1", 8, "Integrated totals with time tag"),
    17: _report("M_EP_TA_1", 6, "Event of protection equipment with time tag"),
    18: _report("M_EP_TB_1", 7, "Packed start events of protection equipment with time tag"),
    19: _report("M_EP_TC_1", 7, "Packed output circuit information with time tag"),
    20: _report("M_PS_NA_1", 5, "Packed single-point information with change detection"),
    21: _report("M_ME_ND_1", 2, "Measured value, normalized, without quality"),
    30: _report("M_SP_TB_1", 8, "Single-point information with time tag CP56"),
    31: _report("M_DP_TB_1", 8, "Double-point information with time tag CP56"),
    32: _report("M_ST_TB_1", 9, "Step position information with time tag CP56"),
    33: _report("M_BO_TB_1", 12, "Bitstring of 32 bit with time tag CP56"),
    34: _report("M_ME_TD_1", 10, "Measured value, normalized, with time tag CP56"),
    35: _report("M_ME_TE_1", 10, "Measured value, scaled, with time tag CP56"),
    36: _report("M_ME_TF_1", 12, "Measured value, short floating point, with time tag CP56"),
    37: _report("M_IT_TB_1", 12, "Integrated totals with time tag CP56"),
    38: _report("M_EP_TD_1", 10, "Event of protection equipment with time tag CP56"),
    39: _report("M_EP_TE_1", 11, "Packed start events of protection equipment with time tag CP56"),
    40: _report("M_EP_TF_1", 11, "Packed output circuit information with time tag CP56"),
    41: _security("S_IT_TC_1", "Integrated totals containing time-tagged security statistics"),
    45: _command("C_SC_NA_1", 1, "Single command"),
    46: _command("C_DC_NA_1", 1, "Double command"),
    47: _command("C_RC_NA_1", 1, "Regulating step command"),
    48: _command("C_SE_NA_1", 3, "Set-point command, normalized", 2),
    49: _command("C_SE_NB_1", 3, "Set-point command, scaled", 2),
    50: _command("C_SE_NC_1", 5, "Set-point command, short floating point", 4),
    51: Type("C_BO_NA_1", Verb.OPERATE, 4, "Bitstring of 32 bit command"),
    58: _command("C_SC_TA_1", 8, "Single command with time tag CP56"),
    59: _command("C_DC_TA_1", 8, "Double command with time tag CP56"),
    60: _command("C_RC_TA_1", 8, "Regulating step command with time tag CP56"),
    61: _command("C_SE_TA_1", 10, "Set-point command, normalized, with time tag CP56", 2),
    62: _command("C_SE_TB_1", 10, "Set-point command, scaled, with time tag CP56", 2),
    63: _command("C_SE_TC_1", 12, "Set-point command, short floating point, with time tag CP56", 4),
    64: Type("C_BO_TA_1", Verb.OPERATE, 11, "Bitstring of 32 bit command with time tag CP56"),
    70: Type("M_EI_NA_1", Verb.REPORT, 1, "End of initialization", qualifier_at=0),
    81: _security("S_CH_NA_1", "Authentication challenge"),
    82: _security("S_RP_NA_1", "Authentication reply"),
    83: _security("S_AR_NA_1", "Aggressive mode authentication request"),
    84: _security("S_KR_NA_1", "Session key status request"),
    85: _security("S_KS_NA_1", "Session key status"),
    86: _security("S_KC_NA_1", "Session key change"),
    87: _security("S_ER_NA_1", "Authentication error"),
    90: _security("S_US_NA_1", "User status change"),
    91: _security("S_UQ_NA_1", "Update key change request"),
    92: _security("S_UR_NA_1", "Update key change reply"),
    93: _security("S_UK_NA_1", "Update key change, symmetric"),
    94: _security("S_UA_NA_1", "Update key change, asymmetric"),
    95: _security("S_UC_NA_1", "Update key change confirmation"),
    100: Type("C_IC_NA_1", Verb.READ, 1, "Interrogation command", qualifier_at=0),
    101: Type("C_CI_NA_1", Verb.READ, 1, "Counter interrogation command", qualifier_at=0),
    102: Type("C_RD_NA_1", Verb.READ, 0, "Read command"),
    103: Type("C_CS_NA_1", Verb.TIME_SYNC, 7, "Clock synchronization command"),
    104: Type("C_TS_NA_1", Verb.DIAGNOSE, 2, "Test command"),
    105: Type("C_RP_NA_1", Verb.RESTART, 1, "Reset process command", qualifier_at=0),
    106: Type("C_CD_NA_1", Verb.TIME_SYNC, 2, "Delay acquisition command"),
    107: Type("C_TS_TA_1", Verb.DIAGNOSE, 9, "Test command with time tag CP56"),
    110: Type("P_ME_NA_1", Verb.CONFIGURE, 3, "Parameter of measured value, normalized", qualifier_at=2),
    111: Type("P_ME_NB_1", Verb.CONFIGURE, 3, "Parameter of measured value, scaled", qualifier_at=2),
    112: Type("P_ME_NC_1", Verb.CONFIGURE, 5, "Parameter of measured value, short floating point", qualifier_at=4),
    113: Type("P_AC_NA_1", Verb.CONFIGURE, 1, "Parameter activation", qualifier_at=0),
    120: Type("F_FR_NA_1", Verb.FILE_READ, 6, "File ready"),
    121: Type("F_SR_NA_1", Verb.FILE_READ, 7, "Section ready"),
    122: Type("F_SC_NA_1", Verb.FILE_READ, 4, "Call directory, select file, call file, call section"),
    123: Type("F_LS_NA_1", Verb.FILE_READ, 5, "Last section, last segment"),
    124: Type("F_AF_NA_1", Verb.FILE_READ, 4, "Acknowledge file, acknowledge section"),
    125: Type("F_SG_NA_1", Verb.FILE_READ, None, "Segment"),
    126: Type("F_DR_TA_1", Verb.FILE_READ, 13, "Directory"),
    127: Type("F_SC_NB_1", Verb.FILE_READ, 16, "Query log"),
}

CAUSES = {
    1: "periodic",
    2: "background scan",
    3: "spontaneous",
    4: "initialized",
    5: "requested",
    6: "activation",
    7: "activation confirmation",
    8: "deactivation",
    9: "deactivation confirmation",
    10: "activation termination",
    11: "return information by a remote command",
    12: "return information by a local command",
    13: "file transfer",
    14: "authentication",
    15: "maintenance of session key",
    16: "maintenance of user role and update key",
    20: "interrogated by station",
    **{20 + n: f"interrogated by group {n}" for n in range(1, 17)},
    37: "counter interrogation, general",
    **{37 + n: f"counter interrogation, group {n}" for n in range(1, 5)},
    44: "unknown type identification",
    45: "unknown cause of transmission",
    46: "unknown common address",
    47: "unknown information object address",
}
NEGATIVE_CAUSES = (44, 45, 46, 47)

# First control octet of a U-format -> name, kind, and the number that tshark shows for it.
U_FORMATS = {
    0x07: ("STARTDT act", Kind.REQUEST, 0x01),
    0x0B: ("STARTDT con", Kind.RESPONSE, 0x02),
    0x13: ("STOPDT act", Kind.REQUEST, 0x04),
    0x23: ("STOPDT con", Kind.RESPONSE, 0x08),
    0x43: ("TESTFR act", Kind.NOTICE, 0x10),
    0x83: ("TESTFR con", Kind.NOTICE, 0x20),
}

RESETS = {1: "general reset of process", 2: "reset of pending information with time tag"}
INITIALISATIONS = {0: "local power on", 1: "local manual reset", 2: "remote reset"}
FILE_CALLS = {
    1: "select file",
    2: "call file",
    3: "deactivate file",
    4: "delete file",
    5: "select section",
    6: "call section",
    7: "deactivate section",
}

# Of secure authentication (IEC TS 62351-5:2013): the state of session keys and the codes of errors.
KEY_STATES = {
    1: "session keys valid",
    2: "session keys not initialised",
    3: "session keys without communication",
    4: "session keys not authenticated",
}
SECURITY_ERRORS = {
    1: "authentication failed",
    2: "unexpected reply",
    3: "no reply",
    4: "aggressive mode not permitted",
    5: "MAC algorithm not permitted",
    6: "key wrap algorithm not permitted",
    7: "authorization failed",
    8: "update key change method not permitted",
    9: "invalid signature",
    10: "invalid certification data",
    11: "unknown user",
}
