"""Commands that a broker of somebody else's hands to the plant, and values that it hands on."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ENGINEER,
    HISTORIAN,
    PLC_1,
    SCADA,
    STRANGER,
    WRITE,
    Said,
    both,
    datagrams,
    each,
    formed,
    stream,
)
from tests.twins import IP_ONLY, Form, answers_only, cut_short, in_pieces, midway, requests_only

CROSSES, OF_SPARKPLUG = "command-over-public-network", "sparkplug-command-unauthorised"
FAR, INSIDE = "93.184.216.34", HISTORIAN


def packet(first: int, body: bytes) -> bytes:
    """A control packet of MQTT."""
    left, size = bytearray(), len(body)
    while True:
        left.append(size % 128 | (0x80 if size > 127 else 0))
        size //= 128
        if not size:
            return bytes((first,)) + bytes(left) + body


def text(value: str) -> bytes:
    """Behind its length."""
    raw = value.encode()
    return struct.pack(">H", len(raw)) + raw


def publish(topic: str, payload: bytes = b"1", *, first: int = 0x30, five: bool = False, alias: int = 0) -> bytes:
    """A publication."""
    properties = (bytes((3, 0x23)) + struct.pack(">H", alias) if alias else b"\0") if five else b""
    number = b"\0\7" if first & 6 else b""
    return packet(first, text(topic) + number + properties + payload)


def session(*handed: bytes, topic: str = "plant/pump3/#", five: bool = False) -> Said:
    """A device subscribes, and is handed something."""
    level, none = (5, b"\0") if five else (4, b"")
    connect = packet(0x10, text("MQTT") + bytes((level, 2)) + b"\0\x3c" + none + text("pump3"))
    return [
        (1, connect),
        (0, packet(0x20, b"\0\0" + none)),
        (1, packet(0x82, b"\0\1" + none + text(topic) + b"\1")),
        (0, packet(0x90, b"\0\1" + none + b"\1")),
        *((0, each_of) for each_of in handed),
        (1, b"\xc0\0"),
        (0, b"\xd0\0"),
    ]


def handed(
    *topics: str, client: str = PLC_1, server: str = FAR, port: int = 1883, first: int = 0x30, five: bool = False
) -> Recorded:
    """Publications from a broker."""
    return stream(client, server, port, session(*(publish(t, first=first, five=five) for t in topics), five=five))


ORDERS = (
    "plant/pump3/cmd",
    "plant/pump3/speed/set",
    "cmnd/pump3/POWER",
    "plant/Pump3/SetPoint",
    "plant/pump3/setSpeed",
    "plant/pump3/motorCommand",
    "devices/pump3/messages/devicebound/x",
    "$iothub/methods/POST/reboot/?$rid=1",
    "$iothub/twin/PATCH/properties/desired/?$version=4",
    "$aws/things/pump3/shadow/update/delta",
    "$aws/things/pump3/jobs/notify-next",
    "/sys/a1/pump3/thing/service/open",
    "$oc/devices/pump3/sys/messages/down",
    "/ota/device/upgrade/a1/pump3",
    "v1/devices/me/rpc/request/7",
    "工厂/泵3/控制",
    "厂区/泵3/下发",
    "werk/pumpe3/sollwert",
    "spBv1.0/Plant/DCMD/Line2/Press",
    "spBv1.0/Plant/NCMD/Line2",
)
VALUES = (
    "plant/pump3/speed",
    "plant/pump3/state",
    "plant/asset/offset",
    "$aws/things/pump3/shadow/update/accepted",
    "devices/pump3/messages/events/",
    "/sys/a1/pump3/thing/event/property/post_reply",
    "v1/devices/me/telemetry",
    "spBv1.0/Plant/DDATA/Line2/Press",
    "工厂/泵3/温度",
    "werk/pumpe3/istwert",
    "plant/pump3/download",
    "plant/pump3/controller/temperature",
)
FORMS: Mapping[str, Form] = {
    "in segments of a byte": in_pieces(1),
    "in segments of 5 bytes": in_pieces(5),
    "in IPv6": IP_ONLY["in IPv6"],
    "answers only": answers_only,
    "in QinQ": each(LAYERS["QinQ"]),
    "in GTP-U": each(LAYERS["GTP-U"]),
    "recorded midway": midway,
}


def sensor_net(topic: bytes, flags: int, *, register: bytes = b"") -> Recorded:
    """MQTT-SN of a gateway elsewhere."""

    def message(kind: int, body: bytes) -> bytes:
        return bytes((len(body) + 2, kind)) + body

    said = [(1, message(4, b"\4\1\0\x3cpump3")), (0, message(5, b"\0"))]
    if register:
        said += [(0, message(0x0A, b"\0\5\0\1" + register)), (1, message(0x0B, b"\0\5\0\1\0"))]
    said += [(0, message(0x0C, bytes((flags,)) + topic + b"\0\0" + b"1"))] * 3
    return datagrams(PLC_1, FAR, 1883, said)


def handed_down() -> list[Case]:
    """From a broker on the Internet to the plant."""
    order = handed("plant/pump3/cmd")
    return [
        *(seen(f"handed down: {topic}", handed(topic), CROSSES) for topic in ORDERS),
        *(seen(f"handed down to MQTT 5: {topic}", handed(topic, five=True), CROSSES) for topic in ORDERS[:3]),
        *(unmoved(f"handed down, a value: {topic}", handed(topic), CROSSES) for topic in VALUES),
        *(seen(f"handed down, {name}", formed(form, order), CROSSES) for name, form in FORMS.items()),
        seen("handed down, kept", handed("plant/pump3/cmd", first=0x31), CROSSES),
        seen("handed down, to be acknowledged", handed("plant/pump3/cmd", first=0x32), CROSSES),
        seen("handed down, exactly once", handed("plant/pump3/cmd", first=0x34), CROSSES),
        seen("handed down on 8080", handed("plant/pump3/cmd", port=8080), CROSSES),
        seen("handed down to SCADA", handed("plant/pump3/cmd", client=SCADA), CROSSES),
        seen("handed down among values", handed(*VALUES, "plant/pump3/cmd", *VALUES), CROSSES),
        seen(
            "handed down by an alias that was named",
            stream(
                PLC_1,
                FAR,
                1883,
                session(publish("plant/pump3/cmd", five=True, alias=4), publish("", five=True, alias=4), five=True),
            ),
            CROSSES,
        ),
        not_calm(
            "handed down by an alias that nobody named",
            stream(PLC_1, FAR, 1883, session(publish("", five=True, alias=4), five=True)),
            CROSSES,
        ),
        not_calm("handed down, requests only", formed(requests_only, order), CROSSES),
        not_calm("handed down, cut after 60 bytes", formed(cut_short(60), order), CROSSES),
        calm("handed down by the plant's own broker", handed("plant/pump3/cmd", server=INSIDE), CROSSES),
        *(seen(f"handed down to be obeyed: {topic}", handed(topic), WRITE) for topic in ORDERS),
        *(unmoved(f"handed down to be shown: {topic}", handed(topic), WRITE) for topic in VALUES),
        seen("handed down to be obeyed, by a broker of nobody's", handed(ORDERS[0], server="192.168.7.7"), WRITE),
        seen("handed down to be obeyed, on 8080", handed(ORDERS[0], port=8080), WRITE),
        *(
            seen(f"handed down to be obeyed, {name}", formed(form, order), WRITE)
            for name, form in FORMS.items()
            if name != "in IPv6"
        ),
        not_calm(
            "handed down to be obeyed, by an alias that nobody named",
            stream(PLC_1, FAR, 1883, session(publish("", five=True, alias=4), five=True)),
            WRITE,
        ),
        unmoved("handed down by the plant's own broker: no writer", handed("plant/pump3/cmd", server=INSIDE), WRITE),
        unmoved("values of a broker elsewhere, for SCADA", handed(*VALUES, client=SCADA), CROSSES),
        seen("handed down to somebody elsewhere", handed("plant/pump3/cmd", client=FAR, server=ENGINEER), CROSSES),
        not_calm("MQTT-SN hands down a topic by number", sensor_net(b"\0\5", 0), CROSSES),
        not_calm("MQTT-SN hands down a topic that was registered", sensor_net(b"\0\5", 0, register=b"a/cmd"), CROSSES),
    ]


def of_sparkplug() -> list[Case]:
    """Commands of Sparkplug, seen on their way from the broker to who obeys."""
    order, node = "spBv1.0/Plant/DCMD/Line2/Press", "spBv1.0/Plant/NCMD/Line2"
    inside, far, nowhere = (handed(order, server=server) for server in (INSIDE, FAR, "192.168.7.7"))
    published = stream(SCADA, INSIDE, 1883, session(topic="a/b")[:2] + [(1, publish(order)), (1, publish(node))])
    back = "  - {id: commands, from: supervision, to: dmz, protocols: [mqtt], owner: A, reason: B}\n"
    to_broker = back.replace("commands", "taken").replace("from: supervision", "from: cell")
    allowed = {"policy": {"  - id: engineering-to-cell": f"{back}{to_broker}  - id: engineering-to-cell"}}
    found = [
        seen("Sparkplug handed down from the Internet", far, OF_SPARKPLUG),
        seen("Sparkplug handed down by a broker of nobody's", nowhere, OF_SPARKPLUG),
        seen(
            "Sparkplug handed down to a node by a broker of nobody's", handed(node, server="192.168.7.7"), OF_SPARKPLUG
        ),
        seen("Sparkplug handed down where no conduit is", inside, OF_SPARKPLUG),
        not_calm("Sparkplug handed down, and nobody saw from whom", inside, OF_SPARKPLUG, edits=allowed),
        not_calm(
            "Sparkplug handed down, another was published",
            both(handed("spBv1.0/Plant/DCMD/Line3/Press", server=INSIDE), published),
            OF_SPARKPLUG,
            edits=allowed,
        ),
        calm("Sparkplug handed down as SCADA published", both(inside, published), OF_SPARKPLUG, edits=allowed),
        calm(
            "Sparkplug's values handed down",
            handed("spBv1.0/Plant/DDATA/Line2/Press", server=INSIDE),
            OF_SPARKPLUG,
            edits=allowed,
        ),
    ]
    return found + [
        seen(f"Sparkplug handed down by a broker of nobody's, {name}", formed(form, nowhere), OF_SPARKPLUG)
        for name, form in FORMS.items()
    ]


def wills() -> list[Case]:
    """What a client has the broker publish when it is gone."""
    found = []
    for name, topic, flags, said in (
        ("of a command", "plant/pump3/set", 0x06, seen),
        ("of a command, retained", "plant/pump3/set", 0x26, seen),
        ("of a command to a node", "spBv1.0/Plant/NCMD/Line2", 0x06, seen),
        ("of a node's death", "spBv1.0/Plant/NDEATH/Line2", 0x0E, unmoved),
        ("of nothing", "", 0x02, unmoved),
    ):
        will = text(topic) + text("off") if topic else b""
        for level, none in ((4, b""), (5, b"\0")):
            body = text("MQTT") + bytes((level, flags)) + b"\0\x3c" + none + text("c") + (none + will if will else b"")
            talk = [(1, packet(0x10, body)), (0, packet(0x20, b"\0\0" + none)), (1, b"\xe0\0")]
            found.append(said(f"MQTT {level}: a will {name}", stream(STRANGER, PLC_1, 1883, talk), WRITE))
    return found


def cases() -> list[Case]:
    """All."""
    return [*handed_down(), *of_sparkplug(), *wills()]
