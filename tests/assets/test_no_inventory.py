"""What looks like a list of assets and is none is refused by what it lacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.assets.inventory import HEAD
from scanner.assets.readers import lacking, read, recognises
from scanner.errors import InputError, Problem
from scanner.inputs import InputKind, find_inputs

NAMES = "a list of names without anything that devices have"
SONIC = {
    "DEVICE_METADATA": {"localhost": {"hostname": "sw-1", "mac": "00:11:22:33:44:55", "type": "LeafRouter"}},
    "LOOPBACK_INTERFACE": {"Loopback0|10.1.0.32/32": {}},
    "PORT": {"Ethernet0": {"alias": "etp1", "lanes": "1,2"}},
}
NO_INVENTORY = {
    "users": ("Name,Email,Role\nWang,wang@example.org,admin\n", NAMES),
    "users as objects": ('[{"id": 7, "name": "Wang", "role": "auditor", "email": "w@example.org"}]', NAMES),
    "people at their addresses": ("Name,Address\nWang,Main Street 5\nLi,Main Street 6\n", "its columns name no asset"),
    "spare parts": (
        "Artikelnummer;Hersteller;Bezeichnung;Menge\n6ES7 512;Siemens;CPU 1512C;2\n",
        "a list of parts with",
    ),
    "findings of a scanner": (
        "Plugin ID,CVE,Risk,Host,Protocol,Port,Name\n11219,,None,10.0.0.1,tcp,102,SYN scanner\n",
        "a list of findings",
    ),
    "findings of another": (
        "IP,Hostname,Port,CVSS,Severity,NVT Name,NVT OID\n10.0.0.1,plc1,80,5.0,Medium,Cleartext HTTP,1.3.6\n",
        "a list of findings",
    ),
    "jobs": ('[{"id": "1", "name": "job", "status": "ok"}]', NAMES),
    "packages": ('{"name": "x", "version": "1", "dependencies": {"a": "1"}}', "a file of package.json (npm)"),
    "cloud": (
        '{"LoadBalancers": [{"LoadBalancerArn": "arn", "DNSName": "a.example.org", "Type": "network"}]}',
        "a file of AWS",
    ),
    "containers": ("services:\n  web:\n    hostname: a\n    ports: [80]\nvolumes: {}\n", "a file of Docker Compose"),
}


@pytest.mark.parametrize("text", ["plc-01\nplc-02  # left\n", "Hostname\nplc-01\nplc-02\n"])
def test_names_a_line_are_a_list_of_hosts_for_who_calls_them_an_inventory(text: str) -> None:
    assert not recognises(text.encode(), text.encode())
    assert [row["hostname"] for row in read(text.encode(), "a").rows] == ["plc-01", "plc-02"]


@pytest.mark.parametrize("kind", NO_INVENTORY)
def test_refused_by_what_it_lacks(kind: str, tmp_path: Path) -> None:
    text, reason = NO_INVENTORY[kind]
    data = text.encode()
    assert not recognises(data, data)
    assert reason in lacking(data)
    file = tmp_path / "list"
    file.write_bytes(data)
    problems: list[Problem] = []
    assert list(find_inputs([str(tmp_path)], problems)) == []
    assert [reason in str(p) for p in problems][:1] == [True]
    problems.clear()
    assert list(find_inputs([str(file)], problems)) == []
    assert ["no inventory: " in str(p) and reason in str(p) for p in problems] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "Asset,Name,Type\n1,Filler,PLC\n2,Panel,HMI\n3,,\n",
        '[{"name": "Filler", "type": "controller"}, {"name": "Panel", "type": "operator panel"}]',
        "assets:\n  - {name: Filler, type: PLC}\n",
        "Name;Hersteller;Modell\nFüller;Siemens;S7-1500\n",
        "Name,IP\na,10.0.0.1\n",
        "Gerät;Adresse\na;10.0.0.1\nb;10.0.0.2\n",
    ],
)
def test_little_is_enough(text: str) -> None:
    data = text.encode()
    assert recognises(data, data)
    assert lacking(data) == ""
    assert read(data, "a").rows


def test_one_table_of_many_is_not_what_a_file_is_about() -> None:
    data = json.dumps({"vlans": [{"id": 1}], "neighbours": [{"name": "a", "ip": "10.0.0.1"}]}).encode()
    assert not recognises(data, data)
    with pytest.raises(InputError, match="no list of assets with known keys"):
        read(data, "a")


def test_a_foreign_file_is_refused_although_it_is_called_an_inventory() -> None:
    with pytest.raises(InputError, match=r"a: a file of SONiC config_db\.json, which is no list of assets"):
        read(json.dumps(SONIC).encode(), "a")


def test_a_foreign_file_is_known_from_its_beginning() -> None:
    data = json.dumps(SONIC | {"PORT": {f"Ethernet{n}": {"alias": "x" * 50} for n in range(2000)}}).encode()
    assert "SONiC" in lacking(data[:HEAD])


def test_what_is_used_of_an_object_is_said_and_the_rest_is_kept_without_secrets() -> None:
    asset = {"name": "a", "ip": "10.0.0.1", "vendor": {"name": "WAGO", "site": "Minden", "password": "hunter2"}}
    found = read(json.dumps([asset]).encode(), "a")
    assert found.rows[0]["vendor"] == "WAGO"
    assert json.loads(found.rows[0]["extra"]) == {"vendor": {"name": "WAGO", "site": "Minden"}}
    assert ("column vendor", "1 objects, of which one value is used and the others only kept") in found.notes
    assert "hunter2" not in str(found)


def test_the_configuration_of_a_switch_is_one_and_no_inventory(tmp_path: Path) -> None:
    data = json.dumps(SONIC).encode()
    assert not recognises(data, data)
    assert "a file of SONiC config_db.json" in lacking(data)
    file = tmp_path / "config_db.json"
    file.write_bytes(data)
    problems: list[Problem] = []
    assert [found.kind for found in find_inputs([str(tmp_path)], problems)] == [InputKind.CONFIGURATION]
    assert problems == []


def test_a_list_without_assets_says_so() -> None:
    found = read(b"Name,IP address,MAC address,Vendor\n", "a")
    assert [str(p) for p in found.problems] == ["a: no asset is listed"]


def test_indented_lines_without_end_are_looked_at_in_no_time() -> None:
    text = "services:\n" + "      - [hello, 1, 0, 1]\n" * 500
    assert not recognises(text.encode(), text.encode())


def test_names_are_supposed_of_keys_at_the_margin_alone() -> None:
    text = b"- vendor: Acme\n  model: X1\n- vendor: Acme\n  model: X2\n"
    assert not recognises(text, text)


def test_a_list_of_assets_may_rate_them() -> None:
    text = b"Name,IP address,Vulnerability,Risk\nplc,10.0.0.1,old firmware,high\n"
    assert recognises(text, text)
    assert [row["name"] for row in read(text, "a").rows] == ["plc"]


def test_an_object_of_very_many_lists_costs_each_once() -> None:
    """Whether the object is an asset itself was asked anew for each of its lists: minutes for this one."""
    listed = {f"k{number}": [{"name": "a", "ip": "10.0.0.1", "vendor": "x"}] for number in range(3000)}
    assert len(read(json.dumps([listed]).encode(), "a").rows) == 3000
