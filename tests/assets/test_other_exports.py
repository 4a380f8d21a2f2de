"""Lists in other languages, encodings and shapes than those that ``formats.yaml`` has, and what they give."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.assets.readers import read, recognises

_ROW = "PLC1,10.0.0.11,00:1b:1b:00:00:11,Siemens"
_PLC = {"name": "PLC1", "ips": ["10.0.0.11"], "vendor": "Siemens"}

_TENABLE = """\
Name,Addresses,MAC Addresses,Type,Family,Model,Criticality
P,10.0.0.1,00:1b:1b:00:00:11,PLC,S7-1500,CPU 1516-3,High Criticality
"""


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("Nome dispositivo,Indirizzo IP,Indirizzo MAC,Produttore", "cp1252"),
        ("Nome do equipamento,Endereço IP,Endereço MAC,Fornecedor", "cp1252"),
        ("Apparaatnaam,IP-adres,MAC-adres,Fabrikant", "utf-8"),
        ("Имя устройства,IP-адрес,MAC-адрес,Производитель", "cp1251"),
        ("Имя устройства,IP-адрес,MAC-адрес,Производитель", "utf-8"),
        ("장비명,IP 주소,MAC 주소,제조사", "utf-8"),
        ("機器名,IPアドレス,MACアドレス,メーカー", "cp932"),
        ("设备名称,IP地址,MAC地址,厂商", "gb18030"),
        ("Nom de l'équipement,Adresse IP,Adresse MAC,Fabricant", "cp1252"),
        ("Gerätename,IP-Adresse,MAC-Adresse,Hersteller", "cp1252"),
    ],
)
def test_headers_of_a_language_in_its_encoding(header: str, encoding: str) -> None:
    data = f"{header}\n{_ROW}\n".encode(encoding)
    assert recognises(data, data)
    [row] = read(data, "a").rows
    assert {key: row[key] for key in _PLC} == _PLC
    assert row["macs"] == ["00:1b:1b:00:00:11"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Name,IP Address 1,IP Address 2,MAC 1,MAC (2)\nP,10.0.0.1,10.0.1.1,00:1b:1b:00:00:11,00:1b:1b:00:00:12\n",
            {"ips": ["10.0.0.1", "10.0.1.1"], "macs": ["00:1b:1b:00:00:11", "00:1b:1b:00:00:12"]},
        ),
        ("Name,IP\nP,10.0.0.1:502\n", {"ips": ["10.0.0.1"]}),
        ("name,mac_vendor,vendor,ip\nP,Siemens AG,Phoenix,10.0.0.1\n", {"vendor": "Phoenix"}),
        ("name,mac_vendor,ip\nP,Siemens AG,10.0.0.1\n", {"vendor": "Siemens AG"}),
        (
            _TENABLE,
            {"ips": ["10.0.0.1"], "model": "CPU 1516-3", "criticality": "high", "type": "plc"},
        ),
        (
            "Device name;IP address;Device category;Vendor;Hardware model\nP;10.0.0.1;PLC;Siemens;S7-1500\n",
            {"type": "plc", "model": "S7-1500"},
        ),
        ("name,ip_address,model_id,owned_by\nP,10.0.0.1,S7-1500,Bob\n", {"model": "S7-1500", "owner": "Bob"}),
        ("设备名称,IP地址,所属区域\nP,10.0.0.1,控制区\n", {"zone": "控制区"}),
        ('name,ip,zones\nP,10.0.0.1,"[""Filling""]"\n', {"zone": "Filling"}),
        ('name,ip,zones\nP,10.0.0.1,"[""Fill"", ""Pack""]"\n', {"zone": "Fill, Pack"}),
        ("Name,IP,Criticality\nP,10.0.0.1,HighCriticality\n", {"criticality": "high"}),
        ("Nom;Adresse IP;Version micrologiciel\nP;10.0.0.1;V2.9\n", {"firmware": "V2.9"}),
        ("Name;IP address;HW version;SW version\nP;10.0.0.1;2;V2.9\n", {"firmware": "V2.9"}),
        ("name,ip,model-name,model-ref\nP,10.0.0.1,CPU,6ES7 516-3AN01-0AB0\n", {"order_number": "6ES7 516-3AN01-0AB0"}),
    ],
)
def test_columns_of_products_and_of_several_interfaces(text: str, expected: dict[str, Any]) -> None:
    [row] = read(text.encode(), "a").rows
    assert {key: row[key] for key in expected} == expected


def test_a_user_with_an_address_is_no_asset_of_tenable() -> None:
    text = b"Name,IP,Addresses\nPLC1,10.0.0.1,Main Street 7\n"
    [row] = read(text, "a").rows
    assert row["ips"] == ["10.0.0.1"]
    assert json.loads(row["extra"]) == {"Addresses": "Main Street 7"}


def test_an_object_a_line_is_an_asset() -> None:
    data = b'{"name": "PLC1", "ip": "10.0.0.11"}\n\n{"name": "PLC2", "ip": "10.0.0.12"}\n'
    assert recognises(data, data)
    assert [row["name"] for row in read(data, "a").rows] == ["PLC1", "PLC2"]


def test_what_interfaces_have_counts_for_their_asset() -> None:
    data = json.dumps(
        {
            "assets": [
                {
                    "name": "PLC1",
                    "vendor": "Siemens",
                    "interfaces": [
                        {"name": "X1", "ip": "10.0.0.11", "mac": "00:1b:1b:00:00:11"},
                        {"name": "X2", "ip": ["10.0.1.11", "10.0.2.11"]},
                    ],
                    "gateway": {"ip": "10.0.0.1"},
                },
                {"name": "PLC2", "vendor": "Siemens", "interfaces": []},
            ]
        }
    ).encode()
    first, second = read(data, "a").rows
    assert first["ips"] == ["10.0.0.11", "10.0.1.11", "10.0.2.11"]
    assert first["macs"] == ["00:1b:1b:00:00:11"]
    assert first["name"] == "PLC1"
    assert second["name"] == "PLC2"


def test_files_that_were_put_together_have_several_headers() -> None:
    data = b"Name,IP\nPLC1,10.0.0.11\nName,IP\nPLC2,10.0.0.12\n"
    found = read(data, "a")
    assert [row["name"] for row in found.rows] == ["PLC1", "PLC2"]
    assert found.problems == ()
