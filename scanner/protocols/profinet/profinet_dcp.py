"""PROFINET DCP, the Discovery and basic Configuration Protocol, at layer 2 (EtherType 0x8892).

Written from IEC 61158-6-10 section 4.3 (DCP APDU coding: FrameIDs 0xFEFC hello, 0xFEFD get/set, 0xFEFE identify
request, 0xFEFF identify response; the tables of options, suboptions, BlockInfo, BlockQualifier and BlockError). DCP has
no protection at all: whoever reaches a device renames, re-addresses or resets it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Field, Range, Role, Size
from scanner.framing.shared import PROFINET
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.text import readable
from scanner.protocols.profinet import _dcp_names as names
from scanner.protocols.profinet._vendors import vendor_name
from scanner.wording import joined, said, verbatim

GET, SET, IDENTIFY, HELLO = 3, 4, 5, 6
REQUEST, SUCCESS, UNSUPPORTED = 0, 1, 5
_SERVICES_OF_FRAME = {0xFEFC: (HELLO,), 0xFEFD: (GET, SET), 0xFEFE: (IDENTIFY,), 0xFEFF: (IDENTIFY,)}
_SERVICES = {GET: "Get", SET: "Set", IDENTIFY: "Identify", HELLO: "Hello"}
_HEADER = 12  # FrameID to DCPDataLength


@dataclass(frozen=True, slots=True)
class _Block:
    """One block: its value without the leading BlockQualifier (set) or BlockInfo (answers), which is ``word``."""

    option: int
    suboption: int
    value: bytes
    word: int = 0

    @property
    def kind(self) -> tuple[int, int]:
        return self.option, self.suboption


def probe(message: Message) -> bool:
    """A DCP service under the FrameID that belongs to it, whose blocks fit the frame."""
    data = message.data
    if message.transport != "ethernet" or len(data) < _HEADER:
        return False
    service, kind = data[2], data[3]
    if service in _SERVICES and service not in _SERVICES_OF_FRAME.get(int.from_bytes(data[:2], "big"), ()):
        return False
    return kind in (REQUEST, SUCCESS, UNSUPPORTED) and message.length >= _HEADER + int.from_bytes(data[10:12], "big")


def dissect(message: Message) -> list[Row]:
    """The rows of one DCP frame; a set or get of several blocks gives one operation for each."""
    data = message.data
    if len(data) < _HEADER:
        raise Malformed("DCP header cut short")
    service, kind = data[2], data[3]
    length = int.from_bytes(data[10:12], "big")
    if message.length < _HEADER + length:
        raise Malformed("DCPDataLength reaches beyond the frame")
    body = data[_HEADER : _HEADER + length]
    if service not in _SERVICES:
        side = Kind.REQUEST if kind == REQUEST else Kind.REFUSAL if kind == UNSUPPORTED else Kind.RESPONSE
        return [_plain(service, side, "Request not supported" if side is Kind.REFUSAL else "")]
    if kind == UNSUPPORTED and service in (GET, SET, IDENTIFY):
        return [_plain(service, Kind.REFUSAL, "Request not supported")]
    if (service, kind) == (GET, REQUEST):
        return _get_request(body)
    reader = _READERS.get((service, kind))
    if reader is None:
        raise Malformed("DCP service {service} with service type {kind}", service=service, kind=kind)
    return reader(list(_blocks(body, service, kind, cut=len(body) < length)), message)


def _blocks(body: bytes, service: int, kind: int, *, cut: bool) -> Iterator[_Block]:
    """The blocks of everything but a get request; each is padded to an even length.

    cut: the frame was captured in part, so that the last block may be incomplete and is left out.
    """
    has_word = (service == SET and kind == REQUEST) or (service == HELLO) or (service != SET and kind == SUCCESS)
    at = 0
    while at + 4 <= len(body):
        option, suboption = body[at], body[at + 1]
        length = int.from_bytes(body[at + 2 : at + 4], "big")
        value = body[at + 4 : at + 4 + length]
        if len(value) < length:
            if cut:
                return
            raise Malformed(
                "block {option}.{suboption} reaches beyond DCPDataLength", option=option, suboption=suboption
            )
        # A Control/Response block carries option, suboption and BlockError, never a leading word.
        if has_word and (option, suboption) != names.RESPONSE_BLOCK and length >= 2:
            yield _Block(option, suboption, value[2:], int.from_bytes(value[:2], "big"))
        else:
            yield _Block(option, suboption, value)
        at += 4 + length + length % 2
    if at < len(body) and any(body[at:]) and not cut:
        raise Malformed("bytes left over after the last block")


def _name(option: int, suboption: int) -> str:
    if 0x80 <= option <= 0xFE:
        return f"Manufacturer specific {option}.{suboption}"
    return names.SUBOPTIONS.get((option, suboption), f"option {option}.{suboption}")


def _filter(service: int, option: int | None = None, suboption: int = 0) -> str:
    text = f"pn_dcp.service_id == {service}"
    if option is None:
        return text
    field = names.OPTION_FIELDS.get(option)
    return f"{text} && " + (f"pn_dcp.suboption_{field} == {suboption}" if field else f"pn_dcp.option == {option}")


def _plain(service: int, kind: Kind, refusal: str = "") -> Operation:
    verbs = {GET: Verb.READ, SET: Verb.CONFIGURE, IDENTIFY: Verb.IDENTIFY, HELLO: Verb.IDENTIFY}
    return Operation(
        verb=verbs.get(service, Verb.UNKNOWN),
        function=_SERVICES.get(service, f"service {service}"),
        kind=kind,
        code=str(service),
        refusal=refusal,
        filter=_filter(service),
    )


def _set_verb(option: int, suboption: int) -> Verb:
    """What setting this block does to the device."""
    control = {1: Verb.SESSION, 2: Verb.SESSION, 3: Verb.DIAGNOSE, 5: Verb.RESTART, 6: Verb.RESTART}
    return control.get(suboption, Verb.CONFIGURE) if option == 5 else Verb.CONFIGURE


def _set_request(blocks: list[_Block], _: Message) -> list[Row]:
    return [_set(block) for block in blocks] or [_plain(SET, Kind.REQUEST)]


def _set_response(blocks: list[_Block], _: Message) -> list[Row]:
    return [_outcome(block, SET) for block in blocks] or [_plain(SET, Kind.RESPONSE)]


def _set(block: _Block) -> Operation:
    return Operation(
        verb=_set_verb(*block.kind),
        function="Set",
        code=str(SET),
        object=_name(*block.kind),
        detail=_set_detail(block),
        filter=_filter(SET, *block.kind),
    )


def _set_detail(block: _Block) -> str:
    """The new value and how long it lasts."""
    match block.kind:
        case (5, 3):
            return said("flash LED") if block.value == b"\x01\x00" else ""
        case (5, 6):
            return names.RESETS.get(block.word >> 1, said("qualifier {name}", name=f"0x{block.word:04X}"))
        case (5, _):
            return ""
    return joined((_value(block), said("permanent" if block.word & 1 else "temporary")))


def _value(block: _Block) -> str:
    """The value of a block in words; empty when it says nothing readable."""
    least, words = _WORDS.get(block.kind, (0, None))
    return words(block.value) if words is not None and len(block.value) >= least else ""


def _address(value: bytes) -> str:
    ip, mask, gateway = (_ip(value, at) for at in (0, 4, 8))
    text = said("{ip} mask {mask} gateway {gateway}", ip=ip, mask=mask, gateway=gateway)
    servers = [_ip(value, at) for at in range(12, min(28, len(value) - 3), 4) if any(value[at : at + 4])]
    return said("{text} DNS {names}", text=text, names=" ".join(servers)) if servers else text


def _quoted(value: bytes) -> str:
    return verbatim(f'"{readable(value)}"')


def _device_id(value: bytes) -> str:
    vendor, device = value[:2].hex().upper(), value[2:4].hex().upper()
    return said("vendor {vendor} device {device}", vendor=f"0x{vendor}", device=f"0x{device}")


def _role_names(value: bytes) -> str:
    return verbatim(", ".join(name for bit, name in names.ROLE_NAMES.items() if value[0] & bit))


def _client_identifier(value: bytes) -> str:
    known = {b"\1": said("MAC address as client identifier"), b"\0": said("name of station as client identifier")}
    return known.get(value[2:], said("arbitrary client identifier"))


# (option, suboption) -> least length of the value, how it reads.
_WORDS: dict[tuple[int, int], tuple[int, Callable[[bytes], str]]] = {
    (1, 1): (6, lambda v: verbatim(v[:6].hex(":"))),
    (1, 2): (12, lambda v: _address(v[:12])),
    (1, 3): (12, _address),
    (2, 1): (0, _quoted),
    (2, 2): (0, _quoted),
    (2, 3): (4, _device_id),
    (2, 4): (1, _role_names),
    (2, 6): (0, _quoted),
    (2, 7): (2, lambda v: verbatim(f"{v[0]}.{v[1]}")),
    (2, 8): (4, _device_id),
    (3, 61): (3, _client_identifier),
    (3, 255): (3, lambda v: names.DHCP_CONTROL.get(v[2], said("control {n}", n=v[2]))),
    (6, 1): (2, lambda v: said("hello on" if v[1] else "hello off")),
    (7, 1): (0, _quoted),
}


def _ip(value: bytes, at: int) -> str:
    return str(ipaddress.IPv4Address(value[at : at + 4]))


def _outcome(block: _Block, service: int) -> Operation:
    """One Control/Response block: how the device took one block of the request."""
    if block.kind != names.RESPONSE_BLOCK or len(block.value) < 3:
        return _plain(service, Kind.RESPONSE)
    option, suboption, error = block.value[:3]
    return Operation(
        verb=_set_verb(option, suboption) if service == SET else Verb.READ,
        function=_SERVICES[service],
        kind=Kind.REFUSAL if error else Kind.RESPONSE,
        code=str(service),
        object=_name(option, suboption),
        refusal=names.BLOCK_ERRORS.get(error, f"BlockError {error}") if error else "",
        filter=_filter(service),
    )


def _get_request(body: bytes) -> list[Row]:
    if len(body) % 2:
        raise Malformed("get request with half a selector")
    rows: list[Row] = [
        Operation(
            verb=Verb.READ,
            function="Get",
            code=str(GET),
            object=_name(body[at], body[at + 1]),
            filter=_filter(GET, body[at], body[at + 1]),
        )
        for at in range(0, len(body), 2)
    ]
    return rows or [_plain(GET, Kind.REQUEST)]


def _get_response(blocks: list[_Block], message: Message) -> list[Row]:
    rows: list[Row] = []
    for block in blocks:
        if block.kind == names.RESPONSE_BLOCK:
            rows.append(_outcome(block, GET))
            continue
        rows.append(
            Operation(
                verb=Verb.READ,
                function="Get",
                kind=Kind.RESPONSE,
                code=str(GET),
                object=_name(*block.kind),
                filter=_filter(GET, *block.kind),
            )
        )
    return [*(rows or [_plain(GET, Kind.RESPONSE)]), *_identities(blocks, message)]


def _identify_request(blocks: list[_Block], _: Message) -> list[Row]:
    """Identify asks every device that meets all the filters to answer."""
    wanted = [" ".join(p for p in (_name(*b.kind), _value(b)) if p) for b in blocks if b.kind != (255, 255)]
    return [
        Operation(
            verb=Verb.IDENTIFY,
            function="Identify",
            code=str(IDENTIFY),
            object="; ".join(wanted) or "all devices",
            filter=_filter(IDENTIFY),
        )
    ]


def _identify_response(blocks: list[_Block], message: Message) -> list[Row]:
    return _about_sender(blocks, message, Kind.RESPONSE, IDENTIFY)


def _hello(blocks: list[_Block], message: Message) -> list[Row]:
    return _about_sender(blocks, message, Kind.NOTICE, HELLO)


def _about_sender(blocks: list[_Block], message: Message, kind: Kind, service: int) -> list[Row]:
    """An identify answer or a hello: who the sending device is."""
    values = {block.kind: block for block in blocks}
    words = [_value(values[k]) for k in ((2, 2), (2, 3), (2, 4)) if k in values]
    address = values.get((1, 2)) or values.get((1, 3))
    if address is not None:
        words.append(names.IP_STATES.get(address.word & 0x7F, ""))
        words.append(said("address conflict detected") if address.word & 0x80 else "")
    operation = Operation(
        verb=Verb.IDENTIFY,
        function=_SERVICES[service],
        kind=kind,
        code=str(service),
        detail=joined(word for word in words if word != '""'),
        filter=_filter(service),
    )
    return [operation, *_identities(blocks, message)]


def _identities(blocks: list[_Block], message: Message) -> Iterator[Identity]:
    """What the blocks of an answer say about the device that sent it."""
    for block in blocks:
        for field, value in _facts(block):
            if value:
                yield Identity(field, value, mac=message.source)


def _facts(block: _Block) -> Iterator[tuple[str, str]]:
    value = block.value
    match block.kind:
        case (1, 1) if len(value) >= 6 and any(value[:6]):
            yield "mac", value[:6].hex(":")
        case (1, 2 | 3) if len(value) >= 4 and any(value[:4]):
            yield "ip", _ip(value, 0)
        case (2, 1):
            yield "model", readable(value)
        case (2, 2):
            yield "profinet_name", readable(value)
        case (2, 3) if len(value) >= 2:
            yield "vendor", vendor_name(int.from_bytes(value[:2], "big"))
        case (2, 4) if value:
            yield from (("role", role) for bit, role in names.ROLES.items() if value[0] & bit)


_READERS: dict[tuple[int, int], Callable[[list[_Block], Message], list[Row]]] = {
    (SET, REQUEST): _set_request,
    (SET, SUCCESS): _set_response,
    (GET, SUCCESS): _get_response,
    (IDENTIFY, REQUEST): _identify_request,
    (IDENTIFY, SUCCESS): _identify_response,
    (HELLO, REQUEST): _hello,
}

# The Xid pairs an answer with its request and is ignored; nor are ResponseDelay (or reserved) before the length, nor
# the Ethernet padding behind the blocks.
_KEY = (Range(0, 4), Range(10, Field(10, 2, add=_HEADER)))
_XID = (Range(4, 8),)
_FRAME = (Byte(0, 0xFE), Byte(1, range(0xFC, 0x100)), Size(_HEADER))
_KEEP = 1500


def _case(*when: Byte, role: Role) -> Case:
    return Case("profinet-dcp", (*_FRAME, *when), _KEY, role, () if role is Role.NOTICE else _XID, keep=_KEEP)


PROTOCOL = Protocol(
    name="profinet-dcp",
    title="PROFINET DCP",
    framing=PROFINET,
    cases=(
        _case(Byte(2, HELLO), role=Role.NOTICE),
        _case(Byte(3, REQUEST), role=Role.REQUEST),
        _case(Byte(3, (SUCCESS, UNSUPPORTED)), role=Role.RESPONSE),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {Verb.IDENTIFY, Verb.READ, Verb.CONFIGURE, Verb.RESTART, Verb.DIAGNOSE, Verb.SESSION, Verb.UNKNOWN}
    ),
    specification="IEC 61158-6-10 section 4.3 (DCP APDU), PI PROFINET system description",
)
