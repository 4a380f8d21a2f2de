"""Numbers of ISO 9506-2 (MMS) and ISO/IEC 8650-1 (ACSE) with their names; services with their verbs."""

from __future__ import annotations

from scanner.protocols.common.verb_table import verb_table

# ConfirmedServiceRequest, by context tag.
SERVICES = verb_table(__package__, "mms_services.tsv")
# A server asks its client for the segments of a download, and says when it has them all.
ASKED_BY_SERVER = (27, 28)

OBJECT_CLASSES = {
    0: "variables",
    1: "scattered accesses",
    2: "variable lists",
    3: "types",
    4: "semaphores",
    5: "event conditions",
    6: "event actions",
    7: "event enrollments",
    8: "journals",
    9: "domains",
    10: "program invocations",
    11: "operator stations",
    12: "data exchanges",
    13: "access control lists",
}

DATA_ACCESS_ERRORS = {
    0: "object-invalidated",
    1: "hardware-fault",
    2: "temporarily-unavailable",
    3: "object-access-denied",
    4: "object-undefined",
    5: "invalid-address",
    6: "type-unsupported",
    7: "type-inconsistent",
    8: "object-attribute-inconsistent",
    9: "object-access-unsupported",
    10: "object-non-existent",
    11: "object-value-invalid",
}

# ServiceError.errorClass, by context tag: class, then its codes from 0 up.
ERROR_CLASSES: dict[int, tuple[str, tuple[str, ...]]] = {
    0: ("vmd-state", ("other", "vmd-state-conflict", "vmd-operational-problem", "domain-transfer-problem")),
    1: (
        "application-reference",
        ("other", "application-unreachable", "connection-lost", "application-reference-invalid"),
    ),
    2: (
        "definition",
        (
            "other",
            "object-undefined",
            "invalid-address",
            "type-unsupported",
            "type-inconsistent",
            "object-exists",
            "object-attribute-inconsistent",
        ),
    ),
    3: (
        "resource",
        (
            "other",
            "memory-unavailable",
            "processor-resource-unavailable",
            "mass-storage-unavailable",
            "capability-unavailable",
            "capability-unknown",
        ),
    ),
    4: (
        "service",
        (
            "other",
            "primitives-out-of-sequence",
            "object-state-conflict",
            "pdu-size",
            "continuation-invalid",
            "object-constraint-conflict",
        ),
    ),
    5: ("service-preempt", ("other", "timeout", "deadlock", "cancel")),
    6: ("time-resolution", ("other", "unsupportable-time-resolution")),
    7: (
        "access",
        (
            "other",
            "object-access-unsupported",
            "object-non-existent",
            "object-access-denied",
            "object-invalidated",
        ),
    ),
    8: (
        "initiate",
        (
            "other",
            "version-incompatible",
            "max-segment-insufficient",
            "max-services-outstanding-calling-insufficient",
            "max-services-outstanding-called-insufficient",
            "service-CBB-insufficient",
            "parameter-CBB-insufficient",
            "nesting-level-insufficient",
        ),
    ),
    9: ("conclude", ("other", "further-communication-required")),
    10: ("cancel", ("other", "invoke-id-unknown", "cancel-not-possible")),
    11: (
        "file",
        (
            "other",
            "filename-ambiguous",
            "file-busy",
            "filename-syntax-error",
            "content-type-invalid",
            "position-invalid",
            "file-access-denied",
            "file-non-existent",
            "duplicate-filename",
            "insufficient-space-in-filestore",
        ),
    ),
    12: ("others", ()),
}

# RejectPDU.rejectReason, by context tag: what was rejected, then its codes from 0 up.
REJECTS: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "confirmed-requestPDU",
        (
            "other",
            "unrecognized-service",
            "unrecognized-modifier",
            "invalid-invokeID",
            "invalid-argument",
            "invalid-modifier",
            "max-serv-outstanding-exceeded",
            "",
            "max-recursion-exceeded",
            "value-out-of-range",
        ),
    ),
    2: ("confirmed-responsePDU", ("other", "unrecognized-service", "invalid-invokeID", "invalid-result")),
    3: ("confirmed-errorPDU", ("other", "unrecognized-service", "invalid-invokeID", "invalid-serviceError")),
    4: ("unconfirmedPDU", ("other", "unrecognized-service", "invalid-argument")),
    5: ("pdu-error", ("unknown-pdu-type", "invalid-pdu", "illegal-acse-mapping")),
    6: ("cancel-requestPDU", ("other", "invalid-invokeID")),
    7: ("cancel-responsePDU", ("other", "invalid-invokeID")),
    8: ("cancel-errorPDU", ("other", "invalid-invokeID", "invalid-serviceError")),
    9: ("conclude-requestPDU", ("other", "invalid-argument")),
    10: ("conclude-responsePDU", ("other", "invalid-result")),
    11: ("conclude-errorPDU", ("other", "invalid-serviceError")),
}

# ACSE Associate-source-diagnostic of the service user.
ASSOCIATE_DIAGNOSTICS = {
    1: "no reason given",
    2: "application context name not supported",
    3: "calling AP title not recognised",
    4: "calling AP invocation identifier not recognised",
    5: "calling AE qualifier not recognised",
    6: "calling AE invocation identifier not recognised",
    7: "called AP title not recognised",
    8: "called AP invocation identifier not recognised",
    9: "called AE qualifier not recognised",
    10: "called AE invocation identifier not recognised",
    11: "authentication mechanism name not recognised",
    12: "authentication mechanism name required",
    13: "authentication failure",
    14: "authentication required",
}


def coded(table: dict[int, tuple[str, tuple[str, ...]]], tag: int, code: int) -> str:
    """Class and code in words: "access: object-non-existent (7:2)"."""
    name, codes = table.get(tag, (f"class {tag}", ()))
    word = codes[code] if code < len(codes) else ""
    return f"{name}: {word} ({tag}:{code})" if word else f"{name} ({tag}:{code})"


def access_error(code: int) -> str:
    """A DataAccessError in words."""
    return f"{DATA_ACCESS_ERRORS.get(code, 'data access error')} ({code})"
