"""CC-Link IE over UDP: Field Basic (cyclic data on port 61450, search and addresses on 61451) and the SLMP of TSN.

Layouts as in the stacks and analyzers that ``_cclink_ie_names`` cites: SLMP frames of type 3E (0x5000), 4E (0x5400) and
LMT (0x6800), whose responses have the top bit set; all numbers little endian, MAC addresses reversed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Row, Verb
from scanner.protocols.mitsubishi._cclink_ie_names import CYCLIC, NODE_SEARCH, SET_ADDRESS, TSN_COMMANDS, end_code
from scanner.wording import joined, said, verbatim

REQUEST_3E, RESPONSE_3E, REQUEST_4E, RESPONSE_4E, REQUEST_LMT, RESPONSE_LMT = 0x50, 0xD0, 0x54, 0xD4, 0x68, 0xE8
# First byte -> where the length is; what it counts begins behind it.
LENGTHS = {REQUEST_3E: 7, RESPONSE_3E: 7, REQUEST_4E: 11, RESPONSE_4E: 11, REQUEST_LMT: 14, RESPONSE_LMT: 14}
_UNSET = 0xFFFFFFFF
_MASTERS = {0: said("master stopped"), 1: said("master running"), 2: said("master stopped by user")}
_APPLICATIONS = {0: said("application stopped"), 1: said("application running")}


def number(data: bytes, at: int, width: int = 2) -> int:
    """A little endian number; Malformed when it is cut off."""
    if len(data) < at + width:
        raise Malformed("{length} bytes end before byte {at}", length=len(data), at=at + width)
    return int.from_bytes(data[at : at + width], "little")


def fits(message: Message) -> bool:
    """The length is that of the datagram."""
    at = LENGTHS.get(message.data[0]) if message.data else None
    return at is not None and len(message.data) >= at + 2 and at + 2 + number(message.data, at) == message.length


def rows(message: Message) -> Iterator[Row]:
    """The rows of one datagram."""
    data = message.data
    if not fits(message):
        raise Malformed("no CC-Link IE datagram")
    if data[0] == REQUEST_3E:
        yield from _cyclic_request(data)
    elif data[0] == RESPONSE_3E:
        yield from _cyclic_response(data)
    elif data[0] in (REQUEST_LMT, RESPONSE_LMT):
        yield _tsn(data)
    else:
        yield from _settings(data)


def _operation(verb: Verb, function: str, kind: Kind, code: int, port: int, **more: str) -> Operation:
    return Operation(
        verb=verb,
        function=function,
        kind=kind,
        code=f"0x{code:04X}",
        unit=more.get("unit", ""),
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=more.get("refusal", ""),
        filter=f"udp.port == {port}",
    )


def _address(value: int) -> str:
    return str(ipaddress.IPv4Address(value))


def _mac(data: bytes, at: int) -> str:
    return data[at : at + 6][::-1].hex(":")


# --- Field Basic: cyclic data ---------------------------------------------------------------------------------------


def _cyclic_request(data: bytes) -> Iterator[Row]:
    """Outputs of a group of slaves: header (15 bytes), offsets (20), the master (12), the group and its slaves."""
    command = number(data, 11)
    if command != CYCLIC:
        raise Malformed("command 0x{command:04X} on the port of cyclic data", command=command)
    count = number(data, 61)
    slaves = [number(data, 67 + 4 * n, 4) for n in range(min(count, 16)) if len(data) >= 71 + 4 * n]
    shown = [_address(s) for s in slaves if s != _UNSET]
    words = [
        _MASTERS.get(number(data, 35) & 3, said("master in an unknown state")),
        said("protocol version {n}", n=number(data, 15)),
    ]
    words.append(said("slaves {names}", names=", ".join(shown)) if shown else said("no slave"))
    yield _operation(
        Verb.REPORT,
        "Cyclic data request",
        Kind.REQUEST,
        CYCLIC,
        61450,
        unit=said("group {n}", n=data[51]),
        detail=joined(words),
    )
    yield Identity("role", "controller")


def _cyclic_response(data: bytes) -> Iterator[Row]:
    """Inputs of a slave: header (11 bytes), offsets and end code (20), the slave (20), its identifier and group."""
    code = number(data, 13)
    group = number(data, 55, 1)
    words = [_APPLICATIONS[number(data, 43) & 1]]
    if number(data, 45):
        words.append(said("slave error code {name}", name=f"0x{number(data, 45):04X}"))
    yield _operation(
        Verb.REPORT,
        "Cyclic data response",
        Kind.REFUSAL if code else Kind.RESPONSE,
        CYCLIC,
        61450,
        unit=said("group {n}", n=group),
        detail=joined(words),
        refusal=end_code(code) if code else "",
    )
    yield from _identities(number(data, 31), number(data, 35, 4), number(data, 39), "")


def _identities(vendor: int, model: int, version: int, mac: str) -> Iterator[Identity]:
    """Vendor and model by their CSP+ codes; 0 where a maker has set none."""
    for field, value, text in (
        ("vendor", vendor, f"CLPA vendor 0x{vendor:04X}"),
        ("order_number", model, f"model code 0x{model:08X}"),
        ("hardware_revision", version, f"equipment version {version}"),
    ):
        if value:
            yield Identity(field, text, mac=mac)


# --- Field Basic: search and addresses ------------------------------------------------------------------------------


def _settings(data: bytes) -> Iterator[Row]:
    """A master looks for slaves, or gives one of them another IP address; nothing protects either."""
    if data[0] == REQUEST_4E:
        command = number(data, 15)
        if command == NODE_SEARCH:
            yield _operation(Verb.IDENTIFY, "Node search", Kind.REQUEST, command, 61451, object="all slaves")
        elif command == SET_ADDRESS:
            address, mask = (_address(number(data, at, 4)) for at in (37, 41))
            yield _operation(
                Verb.CONFIGURE,
                "IP address set",
                Kind.REQUEST,
                command,
                61451,
                unit=_mac(data, 30),
                object="IP address",
                detail=said("{n} mask {m}", n=address, m=mask),
            )
        else:
            raise Malformed("command 0x{command:04X} on the port of node search", command=command)
        return
    code = number(data, 13)
    if code:
        command = number(data, 20)
        verb = Verb.CONFIGURE if command == SET_ADDRESS else Verb.IDENTIFY
        name = {NODE_SEARCH: "Node search", SET_ADDRESS: "IP address set"}.get(command, f"command 0x{command:04X}")
        yield _operation(verb, name, Kind.REFUSAL, command, 61451, refusal=end_code(code))
    elif number(data, 11) >= 53:
        yield from _found(data)
    else:
        yield _operation(Verb.CONFIGURE, "IP address set", Kind.RESPONSE, SET_ADDRESS, 61451)


def _found(data: bytes) -> Iterator[Row]:
    """The answer to a search: the master's addresses (11 bytes), then those of the slave, its codes and its state."""
    mac, address = _mac(data, 26), _address(number(data, 33, 4))
    yield _operation(
        Verb.IDENTIFY, "Node search", Kind.RESPONSE, NODE_SEARCH, 61451, unit=mac, detail=verbatim(address)
    )
    yield Identity("mac", mac)
    yield Identity("ip", address, mac=mac)
    yield from _identities(number(data, 46), number(data, 48, 4), number(data, 52), mac)


# --- TSN ------------------------------------------------------------------------------------------------------------


def _tsn(data: bytes) -> Operation:
    """SLMP that sets up a TSN network: who is in it, its time slots, what is sent and received."""
    answer = data[0] == RESPONSE_LMT
    command, sub = number(data, 18), number(data, 20)
    name, verb = TSN_COMMANDS.get((command, sub), (f"SLMP command 0x{command:04X}:{sub}", Verb.UNKNOWN))
    code = number(data, 16) if answer else 0
    return Operation(
        verb=verb,
        function=name,
        kind=Kind.REFUSAL if code else Kind.RESPONSE if answer else Kind.REQUEST,
        code=f"0x{command:04X}:{sub}",
        unit=said("network {n} station {name}", n=data[6], name=data[7]),
        refusal=end_code(code) if code else "",
        filter="udp.port == 45238",
    )
