"""Names and verbs of KNXnet/IP services, cEMI messages and KNX application services.

From ISO 22510 / KNX standard 03_08_01 to 03_08_05 and AN159 (services, status), 03_06_03 (cEMI), 03_03_07 (application
services), 03_07_03 (interface object types and properties), as Wireshark's packet-knxip.c and packet-cemi.c list them.
"""

from __future__ import annotations

from scanner.protocols.base import Verb
from scanner.protocols.common.verb_table import verb_table

# service type -> (name, verb, whether it asks, answers or only tells)
ASKS, ANSWERS, TELLS = range(3)
SERVICES = {
    0x0201: ("SEARCH_REQUEST", Verb.IDENTIFY, ASKS),
    0x0202: ("SEARCH_RESPONSE", Verb.IDENTIFY, ANSWERS),
    0x0203: ("DESCRIPTION_REQUEST", Verb.IDENTIFY, ASKS),
    0x0204: ("DESCRIPTION_RESPONSE", Verb.IDENTIFY, ANSWERS),
    0x0205: ("CONNECT_REQUEST", Verb.SESSION, ASKS),
    0x0206: ("CONNECT_RESPONSE", Verb.SESSION, ANSWERS),
    0x0207: ("CONNECTIONSTATE_REQUEST", Verb.SESSION, ASKS),
    0x0208: ("CONNECTIONSTATE_RESPONSE", Verb.SESSION, ANSWERS),
    0x0209: ("DISCONNECT_REQUEST", Verb.SESSION, ASKS),
    0x020A: ("DISCONNECT_RESPONSE", Verb.SESSION, ANSWERS),
    0x020B: ("SEARCH_REQUEST_EXTENDED", Verb.IDENTIFY, ASKS),
    0x020C: ("SEARCH_RESPONSE_EXTENDED", Verb.IDENTIFY, ANSWERS),
    0x0310: ("DEVICE_CONFIGURATION_REQUEST", Verb.UNKNOWN, TELLS),
    0x0311: ("DEVICE_CONFIGURATION_ACK", Verb.SESSION, TELLS),
    0x0420: ("TUNNELLING_REQUEST", Verb.UNKNOWN, TELLS),
    0x0421: ("TUNNELLING_ACK", Verb.SESSION, TELLS),
    0x0422: ("TUNNELLING_FEATURE_GET", Verb.READ, ASKS),
    0x0423: ("TUNNELLING_FEATURE_RESPONSE", Verb.READ, ANSWERS),
    0x0424: ("TUNNELLING_FEATURE_SET", Verb.CONFIGURE, ASKS),
    0x0425: ("TUNNELLING_FEATURE_INFO", Verb.REPORT, TELLS),
    0x0530: ("ROUTING_INDICATION", Verb.UNKNOWN, TELLS),
    0x0531: ("ROUTING_LOST_MESSAGE", Verb.DIAGNOSE, TELLS),
    0x0532: ("ROUTING_BUSY", Verb.DIAGNOSE, TELLS),
    0x0533: ("ROUTING_SYSTEM_BROADCAST", Verb.UNKNOWN, TELLS),
    0x0740: ("REMOTE_DIAGNOSTIC_REQUEST", Verb.DIAGNOSE, ASKS),
    0x0741: ("REMOTE_DIAGNOSTIC_RESPONSE", Verb.DIAGNOSE, ANSWERS),
    0x0742: ("REMOTE_BASIC_CONFIGURATION_REQUEST", Verb.CONFIGURE, TELLS),
    0x0743: ("REMOTE_RESET_REQUEST", Verb.RESTART, TELLS),
    0x0950: ("SECURE_WRAPPER", Verb.UNKNOWN, TELLS),
    0x0951: ("SESSION_REQUEST", Verb.AUTHENTICATE, ASKS),
    0x0952: ("SESSION_RESPONSE", Verb.AUTHENTICATE, ANSWERS),
    0x0953: ("SESSION_AUTHENTICATE", Verb.AUTHENTICATE, TELLS),
    0x0954: ("SESSION_STATUS", Verb.AUTHENTICATE, TELLS),
    0x0955: ("TIMER_NOTIFY", Verb.TIME_SYNC, TELLS),
}
FAMILIES = {
    2: "core",
    3: "device management",
    4: "tunnelling",
    5: "routing",
    6: "remote logging",
    7: "remote configuration and diagnosis",
    8: "object server",
    9: "security",
}
MEDIA = {0x01: "TP0", 0x02: "TP1", 0x04: "PL110", 0x08: "PL132", 0x10: "RF", 0x20: "KNX IP"}
CONNECTIONS = {
    3: "device management",
    4: "tunnelling",
    6: "remote logging",
    7: "remote configuration",
    8: "object server",
}
LAYERS = {0x02: "link layer", 0x04: "raw", 0x80: "busmonitor"}
STATUS = {
    0x01: "E_HOST_PROTOCOL_TYPE",
    0x02: "E_VERSION_NOT_SUPPORTED",
    0x04: "E_SEQUENCE_NUMBER",
    0x0F: "E_ERROR",
    0x21: "E_CONNECTION_ID",
    0x22: "E_CONNECTION_TYPE",
    0x23: "E_CONNECTION_OPTION",
    0x24: "E_NO_MORE_CONNECTIONS",
    0x25: "E_NO_MORE_UNIQUE_CONNECTIONS",
    0x26: "E_DATA_CONNECTION",
    0x27: "E_KNX_CONNECTION",
    0x28: "E_AUTHORISATION_ERROR",
    0x29: "E_TUNNELLING_LAYER",
    0x2D: "E_NO_TUNNELLING_ADDRESS",
    0x2E: "E_CONNECTION_IN_USE",
}
SESSION_STATUS = {
    0: "STATUS_AUTHENTICATION_SUCCESS",
    1: "STATUS_AUTHENTICATION_FAILED",
    2: "STATUS_UNAUTHENTICATED",
    3: "STATUS_TIMEOUT",
    4: "STATUS_KEEPALIVE",
    5: "STATUS_CLOSE",
}
SESSION_FAILURES = (1, 2, 3)
FEATURES = {
    1: "supported EMI types",
    2: "device descriptor",
    3: "bus connection status",
    4: "KNX manufacturer code",
    5: "active EMI type",
    6: "interface individual address",
    7: "maximum APDU length",
    8: "interface feature info service",
}

