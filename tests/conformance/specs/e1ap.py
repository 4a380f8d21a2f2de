"""E1AP: procedures."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("e1ap", "procedure", "e1ap.procedureCode", decode_as={"sctp": "e1ap"})
