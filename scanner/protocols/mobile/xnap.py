"""XnAP: what neighbouring 5G base stations tell each other on Xn, subscribers who are handed over included.

3GPP TS 38.423 sections 9.2 and 9.3 (elements, procedure codes), TS 38.422 (payload protocol 61). A handover hands over
the subscriber's keys, which are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Row, Verb
from scanner.protocols.mobile._aper import Pdu
from scanner.protocols.mobile._procedures import EXTENSIBLE, Application, Stations

_SETUP = 17
PROCEDURES = {
    0: "handoverPreparation",
    1: "sNStatusTransfer",
    2: "handoverCancel",
    3: "retrieveUEContext",
    4: "rANPaging",
    5: "xnUAddressIndication",
    6: "uEContextRelease",
    7: "sNGRANnodeAdditionPreparation",
    8: "sNGRANnodeReconfigurationCompletion",
    9: "mNGRANnodeinitiatedSNGRANnodeModificationPreparation",
    10: "sNGRANnodeinitiatedSNGRANnodeModificationPreparation",
    11: "mNGRANnodeinitiatedSNGRANnodeRelease",
    12: "sNGRANnodeinitiatedSNGRANnodeRelease",
    13: "sNGRANnodeCounterCheck",
    14: "sNGRANnodeChange",
    15: "rRCTransfer",
    16: "xnRemoval",
    _SETUP: "xnSetup",
    18: "nGRANnodeConfigurationUpdate",
    19: "cellActivation",
    20: "reset",
    21: "errorIndication",
    22: "privateMessage",
    23: "notificationControl",
    24: "activityNotification",
    25: "e-UTRA-NR-CellResourceCoordination",
    26: "secondaryRATDataUsageReport",
    27: "deactivateTrace",
    28: "traceStart",
    29: "handoverSuccess",
    30: "conditionalHandoverCancel",
    31: "earlyStatusTransfer",
    32: "failureIndication",
    33: "handoverReport",
    34: "resourceStatusReportingInitiation",
    35: "resourceStatusReporting",
    36: "mobilitySettingsChange",
    37: "accessAndMobilityIndication",
    38: "cellTrafficTrace",
    39: "RANMulticastGroupPaging",
    40: "scgFailureInformationReport",
    42: "scgFailureTransfer",
    43: "f1CTrafficTransfer",
    44: "iABTransportMigrationManagement",
    45: "iABTransportMigrationModification",
    46: "iABResourceCoordination",
    47: "retrieveUEContextConfirm",
    48: "cPCCancel",
    49: "partialUEContextTransfer",
    50: "rachIndication",
    51: "dataCollectionReportingInitiation",
    52: "dataCollectionReporting",
}
_ANSWERED = frozenset((0, 3, 7, 9, 10, 11, 12, 14, 16, 17, 18, 19, 20, 25, 34, 36, 44, 45, 46, 49, 51))

_VERBS = dict.fromkeys((21, 23, 24, 26, 29, 32, 33, 35, 37, 40, 50, 52), Verb.REPORT) | dict.fromkeys(
    (27, 28, 38), Verb.DIAGNOSE
)
_CAUSE, _STATION, _NO_NAME = 7, 14, -1
_STATIONS = Stations("gnb", "gnb", _NO_NAME, _NO_NAME)


def inside(pdu: Pdu) -> Iterator[Row]:
    """Who the ends are."""
    if pdu.procedure == _SETUP:
        node = pdu.elements.get(_STATION, b"")
        yield from _STATIONS.rows(pdu, node[1:4] if len(node) >= 4 and node[0] >> 6 < 2 else b"")


PROTOCOL = Application(
    name="xnap",
    title="XnAP",
    identifier=61,
    port=38422,
    procedures=PROCEDURES,
    verbs=_VERBS,
    answered=_ANSWERED,
    opening=frozenset((_SETUP,)),
    kinds=EXTENSIBLE,
    cause=_CAUSE,
    specification="3GPP TS 38.423 sections 9.2 and 9.3, TS 38.422 section 7",
    inside=inside,
).protocol()
