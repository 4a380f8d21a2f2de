"""EtherCAT: frames of datagrams (EtherType 0x88A4 and UDP port 34980), network variables, and the mailbox gateway.

Written from IEC 61158-3-12 and -4-12 (ETG.1000.3, ETG.1000.4 section 5: frame header, datagram header, working
counter), ETG.1000.6 and ETG.8200 (mailbox gateway over UDP and TCP).

A master sends a frame, every slave reads and writes in it while it passes, and the frame comes back: the first slave
sets bit 1 of the source address ("locally administered"), and each slave that did what a datagram asks adds to its
working counter, which the master sends as 0. The capture stage exchanges the ends of what comes back (how it is told:
``scanner.capture.kernel.decode.ethercat_ring``), so that it is the answer of the address that the master sends to, a
group as a rule. A frame from there, or with any counter, has been through the ring: where a datagram's
counter is still 0, no slave did what it asks. Over UDP the counter alone tells, and nothing is paired.

Slaves have no address but that of their station, which is the unit. What identifies one of them is told of the target
of the master's frames, and so of no device when that is a group.

A mailbox message that is written is answered by the one that is read from the same station, or refused by its own
frame when that returns undone; reads that may be of a mailbox are polls and ask for nothing. Behind or before other
datagrams of the frame it counts as accepted when it was delivered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from scanner.framing.language import Byte, Framing, Length, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.ethercat import _mailbox as mailbox
from scanner.protocols.ethercat._cases import CASES, NAME, SMALLEST_MAILBOX
from scanner.protocols.ethercat._registers import (
    AL_CONTROL,
    AL_STATUS,
    AL_STATUS_CODE,
    AREAS,
    BROADCAST,
    BY_POSITION,
    COMMANDS,
    LOGICAL,
    LRD,
    MEMORY,
    NOP,
    READS,
    SII_ACCESS,
    SII_END,
    area_name,
    area_of,
    reported_state,
    requested_state,
    sii_command,
)
from scanner.wording import joined, said

PORT = 34980  # 0x88A4
DATAGRAMS, VARIABLES, MAILBOX = 1, 4, 5
_HEADER, _DATAGRAM, _COUNTER = 2, 10, 2
_CIRCULATED, _MORE = 0x4000, 0x8000

# Reserved bit 11 of the header is 0, so that the high byte is the type and three bits of length.
FRAMING = Framing(
    name=NAME,
    delimiter=Whole(),
    sync=(Byte(1, {t << 4 | high for t in (DATAGRAMS, VARIABLES, MAILBOX) for high in range(8)}),),
    ports={"ethertype": (PORT,), "udp": (PORT,)},
    confirmations=1,
    anywhere=False,
)
# The mailbox gateway in a stream: the length has the type in its upper four bits.
GATEWAY = Framing(
    name="ethercat-tcp",
    delimiter=Length(at=0, width=2, add=_HEADER - (MAILBOX << 12), little=True, minimum=8, maximum=2049),
    sync=(Byte(1, range(MAILBOX << 4, (MAILBOX << 4) + 8)), Byte(6, (0x00, 0x40, 0x80, 0xC0)), Byte(7, range(0x80))),
    ports={"tcp": (PORT,)},
    confirmations=1,
    anywhere=False,
)


class Datagram(NamedTuple):
    """One datagram; ``data`` as far as kept, ``counter`` None when it was not."""

    command: int
    station: int  # ADP: position, configured address; for broadcasts what slaves have counted
    offset: int  # ADO
    length: int
    circulated: bool
    data: bytes
    counter: int | None

    @property
    def logical(self) -> int:
        """The logical address of a logical command."""
        return self.offset << 16 | self.station

    @property
    def to_memory(self) -> bool:
        """A slave's process data RAM is addressed, where mailboxes are."""
        return self.command not in {NOP, *BROADCAST, *LOGICAL} and self.offset >= MEMORY

    @property
    def may_poll(self) -> bool:
        """What is read may be a mailbox: if it is one, what it holds answers an earlier message."""
        return self.to_memory and self.command in READS and self.length >= SMALLEST_MAILBOX


def datagrams_of(data: bytes, size: int) -> tuple[int, list[Datagram]]:
    """(frame type, its datagrams) of the kept bytes of a frame of ``size`` bytes; Malformed when they contradict."""
    kind, end = _frame(data, size)
    return kind, _datagrams(data, end) if kind == DATAGRAMS else []


