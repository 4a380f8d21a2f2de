"""Connection-oriented DCE/RPC (Microsoft RPC, DCOM): which interfaces are bound with which authentication, what is
asked for and refused.

Written from The Open Group C706 chapter 12.6, [MS-RPCE] section 2.2, [MS-DCOM] section 2.2 (OBJREF, activation
properties) and [MS-NLMP] section 2.2.2.10 (version of the operating system). ``_dcerpc_pdu`` has framing and header,
``_dcerpc_cases`` which bytes are meaning, ``_dcerpc_interfaces`` the interfaces, ``_dcerpc_activation`` what an
activation asks for.

A request names its interface by the number of a presentation context that an earlier bind of the same connection has
defined. A message is read by itself here, and another connection between the same hosts may give the number another
meaning, so a request says context and operation number, never a name that could be wrong: the rows of binds name the
interface of each context. Only an activation is named, since its arguments cannot be anything else. Binds whose first
interface is one of OPC Classic are messages of ``opc-classic``.

RPC over SMB pipes is a matter of SMB; connectionless RPC of PROFINET is ``profinet-io``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.protocols.base import (
    Identity,
    Kind,
    Malformed,
    Message,
    Operation,
    Protocol,
    Related,
    Row,
    Sender,
    Session,
    Verb,
)
from scanner.protocols.common import ntlm
from scanner.protocols.dcerpc._activation import activation
from scanner.protocols.dcerpc._calls import (
    ALTER,
    AUTH3,
    AUTHENTICATION,
    BIND,
    BIND_NAK,
    FAULT,
    LEVELS,
    PDU_TYPES,
    REQUEST,
    RESPONSE,
    status_text,
)
from scanner.protocols.dcerpc._cases import OPC_CLASSIC, RPC, RPC_CASES
from scanner.protocols.dcerpc._endpoints import bindings, mapped
from scanner.protocols.dcerpc._interfaces import FEATURES, INTERFACES, TRANSFERS
from scanner.protocols.dcerpc._opc_interfaces import OPC
from scanner.protocols.dcerpc._pdu import (
    ACKS,
    BIG,
    BINDS,
    HAS_OBJECT,
    HEADER,
    LITTLE,
    STUB,
    Bind,
    Context,
    Head,
    bind,
    head,
    results,
    windows,
)
from scanner.wording import joined, said

ACCEPTED, _NEGOTIATED = 0, 3
_WITHIN = 300  # seconds in which a client goes to the port that it was told
_CONNECTIONS = 16  # that it may open there: each interface, and each level of authentication, may have its own
NO_VERIFIER = said("without verifier")  # not signed; at level connect, the connection is authenticated all the same
_RESULTS = {1: "user rejection", 2: "provider rejection"}
_REASONS = {
    0: "reason not specified",
    1: "abstract syntax not supported",
    2: "proposed transfer syntaxes not supported",
    3: "local limit exceeded",
}
_NAK = {
    0: "reason not specified",
    1: "temporary congestion",
    2: "local limit exceeded",
    3: "called paddr unknown",
    4: "protocol version not supported",
    5: "default context not supported",
    6: "user data not readable",
    7: "no PSAP available",
    8: "authentication type not recognised",
    9: "invalid checksum",
}


def probe(message: Message) -> bool:
    """The header holds, and a bind has contexts; those of OPC Classic are not this protocol's."""
    try:
        about = head(message)
        return about.kind not in BINDS or bind(about, message.data).contexts[0].interface not in OPC
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """The operations of one PDU; a bind also says how it is authenticated."""
    about, data = head(message), message.data
    if about.kind in BINDS:
        yield from bound(about, bind(about, data))
    elif about.kind in ACKS:
        yield _answer(about, data)
        system = windows(about, data)
        if system:
            yield Identity("os", system)
    elif about.kind == BIND_NAK:
        yield _named(about, Kind.REFUSAL, _nak(about, data))
    elif about.kind == FAULT and about.first:
        yield _named(about, Kind.REFUSAL, status_text(_number(about, data, STUB, 4)))
    elif about.kind == RESPONSE and about.first:
        yield _named(about, Kind.RESPONSE)
        yield from _announced(about, message)
    elif about.kind == REQUEST and about.first:
        yield _request(about, data)
    else:
        yield _named(about, Kind.NOTICE)
        if about.kind == AUTH3 and (level := ntlm.level(data)) not in ("", "anonymous"):
            yield Session(cipher=level)


def _number(about: Head, data: bytes, at: int, width: int = 2) -> int:
    if len(data) < at + width:
        raise Malformed("PDU cut short")
    return about.order.number(data, at, width)


