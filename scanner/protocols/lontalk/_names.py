"""LonTalk: network management and diagnostic commands, CN/IP packet types (ISO/IEC 14908-1 and 14908-4)."""

from __future__ import annotations

from scanner.protocols.base import Verb
from scanner.protocols.common.verb_table import verb_table

# --- CN/IP packet types (ISO/IEC 14908-4, section 8) ------------------------------------------------------------------

DATA, REGISTRATION, CONFIGURATION, ACKNOWLEDGE, MEMBERSHIP, SEGMENT = 0x01, 0x03, 0x71, 0x07, 0x04, 0x7F
ASKING = (0x60, 0x63, 0x64, 0x66, 0x68)
TELLING = (MEMBERSHIP, 0x06, 0x08, 0x70)
PACKETS = {
    DATA: ("Data Packet", Verb.UNKNOWN),
    REGISTRATION: ("Device Registration", Verb.SESSION),
    MEMBERSHIP: ("Channel Membership", Verb.READ),
    0x06: ("Send List", Verb.READ),
    ACKNOWLEDGE: ("Acknowledge", Verb.SESSION),
    0x08: ("Channel Routing", Verb.READ),
    0x60: ("Statistics Request", Verb.DIAGNOSE),
    0x63: ("Device Configuration Request", Verb.READ),
    0x64: ("Channel Membership Request", Verb.READ),
    0x66: ("Send List Request", Verb.READ),
    0x68: ("Channel Routing Request", Verb.READ),
    0x70: ("Statistics Response", Verb.DIAGNOSE),
    CONFIGURATION: ("Device Configuration", Verb.CONFIGURE),
    SEGMENT: ("Segment", Verb.UNKNOWN),
}

ACKNOWLEDGEMENTS = {
    1: "fixed, cannot be changed",
    2: "bad message",
    3: "cannot comply",
    4: "device refused by the configuration server",
    5: "not supported",
}

CLEAR_STATISTICS = 0x08  # bit of the reason of a statistics request: read and clear

# --- network management and diagnostics (ISO/IEC 14908-1, section 15) -------------------------------------------------

PROXY, EXPANDED, QUERY_ID, NODE_MODE, READ_MEMORY, WRITE_MEMORY = 0x52, 0x60, 0x61, 0x6C, 0x6D, 0x6E
SERVICE_PIN = 0x7F
COMMANDS = verb_table(__package__, "commands.tsv")

EXPANDED_COMMANDS = {
    0x01: ("Query Version", Verb.IDENTIFY),
    0x07: ("Update Domain", Verb.CONFIGURE),
    0x08: ("Query Domain", Verb.READ),
    0x09: ("Query Key", Verb.READ),
    0x0A: ("Update Key", Verb.CONFIGURE),
    0x0B: ("Update Phase Repeater Table", Verb.CONFIGURE),
    0x0C: ("Query Phase Repeater Table", Verb.READ),
    0x0D: ("Update Phase Repeater Identity Table", Verb.CONFIGURE),
    0x0E: ("Query Phase Repeater Identity Table", Verb.READ),
    0x0F: ("Initialise Configuration", Verb.CONFIGURE),
}

# Of Wink the octet behind the code: hosts take more than a wink by it.
WINKS = {
    0x00: ("wink", Verb.DIAGNOSE),
    0x01: ("send identification", Verb.IDENTIFY),
    0x02: ("define network variable", Verb.CONFIGURE),
    0x03: ("remove network variable", Verb.CONFIGURE),
    0x04: ("query network variable", Verb.READ),
    0x05: ("query node", Verb.READ),
    0x06: ("update network variable", Verb.CONFIGURE),
    0x07: ("query capabilities", Verb.READ),
}

CHANGE_STATE = 3
NODE_MODES = {
    0: ("application offline", Verb.STOP),
    1: ("application online", Verb.START),
    2: ("application reset", Verb.RESTART),
    CHANGE_STATE: ("change state", Verb.MODE_CHANGE),
    0xFF: ("no change", Verb.DIAGNOSE),
}
NODE_STATES = {2: "unconfigured", 3: "applicationless", 4: "configured", 6: "hard offline"}

MEMORY = {0: "memory", 1: "read-only memory", 2: "configuration memory", 3: "statistics memory"}
MEMORY_ACTIONS = {
    1: "checksums recalculated",
    3: "checksums adjusted",
    4: "configuration checksum recalculated",
    8: "reset",
    9: "checksums recalculated and reset",
    12: "configuration checksum recalculated and reset",
}
