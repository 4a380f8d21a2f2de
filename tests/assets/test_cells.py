from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.assets import cells, kinds
from scanner.vocabulary import LEVELS, ROLE_OF_TYPE, ROLES, TYPES


@pytest.mark.parametrize(
    ("value", "good", "ranges", "refused"),
    [
        ("10.0.0.1", ["10.0.0.1"], [], 0),
        ("10.0.0.1; 10.0.0.2\n10.0.0.1", ["10.0.0.1", "10.0.0.2"], [], 0),
        ('["10.0.0.1", "fe80::1%eth0"]', ["10.0.0.1", "fe80::1"], [], 0),
        (["10.0.0.1", {"address": "10.0.0.2/24"}], ["10.0.0.1", "10.0.0.2"], [], 0),
        ("10.0.0.1/32", ["10.0.0.1"], [], 0),
        ("10.0.0.0/24", [], ["10.0.0.0/24"], 0),
        ("10.0.0.1 - 10.0.0.20", [], ["10.0.0.1-10.0.0.20"], 0),
        ("10.0.0.1-20", [], ["10.0.0.1-20"], 0),
        ("10.0.0.300", [], [], 1),
        ("224.0.0.1 255.255.255.255", [], [], 1),
        ("10.0.0.5 255.255.255.0", ["10.0.0.5"], [], 0),
        ("10.0.0.5/255.255.255.0", ["10.0.0.5"], [], 0),
        ("255.255.255.0", [], [], 1),
        ("10.0.0.5 (X1), eth1: 10.0.1.5, 10.0.2.5 (PN/IE_1)", ["10.0.0.5", "10.0.1.5", "10.0.2.5"], [], 0),
        ("10.0.0.5 / 10.0.1.5", ["10.0.0.5", "10.0.1.5"], [], 0),
        ("10.0.0.5/10.0.1.5", ["10.0.0.5", "10.0.1.5"], [], 0),
        ("10.0.0.5 / 24, fe80::5 / 64", ["10.0.0.5", "fe80::5"], [], 0),
        ("10.0.0.0 / 24", [], ["10.0.0.0/24"], 0),
        ("10.0.0.5 GW 10.0.0.1", ["10.0.0.5"], [], 1),  # another's address permits nobody
        ("10.0.0.5 (before: 10.0.0.77)", ["10.0.0.5"], [], 1),
        ("before 10.0.0.77", [], [], 1),
        ("10.\u200b0.0.5", ["10.0.0.5"], [], 0),
        ("010.003.001.007", ["10.3.1.7"], [], 0),
        ("010.003.001.007/24, 010.003.001.008", ["10.3.1.7", "10.3.1.8"], [], 0),
        ("010.3.1.7", [], [], 1),  # padded in part: it may be octal
        ("http://10.3.1.10/", ["10.3.1.10"], [], 0),
        ("https://10.3.1.10:8443/login.html", ["10.3.1.10"], [], 0),
        ("https://plc.example/", [], [], 1),
        ("n / a", [], [], 0),
        ("127.0.0.1", [], [], 1),
        ("10.0.0.5 (DHCP)", ["10.0.0.5"], [], 0),
        ("static 10.0.0.5", ["10.0.0.5"], [], 0),
        ("DHCP: 10.0.0.1", [], [], 1),  # which may be the server's
        ("DHCP server 10.0.0.1", [], [], 1),
        *((text, [], [], 0) for text in ("DHCP", "(via DHCP)", "dynamic IP", "DHCPv6/SLAAC", "per DHCP vergeben")),
        *(
            (text, [], [], 0)
            for text in ("no IP", "Keine IP-Adresse", "sans adresse IP", "not networked", "stand-alone")
        ),
        *(
            (text, [], [], 0)
            for text in ("RS-485", "RS232 / USB", "Profibus DP", "Modbus RTU (RS485)", "4-20 mA", "Serial")
        ),
        *((text, [], [], 0) for text in ("自动获取", "动态IP", "无IP地址", "未联网", "串口", "なし")),
        ("485", [], [], 1),
        ("network", [], [], 1),
        ("HMI by the line", [], [], 1),
        ("n/a", [], [], 0),
        (None, [], [], 0),
        (7, [], [], 1),
    ],
)
def test_addresses(value: object, good: list[str], ranges: list[str], refused: int) -> None:
    found = cells.addresses(value)
    assert (found[0], found[1], len(found[2])) == (good, ranges, refused)


