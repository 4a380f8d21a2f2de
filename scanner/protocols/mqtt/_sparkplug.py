"""Sparkplug B: what the publications of MQTT say whose topics begin with ``spBv1.0/``.

Written from the Eclipse Sparkplug Specification 3.0.0, sections 4 (topics), 6.4 (payloads, protobuf schema) and 5
(operational behaviour). Of a payload only the names of metrics and, in the birth of an edge node, the texts of its
``Properties/`` are read; no process value is.

A command or birth is told apart by its topic and metrics, everything else by its topic. The kernel finds the message
type behind group identifiers of up to LONGEST_GROUP characters; behind longer ones commands to one topic count as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.framing.language import Byte, Field, Protobuf, Test, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Row, Verb
from scanner.protocols.common.text import printable, quoted, readable
from scanner.protocols.mqtt._reader import MqttReader
from scanner.wording import Said, joined, said, verbatim

NAMESPACE = b"spBv1.0/"
OLD_STATE = b"STATE/"  # of version 2.2, with ONLINE or OFFLINE as its payload
LONGEST_GROUP = 40
MOST_METRICS = 10_000
SHOWN = 8  # metric names shown of one message

TYPES = {
    "NBIRTH": (Verb.REPORT, said("birth of an edge node")),
    "NDEATH": (Verb.REPORT, said("death of an edge node")),
    "NDATA": (Verb.REPORT, said("data of an edge node")),
    "NCMD": (Verb.OPERATE, said("command to an edge node")),
    "DBIRTH": (Verb.REPORT, said("birth of a device")),
    "DDEATH": (Verb.REPORT, said("death of a device")),
    "DDATA": (Verb.REPORT, said("data of a device")),
    "DCMD": (Verb.OPERATE, said("command to a device")),
    "STATE": (Verb.REPORT, said("state of a host application")),
}
COMMANDS, BIRTHS = ("NCMD", "DCMD"), ("NBIRTH", "DBIRTH")
# Control metrics (section 6.4.19); the most serious of a command's decides. A rebirth asks for names and properties.
CONTROLS = {
    "reboot": Verb.RESTART,
    "next server": Verb.CONFIGURE,
    "scan rate": Verb.CONFIGURE,
    "rebirth": Verb.IDENTIFY,
}
_SERIOUS = (Verb.RESTART, Verb.OPERATE, Verb.CONFIGURE, Verb.IDENTIFY)
PROPERTIES = {
    "hardware make": "vendor",
    "hardware model": "model",
    "hardware version": "hardware_revision",
    "hw version": "hardware_revision",
    "fw": "firmware",
    "fw version": "firmware",
    "firmware": "firmware",
    "firmware version": "firmware",
    "serial number": "serial",
    "os": "os",
    "software": "software",
    "software version": "software",
}

# Numbers of fields: metrics, the last of a payload; name and text of a metric.
_METRIC, _LAST_OF_PAYLOAD = 2, 5
_NAME, _TEXT = 1, 15


# --- which bytes are meaning ----------------------------------------------------------------------------------------


def by_payload(topic: int, payload: Field) -> Iterator[tuple[tuple[Test, ...], Protobuf]]:
    """Births and commands whose topic begins at ``topic``, for each length of the group identifier: their tests, and
    what counts of the payload. Of a metric that is its name, of a birth's also its text; seq, times, values are not.
    """
    command, birth = (Protobuf(payload, _METRIC, whole) for whole in ((_NAME,), (_NAME, _TEXT)))
    for size in range(1, LONGEST_GROUP + 1):
        at = topic + len(NAMESPACE) + size
        for letters, part in (((b"/", b"ND", b"C", b"M", b"D", b"/"), command), ((b"/", b"ND", b"B", b"I"), birth)):
            yield (*magic(topic, NAMESPACE), *(Byte(at + i, among) for i, among in enumerate(letters))), part


def by_last_word(topic: int) -> tuple[Test, ...]:
    """Tests for the state of a host application in version 2.2."""
    return (*magic(topic, OLD_STATE), *(Byte(i - 4, letter) for i, letter in enumerate(b"LINE")))


# --- topics ---------------------------------------------------------------------------------------------------------


class Topic(NamedTuple):
    """What a topic names. group, node and device are "" where the type has none; host is of STATE."""

    type: str
    group: str = ""
    node: str = ""
    device: str = ""
    host: str = ""


def topic_of(name: bytes) -> Topic | None:
    """The parts of a Sparkplug topic; None when it is none (sections 4.1 and 4.2)."""
    if not name.startswith(NAMESPACE):
        return None
    parts = [readable(part, 80) for part in name.split(b"/")[1:]]
    if len(parts) == 2 and parts[0] == "STATE":
        return Topic("STATE", host=parts[1])
    if len(parts) not in (3, 4) or parts[1] not in TYPES or parts[1] == "STATE" or not all(parts):
        return None
    if (len(parts) == 4) != parts[1].startswith("D"):
        return None
    return Topic(parts[1], parts[0], parts[2], parts[3] if len(parts) == 4 else "")


def old_state(name: bytes, payload: bytes) -> Topic | None:
    """The state of a host application in version 2.2: ``STATE/host`` with ONLINE or OFFLINE."""
    if name.startswith(OLD_STATE) and name.count(b"/") == 1 and payload[-6:] in (b"ONLINE", b"FFLINE"):
        return Topic("STATE", host=readable(name[len(OLD_STATE) :], 80))
    return None


# --- payloads -------------------------------------------------------------------------------------------------------


class Metric(NamedTuple):
    """A metric's name ("" when only its alias is sent) and its text, None when its value is no text."""

    name: str
    text: str | None


