from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import limits
from scanner.assets import inventory
from scanner.assets.columns import beside, columns_for, read_columns
from scanner.assets.readers import csv_file, json_file, read, recognises, resembling, yaml_file
from scanner.errors import DefinitionError, InputError
from scanner.facts.frames import frame
from scanner.facts.schema import INVENTORY
from scanner.resemblance import SURE

CHINESE = (
    "资产编号,设备名称,IP地址,MAC地址,厂商,型号,设备类型,层级,责任人,密码,备注\n"
    "A1,灌装PLC,10.20.1.11,00-1B-1B-01-00-11,西门子,S7-1500,可编程控制器,1,王工,hunter2,二楼\n"
)
GERMAN = "Gerätename;IP-Adresse;Hersteller;Gerätetyp;Schutzbedarf;Größe\nFüller;10.20.1.11;Siemens;SPS;hoch;groß\n"


def rows(content: bytes | str, name: str = "a") -> list[dict[str, object]]:
    data = content.encode() if isinstance(content, str) else content
    assert recognises(data[: inventory.HEAD])
    found = read(data, name)
    assert found.problems == ()
    assert frame(INVENTORY, found.rows).height == len(found.rows)
    return list(found.rows)


@pytest.mark.parametrize(
    ("codec", "label"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("utf-16", "UTF-16"), ("gb18030", "GB18030")],
)
def test_chinese_list_in_every_encoding(codec: str, label: str) -> None:
    data = CHINESE.encode(codec)
    found = read(data, "a")
    row = found.rows[0]
    assert (row["id"], row["name"], row["ips"], row["macs"]) == ("A1", "灌装PLC", ["10.20.1.11"], ["00:1b:1b:01:00:11"])
    assert (row["type"], row["level"], row["owner"]) == ("plc", 1.0, "王工")
    assert row["extra"] == '{"备注": "二楼"}'
    assert found.dropped == ("密码",)
    assert "hunter2" not in str(found)
    assert dict(found.notes)["format"] == f"CSV, comma separated, {label}"
    assert dict(found.notes)["columns dropped because they hold secrets"] == "密码"


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "utf-16"])
def test_german_list_in_every_encoding(codec: str) -> None:
    row = rows(GERMAN.encode(codec))[0]
    assert (row["name"], row["criticality"], row["extra"]) == ("Füller", "high", '{"Größe": "groß"}')


