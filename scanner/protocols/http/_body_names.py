"""Which bytes of a request's body count: the names in it, whatever it is said to be, and no values.

Forms (WHATWG URL Standard, section 5), parts of forms (RFC 7578), JSON (RFC 8259) and XML, told by how they begin;
chunks (RFC 9112, section 7.1) are passed over. Of what is compressed everything counts.
"""

from __future__ import annotations

from scanner.framing.language import State, Step

BODY = "body"
_CONTROLS = bytes(b for b in range(0x20) if b not in b"\t\r\n") + b"\x7f"


def _leave(to: str) -> Step:
    return Step(to, take=False)


_NEXT = (b"\n", _leave(BODY))  # the end of a chunk's size, or of a line
_BEGUN = ((b"{[", Step("json name")), (b"<", Step("tag")), (b"-", _leave("parts")), (b"\x1f", Step("packed")))

STATES = {
    BODY: State(Step("form"), (*_BEGUN, (b" \t\r\n", _leave(BODY)), (_CONTROLS, _leave("rest")))),
    "packed": State(Step("packed")),
    "rest": State(_leave("rest")),
    "form": State(Step("form"), ((b"=", Step("form value")), _NEXT, (_CONTROLS, _leave("rest")))),
    "form value": State(_leave("form value"), ((b"&;", Step("form")), _NEXT)),
    # Strings behind a brace or a comma are names, those behind a colon values, of which counts whether they are empty.
    "json name": State(
        _leave("json name"), ((b'"', Step("json string")), (b":", Step("json value")), (b"{[", Step("json name")))
    ),
    "json string": State(Step("json string"), ((b'"', Step("json name")), (b"\\", Step("json string, escaped")))),
    "json string, escaped": State(Step("json string")),
    "json value": State(
        _leave("json value"),
        ((b'"', Step("json text begins")), (b"{[,", Step("json name")), (b"ntf", Step("json value"))),
    ),
    "json text begins": State(_leave("json text"), ((b'"', Step("json value")), (b"\\", _leave("json text, escaped")))),
    "json text": State(_leave("json text"), ((b'"', _leave("json value")), (b"\\", _leave("json text, escaped")))),
    "json text, escaped": State(_leave("json text")),
    "tag": State(Step("tag"), ((b">", Step("tag ends")), (b"=", Step("attribute")))),
    "attribute": State(
        _leave("attribute"), ((b'"', _leave("quoted value")), (b"'", _leave("single value")), (b">", Step("tag ends")))
    ),
    "quoted value": State(_leave("quoted value"), ((b'"', Step("tag")),)),
    "single value": State(_leave("single value"), ((b"'", Step("tag")),)),
    "tag ends": State(_leave("text"), ((b" \t\r\n", _leave("tag ends")), (b"<", Step("tag")))),
    "text": State(_leave("text"), ((b"<", _leave("tag")),)),
    "parts": State(_leave("parts"), ((b'"', Step("part name")),)),
    "part name": State(Step("part name"), ((b'"', Step("parts")),)),
}
