from __future__ import annotations

from typing import Any

from scanner.engine import summary
from scanner.engine.summary import MOST_TRAFFIC
from scanner.engine.verdict.judged_facts import enriched
from scanner.facts.frames import Facts
from scanner.facts.schema import FILES
from scanner.provenance import Provenance
from scanner.results.model import TrafficRow
from scanner.wording import said, term
from tests.engine.engine_cases import capture, case
from tests.wording.in_both import both

VENDOR = said("{field}: listed {listed}, seen {seen}", field=term("field.vendor"), listed="A", seen="B")


def flow(**columns: Any) -> dict[str, Any]:
    usual = {"connections": 1, "client_packets": 10, "server_packets": 5, "client_bytes": 100, "server_bytes": 50}
    return usual | columns


def test_inputs_say_what_was_examined_and_what_was_not_understood() -> None:
    row = capture(
        sha256="ab" * 32,
        format="pcapng+gzip",
        truncated_packets=7,
        gaps=1200,
        link_types=["ethernet"],
        not_understood=[said("{what}: {count}", what=said("link type {name}", name="ARCNET"), count=3).marked],
        malformed_messages=4,
        limits=["flows: 9"],
        unread="cut short",
        recognised_share=0.75,
    )
    inputs = (
        Provenance("plant.pcap", "capture", 5, "ab" * 32, complete=False, notes=(("comments", "span port 3"),)),
        Provenance("policy.yaml", "policy", 6, "cd"),
        Provenance("assets.csv", "inventory", 7, "ef"),
        Provenance("sw1.cfg", "configuration", 8, "01"),
    )
    facts = case(
        captures=[{**row, "file_count": 1}],
        files=[{c.name: row[c.name] for c in FILES.columns if c.name in row} | {"frames_before": 0}],
        zones=[{"source": "policy.yaml", "zone": "a"}, {"source": "policy.yaml", "zone": "b"}],
        conduits=[{"source": "policy.yaml", "conduit": "c"}],
        inventory=[{"source": "assets.csv"}, {"source": "other.csv"}],
        settings=[{"source": "sw1.cfg"}] * 3,
    )
    facts = enriched(Facts(inputs=inputs), facts.tables)
    first, policy, inventory, configuration = summary.inputs(facts)
    assert both(first.summary) == {"en": "pcapng+gzip, 1,000 packets, 1 h", "zh": "pcapng+gzip，1,000 个数据包，1 小时"}
    assert not first.complete
    assert both(first.details["not understood"]) == {"en": "link type ARCNET: 3", "zh": "链路类型 ARCNET：3"}
    assert {name: text["en"] for name, text in first.details.items()} == {
        "comments": "span port 3",
        "packets cut by the snap length": "7",
        "gaps in TCP streams": "1,200",
        "malformed messages": "4",
        "time": "2026-01-01 08:00:00 – 2026-01-01 09:00:00 UTC",
        "link types": "ethernet",
        "not understood": "link type ARCNET: 3",
        "limits": "flows: 9",
        "conversations recognised": "75%",
        "not read": "cut short",
    }
    assert policy.summary["en"] == "2 zones, 1 conduit, 0 role assignments"
    assert inventory.summary["en"] == "1 inventory entry"
    assert both(configuration.summary)["zh"] == "3 项配置"


def test_a_copy_of_a_file_of_a_ring_is_no_part_of_the_ring() -> None:
    names = {"ring_1.pcap": ("c0ffee", 0, "1"), "ring_2.pcap": ("c0ffee", 600, "2"), "copy.pcap": ("decaf", 0, "2")}
    about = ("capture", "frames_before", "sha256")
    files = [capture(source=name, **dict(zip(about, said, strict=True))) for name, said in names.items()]
    whole = [capture(source="ring_1.pcap", file_count=2), capture(capture="decaf", source="copy.pcap", file_count=1)]
    own = {c.name for c in FILES.columns}
    facts = case(captures=whole, files=[{n: v for n, v in row.items() if n in own} for row in files])
    given = tuple(Provenance(name, "capture", 5, said[2]) for name, said in names.items())
    rows = summary.inputs(enriched(Facts(inputs=given), facts.tables))
    recordings = {row.source: row.details.get("recording", {"en": ""})["en"] for row in rows}
    assert recordings == {"ring_1.pcap": "ring_1.pcap", "ring_2.pcap": "ring_1.pcap", "copy.pcap": ""}


