"""EtherCAT: datagram commands, register and logical addresses; mailbox protocols, CoE services and objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols import _ethercat_mailbox as mailbox
from scanner.protocols.base import Row
from scanner.protocols.ethercat import DATAGRAMS, MAILBOX, VARIABLES, Datagram, datagrams_of
from tests.conformance.spec import Frame, Spec, Value, counted

LOGICAL = (10, 11, 12)


def theirs(frame: Frame) -> Iterator[Value]:
    """All datagrams of a frame; what has a type that EtherCAT does not know only came to its port."""
    if int(frame["ecatf.type"][0], 0) not in (DATAGRAMS, VARIABLES, MAILBOX):
        return
    yield "messages", ""
    yield from counted(
        frame,
        type="ecatf.type",
        command="ecat.cmd",
        register="ecat.ado",
        logical="ecat.lad",
        mailbox="ecat_mailbox.type",
        coe_service="ecat_mailbox.coe.type",
        sdo_index="ecat_mailbox.coe.sdoidx",
        foe="ecat_mailbox.foe_opmode",
        soe="ecat_mailbox.soe_opcode",
    )


def ours(message: DistinctMessage, _rows: Sequence[Row]) -> Iterator[Value]:
    """From the frame, which is cut as the dissector cuts it."""
    kind, found = datagrams_of(message.data, message.length)
    yield "messages", ""
    yield "type", str(kind)
    for datagram in found if kind == DATAGRAMS else ():
        yield "command", str(datagram.command)
        if datagram.command in LOGICAL:
            yield "logical", str(datagram.logical)
        else:
            yield "register", str(datagram.offset)
        yield from _mail(datagram)
    if kind == MAILBOX:
        yield from _mailed(message.data[2:], message.length)


def _mail(datagram: Datagram) -> Iterator[Value]:
    """tshark takes mail from what is written and from what one slave has answered."""
    if datagram.to_memory and (datagram.command not in (1, 4) or datagram.counter == 1):
        yield from _mailed(datagram.data, datagram.length)


def _mailed(data: bytes, room: int) -> Iterator[Value]:
    found = mailbox.mail(data, room)
    if found is None or found.protocol not in (1, 2, 3, 4, 5):
        return
    yield "mailbox", str(found.protocol)
    tables = {mailbox.FOE: ("foe", found.body[0]), mailbox.SOE: ("soe", found.body[0] & 7)}
    if found.protocol in tables:
        table, value = tables[found.protocol]
        yield table, str(value)
    if found.protocol == mailbox.COE:
        service, command = found.body[1] >> 4, found.body[2] >> 5
        yield "coe service", str(service)
        if command in {2: (1, 2), 3: (2, 3, 4)}.get(service, ()):
            yield "sdo index", str(int.from_bytes(found.body[3:5], "little"))


SPEC = Spec(
    protocol="ethercat",
    layers=("ecatf",),
    fields=(
        "ecatf.type",
        "ecat.cmd",
        "ecat.ado",
        "ecat.lad",
        "ecat_mailbox.type",
        "ecat_mailbox.coe.type",
        "ecat_mailbox.coe.sdoidx",
        "ecat_mailbox.foe_opmode",
        "ecat_mailbox.soe_opcode",
    ),
    theirs=theirs,
    ours=ours,
)
