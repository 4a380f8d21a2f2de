"""Which bytes of a request's body count: the names in it, whatever it is said to be, and no values.

Forms (WHATWG URL Standard, section 5), parts of forms (RFC 7578), JSON (RFC 8259) and XML, told by how they begin;
chunks (RFC 9112, section 7.1) are passed over. Of what is compressed everything counts. Of answers that are read
nothing does but a list of tools.
"""

from __future__ import annotations

from scanner.framing.language import State, Step
from scanner.framing.text_states import SPACE, leave
from scanner.protocols.http import _body_json

BODY, ANSWER = "body", f"{_body_json.ANSWERED} name"
_CONTROLS = bytes(b for b in range(0x20) if b not in b"\t\r\n") + b"\x7f"
_NEXT = (b"\n", leave(BODY))  # the end of a chunk's size, or of a line
_BEGUN = (
    (b"{[", Step(f"{_body_json.ASKED} name")),
    (b"<", Step("tag")),
    (b"-", leave("parts")),
    (b"\x1f", Step("packed")),
)

STATES = {
    BODY: State(Step("form"), (*_BEGUN, (SPACE, leave(BODY)), (_CONTROLS, leave("rest")))),
    **_body_json.STATES,
    "packed": State(Step("packed")),
    "rest": State(leave("rest")),
    "form": State(Step("form"), ((b"=", Step("form value")), _NEXT, (_CONTROLS, leave("rest")))),
    "form value": State(leave("form value"), ((b"&;", Step("form")), _NEXT)),
    "tag": State(Step("tag"), ((b">", Step("tag ends")), (b"=", Step("attribute")))),
    "attribute": State(
        leave("attribute"), ((b'"', leave("quoted value")), (b"'", leave("single value")), (b">", Step("tag ends")))
    ),
    "quoted value": State(leave("quoted value"), ((b'"', Step("tag")),)),
    "single value": State(leave("single value"), ((b"'", Step("tag")),)),
    "tag ends": State(leave("text"), ((SPACE, leave("tag ends")), (b"<", Step("tag")))),
    "text": State(leave("text"), ((b"<", leave("tag")),)),
    "parts": State(leave("parts"), ((b'"', Step("part name")),)),
    "part name": State(Step("part name"), ((b'"', Step("parts")),)),
}
