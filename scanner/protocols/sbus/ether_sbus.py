"""Ether-S-Bus, the protocol of Saia-Burgess (Honeywell) PCD controllers over UDP: media, processors, program blocks.

Written from Saia-Burgess 26/739, S-Bus manual, and what Wireshark's and nDPI's dissectors and digimat-saia have taken
down of the telegram around it: length, version, type, sequence number, attribute (request, response, ACK or NAK),
body, CRC-16/XMODEM, all of them most significant byte first. Values, texts and clock are left out.

A response does not repeat what it answers. Three are recognised by their form: the firmware version (nine letters and
digits), lines of the device information that PG5 leaves in a DBX, and a block transfer that is refused (a length that
fits and a code of refusal). There is no authentication but a password of the PGU level, of which only refusals tell.
Read User Memory is a read: PG5 reads a header there whenever it connects.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Test
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.reader import Reader
from scanner.protocols.common.text import printable, readable
from scanner.protocols.sbus import _names as names
from scanner.protocols.sbus._names import Command, Layout
from scanner.wording import said

NAME = "ether-sbus"
PORT = 5050
REQUEST, RESPONSE, ACKNOWLEDGE = range(3)
SEQUENCE, ATTRIBUTE, BODY = 6, 8, 9
CHECKSUM = 2
LEAST = BODY + 1 + CHECKSUM
COMMAND, PARAMETERS = BODY + 1, BODY + 2
LONGEST = 1472  # a file transfer fills a datagram; other telegrams have less than 256 bytes
VERSION_SIZE = BODY + 9 + CHECKSUM  # type of PCD in five letters, firmware in three, one more
LINES = 60  # bytes that a telegram with lines of the device information has at least
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .$*"
_TEXT = bytes(range(0x20, 0x7F)) + b"\r\n"
_SAIA = re.compile(r"PCD|D\d[A-Z]")
_INFORMATION = {"DeviceName": "name", "PcdType": "model"}
_LINE = re.compile(rb"(?<![^\n])(DeviceName|PcdType)=([^\r\n]+)\r?\n")

FRAMING = Framing(
    name=NAME,
    delimiter=Length(at=0, width=4, minimum=LEAST, maximum=LONGEST),
    sync=(
        Byte(0, 0),
        Byte(1, 0),
        Byte(4, (0, 1)),
        Byte(5, (0, 1)),
        Size(LEAST, LONGEST),
    ),
    ports={"udp": (PORT,)},
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------


def _cases() -> Iterator[Case]:
    yield from (_request(code, command) for code, command in names.COMMANDS.items() if code != names.BLOCK_TRANSFER)
    for number, transfer in names.TRANSFERS.items():
        yield from _transfers(number, transfer)
    yield _case(REQUEST, key=(Range(COMMAND, COMMAND + 1), Range(BODY, COMMAND)))
    yield _case(ACKNOWLEDGE, key=(Range(BODY, BODY + 2),))
    letters = (Byte(at, _LETTERS) for at in range(BODY, BODY + 8))
    yield _case(RESPONSE, Size(VERSION_SIZE, VERSION_SIZE), *letters, key=(Range(BODY, BODY + 8),))
    text = (Byte(at, _TEXT) for at in range(BODY, BODY + 12))
    yield _case(RESPONSE, Size(LINES), *text, key=(Range(BODY, -CHECKSUM),))
    for size in (1, 2):
        length = BODY + 1 + size + CHECKSUM
        refused = (Size(length, length), Byte(BODY, size), Byte(BODY + 1, names.BLOCK_REFUSALS))
        yield _case(RESPONSE, *refused, key=(Range(BODY, BODY + 2),))
    yield _case(RESPONSE)
    yield Case(NAME, (), (Range(ATTRIBUTE, ATTRIBUTE + 1),), Role.NOTICE, keep=LONGEST)


def _case(attribute: int, *tests: Test, key: tuple[Range, ...] = ()) -> Case:
    role = Role.REQUEST if attribute == REQUEST else Role.RESPONSE
    when = (Byte(ATTRIBUTE, attribute), *tests)
    pair = (Range(SEQUENCE, SEQUENCE + 2),)
    return Case(NAME, when, (Range(ATTRIBUTE, ATTRIBUTE + 1), *key), role, pair, keep=LONGEST)


def _request(code: int, command: Command, *tests: Test, key: tuple[Range, ...] = ()) -> Case:
    head = Range(BODY, PARAMETERS + command.layout.size)
    return _case(REQUEST, Byte(COMMAND, code), *tests, key=(head, *key))


def _transfers(number: int, transfer: names.Transfer) -> Iterator[Case]:
    """By the file or the block that is named; the sequence number within a stream is ignored."""
    kind = PARAMETERS + 1
    telegram = Byte(kind, number)
    command = names.COMMANDS[names.BLOCK_TRANSFER]._replace(layout=Layout.NONE)
    head = Range(kind, kind + 1)
    if transfer.kind is None:
        yield _request(names.BLOCK_TRANSFER, command, telegram, key=(head,))
        return
    at = kind + transfer.kind
    is_file = Byte(at, names.FILES)
    name = () if transfer.file is None else (Range(kind + transfer.file, kind + transfer.file + names.FILE_NAME),)
    yield _request(names.BLOCK_TRANSFER, command, telegram, is_file, key=(head, Range(at, at + 1), *name))
    yield _request(names.BLOCK_TRANSFER, command, telegram, key=(head, Range(at, at + 3)))


# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """Length, version and attribute hold, and so does the checksum, which takes a whole telegram."""
    return len(message.data) == message.length and is_well_formed(_body, message)


def dissect(message: Message) -> Iterator[Row]:
    """One operation; responses that are recognised also tell what the controller is."""
    r = _body(message)
    attribute = message.data[ATTRIBUTE]
    if attribute == REQUEST:
        yield _asked(r)
    elif attribute == ACKNOWLEDGE:
        code = r.number(2)
        reason = names.REFUSALS.get(code, "NAK")
        yield _answer("ACK/NAK", "" if code == names.ACKNOWLEDGED else f"{reason} ({code})", ACKNOWLEDGE)
    else:
        body = r.take(r.left)
        yield _answer("Response", _refused_transfer(body), RESPONSE)
        yield from _identity(body)


def _body(message: Message) -> Reader:
    """A reader of what stands between attribute and checksum."""
    data, size = message.data, message.length
    if message.transport != "udp" or len(data) < BODY or size < LEAST or int.from_bytes(data[:4], "big") != size:
        raise Malformed("the length does not fit the telegram")
    if data[4] > 1 or data[5] > 1 or data[ATTRIBUTE] > ACKNOWLEDGE:
        raise Malformed("version, type or attribute does not exist")
    end = size - CHECKSUM
    if len(data) == size and binascii.crc_hqx(data[:end], 0) != int.from_bytes(data[end:], "big"):
        raise Malformed("the checksum is wrong")
    return Reader(data[:end], BODY, end)


def _asked(r: Reader) -> Operation:
    station, code = r.number(1), r.number(1)
    command = names.COMMANDS.get(code, Command(f"Command 0x{code:02X}", Verb.UNKNOWN))
    verb, detail = command.verb, ""
    if command.layout is Layout.BLOCKS:
        verb, touched, detail = _transfer(r)
    elif command.layout is Layout.NONE:
        touched = command.place
    else:
        touched = _touched(command, r)
    return Operation(
        verb=verb,
        function=command.name,
        kind=Kind.REQUEST,
        code=f"0x{code:02X}",
        unit=said("all stations") if station == 255 else said("station {name}", name=station),
        object=touched,
        detail=detail,
        filter=f"sbus.att == {REQUEST} && sbus.cmd == 0x{code:02x}",
    )


def _touched(command: Command, r: Reader) -> str:
    """What is touched, as the layout says."""
    layout = command.layout
    if layout is Layout.READ_EEPROM:
        r.take(1)
    count = r.number(1)
    if layout in (Layout.READ_BLOCK, Layout.WRITE_BLOCK):
        block = f"{command.place} {r.number(2)}"
        return block if layout is Layout.WRITE_BLOCK else f"{block} element {_span(r.number(2), count + 1)}"
    if layout is Layout.READ_SPECIAL:
        return f"{command.place} {r.number(2)} from {r.number(3)}"
    first = r.number(3 if layout in (Layout.READ_MEMORY, Layout.WRITE_MEMORY) else 2)
    if layout is Layout.WRITE_WORDS:
        count = (count - 1) // 4
    elif layout is Layout.WRITE_BITS:
        count = r.number(1) + 1
    elif layout is Layout.WRITE_MEMORY:
        count = (count - 2) // (4 if command.verb is Verb.PROGRAM_DOWNLOAD else 1)
    else:
        count += 1
    if count < 1:
        raise Malformed("{name} of nothing", name=command.name)
    return f"{command.place} {_span(first, count)}"


def _span(first: int, count: int) -> str:
    return f"{first}-{first + count - 1}" if count > 1 else str(first)


def _transfer(r: Reader) -> tuple[Verb, str, str]:
    """(verb, file or block, what is done) of a telegram of Read/Write Block."""
    r.take(1)
    start = r.at
    number = r.number(1)
    transfer = names.TRANSFERS.get(number)
    if transfer is None:
        return Verb.UNKNOWN, "", said("telegram type {name}", name=f"0x{number:02X}")
    if transfer.kind is None:
        return transfer.verb, "", said(transfer.name)
    r.at = start + transfer.kind
    kind = r.number(1)
    block = names.BLOCKS.get(kind, f"block type 0x{kind:02X}")
    if kind not in names.FILES:
        return transfer.verb, block if kind >= 0xFE else f"{block} {r.number(2)}", said(transfer.name)
    name = ""
    if transfer.file is not None:
        r.at = start + transfer.file
        name = readable(r.data[r.at : r.at + names.FILE_NAME].split(b"\0")[0])
    return transfer.verb, f"{block} {name}".rstrip(), said(transfer.name)


def _answer(function: str, refusal: str, attribute: int) -> Operation:
    return Operation(
        verb=Verb.UNKNOWN,
        function=function,
        kind=Kind.REFUSAL if refusal else Kind.RESPONSE,
        code=str(attribute),
        refusal=refusal,
        filter=f"sbus.att == {attribute}",
    )


def _refused_transfer(body: bytes) -> str:
    """Why a block transfer is refused; empty for any other response."""
    if len(body) not in (2, 3) or body[0] != len(body) - 1 or body[1] not in names.BLOCK_REFUSALS:
        return ""
    return f"{names.BLOCK_REFUSALS[body[1]]} (0x{body[1]:02X})"


def _identity(body: bytes) -> Iterator[Identity]:
    found = []
    if len(body) == VERSION_SIZE - BODY - CHECKSUM and all(letter in _LETTERS for letter in body[:8]):
        found = [("model", printable(body[:5])), ("firmware", printable(body[5:8]))]
    elif len(body) >= LINES - BODY - CHECKSUM and all(letter in _TEXT for letter in body[:12]):
        found = [(_INFORMATION[key.decode()], printable(value)) for key, value in _LINE.findall(body)]
    for field, value in found:
        if value:
            yield Identity(field, value)
        if field == "model" and _SAIA.match(value):
            yield Identity("vendor", "Saia-Burgess")


PROTOCOL = Protocol(
    name=NAME,
    title="Saia PCD Ether-S-Bus",
    short="Ether-S-Bus",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({c.verb for c in names.COMMANDS.values()} | {t.verb for t in names.TRANSFERS.values()}),
    specification="Saia-Burgess 26/739, S-Bus manual; Wireshark packet-sbus and nDPI ethersbus; digimat-saia",
    display_filter="sbus",
)
