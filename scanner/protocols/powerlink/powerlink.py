"""Ethernet POWERLINK V2: the cycle, network management, identification and SDO (EtherType 0x88AB, SDO also UDP 3819).

Written from EPSG DS 301 V1.3.0: sections 4.6 (frames), 6.3.2 (SDO sequence and command layer, over UDP and ASnd), 7.3
(NMT commands, IdentResponse, StatusResponse). ``_powerlink_names`` has the tables.

Nothing in POWERLINK authenticates: who sends an NMT command or an SDO is obeyed. Requests and answers alike go to
multicast addresses at layer 2, so that only SDOs over UDP are paired with their answers.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator

from scanner.framing.language import Byte, Framing, Size, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.text import printable, readable
from scanner.protocols.ethercat._canopen import SDO_VERBS
from scanner.protocols.powerlink import _names as names
from scanner.protocols.powerlink._cases import CASES, NAME
from scanner.protocols.powerlink._names import node
from scanner.protocols.powerlink._sdo import sdo
from scanner.wording import joined, said, verbatim

_LEAST = {names.SOC: 22, names.PREQ: 10, names.PRES: 10, names.SOA: 9, names.ASND: 4, names.AMNI: 3, names.AINV: 3}
_MN, _BROADCAST = 240, 255

FRAMING = Framing(
    name=NAME,
    delimiter=Whole(),
    sync=(Byte(0, names.MESSAGES),),
    ports={"ethertype": (0x88AB,)},
    confirmations=1,
    anywhere=False,
)
# Over UDP node addresses are 0, and only asynchronous services are sent.
OVER_UDP = Framing(
    name="powerlink-udp",
    delimiter=Whole(),
    sync=(Byte(0, names.ASND), Byte(1, 0), Byte(2, 0), Byte(3, names.SERVICES), Size(8)),
    ports={"udp": (3819,)},
    confirmations=1,
    anywhere=False,
)

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A message type in a frame that is long enough for it, from a node that can send it."""
    data = message.data
    if len(data) < 4 or data[0] not in _LEAST or message.length < _LEAST[data[0]]:
        return False
    if message.transport != "ethernet":
        return data[0] == names.ASND and not any(data[1:3]) and data[3] in names.SERVICES
    if data[0] in (names.SOC, names.SOA):
        return data[1] == _BROADCAST and data[2] == _MN
    return 0 < data[2] < _BROADCAST and data[1] > 0


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one frame."""
    data = message.data
    if not probe(message):
        raise Malformed("no POWERLINK frame")
    if len(data) < _LEAST[data[0]]:
        raise Malformed("frame cut short")
    if data[0] == names.ASND:
        yield from _asynchronous(message)
        return
    yield _READERS[data[0]](data)
    if data[0] in (names.SOC, names.SOA):
        yield Identity("role", "controller")


def _notice(data: bytes, verb: Verb, about: int, **more: str) -> Operation:
    return Operation(
        verb=verb,
        function=more.get("function", names.MESSAGES[data[0]]),
        kind=Kind.NOTICE,
        code=more.get("code", f"0x{data[0]:02X}"),
        unit=node(about),
        detail=more.get("detail", ""),
        filter=f"epl.mtyp == {data[0]}" + more.get("filter", ""),
    )


def _cycle(data: bytes) -> Operation:
    return _notice(data, Verb.TIME_SYNC, data[2])


def _poll(data: bytes) -> Operation:
    """Outputs for a node, of so many bytes; they are never looked at."""
    return _notice(data, Verb.REPORT, data[1], detail=joined(_process_data(data)), filter=f" && epl.dest == {data[1]}")


def _answer(data: bytes) -> Operation:
    words = joined((verbatim(names.state(data[3], data[2])), *_process_data(data)))
    return _notice(data, Verb.REPORT, data[2], detail=words, filter=f" && epl.src == {data[2]}")


def _process_data(data: bytes) -> Iterator[str]:
    """How much, in which version, and whether it is valid."""
    yield said("{n} bytes", n=int.from_bytes(data[8:10], "little"))
    yield said("PDO version {version}", version=_version(data[6]))
    yield said("data valid" if data[4] & 1 else "data not valid")


def _version(byte: int) -> str:
    return f"{byte >> 4}.{byte & 15}"


def _invitation(data: bytes) -> Operation:
    """Who may send next, or is asked for what."""
    service = data[6]
    name, verb = names.INVITATIONS.get(service, ("", Verb.UNKNOWN))
    if not name:
        name = "Manufacturer specific service" if service in names.MANUFACTURER else f"service {service}"
    asks = service in (names.IDENT, names.STATUS, names.SYNC)
    return Operation(
        verb=verb,
        function=f"SoA {name}",
        kind=Kind.REQUEST if asks else Kind.UNCONFIRMED if verb is Verb.UNKNOWN else Kind.NOTICE,
        code=f"0x05:{service}",
        unit=node(data[7]) if service else "",
        detail=joined(_speaks(data[3], data)),
        filter=f"epl.soa.svid == {service}",
    )


def _speaks(state: int, data: bytes) -> Iterator[str]:
    """The sender's state and the version that it speaks."""
    yield verbatim(names.state(state, data[2]))
    yield said("EPL version {version}", version=_version(data[8]))


def _other(data: bytes) -> Operation:
    return _notice(data, Verb.SESSION, data[2])


