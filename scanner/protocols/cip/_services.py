"""CIP services and what they do: those of every class, and those that a code means in one class only.

From the CIP Networks Library Volume 1 (chapter 5, appendix A), Volume 2 (chapter 5: device level ring, Ethernet link),
Volume 5 (Safety Supervisor, Safety Validator), Volume 7 (Modbus object), Volume 8 (CIP Security, chapter 5), CIP Motion
(Motion Device Axis); Rockwell 1756-PM020 (Logix data access). Logix classes that Rockwell does not publish
are those that the traffic of its software and independent work agree on.
"""

from __future__ import annotations

from scanner.protocols.base import Verb

# Services of every class (Volume 1, appendix A).
COMMON = {
    0x01: ("Get Attributes All", Verb.READ),
    0x02: ("Set Attributes All", Verb.WRITE),
    0x03: ("Get Attribute List", Verb.READ),
    0x04: ("Set Attribute List", Verb.WRITE),
    0x05: ("Reset", Verb.RESTART),
    0x06: ("Start", Verb.START),
    0x07: ("Stop", Verb.STOP),
    0x08: ("Create", Verb.CONFIGURE),
    0x09: ("Delete", Verb.CONFIGURE),
    0x0A: ("Multiple Service Packet", Verb.UNKNOWN),
    0x0D: ("Apply Attributes", Verb.CONFIGURE),
    0x0E: ("Get Attribute Single", Verb.READ),
    0x10: ("Set Attribute Single", Verb.WRITE),
    0x11: ("Find Next Object Instance", Verb.READ),
    0x15: ("Restore", Verb.CONFIGURE),
    0x16: ("Save", Verb.CONFIGURE),
    0x17: ("No Operation", Verb.DIAGNOSE),
    0x18: ("Get Member", Verb.READ),
    0x19: ("Set Member", Verb.WRITE),
    0x1A: ("Insert Member", Verb.WRITE),
    0x1B: ("Remove Member", Verb.WRITE),
    0x1C: ("Group Sync", Verb.TIME_SYNC),
    0x1D: ("Get Connection Point Member List", Verb.READ),
}
READS = (0x01, 0x03, 0x0E, 0x18)
WRITES = (0x02, 0x04, 0x10, 0x19)
CHANGES = (*WRITES, 0x08, 0x09, 0x0D, 0x15, 0x16, 0x1A, 0x1B)

_TAG = {
    0x4C: ("Read Tag", Verb.READ),
    0x4D: ("Write Tag", Verb.WRITE),
    0x4E: ("Read Modify Write Tag", Verb.WRITE),
    0x52: ("Read Tag Fragmented", Verb.READ),
    0x53: ("Write Tag Fragmented", Verb.WRITE),
}
TAG = -1  # stands for a symbolic path

