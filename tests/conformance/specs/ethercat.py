"""EtherCAT: datagram commands, register and logical addresses; mailbox protocols, CoE services and objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from scanner.protocols.ethercat import _mailbox as mailbox
from scanner.protocols.ethercat.ethercat import DATAGRAMS, MAILBOX, VARIABLES, Datagram, datagrams_of
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

LOGICAL = (10, 11, 12)
MAILED = ("SDO", "SDO information", "CoE", "FoE", "SoE", "EoE", "AoE", "VoE")
SDO = ("ecat_mailbox.coe.sdoreq", "ecat_mailbox.coe.sdores")


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
        SDO_information="ecat_mailbox.coe.sdoinfoopcode",
        FoE="ecat_mailbox.foe_opmode",
        SoE="ecat_mailbox.soe_opcode",
        EoE="ecat_mailbox.eoe.type",
        AoE="ams.cmdid",
    )
    yield from (("SDO", number(v)) for name in SDO for v in frame.get(name, ()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Each datagram has a row, which has the command, or of what was mailed in it the service; addresses are of the
    frame, which is cut as the dissector cuts it.
    """
    kind, found = datagrams_of(message.data, message.length)
    every = operations(rows)
    yield "messages", ""
    yield "type", every[0].code if kind == VARIABLES else str(kind)
    for datagram, row in zip(found, every, strict=True) if kind == DATAGRAMS else ():
        mailed = row.code.rpartition(" ")[0] in MAILED or row.function == "Mailbox Error Reply"
        yield "command", str(datagram.command) if mailed else row.code
        if datagram.command in LOGICAL:
            yield "logical", str(datagram.logical)
        else:
            yield "register", str(datagram.offset)
        yield from _mail(datagram, row)
    if kind == MAILBOX:
        yield from _mailed(message.data[2:], message.length, every[0])


def _mail(datagram: Datagram, row: Operation) -> Iterator[Value]:
    """tshark takes mail from what is written and from what one slave has answered."""
    if datagram.to_memory and (datagram.command not in (1, 4) or datagram.counter == 1):
        yield from _mailed(datagram.data, datagram.length, row)


def _mailed(data: bytes, room: int, row: Operation) -> Iterator[Value]:
    found = mailbox.mail(data, room)
    if found is None or found.protocol not in (1, 2, 3, 4, 5):
        return
    yield "mailbox", str(found.protocol)
    table, _, service = row.code.rpartition(" ")
    if table and table not in ("CoE", "VoE"):
        yield table, service
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
        "ecat_mailbox.coe.sdoinfoopcode",
        *SDO,
        "ecat_mailbox.foe_opmode",
        "ecat_mailbox.soe_opcode",
        "ecat_mailbox.eoe.type",
        "ams.cmdid",
    ),
    theirs=theirs,
    ours=ours,
)
