"""OpenFlow: types of messages of the versions that tshark reads."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code(
    "openflow",
    "type",
    "openflow_1_0.type",
    *(f"openflow_v{version}.type" for version in (4, 5, 6)),
    decode_as={"tcp": "openflow"},
)