def test_mac_addresses() -> None:
    labels = cells.mac_addresses("00 1B 1B 00 00 01; X2: 001b1b000002 / X3: 001b.1b00.0003")
    assert labels == (["00:1b:1b:00:00:01", "00:1b:1b:00:00:02", "00:1b:1b:00:00:03"], [])
    good, bad = cells.mac_addresses("00-1B-1B-00-00-01, 001b.1b00.0002 | xyz 00:00:00:00:00:00 ff:ff:ff:ff:ff:ff")
    assert good == ["00:1b:1b:00:00:01", "00:1b:1b:00:00:02"]
    assert bad == [
        "'xyz' is not a MAC address",
        "'00:00:00:00:00:00' is not the MAC address of a device",
        "'ff:ff:ff:ff:ff:ff' is not the MAC address of a device",
    ]


def test_vlans() -> None:
    assert cells.vlan_ids("VLAN 10, 20-22; vid30") == ([10, 20, 21, 22, 30], [])
    assert cells.vlan_ids("0, 4095, trunk")[1] == [f"'{v}' is not a VLAN identifier" for v in ("0", "4095", "trunk")]


@pytest.mark.parametrize(
    ("text", "level"),
    [("1", 1.0), ("Level 2", 2.0), ("L3", 3.0), ("3,5", 3.5), ("Level 3.5 (DMZ)", 3.5), ("Ebene 0", 0.0)],
)
def test_levels(text: str, level: float) -> None:
    assert cells.purdue_level(text) == level


@pytest.mark.parametrize("text", ["6", "2.5", "三级", "等保二级", "high", "-1", "33"])
def test_not_levels(text: str) -> None:
    with pytest.raises(ValueError, match="not a Purdue level"):
        cells.purdue_level(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("admin: hunter2; svc-scada", ["admin", "svc-scada"]),
        ("admin/hunter2", ["admin"]),
        ("admin (hunter2)", ["admin"]),
        ("PLANT\\operator", ["PLANT\\operator"]),
        ("none", ["none"]),
        ("n/a", []),
    ],
)
def test_accounts_keep_no_secret(text: str, names: list[str]) -> None:
    assert cells.account_names(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "password: hunter2",
        "Passwort = hunter2",
        "pw:hunter2",
        "口令：hunter2",
        "ftp://u:hunter2@plc/",
        "community is hunter2",
        "Passwort lautet hunter2",
        "User: admin Pass: hunter2",
        "Passwort hunter2, seit 2019",
        "community hunter2",
        "contraseña es hunter2",
        "パスワードはhunter2",
    ],
)
def test_secrets_in_text_are_masked(text: str) -> None:
    assert "hunter2" not in cells.text_of(text)