@pytest.mark.parametrize(
    ("header", "cell", "column", "value"),
    [
        ("Backup", "Yes", "backup", "yes"),
        ("Last backup", "2026-01-31", "backup", "2026-01-31"),
        ("Datensicherung", "keine", "backup", "no"),
        ("备份", "无", "backup", "no"),
        ("冗余", "是", "redundancy", "yes"),
        ("Last restore test", "2026-02-10", "restore_tested", "2026-02-10"),
        ("恢复测试", "未测试", "restore_tested", "no"),
        ("Virenschutz", "Nein", "malware_protection", "no"),
        ("Antivirus", "EPP 12", "malware_protection", "EPP 12"),
        ("Default credentials", "no", "default_credentials", "no"),
        ("安全认证", "否", "certified", "no"),
    ],
)
def test_answers_are_yes_or_no_or_as_given(header: str, cell: str, column: str, value: str) -> None:
    row = rows(f"Name,IP address,{header}\nPLC-1,10.0.0.1,{cell}\nPLC-2,8.8.4.4,-\n".encode())
    assert [r.get(column) for r in row] == [value, None]
    assert [r["public_ips"] for r in row] == [[], ["8.8.4.4"]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(separator: str) -> None:
    text = f"name{separator}ip{separator}mac\nplc{separator}10.0.0.1{separator}001b.1b00.0001\n"
    assert rows(text)[0]["macs"] == ["00:1b:1b:00:00:01"]


def test_header_below_titles_and_comments() -> None:
    text = "# exported 2026\nAsset list of plant 7,,\n,,\n'KICS;devices\nName,IP address,Model\nplc,10.0.0.1,X\n# end\n"
    assert [(r["name"], r["row"]) for r in rows(text)] == [("plc", 6)]


def test_header_must_stand_within_twenty_rows() -> None:
    with pytest.raises(InputError, match="no header row with a known column within the first 20 rows"):
        read(b"x,y\n" * 20 + b"name,ip\nplc,10.0.0.1\n", "a")


def test_sep_line() -> None:
    assert rows("sep=;\nName;IP;Note\nplc;10.0.0.1;a,b\n")[0]["ips"] == ["10.0.0.1"]


def test_cells_that_tell_a_spreadsheet_that_they_are_text() -> None:
    text = 'Name,IP,Serial,Note\n"=""PLC-1""","=""10.0.0.1""",="00042","=1+1"\n'
    (row,) = rows(text)
    assert (row["name"], row["ips"], row["serial"]) == ("PLC-1", ["10.0.0.1"], "00042")
    assert "=1+1" in str(row["extra"])


def test_json_that_says_the_same_twice_is_read() -> None:
    assert rows('[{"name": "a", "ip": "10.0.0.1", "ip": "10.0.0.1"}]')[0]["ips"] == ["10.0.0.1"]


def test_quotes_newlines_and_inches() -> None:
    text = 'Name,Location,IP\n"plc, ""one""","Hall\n2",10.0.0.1\nhmi,19" rack,10.0.0.2\n'
    assert [(r["name"], r["location"], r["row"]) for r in rows(text)] == [
        ('plc, "one"', "Hall\n2", 2),
        ("hmi", '19" rack', 4),
    ]


def test_broken_rows_are_told_and_the_rest_is_read() -> None:
    text = (
        "Name,IP address,MAC,Purdue,VLAN\n"
        "a,10.0.0.300,00:1b,9,0\n"
        "b,10.0.0.2,,,\n"
        "c,10.0.0.3,,,,surplus\n"
        '"d,10.0.0.4\n'
        ",,,1,\n"
        "\n"
        "e,10.0.0.5\n"
    )
    found = read(text.encode(), "list.csv")
    assert [r["name"] for r in found.rows] == ["a", "b", "e"]
    assert [str(p) for p in found.problems] == [
        "list.csv: row 2: IP address: '10.0.0.300' is not the IP address of a device",
        "list.csv: row 2: MAC: '00:1b' is not a MAC address",
        "list.csv: row 2: Purdue: '9' is not a Purdue level",
        "list.csv: row 2: VLAN: '0' is not a VLAN identifier",
        "list.csv: row 4: row skipped: 6 cells where the header has 5; put cells that hold the separator in quotes",
        "list.csv: row 5: row skipped: a quote is opened and never closed",
        "list.csv: row 6: row skipped: it has no name, address, serial number or other identity",
    ]
    assert found.rows[0]["invalid"] == [
        "IP address: '10.0.0.300' is not the IP address of a device",
        "MAC: '00:1b' is not a MAC address",
        "Purdue: '9' is not a Purdue level",
        "VLAN: '0' is not a VLAN identifier",
    ]


def test_ambiguous_level_is_kept_and_said() -> None:
    found = read("名称,IP地址,层级\na,10.0.0.1,三级\nb,10.0.0.2,2\n".encode(), "a")
    assert [r.get("level") for r in found.rows] == [None, 2.0]
    assert found.rows[0]["extra"] == '{"层级": "三级"}'
    assert found.problems == ()
    assert ("column 层级", "1 values that are not Purdue levels, only kept") in found.notes


def test_a_purdue_level_in_words_is_kept_and_said() -> None:
    found = read(b"Name,IP,Purdue level\nP,10.0.0.1,Process Control\nQ,10.0.0.2,Level 1\n", "a")
    assert [row.get("level") for row in found.rows] == [None, 1.0]
    assert json.loads(found.rows[0]["extra"]) == {"Purdue level": "Process Control"}
    assert not found.problems
    assert ("column Purdue level", "1 values that are not Purdue levels, only kept") in found.notes
    assert read(b"Name,IP,Purdue level\nP,10.0.0.1,Level 7\n", "a").problems


def test_an_address_is_what_its_value_looks_like() -> None:
    lines = "a,10.0.0.1", "b,00:1b:1b:00:00:0b", 'c,"Main Street 5"', "d,12", "e,10.0.0.1-20"
    found = read("\n".join(("Name,Address", *lines)).encode(), "a")
    assert [row.get("ips") for row in found.rows] == [["10.0.0.1"], None, None, None, None]
    assert [row.get("macs") for row in found.rows] == [None, ["00:1b:1b:00:00:0b"], None, None, None]
    assert [row["extra"] and json.loads(row["extra"])["Address"] for row in found.rows[2:]] == [
        "Main Street 5",
        "12",
        ["10.0.0.1-20"],
    ]
    assert not found.problems
    assert ("column Address", "2 values that are neither IP nor MAC addresses, only kept") in found.notes
    assert ("columns used", "Name = name, Address = ips") in found.notes
    hosts = read(b"Host,Serial number\n10.0.0.1,1\nhmi-1,2\n", "a").rows
    assert [(row.get("ips"), row.get("hostname")) for row in hosts] == [(["10.0.0.1"], None), (None, "hmi-1")]
    mapped = read(b"Name,Address\na,10.0.0.1\n", "a", {"Address": "location"})
    assert [(row.get("ips"), row["location"]) for row in mapped.rows] == [(None, "10.0.0.1")]


def test_repeated_and_merged_columns() -> None:
    row = rows("Name,IP,IP,IPv6 address,Name\nplc,10.0.0.1,10.0.0.2,fe80::1,other\n")[0]
    assert row["ips"] == ["10.0.0.1", "10.0.0.2", "fe80::1"]
    assert row["name"] == "plc"
    assert json.loads(str(row["extra"])) == {"Name ": "other"}


def test_missing_attributes() -> None:
    row = rows("name,ip,type,os,location,logging,accounts\nplc-1,10.0.0.1,PLC,,Hall 1,none,none\n")[0]
    assert row["missing"] == ["protocols", "criticality", "id", "macs", "vendor", "model", "os", "ports"]
    assert "hostname" in rows("name,ip\nPLC in hall 2,10.0.0.1\n")[0]["missing"]  # type: ignore[operator]


JSON_ASSETS = [{"name": "plc", "ip": ["10.0.0.1"], "mac": "001b1b000001", "password": "hunter2", "nested": {"a": 1}}]


@pytest.mark.parametrize(
    "data",
    [
        JSON_ASSETS,
        {"assets": JSON_ASSETS},
        {"count": 1, "meta": {"version": 2}, "result": JSON_ASSETS},
        {"data": {"devices": JSON_ASSETS}},
        {"devices": {"plc": {k: v for k, v in JSON_ASSETS[0].items() if k != "name"}}},
    ],
)
def test_json_shapes(data: object) -> None:
    text = json.dumps(data)
    row = rows(text)[0]
    assert (row["name"], row["ips"], row["macs"]) == ("plc", ["10.0.0.1"], ["00:1b:1b:00:00:01"])
    assert row["extra"] == '{"nested": {"a": 1}}'
    data = (text + " " * 70000).encode()
    assert json_file.resemblance(data[: inventory.HEAD], data).score >= SURE


def test_json_is_recognised_from_its_beginning() -> None:
    text = json.dumps({"total": 5000, "result": JSON_ASSETS * 5000})
    assert json_file.resemblance(text.encode()[:4096], text.encode()).score >= SURE


def test_json_entries_that_are_no_objects() -> None:
    found = read(b'[{"name": "a", "ip": "10.0.0.1"}, 7]', "a.json")
    assert [str(p) for p in found.problems] == ["a.json: entry 2: entry skipped: it is not an object"]
    assert len(found.rows) == 1


NETBOX = {
    "results": [
        {
            "name": "plc-fill-1",
            "role": {"slug": "plc", "display": "PLC"},
            "manufacturer": {"name": "Siemens"},
            "device_type": {"model": "CPU 1516-3 PN/DP"},
            "primary_ip4": {"address": "10.20.1.11/24"},
            "serial": "S C-X1234",
        }
    ]
}


def test_nested_objects_of_netbox() -> None:
    row = rows(json.dumps(NETBOX))[0]
    assert (row["type"], row["vendor"], row["model"], row["ips"]) == (
        "plc",
        "Siemens",
        "CPU 1516-3 PN/DP",
        ["10.20.1.11"],
    )


YAML_ASSETS = """\
# our list
assets:
  - name: plc
    ip: [10.0.0.1, 10.0.0.2]
    mac: 10:11:22:33:44:55
    serial: 0042
  - {name: hmi, ip: 10.0.0.3}
  - nonsense
"""


def test_yaml_list_keeps_what_is_written() -> None:
    assert yaml_file.resemblance(YAML_ASSETS.encode(), YAML_ASSETS.encode()).score >= SURE
    found = read(YAML_ASSETS.encode(), "a.yaml")
    assert [(r["name"], r["row"]) for r in found.rows] == [("plc", 3), ("hmi", 7)]
    assert (found.rows[0]["macs"], found.rows[0]["serial"]) == (["10:11:22:33:44:55"], "0042")
    assert [str(p) for p in found.problems] == ["a.yaml: line 8: entry skipped: it is not a mapping"]


def test_yaml_mapping_of_named_assets() -> None:
    found = rows("devices:\n  plc-1:\n    ip: 10.0.0.1\n    vendor: WAGO\n  plc-2: {ip: 10.0.0.2}\n")
    assert [(r["name"], r["row"]) for r in found] == [("plc-1", 2), ("plc-2", 5)]


FOREIGN = {
    "policy": b"otaudit_policy: 1\nzones:\n  - {id: a, level: 1, members: {subnets: [10.0.0.0/24]}}\n",
    "unmarked policy": b"zones:\n - id: a\n   name: A\nconduits: []\nassets:\n - {name: x, ip: y}\n",
    "facts": b'{"otaudit_facts": 1, "inputs": [{"name": "x", "ip": "y"}], "tables": []}',
    "results": b'{"otaudit_results": 1, "devices": [{"name": "a", "ips": [], "mac": ""}]}',
    "sarif": b'{"$schema": "x", "runs": [], "assets": [{"name": "a", "ip": "b"}]}',
    "rule": b"id: unknown\ntitle: {en: x}\nexamples:\n  fail:\n   - facts: {inventory: [{name: a, ip: b}]}\n",
    "cisco": b"version 15.2\nhostname SW1\nip http server\ninterface Gi1/1\n switchport access vlan 20\n",
    "huawei": b"#\nsysname SW\n#\nvlan batch 10 20\n#\nreturn\n",
    "pcap": b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + b"\x00" * 16,
    "pcapng": b"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00",
    "gzip": b"\x1f\x8b\x08\x08name,ip,mac\n",
    "prose": b"Address, MAC, vendor, model and firmware agree.\nOtherwise, it is a finding.\n",
    "eve": b'{"timestamp": "x", "src_ip": "10.0.0.1", "proto": "TCP"}\n',
    "zeek": b"#separator \\x09\n#fields\tts\tuid\tid.orig_h\n1\tC\t10.0.0.1\n",
    "html": b"<html><body>name, ip, mac</body></html>",
    "empty": b"",
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_nothing_else_is_claimed(kind: str) -> None:
    claimed = [form.name for form, found in resembling(FOREIGN[kind]).ranked if found.score >= SURE]
    assert claimed == []


@pytest.mark.parametrize(
    "data", [CHINESE.encode(), GERMAN.encode(), json.dumps(JSON_ASSETS).encode(), YAML_ASSETS.encode()]
)
def test_one_reader_claims_each_format(data: bytes) -> None:
    assert resembling(data, data).best is not None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"",
            "a: the file is empty; expected a workbook, CSV, YAML, JSON or an export of those that docs/inv",
        ),
        (b"\x00\x01\x02", "a: not recognised as an inventory"),
        (b'[{"name": "a", "ip": ]', "a: line 1, column 22: not valid JSON: Expecting value"),
        (b'[{"name": "a", "ip": "10.0.0.1", "os": "x", "os": "y"}]', "a: duplicate key 'os'"),
        (b'{"a": 1}', "a: no list of assets with known keys; expected [{name, ip, mac, ...}] or {assets: [...]}"),
        (b"[" * 100000, "a: not readable as JSON: maximum recursion depth"),
        (b"assets:\n  - name: a\n    name: b\n", "a: line 3, column 5: duplicate key 'name'"),
        (b"assets:\n  - zzz: a\n", "a: no list of assets with known keys; expected assets: ["),
        (b"foo,bar\n1,2\n", "a: no header row with a known column within the first 20 rows; name the columns"),
        (
            b"Name,PLC1,HMI1\nIP,10.0.0.5,10.0.0.6\nMAC,,\nType,PLC,HMI\n",
            "name the columns (name, ip, mac, ...), with a row for each asset",
        ),
    ],
)
def test_unusable_files_give_one_line(content: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(content, "a")
    assert message in str(caught.value)


def test_unreadable_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "none.csv", "none.csv")