def _named(about: Head, kind: Kind, refusal: str = "") -> Operation:
    """A PDU that is told by its type."""
    call = about.kind in (REQUEST, RESPONSE, FAULT)
    name = PDU_TYPES[about.kind] if about.first or not call else f"{PDU_TYPES[about.kind]}, further fragment"
    return Operation(
        Verb.UNKNOWN if call and kind is not Kind.NOTICE else Verb.SESSION,
        name,
        kind,
        str(about.kind),
        refusal=refusal,
        filter=f"dcerpc.pkt_type == {about.kind}",
    )


# --- contexts ---------------------------------------------------------------------------------------------------------


def bound(about: Head, found: Bind) -> Iterator[Row]:
    """A row for each interface that a bind or alter context offers, and one for its security."""
    for one in _distinct(found.contexts):
        known = OPC.get(one.interface)
        yield replace(
            _named(about, Kind.REQUEST),
            unit=said("context {n}", n=one.identifier),
            object=known.name if known else INTERFACES.get(one.interface, f"interface {one.interface}"),
            detail=known.text() if known else said("version {n}", n=one.version),
            filter=f"dcerpc.cn_bind_to_uuid == {one.interface}",
        )
    security = _security(about, found)
    if security:
        yield security


def _distinct(contexts: tuple[Context, ...]) -> Iterator[Context]:
    """One context for each interface; the same is often offered again in other transfer syntaxes."""
    seen: set[str] = set()
    for one in sorted(contexts, key=lambda c: c.transfer not in TRANSFERS):
        if one.interface not in seen:
            seen.add(one.interface)
            yield one if not one.transfer.startswith(FEATURES) else replace(one, transfer="")


def _security(about: Head, found: Bind) -> Session | None:
    """Level and type of authentication. An altered context without them keeps those of the bind before it."""
    if found.verifier is None:
        if about.kind == ALTER:
            return None
        return Session(
            credentials="none", authenticated=False, encrypted=False, detail=said("authentication level none")
        )
    kind, level = found.verifier.type, found.verifier.level
    type_name, level_name = AUTHENTICATION.get(kind, f"type {kind}"), LEVELS.get(level, str(level))
    # Whether every call is encrypted does not show in one bind: never "encrypted", "not encrypted" when it is not.
    return Session(
        encrypted=None if level_name == LEVELS[6] else False,
        detail=said("{name}, level {level}", name=type_name, level=level_name),
    )


def _answer(about: Head, data: bytes) -> Operation:
    """A bind is refused when none of its contexts is accepted."""
    found = [(result, reason) for result, reason in results(about, data) if result != _NEGOTIATED]
    asked = replace(_named(about, Kind.RESPONSE), code=str(BIND if about.kind == BIND + 1 else ALTER))
    if not found or any(result == ACCEPTED for result, _ in found):
        return asked
    result, reason = found[0]
    refusal = f"{_RESULTS.get(result, f'result {result}')}: {_REASONS.get(reason, f'reason {reason}')}"
    return replace(asked, kind=Kind.REFUSAL, refusal=refusal)


def _nak(about: Head, data: bytes) -> str:
    reason = _number(about, data, HEADER)
    return _NAK.get(reason, f"reason {reason}")


# --- calls ------------------------------------------------------------------------------------------------------------


def _request(about: Head, data: bytes) -> Operation:
    context, number = _number(about, data, 20), _number(about, data, 22)
    asked = replace(
        _named(about, Kind.REQUEST),
        code=str(number),
        unit=said("context {n}", n=context),
        detail="" if about.authentication else NO_VERIFIER,
        filter=f"dcerpc.pkt_type == {REQUEST} && dcerpc.cn_ctx_id == {context} && dcerpc.opnum == {number}",
    )
    known = activation(about, data, number)
    if known:
        detail = joined((known.detail, asked.detail))
        return replace(asked, verb=Verb.SESSION, function=known.function, object=known.object, detail=detail)
    return replace(asked, function="Request to an object") if about.flags & HAS_OBJECT else asked


def _announced(about: Head, message: Message) -> Iterator[Row]:
    """The ports at which an answer says that its sender is to be reached. Whether an answer of this form is one shows
    when remote procedure calls are made there.
    """
    data = message.data
    for port in dict.fromkeys((*mapped(about.order, data[STUB:], message.source), *bindings(data, message.source))):
        for spoken in ((RPC, OPC_CLASSIC), (OPC_CLASSIC, RPC)):
            yield Related("tcp", port, Sender.RECEIVER, spoken, within=_WITHIN, times=_CONNECTIONS)


PROTOCOL = Protocol(
    name=RPC,
    title="DCE/RPC",
    framing=LITTLE,
    more_framings=(BIG,),
    cases=RPC_CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.UNKNOWN}),
    industrial=False,
    specification="C706 sections 12.6 and 13; [MS-RPCE] section 2.2; [MS-DCOM] sections 2.2.13, 2.2.18, 2.2.22",
)
