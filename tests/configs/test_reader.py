"""Recognition by content: each dialect claims its own, none claims what only resembles it, nothing is guessed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scanner.configs import reader
from scanner.errors import InputError

FOLDER = Path(__file__).parents[2] / "fixtures" / "configs"

SMALL_IOS = (
    b"hostname CELL1-SW\nno service password-encryption\nsnmp-server community x RW\nip http server\n"
    b"interface GigabitEthernet1/5\n switchport mode access\nline vty 0 4\n transport input telnet ssh\nend\n"
)
SMALL_VRP = (
    b"sysname CELL2-SW\ntelnet server enable\nundo http server enable\nacl number 3001\n rule 100 permit ip\n"
    b"user-interface vty 0 4\n protocol inbound all\nreturn\n"
)
OTHERS = {
    "nx-os": b"!Command: show running-config\nversion 9.3(5)\nhostname n\nfeature telnet\nsnmp-server user a\n"
    b"line vty\ninterface Ethernet1/1\n",
    "ios-xr": b"!! IOS XR Configuration 24.4.1\nhostname x\nsnmp-server vrf m\nline default\n"
    b"interface GigabitEthernet0/0/0/0\n",
    "asa": b"ASA Version 9.8(2)\nhostname fw\nenable password x\ninterface GigabitEthernet0/0\nsnmp-server host a\n",
    "eos": b"! device: sw (DCS-7050, EOS-4.28)\nhostname e\nspanning-tree mode mstp\ninterface Ethernet1\n"
    b"line con 0\nsnmp-server community x\n",
    "ruijie": b"version RGOS 11.4\nhostname r\nenable service ssh-server\nline vty 0 4\nsnmp-server host x\n"
    b"interface GigabitEthernet 0/1\n",
    "procurve": b'; J9727A Configuration Editor\nhostname "p"\nsnmp-server community x\nline con 0\nip http server\n',
    "comware": b"#\n version 7.1.070, Release 6126\n#\n sysname CELL3-SW\n#\nssh server enable\nundo ip http enable\n"
    b"interface Vlan-interface1\nline vty 0 63\nreturn\n",
    "comware without version": b"sysname H\n#\ninterface Vlan-interface1\n#\nline vty 0 63\n#\nsnmp-agent\nreturn\n",
    "comware fragment": b"sysname H\n#\ndhcp server ip-pool a\n#\nsnmp-agent\n#\nacl advanced name x\n#\nreturn\n",
    "ios-xr lines": b"hostname x\nsnmp-server traps fabric\nservice timestamps log datetime\nline template SSH\nend\n",
    "eos fragment": b"transceiver qsfp default-mode 4x10G\nhostname x\nsnmp-server community a\n"
    b"spanning-tree mode mstp\n"
    b"enable secret a\n",
    "netiron": b"hostname x\nno aaa new-model\nenable password-display\nip access-list standard 1\n"
    b"snmp-server community a\n",
    "fortios": b"#config-version=FGTR60-7.4.4\nconfig system global\n    set hostname x\nend\n",
    "csv": b"name,ip,vendor,hostname\nplc1,10.0.0.1,Siemens,line vty 0 4\n",
    "yaml": b"site: x\nzones:\n  - id: a\nhostname: line vty 0 4\nsnmp-server: yes\nversion: 15.2\n",
    "json": b'{"hostname": "a",\n"version": "15.2",\n"line vty 0 4": 1}\n',
    "json list": b'[\n{"hostname": "a"}]\nhostname a\nversion 15.2\nip http server\nline vty 0 4\n',
    "xml": b"<config version='1'>\nhostname a\nversion 15.2\nline vty 0 4\nip http server\n</config>\n",
    "prose": b"The hostname of the switch\nis changed on line vty 0 4.\nversion 15.2 and snmp-server too\n",
    "log": b"Mar  1 00:00:01 sw1 %SYS-5-CONFIG_I: hostname a\n",
    "binary": b"hostname a\nversion 15.2\nip http server\nline vty 0 4\n\x00\x00\n",
    "empty": b"",
}


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*/*.cfg")), ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_fixtures_are_recognised_by_one_dialect(file: Path) -> None:
    head = file.read_bytes()
    claims = [d.DIALECT for d in reader.dialects() if d.recognises("config.txt", head)]
    assert claims == ["huawei-vrp" if file.parent.name == "s5735" else "cisco-ios"]


@pytest.mark.parametrize(
    ("data", "dialect"),
    [
        (SMALL_IOS, "cisco-ios"),
        (SMALL_IOS.replace(b"\n", b"\r\n"), "cisco-ios"),
        (b"\xef\xbb\xbf" + SMALL_IOS, "cisco-ios"),
        (SMALL_IOS.decode().encode("utf-16"), "cisco-ios"),
        (SMALL_VRP, "huawei-vrp"),
        (SMALL_VRP.replace(b"\n", b"\r\n"), "huawei-vrp"),
        (b"!Software Version V200R019C10SPC500\n#\nvlan batch 1\n#\n", "huawei-vrp"),
    ],
    ids=["ios", "ios-crlf", "ios-bom", "ios-utf16", "vrp", "vrp-crlf", "vrp-without-name"],
)
def test_small_configurations_are_recognised_and_read(data: bytes, dialect: str) -> None:
    assert reader.recognises("x", data)
    assert reader.read(data, "x").dialect == dialect


@pytest.mark.parametrize("kind", OTHERS)
def test_others_are_not_claimed(kind: str) -> None:
    assert reader.recognise("config.txt", OTHERS[kind]) is None
    with pytest.raises(InputError) as error:
        reader.read(OTHERS[kind], "config.txt")
    assert error.value.problem.what == "not recognised as a device configuration"
    assert "cisco-ios, huawei-vrp" in error.value.problem.remedy


def test_reading_needs_no_heavy_library() -> None:
    code = (
        "import sys; from scanner.configs import reader; reader.dialects();"
        "print(sorted({'polars', 'numpy', 'scapy', 'yaml', 'scanner.capture.read'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_name_of_the_file_decides_nothing() -> None:
    assert not reader.recognises("switch-running-config.cfg", b"name;ip\nplc;10.0.0.1\n")
    assert reader.recognises("inventory.csv", SMALL_IOS)
