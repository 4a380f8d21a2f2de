"""Names and numbers of Ethernet POWERLINK.

Written from EPSG DS 301 V1.3.0: sections 4.6.1.1.2 (message types), 4.6.1.2.4 (requested services), 4.5 (node
addresses), 7.1.4 (NMT states), 7.3.1.2 (NMT commands), 6.3.2.4.2 (SDO commands) and appendix 1 (object dictionary).
"""

from __future__ import annotations

from scanner.protocols.base import Verb
from scanner.wording import said

SOC, PREQ, PRES, SOA, ASND, AMNI, AINV = 1, 3, 4, 5, 6, 7, 13
MESSAGES = {
    SOC: "Start of Cycle (SoC)",
    PREQ: "Poll Request (PReq)",
    PRES: "Poll Response (PRes)",
    SOA: "Start of Asynchronous (SoA)",
    ASND: "Asynchronous Send (ASnd)",
    AMNI: "Active Managing Node Indication (AMNI)",
    AINV: "Asynchronous Invite (AInv)",
}

IDENT, STATUS, NMT_REQUEST, NMT_COMMAND, SDO, SYNC = 1, 2, 3, 4, 5, 6
SERVICES = {
    IDENT: "IdentResponse",
    STATUS: "StatusResponse",
    NMT_REQUEST: "NMTRequest",
    NMT_COMMAND: "NMTCommand",
    SDO: "SDO",
    SYNC: "SyncResponse",
}
INVITATIONS = {
    0: ("NoService", Verb.SESSION),
    1: ("IdentRequest", Verb.IDENTIFY),
    2: ("StatusRequest", Verb.DIAGNOSE),
    3: ("NMTRequestInvite", Verb.SESSION),
    6: ("SyncRequest", Verb.TIME_SYNC),
    255: ("UnspecifiedInvite", Verb.SESSION),
}
MANUFACTURER = range(0xA0, 0xFF)  # service identifiers

_NODES = {
    0: said("invalid"),
    240: "MN",
    251: said("self"),
    252: said("dummy"),
    253: said("diagnostic device"),
    254: said("router"),
    255: said("broadcast"),
}


def node(number: int) -> str:
    """``node 3``, ``node 240 (MN)``."""
    name = _NODES.get(number)
    return said("node {n} ({name})", n=number, name=name) if name else said("node {n}", n=number)


_STATES = {
    0x00: "NMT_GS_OFF",
    0x19: "NMT_GS_INITIALISING",
    0x29: "NMT_GS_RESET_APPLICATION",
    0x39: "NMT_GS_RESET_COMMUNICATION",
    0x79: "NMT_GS_RESET_CONFIGURATION",
    0x1C: "NMT_{}_NOT_ACTIVE",
    0x1D: "NMT_{}_PRE_OPERATIONAL_1",
    0x5D: "NMT_{}_PRE_OPERATIONAL_2",
    0x6D: "NMT_{}_READY_TO_OPERATE",
    0xFD: "NMT_{}_OPERATIONAL",
    0x4D: "NMT_CS_STOPPED",
    0x1E: "NMT_{}_BASIC_ETHERNET",
}


def state(number: int, source: int) -> str:
    """The NMT state of a node; the managing node has states of its own names."""
    name = _STATES.get(number, f"NMT state 0x{number:02X}")
    return name.format("MS" if source == 240 else "CS")


