"""PPTP: control messages by their types."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("pptp", "type", "pptp.control_message_type", decode_as={"tcp": "pptp"})
