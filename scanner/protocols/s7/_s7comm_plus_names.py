"""S7comm-plus: functions, the objects, classes and attributes that matter to an audit, return codes.

Numbers and names from the Wireshark plugin s7comm_plus (T. Wiens) and S7CommPlusDriver; the values of the operating
state request from the library s7commplus.
"""

from __future__ import annotations

from scanner.code_tables import code_table
from scanner.protocols.base import Verb
from scanner.wording import said

FUNCTIONS = {
    0x04B1: ("Error", Verb.UNKNOWN),
    0x04BB: ("Explore", Verb.READ),
    0x04CA: ("CreateObject", Verb.CONFIGURE),
    0x04D4: ("DeleteObject", Verb.CONFIGURE),
    0x04F2: ("SetVariable", Verb.WRITE),
    0x04FC: ("GetVariable", Verb.READ),
    0x0506: ("AddLink", Verb.CONFIGURE),
    0x051A: ("RemoveLink", Verb.CONFIGURE),
    0x0524: ("GetLink", Verb.READ),
    0x0542: ("SetMultiVariables", Verb.WRITE),
    0x054C: ("GetMultiVariables", Verb.READ),
    0x0556: ("BeginSequence", Verb.SESSION),
    0x0560: ("EndSequence", Verb.SESSION),
    0x056B: ("Invoke", Verb.OPERATE),
    0x057C: ("SetVarSubStreamed", Verb.WRITE),
    0x0586: ("GetVarSubStreamed", Verb.READ),
    0x0590: ("GetVariablesAddress", Verb.READ),
    0x059A: ("Abort", Verb.SESSION),
    0x05A9: ("Error 2", Verb.UNKNOWN),
    0x05B3: ("InitSSL", Verb.SESSION),
}

# Objects that exist in every controller, by their relation identifier (RID).
OBJECTS = {
    1: said("controller"),
    2: said("hardware configuration"),
    3: said("PLC program"),
    5: said("logs"),
    8: said("alarm subsystem"),
    9: said("diagnostics log"),
    48: said("CPU"),
    49: said("CPU proxy"),
    50: said("CPU (common)"),
    51: said("memory card"),
    52: said("CPU execution unit"),
    53: said("web server"),
    54: said("CPU display"),
    55: said("failsafe execution unit"),
    64: said("Ethernet interface 1"),
    72: said("Ethernet interface 2"),
    80: said("inputs"),
    81: said("outputs"),
    82: said("bit memory"),
    83: said("counters"),
    84: said("timers"),
    114: said("texts"),
    115: said("certificates"),
    285: said("server sessions"),
    288: said("null session"),
}
# The upper half of a RID whose lower half is a number.
NUMBERED = {
    0x89FD: "UDT",
    0x8A0E: "DB",
    0x8A11: "user constants ",
    0x8A12: "FB",
    0x8A13: "FC",
    0x8A20: "system FB",
    0x8A21: "system FC",
    0x8A24: "system UDT",
    0x8A32: "OB",
    0x8A36: "alarm text list ",
    0x8A37: "text list ",
    0x8A38: "text container ",
    0x8A7E: "alarms ",
}

CLASSES = {
    255: "subscriptions",
    287: "server session",
    1001: "subscription",
    2574: "DB",
    2578: "FB",
    2579: "FC",
    2610: "OB",
    3932: "UDT",
    2496: "hardware configuration",
    2520: "PLC program",
    2538: "block",
    2662: "alarm subscription",
    4710: "certificate store",
    4713: "certificate",
    8030: "backup",
    8031: "restore",
    8040: "PLC program change",
    8079: "user credentials",
    8138: "trace job",
}
_ORGANISATION_BLOCKS = {*range(2637, 2659), 4637, 4639}
CLASSES |= dict.fromkeys(_ORGANISATION_BLOCKS, "OB")
SESSION_CLASS = 287
SUBSCRIPTION_CLASSES = {254, 255, 1001, 2662}
BLOCK_CLASSES = {2574, 2578, 2579, 2610, 3932, 3933, 3934, 3935, 2496, 2520, 2538, 2592, 3002, 8040, 8031}
BLOCK_CLASSES |= _ORGANISATION_BLOCKS
BACKUP_CLASS = 8030
JOB_CLASSES = {2700, 2708, 2709, 8138}

ATTRIBUTES = {
    233: "name",
    303: "ServerSessionChallenge",
    304: "ServerSessionResponse",
    305: "ServerSessionRoles",
    306: "ServerSessionVersion",
    387: "RootMemoryReset",
    388: "RootReset",
    1048: "SubscriptionReferenceList",
    1049: "SubscriptionCycleTime",
    1051: "SubscriptionDisabled",
    1053: "SubscriptionCreditLimit",
    1830: "SessionKey",
    1842: "EffectiveProtectionLevel",
    1843: "ActiveProtectionLevel",
    1846: "Legitimate",
    2167: "OperatingStateREQ",
    2421: "SystemTime",
    2521: "BlockNumber",
    2533: "BodyDescription",
    2544: "InterfaceDescription",
    2548: "ValueInitial",
    2580: "Code",
    3449: "know-how protection password",
    3451: "CPUProtectionLevel",
    4681: "protection password 2",
    4682: "protection password 3",
    4693: "CommandREQ",
}
AUTHENTICATION = {303, 304, 1830, 1846}
SESSION_ATTRIBUTES = set(range(289, 322)) - AUTHENTICATION
RESETS = {387, 388}
STATE_REQUEST = 2167
SUBSCRIPTION_ATTRIBUTES = {*range(1001, 1055)}
CLOCK = {2421}
CODE = {2533, 2580}  # the program itself: source and machine code
PROTECTION = {3449, 3451, 4681, 4682}

STATES = {
    1: ("STOP", Verb.STOP),
    2: (said("reset of retentive memory"), Verb.RESTART),
    3: ("RUN", Verb.START),
    4: ("RUN, redundant", Verb.START),
}

RETURN_CODES = code_table(__package__, "s7comm_plus_return_codes.tsv")
