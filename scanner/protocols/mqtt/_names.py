"""Names of MQTT: packets with the flags they must have (MQTT 3.1.1, table 2.2), versions, properties, reasons."""

from __future__ import annotations

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = range(1, 8)
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, DISCONNECT, AUTH = 8, 9, 10, 11, 14, 15
ACKS = (PUBACK, PUBREC, PUBREL, PUBCOMP)
PACKETS = {
    1: ("CONNECT", 0),
    2: ("CONNACK", 0),
    3: ("PUBLISH", 0),
    4: ("PUBACK", 0),
    5: ("PUBREC", 0),
    6: ("PUBREL", 2),
    7: ("PUBCOMP", 0),
    8: ("SUBSCRIBE", 2),
    9: ("SUBACK", 0),
    10: ("UNSUBSCRIBE", 2),
    11: ("UNSUBACK", 0),
    12: ("PINGREQ", 0),
    13: ("PINGRESP", 0),
    14: ("DISCONNECT", 0),
    15: ("AUTH", 0),
}
VERSIONS = {3: "MQTT 3.1", 4: "MQTT 3.1.1", 5: "MQTT 5.0"}  # a bridge sets the upper bit of the level
# MQTT 5.0, section 2.2.2.2: bytes that the value of each property takes.
TEXT, PAIR, NUMBER = -1, -2, -3  # a string or binary data with its length, two strings, a variable byte integer
PROPERTY_SIZES = (
    dict.fromkeys((0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A), 1)
    | dict.fromkeys((0x13, 0x21, 0x22, 0x23), 2)
    | dict.fromkeys((0x02, 0x11, 0x18, 0x27), 4)
    | dict.fromkeys((0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F), TEXT)
    | {0x26: PAIR, 0x0B: NUMBER}
)
CONNACK_3 = {
    1: "Unacceptable protocol version",
    2: "Identifier rejected",
    3: "Server unavailable",
    4: "Bad user name or password",
    5: "Not authorized",
}
AUTH_REASONS = {0x18: "Continue authentication", 0x19: "Re-authenticate"}
# MQTT 5.0, section 2.4; 128 is the failure of a subscription in 3.1.1 as well.
REASONS = {
    128: "Unspecified error",
    129: "Malformed packet",
    130: "Protocol error",
    131: "Implementation specific error",
    132: "Unsupported protocol version",
    133: "Client identifier not valid",
    134: "Bad user name or password",
    135: "Not authorized",
    136: "Server unavailable",
    137: "Server busy",
    138: "Banned",
    139: "Server shutting down",
    140: "Bad authentication method",
    141: "Keep alive timeout",
    142: "Session taken over",
    143: "Topic filter invalid",
    144: "Topic name invalid",
    145: "Packet identifier in use",
    146: "Packet identifier not found",
    147: "Receive maximum exceeded",
    148: "Topic alias invalid",
    149: "Packet too large",
    150: "Message rate too high",
    151: "Quota exceeded",
    152: "Administrative action",
    153: "Payload format invalid",
    154: "Retain not supported",
    155: "QoS not supported",
    156: "Use another server",
    157: "Server moved",
    158: "Shared subscriptions not supported",
    159: "Connection rate exceeded",
    160: "Maximum connect time",
    161: "Subscription identifiers not supported",
    162: "Wildcard subscriptions not supported",
}
