"""The significant bytes of an HTTP header block: the request line without the values of its query but known ones of
log-ins, the status, and of the header fields those that understanding uses. Dates, lengths, tokens and the values of
cookies do not; of a request's body the names in it.

RFC 9112 sections 2 to 5 (lines), RFC 3986 sections 3.3 and 3.4 (parameters of a path, query), RFC 9110 section 5.
"""

from __future__ import annotations

from scanner.framing.language import Byte, Case, Range, Role, State, Step, Transducer, magic
from scanner.framing.spelling import letters_after
from scanner.framing.text_states import leave
from scanner.protocols.common import default_log_ins
from scanner.protocols.http._body_names import ANSWER, BODY, STATES
from scanner.protocols.http._http2_frames import CASES as HTTP2_CASES
from scanner.protocols.http._log_in_fields import name_states, word_states

NAME = "http"
MOST_KEPT = 1 << 16  # bytes of a request or an answer with its body

# What counts of the value of a field: all of it, its first word, the names in it, that it is there, that it is 0; of a
# place what stands in front of its query, without numbers.
_WHOLE, _NAMES, _UNQUOTED, _SCHEME, _THERE = "whole", "names", "unquoted", "kind", "other"
_SIZE, _PLACE = "size", "place"
_PROVES, _DIGEST = "scheme", "digest"  # and what it proves
_PROOF, _BEGUN, _LENGTHS = "proof", "TlRMTVNTUAAD", 20  # NTLMSSP, 0, 3 in base64, and up to which digit lengths stand
_OF_REQUESTS = {
    **dict.fromkeys(("host", "user-agent", "soapaction", "callback", "upgrade", "sec-websocket-protocol"), _WHOLE),
    **dict.fromkeys(("accept", "content-encoding", "mcp-method", "mcp-name"), _WHOLE),
    **dict.fromkeys(("authorization", "proxy-authorization"), _PROVES),
    "content-length": f"{_SIZE} 0",
    "transfer-encoding": _THERE,
    "cookie": _NAMES,
    "content-type": _SCHEME,
}
_OF_RESPONSES = {
    **dict.fromkeys(("server", "upgrade", "x-influxdb-version"), _WHOLE),
    "www-authenticate": _UNQUOTED,
    "set-cookie": f"first of {_NAMES}",
    "location": _PLACE,
    "content-type": _SCHEME,
    "mcp-session-id": _THERE,
    "content-encoding": _WHOLE,
}
_END = (b"\n", Step("field"))
_LONG = 4  # digits of a length from which on they count: of a long body not all is kept


def _fields(counting: dict[str, str], body: str, *, named: bool = False) -> dict[str, State]:
    """States that read header fields: "field" at the beginning of each line, then the letters of the names of
    ``counting`` in either case, and what counts of the value. Of other fields the name counts where they are ``named``;
    else they are left out but for a common beginning. Behind an empty line comes the state ``body``.
    """
    unlisted = Step("name") if named else Step("other", take=False)
    states = {}
    proofs = _proofs() if _PROVES in counting.values() else {}
    for begun, letters in letters_after(counting).items():
        steps = [((c + c.upper()).encode(), Step(f"field {begun}{c}")) for c in letters]
        name = f"field {begun}".rstrip()
        ends = [(b":", Step(counting[begun])), (b" \t", Step(name))] if begun in counting else []
        colon = [(b":", Step("other", take=False))] if named and begun not in counting else []
        blank = [] if begun else [(b"\r", Step("blank", named)), (b"\n", Step(body, named))]
        states[name] = State(unlisted, (*steps, *ends, *colon, *blank, _END))
    return (
        states
        | _sizes()
        | proofs
        | {
            "blank": State(Step("name" if named else "other", named), ((b"\n", Step(body, named)),)),
            "name": State(Step("name"), ((b":", Step("other", take=False)), _END)),
            "other": State(Step("other", take=False), ((b"\n", Step("field", take=False)),)),
            _WHOLE: State(Step(_WHOLE), (_END,)),
            _NAMES: State(Step(_NAMES), ((b"=", Step("value")), _END)),
            "value": State(Step("value", take=False), ((b";", Step(_NAMES)), _END)),
            f"first of {_NAMES}": State(Step(f"first of {_NAMES}"), ((b"=", Step("other")), _END)),
            _UNQUOTED: State(Step(_UNQUOTED), ((b'"', Step("quoted")), _END)),
            "quoted": State(Step("quoted", take=False), ((b'"', Step(_UNQUOTED)), _END)),
            _SCHEME: State(Step(_SCHEME), ((b":;", Step("other")), _END)),
            _PLACE: State(Step(_PLACE), ((b"0123456789", Step(_PLACE, take=False)), (b"?;#", Step("other")), _END)),
        }
    )


def _sizes() -> dict[str, State]:
    """Of a length counts whether it is 0, and of long ones every digit behind the first."""
    states = {}
    for n in range(_LONG):
        digits = (b"0123456789", Step(f"{_SIZE} {min(n + 1, _LONG - 1)}", take=n == _LONG - 1))
        zero = ((b" \t", Step(f"{_SIZE} 0", take=False)), (b"0", Step("other"))) if n == 0 else ()
        states[f"{_SIZE} {n}"] = State(Step("other", take=False), (*zero, digits, _END))
    return states


