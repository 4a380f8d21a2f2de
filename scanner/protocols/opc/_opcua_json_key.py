"""Which bytes of an OPC UA message in JSON count: the names in it, and values that say what is touched and with what
outcome, never process values, times, handles or what is set.

JSON (RFC 8259), as a finite-state transducer reads it.
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner.framing.language import State, Step, Transducer
from scanner.framing.text_states import SPACE, leave, names, string

# Members whose values count: types, nodes, attributes, outcomes, and what applications and endpoints say of themselves.
TOLD = frozenset(
    (
        *(
            "TypeId",
            "UaTypeId",
            "Id",
            "Namespace",
            "NodeId",
            "ObjectId",
            "MethodId",
            "AttributeId",
            "PublishingEnabled",
        ),
        *("ServiceResult", "Code", "StatusCode", "Results", "EndpointUrl", "SessionName", "ApplicationUri"),
        *("ProductUri", "SecurityMode", "SecurityPolicyUri", "TokenType", "EncryptionAlgorithm"),
    )
)


def _members(told: Iterable[str], *, take: bool) -> Transducer:
    """take: names are taken, too."""
    name = (b'"', Step("name ", take))
    ends = ((b",", Step("object", take)), (b"{}", Step("object", take)))
    return Transducer(
        0,
        {
            "object": State(leave("object"), (name, (b":", leave("value")))),
            "value": State(leave("value"), ((b'"', leave("text")), (b"[]", Step("object", take)), *ends)),
            **string("text", "value", take=False),
            "told name": State(leave("object"), ((b":", Step("told value")), (SPACE, leave("told name")), name)),
            # numbers of a list of outcomes are told, objects of one are read as such
            "told value": State(
                Step("told value"),
                (
                    (b'"', Step("told text")),
                    (SPACE, leave("told value")),
                    (b"[", Step("told list", take)),
                    (b"]", Step("object", take)),
                    *ends,
                ),
            ),
            "told list": State(
                Step("told list"),
                (
                    (b'"', leave("text")),
                    (SPACE, leave("told list")),
                    (b"[]", Step("object", take)),
                    (b"{}", Step("object", take)),
                ),
            ),
            **string("told text", "told value", take=True),
            **names(told, "object", take=take),
        },
    )


SAYS = _members(TOLD, take=True)
HANDLE = _members(("RequestHandle",), take=False)