# Services of one class only (0x4B to 0x63): a code says nothing without its class.
SPECIFIC = {
    0x01: {0x4B: ("Flash LEDs", Verb.IDENTIFY)},
    0x06: {
        0x4E: ("Forward Close", Verb.SESSION),
        0x52: ("Unconnected Send", Verb.UNKNOWN),
        0x54: ("Forward Open", Verb.SESSION),
        0x56: ("Get Connection Data", Verb.DIAGNOSE),
        0x57: ("Search Connection Data", Verb.DIAGNOSE),
        0x5A: ("Get Connection Owner", Verb.DIAGNOSE),
        0x5B: ("Large Forward Open", Verb.SESSION),
        0x5C: ("Concurrent Forward Open", Verb.SESSION),
        0x5E: ("Concurrent Forward Close", Verb.SESSION),
    },
    0x0F: {0x4B: ("Get Enum String", Verb.READ)},
    0x29: {0x05: ("Reset", Verb.OPERATE)},  # of a fault
    0x37: {
        0x4B: ("Initiate Upload", Verb.FILE_READ),
        0x4C: ("Initiate Download", Verb.FILE_WRITE),
        0x4D: ("Initiate Partial Read", Verb.FILE_READ),
        0x4E: ("Initiate Partial Write", Verb.FILE_WRITE),
        0x4F: ("Upload Transfer", Verb.FILE_READ),
        0x50: ("Download Transfer", Verb.FILE_WRITE),
        0x51: ("Clear File", Verb.FILE_DELETE),
    },
    0x39: {
        0x4C: ("Recover", Verb.MODE_CHANGE),
        0x4E: ("Perform Diagnostics", Verb.DIAGNOSE),
        0x4F: ("Configure Request", Verb.CONFIGURE),
        0x50: ("Validate Configuration", Verb.CONFIGURE),
        0x51: ("Set Password", Verb.CONFIGURE),
        0x52: ("Configuration Lock or Unlock", Verb.CONFIGURE),
        0x53: ("Mode Change", Verb.MODE_CHANGE),
        0x54: ("Safety Reset", Verb.RESTART),
        0x55: ("Reset Password", Verb.CONFIGURE),
        0x56: ("Propose TUNID", Verb.CONFIGURE),
        0x57: ("Apply TUNID", Verb.CONFIGURE),
        0x58: ("Propose TUNID List", Verb.CONFIGURE),
        0x59: ("Apply TUNID List", Verb.CONFIGURE),
    },
    0x3A: {0x4B: ("Reset Error Counters", Verb.DIAGNOSE)},
    0x42: {
        0x4B: ("Get Axis Attributes List", Verb.READ),
        0x4C: ("Set Axis Attributes List", Verb.WRITE),
        0x4D: ("Set Cyclic Write List", Verb.CONFIGURE),
        0x4E: ("Set Cyclic Read List", Verb.CONFIGURE),
        0x4F: ("Run Motor Test", Verb.OPERATE),
        0x50: ("Get Motor Test Data", Verb.READ),
        0x51: ("Run Inertia Test", Verb.OPERATE),
        0x52: ("Get Inertia Test Data", Verb.READ),
        0x53: ("Run Hookup Test", Verb.OPERATE),
        0x54: ("Get Hookup Test Data", Verb.READ),
    },
    0x44: {
        0x4B: ("Read Discrete Inputs", Verb.READ),
        0x4C: ("Read Coils", Verb.READ),
        0x4D: ("Read Input Registers", Verb.READ),
        0x4E: ("Read Holding Registers", Verb.READ),
        0x4F: ("Write Coils", Verb.WRITE),
        0x50: ("Write Holding Registers", Verb.WRITE),
        0x51: ("Modbus Passthrough", Verb.UNKNOWN),
    },
    0x47: {
        0x4B: ("Verify Fault Location", Verb.DIAGNOSE),
        0x4C: ("Clear Rapid Faults", Verb.DIAGNOSE),
        0x4D: ("Restart Sign On", Verb.DIAGNOSE),
        0x4E: ("Clear Gateway Partial Fault", Verb.DIAGNOSE),
    },
    0x5D: {
        0x4B: ("Begin Config", Verb.CONFIGURE),
        0x4C: ("Kick Timer", Verb.SESSION),
        0x4D: ("End Config", Verb.CONFIGURE),
        0x4E: ("Object Cleanup", Verb.CONFIGURE),
    },
    0x5E: {
        0x4B: ("Begin Config", Verb.CONFIGURE),
        0x4C: ("Kick Timer", Verb.SESSION),
        0x4D: ("Apply Config", Verb.CONFIGURE),
        0x4E: ("Abort Config", Verb.CONFIGURE),
    },
    0x5F: {0x4B: ("Create CSR", Verb.CONFIGURE), 0x4C: ("Verify Certificate", Verb.CONFIGURE)},
    0x67: {0x4B: ("Execute PCCC", Verb.UNKNOWN)},
    0x6A: {0x4F: ("Read data table", Verb.PROGRAM_UPLOAD), 0x50: ("Write data table", Verb.PROGRAM_DOWNLOAD)},
    0x6B: {**_TAG, 0x55: ("Get Instance Attribute List", Verb.READ)},
    0x6C: {0x4C: ("Read Template", Verb.READ)},
    0x6D: {0x4C: ("Read routine", Verb.PROGRAM_UPLOAD)},
    0x72: {0x4C: ("Read Memory", Verb.READ)},
    0x74: {0x4B: ("Lock", Verb.SESSION), 0x4C: ("Unlock", Verb.SESSION)},
    0xB2: {
        0x08: ("Create Tag Buffer", Verb.SUBSCRIBE),
        0x09: ("Delete Tag Buffer", Verb.SUBSCRIBE),
        0x4C: ("Read Tag Buffer", Verb.READ),
        0x4D: ("Write Tag", Verb.WRITE),
        0x4E: ("Add Tag to Buffer", Verb.SUBSCRIBE),
        0x4F: ("Remove Tag from Buffer", Verb.SUBSCRIBE),
    },
    0xF3: {
        0x4B: ("Kick Timer", Verb.SESSION),
        0x4C: ("Open Connection", Verb.SESSION),
        0x4D: ("Close Connection", Verb.SESSION),
        0x4E: ("Stop Connection", Verb.SESSION),
        0x4F: ("Change Start", Verb.CONFIGURE),
        0x50: ("Get Status", Verb.DIAGNOSE),
        0x51: ("Change Complete", Verb.CONFIGURE),
        0x52: ("Audit Changes", Verb.DIAGNOSE),
    },
    0xF6: {0x4C: ("Get and Clear", Verb.DIAGNOSE)},
    TAG: _TAG,
}

# What writing, creating or deleting means where it is more than writing a value.
CHANGE_VERBS = {
    **dict.fromkeys((0x01, 0x0F, 0x10, 0x37, *range(0x39, 0x40), 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B), Verb.CONFIGURE),
    **dict.fromkeys((0x51, 0x52, 0x54, 0x55, 0x56, *range(0x58, 0x5C), *range(0x5D, 0x64)), Verb.CONFIGURE),
    **dict.fromkeys((0x8E, 0xAC, *range(0xF0, 0xF9), 0x109), Verb.CONFIGURE),
    **dict.fromkeys((0x43, 0x8B), Verb.TIME_SYNC),
    **dict.fromkeys((0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x70), Verb.PROGRAM_DOWNLOAD),
    0xA1: Verb.FIRMWARE_UPDATE,
}
FIRMWARE = 0xA1
RESET, IDENTITY = 0x05, 0x01


def reset_verb(target: int) -> Verb:
    """A reset of the Identity object restarts the device; of another object of the specification it brings back that
    object's state or values. What it does in a class of a vendor's own is not known, and may be a restart.
    """
    if target == IDENTITY or (target not in CHANGE_VERBS and 0x64 <= target < 0xF0) or 0x300 <= target < 0x500:
        return Verb.RESTART
    return CHANGE_VERBS.get(target, Verb.CONFIGURE)
