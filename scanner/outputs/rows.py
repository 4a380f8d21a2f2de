"""Tables with one line for each address, neighbour or port."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scanner.outputs.columns import PrintedTable
from scanner.outputs.ports import is_bare_port, is_port, is_station, mac_of

Row = dict[str, Any]
TABLES: Mapping[str, Sequence[str]] = {  # name -> titles of its header in their order; the first that fits
    "lldp eos": ("port", "neighbor device id", "neighbor port id", "ttl"),
    "lldp vrp": ("local intf", "neighbor dev", "neighbor intf", "exptime"),
    "lldp vrp old": ("local interface", "exptime", "neighbor interface", "neighbor device"),
    "lldp comware": ("system name", "local interface", "chassis id", "port id"),
    "lldp comware new": ("local interface", "chassis id", "port id", "system name"),
    "lldp cisco": ("device id", "local intf", "hold-time", "capability", "port id"),
    "lldp junos": ("local interface", "parent interface", "chassis id", "port info", "system name"),
    "lldp sonic": ("localport", "remotedevice", "remoteportid", "capability"),
    "lldp procurve": ("localport", "chassisid", "portid", "portdescr", "sysname"),
    "cdp": ("device", "local intrfce", "h", "capability", "platform", "port id"),
    "mac nxos": ("vlan", "mac address", "type", "age", "secure", "ntfy", "ports"),
    "mac": ("vlan", "mac address", "type", "port"),
    "mac junos": ("vlan", "mac", "mac", "age", "logical"),
    "mac junos new": ("vlan", "mac", "mac", "gbp", "logical"),
    "mac junos old": ("vlan", "mac address", "type", "age", "interfaces"),
    "mac ruijie": ("vlan", "mac address", "type", "interface"),
    "mac sonic": ("no.", "vlan", "macaddress", "port", "type"),
    "mac fortios": ("port no", "device", "devname", "mac addr", "ttl"),
    "mac routeros": ("#", "mac-address", "vid", "on-interface"),
    "mac routeros old": ("#", "mac-address", "on-interface"),
    "mac catalyst": ("destination address", "address type", "vlan", "destination port"),
    "mac hios": ("vlan", "mac address", "port", "status"),
    "mac vrp": ("mac address", "vlan/", "learned-from", "type"),
    "mac vrp old": ("mac address", "vlan/", "pevlan", "cevlan", "port", "type"),
    "mac comware": ("mac address", "vlan id", "state", "port"),
    "mac comware old": ("mac addr", "vlan id", "state", "port index"),
    "mac procurve": ("mac address  ", "port  ", "vlan"),
    "arp ios": ("protocol", "address", "age", "hardware addr", "type", "interface"),
    "arp ruijie": ("protocol", "address", "age", "hardware", "type", "interface"),
    "arp junos": ("mac address", "address", "interface", "flags"),
    "arp sonic": ("address", "macaddress", "iface", "vlan"),
    "arp routeros": ("#", "address", "mac-address", "interface"),
    "arp nxos": ("address", "age", "mac address", "interface"),
    "arp eos": ("address", "age", "hardware addr", "interface"),
    "arp vrp": ("ip address", "mac address", "expire", "type", "interface"),
    "arp comware": ("ip address", "mac address", "vlan", "interface", "aging"),
    "arp procurve": ("ip address  ", "mac address  ", "type  ", "port"),
    "ports procurve": ("port  ", "type", "alert", "enabled", "status", "mode"),
    "ports": ("port", "name", "status", "vlan", "duplex", "speed"),
    "ports sonic": ("interface", "lanes", "speed", "mtu", "alias", "vlan", "oper", "admin"),
    "ports junos": ("interface", "admin", "link", "proto", "local"),
    "ports vrp": ("interface", "phy", "protocol", "inuti", "oututi"),
    "ports comware": ("interface", "link", "speed", "duplex", "type", "pvid"),
}
_KINDS = {"lldp": "neighbours", "cdp": "neighbours", "mac": "stations", "arp": "stations", "ports": "switch_ports"}
_RULE = re.compile(r"[\s\-+=|*]*")
_WORDS = re.compile(r"[^\s,|]+")
_SELF = re.compile(
    r"(?i)cpu|router|switch|self|system|sup-.*|vpc peer.*|igmp|management|vlanif.*|vlan.*|\(r\)|-|--|invalid|filter"
)
_GIVEN = frozenset(("static", "secure", "sticky", "security", "blackhole", "mgmt", "management", "self"))
_UP = frozenset(("connected", "up"))
_DISABLED = frozenset(
    ("disabled", "*down", "adm", "err-disabled", "errdisabled", "notpresent", "xcvrabsen", "xcvrabsent")
)
_STATE = re.compile(
    r"(?<=\s)(?:connected|notconnect|disabled|err-?disabled|inactive|monitoring|suspended|suspnd|sfpabsent|sfpinvali\w*"
    r"|xcvrabsen\w*|xcvrinval\w*|noopermem\w*|linkflape\w*|channeldo\w*|notpresent|faulty|down|up)(?=\s)",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?i)\b(?P<word>[a-z]*ethernet|aggregateport) (?P<first>\d+)(?P<rest>(?: ?/\d+)*)")
_FORTIOS = re.compile(r"(?:port|internal|wan|lan|dmz|mgmt|ha|x)\d*")  # ports; others are VLANs, tunnels and aggregates
_ABBREVIATED = re.compile(r"(?P<word>Fas|Gig|Ten|Eth|Twe|For|Hun) (?P<number>\d[\d/]*)")


class TableLines:
    """The lines below one header."""

    def __init__(self, name: str, table: PrintedTable) -> None:
        self._name, self._table = name, table
        self._family = name.split(maxsplit=1)[0]
        self._is_port = is_bare_port if name.endswith(" procurve") else is_port
        self._system = name.split()[1] if " " in name else ""
        self.kind = _KINDS[self._family]
        self._carried = ""  # a name that is too long for its column has a line of its own

    def row(self, line: str) -> list[Row] | None:
        """TableLines of one line; None when it is none, or not understood; empty when it is about no cable."""
        if not line.strip() or _RULE.fullmatch(line):
            return None
        if self._family in {"mac", "arp"}:
            return self._placed(line) if self._is_port is is_port else self._bare(line)
        return self._neighbour(line) if self.kind == "neighbours" else self._port(line)

    def should_be_row(self, line: str) -> bool:
        """What a line of this table has in it, whether it was understood or not."""
        if self._family in {"mac", "arp"}:
            return any(mac_of(word) for word in _WORDS.findall(line))
        words = line.split()
        if self.kind == "neighbours":
            return len(words) > 3 and (any(map(self._is_port, words)) or _ABBREVIATED.search(line) is not None)
        return len(words) > 1 and self._is_port(words[0])

    def _placed(self, line: str) -> list[Row] | None:
        if self._family == "mac" and self._system in {"routeros", "fortios"}:
            return self._bridge(line)
        if self._system == "ruijie":  # GigabitEthernet 0/1
            line = _SPACED.sub(lambda m: m["word"] + m["first"] + m["rest"].replace(" ", ""), line)
        words = [word.strip("[]") for word in _WORDS.findall(line)]
        return self._address(words[1:] if self._system == "sonic" and self._family == "mac" else words)

    def _bridge(self, line: str) -> list[Row] | None:
        """A line of a bridge whose ports have any name: RouterOS has them behind the address, FortiOS before it."""
        words = line.split()
        at = next((n for n, word in enumerate(words) if mac_of(word)), -1)
        before, behind = words[: max(at, 0)], words[at + 1 :]
        if at < 0 or (self._system == "fortios" and at < 3) or (self._system == "routeros" and not behind):
            return None
        if not is_station(mac_of(words[at])):
            return []
        if self._system == "fortios":
            port, vlan = before[-1], -1
            own = "Local" in behind or not _FORTIOS.fullmatch(port)
        else:
            own = any("L" in word for word in before if word.isalpha())
            tagged = len(behind) > 1 and behind[0].isdigit()
            port, vlan = behind[1 if tagged else 0], _vlan(behind[:1], "") if tagged else -1
        how = "static" if "Static" in behind else "learned"
        return [] if own else [{"mac": mac_of(words[at]), "ip": "", "port": port, "vlan": vlan, "how": how}]

    def _address(self, words: Sequence[str]) -> list[Row] | None:
        """A line of a MAC or ARP table: its words are told by what they are, for columns move."""
        macs = [mac for word in words if (mac := mac_of(word))]
        if len(macs) != 1:
            return None
        if not is_station(macs[0]):
            return []
        ports = list(dict.fromkeys(w for w in words if is_port(w) and not self._is_management(w)))
        ips = list(dict.fromkeys(word for word in words if _is_ip(word)))
        if self._family == "arp":
            if len(ips) != 1 or len(ports) > 1:
                return [] if not ips and any(":" in word and not mac_of(word) for word in words) else None
            return [{"mac": macs[0], "ip": ips[0], "port": (ports or [""])[0], "vlan": -1, "how": "arp"}]
        if len(ports) != 1:
            return [] if ports or any(map(_SELF.fullmatch, words)) else None
        how = "static" if any(word.casefold() in _GIVEN for word in words) else "learned"
        vlan = -1 if self._system == "junos" else _vlan(words, ports[0])  # Junos has its name
        return [{"mac": macs[0], "ip": "", "port": ports[0], "vlan": vlan, "how": how}]

    def _is_management(self, port: str) -> bool:
        """eth0 of SONiC is none of its Ethernet0 and so on."""
        return self._system == "sonic" and port.startswith("eth")

    def _bare(self, line: str) -> list[Row] | None:
        """A line whose ports have no kind: they are told by their place."""
        words = line.split()
        mac = next(filter(None, map(mac_of, words[:2])), "")
        if self._family == "arp":
            port = words[3] if len(words) > 3 and is_bare_port(words[3]) else ""
            good = len(words) > 2 and _is_ip(words[0]) and mac_of(words[1]) == mac
            return [{"mac": mac, "ip": words[0], "port": port, "vlan": -1, "how": "arp"}] if mac and good else None
        if not mac or len(words) != 3 or mac_of(words[0]) != mac or not is_bare_port(words[1]):
            return None
        vlan = _vlan(words[2:], "")
        return [{"mac": mac, "ip": "", "port": words[1], "vlan": vlan, "how": "learned"}] if is_station(mac) else []

    def _neighbour(self, line: str) -> list[Row] | None:
        if len(line.split()) == 1 and self._family in {"lldp", "cdp"} and not line[0].isspace():
            self._carried = line.strip()
            return None
        if self._carried:
            whole, self._carried = self._carried, ""
            return self._cells(self._by_words(whole, line))
        line = _ABBREVIATED.sub(r"\g<word>\g<number> ", line)  # Gig 1/0/1 of CDP, as wide as it was
        return self._cells(self._table.cells(line))

    def _by_words(self, name: str, rest: str) -> dict[str, str] | None:
        """A neighbour whose name stood alone: the port here is the first word, that of the other the last."""
        words = _ABBREVIATED.sub(r"\g<word>\g<number>", rest).split()
        if len(words) < 2:
            return None
        return {self._table.titles[0]: name, "local intf": words[0], "local intrfce": words[0], "port id": words[-1]}

    def _cells(self, cells: dict[str, str] | None) -> list[Row] | None:
        if cells is None:
            return None
        name = _first(
            cells,
            "neighbor device id",
            "neighbor dev",
            "neighbor device",
            "system name",
            "sysname",
            "remotedevice",
            "device id",
            "device",
        )
        local = _first(cells, "local intf", "local interface", "local intrfce", "localport", "port").strip("| ")
        other = _first(cells, "neighbor port id", "neighbor intf", "neighbor interface", "port id", "port info")
        other = other or _first(cells, "portid", "remoteportid")
        if not self._is_port(local) or not (name or other):
            return None
        if self._is_management(local):
            return []
        mac = mac_of(_first(cells, "chassis id", "chassisid")) or mac_of(name)
        return [neighbour_row(self._family, local, name, other, mac=mac)]

    def _port(self, line: str) -> list[Row] | None:
        words = line.split()
        port = words[0].partition("(")[0]
        if not self._is_port(port):
            return None
        ways: dict[str, Callable[[], list[Row] | None]] = {
            "ports": lambda: self._status(line, port),
            "ports procurve": lambda: self._brief(line, port),
            "ports vrp": lambda: [_port_row(port, "".join(words[1:2]), "", "")],
            "ports junos": lambda: self._terse(words),
            "ports sonic": lambda: self._two_states(words),
            "ports comware": lambda: self._with_type(line, port),
        }
        return ways[self._name]()

    def _with_type(self, line: str, port: str) -> list[Row] | None:
        """``GE1/0/1  UP  1G(a)  F(a)  A  1  cabinet``: A, T or H for how it is used, before its VLAN."""
        cells = self._table.cells(line, "duplex")
        if cells is None:
            return None
        mode = {"a": "access", "t": "trunk", "h": "hybrid"}.get(cells["type"].casefold(), "")
        vlan, _, description = cells["pvid"].partition(" ")
        return [_port_row(port, cells["link"], mode, vlan, description.strip())]

    def _terse(self, words: Sequence[str]) -> list[Row]:
        """``ge-0/0/3 up down``: whether it is on and whether it is up; its units have lines of their own."""
        state = "disabled" if words[1:2] == ["down"] else "".join(words[2:3])
        return [] if "." in words[0] else [_port_row(words[0], state, "", "")]

    def _two_states(self, words: Sequence[str]) -> list[Row] | None:
        """``Ethernet0 0,1 25G 9100 etp1 trunk up up``: how the port is used, whether it is up and whether it is on."""
        at = next((n for n in range(2, len(words) - 1) if {words[n], words[n + 1]} <= {"up", "down"}), 0)
        if not at:
            return None
        mode = words[at - 1] if words[at - 1] in {"trunk", "access", "routed"} else ""
        return [_port_row(words[0], words[at] if words[at + 1] == "up" else "disabled", mode, "")]

    def _brief(self, line: str, port: str) -> list[Row] | None:
        """``1  10/100TX | No  Yes  Up  100FDx  MDIX off``: alert, enabled, status, mode."""
        words = line.partition("|")[2].split()
        if len(words) < 3 or words[1] not in ("Yes", "No") or words[2] not in ("Up", "Down"):
            return None
        return [_port_row(port.partition("-")[0], words[2] if words[1] == "Yes" else "disabled", "", "")]

    def _status(self, line: str, port: str) -> list[Row] | None:
        """A line of ``show interfaces status``: of the words for a state the one that stands below the title."""
        below = self._table.starts[2]
        states = sorted(_STATE.finditer(line, len(port)), key=lambda found: abs(found.start() - below))
        if not states:
            return None
        state = states[0]
        vlan = (line[state.end() :].split() or [""])[0].casefold()
        mode = "access" if vlan.isdigit() else vlan if vlan in {"trunk", "routed"} else ""
        description = line[len(port) : state.start()].strip()
        return [_port_row(port, state[0], mode, vlan if vlan.isdigit() else "", description)]


def neighbour_row(protocol: str, port: str, name: str, other: str, *, mac: str = "", ips: Sequence[str] = ()) -> Row:
    """A row of the table ``neighbours``."""
    plain = re.sub(r"\([^()]*\)$", "", name.strip())  # NX-OS puts the serial number behind the name
    return {
        "port": port,
        "protocol": protocol,
        "neighbour": "" if mac_of(plain) else plain,
        "neighbour_port": other.strip().strip('"'),
        "neighbour_mac": mac or mac_of(plain),
        "neighbour_ips": list(dict.fromkeys(ips)),
    }


def _port_row(port: str, state: str, mode: str, vlan: str, description: str = "") -> Row:
    word = state.casefold().partition("(")[0]
    plain = "up" if word in _UP else "disabled" if word in _DISABLED else "down"
    number = int(vlan) if vlan.isdigit() and len(vlan) < 5 else -1
    return {"port": port, "state": plain, "mode": mode, "vlan": number, "description": description}


def _vlan(words: Sequence[str], port: str) -> int:
    for word in words:
        number = word.partition("/")[0]
        if word != port and number.isdigit() and 0 < int(number[:5]) < 4095 and len(number) < 5:
            return int(number)
    return -1


def _first(cells: Mapping[str, str], *titles: str) -> str:
    return next((cells[title] for title in titles if cells.get(title)), "")


def _is_ip(word: str) -> bool:
    if word.count(".") != 3:
        return False
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True