def metrics(payload: bytes, *, cut: bool) -> list[Metric]:
    """The metrics of a payload; of one that is not all there, those that are. Malformed when it is none."""
    found = []
    for number, value in _fields(payload, cut=cut):
        if number > _LAST_OF_PAYLOAD:
            raise Malformed("field {number} in a Sparkplug payload", number=number)
        if number == _METRIC and isinstance(value, bytes):
            found.append(_metric(value))
    return found


def _metric(raw: bytes) -> Metric:
    name, text = "", None
    for number, value in _fields(raw, cut=False):
        if number == _NAME and isinstance(value, bytes):
            name = readable(value, 120)
        elif number == _TEXT and isinstance(value, bytes):
            text = printable(value)
    return Metric(name, text)


def _fields(raw: bytes, *, cut: bool) -> Iterator[tuple[int, int | bytes]]:
    """(field number, varint or bytes) of a protobuf message; numbers of fixed width are given as bytes."""
    at, count = 0, 0
    while at < len(raw):
        count += 1
        if count > MOST_METRICS:
            raise Malformed("more than {most} fields", most=MOST_METRICS)
        try:
            tag, at = _varint(raw, at)
            kind, value = tag & 7, None
            if kind == 0:
                value, at = _varint(raw, at)
                yield tag >> 3, value
                continue
            size, at = _varint(raw, at) if kind == 2 else (_WIDTHS.get(kind, -1), at)
        except IndexError:
            if cut:
                return
            raise Malformed("a field ends within its tag or length") from None
        if size < 0 or not tag >> 3:
            raise Malformed("protobuf tag {tag}", tag=tag)
        if at + size > len(raw):
            if cut:
                return
            raise Malformed("a field of {size} bytes in the {length} that are left", size=size, length=len(raw) - at)
        yield tag >> 3, raw[at : at + size]
        at += size


_WIDTHS = {1: 8, 5: 4}


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = 0
    for n in range(10):
        byte = raw[at + n]
        value |= (byte & 0x7F) << 7 * n
        if not byte & 0x80:
            return value, at + n + 1
    raise Malformed("a number of more than ten bytes")


# --- what they say --------------------------------------------------------------------------------------------------


def verb(topic: Topic, found: list[Metric]) -> Verb:
    """The verb of the message; of a command, that of its most serious metric."""
    if topic.type not in COMMANDS or not found:
        return TYPES[topic.type][0]
    verbs = {CONTROLS.get(_control(metric.name), Verb.OPERATE) for metric in found}
    return next(v for v in _SERIOUS if v in verbs)


def _control(name: str) -> str:
    """The control that a metric is, "" for any other metric."""
    group, _, control = name.casefold().partition("/")
    return control if group in ("node control", "device control") else ""


def words(topic: Topic, found: list[Metric]) -> Iterator[str]:
    """Who is meant; the metrics of a command, the properties of a device's birth."""
    yield TYPES[topic.type][1]
    if topic.type in COMMANDS:
        names = sorted({metric.name for metric in found})
        yield from (verbatim(name) or said("a metric by its alias") for name in names[:SHOWN])
        if len(names) > SHOWN:
            yield said("{n} more metrics", n=len(names) - SHOWN)
    elif topic.type == "DBIRTH":
        yield from (_property(field, value) for field, value in properties(found))


def _property(field: str, value: str) -> Said:
    return {
        "vendor": said("vendor {name}", name=value),
        "model": said("model {name}", name=value),
        "hardware_revision": said("hardware revision {name}", name=value),
        "firmware": said("firmware {name}", name=value),
        "serial": said("serial number {name}", name=value),
        "os": said("operating system {name}", name=value),
        "software": said("software {name}", name=value),
    }[field]


def properties(found: list[Metric]) -> Iterator[tuple[str, str]]:
    """(identity field, text) of the properties in a birth; the first of each field."""
    seen = set()
    for metric in found:
        group, _, name = metric.name.casefold().partition("/")
        field = PROPERTIES.get(name) if group == "properties" else None
        if field and metric.text and field not in seen:
            seen.add(field)
            yield field, metric.text[:120]


def identities(topic: Topic, found: list[Metric]) -> Iterator[Identity]:
    """What an edge node says of itself; its devices have addresses of their own, if any."""
    if topic.node and topic.type not in COMMANDS:
        yield Identity("name", topic.node)
    if topic.type == "NBIRTH":
        yield from (Identity(field, value) for field, value in properties(found))


def rows(message: Message, name: bytes, topic: Topic, payload: bytes) -> Iterator[Row]:
    """What an edge node, device or host application says, or is told by a client; the server only passes it on."""
    found = _metrics(topic, payload, cut=len(message.data) < message.length)
    by_server = message.from_client is False
    command = topic.type in COMMANDS and not by_server
    told = [*words(topic, found), said("retained") if message.data[0] & 1 else ""]
    yield Operation(
        verb=verb(topic, found) if not by_server else Verb.REPORT,
        function=f"Sparkplug {topic.type}",
        kind=Kind.NOTICE if not command else Kind.REQUEST if message.data[0] & 6 else Kind.UNCONFIRMED,
        code="3",
        unit=topic.device or topic.node or topic.host,
        object=readable(name),
        detail=joined(told),
        filter=f"mqtt.topic == {quoted(readable(name))}",
    )
    if message.from_client:
        yield from identities(topic, found)


def _metrics(topic: Topic, payload: bytes, *, cut: bool) -> list[Metric]:
    """Of births and commands, as far as they are told apart by them; version 5 has properties before the payload."""
    if topic.type not in (*BIRTHS, *COMMANDS) or len(topic.group) > LONGEST_GROUP:
        return []
    try:
        return metrics(payload, cut=cut)
    except Malformed:
        r = MqttReader(payload)
        try:
            r.properties()
            return metrics(payload[r.at :], cut=cut)
        except Malformed:
            return []
