"""Frame types, commands and codes of the CC-Link IE family.

Written from the frame tables in the published analyzers of NTT Communications for CC-Link IE Field, Control and TSN
(zeek-parser-CCLinkIENoIP, -CCLinkTSNSLMP) and from the CC-Link IE Field Basic stack of RT-Labs (c-link), which cites
BAP-C2006ENG-001 section 7.5 (end codes) and BAP-C2006ENG-003 section 8.3 (SLMP commands); the specifications of the
CC-Link Partner Association are for its members.
"""

from __future__ import annotations

from typing import NamedTuple

from scanner.code_tables import rows_table
from scanner.protocols.base import Kind, Verb


class FrameType(NamedTuple):
    """A frame type of EtherType 0x890F: its name, what it does; whether its bytes 2 and 3 are a node identifier."""

    name: str
    verb: Verb
    kind: Kind = Kind.NOTICE
    node_id: bool = False


PERSUASION, TEST_DATA, TEST_DATA_ACK, MY_STATUS = 0x10, 0x11, 0x12, 0x20
TRANSIENT_1, TRANSIENT_ACK, TRANSIENT_2 = 0x22, 0x23, 0x25
DETECTION, DETECTION_ACK, CYCLIC_M, CYCLIC_S = 0xC1, 0xC2, 0xC4, 0xC5
TSN_ONLY = range(0xC0, 0xC6)

FRAMES = {
    int(code, 0): FrameType(name, Verb(verb), Kind(kind), node == "node")
    for code, name, verb, kind, node in rows_table(__package__, "cclink_ie_frames.tsv")
}
# Byte 8 of a frame, but for those of TSN alone.
NETWORKS = {0: "CC-Link IE Control", 1: "CC-Link IE Field", 2: "CC-Link IE TSN", 3: "CC-Link IE TSN and Field"}
CONTROL, FIELD = 0, 1
NODE_TYPES = {
    (CONTROL, 0x00): "management node",
    (CONTROL, 0x02): "normal node",
    (CONTROL, 0x21): "master node of a node-to-node test",
    (FIELD, 0x30): "master node",
    (FIELD, 0x32): "local node",
    (FIELD, 0x33): "intelligent device node",
    (FIELD, 0x34): "remote device node",
    (FIELD, 0x35): "remote I/O node",
}
MASTERS = frozenset({(CONTROL, 0x00), (FIELD, 0x30)})
STATION_TYPES = {0: "master station", 1: "slave station", 2: "managed switch", 4: "sub-master station"}
DEVICE_TYPES = {
    0x01: "PLC",
    0x02: "personal computer",
    0x03: "digital I/O",
    0x04: "analog I/O",
    0x05: "positioning controller",
    0x06: "temperature controller",
    0x07: "HMI",
    0x09: "serial conversion module",
    0x20: "inverter",
    0x21: "servo",
    0x22: "CNC",
    0x23: "robot",
    0x30: "sensor",
    0x31: "actuator",
    0x32: "barcode reader",
    0x34: "high-speed counter",
    0x35: "switch",
    0x3C: "solenoid valve",
    0x3F: "motor control module",
    0x4B: "wireless module",
    0x4C: "digital/analog I/O",
    0x7F: "generic device",
}

# Transient1 of data type 7 (Field) and 8 (motion): command; bit 7 of the subcommand tells a response.
FIELD_DATA, MOTION_DATA, COMMON_DATA = 7, 8, 5
TRANSIENT_COMMANDS = {
    (FIELD_DATA, 0x01): ("deliverNodeInformation", Verb.IDENTIFY),
    (FIELD_DATA, 0x03): ("getStatisticalInformation", Verb.DIAGNOSE),
    (FIELD_DATA, 0x04): ("acquiresDetailedNodeInformation", Verb.IDENTIFY),
    (FIELD_DATA, 0x0A): ("acquiresOptionalInformation", Verb.READ),
    (MOTION_DATA, 0x01): ("communicationCycleSetting", Verb.CONFIGURE),
    (MOTION_DATA, 0x02): ("objectRead", Verb.READ),
    (MOTION_DATA, 0x03): ("objectWrite", Verb.WRITE),
}
# Command types of Transient1 of data type 5 and of Transient2; bit 7 tells a response.
COMMAND_TYPES = {
    0x04: ("getMemoryAccessInfo", Verb.READ),
    0x08: ("run", Verb.START),
    0x09: ("stop", Verb.STOP),
    0x10: ("readMemory", Verb.READ),
    0x12: ("writeMemory", Verb.WRITE),
    0x20: ("messageTransfer", Verb.UNKNOWN),
    0x30: ("slmpTransmit", Verb.UNKNOWN),
}

CYCLIC, NODE_SEARCH, SET_ADDRESS = 0x0E70, 0x0E30, 0x0E31
TSN_COMMANDS = {
    (0x0E90, 0): ("NetworkConfig Main", Verb.CONFIGURE),
    (0x0E90, 1): ("NetworkConfig Tslt", Verb.CONFIGURE),
    (0x0E91, 0): ("MasterConfig", Verb.CONFIGURE),
    (0x0E92, 0): ("SlaveConfig", Verb.CONFIGURE),
    (0x0E93, 0): ("CyclicConfig Main", Verb.CONFIGURE),
    (0x0E93, 1): ("CyclicConfig TrnSubPayload", Verb.CONFIGURE),
    (0x0E93, 2): ("CyclicConfig RcvSubPayload", Verb.CONFIGURE),
    (0x0E93, 3): ("CyclicConfig RcvSrcInfo", Verb.CONFIGURE),
    (0x0E94, 0): ("Notification", Verb.REPORT),
}

_END_CODES = {
    0xC059: "Command error",
    0xC05C: "Request message error",
    0xC61C: "Request data length mismatch",
    0xCEE0: "Busy",
    0xCF10: "Server information does not exist",
    0xCF20: "Cannot be set",
    0xCF30: "Parameter does not exist",
    0xCF31: "Parameter cannot be written in this state",
    0xCFE0: "Master station duplication",
    0xCFE1: "Wrong number of occupied stations",
    0xCFF0: "Error in slave station",
    0xCFFF: "Slave station requests disconnection",
}


def end_code(code: int) -> str:
    """``Master station duplication (0xCFE0)``."""
    return f"{_END_CODES.get(code, 'end code')} (0x{code:04X})"
