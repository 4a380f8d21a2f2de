"""Methods of the Extensible Authentication Protocol: IANA registry "EAP Method Types", RFC 3748 sections 4 and 5."""

from __future__ import annotations

IDENTITY, NAK, EXPANDED = 1, 3, 254
NEGOTIATION = frozenset({IDENTITY, 2, NAK})  # what is said before a method begins
METHODS = {
    IDENTITY: "Identity",
    2: "Notification",
    NAK: "Nak",
    4: "EAP-MD5",
    5: "EAP-OTP",
    6: "EAP-GTC",
    13: "EAP-TLS",
    17: "EAP-LEAP",
    18: "EAP-SIM",
    21: "EAP-TTLS",
    23: "EAP-AKA",
    25: "PEAP",
    26: "EAP-MSCHAPv2",
    29: "EAP-MSCHAPv2",
    38: "EAP-HTTP-Digest",
    43: "EAP-FAST",
    46: "EAP-PAX",
    47: "EAP-PSK",
    48: "EAP-SAKE",
    49: "EAP-IKEv2",
    50: "EAP-AKA'",
    51: "EAP-GPSK",
    52: "EAP-PWD",
    53: "EAP-EKE",
    55: "TEAP",
    EXPANDED: "expanded type",
}
CREDENTIALS = {4: "digest", 6: "user-password", 17: "digest"}  # that show a password, or what to guess it from