def _frame(data: bytes, size: int) -> tuple[int, int]:
    """(type, end of what the frame holds); Malformed when the header contradicts the frame."""
    if len(data) < _HEADER:
        raise Malformed("EtherCAT frame header cut short")
    word = int.from_bytes(data[:2], "little")
    kind, length = word >> 12, word & 0x07FF
    if kind not in (DATAGRAMS, VARIABLES, MAILBOX) or word & 0x0800:
        raise Malformed("EtherCAT frame header 0x{word:04X}", word=word)
    if not length or _HEADER + length > size:
        raise Malformed("EtherCAT length {length} in a frame of {size} bytes", length=length, size=size)
    return kind, _HEADER + length


def _datagrams(data: bytes, end: int) -> list[Datagram]:
    """The datagrams up to the one without "more", or to the end of what was captured."""
    found: list[Datagram] = []
    at, more = _HEADER, True
    while more:
        if at + _DATAGRAM + _COUNTER > end:
            raise Malformed("a datagram reaches beyond its frame")
        if len(data) < at + _DATAGRAM:
            break
        word = int.from_bytes(data[at + 6 : at + 8], "little")
        start, stop = at + _DATAGRAM, at + _DATAGRAM + (word & 0x07FF)
        if data[at] not in COMMANDS or stop + _COUNTER > end:
            raise Malformed(
                "datagram with command {command} and {word} bytes of data", command=data[at], word=word & 2047
            )
        found.append(
            Datagram(
                command=data[at],
                station=int.from_bytes(data[at + 2 : at + 4], "little"),
                offset=int.from_bytes(data[at + 4 : at + 6], "little"),
                length=word & 0x07FF,
                circulated=bool(word & _CIRCULATED),
                data=data[start:stop],
                counter=int.from_bytes(data[stop : stop + 2], "little") if len(data) >= stop + 2 else None,
            )
        )
        at, more = stop + _COUNTER, bool(word & _MORE)
    if not found:
        raise Malformed("datagram header cut short")
    return found


def _returned(message: Message, datagrams: list[Datagram]) -> bool:
    """The frame has been through the ring."""
    if any(d.counter for d in datagrams):
        return True
    return message.transport == "ethernet" and message.from_client is False


def probe(message: Message) -> bool:
    """A frame header and datagrams that fit the frame."""
    try:
        kind, end = _frame(message.data, message.length)
        if kind == DATAGRAMS:
            return message.transport != "tcp" and bool(_datagrams(message.data, end))
        return end - _HEADER >= (10 if kind == VARIABLES else mailbox.HEADER)
    except Malformed:
        return False


_OVER = {"udp": said("over UDP, which is routed"), "tcp": said("over TCP, which is routed")}


def dissect(message: Message) -> Iterator[Row]:
    """The rows of every datagram, of the variables published, or of one mailbox message."""
    kind, end = _frame(message.data, message.length)
    over = _OVER.get(message.transport, "")
    if kind == VARIABLES:
        yield _variables(message.data, over)
    elif kind == MAILBOX:
        yield from _gateway(message, end, over)
    else:
        datagrams = _datagrams(message.data, end)
        returned = _returned(message, datagrams)
        if len(datagrams) == 1 and not returned and datagrams[0].may_poll:
            yield replace(_operation(datagrams[0], over, returned=False), kind=Kind.NOTICE)
            return
        for datagram in datagrams:
            yield from _rows(datagram, over, returned=returned)


def _rows(datagram: Datagram, over: str, *, returned: bool) -> Iterator[Row]:
    """A mailbox message that was written, or read with success, speaks for the datagram.

    What breaks its mailbox protocol is taken for memory, since process data may look like the header of a mailbox.
    """
    carries = datagram.to_memory and _carries(datagram, returned=returned)
    found = mailbox.mail(datagram.data, datagram.length) if carries else None
    rows: list[Row] = []
    if found is not None:
        kind = Kind.RESPONSE if datagram.command in READS else Kind.NOTICE if returned else Kind.REQUEST
        with contextlib.suppress(Malformed):
            rows = list(mailbox.rows(found, kind, _unit(datagram, returned=returned), over))
    yield from rows or [_operation(datagram, over, returned=returned)]


def _carries(datagram: Datagram, *, returned: bool) -> bool:
    """Whether the data can be a mailbox message: what a master sends to be read into has no meaning."""
    if datagram.command in READS:
        return bool(datagram.counter)
    return bool(datagram.counter) or not returned


