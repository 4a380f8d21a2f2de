"""The same policy, inventory and configuration in other spellings, and the twin that means somebody else."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ANSWERS,
    ASKS,
    CELL_STRANGER,
    CONDUIT,
    ENGINEER,
    PLC_1,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    WRITE,
    played,
    stream,
)

UNKNOWN_DEVICE, NO_ZONE, CONFLICT = "unknown-device", "device-in-no-zone", "identity-conflict"
_OF_READING = "protocols: [modbus]\n    verbs: [identify, read, diagnose, session]\n    clients: [SCADA-1, ENG-1]"
_READ, _TOLD = struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 0, 2), b"\0\1\0\0\0\x07\1\3\x04\0\1\0\2"
_SET = struct.pack(">HHHBBHH", 1, 0, 6, 1, 6, 40, 7)


def reads(client: str, server: str = PLC_2) -> Recorded:
    return stream(client, server, 502, [(ASKS, _READ), (ANSWERS, _TOLD)] * 3)


def writes(client: str, server: str = PLC_2) -> Recorded:
    return stream(client, server, 502, [(ASKS, _SET), (ANSWERS, _SET)])


def stops(client: str) -> Recorded:
    return played("modbus/umas", _10_20_0_50=client, _10_20_0_51=PLC_2)


def policy(old: str, new: str) -> Mapping[str, Mapping[str, str]]:
    return {"policy": {old: new}}


def inventory(old: str, new: str) -> Mapping[str, Mapping[str, str]]:
    return {"inventory": {old: new}}


# --- clients of a conduit ---------------------------------------------------------------------------------------------

_MEANT = {
    "with a prefix": "10.20.10.10/32",
    "as an IPv4-mapped address": "::ffff:10.20.10.10",
    "as an IPv4-mapped address in hexadecimal": "::FFFF:0a14:0a0a",
    "by a MAC address with dots": "0200.0A14.0A0A",
    "by a MAC address with hyphens": "02-00-0A-14-0A-0A",
    "by a MAC address without separators": "02000A140A0A",
    "in lower case": "scada-1",
    "in full-width letters": "ＳＣＡＤＡ-1",
    "with spaces": "  SCADA-1 ",
    "by its network": "10.20.10.8/29",
    "by an IPv4-mapped network": "::ffff:10.20.10.8/125",
    "in full-width digits": "１０.２０.１０.１０",
    "by a serial number": "7QX1204",
}
_ANOTHER = {
    "with a prefix": "10.20.10.11/32",
    "as an IPv4-mapped address": "::ffff:10.20.10.11",
    "as an IPv4-mapped address in hexadecimal": "::FFFF:0a14:0a0b",
    "by a MAC address with dots": "0200.0A14.0A0B",
    "by a MAC address with hyphens": "02-00-0A-14-0A-0B",
    "by a network beside": "10.20.10.16/29",
    "by an IPv4-mapped network": "::ffff:10.20.10.16/125",
    "by a longer name": "SCADA-10",
    "by a shorter name": "SCADA",
}


def _clients() -> list[Case]:
    told = "clients: [SCADA-1, ENG-1]"
    found = [
        calm(f"a client of a conduit {how}", reads(SCADA), CONDUIT, edits=policy(told, f'clients: ["{who}", ENG-1]'))
        for how, who in _MEANT.items()
    ]
    return found + [
        not_calm(
            f"another client of a conduit {how}",
            reads(SCADA),
            CONDUIT,
            edits=policy(told, f'clients: ["{who}", ENG-1]'),
        )
        for how, who in _ANOTHER.items()
    ]


# --- services of a conduit --------------------------------------------------------------------------------------------

_SERVICES = {
    "by its port": ("tcp/502", True),
    "in upper case": ("TCP/502", True),
    "by a range of ports": ("tcp/500-510", True),
    "by its name in upper case": ("Modbus", True),
    "by a range beside": ("tcp/503-510", False),
    "by the other transport": ("udp/502", False),
    "by a relative": ("modbus-rtu", False),
    "by a service of that port's neighbour": ("tcp/5020", False),
}


def _services() -> list[Case]:
    return [
        (calm if meant else seen)(
            f"a conduit's service {how}",
            reads(SCADA),
            CONDUIT,
            edits=policy(_OF_READING, _OF_READING.replace("protocols: [modbus]", f"protocols: [{service}, tcp/4059]")),
        )
        for how, (service, meant) in _SERVICES.items()
    ]


# --- members of a zone ------------------------------------------------------------------------------------------------

_CELL = 'subnets: [10.20.1.0/24, "2001:db8::10.20.1.0/120"]'
_CELLS = {
    "halves of a network": ('subnets: [10.20.1.0/25, 10.20.1.128/25, "2001:db8::10.20.1.0/120"]', True),
    "an IPv4-mapped network": ('subnets: ["::ffff:10.20.1.0/120", "2001:db8::10.20.1.0/120"]', True),
    "IPv6 in upper case": ('subnets: [10.20.1.0/24, "2001:DB8:0:0:0:0:0A14:0100/120"]', True),
    "half of the network alone": ('subnets: [10.20.1.128/25, "2001:db8::10.20.1.0/120"]', False),
}


def _members() -> list[Case]:
    found = []
    for how, (members, meant) in _CELLS.items():
        add, edits = writes(CELL_STRANGER), policy(_CELL, members)
        found.append((unmoved if meant else seen)(f"a zone by {how}: whoever is in it", add, NO_ZONE, edits=edits))
        found.append(not_calm(f"a zone by {how}: a write from the office", writes(STRANGER), WRITE, edits=edits))
    return found


# --- roles and writers ------------------------------------------------------------------------------------------------

_ENGINEERS = {
    "an address": "10.20.10.20",
    "an IPv4-mapped address": '"::ffff:10.20.10.20"',
    "a MAC address with dots": '"0200.0a14.0a14"',
    "a network": "10.20.10.16/28",
    "a network beside": "10.20.10.32/28",
    "another address": "10.20.10.21",
}
_WRITERS = {
    "an address": ("10.20.10.10", True),
    "a MAC address in upper case": ('"02:00:0A:14:0A:0A"', True),
    "a role": ("scada_server", True),
    "a role of nobody here": ("mes_server", False),
    "a neighbour": ("10.20.10.11", False),
}

_ENTRY = """writers:
  - targets: [10.20.1.12/32]
    clients: [{who}]
    verbs: [write]
    owner: Automation
    reason: Set points
