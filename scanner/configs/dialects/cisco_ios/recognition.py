"""What an IOS configuration looks like."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    shared={
        "hostname": r"hostname \S+[ \r]*$",
        "version": r"version 1[0-9]\.\d+[ \r]*$",
        "service": r"(?:no )?service (?:timestamps|password-encryption|pad|config|call-home|unsupported-transceiver)\b",
        "ip http server": r"(?:no )?ip http (?:secure-)?server",
        "ip cef": r"(?:no )?ip (?:cef|classless|subnet-zero|forward-protocol nd|domain[- ]lookup)\b",
        "snmp-server": r"snmp-server \w+",
        said("interface names"): r"interface (?:Fast|Gigabit|TenGigabit|TwoGigabit|AppGigabit|FortyGigabit)?Ethernet\d"
        r"|interface Vlan\d",
        "line con, vty or aux": r"line (?:con|vty|aux) \d",
        "switchport": r" switchport ",
        "spanning-tree mode": r"spanning-tree mode",
        said("boot markers"): r"boot-(?:start|end)-marker",
        said("heading of show running-config"): r"Building configuration|Current configuration : \d+ bytes",
        "aaa new-model": r"(?:no )?aaa new-model",
        "ip access-list": r"ip access-list (?:standard|extended) ",
        "enable secret": r"enable (?:secret|password) ",
    },
    needs=r"hostname \S|line (?:con|vty) \d|Current configuration : ",
    # the latter: AlliedWare Plus, Raisecom, Maipu and others that write much as IOS does
    never=r"[{<]|\[\s*[{\"\]]|interface port ?\d|!ROS Version|user name |service telnet[ \r]*$",
    least=3,
)
