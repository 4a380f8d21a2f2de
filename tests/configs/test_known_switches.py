"""OT switches that are known and not read are taken for no relative, and no relative for them."""

from __future__ import annotations

import pytest

from scanner.configs import reader

IOS = "hostname sw\nno aaa new-model\nip http server\nsnmp-server community x\nline vty 0 4\n"
RGOS = "hostname sw\nenable secret 5 $1$a$b\nip access-list standard 1\nline vty 0 4\n"
RGOS += "interface GigabitEthernet 0/1\n switchport access vlan 2\n"
HIOS = "network management access operation\nconfigure\nno telnet server\nexit\n"
PROCURVE = 'hostname "p"\nsnmp-server community "x" operator\nvlan 1\n   untagged 1-24\n   exit\npassword manager\n'
AOS_CX = (
    "!Version ArubaOS-CX FL.10.10.1100\n!export-password: default\nhostname s\nvlan 1\n"
    "interface 1/1/1\n    no shutdown\n    vlan access 1\nhttps-server vrf default\n"
)
MOXA = "hostname s\ninterface ethernet 1/1\n switchport access vlan 10\nsnmp-server x\nip access-list standard 1\n"


@pytest.mark.parametrize(
    ("text", "system"),
    [
        (f"!\n! SCALANCE X208 is the neighbour in the ring\n!\nversion 15.2\n{IOS}", "cisco-ios"),
        (f"{IOS}! SCALANCE X208\n", "cisco-ios"),
        (f"! Siemens SCALANCE XM408-8C\n{IOS}", "siemens-scalance"),
        (f"# SCALANCE S615\n{IOS}", "siemens-scalance"),
        (f"! link to the SCALANCE XB208\n{IOS}", "cisco-ios"),
        (f"{MOXA}redundancy mode turbo-chain\nip telnet\n", "moxa"),
        (f"{MOXA}ip http-server\nip telnet\nlogin mode local\nauto-backup\n", None),
        (f"{MOXA}interface ethernet 1/2\n", None),
        (f"{IOS}enable password-display\ninterface ethernet 1/1\n", "brocade-netiron"),
        ('<data><chassis xmlns="http://ruggedcom.com/ns/rmf_chassis"/></data>\n', "siemens-rox"),
        ('<data><chassis xmlns="http://example.com/ns/rmf_chassis"/></data>\n', None),
        ("# Port Parameters\r\nethPortCfg\r\n", "siemens-ros"),
        ("ethPortCfg = read_ports()\n", None),
        (f"! Version: HiOS-2A-08.7.01\n{HIOS}", "hirschmann-hios-commands"),
        (HIOS, "hirschmann-hios-commands"),
        (f"! Version: HiSecOS-04.3.00\n{HIOS}", None),
        (f"{HIOS}packet-filter l3 operation\n", None),
        (f"; J9729A Configuration Editor; Created on release #WB.16.08.0001\n{PROCURVE}", "hp-procurve"),
        (f"Running configuration:\n\n{PROCURVE}", "hp-procurve"),
        (f'banner motd "\n{IOS}"\n{PROCURVE}', "hp-procurve"),
        (f"banner motd ^\n{PROCURVE}^\n{IOS}", "cisco-ios"),
        (f"{IOS}! {PROCURVE.splitlines()[0]}\n! password manager\n", "cisco-ios"),
        (f"{IOS}interface Vlan1\n description untagged 1-24\n", "cisco-ios"),
        ('hostname "s"\nvlan 1\n  name 1\n  normal ""\n  fixed 1-28\n  untagged 1-28\nexit\n', None),  # Zyxel
        ("system\n    hostname s\nvlan 1\n    untagged 1-10\nend\niface vlan1 inet static\n", None),  # WeOS
        (
            "ver 08.0.95\nhostname s\nvlan 10 by port\n untagged ethe 1/1/1 to 1/1/4\n tagged ethe 1/2/1\n",
            "brocade-netiron",
        ),
        ("hostname s\ninterface Vlan 10\n untagged TenGigabitEthernet 0/0\n no shutdown\n", None),  # Dell
        ("vlan 10\nvlan 10 members port 1/1/1 untagged\nip interface v10 address 10.0.0.1\n", None),  # OmniSwitch
        (AOS_CX, "aruba-aos-cx"),
        (f"version S29_RGOS 11.4(1)B12P11\n{RGOS}", "ruijie-rgos"),
        (f"version 11.0(4)B13P2\n{RGOS}sysmac 300d.9e11.2233\n", "ruijie-rgos"),
        (f"version 15.2\n{RGOS}nfpp\n", "ruijie-rgos"),
        (f"version 15.2\n{RGOS}", "cisco-ios"),
        (
            f"version 15.2\n{IOS}interface Gi0/1\n description version S29_RGOS 11.4(1) nfpp\n port-group 1\n",
            "cisco-ios",
        ),
        (f"version 15.2\n{IOS}! version S29_RGOS 11.4(1)B12\n! enable service ssh-server\n", "cisco-ios"),
        (
            f"version 15.2\n{IOS}banner motd ^C\nversion S29_RGOS 11.4(1)\nnfpp\nsysmac 300d.9e11.2233\n^C\n",
            "cisco-ios",
        ),
        (
            f"version RGOS 11.4(1)\n{RGOS}nfpp\nbanner motd ^C\n! device: x (DCS-7, EOS-4)\n^C\n",
            "ruijie-rgos",
        ),
        (f"!version 2.2.0E build 89541\n{RGOS}", "bdcom"),
        (f"!Command: show running-config\nfeature lldp\n{RGOS}enable service ssh-server\n", "cisco-nxos"),
    ],
)
def test_known_by_what_only_they_write(text: str, system: str | None) -> None:
    best = reader.resembling(text.encode()).best
    assert (best.name if best else None) == system