"""


def _authority() -> list[Case]:
    conduit = _OF_READING.replace("[identify, read, diagnose, session]", "[identify, read, write, diagnose, session]")
    found = []
    for how, who in _ENGINEERS.items():
        edits = policy("engineering_station: [ENG-1]", f"engineering_station: [{who}]")
        found.append(seen(f"a stop of a stranger beside an engineer by {how}", stops(CELL_STRANGER), STOP, edits=edits))
    for how, (who, meant) in _WRITERS.items():
        edits = {"policy": {_OF_READING: conduit, "writers:\n": _ENTRY.format(who=who)}}
        found.append((unmoved if meant else not_calm)(f"a writer by {how}", writes(SCADA), WRITE, edits=edits))
    return found


# --- the inventory ----------------------------------------------------------------------------------------------------

_ROW = "10.20.10.10,02:00:0a:14:0a:0a"
_ROWS = {
    "a MAC address with dots": ("10.20.10.10,0200.0A14.0A0A", True),
    "a MAC address without separators": ("10.20.10.10,02000a140a0a", True),
    "an IPv4-mapped address": ("::ffff:10.20.10.10,02:00:0a:14:0a:0a", True),
    "an address with its prefix": ("10.20.10.10/24,02:00:0a:14:0a:0a", True),
    "two addresses in a cell": ('"10.20.10.10; 10.20.10.9",02:00:0a:14:0a:0a', True),
    "a line break in a cell": ('"10.20.10.9\n10.20.10.10",02:00:0a:14:0a:0a', True),
    "its address alone": ("10.20.10.10,", True),
    "its MAC address alone": (",02-00-0A-14-0A-0A", True),
    "full-width digits": ("１０.２０.１０.１０,02:00:0a:14:0a:0a", True),
    "no address": (",", False),
    "another's addresses": ("10.20.10.11,02:00:0a:14:0a:0b", False),
    "a network": ("10.20.10.0/24,", False),
    "an address with its mask and interface": ("X1: 10.20.10.10 255.255.255.0,", True),
}
# Beside the inventory, or in it: of these nobody says that the stranger belongs to the plant.
_LISTS = {
    "a table of ARP": f"IP address,MAC address,Interface,Age\n{CELL_STRANGER},02:00:0a:14:01:42,Vlan10,4\n",
    "leases of addresses": f"Name,IP,MAC,Lease expires\nx,{CELL_STRANGER},02:00:0a:14:01:42,2024-01-02\n",
    "what a scanner found": f"IP,Ping,Hostname,Ports\n{CELL_STRANGER},2 ms,x,80\n",
    "a plan of addresses": f"IP address,Host name,Remark\n10.10.0.5,REPORTS-PC,\n{CELL_STRANGER},,free\n",
    "a plan of addresses by name": f"IP address,Name\n10.10.0.5,REPORTS-PC\n{CELL_STRANGER},Reserve 4\n",
}
_COPY = "Name,IP address,MAC address,Type\n{name},{ip},02:00:0a:14:0a:0a,SCADA server\n"


def _inventories() -> list[Case]:
    found = []
    for how, (row, meant) in _ROWS.items():
        case = calm if meant else not_calm
        found.append(
            case(f"the inventory lists a device by {how}", reads(SCADA), UNKNOWN_DEVICE, edits=inventory(_ROW, row))
        )
    for how, text in _LISTS.items():
        files = {"list.csv": text.encode()}
        found.append(seen(f"a stranger who is in {how}", reads(CELL_STRANGER), UNKNOWN_DEVICE, files=files))
    before = inventory(_ROW, f'"10.20.10.10 before {STRANGER}",02:00:0a:14:0a:0a')
    allowed = policy(_OF_READING, _OF_READING.replace("identify, read", "identify, read, write"))
    entry = {"policy": {**allowed["policy"], "writers:\n": _ENTRY.format(who="SCADA-1")}}
    found.append(
        not_calm("who has an address from before", writes(STRANGER), WRITE, edits=before | entry, damaged=True)
    )
    found.append(
        calm(
            "an old copy of the list",
            reads(SCADA),
            CONDUIT,
            UNKNOWN_DEVICE,
            files={"old.csv": _COPY.format(name="scada-1", ip="10.20.10.10").encode()},
        )
    )
    conflict = "10.20.10.10,02:00:0a:14:0a:ff"
    found.append(
        seen("the inventory lists another MAC address", reads(SCADA), CONFLICT, edits=inventory(_ROW, conflict))
    )
    found.append(
        calm("the inventory lists the same MAC address", reads(SCADA), CONFLICT, edits=inventory(_ROW, _ROW.upper()))
    )
    return found


# --- columns of the inventory -----------------------------------------------------------------------------------------

DEFAULT_ACCOUNT, OLD_SYSTEM, RETIRED = "default-account-listed", "unsupported-system-listed", "retired-asset-seen"
_SCADA_ROW = "Windows Server 2022,modbus,,svc,syslog,active"
_CELL_ACCOUNTS = (
    ("Admin", True),
    ("svc; root", True),
    ("ADMINISTRATOR", True),
    ("administration", False),
    ("roots", False),
)
_SYSTEMS = (
    ("Microsoft Windows Server 2008 R2 Standard", True),
    ("WIN7 SP1", True),
    ("Windows XP Embedded", True),
    ("Debian GNU/Linux 8 (jessie)", True),
    ("Ubuntu 14.04.6 LTS", True),
    ("CentOS Linux release 7.9.2009", True),
    ("Windows Server 2022 Datacenter", False),
    ("Ubuntu 24.04 LTS", False),
    ("Debian 12", False),
)
_STATES = (
    ("Decommissioned", True),
    ("out of service since 2023", True),
    ("已退役", True),
    ("Außer Betrieb", True),
    ("to be retired in 2031", False),
    ("not retired", False),
)


def _columns() -> list[Case]:
    def at(**to: str) -> Mapping[str, Mapping[str, str]]:
        values = {"os": "Windows Server 2022", "account": "svc", "state": "active", **to}
        return inventory(_SCADA_ROW, f'{values["os"]},modbus,,"{values["account"]}",syslog,{values["state"]}')

    found = [
        (seen if bad else unmoved)(f"the account {name!r}", list, DEFAULT_ACCOUNT, edits=at(account=name))
        for name, bad in _CELL_ACCOUNTS
    ]
    found += [
        (seen if bad else unmoved)(f"the system {name!r}", list, OLD_SYSTEM, edits=at(os=name))
        for name, bad in _SYSTEMS
    ]
    return found + [
        (seen if bad else unmoved)(f"the state {state!r}", list, RETIRED, edits=at(state=state))
        for state, bad in _STATES
    ]


# --- who answers for a conduit ----------------------------------------------------------------------------------------

_OWNERS = (("'-'", True), ("TBD", True), ("N.N.", True), ("待定", True), ("to be decided", True), ("Ona Tbdski", False))


def _owners() -> list[Case]:
    return [
        (seen if bad else unmoved)(
            f"a conduit's owner is {name}", list, "conduit-undocumented",
            edits=policy("owner: Production IT\n    reason: Reports", f"owner: {name}\n    reason: Reports"),
        )
        for name, bad in _OWNERS
    ]  # fmt: skip


def cases() -> list[Case]:
    return [
        *_clients(),
        *_services(),
        *_members(),
        *_authority(),
        *_inventories(),
        *_columns(),
        *_owners(),
        unmoved("the engineer reads", reads(ENGINEER), CONDUIT, WRITE),
        unmoved("PLC-1 is read", reads(SCADA, PLC_1), CONDUIT, WRITE),
    ]
