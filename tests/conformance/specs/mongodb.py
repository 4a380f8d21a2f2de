"""MongoDB: codes of operations."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("mongodb", "code", "mongo.opcode", layers=("mongo",), decode_as={"tcp": "mongo"})
