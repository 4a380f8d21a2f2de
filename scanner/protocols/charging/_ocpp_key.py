"""Which bytes of an OCPP message count: its kind, its action, the names in its payload, and values that say what is
touched, never measured values, times, identifiers of messages and transactions, or what is set.

JSON (RFC 8259), as a finite-state transducer reads it.
"""

from __future__ import annotations

from scanner.framing.language import State, Step, Transducer
from scanner.framing.text_states import SPACE, leave, names, string

# Members whose values count: what an operation is about, and what a station says of itself.
TOLD = frozenset(
    (
        *("key", "name", "connectorId", "evseId", "type", "status", "requestedMessage", "operationalStatus"),
        *("vendorId", "messageId", "reportBase", "monitoringBase", "certificateType", "logType", "clear"),
        *("vendorName", "model", "serialNumber", "firmwareVersion", "chargePointVendor", "chargePointModel"),
        *("chargePointSerialNumber", "chargeBoxSerialNumber", "location", "remoteLocation", "ocppCsmsUrl"),
        *("securityProfile", "attributeStatus", "attributeType", "chargingProfilePurpose", "updateType"),
    )
)


_NAME = (b'"', Step("name "))
_ENDS = ((b",", Step("payload")), (b"{[]}", Step("payload")))
_PAYLOAD = {
    "payload": State(leave("payload"), (_NAME, (b":", leave("value")))),
    "value": State(leave("value"), ((b'"', leave("text")), *_ENDS)),
    **string("text", "value", take=False),
    "told name": State(leave("payload"), ((b":", Step("told value")), (SPACE, leave("told name")), _NAME)),
    "told value": State(Step("told value"), ((b'"', Step("told text")), (SPACE, leave("told value")), *_ENDS)),
    **string("told text", "told value", take=True),
    **names(TOLD, "payload"),
}
SAYS = Transducer(
    0,
    {
        "kind": State(Step("kind"), ((b",", Step("before identifier")),)),
        "before identifier": State(leave("before identifier"), ((b'"', leave("identifier")),)),
        **string("identifier", "behind identifier", take=False),
        "behind identifier": State(leave("behind identifier"), ((b'"', Step("action")), (b"{", Step("payload")))),
        **string("action", "payload", take=True),
        **_PAYLOAD,
    },
)
# Of an error only its code counts, not what is said of it.
FAILS = Transducer(
    0,
    {
        "kind": State(Step("kind"), ((b",", Step("before identifier")),)),
        "before identifier": State(leave("before identifier"), ((b'"', leave("identifier")),)),
        **string("identifier", "behind identifier", take=False),
        "behind identifier": State(leave("behind identifier"), ((b'"', Step("code")),)),
        **string("code", "rest", take=True),
        "rest": State(leave("rest")),
    },
)
IDENTIFIER = Transducer(
    0,
    {
        "kind": State(leave("kind"), ((b",", leave("before identifier")),)),
        "before identifier": State(leave("before identifier"), ((b'"', leave("identifier")),)),
        **string("identifier", "rest", take=True),
        "rest": State(leave("rest")),
    },
)
