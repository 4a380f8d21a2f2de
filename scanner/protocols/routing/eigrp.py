"""EIGRP: which routers are neighbours in which autonomous system, and whether they prove it.

RFC 7868 sections 6.2 to 6.7. The authentication TLV is in every packet that has any TLVs; an acknowledgement has none.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Chain, Field, Framing, Range, Role, Select, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.routing._authentication import by_digest, tlvs, unproven, unread
from scanner.wording import said

_NAME = "eigrp"
_HEADER = 20
_OPCODES = {1: "Update", 2: "Request", 3: "Query", 4: "Reply", 5: "Hello", 8: "Probe", 10: "SIA-Query", 11: "SIA-Reply"}
_AUTHENTICATION = 2
_ALGORITHMS = {2: "keyed MD5", 3: "HMAC-SHA-256"}

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, 2), Byte(1, _OPCODES), Size(_HEADER)),
    ports={"ip": (88,)},
    confirmations=1,
    anywhere=False,
)
_PROOF = Chain(_HEADER, Field(2, 2), (Select((Byte(0, 0), Byte(1, _AUTHENTICATION)), (Range(0, 6),)),))
CASES = (
    Case(_NAME, (Size(_HEADER, _HEADER),), (Range(0, 2), Range(16, _HEADER)), Role.NOTICE, keep=_HEADER),
    Case(_NAME, (), (Range(0, 2), Range(16, _HEADER), _PROOF), Role.NOTICE, keep=1500),
)


def probe(message: Message) -> bool:
    """Version 2, an opcode that exists, and TLVs that fill the packet."""
    return is_well_formed(_found, message)


def _found(message: Message) -> dict[int, bytes]:
    data = message.data
    if not message.transport.startswith("ip-") or len(data) < _HEADER or data[0] != 2 or data[1] not in _OPCODES:
        raise Malformed("no EIGRP packet")
    cut = message.length > len(data)
    found: dict[int, bytes] = {}
    for kind, value in tlvs(data, _HEADER, width=2, header_counted=True, cut=cut):
        found.setdefault(kind, value)
    return found


def dissect(message: Message) -> Iterator[Row]:
    """The packet's opcode and autonomous system, and how it is authenticated."""
    found = _found(message)
    data = message.data
    acknowledges = message.length == _HEADER
    yield Operation(
        verb=Verb.REPORT,
        function="Acknowledgement" if acknowledges and data[1] == 5 else _OPCODES[data[1]],
        kind=Kind.NOTICE,
        code=str(data[1]),
        object=said("autonomous system {n}", n=int.from_bytes(data[18:20], "big")),
        filter=f"eigrp.opcode == {data[1]}",
    )
    proof = found.get(_AUTHENTICATION, b"")
    if acknowledges:
        yield Session(version="EIGRP", encrypted=False)
    elif len(proof) >= 4 and int.from_bytes(proof[2:4], "big"):
        kind = int.from_bytes(proof[:2], "big")
        yield by_digest("EIGRP", _ALGORITHMS.get(kind, f"type {kind}"))
    elif message.length > len(data) and _AUTHENTICATION not in found:
        yield unread("EIGRP")
    else:
        yield unproven("EIGRP")


PROTOCOL = Protocol(
    name=_NAME,
    title="EIGRP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="RFC 7868 sections 6.2 to 6.7",
    industrial=False,
)
