"""What a scanner or sensor found is no list of what belongs to the plant: it makes nobody listed and gives no role."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.assets.readers import read
from scanner.facts.enrich import enrich
from scanner.inputs import Input, InputKind
from scanner.scan import read_inputs

CAPTURE = Path("fixtures/captures/modbus/umas.pcap")
NMAP = """<nmaprun>%s</nmaprun>"""
HOST = (
    '<host><status state="up" reason="arp-response"/><address addr="%s" addrtype="ipv4"/><ports>'
    '<port protocol="tcp" portid="44818"><state state="open"/><script id="enip-info" output="x">'
    '<elem key="type">Programmable Logic Controller (14)</elem></script></port></ports></host>'
)


@pytest.fixture(scope="module")
def addresses() -> list[str]:
    scan = read_inputs([Input(InputKind.CAPTURE, "c", CAPTURE)], jobs=1)
    return sorted({ip for ips in enrich(scan.facts)["devices"]["ips"] for ip in ips})


def _listed(tmp_path: Path, files: dict[str, str]) -> dict[str, bool | None]:
    given = [Input(InputKind.CAPTURE, "c", CAPTURE)]
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
        given.append(Input(InputKind.INVENTORY, name, tmp_path / name))
    tables = enrich(read_inputs(given, jobs=1).facts)
    assert tables["inventory"].height >= 1
    assert not any(tables["inventory"].filter(tables["inventory"]["observed"])["duplicates"].list.len())
    return {ip: listed for ips, listed in tables["devices"].select("ips", "listed").iter_rows() for ip in ips}


def test_a_scan_alone_says_nothing_of_who_is_listed(tmp_path: Path, addresses: list[str]) -> None:
    found = _listed(tmp_path, {"nmap.xml": NMAP % "".join(HOST % ip for ip in addresses)})
    assert set(found.values()) == {None}


def test_beside_a_list_a_scan_lists_nobody(tmp_path: Path, addresses: list[str]) -> None:
    first, *others = addresses
    files = {"nmap.xml": NMAP % "".join(HOST % ip for ip in addresses), "list.csv": f"Name,IP address\nplc,{first}\n"}
    found = _listed(tmp_path, files)
    assert found[first] is True
    assert {found[ip] for ip in others} == {False}


SENSORS = {
    "defender.csv": ("Name,IPv4 address,Authorization,Programming device,Scanner device", "x,%s,%s,True,False"),
    "nozomi.csv": ("name,ip,authorized,mac_address,mac_address_level", "x,%s,%s,,"),
    "chosen columns of nozomi.csv": ("name,ip,authorized,appliance_hosts", 'x,%s,%s,"[""guardian""]"'),
    "claroty.csv": ("Asset Name,IP Address(es),Authorized,First Seen,Last Seen", "x,%s,%s,2024-06-01,2024-07-01"),
    "cyber vision.csv": ("name,ip,authorized,first-activity,last-activity", "x,%s,%s,2024-06-01,2024-07-01"),
    "Chinese.csv": ("设备名称,IP地址,是否授权,首次发现时间,最后发现时间", "x,%s,%s,2024-06-01,2024-07-01"),
}


def test_a_list_that_people_keep_says_when_something_was_seen_last() -> None:
    [row] = read(b"Name,IP address,Last seen\nplc,10.0.0.1,2024-07-01\n", "a").rows
    assert row["observed"] is False


def test_what_was_learned_of_a_network_is_observed() -> None:
    table = "IP-Adresse;MAC-Adresse;Typ\n10.0.0.1;00-1b-1b-00-00-11;dynamisch\n10.0.0.2;00-1b-1b-00-00-12;statisch\n"
    found = read(table.encode(), "arp")
    assert [row["observed"] for row in found.rows] == [True, False]
    assert dict(found.notes)["found by tools, listed by nobody"] == "1"


def test_a_few_columns_of_nozomi_in_json_are_a_sensors() -> None:
    asset = {"name": "x", "ip": ["10.0.0.1"], "mac_address": ["00:1b:1b:00:00:11"], "appliance_hosts": ["guardian"]}
    [row] = read(json.dumps({"result": [asset], "total": 1}).encode(), "a").rows
    assert row["observed"] is True


@pytest.mark.parametrize("name", SENSORS)
def test_the_table_of_a_sensor_lists_whom_people_authorised(tmp_path: Path, addresses: list[str], name: str) -> None:
    header, row = SENSORS[name]
    first, *others = addresses
    rows = [row % (first, "Yes"), *(row % (ip, answer) for ip, answer in zip(others, ["No", "", ""], strict=False))]
    text = "\n".join([header, *rows])
    found = _listed(tmp_path, {name: text})
    assert found[first] is True
    assert {found[ip] for ip in others} == {False}
    scan = read_inputs([Input(InputKind.INVENTORY, name, tmp_path / name)], jobs=1)
    assert scan.facts["inventory"]["observed"].to_list() == [False, *[True] * len(others)]
