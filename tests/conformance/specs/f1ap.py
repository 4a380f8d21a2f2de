"""F1AP: procedures."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("f1ap", "procedure", "f1ap.procedureCode", decode_as={"sctp": "f1ap"})