@pytest.mark.parametrize(
    "text", ["Bypass: closed", "password policy of 2019", "Passwort geändert", "compass is broken"]
)
def test_no_secret_is_kept(text: str) -> None:
    assert cells.text_of(text) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("PLC", "plc"),
        ("SPS", "plc"),
        ("可编程控制器", "plc"),
        ("Safety PLC", "safety_controller"),
        ("Engineering Workstation", "engineering_station"),
        ("SCADA server", "scada_server"),
        ("操作员站", "hmi"),
        ("Operator Panel", "hmi"),
        ("Remote I/O", "io_device"),
        ("Managed Switch", "switch"),
        ("交换机", "switch"),
        ("Wireless access point", "wireless_ap"),
        ("Frequenzumrichter", "drive"),
        ("OPC-UA Server", "opc_server"),
        ("Server", "server"),
        ("Desktop PC", "workstation"),
        ("RTU", "rtu"),
        ("Sicherheitssteuerung", "safety_controller"),
        ("Ofensteuerung", "plc"),
        ("coffee machine", "unknown"),
        ("Desktop computer", "workstation"),
        ("Laptop computer", "workstation"),
        ("Domain controller", "server"),
        ("Domain Controller (AD)", "server"),
        ("域控制器", "server"),
        ("Access controller", "unknown"),
        ("门禁控制器", "unknown"),
        ("Storage controller", "unknown"),
        ("Motion controller", "plc"),
        ("Knowledge server", "server"),
        ("Edge computer", "gateway"),
        ("Disk drive", "unknown"),
        ("Patch panel", "unknown"),
        ("Panel PC", "hmi"),
        ("Switchgear PLC", "plc"),
        ("Engineering switch", "switch"),
        ("Engineering firewall", "firewall"),
        ("Engineering printer", "printer"),
        ("Office PC of engineering", "unknown"),
        ("Engineering", "engineering_station"),
        ("Eng. Station", "engineering_station"),
        ("SCADA engineer laptop", "engineering_station"),
        ("Safety Engineering Station", "engineering_station"),
        ("SIS EWS", "engineering_station"),
        ("工程师工作站", "engineering_station"),
        ("操作员工作站", "hmi"),
        ("Protection IED", "ied"),
        ("Stazione di ingegneria", "engineering_station"),
        ("Estação de engenharia", "engineering_station"),
        ("Инженерная станция", "engineering_station"),
        ("엔지니어링 워크스테이션", "engineering_station"),
        ("AP", "wireless_ap"),
        ("Point d'accès", "wireless_ap"),
        ("アクセスポイント", "wireless_ap"),
        ("Точка доступа", "wireless_ap"),
        ("Security appliance", "firewall"),
        ("Межсетевой экран", "firewall"),
        ("방화벽", "firewall"),
        ("Маршрутизатор", "router"),
        ("Roteador", "router"),
        ("Коммутатор L2", "switch"),
        ("스위치", "switch"),
        ("SW", "switch"),
        ("Core SW 1", "switch"),
        ("FW-2", "firewall"),
        ("Software", "unknown"),
        ("Application server", "server"),
        ("Safety door switch", "switch"),
        ("Health and safety PC", "workstation"),
        ("Office PC", "workstation"),
        ("SIS控制器", "safety_controller"),
        ("ESD controller", "safety_controller"),
        ("Automate de sécurité", "safety_controller"),
        ("PLC de seguridad", "safety_controller"),
        ("PLC di sicurezza", "safety_controller"),
        ("Контроллер ПАЗ", "safety_controller"),
        ("安全コントローラ", "safety_controller"),
        ("Caméra de sécurité", "camera"),
    ],
)
def test_types(text: str, kind: str) -> None:
    assert kinds.asset_type(text) == kind
    assert kind in TYPES


def test_every_type_has_a_role_but_unknown() -> None:
    assert set(TYPES) - set(ROLE_OF_TYPE) == {"unknown"}
    assert set(ROLE_OF_TYPE.values()) <= set(ROLES)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("Hoch", "high"),
        ("关键", "critical"),
        ("B2", "B2"),
        ("H", "high"),
        ("hoog", "high"),
        ("высокий", "high"),
        ("매우 높음", "critical"),
        ("mission-critical", "critical"),
        ("molto alta", "critical"),
        ("1 - critical", "critical"),
        ("High (A)", "high"),
        ("Level 3: sehr hoch", "critical"),
        ("非关键", "非关键"),
        ("not critical", "not critical"),
        ("low or high", "low or high"),
    ],
)
def test_criticality(text: str, given: str) -> None:
    assert kinds.criticality(text) == given


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
    )
)
def test_any_value_is_understood_or_refused(value: object) -> None:
    for read in (cells.text_of, cells.many, cells.addresses, cells.mac_addresses, cells.vlan_ids, cells.account_names):
        read(value)
    with contextlib.suppress(ValueError):
        assert cells.purdue_level(cells.text_of(value)) in LEVELS


@pytest.mark.parametrize(
    ("text", "approved"),
    [("não", False), ("Nee", False), ("нет", False), ("아니오", False), ("未批准", False), ("sim", True), ("да", True)],
)
def test_approval_in_other_languages(text: str, approved: bool) -> None:
    assert kinds.consent(text) is approved
