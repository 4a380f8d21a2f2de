"""CC-Link IE: Field, Control and TSN at layer 2 (EtherType 0x890F), Field Basic and the configuration of TSN over UDP.

Written from published analyzers and a published stack (see ``_cclink_ie_names``, ``_cclink_ie_udp``), since the
specifications are not public. Frames of Field and Control begin with frame type, data type, node identifier, node
type, the sender's node number, version and a header checksum; of TSN frames only those of the detection are laid open.
Link data are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Test, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.mitsubishi import _cclink_ie_names as names
from scanner.protocols.mitsubishi import _cclink_ie_udp as udp
from scanner.wording import joined, said

_NAME = "cclink-ie"
_HEADER = 14

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, names.FRAMES),),
    ports={"ethertype": (0x890F,)},
    confirmations=1,
    anywhere=False,
)
# A master broadcasts to the slaves of a group, and each answers it.
_OWN_STATION = (Byte(2, 0), Byte(3, 0xFF), Byte(4, 0xFF), Byte(5, 0x03), Byte(6, 0))
BASIC = Framing(
    name="cclink-ie-basic",
    delimiter=Whole(),
    sync=(Byte(0, (udp.REQUEST_3E, udp.RESPONSE_3E)), Byte(1, 0), *_OWN_STATION, Byte(9, 0), Byte(10, 0), Size(31)),
    ports={"udp": (61450,)},
    confirmations=1,
    anywhere=False,
    pair_by_requester=True,
)
SETTINGS = Framing(
    name="cclink-ie-basic-settings",
    delimiter=Whole(),
    sync=(Byte(0, (udp.REQUEST_4E, udp.RESPONSE_4E)), Byte(1, 0), Byte(4, 0), Byte(5, 0), Byte(7, 0xFF), Size(21)),
    ports={"udp": (61451,)},
    confirmations=1,
    anywhere=False,
    pair_by_requester=True,
)
TSN = Framing(
    name="cclink-ie-tsn",
    delimiter=Whole(),
    sync=(Byte(0, (udp.REQUEST_LMT, udp.RESPONSE_LMT)), Byte(1, 0), Byte(4, 0), Byte(5, 0), Byte(9, 0x03), Size(22)),
    ports={"udp": (45238, 45239)},
    confirmations=1,
    anywhere=False,
    pair_by_requester=True,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------

_FIELD_NODES = [kind for kind, frame in names.FRAMES.items() if frame.node_id]
_TYPED_NODES = (names.PERSUASION, names.TEST_DATA, names.TEST_DATA_ACK)
_SENDER = Range(6, 9)  # node number, version


def _frame(kinds: Iterable[int] | int, *key: Range, tests: tuple[Test, ...] = ()) -> Case:
    return Case(_NAME, (Byte(0, kinds), *tests), (Range(0, 1), *key), Role.NOTICE, keep=256)


def _slmp(first: int, *tests: Test, key: tuple[Range, ...], pair: tuple[Range, ...] = (Range(2, 4),)) -> Case:
    role = Role.RESPONSE if first & 0x80 else Role.REQUEST
    return Case(_NAME, (Byte(0, first), *tests), (Range(0, 1), *key), role, pair, keep=256)


def _cyclic(count: int) -> Case:
    """A request to ``count`` stations: state of the master, group, stations."""
    key = (Range(7, 9), Range(11, 17), Range(35, 37), Range(47, 52), Range(61, 63), Range(67, 67 + 4 * count))
    return _slmp(udp.REQUEST_3E, Byte(61, count), Byte(62, 0), key=key, pair=(Range(51, 52), Range(53, 55)))


CASES = (
    *(_cyclic(count) for count in range(1, 17)),
    _slmp(udp.REQUEST_3E, key=(Range(7, 9), Range(11, 17), Range(47, 52), Range(61, 63)), pair=(Range(51, 55),)),
    _slmp(
        udp.RESPONSE_3E,
        key=(Range(7, 9), Range(13, 15), Range(31, 47), Range(51, 56)),
        pair=(Range(55, 56), Range(57, 59)),
    ),
    _slmp(udp.REQUEST_4E, key=(Range(11, 58),)),
    _slmp(udp.RESPONSE_4E, key=(Range(11, 66),)),
    _slmp(udp.REQUEST_LMT, key=(Range(6, 8), Range(14, 16), Range(18, 22))),
    _slmp(udp.RESPONSE_LMT, key=(Range(6, 8), Range(14, 22))),
    _frame(_TYPED_NODES, Range(1, 2), Range(5, 6), _SENDER),
    _frame(names.MY_STATUS, Range(1, 4), Range(5, 6), _SENDER),
    _frame(names.TRANSIENT_1, Range(1, 4), _SENDER, Range(52, 53), tests=(Byte(1, names.COMMON_DATA),)),
    _frame(names.TRANSIENT_1, Range(1, 4), _SENDER, Range(30, 32)),
    _frame(names.TRANSIENT_2, Range(1, 4), _SENDER, Range(36, 37)),
    _frame(_FIELD_NODES, Range(1, 4), _SENDER),
    _frame(names.DETECTION, Range(4, 5)),
    _frame(names.DETECTION_ACK, Range(2, 4), Range(128, 130)),
    _frame(names.TSN_ONLY),
    _frame(range(0x90), _SENDER),
)

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A frame type with a header of a version that exists, or a datagram of the right length."""
    data = message.data
    if message.transport == "udp":
        return udp.fits(message)
    if message.transport != "ethernet" or not data or data[0] not in names.FRAMES:
        return False
    if data[0] in names.TSN_ONLY:
        return message.length >= 5
    return len(data) >= _HEADER and (data[0] not in _FIELD_NODES or data[8] in names.NETWORKS)


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one frame or datagram."""
    if message.transport == "udp":
        yield from udp.rows(message)
        return
    if not probe(message):
        raise Malformed("no CC-Link IE frame")
    data = message.data
    if data[0] in names.TSN_ONLY:
        yield from _tsn(data)
    elif data[0] in (names.TRANSIENT_1, names.TRANSIENT_2):
        yield _transient(data)
    else:
        yield from _plain(data)


def _operation(data: bytes, **more: str) -> Operation:
    frame = names.FRAMES[data[0]]
    return Operation(
        verb=frame.verb,
        function=frame.name,
        kind=frame.kind,
        code=f"0x{data[0]:02X}",
        unit=more.get("unit", ""),
        detail=more.get("detail", ""),
        filter=f"eth.type == 0x890f && data[0] == 0x{data[0]:02x}",
    )


def _sender(data: bytes) -> str:
    return said("node {name}", name=int.from_bytes(data[6:8], "big"))


def _network(data: bytes) -> list[str]:
    words: list[str] = [said(names.NETWORKS[data[8]])] if data[8] in names.NETWORKS else []
    if names.FRAMES[data[0]].node_id:
        words.append(said("node identifier {name}", name=int.from_bytes(data[2:4], "big")))
    return words


def _type(known: str | None, otherwise: str, number: int) -> str:
    """What a node is; ``otherwise`` is said of a number that the specification does not name."""
    return said(known) if known else said(otherwise, name=f"0x{number:02X}")


def _plain(data: bytes) -> Iterator[Row]:
    words = _network(data)
    node_type = (data[8], data[5])
    if data[0] in _TYPED_NODES or data[0] == names.MY_STATUS:
        words.append(_type(names.NODE_TYPES.get(node_type), "node type {name}", data[5]))
    yield _operation(data, unit=_sender(data), detail=joined(words))
    if data[0] == names.PERSUASION and node_type in names.MASTERS:
        yield Identity("role", "controller")


def _transient(data: bytes) -> Operation:
    """A message between two nodes: what it asks is behind a header of its own, bit 7 tells answers."""
    name, verb, answer, code = "", Verb.UNKNOWN, False, ""
    if data[0] == names.TRANSIENT_1 and data[1] != names.COMMON_DATA:
        if len(data) < 32:
            raise Malformed("Transient1 cut short")
        name, verb = names.TRANSIENT_COMMANDS.get((data[1], data[30]), (f"command 0x{data[30]:02X}", Verb.UNKNOWN))
        answer, code = bool(data[31] & 0x80), f"{data[1]}:0x{data[30]:02X}"
    else:
        at = 52 if data[0] == names.TRANSIENT_1 else 36
        if len(data) <= at:
            raise Malformed("command type is missing")
        name, verb = names.COMMAND_TYPES.get(data[at] & 0x7F, (f"command type 0x{data[at] & 0x7F:02X}", Verb.UNKNOWN))
        answer, code = bool(data[at] & 0x80), f"0x{data[at] & 0x7F:02X}"
    return Operation(
        verb=verb,
        function=f"{names.FRAMES[data[0]].name}: {name}",
        kind=Kind.RESPONSE if answer else Kind.REQUEST,
        code=code,
        unit=_sender(data),
        detail=joined(_network(data)),
        filter=f"eth.type == 0x890f && data[0] == 0x{data[0]:02x}",
    )


def _tsn(data: bytes) -> Iterator[Row]:
    """Only the answer to a detection tells of its sender: what station, what device."""
    if data[0] == names.DETECTION:
        if len(data) < 5:
            raise Malformed("AcyclicDetection cut short")
        yield _operation(data, detail=said("CC-Link IE TSN, version {n}", n=data[4]))
        return
    if data[0] != names.DETECTION_ACK:
        yield _operation(data, detail=said("CC-Link IE TSN"))
        return
    if len(data) < 130:
        raise Malformed("AcyclicDetectionAck cut short")
    station = _type(names.STATION_TYPES.get(data[2] & 0x7F), "station type {name}", data[2])
    device = names.DEVICE_TYPES.get(int.from_bytes(data[128:130], "big"), "")
    words = [said("CC-Link IE TSN, version {n}", n=data[3]), station, said(device) if device else ""]
    yield _operation(data, detail=joined(words))
    if not data[2] & 0x7F:
        yield Identity("role", "controller")


PROTOCOL = Protocol(
    name=_NAME,
    title="CC-Link IE",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {frame.verb for frame in names.FRAMES.values()}
        | {verb for _, verb in names.TRANSIENT_COMMANDS.values()}
        | {verb for _, verb in names.COMMAND_TYPES.values()}
        | {verb for _, verb in names.TSN_COMMANDS.values()}
    ),
    specification=(
        "Frame tables of zeek-parser-CCLinkIENoIP and -CCLinkTSNSLMP (NTT Communications); c-link (RT-Labs) for Field "
        "Basic after BAP-C2010ENG-004 and SLMP after BAP-C2006ENG-003 section 8.3"
    ),
    more_framings=(BASIC, SETTINGS, TSN),
    display_filter="eth.type == 0x890f || udp.port in {45238, 45239, 61450, 61451}",
)
