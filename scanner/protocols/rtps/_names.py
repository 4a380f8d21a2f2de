"""RTPS: vendors, built-in endpoints, submessages, kinds of protection.

OMG DDSI-RTPS 2.5, sections 9.3.1.3 and 9.4.5; DDS-XTypes 1.3, section 7.6.3.3; DDS-Security 1.1, sections 7.4 and
9.5.2; OMG's list of vendor identifiers.
"""

from __future__ import annotations

from scanner.protocols.base import Verb

VENDORS = {
    0x0101: "RTI Connext DDS",
    0x0102: "OpenSplice DDS",
    0x0103: "OpenDDS",
    0x0104: "MilSoft DDS",
    0x0105: "InterCOM DDS",
    0x0106: "CoreDX DDS",
    0x0109: "ETRI Diamond DDS",
    0x010A: "RTI Connext DDS Micro",
    0x010B: "Vortex Cafe",
    0x010D: "Vortex Lite",
    0x010E: "Qeo",
    0x010F: "Fast DDS",
    0x0110: "Eclipse Cyclone DDS",
    0x0111: "Gurum DDS",
    0x0112: "RustDDS",
    0x0113: "ZRDDS",
    0x0114: "Dust DDS",
}

PARTICIPANT_WRITER, SECURE_PARTICIPANT_WRITER = 0x000100C2, 0xFF0101C2
PUBLICATIONS_WRITER, SUBSCRIPTIONS_WRITER = 0x000003C2, 0x000004C2
SECURE_PUBLICATIONS_WRITER, SECURE_SUBSCRIPTIONS_WRITER = 0xFF0003C2, 0xFF0004C2
# built-in writer -> (what it announces, verb of doing so)
BUILT_IN = {
    PARTICIPANT_WRITER: ("participants", Verb.IDENTIFY),
    0x000002C2: ("topics", Verb.REPORT),
    PUBLICATIONS_WRITER: ("publications", Verb.REPORT),
    SUBSCRIPTIONS_WRITER: ("subscriptions", Verb.SUBSCRIBE),
    0x000200C2: ("liveliness", Verb.SESSION),
    0x000201C3: ("authentication of participants", Verb.AUTHENTICATE),
    0x000300C3: ("type requests", Verb.READ),
    0x000301C3: ("type replies", Verb.REPORT),
    SECURE_PUBLICATIONS_WRITER: ("secured publications", Verb.REPORT),
    SECURE_SUBSCRIPTIONS_WRITER: ("secured subscriptions", Verb.SUBSCRIBE),
    0xFF0200C2: ("secured liveliness", Verb.SESSION),
    0xFF0202C3: ("key exchange", Verb.SESSION),
    SECURE_PARTICIPANT_WRITER: ("secured participants", Verb.IDENTIFY),
}

PAD, ACKNACK, HEARTBEAT, GAP, INFO_TS = 0x01, 0x06, 0x07, 0x08, 0x09
DATA, DATA_FRAG = 0x15, 0x16
SEC_BODY, SEC_PREFIX, SEC_POSTFIX, SRTPS_PREFIX, SRTPS_POSTFIX = 0x30, 0x31, 0x32, 0x33, 0x34
EXCHANGES = {ACKNACK: "AckNack", HEARTBEAT: "Heartbeat", GAP: "Gap", 0x12: "NackFrag", 0x13: "HeartbeatFrag"}
INTERPRETER = frozenset((0x00, PAD, INFO_TS, 0x0C, 0x0D, 0x0E, 0x0F))  # header extension, padding, Info...
KNOWN = frozenset((*INTERPRETER, *EXCHANGES, DATA, DATA_FRAG, *range(0x30, 0x35)))
VENDORS_OWN = 0x80  # submessages from here on are a vendor's own

# transformation kind -> (name, encrypted); each of these authenticates
PROTECTIONS = {
    1: ("AES128-GMAC", False),
    2: ("AES128-GCM", True),
    3: ("AES256-GMAC", False),
    4: ("AES256-GCM", True),
}
