"""MQTT: packets, topics, wills, codes of CONNACK; of Sparkplug B types, metrics of commands, properties of births."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from scanner.protocols.mqtt._sparkplug import PROPERTIES
from tests.conformance.spec import Frame, Spec, Value, counted

SCHEMAS = Path(__file__).parents[1] / "schemas"
COMMANDS, BIRTH = {"NCMD", "DCMD"}, "NBIRTH"
TYPES = {"NBIRTH", "NDEATH", "NDATA", "DBIRTH", "DDEATH", "DDATA", *COMMANDS}  # STATE has another topic
BY_ALIAS = "a metric by its alias"


def theirs(frame: Frame) -> Iterator[Value]:
    """tshark has a topic for every subscription, publication and will."""
    yield from counted(frame, packet="mqtt.msgtype", topic="mqtt.topic", will="mqtt.willtopic")
    for name in ("mqtt.conack.val", "mqtt.connack.reason_code"):
        yield from (("connack", str(int(v, 0))) for v in frame.get(name, ()))
    kinds = frame.get("sparkplugb.messagetype", [])
    yield from (("sparkplug", kind) for kind in kinds if kind in TYPES)
    if len(kinds) == 1 and kinds[0] in COMMANDS:
        yield from (("metric", name or BY_ALIAS) for name in {name for name, _ in metrics(frame)})
    if kinds == [BIRTH] and int(frame["tcp.srcport"][0]) > int(frame["tcp.dstport"][0]):  # the broker's is the lower
        yield from (("property", said) for said in {p for metric in metrics(frame) for p in property_of(*metric)})


def metrics(frame: Frame) -> Iterator[tuple[str, str]]:
    """(name, text) of every metric, "" for one of them that is not there; tshark gives both among other texts."""
    texts = iter(frame.get("protobuf.field.value.string", ()))
    found: list[list[str]] = []
    inside = [name for name in frame.get("protobuf.field.name", ()) if name not in ("metrics", "seq")]
    for name in inside[1:]:  # the first is the time of the payload
        if name in ("name", "alias"):
            found.append([next(texts) if name == "name" else "", ""])
        elif name == "string_value":
            found[-1][1] = next(texts)
    yield from ((name, text) for name, text in found)


def property_of(name: str, text: str) -> Iterator[str]:
    """A property that identifies, as "field: text"."""
    group, _, word = name.casefold().partition("/")
    if group == "properties" and word in PROPERTIES and text:
        yield f"{PROPERTIES[word]}: {text}"


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Every row of a packet has a topic of its own. Births identify a node where they come from a client."""
    operations = [row for row in rows if isinstance(row, Operation)]
    yield "packet", operations[0].code
    for row in operations:
        if row.code in ("3", "8", "10"):
            yield "topic", row.object
        if row.code == "1" and row.object:
            yield "will", row.object
        if row.code == "2":
            found = re.search(r"\((\d+)\)$", row.refusal)
            yield "connack", found.group(1) if found else "0"
        kind = row.function.removeprefix("Sparkplug ")
        if kind in TYPES:
            yield "sparkplug", kind
        if kind in COMMANDS:
            yield from (("metric", word) for word in str(row.detail).split(", ")[1:] if word != "retained")
        if kind == BIRTH and message.from_client:
            said = (row for row in rows if isinstance(row, Identity) and row.field != "name")
            yield from (("property", f"{row.field}: {row.value}") for row in said)


SPEC = Spec(
    protocol="mqtt",
    layers=("mqtt",),
    fields=(
        *("mqtt.msgtype", "mqtt.topic", "mqtt.willtopic", "mqtt.conack.val", "mqtt.connack.reason_code"),
        *("sparkplugb.messagetype", "protobuf.field.name", "protobuf.field.value.string"),
        *("tcp.srcport", "tcp.dstport"),
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "mqtt"},
    options=("-o", f'uat:protobuf_search_paths:"{SCHEMAS}","TRUE"'),
)
