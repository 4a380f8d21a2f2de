"""CAN frames that no higher protocol claims: that they are there, by their identifiers.

ISO 11898-1; Linux's SocketCAN. What an identifier means only the plant knows, so nothing further is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Case, Range, Role
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.canbus._frame import FRAMING, CanFrame, can_frame
from scanner.protocols.common.probe import is_well_formed
from scanner.wording import said

_NAME = "can"


def probe(message: Message) -> bool:
    """Identifier, length and data agree."""
    return is_well_formed(can_frame, message)


def _shown_by(frame: CanFrame) -> str:
    """Of an error frame the identifier tells what is wrong, of CAN XL it is the priority."""
    if frame.error:
        return "can.flags.err == 1"
    return f"{'canxl.priority' if frame.kind == 'CAN XL' else 'can.id'} == 0x{frame.identifier:x}"


def dissect(message: Message) -> Iterator[Row]:
    """The identifier."""
    frame = can_frame(message)
    digits = 8 if frame.extended else 3
    function = "Error frame" if frame.error else "Remote frame" if frame.remote else f"{frame.kind} data frame"
    yield Operation(
        verb=Verb.UNKNOWN,
        function=function,
        kind=Kind.NOTICE,
        object="" if frame.error else said("identifier {name}", name=f"0x{frame.identifier:0{digits}X}"),
        filter=_shown_by(frame),
    )
    yield Session(version=frame.kind, credentials="none", encrypted=False)


PROTOCOL = Protocol(
    name=_NAME,
    title="CAN",
    framing=FRAMING,
    cases=(Case(_NAME, (), (Range(0, 6),), Role.NOTICE, keep=16, most=4096),),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.UNKNOWN}),
    specification="ISO 11898-1; LINKTYPE_CAN_SOCKETCAN",
)
