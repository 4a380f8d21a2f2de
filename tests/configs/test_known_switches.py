"""OT switches that are known and not read are taken for no relative, and no relative for them."""

from __future__ import annotations

import pytest

from scanner.configs import reader

IOS = "hostname sw\nno aaa new-model\nip http server\nsnmp-server community x\nline vty 0 4\n"
HIOS = "network management access operation\nconfigure\nno telnet server\nexit\n"
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
    ],
)
def test_known_by_what_only_they_write(text: str, system: str | None) -> None:
    best = reader.resembling(text.encode()).best
    assert (best.name if best else None) == system
