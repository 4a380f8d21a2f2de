"""Application protocols of base stations and mobile cores over SCTP, told by payload protocol identifier and content.

The identifiers are IANA's ("SCTP Payload Protocol Identifiers"); the messages are those of ``_aper``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Sender, Session, Verb
from scanner.protocols.mobile import _aper
from scanner.protocols.mobile._aper import INITIATING, SUCCESSFUL, UNSUCCESSFUL, Bits, Pdu
from scanner.protocols.mobile._procedure_table import Procedure
from scanner.wording import verbatim

EXTENSIBLE = {0x00: INITIATING, 0x20: SUCCESSFUL, 0x40: UNSUCCESSFUL}  # a choice that may grow
CLOSED = {0x00: INITIATING, 0x40: SUCCESSFUL, 0x80: UNSUCCESSFUL}
_KEPT = 8192  # bytes of a message: handovers carry the whole context of a radio
_NUMBER = (Range(5, 6),)  # an answer repeats the code of its procedure


@dataclass(frozen=True)
class Stations:
    """The ends of a set-up between a base station and the core: their roles, and the elements with their names."""

    base: str
    core: str
    base_name: int
    core_name: int

    def rows(self, pdu: Pdu, network: bytes) -> Iterator[Row]:
        """Who they are. network: the PLMN of the base station, if the request has one."""
        if pdu.kind == INITIATING:
            yield Identity("role", self.base)
            if network:
                yield Session(detail=verbatim(f"PLMN {_aper.plmn(network)}"))
        elif pdu.kind == SUCCESSFUL:
            yield Identity("role", self.core)
            yield Identity("role", self.base, about=Sender.RECEIVER)
        else:
            return
        element = self.base_name if pdu.kind == INITIATING else self.core_name
        name = _aper.printable(pdu.elements.get(element, b""))
        if name and name.isprintable():
            yield Identity("name", name)


def of_subscriber(pdu: Pdu, element: int, rows: Callable[[bytes], Iterable[Row]]) -> Iterator[Row]:
    """The rows of the NAS message in an element, an octet string; none where there is no such element."""
    if element not in pdu.elements:
        return
    try:
        message = Bits(pdu.elements[element]).string()
    except Malformed:
        return
    yield from rows(message)


@dataclass(frozen=True)
class Application:
    """One of these protocols.

    procedures: by code. opening: those that a base station begins with, so that its sender is the client.
    kinds: first byte of a message -> its kind. cause: number of the element that says why something is refused.
    inside: the rows of what a message carries.
    """

    name: str
    title: str
    identifier: int
    port: int
    procedures: Mapping[int, Procedure]
    opening: frozenset[int]
    kinds: Mapping[int, int]
    cause: int
    specification: str
    inside: Callable[[Pdu], Iterator[Row]] = lambda _: iter(())
    carried: frozenset[Verb] = frozenset()

    def protocol(self) -> Protocol:
        """What the kernel and the facts need of it."""
        return Protocol(
            name=self.name,
            title=self.title,
            framing=self._framing(),
            cases=tuple(self._cases()),
            probe=self._probe,
            dissect=self._dissect,
            verbs=frozenset(each.verb for each in self.procedures.values()) | self.carried,
            specification=self.specification,
            industrial=False,
        )

    def _framing(self) -> Framing:
        identifier = tuple(Byte(at, octet) for at, octet in enumerate(self.identifier.to_bytes(4, "big")))
        return Framing(
            name=self.name,
            delimiter=Whole(),
            sync=(
                *identifier,
                Byte(4, self.kinds),
                Byte(5, self.procedures),
                Byte(6, _aper.CRITICALITIES),
                Size(_aper.IDENTIFIER + 7),
            ),
            ports={"sctp": (self.port,)},
            confirmations=1,
        )

    def _cases(self) -> Iterator[Case]:
        initiating = Byte(4, {first for first, kind in self.kinds.items() if kind == INITIATING})
        outcome = Byte(4, {first for first, kind in self.kinds.items() if kind != INITIATING})
        opens, others = Byte(5, self.opening), Byte(5, self._answered() - self.opening)
        yield Case(self.name, (initiating, opens), role=Role.REQUEST, pair=_NUMBER, keep=_KEPT)
        yield Case(self.name, (outcome, opens), role=Role.RESPONSE, pair=_NUMBER, keep=_KEPT)
        yield Case(self.name, (initiating, others), role=Role.ASKS, pair=_NUMBER, keep=_KEPT)
        yield Case(self.name, (outcome, others), role=Role.ANSWERS, pair=_NUMBER, keep=_KEPT)
        yield Case(self.name, (Byte(5, self.procedures),), role=Role.NOTICE, keep=_KEPT)

    def _answered(self) -> frozenset[int]:
        return frozenset(code for code, each in self.procedures.items() if each.answered)

    def _read(self, message: Message) -> Pdu:
        if message.transport != "sctp" or message.data[:4] != self.identifier.to_bytes(4, "big"):
            raise Malformed("no message of an application protocol")
        pdu = _aper.read(message.data, message.length, dict(self.kinds))
        procedure = self.procedures.get(pdu.procedure)
        if procedure is None or (pdu.kind != INITIATING and not procedure.answered):
            raise Malformed("no procedure {code} of this kind", code=pdu.procedure)
        return pdu

    def _probe(self, message: Message) -> bool:
        """Identifier and procedure exist, and the lengths of the elements fill the message."""
        try:
            self._read(message)
        except Malformed:
            return False
        return True

    def _dissect(self, message: Message) -> Iterator[Row]:
        """The procedure, whether it succeeded, and what it carries."""
        pdu = self._read(message)
        procedure = self.procedures[pdu.procedure]
        refused = pdu.kind == UNSUCCESSFUL
        kind = Kind.NOTICE
        if procedure.answered:
            kind = (Kind.REQUEST, Kind.RESPONSE, Kind.REFUSAL)[pdu.kind]
        yield Operation(
            verb=procedure.verb,
            function=procedure.name,
            kind=kind,
            code=str(pdu.procedure),
            refusal=self._why(pdu) if refused else "",
            filter=f"{self.name}.procedureCode == {pdu.procedure}",
        )
        yield Session(version=self.title, encrypted=False, unread=("ciphers",) if pdu.short else ())
        yield from self.inside(pdu)

    def _why(self, pdu: Pdu) -> str:
        """The cause: which group of causes, and its number there."""
        value = pdu.elements.get(self.cause, b"")
        return f"cause 0x{value[:2].hex()}" if value else "no cause given"
