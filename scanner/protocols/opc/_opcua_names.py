"""Names of OPC UA: status codes, services and what they do.

OPC 10000-6 annex A.2 (status codes) and A.3 (numeric identifiers of binary encodings), OPC 10000-4 (services).
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.code_tables import code_table
from scanner.protocols.base import Kind, Operation, Verb
from scanner.wording import said

STATUS = code_table(__package__, "opcua_status_codes.tsv")


@dataclass(frozen=True)
class Service:
    """node_at: where the first node identifier of the request stands behind its header, None when it names none at a
    fixed place; the count of nodes is in the four bytes before. words: what is said before the node.
    """

    name: str
    verb: Verb
    node_at: int | None = None
    words: str = ""


def operation(number: int, service: Service, kind: Kind, verb: Verb | None = None, **more: str) -> Operation:
    """A row of a service. more: ``filter``, unless tshark finds it by its number; object, detail and refusal."""
    return Operation(
        verb=verb or service.verb,
        function=service.name,
        kind=kind,
        code=str(number),
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=more.get("refusal", ""),
        filter=more.get("filter", f"opcua.servicenodeid.numeric == {number}"),
    )


# By the identifier of the request's binary encoding; the response's is three more, but for the later services.
SERVICES = {
    422: Service("FindServers", Verb.IDENTIFY),
    12208: Service("FindServersOnNetwork", Verb.IDENTIFY),
    428: Service("GetEndpoints", Verb.IDENTIFY),
    437: Service("RegisterServer", Verb.CONFIGURE),
    12211: Service("RegisterServer2", Verb.CONFIGURE),
    446: Service("OpenSecureChannel", Verb.SESSION),
    452: Service("CloseSecureChannel", Verb.SESSION),
    461: Service("CreateSession", Verb.SESSION),
    467: Service("ActivateSession", Verb.AUTHENTICATE),
    473: Service("CloseSession", Verb.SESSION),
    479: Service("Cancel", Verb.SESSION),
    488: Service("AddNodes", Verb.CONFIGURE, 4, "below "),
    494: Service("AddReferences", Verb.CONFIGURE, 4, "from "),
    500: Service("DeleteNodes", Verb.CONFIGURE, 4),
    506: Service("DeleteReferences", Verb.CONFIGURE, 4, "from "),
    527: Service("Browse", Verb.READ, 22),
    533: Service("BrowseNext", Verb.READ),
    554: Service("TranslateBrowsePathsToNodeIds", Verb.READ, 4, "from "),
    560: Service("RegisterNodes", Verb.READ, 4),
    566: Service("UnregisterNodes", Verb.READ, 4),
    615: Service("QueryFirst", Verb.READ),
    621: Service("QueryNext", Verb.READ),
    631: Service("Read", Verb.READ, 16),
    664: Service("HistoryRead", Verb.READ),
    673: Service("Write", Verb.WRITE, 4),
    700: Service("HistoryUpdate", Verb.WRITE),
    712: Service("Call", Verb.OPERATE, 4),
    751: Service("CreateMonitoredItems", Verb.SUBSCRIBE, 12),
    763: Service("ModifyMonitoredItems", Verb.SUBSCRIBE),
    769: Service("SetMonitoringMode", Verb.SUBSCRIBE),
    775: Service("SetTriggering", Verb.SUBSCRIBE),
    781: Service("DeleteMonitoredItems", Verb.SUBSCRIBE),
    787: Service("CreateSubscription", Verb.SUBSCRIBE),
    793: Service("ModifySubscription", Verb.SUBSCRIBE),
    799: Service("SetPublishingMode", Verb.SUBSCRIBE),
    826: Service("Publish", Verb.REPORT),
    832: Service("Republish", Verb.REPORT),
    841: Service("TransferSubscriptions", Verb.SUBSCRIBE),
    847: Service("DeleteSubscriptions", Verb.SUBSCRIBE),
}
FAULT = 397
RESPONSES = {number + (1 if number > 10000 else 3): number for number in SERVICES}

ATTRIBUTES = {
    1: "NodeId",
    2: "NodeClass",
    3: "BrowseName",
    4: "DisplayName",
    5: "Description",
    6: "WriteMask",
    7: "UserWriteMask",
    8: "IsAbstract",
    9: "Symmetric",
    10: "InverseName",
    11: "ContainsNoLoops",
    12: "EventNotifier",
    13: "Value",
    14: "DataType",
    15: "ValueRank",
    16: "ArrayDimensions",
    17: "AccessLevel",
    18: "UserAccessLevel",
    19: "MinimumSamplingInterval",
    20: "Historizing",
    21: "Executable",
    22: "UserExecutable",
    23: "DataTypeDefinition",
    24: "RolePermissions",
    25: "UserRolePermissions",
    26: "AccessRestrictions",
    27: "AccessLevelEx",
}

MODES = {0: "Invalid", 1: "None", 2: "Sign", 3: "SignAndEncrypt"}
TOKENS = {0: said("anonymous"), 1: said("user name"), 2: said("certificate"), 3: said("issued token")}
