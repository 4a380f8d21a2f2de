"""Versions that configurations state, matched with advisories: of devices that are listed, seen, or neither."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.facts.enrich import enrich
from scanner.inputs import find_inputs
from scanner.scan import read_inputs

FORTIOS = """#config-version=FGT60F-{version}-FW-build1234-240101:opmode=0:vdom=0:user=admin
config system global
    set hostname "FW-1"
end
config system interface
    edit "port1"
        set vdom "root"
        set ip 10.0.0.1 255.255.255.0
    next
end
"""
IOS = (
    "version {version}\nhostname SW-1\ninterface Vlan1\n ip address 10.0.0.1 255.255.255.0\n"
    "line vty 0 4\n login local\nend\n"
)


def advisory(vendor: str, product: str, versions: str) -> dict[str, Any]:
    """One about one product."""
    leaf = {"product_id": "P1", "name": versions}
    branch = {"category": "product_version_range", "name": versions, "product": leaf}
    tree = {"category": "product_name", "name": product, "branches": [branch]}
    return {
        "document": {
            "category": "csaf_security_advisory",
            "csaf_version": "2.0",
            "title": "A flaw",
            "publisher": {"category": "vendor", "name": vendor, "namespace": "https://vendor.example"},
            "tracking": {
                "id": "A-1",
                "status": "final",
                "version": "1",
                "initial_release_date": "2026-01-01T00:00:00Z",
                "current_release_date": "2026-01-01T00:00:00Z",
                "revision_history": [{"date": "2026-01-01T00:00:00Z", "number": "1", "summary": "first"}],
            },
        },
        "product_tree": {"branches": [{"category": "vendor", "name": vendor, "branches": [tree]}]},
        "vulnerabilities": [{"cve": "CVE-2026-0001", "product_status": {"known_affected": ["P1"]}}],
    }


def exposed(folder: Path, **files: str) -> list[dict[str, Any]]:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")
    scan = read_inputs(list(find_inputs([str(folder)], [])), jobs=1)
    return enrich(scan.facts)["exposures"].to_dicts()


@pytest.mark.parametrize(
    ("product", "versions", "text", "result"),
    [
        (("Fortinet", "FortiOS"), "<7.2.9", FORTIOS.format(version="7.2.5"), "affected"),
        (("Fortinet", "FortiOS"), "<7.2.9", FORTIOS.format(version="7.2.9"), "not-affected"),
        (("Fortinet Inc.", "FortiOS"), "vers:generic/>=7.0|<7.2.9", FORTIOS.format(version="7.4.1"), "not-affected"),
        (("Cisco", "Cisco IOS XE Software"), "<17.6", IOS.format(version="17.3"), "affected"),
        (("Cisco", "Cisco IOS XE Software"), "<17.3.5", IOS.format(version="17.3"), "unknown"),
    ],
)
def test_a_configuration_alone(tmp_path: Path, product: tuple[str, str], versions: str, text: str, result: str) -> None:
    [row] = exposed(tmp_path, sw_cfg=text, a_json=json.dumps(advisory(*product, versions)))
    assert (row["result"], row["device"], row["row"]) == (result, "", None)
    assert row["name"] in ("FW-1", "SW-1")
    assert row["source"].endswith("sw.cfg")
    assert "sw.cfg" in row["firmware_from"][0]


@pytest.mark.parametrize(
    ("vendor", "product", "text"),
    [
        ("Fortinet", "FortiOS-6K7K", FORTIOS.format(version="7.2.5")),
        ("Fortinet", "FortiProxy", FORTIOS.format(version="7.2.5")),
        ("Other", "FortiOS", FORTIOS.format(version="7.2.5")),
        ("Cisco", "Cisco IOS Software", IOS.format(version="17.3")),
        ("Cisco", "Cisco IOS XR Software", IOS.format(version="17.3")),
        ("Cisco", "Cisco IOS XE Software", IOS.format(version="15.2")),  # of which IOS and IOS XE 3 have releases
    ],
)
def test_another_product_is_not_meant(tmp_path: Path, vendor: str, product: str, text: str) -> None:
    assert exposed(tmp_path, sw_cfg=text, a_json=json.dumps(advisory(vendor, product, "<99"))) == []


LIST = "Name,Vendor,Model,Firmware,IP address\nFW-1,Fortinet,FortiGate 60F,{version},10.0.0.1\n"


def test_one_that_is_listed_stands_once(tmp_path: Path) -> None:
    text = FORTIOS.format(version="7.2.5")
    told = json.dumps(advisory("Fortinet", "FortiOS", "<7.2.9"))
    [row] = exposed(tmp_path, sw_cfg=text, a_json=told, list_csv=LIST.format(version=""))
    assert (row["result"], row["row"], row["firmware"]) == ("affected", 2, ["7.2.5"])


def test_an_inventory_that_says_otherwise_leaves_it_open(tmp_path: Path) -> None:
    text = FORTIOS.format(version="7.2.5")
    told = json.dumps(advisory("Fortinet", "FortiOS", "<7.2.9"))
    [row] = exposed(tmp_path, sw_cfg=text, a_json=told, list_csv=LIST.format(version="7.2.11"))
    assert row["result"] == "unknown"


def test_two_configurations_are_two_devices(tmp_path: Path) -> None:
    told = json.dumps(advisory("Fortinet", "FortiOS", "<7.2.9"))
    one, other = FORTIOS.format(version="7.2.5"), FORTIOS.format(version="7.2.9").replace("10.0.0.1", "10.0.0.2")
    rows = exposed(tmp_path, a_cfg=one, b_cfg=other, a_json=told)
    assert sorted(r["result"] for r in rows) == ["affected", "not-affected"]
    assert len({r["source"] for r in rows}) == 2
