"""PIM: types."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("pim", "type", "pim.type")