_READERS: dict[int, Callable[[bytes], Operation]] = {
    names.SOC: _cycle,
    names.PREQ: _poll,
    names.PRES: _answer,
    names.SOA: _invitation,
    names.AMNI: _other,
    names.AINV: _other,
}


def _asynchronous(message: Message) -> Iterator[Row]:
    data = message.data
    service = data[3]
    if service == names.IDENT:
        yield from _identification(message)
    elif service == names.STATUS:
        yield _status(data)
    elif service in (names.NMT_REQUEST, names.NMT_COMMAND):
        yield _management(data)
    elif service == names.SDO:
        yield from sdo(message)
    elif service == names.SYNC:
        yield _plain(data, Verb.TIME_SYNC, "SyncResponse", Kind.RESPONSE)
    elif service in names.MANUFACTURER:
        yield _plain(data, Verb.UNKNOWN, "Manufacturer specific service", Kind.UNCONFIRMED)
    else:
        raise Malformed("ASnd service {service}", service=service)


def _plain(data: bytes, verb: Verb, function: str, kind: Kind, detail: str = "") -> Operation:
    return Operation(
        verb=verb,
        function=function,
        kind=kind,
        code=f"0x06:{data[3]}",
        unit=node(data[2]),
        detail=detail,
        filter=f"epl.asnd.svid == {data[3]}",
    )


_FEATURES = (
    (0x0002, said("SDO by {name}", name="UDP")),
    (0x0004, said("SDO by {name}", name="ASnd")),
    (0x0080, said("NMT services by {name}", name="UDP")),
    (0x0400, said("node number set by software")),
    (0x1000, said("routing type {n}", n=1)),
    (0x2000, said("routing type {n}", n=2)),
)


def _identification(message: Message) -> Iterator[Row]:
    """IdentResponse; numbers are little endian, addresses too."""
    data = message.data
    if len(data) < 82:
        raise Malformed("IdentResponse cut short")
    features = int.from_bytes(data[10:14], "little")
    words = [*_speaks(data[6], data), said("device profile {n}", n=int.from_bytes(data[26:28], "little"))]
    words += [name for bit, name in _FEATURES if features & bit]
    yield _plain(data, Verb.IDENTIFY, "IdentResponse", Kind.RESPONSE, joined(words))
    vendor, product, revision, serial = (int.from_bytes(data[at : at + 4], "little") for at in range(30, 46, 4))
    address = ipaddress.IPv4Address(data[73:69:-1])
    for field, value in (
        ("vendor", names.vendor_name(vendor) if vendor else ""),
        ("order_number", f"product code 0x{product:08X}" if product else ""),
        ("hardware_revision", f"revision 0x{revision:08X}" if revision else ""),
        ("serial", str(serial) if serial else ""),
        ("ip", "" if address.is_unspecified else str(address)),
        ("hostname", printable(data[82:114])),
        ("role", "controller" if data[2] == _MN else ""),
    ):
        if value:
            yield Identity(field, value, mac=message.source if message.transport == "ethernet" else "")


def _status(data: bytes) -> Operation:
    """StatusResponse: state, and the first entry of the error history."""
    if len(data) < 7:
        raise Malformed("StatusResponse cut short")
    words = [verbatim(names.state(data[6], data[2]))]
    if len(data) >= 22 and any(data[18:20]):
        words.append(said("error code {name}", name=f"0x{int.from_bytes(data[20:22], 'little'):04X}"))
    return _plain(data, Verb.DIAGNOSE, "StatusResponse", Kind.RESPONSE, joined(words))


def _management(data: bytes) -> Operation:
    """An NMT command to the frame's target or the nodes it lists, or what a node asks the managing node to command."""
    if len(data) < 6:
        raise Malformed("NMT command cut short")
    asked = data[3] == names.NMT_REQUEST
    name, verb = names.NMT_COMMANDS.get(data[4], (f"NMT command 0x{data[4]:02X}", Verb.UNKNOWN))
    detail = ""
    unit = node(data[5] if asked else data[1])
    if data[4] in names.EXTENDED and not asked:
        listed = [n for n in range(256) if len(data) > 6 + n // 8 and data[6 + n // 8] >> n % 8 & 1]
        unit = said("nodes {names}", names=", ".join(map(str, listed))) if listed else said("no node")
    elif data[4] == names.HOST_NAME_SET and not asked:
        detail = readable(data[6:38], 32)
    return Operation(
        verb=verb,
        function=f"NMTRequest: {name}" if asked else name,
        kind=Kind.NOTICE if verb in (Verb.REPORT, Verb.TIME_SYNC) and not asked else Kind.UNCONFIRMED,
        code=f"0x{data[4]:02X}",
        unit=unit,
        detail=detail,
        filter=f"epl.asnd.nmtrequest.rcid == {data[4]}" if asked else f"epl.asnd.nmtcommand.cid == {data[4]}",
    )


PROTOCOL = Protocol(
    name=NAME,
    title="Ethernet POWERLINK",
    short="POWERLINK",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {verb for _, verb in names.NMT_COMMANDS.values()}
        | {verb for _, verb in names.INVITATIONS.values()}
        | {verb for _, verb in names.SDO_COMMANDS.values()}
        | SDO_VERBS
        | {Verb.REPORT, Verb.UNKNOWN}
    ),
    specification="EPSG DS 301 V1.3.0 sections 4.5, 4.6, 6.3.2, 7.1.4, 7.3 and appendix 1",
    more_framings=(OVER_UDP,),
    display_filter="epl",
)