def _operation(datagram: Datagram, over: str, *, returned: bool) -> Operation:
    short, name = COMMANDS[datagram.command]
    kind, refusal = _outcome(datagram, returned=returned)
    verb, touched, detail = _meaning(datagram, answered=kind is Kind.RESPONSE)
    where = f"ecat.lad == 0x{datagram.logical:08x}" if datagram.command in LOGICAL else _at(datagram)
    return Operation(
        verb=verb,
        function=f"{name} ({short})",
        kind=kind,
        code=str(datagram.command),
        unit=_unit(datagram, returned=returned),
        object=touched,
        detail=joined((detail, said("circulating frame") if datagram.circulated else "", over)),
        refusal=refusal,
        filter=f"ecat.cmd == 0x{datagram.command:02x} && {where}",
    )


def _at(datagram: Datagram) -> str:
    return f"ecat.ado == 0x{datagram.offset:04x}"


def _outcome(datagram: Datagram, *, returned: bool) -> tuple[Kind, str]:
    if datagram.command == NOP:
        return Kind.NOTICE, ""
    if not returned:
        return Kind.REQUEST, ""
    if datagram.counter == 0:
        return Kind.REFUSAL, "working counter 0: no slave did it"
    return Kind.RESPONSE, ""


def _unit(datagram: Datagram, *, returned: bool) -> str:
    """The slaves addressed. Every slave adds 1 to a position, so that it is known only before the ring."""
    if datagram.command in LOGICAL or datagram.command == NOP:
        return ""
    if datagram.command in BROADCAST:
        return said("all stations")
    if datagram.command in BY_POSITION:
        return said("station by position") if returned else said("position {n}", n=-datagram.station & 0xFFFF)
    return said("station {name}", name=datagram.station)


def _meaning(datagram: Datagram, *, answered: bool) -> tuple[Verb, str, str]:
    """(verb, what is touched, detail)."""
    writes = datagram.command not in READS
    if datagram.command == NOP:
        return Verb.SESSION, "", ""
    if datagram.command in LOGICAL:
        verb = Verb.READ if datagram.command == LRD else Verb.WRITE
        return verb, f"logical 0x{datagram.logical:08X} x {datagram.length}", said("process data")
    if datagram.offset >= MEMORY:
        verb = Verb.WRITE if writes else Verb.READ
        return verb, f"memory 0x{datagram.offset:04X} x {datagram.length}", ""
    area = area_of(datagram.offset)
    touched = area_name(area, datagram.offset, datagram.length)
    if writes and SII_ACCESS <= datagram.offset < SII_END:
        command = sii_command(datagram.offset, datagram.data)
        if command is not None:
            return command[1], touched, command[0]
    return area.write if writes else area.read, touched, _state(datagram, writes=writes, answered=answered)


def _state(datagram: Datagram, *, writes: bool, answered: bool) -> str:
    """The state that is asked for, or that was answered."""
    data = datagram.data
    if datagram.offset == AL_CONTROL and writes and data:
        return requested_state(data[0])
    if datagram.offset == AL_STATUS and answered and not writes and data:
        at = AL_STATUS_CODE - AL_STATUS
        code = int.from_bytes(data[at : at + 2], "little") if len(data) >= at + 2 else None
        return reported_state(data[0], code)
    return ""


def _variables(data: bytes, over: str) -> Operation:
    """Network variables: publisher (an AMS network identifier), number of variables; their values are not looked at."""
    if len(data) < _HEADER + 10:
        raise Malformed("network variables header cut short")
    return Operation(
        verb=Verb.REPORT,
        function="Network Variables",
        kind=Kind.NOTICE,
        code=str(VARIABLES),
        unit=said("publisher {name}", name=".".join(str(b) for b in data[2:8])),
        detail=joined((said("{n} variables", n=int.from_bytes(data[8:10], "little")), over)),
        filter="ecatf.type == 4",
    )


def _gateway(message: Message, end: int, over: str) -> Iterator[Row]:
    """A mailbox message that a gateway carries into the segment or out of it; it does not identify the gateway."""
    found = mailbox.mail(message.data[_HEADER:end], end - _HEADER)
    if found is None:
        raise Malformed("mailbox header")
    kind = Kind.RESPONSE if message.from_client is False else Kind.REQUEST
    words = joined((said("through a mailbox gateway"), over))
    for row in mailbox.rows(found, kind, said("station {name}", name=found.station), words):
        if isinstance(row, Operation):
            yield row


PROTOCOL = Protocol(
    name=NAME,
    title="EtherCAT",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({a.write for a in AREAS} | {a.read for a in AREAS} | {Verb.READ, Verb.WRITE} | mailbox.VERBS),
    specification="IEC 61158-4-12 (ETG.1000.4) sections 5 and 6, ETG.1000.6 sections 5.6 to 5.9, ETG.1020, ETG.8200",
    more_framings=(GATEWAY,),
    display_filter="ecatf",
)