def test_row_limit() -> None:
    with limits.using(limits.parse(["inventory-rows=2"])):
        found = read(b"name,ip\na,10.0.0.1\nb,10.0.0.2\nc,10.0.0.3\nd,10.0.0.4\n", "a")
    assert len(found.rows) == 2
    told = "a: row 4: more than 2 rows; the rest was not read; split it, or set --limit inventory-rows"
    assert [str(p) for p in found.problems] == [told]


def test_own_columns_file(tmp_path: Path) -> None:
    list_file = tmp_path / "liste.csv"
    list_file.write_text("Kennung,Netz,Halle\nplc,10.0.0.1,7\n", "utf-8")
    mapping = tmp_path / "liste.columns.yaml"
    mapping.write_text("columns:\n  Kennung: name\n  Netz: ip\n  Halle: location\n", "utf-8")
    assert beside(list_file) == mapping
    assert not recognises(mapping.read_bytes())
    row = read(list_file, "liste.csv", read_columns(mapping)).rows[0]
    assert (row["name"], row["ips"], row["location"]) == ("plc", ["10.0.0.1"], "7")
    assert columns_for(list_file) == read_columns(mapping)
    assert columns_for(tmp_path / "other.csv") is None


def test_wrong_columns_file(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("columns:\n  Netz: ipz\n  Halle: hal\n", "utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_columns(file)
    assert [p.place for p in caught.value.problems] == ["line 2, column 9", "line 3, column 10"]
    assert "did you mean 'ips'?" in str(caught.value)


_texts = st.text(st.sampled_from('name,ip;mac\n\r\t|"\'#:-[]{} 10.0\ufeffäö机"'), max_size=120)


@given(st.binary(max_size=200) | _texts.map(str.encode) | _texts.map(lambda t: t.encode("gb18030")))
def test_any_bytes_give_an_inventory_or_an_input_error(content: bytes) -> None:
    recognises(content)
    with contextlib.suppress(InputError):
        read(content, "x")
    for reader in (csv_file, json_file, yaml_file):
        with contextlib.suppress(InputError):
            reader.read(content, "x")


_value = st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=8), lambda v: st.lists(v, max_size=3))
_asset = st.dictionaries(
    st.sampled_from(["name", "ip", "mac", "vlan", "level", "type", "role", "authorized", "x"]), _value
)


