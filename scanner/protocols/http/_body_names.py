"""Which bytes of a request's body count: the names in it, whatever it is said to be, and no values but known ones of
log-ins.

Forms (WHATWG URL Standard, section 5), parts of forms (RFC 7578), JSON (RFC 8259) and XML, told by how they begin;
chunks (RFC 9112, section 7.1) are passed over. Of what is compressed everything counts. Of answers that are read
nothing does but a list of tools.
"""

from __future__ import annotations

from scanner.framing.language import State, Step
from scanner.framing.text_states import SPACE, leave
from scanner.protocols.http import _body_json
from scanner.protocols.http._log_in_fields import HELD, name_states, state_of, word_states

BODY, ANSWER = "body", f"{_body_json.ANSWERED} name"
_CONTROLS = bytes(b for b in range(0x20) if b not in b"\t\r\n") + b"\x7f"
_NEXT = (b"\n", leave(BODY))  # the end of a chunk's size, or of a line
_BEGUN = (
    (b"{[", Step(f"{_body_json.ASKED} name")),
    (b"<", Step("tag")),
    (b"-", leave("parts")),
    (b"\x1f", Step("packed")),
)

_FORM = (_NEXT, (_CONTROLS, leave("rest")), (b"&;", Step("form")))
_NAMES = name_states("form", ((b"=", Step("form value")), *_FORM), ((b"=", Step("form word")), *_FORM))


def _tags(name: str) -> dict[str, State]:
    """A tag, behind whose name come attributes."""
    ends = (b">", Step("tag ends" if name == "tag" else "tag word"))
    inside = ((b"=", Step(f"{name}, attribute")), ends)
    return {
        **(name_states(name, inside, ()) if name == "tag" else {name: State(Step(name), inside)}),
        f"{name}, attribute": State(
            leave(f"{name}, attribute"),
            ((b'"', leave(f"{name}, quoted value")), (b"'", leave(f"{name}, single value")), ends),
        ),
        f"{name}, quoted value": State(leave(f"{name}, quoted value"), ((b'"', Step(name)),)),
        f"{name}, single value": State(leave(f"{name}, single value"), ((b"'", Step(name)),)),
    }


STATES = {
    BODY: State(Step("form"), (*_BEGUN, (SPACE, leave(BODY)), (_CONTROLS, leave("rest")), *_NAMES["form"].steps)),
    **_body_json.STATES,
    "packed": State(Step("packed")),
    "rest": State(leave("rest")),
    **_NAMES,
    "form value": State(leave("form value"), ((b"&;", Step("form")), _NEXT)),
    **word_states("form word", ((b"&;", Step("form")), (b"\r", leave("form value")), _NEXT), b"%"),
    **_tags("tag"),
    **_tags(state_of("tag", HELD)),
    "tag ends": State(leave("text"), ((SPACE, leave("tag ends")), (b"<", Step("tag")))),
    "text": State(leave("text"), ((b"<", leave("tag")),)),
    **word_states("tag word", ((b"<", leave("tag")),), b"&" + SPACE),
    "parts": State(leave("parts"), ((b'"', Step("part name")),)),
    **name_states("part name", ((b'"', Step("parts")),), ((b'"', Step("part of log-in")),)),
    "part of log-in": State(leave("part of log-in"), ((b"\n", leave("line of part")),)),
    "line of part": State(leave("part of log-in"), ((b"\r", leave("line of part")), (b"\n", leave("part word")))),
    **word_states("part word", ((b"\r\n", Step("parts")),), b"\\"),
}
