"""Names and numbers of PROFINET DCP (IEC 61158-6-10, section 4.3)."""

from __future__ import annotations

from scanner.wording import said

# (option, suboption) -> name, IEC 61158-6-10 table "Coding of Option / Suboption".
SUBOPTIONS = {
    (1, 1): "MAC address",
    (1, 2): "IP parameter",
    (1, 3): "Full IP suite",
    (2, 1): "Type of Station",
    (2, 2): "Name of Station",
    (2, 3): "Device ID",
    (2, 4): "Device Role",
    (2, 5): "Device Options",
    (2, 6): "Alias Name",
    (2, 7): "Device Instance",
    (2, 8): "OEM Device ID",
    (2, 9): "Standard Gateway",
    (2, 10): "RSI Properties",
    (3, 12): "DHCP Host name",
    (3, 43): "DHCP Vendor specific",
    (3, 54): "DHCP Server identifier",
    (3, 55): "DHCP Parameter request list",
    (3, 60): "DHCP Class identifier",
    (3, 61): "DHCP Client identifier",
    (3, 81): "DHCP FQDN",
    (3, 97): "DHCP UUID client identifier",
    (3, 255): "DHCP for address resolution",
    (5, 1): "Start Transaction",
    (5, 2): "End Transaction",
    (5, 3): "Signal",
    (5, 4): "Response",
    (5, 5): "Reset Factory Settings",
    (5, 6): "Reset to Factory",
    (6, 1): "Device Initiative",
    (7, 1): "TSN Domain Name",
    (7, 2): "NME Manager",
    (7, 3): "NME Parameter UUID",
    (7, 4): "NME Agent",
    (7, 5): "CIM Interface",
    (255, 255): "All",
}
RESPONSE_BLOCK = (5, 4)
OPTION_FIELDS = {1: "ip", 2: "device", 3: "dhcp", 5: "control", 6: "deviceinitiative", 7: "tsn", 255: "all"}

BLOCK_ERRORS = {
    1: "Option not supported",
    2: "Suboption not supported or no data set available",
    3: "Suboption not set",
    4: "Resource error",
    5: "Set not possible by local reasons",
    6: "In operation, set not possible",
}
IP_STATES = {0: said("IP not set"), 1: said("IP set"), 2: said("IP set by DHCP")}
RESETS = {
    1: said("application data"),
    2: said("communication parameters"),
    3: said("engineering parameters"),
    4: said("all stored data"),
    5: said("engineering parameters"),
    8: said("all stored data to factory values"),
    9: said("reset and restore data"),
}
DHCP_CONTROL = {
    0: said("do not use DHCP"),
    1: said("do not use DHCP, reset DHCP options"),
    2: said("use DHCP"),
}
ROLES = {1: "io_device", 2: "controller", 4: "io_device", 8: "engineering_station"}
ROLE_NAMES = {1: "IO-Device", 2: "IO-Controller", 4: "IO-Multidevice", 8: "IO-Supervisor"}