# --- cEMI (03_06_03, section 4.1) -----------------------------------------------------------------------------------

REQ, CON, IND = (0x11, 0x41, 0x4A), (0x2E,), (0x29, 0x89, 0x94)
LOCAL = (0x41, 0x4A, 0x89, 0x94)  # transport layer of the device itself: no addresses
MESSAGES = {
    0x10: "L_Raw.req",
    0x11: "L_Data.req",
    0x13: "L_Poll_Data.req",
    0x25: "L_Poll_Data.con",
    0x29: "L_Data.ind",
    0x2B: "L_Busmon.ind",
    0x2D: "L_Raw.ind",
    0x2E: "L_Data.con",
    0x2F: "L_Raw.con",
    0x41: "T_Data_Connected.req",
    0x4A: "T_Data_Individual.req",
    0x89: "T_Data_Connected.ind",
    0x94: "T_Data_Individual.ind",
    0xF0: "M_Reset.ind",
    0xF1: "M_Reset.req",
    0xF5: "M_PropWrite.con",
    0xF6: "M_PropWrite.req",
    0xF7: "M_PropInfo.ind",
    0xF8: "M_FuncPropCommand.req",
    0xF9: "M_FuncPropStateRead.req",
    0xFA: "M_FuncProp.con",
    0xFB: "M_PropRead.con",
    0xFC: "M_PropRead.req",
}
PROPERTY_ERRORS = {
    0x00: "unspecified error",
    0x01: "out of range",
    0x02: "out of max range",
    0x03: "out of min range",
    0x04: "memory error",
    0x05: "read only",
    0x06: "illegal command",
    0x07: "void DP",
    0x08: "type conflict",
    0x09: "property index range error",
    0x0A: "value temporarily not writeable",
}

# --- application services (03_03_07, section 3) ---------------------------------------------------------------------

# APCI of 4 bits, the 6 bits behind it being data
SHORT = {
    0x000: ("A_GroupValue_Read", Verb.READ),
    0x040: ("A_GroupValue_Response", Verb.REPORT),
    0x080: ("A_GroupValue_Write", Verb.WRITE),
    0x0C0: ("A_IndividualAddress_Write", Verb.CONFIGURE),
    0x100: ("A_IndividualAddress_Read", Verb.IDENTIFY),
    0x140: ("A_IndividualAddress_Response", Verb.IDENTIFY),
    0x180: ("A_ADC_Read", Verb.READ),
    0x1C0: ("A_ADC_Response", Verb.REPORT),
    0x200: ("A_Memory_Read", Verb.READ),
    0x240: ("A_Memory_Response", Verb.REPORT),
    0x280: ("A_Memory_Write", Verb.CONFIGURE),
    0x300: ("A_DeviceDescriptor_Read", Verb.IDENTIFY),
    0x340: ("A_DeviceDescriptor_Response", Verb.IDENTIFY),
    0x380: ("A_Restart", Verb.RESTART),
}
# APCI of 10 bits
LONG = verb_table(__package__, "long_services.tsv")
CONTROL = ("T_Connect", "T_Disconnect", "T_ACK", "T_NAK")

