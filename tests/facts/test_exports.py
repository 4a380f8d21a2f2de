"""What leaves the plant: which end is outside, what it is called, how much went there and how it was protected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from scanner.code_tables import name_table
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.providers import provider_of

PLC, PLC_6, GATEWAY, CLOUD, CLOUD_6 = "10.20.1.5", "fd00:20::5", "10.20.50.7", "47.110.23.1", "2408:4000::9"
RESOLVER = "10.20.50.53"
START = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = [
    {"zone": "cell", "level": 1.0, "subnets": ["10.20.1.0/24", "fd00:20::/64", "130.1.2.0/24"]},
    {"zone": "dmz", "level": 3.5, "subnets": ["10.20.50.0/24"]},
    {"zone": "office", "level": 4.0, "subnets": ["130.1.9.0/24"]},
    {"zone": "cloud", "level": 5.0, "subnets": ["20.49.0.0/16"]},
]
USUAL = {
    "capture": "c",
    "transport": "tcp",
    "server_port": 8883,
    "protocol": "tls",
    "secured": True,
    "recognised_by": "content",
    "established": True,
    "client_packets": 9,
    "server_packets": 8,
    "client_bytes": 1000,
    "server_bytes": 100,
    "copy": False,
    "first_time": START,
    "last_time": START + timedelta(minutes=5),
}
MQTT = {"protocol": "mqtt", "secured": False, "industrial": True, "server_port": 1883}

ESP = {"protocol": "esp", "secured": False, "transport": "ip-50", "server_port": 0}


def flow(client: str = PLC, server: str = CLOUD, **fields: Any) -> dict[str, Any]:
    row = USUAL | {"client": client, "server": server} | fields
    return {"protocols": [row["protocol"]] if row["protocol"] else []} | row


def name(text: str, address: str = CLOUD, client: str = PLC, **fields: Any) -> dict[str, Any]:
    return {"capture": "c", "client": client, "server": RESOLVER, "name": text, "address": address, "count": 1} | fields


def session(row: dict[str, Any], **fields: Any) -> dict[str, Any]:
    path = ("capture", "client", "server", "transport", "server_port", "protocol")
    return {column: row[column] for column in path} | fields


def tables(**rows: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    return enrich(Facts({table: frame(TABLES[table], given) for table, given in rows.items()}))


@pytest.mark.parametrize(
    ("row", "zoned", "unzoned"),
    [
        (flow(), ("server", "internet"), ("server", "internet")),
        (flow(PLC_6, CLOUD_6), ("server", "internet"), ("server", "internet")),
        (flow(CLOUD, PLC), ("client", "internet"), ("client", "internet")),
        (flow(PLC, GATEWAY), ("", ""), ("", "")),
        (flow(PLC, "20.49.1.1"), ("server", "internet"), ("server", "internet")),  # a zone, and not the plant's
        (flow(PLC, "130.1.2.9"), ("", ""), ("server", "internet")),  # public addresses of the plant
        (flow("130.1.2.9", CLOUD), ("server", "internet"), ("", "")),  # whose is which?
        (flow(PLC, "130.1.9.9"), ("", ""), ("server", "internet")),
        (flow(PLC, "192.168.7.7"), ("server", "unassigned"), ("", "")),
        (flow("192.168.7.7", PLC), ("client", "unassigned"), ("", "")),
        (flow("192.168.7.7", "192.168.7.8"), ("", ""), ("", "")),
        (flow("192.168.7.7", CLOUD), ("server", "internet"), ("server", "internet")),
        (flow(PLC, "192.0.2.9"), ("", ""), ("", "")),  # documentation
        (flow(PLC, "239.255.255.250"), ("", ""), ("", "")),
        (flow(PLC, "255.255.255.255"), ("", ""), ("", "")),
        (flow("fe80::1", "ff02::fb"), ("", ""), ("", "")),
        (flow(PLC, "169.254.1.1"), ("", ""), ("", "")),
        (flow("00:1b:1b:00:00:01", "01:0e:cf:00:00:00", transport="ethernet"), ("", ""), ("", "")),
        (
            flow("10.45.0.5", CLOUD, tunnel="gtp-u", tunnel_client="10.20.60.2", tunnel_server="10.20.60.3"),
            ("server", "internet"),
            ("server", "internet"),
        ),
        (
            flow(PLC, GATEWAY, tunnel="gre", tunnel_client="10.20.60.2", tunnel_server=CLOUD),  # inside counts
            ("", ""),
            ("", ""),
        ),
    ],
)
def test_which_end_is_outside(row: dict[str, Any], zoned: tuple[str, str], unzoned: tuple[str, str]) -> None:
    for zones, wanted in ((ZONES, zoned), ([], unzoned)):
        found = tables(flows=[row], zones=zones)
        assert found["flows"].select("outside", "outside_kind").row(0) == wanted
        assert found["exports"].height == bool(wanted[0])


@pytest.mark.parametrize(
    ("level", "subnets", "outside"),
    [
        (3.5, ["0.0.0.0/0"], "server"),
        (3.5, ["0.0.0.0/0", "47.110.23.0/24"], ""),  # the plant's own, which also has all that is left
        (4.0, ["0.0.0.0/0"], "server"),
        (4.0, ["47.110.23.0/24"], ""),
    ],
)
def test_a_zone_that_holds_every_address(level: float, subnets: list[str], outside: str) -> None:
    zones = [ZONES[0], {"zone": "rest", "level": level, "subnets": subnets}]
    assert tables(flows=[flow()], zones=zones)["flows"]["outside"].to_list() == [outside]


def test_rows_of_others_keep_their_places() -> None:
    rows = [flow(PLC, GATEWAY), flow(), flow(PLC, GATEWAY, server_port=1), flow(server_port=2)]
    found = tables(flows=rows, resolutions=[name("a.example")])["flows"].sort("server", "server_port")
    assert found["outside"].to_list() == ["", "", "server", "server"]
    assert found["peer_names"].to_list() == [[], [], ["a.example"], ["a.example"]]
    assert found["protection"].to_list() == ["", "", "encrypted", "encrypted"]


IOT = "x1.iot-as-mqtt.cn-shanghai.aliyuncs.com"


@pytest.mark.parametrize(
    ("resolutions", "asked", "names", "providers"),
    [
        ([name(IOT)], [], [IOT], ["Alibaba Cloud IoT Platform"]),
        ([name(IOT, first_time=START + timedelta(hours=1))], [], [IOT], ["Alibaba Cloud IoT Platform"]),  # afterwards
        (
            [name("mes.plant.example", aliases=["b.example", IOT])],
            [],
            ["b.example", "mes.plant.example", IOT],
            ["Alibaba Cloud IoT Platform"],
        ),
        ([name("a.example"), name("b.example")], [], ["a.example", "b.example"], []),
        ([name("a.example", "20.1.1.1")], [], [], []),
        ([name("a.example"), name("b.example", client=GATEWAY)], [], ["a.example"], []),  # what it was told itself
        ([name("b.example", client=GATEWAY)], [], ["b.example"], []),  # by way of another
        ([], ["Plant7.Azure-Devices.NET.:8883"], ["plant7.azure-devices.net"], ["Microsoft Azure IoT Hub"]),
        ([], [CLOUD, f"[{CLOUD_6}]:443", "x" * 300], [], []),
        (
            [name(IOT)],
            ["allowed.example"],
            [IOT, "allowed.example"],
            ["Alibaba Cloud IoT Platform"],
        ),  # a lie hides none
    ],
)
def test_names_of_a_destination(
    resolutions: list[dict[str, Any]], asked: list[str], names: list[str], providers: list[str]
) -> None:
    row = flow()
    found = tables(flows=[row], resolutions=resolutions, sessions=[session(row, server_names=asked)])
    assert found["flows"].select("peer_names", "providers").row(0) == (names, providers)
    assert found["exports"].select("names", "providers").row(0) == (names, providers)


def test_clouds_that_a_proxy_of_the_plant_is_asked_for() -> None:
    row = flow(PLC, GATEWAY, server_port=3128, protocol="http")
    asked = session(row, server_names=["Bucket.S3.amazonaws.com.:443", "api.openai.com"])
    found = tables(flows=[row], sessions=[asked])["flows"]
    assert found.select("outside", "providers", "cloud_providers", "ai_providers").row(0) == (
        "",
        [],
        ["AWS"],
        ["OpenAI"],
    )


def test_the_name_of_the_plants_own_server_is_not_the_strangers() -> None:
    row = flow(CLOUD, PLC)
    assert (
        tables(flows=[row], sessions=[session(row, server_names=["plc.plant.example"])])["exports"]["names"][0].len()
        == 0
    )


@pytest.mark.parametrize(
    ("named", "wanted"),
    [
        ("s3.eu-central-1.amazonaws.com", "AWS"),
        ("abc-ats.iot.eu-central-1.amazonaws.com", "AWS IoT Core"),
        ("x.iot-mqtts.cn-north-4.myhuaweicloud.com", "Huawei Cloud IoTDA"),
        ("p1.iotcloud.tencentdevices.com", "Tencent Cloud IoT Hub"),
        ("x.iot.gz.baidubce.com", "Baidu AI Cloud IoT Core"),
        ("pubsub.googleapis.com", "Google Cloud"),
        ("content.dropboxapi.com", "Dropbox"),
        ("x.d.pan.baidu.com", "Baidu Netdisk"),
        ("inbox.com", ""),
        ("amazonaws.com.plant.example", ""),
        ("notamazonaws.com", ""),
        ("com", ""),
    ],
)
def test_whose_a_name_is(named: str, wanted: str) -> None:
    assert provider_of(named) == wanted


@pytest.mark.parametrize(
    ("row", "said", "wanted"),
    [
        (flow(), [], "encrypted"),
        (flow(**MQTT), [], "clear"),
        (flow(**MQTT), [False], "clear"),
        (flow(**MQTT | {"protocol": "opcua"}), [None], "unknown"),
        (flow(**MQTT | {"protocol": "opcua"}), [True], "encrypted"),
        (flow(**MQTT | {"protocol": "opcua"}), [True, False], "partly"),
        (flow(**MQTT | {"protocols": ["mqtt", "tls"]}), [], "partly"),
        (flow(protocol="", secured=False), [], "unknown"),
        (flow(**MQTT | {"recognised_by": "port"}), [], "unknown"),
        (flow(protocol="", secured=False, transport="ip-50", server_port=0), [], "unknown"),  # ESP proves nothing
        (flow(**ESP), [True], "encrypted"),
        (flow(**ESP), [True, None], "encrypted"),
        (flow(**ESP), [None], "unknown"),
        (flow(**ESP), [False], "clear"),
    ],
)
def test_protection(row: dict[str, Any], said: list[bool | None], wanted: str) -> None:
    sessions = [session(row, encrypted=value, detail=str(value)) for value in said]
    found = tables(flows=[row], sessions=sessions)
    assert found["flows"]["protection"].to_list() == [wanted]
    column = {"encrypted": "bytes_encrypted", "clear": "bytes_clear"}.get(wanted, "bytes_unknown")
    export = found["exports"].row(0, named=True)
    assert {n: export[n] for n in ("bytes_encrypted", "bytes_clear", "bytes_unknown") if export[n]} == {column: 1100}
    assert export["encrypted_share"] == (wanted == "encrypted")


@pytest.mark.parametrize(
    ("cipher", "wanted"), [("TLS_RSA_WITH_NULL_SHA256", "clear"), ("TLS_AES_128_GCM_SHA256", "encrypted")]
)
def test_a_suite_that_encrypts_nothing(cipher: str, wanted: str) -> None:
    row = flow()
    assert tables(flows=[row], sessions=[session(row, ciphers=[cipher])])["flows"]["protection"].to_list() == [wanted]


def test_every_suffix_writes_its_last_labels_out() -> None:
    assert all(
        "*" not in suffix.split(".")[-2:] and "." in suffix
        for suffix in name_table("scanner.providers", "providers.tsv")
    )


def test_bytes_are_counted_from_inside() -> None:
    rows = [
        flow(),
        flow(vlan=7, client_bytes=500, client_missing=70),
        flow(vlan=8, copy=True),
        flow(CLOUD, PLC, server_bytes=7000),
        flow(**MQTT),
        flow(server_port=9, server_packets=0, server_bytes=0),  # nothing that came back was captured
        flow(server_port=9, transport="udp", server_packets=0, server_bytes=0),
    ]
    found = tables(flows=rows)["exports"].sort("opened_by", "port", "transport")
    shown = (
        "opened_by",
        "port",
        "bytes_out",
        "bytes_in",
        "bytes_out_unseen",
        "conversations",
        "industrial",
        "answered",
    )
    assert found.select(shown).rows() == [
        ("inside", 9, 1000, 0, 0, 1, False, True),  # of TCP, which is proof enough
        ("inside", 9, 1000, 0, 0, 1, False, False),
        ("inside", 1883, 1000, 100, 0, 1, True, True),
        ("inside", 8883, 1500, 200, 70, 2, False, True),
        ("outside", 8883, 7000, 1000, 0, 1, False, True),
    ]


@pytest.mark.parametrize(("later", "wanted"), [(60, 3000), (1, 2000)])
def test_recordings_that_overlap_are_not_added(later: int, wanted: int) -> None:
    begin = START + timedelta(minutes=later)
    second = flow(capture="d", client_bytes=2000, first_time=begin, last_time=begin + timedelta(minutes=5))
    assert tables(flows=[flow(), second])["exports"]["bytes_out"].to_list() == [wanted]


def test_a_conduit_allows_it_and_a_name_does_not() -> None:
    conduit = {"conduit": "c1", "from_zone": "dmz", "to_zone": "cloud", "protocols": ["tls"]}
    rows = [flow(GATEWAY, "20.49.1.1"), flow(GATEWAY)]
    sessions = [session(row, server_names=["plant7.azure-devices.net"]) for row in rows]
    found = tables(flows=rows, sessions=sessions, zones=ZONES, conduits=[conduit])["exports"].sort("destination")
    assert found.select("destination", "destination_zone", "allowed").rows() == [
        ("20.49.1.1", "cloud", True),
        (CLOUD, "", None),
    ]


def test_the_country_of_a_destination() -> None:
    rows = [flow(), flow(server=CLOUD_6), flow(server="8.8.8.8")]
    placed = [
        {"source": "c.csv", "address": CLOUD, "country": "CN"},
        {"source": "d", "address": CLOUD, "country": "US"},
    ]
    placed += [{"source": "c.csv", "address": CLOUD_6, "country": "CN"}]
    found = tables(flows=rows, countries=placed)["exports"].sort("destination")
    assert found.select("destination", "country").rows() == [(CLOUD_6, "CN"), (CLOUD, "CN"), ("8.8.8.8", "")]


def test_nothing_makes_nothing() -> None:
    assert tables()["exports"].is_empty()
    assert tables(flows=[flow(PLC, GATEWAY)])["exports"].schema == tables()["exports"].schema


def test_what_the_policy_permits_and_whose_plant_it_is() -> None:
    zones = [{**zone, "site": "North", "data_grade": "important" if zone["zone"] == "cell" else ""} for zone in ZONES]
    entry = {"entry": "reports", "destinations": ["cloud"], "encrypted": True, "bytes_per_day": 5000}
    entry |= {"data_grade": "general"}
    rows = [flow(GATEWAY, "20.49.1.1"), flow(GATEWAY), flow(PLC, "20.49.1.1")]
    found = tables(flows=rows, zones=zones, export_entries=[entry])["exports"].sort("device", "destination")
    shown = ("site", "data_grade", "export_limited", "export_permitted", "grade_permitted", "export_entries")
    assert found.select(*shown, "export_bytes_per_day").rows() == [
        ("North", "important", True, True, False, ["reports"], 5000),
        ("North", "", True, True, True, ["reports"], 5000),
        ("North", "", True, False, True, [], None),
    ]


NTP = {"protocol": "ntp", "transport": "udp", "server_port": 123, "skipped_bytes": 0, "secured": False}
NTP |= {"client_packets": 90, "client_bytes": 90 * 48, "server_packets": 90, "server_bytes": 90 * 48}


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        (NTP, False),
        (NTP | {"client_bytes": 90 * 76}, False),
        (NTP | {"client_bytes": 90 * 76 + 1}, True),
        (NTP | {"server_bytes": 90 * 76 + 1}, True),
        (NTP | {"client_packets": 96, "client_bytes": 96 * 48}, True),  # 20, and one every 4 seconds
        (NTP | {"recognised_by": "port"}, True),
        (NTP | {"protocols": ["ntp", "mqtt"]}, True),
        (NTP | {"skipped_bytes": 1}, True),
        (NTP | {"protocol": "dns"}, None),
        (NTP | {"protocol": "dns", "skipped_bytes": 1}, True),
        ({"client_bytes": 0}, False),
        ({"client_bytes": 0, "client_missing": 1}, True),
        ({"client_bytes": 0, "client_packets": 0}, True),  # that end was not captured
        ({"server_bytes": 0}, True),
    ],
)
def test_what_can_be_data_of_the_zone(fields: dict[str, Any], wanted: bool | None) -> None:
    assert tables(flows=[flow(PLC, CLOUD, **fields)])["flows"]["may_hold_data"].to_list() == [wanted]


def test_without_export_entries_nothing_is_limited() -> None:
    found = tables(flows=[flow()], zones=ZONES)["exports"].row(0, named=True)
    assert (found["export_limited"], found["export_permitted"], found["grade_permitted"]) == (False, None, None)
    assert (found["site"], found["data_grade"], found["export_bytes_per_day"]) == ("", "", None)


@pytest.mark.parametrize(
    ("hours", "wanted"),
    [
        ([(0, 24)], True),
        ([(0, 23)], False),
        ([(n, n + 1) for n in range(24)], True),  # a ring of files
        ([(n, n + 1) for n in range(24) if n not in (3, 4)], False),
        ([(24 * n, 24 * n + 1) for n in range(24)], False),  # an hour of each of many days
        ([(0, 12), (0, 12)], False),  # two places
        ([(0, 1), (30, 54)], True),
        ([], False),
    ],
)
def test_whether_a_day_was_seen(hours: list[tuple[float, float]], wanted: bool) -> None:
    captures = [
        {"capture": f"c{n}", "first_time": START + timedelta(hours=a), "last_time": START + timedelta(hours=b)}
        for n, (a, b) in enumerate(hours)
    ]
    assert tables(flows=[flow()], captures=captures)["flows"]["export_day_seen"].to_list() == [wanted]
