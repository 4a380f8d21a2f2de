"""IKE: exchanges by their numbers; packets of ESP are no operations."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("ike", "exchange", "isakmp.exchangetype", layers=("isakmp",))