# --- interface objects (03_07_03, sections 2 and 3) -----------------------------------------------------------------

OBJECTS = {
    0: "Device",
    1: "Address Table",
    2: "Association Table",
    3: "Application Program",
    4: "Interface Program",
    5: "KNX-Object Association Table",
    6: "Router",
    7: "LTE Address Routing Table",
    8: "cEMI Server",
    9: "Group Object Table",
    10: "Polling Master",
    11: "KNXnet/IP Parameter",
    13: "File Server",
    17: "Security",
}
ANY_OBJECT = -1
_GENERIC = (
    "OBJECT_TYPE",
    "OBJECT_NAME",
    "SEMAPHOR",
    "GROUP_OBJECT_REFERENCE",
    "LOAD_STATE_CONTROL",
    "RUN_STATE_CONTROL",
    "TABLE_REFERENCE",
    "SERVICE_CONTROL",
    "FIRMWARE_REVISION",
    "SERVICES_SUPPORTED",
    "SERIAL_NUMBER",
    "MANUFACTURER_ID",
    "PROGRAM_VERSION",
    "DEVICE_CONTROL",
    "ORDER_INFO",
    "PEI_TYPE",
    "PORT_CONFIGURATION",
    "POLL_GROUP_SETTINGS",
    "MANUFACTURER_DATA",
    "ENABLE",
    "DESCRIPTION",
)
_PARAMETER = (
    "PROJECT_INSTALLATION_ID",
    "KNX_INDIVIDUAL_ADDRESS",
    "ADDITIONAL_INDIVIDUAL_ADDRESSES",
    "CURRENT_IP_ASSIGNMENT_METHOD",
    "IP_ASSIGNMENT_METHOD",
    "IP_CAPABILITIES",
    "CURRENT_IP_ADDRESS",
    "CURRENT_SUBNET_MASK",
    "CURRENT_DEFAULT_GATEWAY",
    "IP_ADDRESS",
    "SUBNET_MASK",
    "DEFAULT_GATEWAY",
    "DHCP_BOOTP_SERVER",
    "MAC_ADDRESS",
    "SYSTEM_SETUP_MULTICAST_ADDRESS",
    "ROUTING_MULTICAST_ADDRESS",
    "TTL",
    "KNXNETIP_DEVICE_CAPABILITIES",
    "KNXNETIP_DEVICE_STATE",
    "KNXNETIP_ROUTING_CAPABILITIES",
    "PRIORITY_FIFO_ENABLED",
    "QUEUE_OVERFLOW_TO_IP",
    "QUEUE_OVERFLOW_TO_KNX",
    "MSG_TRANSMIT_TO_IP",
    "MSG_TRANSMIT_TO_KNX",
    "FRIENDLY_NAME",
)
# (object type or ANY_OBJECT, property identifier) -> name without its "PID_"
PROPERTIES = {
    **{(ANY_OBJECT, n): name for n, name in enumerate(_GENERIC, 1)},
    (ANY_OBJECT, 23): "TABLE",
    (ANY_OBJECT, 25): "VERSION",
    (0, 51): "ROUTING_COUNT",
    (0, 53): "ERROR_FLAGS",
    (0, 54): "PROGMODE",
    (0, 56): "MAX_APDULENGTH",
    (0, 57): "SUBNET_ADDR",
    (0, 58): "DEVICE_ADDR",
    (0, 78): "HARDWARE_TYPE",
    (8, 51): "MEDIUM_TYPE",
    (8, 52): "COMM_MODE",
    **{(11, n): name for n, name in enumerate(_PARAMETER, 51)},
    (11, 91): "BACKBONE_KEY",
    (11, 92): "DEVICE_AUTHENTICATION_CODE",
    (11, 93): "PASSWORD_HASHES",
    (11, 94): "SECURED_SERVICE_FAMILIES",
    (11, 97): "TUNNELLING_USERS",
    (17, 51): "SECURITY_MODE",
    (17, 53): "GRP_KEY_TABLE",
    (17, 56): "TOOL_KEY",
}


def property_name(kind: int, number: int) -> str:
    """A property as people write it; ``kind`` is the object type, ANY_OBJECT when unknown."""
    name = PROPERTIES.get((ANY_OBJECT if number <= 50 else kind, number))  # up to 50 they are those of every object
    return f"property {number} (PID_{name})" if name else f"property {number}"
