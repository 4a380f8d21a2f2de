"""GE Ethernet Global Data (EGD): who produces which exchanges, and the commands that read and write them.

Written from GE GFK-2224, TCP/IP Ethernet Communications for PACSystems (chapters 4 to 6), the ProSoft Technology
MVI69-EGD User Manual (2008, section 5.2) and EGD Protocol Manual (2010, section 2), which print the messages, and, for
the order of type and version in produced data, what Wireshark shows. Numbers are little-endian; a producer is named by
four bytes, commonly its IP address. There is no authentication: whoever can reach a consumer can produce for it.

Values are never read. Of a write of several cells the first is shown; how the cells of a masked write are laid out is
not published where the others are, so only the exchange is.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import NamedTuple

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.reader import LittleEndianReader
from scanner.protocols.common.text import printable
from scanner.wording import joined, said

NAME = "egd"
DATA_PORT, COMMAND_PORT = 18246, 7937
DATA, VERSION = 13, 1
DATA_HEADER, COMMAND_HEADER, MEMORY_HEADER = 32, 8, 32
LONGEST = 1400  # bytes of produced data, and of a command
STATUSES = {
    0: "no new status event",
    1: "no error",
    2: "no error, data consumed",
    3: "SNTP error",
    4: "specification error",
    6: "data refresh error",
    7: "data refresh period exceeded",
    10: "IP layer not initialised",
    12: "lack of resources",
    16: "name resolution in progress",
    18: "loss of Ethernet interface",
    22: "Ethernet interface does not support EGD",
    26: "no response from Ethernet interface",
    28: "exchange not created",
    30: "exchange deleted",
}
NAK = 18
READ, READ_RESPONSE, WRITE, WRITE_RESPONSE, MASKED_WRITE, MASKED_WRITE_RESPONSE = range(32, 38)
CAPABILITIES_RESPONSE = 10
EXCHANGE_AT_8 = (3, 4, 15, 16, NAK)  # those whose producer and exchange follow the header


class Command(NamedTuple):
    """A type of PDU on the command port; ``size``: its least bytes."""

    name: str
    verb: Verb
    size: int
    answers: bool = False


COMMANDS = {
    3: Command("Retrieve Configuration", Verb.READ, 16),
    4: Command("Retrieve Configuration", Verb.READ, 16, answers=True),
    7: Command("Summary", Verb.READ, 9),
    8: Command("Summary", Verb.READ, 8, answers=True),
    9: Command("Capabilities", Verb.IDENTIFY, 8),
    CAPABILITIES_RESPONSE: Command("Capabilities", Verb.IDENTIFY, 8, answers=True),
    15: Command("Statistics", Verb.DIAGNOSE, 16),
    16: Command("Statistics", Verb.DIAGNOSE, 16, answers=True),
    NAK: Command("Command NAK", Verb.UNKNOWN, 18, answers=True),
    READ: Command("Read", Verb.READ, 36),
    READ_RESPONSE: Command("Read", Verb.READ, MEMORY_HEADER, answers=True),
    WRITE: Command("Write", Verb.WRITE, 36),
    WRITE_RESPONSE: Command("Write", Verb.WRITE, MEMORY_HEADER, answers=True),
    MASKED_WRITE: Command("Masked Write", Verb.WRITE, 34),
    MASKED_WRITE_RESPONSE: Command("Masked Write", Verb.WRITE, MEMORY_HEADER, answers=True),
}

_ANY: tuple[Byte | Size, ...] = (
    Byte(1, VERSION),
    *(Byte(at, 0) for at in (21, 22, 23)),
    Size(DATA_HEADER, DATA_HEADER + LONGEST),
)
FRAMING = Framing(
    name="egd",
    delimiter=Whole(),
    sync=(Byte(0, DATA), Byte(20, STATUSES), *_ANY),
    ports={"udp": ()},
    confirmations=3,
)
# On its port also what is of no type and no status that is published.
ON_PORT = Framing("egd-on-port", Whole(), _ANY, {"udp": (DATA_PORT,)}, confirmations=3, anywhere=False)
COMMAND_FRAMING = Framing(
    name="egd-command",
    delimiter=Length(at=6, width=2, little=True, minimum=COMMAND_HEADER, maximum=LONGEST),
    sync=(Byte(4, VERSION), Size(COMMAND_HEADER, LONGEST)),
    ports={"udp": (COMMAND_PORT,)},
    anywhere=False,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Type, exchange, status, signature and what is addressed; never request numbers, times and values.

_PAIR = (Range(2, 4),)
_KEYS: dict[int, tuple[Range, ...]] = {
    CAPABILITIES_RESPONSE: (Range(5, 6), Range(28)),
    NAK: (Range(8, 18),),
    READ: (Range(10, 20), Range(32)),
    WRITE: (Range(10, 20), Range(32, 36)),
    MASKED_WRITE: (Range(10, 20),),
}


def _cases() -> Iterator[Case]:
    yield Case(NAME, (Byte(0, DATA),), (Range(0, 2), Range(4, 12), Range(20, 28)), Role.NOTICE, keep=DATA_HEADER)
    for number, command in COMMANDS.items():
        role = Role.RESPONSE if command.answers else Role.REQUEST
        answered = (Range(5, 6),) if command.answers else ()
        usual = (Range(8, 16),) if number in EXCHANGE_AT_8 else (Range(10, 20),) if number >= READ else ()
        key = (Range(0, 1), *_KEYS.get(number, (*answered, *usual)))
        memory = number in (READ_RESPONSE, WRITE_RESPONSE)
        if memory:  # whether byte 5 is a status or the length of options is told by what follows
            bare = (Byte(0, number), Size(MEMORY_HEADER, MEMORY_HEADER))
            yield Case(NAME, bare, key, role, _PAIR, keep=LONGEST, with_length=True)
        yield Case(NAME, (Byte(0, number),), key, role, _PAIR, keep=LONGEST)
    yield Case(NAME, (), (Range(0, 1),), Role.BY_SIDE, _PAIR, keep=DATA_HEADER)


# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """The header of produced data (with a time that can be one), or of a command of its least size."""
    if message.transport != "udp" or not is_well_formed(_header, message):
        return False
    return message.port == COMMAND_PORT or message.data[0] in (DATA, *COMMANDS)


def dissect(message: Message) -> Iterator[Row]:
    """Produced data, or one command; capabilities also tell how the node names itself."""
    r = _header(message)
    if message.data[0] == DATA:
        yield _produced(r)
    else:
        yield from _command(message, r)


def _header(message: Message) -> LittleEndianReader:
    """A reader behind the first eight bytes."""
    data = message.data
    r = LittleEndianReader(data, end=message.length)
    r.take(COMMAND_HEADER)
    if data[0] == DATA:
        if data[1] != VERSION or not DATA_HEADER <= message.length <= DATA_HEADER + LONGEST:
            raise Malformed("version or length is not that of produced data")
        if int.from_bytes(data[16:20], "little") >= 1_000_000_000:
            raise Malformed("a second has fewer nanoseconds")
        if int.from_bytes(data[20:24], "little") not in STATUSES:
            raise Malformed("a status that is not published")
        r.at = 4
        return r
    if message.port == DATA_PORT or data[4] != VERSION:
        raise Malformed("no command that is published")
    least = COMMANDS[data[0]].size if data[0] in COMMANDS else COMMAND_HEADER
    if int.from_bytes(data[6:8], "little") != message.length or message.length < least:
        raise Malformed("the length does not fit the message")
    return r


def _producer(r: LittleEndianReader) -> str:
    return said("producer {name}", name=ipaddress.IPv4Address(r.take(4)))


def _exchange(r: LittleEndianReader) -> str:
    return f"exchange {r.number(4)}"


def _produced(r: LittleEndianReader) -> Operation:
    producer, exchange = _producer(r), _exchange(r)
    r.take(8)
    status, signature = r.number(4), r.number(4)
    details = [said(STATUSES[status])] if status else []
    if signature:
        details.append(said("configuration signature {name}", name=f"0x{signature:08X}"))
    return Operation(
        verb=Verb.REPORT,
        function="Data production",
        kind=Kind.NOTICE,
        code=str(DATA),
        unit=producer,
        object=exchange,
        detail=joined(details),
        filter=f"egd.type == {DATA}",
    )


def _command(message: Message, r: LittleEndianReader) -> Iterator[Row]:
    number = message.data[0]
    command = COMMANDS.get(number)
    filter_ = f"udp.port == {COMMAND_PORT} && udp.payload[0] == 0x{number:02x}"
    if command is None:
        role = Kind.RESPONSE if message.from_client is False else Kind.REQUEST
        yield Operation(Verb.UNKNOWN, f"Command {number}", role, code=str(number), filter=filter_)
        return
    unit = thing = detail = ""
    if number in EXCHANGE_AT_8:
        unit, thing = _producer(r), _exchange(r)
    elif number >= READ:
        unit, thing, detail = _memory(number, r)
    refusal = _refusal(message, r)
    kind = Kind.REFUSAL if refusal else Kind.RESPONSE if command.answers else Kind.REQUEST
    yield Operation(
        verb=command.verb,
        function=command.name,
        kind=kind,
        code=str(number),
        unit=unit,
        object=thing,
        detail=detail,
        refusal=refusal,
        filter=filter_,
    )
    if number == CAPABILITIES_RESPONSE and not refusal and message.length > 28:
        name = printable(message.data[28:])
        if name:
            yield Identity("model", name)


def _memory(number: int, r: LittleEndianReader) -> tuple[str, str, str]:
    """(producer, what of which exchange, how many cells) of the commands that read and write."""
    r.take(2)
    kind, cells = r.number(1), r.number(1)
    if kind:  # the eight bytes that follow are an address of the target's own kind
        unit, thing = "", f"address {r.take(8).hex()} of type {kind}"
    else:
        unit, thing = _producer(r), _exchange(r)
    r.take(MEMORY_HEADER - r.at)
    if number in (READ, WRITE) and cells:
        first, size = r.number(2), r.number(2)
        thing += f" bytes {first}-{first + size - 1}" if size > 1 else f" byte {first}"
    if cells <= 1:
        return unit, thing, ""
    first_of = "first of {n} cells" if number in (READ, WRITE) else "{n} cells"
    return unit, thing, said(first_of, n=cells)


def _refusal(message: Message, r: LittleEndianReader) -> str:
    """A NAK, or a status that is not 0.

    The manuals give byte 5 of two responses as the length of options; where there is no room for these it is a status.
    """
    number, status = message.data[0], message.data[5]
    if number == NAK:
        return f"error {r.number(2)}"
    if not COMMANDS[number].answers or not status or number == 8:
        return ""
    if number in (READ_RESPONSE, WRITE_RESPONSE) and message.length > MEMORY_HEADER:
        return ""
    return f"status {status}"


PROTOCOL = Protocol(
    name=NAME,
    title="GE Ethernet Global Data",
    short="EGD",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({command.verb for command in COMMANDS.values()} | {Verb.REPORT, Verb.UNKNOWN}),
    specification="GE GFK-2224, chapters 4 to 6; ProSoft MVI69-EGD User Manual, section 5.2",
    more_framings=(
        ON_PORT,
        COMMAND_FRAMING,
    ),
)
