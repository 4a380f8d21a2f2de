"""XnAP: procedures."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("xnap", "procedure", "xnap.procedureCode", decode_as={"sctp": "xnap"})
