"""F1AP: what the two parts of a 5G base station, its central unit and a distributed unit, tell each other on F1.

3GPP TS 38.473 sections 9.3 and 9.4 (elements, procedure codes), TS 38.472 (payload protocol 62). In the messages to
subscribers is RRC, of which the security mode command is read (TS 38.331 section 6.2.2, behind the header of PDCP, TS
38.323 section 6.2.2.1): it says by which algorithms the radio is protected, and is not ciphered itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Malformed, Row, Verb
from scanner.protocols.mobile._aper import Bits, Pdu
from scanner.protocols.mobile._nas import chosen
from scanner.protocols.mobile._procedures import CLOSED, Application, Stations
from scanner.protocols.mobile._radio import algorithm

_SETUP, _DOWNLINK = 1, 12
PROCEDURES = {
    0: "Reset",
    _SETUP: "F1Setup",
    2: "ErrorIndication",
    3: "gNBDUConfigurationUpdate",
    4: "gNBCUConfigurationUpdate",
    5: "UEContextSetup",
    6: "UEContextRelease",
    7: "UEContextModification",
    8: "UEContextModificationRequired",
    10: "UEContextReleaseRequest",
    11: "InitialULRRCMessageTransfer",
    _DOWNLINK: "DLRRCMessageTransfer",
    13: "ULRRCMessageTransfer",
    14: "privateMessage",
    15: "UEInactivityNotification",
    16: "GNBDUResourceCoordination",
    17: "SystemInformationDeliveryCommand",
    18: "Paging",
    19: "Notify",
    20: "WriteReplaceWarning",
    21: "PWSCancel",
    22: "PWSRestartIndication",
    23: "PWSFailureIndication",
    24: "GNBDUStatusIndication",
    25: "RRCDeliveryReport",
    26: "F1Removal",
    27: "NetworkAccessRateReduction",
    28: "TraceStart",
    29: "DeactivateTrace",
    30: "DUCURadioInformationTransfer",
    31: "CUDURadioInformationTransfer",
    32: "BAPMappingConfiguration",
    33: "GNBDUResourceConfiguration",
    34: "IABTNLAddressAllocation",
    35: "IABUPConfigurationUpdate",
    36: "resourceStatusReportingInitiation",
    37: "resourceStatusReporting",
    38: "accessAndMobilityIndication",
    39: "accessSuccess",
    40: "cellTrafficTrace",
    41: "PositioningMeasurementExchange",
    42: "PositioningAssistanceInformationControl",
    43: "PositioningAssistanceInformationFeedback",
    44: "PositioningMeasurementReport",
    45: "PositioningMeasurementAbort",
    46: "PositioningMeasurementFailureIndication",
    47: "PositioningMeasurementUpdate",
    48: "TRPInformationExchange",
    49: "PositioningInformationExchange",
    50: "PositioningActivation",
    51: "PositioningDeactivation",
    52: "E-CIDMeasurementInitiation",
    53: "E-CIDMeasurementFailureIndication",
    54: "E-CIDMeasurementReport",
    55: "E-CIDMeasurementTermination",
    56: "PositioningInformationUpdate",
    57: "ReferenceTimeInformationReport",
    58: "ReferenceTimeInformationReportingControl",
    59: "BroadcastContextSetup",
    60: "BroadcastContextRelease",
    61: "BroadcastContextReleaseRequest",
    62: "BroadcastContextModification",
    63: "MulticastGroupPaging",
    64: "MulticastContextSetup",
    65: "MulticastContextRelease",
    66: "MulticastContextReleaseRequest",
    67: "MulticastContextModification",
    68: "MulticastDistributionSetup",
    69: "MulticastDistributionRelease",
    70: "PDCMeasurementInitiation",
    71: "PDCMeasurementReport",
    75: "pRSConfigurationExchange",
    76: "measurementPreconfiguration",
    77: "measurementActivation",
    78: "QoEInformationTransfer",
    79: "PDCMeasurementTerminationCommand",
    80: "PDCMeasurementFailureIndication",
    81: "PosSystemInformationDeliveryCommand",
    82: "DUCUCellSwitchNotification",
    83: "CUDUCellSwitchNotification",
    84: "DUCUTAInformationTransfer",
    85: "CUDUTAInformationTransfer",
    86: "QoEInformationTransferControl",
    87: "RachIndication",
    88: "TimingSynchronisationStatus",
    89: "TimingSynchronisationStatusReport",
    90: "MIABF1SetupTriggering",
    91: "MIABF1SetupOutcomeNotification",
    92: "MulticastContextNotification",
    93: "MulticastCommonConfiguration",
    94: "BroadcastTransportResourceRequest",
    95: "DUCUAccessAndMobilityIndication",
    96: "SRSInformationReservationNotification",
    97: "CUDUMobilityInitiationRequest",
}
_ANSWERED = frozenset(
    (
        0,
        1,
        3,
        4,
        5,
        6,
        7,
        8,
        16,
        20,
        21,
        26,
        32,
        33,
        34,
        35,
        36,
        41,
        48,
        49,
        50,
        52,
        59,
        60,
        62,
        64,
        65,
        67,
        68,
        69,
        70,
        75,
        76,
        88,
        92,
        93,
    )
)

_VERBS = dict.fromkeys(
    (2, 15, 19, 22, 23, 24, 25, 37, 38, 39, 44, 46, 53, 54, 56, 57, 71, 78, 80, 87, 89), Verb.REPORT
) | dict.fromkeys((28, 29, 40), Verb.DIAGNOSE)
_CAUSE, _UNIT_NAME, _RRC, _BEARER, _CENTRAL_NAME = 0, 45, 50, 64, 82
_STATIONS = Stations("gnb", "gnb", _UNIT_NAME, _CENTRAL_NAME)
_FIRST_BEARER = 0x20  # signalling radio bearer 1, as an element has it
_SEQUENCE = 0x0F  # the command is among the first messages on it
_COMMAND_SIZE = 2 + 3 + 4  # the header of PDCP, the command without extensions, and the check of its integrity


def inside(pdu: Pdu) -> Iterator[Row]:
    """Who the ends are, and by which algorithms the radio of a subscriber is protected."""
    if pdu.procedure == _SETUP:
        yield from _STATIONS.rows(pdu, b"")
    if pdu.procedure == _DOWNLINK and pdu.elements.get(_BEARER, b"") == bytes((_FIRST_BEARER,)):
        try:
            yield from _security_mode(Bits(pdu.elements.get(_RRC, b"")).string())
        except Malformed:
            return


def _security_mode(container: bytes) -> Iterator[Row]:
    """The algorithms of a security mode command; nothing if it is another message."""
    if len(container) != _COMMAND_SIZE or container[0] or container[1] > _SEQUENCE:
        return
    reader = Bits(container[2:5])
    class_and_message, _, future, later, extended = (reader.bits(n) for n in (5, 2, 1, 2, 1))
    more, integrity_given = reader.bits(1), reader.bits(1)
    ciphering, integrity, filled = reader.bits(4), reader.bits(4), reader.bits(3)
    if class_and_message != 4 or future or later or extended or more or filled or not integrity_given:
        return
    if ciphering > 3 or integrity > 3:  # spare or extended
        return
    yield from chosen(algorithm("EA", ciphering), algorithm("IA", integrity), null=ciphering == 0)


PROTOCOL = Application(
    name="f1ap",
    title="F1AP",
    identifier=62,
    port=38472,
    procedures=PROCEDURES,
    verbs=_VERBS,
    answered=_ANSWERED,
    opening=frozenset((_SETUP,)),
    kinds=CLOSED,
    cause=_CAUSE,
    specification="3GPP TS 38.473 sections 9.3 and 9.4, TS 38.472 section 7, TS 38.331 and TS 38.323 section 6.2.2",
    inside=inside,
).protocol()