_PLAIN = {
    0x21: ("NMTStartNode", Verb.START),
    0x22: ("NMTStopNode", Verb.STOP),
    0x23: ("NMTEnterPreOperational2", Verb.MODE_CHANGE),
    0x24: ("NMTEnableReadyToOperate", Verb.MODE_CHANGE),
    0x28: ("NMTResetNode", Verb.RESTART),
    0x29: ("NMTResetCommunication", Verb.RESTART),
    0x2A: ("NMTResetConfiguration", Verb.RESTART),
    0x2B: ("NMTSwReset", Verb.RESTART),
}
EXTENDED = frozenset(number + 0x20 for number in _PLAIN)  # the same commands to a list of nodes
HOST_NAME_SET = 0x62
NMT_COMMANDS = {
    0x01: ("IdentResponse", Verb.IDENTIFY),
    0x02: ("StatusResponse", Verb.DIAGNOSE),
    **_PLAIN,
    **{number + 0x20: (name + "Ex", verb) for number, (name, verb) in _PLAIN.items()},
    0x2D: ("NMTDNA", Verb.CONFIGURE),
    HOST_NAME_SET: ("NMTNetHostNameSet", Verb.CONFIGURE),
    0x63: ("NMTFlushArpEntry", Verb.CONFIGURE),
    0x80: ("NMTPublishConfiguredNodes", Verb.REPORT),
    0x90: ("NMTPublishActiveNodes", Verb.REPORT),
    0x91: ("NMTPublishPreOperational1", Verb.REPORT),
    0x92: ("NMTPublishPreOperational2", Verb.REPORT),
    0x93: ("NMTPublishReadyToOperate", Verb.REPORT),
    0x94: ("NMTPublishOperational", Verb.REPORT),
    0x95: ("NMTPublishStopped", Verb.REPORT),
    0xA0: ("NMTPublishEmergencyNew", Verb.REPORT),
    0xB0: ("NMTPublishTime", Verb.TIME_SYNC),
    0xFF: ("NMTInvalidService", Verb.SESSION),
}

NONE, WRITE_INDEX, READ_INDEX, WRITE_ALL, READ_ALL, WRITE_NAME, READ_NAME = 0, 1, 2, 3, 4, 5, 6
FILE_WRITE, FILE_READ, WRITE_SEVERAL, READ_SEVERAL, SEGMENT_SIZE, LINK_NAME = 0x20, 0x21, 0x31, 0x32, 0x70, 0x71
SDO_COMMANDS = {
    WRITE_INDEX: ("Write by Index", Verb.WRITE),
    READ_INDEX: ("Read by Index", Verb.READ),
    WRITE_ALL: ("Write All by Index", Verb.WRITE),
    READ_ALL: ("Read All by Index", Verb.READ),
    WRITE_NAME: ("Write by Name", Verb.WRITE),
    READ_NAME: ("Read by Name", Verb.READ),
    FILE_WRITE: ("File Write", Verb.FILE_WRITE),
    FILE_READ: ("File Read", Verb.FILE_READ),
    WRITE_SEVERAL: ("Write Multiple Parameter by Index", Verb.WRITE),
    READ_SEVERAL: ("Read Multiple Parameter by Index", Verb.READ),
    SEGMENT_SIZE: ("Maximum Segment Size", Verb.SESSION),
    LINK_NAME: ("Link Name to Index", Verb.READ),
}

OBJECTS = {
    0x1006: "NMT_CycleLen_U32",
    0x1008: "NMT_ManufactDevName_VS",
    0x1009: "NMT_ManufactHwVers_VS",
    0x100A: "NMT_ManufactSwVers_VS",
    0x1010: "NMT_StoreParam_REC",
    0x1011: "NMT_RestoreDefParam_REC",
    0x1018: "NMT_IdentityObject_REC",
    0x1020: "CFM_VerifyConfiguration_REC",
    0x1300: "SDO_SequLayerTimeout_U32",
    0x1C0B: "DLL_CNLossSoC_REC",
    0x1C0D: "DLL_CNLossPReq_REC",
    0x1C14: "DLL_CNLossOfSocTolerance_U32",
    0x1E40: "NWL_IpAddrTable_REC",
    0x1E4A: "NWL_IpGroup_REC",
    0x1F22: "CFM_ConciseDcfList_ADOM",
    0x1F50: "PDL_DownloadProgData_ADOM",
    0x1F51: "PDL_ProgCtrl_AU8",
    0x1F81: "NMT_NodeAssignment_AU32",
    0x1F82: "NMT_FeatureFlags_U32",
    0x1F8C: "NMT_CurrNMTState_U8",
    0x1F93: "NMT_EPLNodeID_REC",
    0x1F98: "NMT_CycleTiming_REC",
    0x1F9A: "NMT_HostName_VSTR",
    0x1F9E: "NMT_ResetCmd_U8",
    0x1F9F: "NMT_RequestCmd_REC",
}
COMMAND_OBJECTS = {0x1F9E: Verb.RESTART, 0x1F9F: Verb.MODE_CHANGE}

_VENDORS = {0x0100006C: "B&R"}


def vendor_name(number: int) -> str:
    """The maker that a vendor identifier belongs to."""
    return _VENDORS.get(number, f"EPSG vendor 0x{number:08X}")
