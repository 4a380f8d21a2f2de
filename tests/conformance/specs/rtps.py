"""RTPS: submessages, who sends them, writers, topics with their types, domains, kinds of protection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted

SHOWN = (0x06, 0x07, 0x15, 0x16)  # submessages that a row stands for, with their writer
SECURED, VENDOR = (0x31, 0x33), 0x80
WRITERS = {
    "participants": 0x000100C2,
    "publications": 0x000003C2,
    "subscriptions": 0x000004C2,
    "liveliness": 0x000200C2,
    "authentication of participants": 0x000201C3,
    "topics": 0x000002C2,
    "type requests": 0x000300C3,
    "type replies": 0x000301C3,
    "secured participants": 0xFF0101C2,
    "secured publications": 0xFF0003C2,
    "secured subscriptions": 0xFF0004C2,
    "secured liveliness": 0xFF0200C2,
    "key exchange": 0xFF0202C3,
}
ANNOUNCING = (WRITERS["publications"], WRITERS["subscriptions"])  # elsewhere tshark repeats the topics that it knows
FUNCTIONS = {"Participant": "participants", "Publication": "publications", "Subscription": "subscriptions"}


def theirs(frame: Frame) -> Iterator[Value]:
    """Of each submessage its kind; a ping has none."""
    kinds = [int(v, 0) for v in frame.get("rtps.sm.id", ())]
    yield from (("submessage", str(kind)) for kind in kinds if kind in SHOWN)
    if set(kinds).isdisjoint(SHOWN):
        yield from (("set apart", str(kind)) for kind in set(kinds) if _is_apart(kind))
    if kinds:
        yield from (("participant", v.replace(":", "")) for v in frame.get("rtps.guidPrefix.src", ())[:1])
    writers = [int(v, 0) for v in frame.get("rtps.sm.wrEntityId", ())]
    yield from (("writer", str(writer)) for writer in writers)
    if not set(writers).isdisjoint(ANNOUNCING):
        yield from counted(frame, topic="rtps.param.topicName", type="rtps.param.typeName")
    yield from counted(frame, ping="rtps.ping_str")


def _is_apart(kind: int) -> bool:
    """Secured, or of a vendor: tshark lists some twice."""
    return kind in SECURED or kind >= VENDOR


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """From the rows; the participant is part of the key."""
    operations = [row for row in rows if isinstance(row, Operation)]
    if any(row.function == "Ping" for row in operations):
        yield "ping", "NDDSPING"
        return
    yield "participant", message.data[8:20].hex()
    found = {int(row.code, 16) for row in operations}
    if found.isdisjoint(SHOWN):
        yield from (("set apart", str(kind)) for kind in found if _is_apart(kind))
    for row in operations:
        kind = int(row.code, 16)
        if kind not in SHOWN and not row.object:
            continue
        if kind in SHOWN:
            yield "submessage", str(kind)
        name = FUNCTIONS.get(row.function, row.object)
        yield "writer", str(WRITERS[name] if name in WRITERS else int(name.removeprefix("writer "), 16))
        if row.object.startswith("topic "):
            yield "topic", row.object.removeprefix("topic ")
            yield "type", row.detail.partition(", ")[0].removeprefix("type ")


SPEC = Spec(
    protocol="rtps",
    layers=("rtps",),
    fields=(
        "rtps.sm.id",
        "rtps.guidPrefix.src",
        "rtps.sm.wrEntityId",
        "rtps.param.topicName",
        "rtps.param.typeName",
        "rtps.ping_str",
    ),
    theirs=theirs,
    ours=ours,
)
