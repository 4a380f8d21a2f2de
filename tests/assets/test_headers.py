from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.assets.headers import FIELD_OF, fields_of, is_inventory_header, is_secret
from scanner.assets.spelling import normalise
from scanner.facts.schema import INVENTORY


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("IP Address", "ips"),
        ("ip_address", "ips"),
        ("\ufeffIP-Adresse", "ips"),
        ("IP地址", "ips"),
        ("ＩＰ地址", "ips"),
        ("Gerätename", "name"),
        ("Geraetename", "name"),
        ("设备名称", "name"),
        ("MAC-Adresse", "macs"),
        ("Asset Tag", "id"),
        ("资产编号", "id"),
        ("Hersteller", "vendor"),
        ("厂商", "vendor"),
        ("Modell", "model"),
        ("MLFB", "order_number"),
        ("FW Version", "firmware"),
        ("Purdue Level", "level"),
        ("层级", "level"),
        ("Betriebssystem", "os"),
        ("OS name & version", "os"),
        ("Platform OS", "os"),
        ("Mgmt. IP Address", "ips"),
        ("IP address (v4)", "ips"),
        ("VLAN ID", "vlans"),
        ("End of Support Date", "lifecycle"),
        ("End of extended support", "lifecycle"),
        ("Device vendor", "vendor"),
        ("Equipment name", "name"),
        ("Gerätehersteller", "vendor"),
        ("Adresse IP de l'équipement", "ips"),
        ("Fabricante del equipo", "vendor"),
        ("设备序列号", "serial"),
        ("资产IP", "ips"),
        ("Criticality (H/M/L)", "criticality"),
        ("Level (0-5)", "level"),
        ("Manufacturer / Model", "model"),
        ("Operating system & version", "os"),
        ("IP (OT)", "ips"),
        ("设备名称 Device Name", "name"),
        ("IP地址\nIP Address", "ips"),
        ("1. Asset ID", "id"),
        ("Owner (department)", "owner"),
        ("序列号(SN)", "serial"),
        ("Wartungsende", "lifecycle"),
        ("停止支持日期", "lifecycle"),
        ("Sicherheitszone", "zone"),
        ("责任人", "owner"),
        ("role", "roles"),
    ],
)
def test_aliases(header: str, field: str) -> None:
    assert fields_of([header]) == {header: field}


def test_every_alias_means_a_column_of_the_facts() -> None:
    columns = {c.name for c in INVENTORY.columns if not c.derived}
    assert set(FIELD_OF.values()) <= columns


def test_role_type_and_platform_have_their_netbox_meaning_only_there() -> None:
    netbox = ["name", "role", "manufacturer", "device_type", "platform"]
    assert fields_of(netbox) == {
        "name": "name",
        "role": "type",
        "manufacturer": "vendor",
        "device_type": "model",
        "platform": "os",
    }
    assert fields_of(["device_type", "platform"]) == {"device_type": "type"}


def test_own_mapping_wins() -> None:
    assert fields_of(["Name", "Bemerkung"], {"name": "extra", "BEMERKUNG": "owner"}) == {"Bemerkung": "owner"}


@pytest.mark.parametrize(
    "header", ["Password", "SNMP community", "admin_pw_secret", "PWD", "密码", "团体字", "API-Key", "Kennwort"]
)
def test_secrets_by_name(header: str) -> None:
    assert is_secret(header)
    assert fields_of([header, "name"], {header: "name"}) == {"name": "name"}


@pytest.mark.parametrize("header", ["PLC key state", "Keyboard", "Commissioned", "pinned"])
def test_not_secrets(header: str) -> None:
    assert not is_secret(header)


def test_two_columns_make_an_inventory() -> None:
    assert is_inventory_header(["IP", "Vendor"])
    assert not is_inventory_header(["IP"])
    assert not is_inventory_header(["vendor", "model"])


@given(st.text(max_size=30))
@example("A\u00a8")
def test_normalising_twice_changes_nothing(header: str) -> None:
    assert normalise(normalise(header)) == normalise(header)


@given(st.sampled_from(sorted(FIELD_OF)), st.sampled_from(["-", "_", " ", ".", ""]), st.booleans())
def test_separators_and_case_do_not_matter(alias: str, separator: str, upper: bool) -> None:
    written = separator.join(alias)
    assert normalise(written.upper() if upper else written) == alias


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("IP-Adr.", "ips"),
        ("Adr. MAC", "macs"),
        ("IP Address (static)", "ips"),
        ("IP address 2 (Field)", "ips"),
        ("IP-Adresse Anlagenbus", "ips"),
        ("IP地址/网段", "ips"),
        ("设备IP地址", "ips"),
        ("LAN IP", "ips"),
        ("node_ip", "ips"),
        ("IP(s)", "ips"),
        ("Gateway IP", None),
        ("IP des Gateways", None),
        ("OPC server IP", None),
        ("NTP-Server IP", None),
        ("网关IP地址", None),
        ("触摸屏IP", None),
        ("IP/MAC", "ips"),
        ("Model (switch)", None),
        ("Vendor (of the MAC address)", None),
        ("IP (gateway)", None),
        ("IP 网关地址", None),
        ("old IP", None),
        ("IP range", None),
        ("description", None),
        ("machine", None),
    ],
)
def test_whose_address_a_column_holds(header: str, field: str | None) -> None:
    assert fields_of([header]).get(header) == field