@given(st.lists(_asset | _value, max_size=4))
def test_any_json_gives_rows_that_fit_the_schema(data: list[object]) -> None:
    with contextlib.suppress(InputError):
        found = json_file.read(json.dumps([{"name": "a", "ip": "10.0.0.1"}, *data]).encode(), "x")
        assert frame(INVENTORY, found.rows).height >= 1


@pytest.mark.parametrize(
    ("headers", "cells", "wanted"),
    [
        ("Lifecycle,End of support", "active,2024-01-01", {"lifecycle": "2024-01-01"}),
        ("End of support,Lifecycle", "2024-01-01,active", {"lifecycle": "2024-01-01"}),
        ("End of support,Lifecycle", "2035-01-01,obsolete", {"lifecycle": "obsolete"}),
        ("Lifecycle,End of support", "obsolete,2035-01-01", {"lifecycle": "obsolete"}),
        ("OS,OS version", "Windows,7", {"os": "Windows 7"}),
        ("OS version,OS", "7,Windows", {"os": "Windows 7"}),
        ("OS,OS version", "Windows 7,7", {"os": "Windows 7"}),
        ("OS,OS version", "Windows,Windows 7", {"os": "Windows"}),
        ("Owner,OS", "\N{EM DASH},\N{EN DASH}", {}),
    ],
)
def test_columns_of_one_field_are_told_together(headers: str, cells: str, wanted: dict[str, str]) -> None:
    (row,) = rows(f"Name,IP address,{headers}\nPC,10.1.1.1,{cells}\n")
    assert {name: row[name] for name in ("lifecycle", "os", "owner") if row.get(name)} == wanted


@pytest.mark.parametrize("ends", [("", ""), (",,", ""), ("", ",,,")])
def test_rows_without_their_last_cells_are_of_the_table(ends: tuple[str, str]) -> None:
    header = "Name,IP,MAC,Vendor,Model,Location,Criticality,Backup"
    given = ("PLC-1,10.0.0.5,,WAGO,750,Hall 1", "PLC-2,10.0.0.6,,WAGO,750,Hall 1,high,no", "PLC-3,10.0.0.7,,WAGO,750")
    text = "\n".join((header + ends[0], *(row + ends[1] for row in given)))
    assert [row["name"] for row in rows(text)] == ["PLC-1", "PLC-2", "PLC-3"]