def _proofs() -> dict[str, State]:
    """The scheme of an authentication; of one with the password itself whether it is a known default; of NTLM the
    digits behind its beginning that hold the lengths of its responses.
    """
    line = (b"\n", leave("field"))
    ends = ((b" \t\r", leave("other")), line)
    states = {"token": State(leave("token"), ends, word=True)}
    states["late token"] = State(leave("late token"), ((b"\r", leave("other")), line), word=True, escaped=True)
    for begun, letters in letters_after({_BEGUN}).items():
        steps = [(c.encode(), leave(f"{_PROOF} {begun}{c}")) for c in letters]
        late = () if begun else ((b" \t", leave("late token")),)
        states[f"{_PROOF} {begun}".rstrip()] = State(leave("token"), (*steps, *late, *ends), word=True)
    states[f"{_PROOF} {_BEGUN}"] = State(Step("digit 1"), (_END,))
    for n in range(1, _LENGTHS):
        states[f"digit {n}"] = State(Step("other" if n + 1 == _LENGTHS else f"digit {n + 1}"), (_END,))
    for begun, letters in letters_after({_DIGEST}).items():
        steps = [((c + c.upper()).encode(), Step(f"{_PROVES} {begun}{c}")) for c in letters]
        blank = (b" ", Step("parameter" if begun == _DIGEST else _PROOF)) if begun else (b" \t", leave(_PROVES))
        states[f"{_PROVES} {begun}".rstrip()] = State(Step("other scheme"), (*steps, blank, _END))
    states["other scheme"] = State(Step("other scheme"), ((b" ", Step(_PROOF)), _END))
    return states | _parameters()


def _parameters() -> dict[str, State]:
    """Of a digest the user counts, and its first digit: what it is made of is mostly new each time, so that not all can
    be told apart.
    """
    line = (b"\n", leave("field"))
    ends = (line, (b",", leave("parameter")))
    states = {
        "parameter value": State(leave("parameter value"), ((b'"', leave("quoted parameter")), *ends)),
        "quoted parameter": State(
            leave("quoted parameter"), ((b'"', leave("parameter value")), (b"\\", leave("escape in parameter")), line)
        ),
        "escape in parameter": State(leave("quoted parameter")),
        "user": State(Step("unquoted user"), ((b'"', Step("quoted user")), (b" \t", leave("user")), line)),
        "unquoted user": State(Step("unquoted user"), ends),
        "quoted user": State(Step("quoted user"), ((b'"', Step("parameter value")), line)),
        "response": State(
            Step("parameter value"), ((b'"', leave("quoted response")), (b" \t", leave("response")), line)
        ),
        "quoted response": State(Step("quoted parameter"), (line,)),
    }
    told = {"username": "user", "username*": "user", "response": "response"}
    for begun, letters in letters_after(told).items():
        steps = [((c + c.upper()).encode(), leave(f"parameter {begun}{c}")) for c in letters]
        equals = ((b"=", Step(told[begun])),) if begun in told else ((b"=", leave("parameter value")),)
        blanks = ((b" \t", leave(f"parameter {begun}".rstrip())),)
        states[f"parameter {begun}".rstrip()] = State(leave("other parameter"), (*steps, *equals, *blanks, *ends))
    return states | {"other parameter": State(leave("other parameter"), ((b"=", leave("parameter value")), *ends))}


_QUERY_ENDS = ((b"&;", Step("query")), (b" ", Step("version")), _END)
_REQUEST = Transducer(
    0,
    {
        "target": State(Step("target"), ((b"?", Step("query")), (b";", Step("parameters")), _END)),
        "parameters": State(Step("parameters", take=False), ((b"?", Step("query")), (b" ", Step("version")), _END)),
        **name_states("query", ((b"=", Step("argument")), *_QUERY_ENDS), ((b"=", Step("query word")), *_QUERY_ENDS)),
        "argument": State(leave("argument"), _QUERY_ENDS),
        **word_states("query word", _QUERY_ENDS, b"%"),
        "version": State(Step("version"), (_END,)),
        **_fields(_OF_REQUESTS, BODY, named=True),
        **STATES,
    },
    default_log_ins.words(),
)
_RESPONSE = Transducer(0, {"status": State(Step("other", take=False)), **_fields(_OF_RESPONSES, ANSWER), **STATES})
_STATUS = Range(0, 12)

CASES = (
    Case(NAME, (*magic(0, b"HTTP/1."), Byte(9, b"1")), (_STATUS, _RESPONSE), Role.NOTICE, keep=MOST_KEPT),
    Case(NAME, magic(0, b"HTTP/1."), (_STATUS, _RESPONSE), Role.RESPONSE, keep=MOST_KEPT),
    *HTTP2_CASES,
    Case(NAME, (), (_REQUEST,), Role.REQUEST, keep=MOST_KEPT),
)