def test_devices_seen_and_devices_only_listed() -> None:
    facts = case(
        devices=[
            {"device": "00:00:00:00:00:02", "name": "PLC", "ips": ["10.0.0.2"], "conflicts": ["vendor"],
             "conflict_details": [VENDOR.marked], "packets": 4, "zone": "cell"},
            {"device": "00:00:00:00:00:01"},
        ],
        inventory=[
            {"source": "a.csv", "row": 2, "name": "PLC", "device": "00:00:00:00:00:02", "seen": True},
            {"source": "a.csv", "row": 3, "name": "Spare", "ips": ["10.0.0.9"], "seen": False, "type": "plc"},
            {"source": "a.csv", "row": 4, "name": "", "id": "", "seen": None},
        ],
    )  # fmt: skip
    rows = summary.devices(facts)
    assert [(d.device, d.name, d.seen) for d in rows] == [
        ("00:00:00:00:00:01", "00:00:00:00:00:01", True),
        ("00:00:00:00:00:02", "PLC", True),
        ("10.0.0.9", "Spare", False),
        ("a.csv:4", "a.csv:4", False),
    ]
    assert [both(text) for text in rows[1].conflicts] == [
        {"en": "vendor: listed A, seen B", "zh": "厂商：清单为 A，所见为 B"}
    ]
    assert rows[2].roles == ("plc",)


def test_zones_from_the_top_with_their_devices() -> None:
    facts = case(
        zones=[
            {"zone": "cell", "name": "Cell", "level": 1.0, "sl_t": 2},
            {"zone": "dmz", "level": 3.5},
            {"zone": "office", "level": 4.0},
            {"zone": "odd", "level": None},
        ],
        devices=[{"device": "a", "zone": "cell"}, {"device": "b", "zone": "cell"}, {"device": "c", "zone": ""}],
    )
    rows = summary.zones(facts, {})
    assert [(z.zone, z.name, z.devices) for z in rows] == [
        ("office", "office", 0),
        ("dmz", "dmz", 0),
        ("cell", "Cell", 2),
        ("odd", "odd", 0),
    ]


def test_traffic_between_zones() -> None:
    facts = case(
        zones=[{"zone": "a"}, {"zone": "b"}],
        flows=[
            flow(client_zone="a", server_zone="b", protocol="modbus", allowed=True, conduit="x"),
            flow(client_zone="a", server_zone="b", protocol="modbus", allowed=True, conduit=""),
            flow(client_zone="a", server_zone="b", protocol="", allowed=False),
            flow(client_zone="a", server_zone="a", protocol="tls", allowed=True),
            flow(client_zone="b", server_zone="", protocol="tls", allowed=None),
            flow(client_zone="b", server_zone="", protocol="ssh", allowed=True, conduit="y"),
        ],
    )
    assert summary.traffic(facts) == (
        TrafficRow("a", "a", ("tls",), 1, 15, 150, allowed=True),
        TrafficRow("a", "b", (), 1, 15, 150, allowed=False),
        TrafficRow("a", "b", ("modbus",), 2, 30, 300, allowed=True, conduit="x"),
        TrafficRow("b", "", ("tls",), 1, 15, 150, allowed=None),
        TrafficRow("b", "", ("ssh",), 1, 15, 150, allowed=True, conduit="y"),
    )


def test_traffic_between_addresses_without_a_policy() -> None:
    facts = case(flows=[flow(client="10.0.0.1", server="10.0.0.2"), flow(client="10.0.0.1", server="10.0.0.2")])
    assert summary.traffic(facts) == (TrafficRow("10.0.0.1", "10.0.0.2", (), 2, 30, 300, allowed=None),)
    assert summary.traffic(case()) == ()


def test_traffic_is_bounded_and_the_rest_is_added_up() -> None:
    flows = [flow(client=f"10.0.{i // 250}.{i % 250}", server="10.9.9.9", client_bytes=5000 - i) for i in range(1003)]
    rows = summary.traffic(case(flows=flows))
    assert len(rows) == MOST_TRAFFIC + 1
    assert (rows[-1].source, rows[-1].connections, rows[-1].bytes) == ("…", 3, 4000 + 3999 + 3998 + 150)
