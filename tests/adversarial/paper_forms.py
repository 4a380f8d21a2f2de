"""Policies, waivers, inventories and advisories spelled as people spell them, and addresses that others use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.adversarial.modbus_forms import SET, adu, reads
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CELL_STRANGER,
    CONDUIT,
    OFFICE_PC,
    PANEL,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    WRITE,
    both,
    each,
    formed,
    played,
    stream,
)

NOTHING: Recorded = list
READ_BY_SCADA = stream(SCADA, PLC_2, 502, reads(adu, 6))
READ_BY_STRANGER = stream(STRANGER, PLC_2, 502, reads(adu, 6))
PROGRAMMED = played("modbus/umas", _10_20_0_10=STRANGER, _10_20_0_31=PLC_2)
ALLOWED = "protocols: [modbus]\n    verbs: [identify, read, diagnose, session]\n    clients: [SCADA-1, ENG-1]"
SUPERVISION_TO_CELL = "from: supervision\n    to: cell\n    protocols: [modbus]"
CELL = 'subnets: [10.20.1.0/24, "2001:db8::10.20.1.0/120"]'


def policy(**pairs: str) -> Mapping[str, Mapping[str, str]]:
    """One edit."""
    return {"policy": {pairs["old"]: pairs["new"]}}


def _clients(text: str) -> Mapping[str, Mapping[str, str]]:
    return policy(old="clients: [SCADA-1, ENG-1]", new=f"clients: [{text}]")


def _protocols(text: str) -> Mapping[str, Mapping[str, str]]:
    return policy(old="protocols: [modbus]\n    verbs: [identify", new=f"protocols: [{text}]\n    verbs: [identify")


def spelled() -> list[Case]:
    """The same policy in other words, and nearly the same."""
    same = {
        "clients by address": _clients("10.20.10.10, 10.20.10.20"),
        "clients by network": _clients("10.20.10.0/27"),
        "clients by MAC address": _clients('"02-00-0A-14-0A-0A", "0200.0a14.0a14"'),
        "clients in lower case": _clients("scada-1, eng-1"),
        "clients in full-width letters": _clients("ＳＣＡＤＡ-1, ENG-1"),
        "a protocol by its port": _protocols("tcp/502, tcp/4059, udp/5050"),
        "a protocol by ranges": _protocols("tcp/500-510, tcp/4000-4100"),
        "a protocol and its port": _protocols("modbus, tcp/502"),
        "no verbs": policy(old="verbs: [identify, read, diagnose, session]\n    ", new=""),
        "no clients": policy(old="clients: [SCADA-1, ENG-1]\n    ", new=""),
        "both ways": policy(
            old="to: cell\n    protocols: [modbus]", new="to: cell\n    both_ways: true\n    protocols: [modbus]"
        ),
        "the other way round, both ways": policy(
            old=SUPERVISION_TO_CELL, new="from: cell\n    to: supervision\n    both_ways: true\n    protocols: [modbus]"
        ),
        "the cell by addresses": policy(
            old=CELL, new='subnets: [10.20.1.11, 10.20.1.12/32, 10.20.1.30, "2001:db8::10.20.1.0/120"]'
        ),
        "the cell by halves": policy(
            old=CELL, new='subnets: [10.20.1.0/25, 10.20.1.128/25, "2001:db8::10.20.1.0/120"]'
        ),
        "the cell by names": policy(old=CELL, new="devices: [PLC-1, plc-2, HMI-1]"),
        "the cell by MAC addresses alone": policy(old=f"      {CELL}\n", new=""),
        "the office as everything else": policy(old="subnets: [10.10.0.0/24,", new="subnets: [0.0.0.0/0,"),
    }
    other = {
        "clients of another network": _clients("10.20.10.128/25"),
        "a client whose name is longer": _clients("SCADA-10, ENG-1"),
        "a range beside the port": _protocols("tcp/503-510"),
        "the port over UDP": _protocols("udp/502"),
        "the other way round": policy(
            old=SUPERVISION_TO_CELL, new="from: cell\n    to: supervision\n    protocols: [modbus]"
        ),
    }
    found = [
        calm(f"policy with {name}: SCADA reads", READ_BY_SCADA, CONDUIT, edits=edits) for name, edits in same.items()
    ]
    found += [
        seen(f"policy with {name}: a stranger reads", READ_BY_STRANGER, CONDUIT, edits=edits)
        for name, edits in same.items()
    ]
    found += [seen(f"policy with {name}", READ_BY_SCADA, CONDUIT, edits=edits) for name, edits in other.items()]
    one = "\n  - {id: inner, level: 1, members: {subnets: [10.20.10.10/32]}}\n  - id: safety\n"
    wide = "clients: [SCADA-1]\n    owner: Automation\n    reason: States"
    return [
        *found,
        not_calm("policy with a client that nobody is", READ_BY_SCADA, CONDUIT, edits=_clients("SCADA-9")),
        seen(
            "policy with a zone within supervision", NOTHING, CONDUIT, edits=policy(old="\n  - id: safety\n", new=one)
        ),
        seen(
            "policy with a conduit for nearly every port",
            NOTHING,
            "conduit-allows-everything",
            edits=_protocols("modbus, tcp/1-65534"),
        ),
        seen(
            "policy with a conduit for every port in two halves",
            NOTHING,
            "conduit-allows-everything",
            edits=_protocols("tcp/1-32767, tcp/32768-65535"),
        ),
        seen("policy with a conduit for anything", NOTHING, "conduit-allows-everything", edits=_protocols("any")),
        seen(
            "policy with a reason that is none",
            NOTHING,
            "conduit-undocumented",
            edits=policy(old="reason: Process values", new="reason: TODO"),
        ),
        seen(
            "policy with an owner that is none",
            NOTHING,
            "conduit-undocumented",
            edits=policy(old=wide, new=wide.replace("Automation", "n/a")),
        ),
    ]


PANEL_WRITES = stream(PANEL, PLC_2, 502, [*reads(adu), (1, adu(SET)), (0, adu(SET))] * 2)
WRITER = "  - targets: [cell]\n    clients: [HMI-1]\n    verbs: [write, operate]\n"


def writers() -> list[Case]:
    """Who may write what."""
    same = {
        "by role": WRITER.replace("HMI-1", "hmi"),
        "by address": WRITER.replace("HMI-1", "10.20.1.30"),
        "with its register": WRITER + '    protocols: [modbus]\n    objects: ["holding register 1"]\n',
        "with a range of registers": WRITER + '    protocols: [modbus]\n    objects: ["holding register 0-99"]\n',
        "with a pattern": WRITER + '    protocols: [modbus]\n    objects: ["holding register *"]\n',
        "for a device": WRITER.replace("[cell]", "[PLC-2]"),
        "by its protocol": WRITER + "    protocols: [modbus]\n",
    }
    other = {
        "with another register": WRITER + '    objects: ["holding register 2-99"]\n',
        "with coils": WRITER + '    objects: ["coil *"]\n',
        "who may operate only": WRITER.replace("[write, operate]", "[operate]")
        + "\n  - targets: [cell]\n    clients: [ENG-1]\n",
        "who is somebody else": WRITER.replace("HMI-1", "ENG-1"),
    }
    found = [
        calm(f"writers {name}", PANEL_WRITES, WRITE, edits=policy(old=WRITER, new=new)) for name, new in same.items()
    ]
    found += [
        seen(f"writers {name}", PANEL_WRITES, WRITE, edits=policy(old=WRITER, new=new)) for name, new in other.items()
    ]
    found.append(
        not_calm(
            "writers whom nobody is",
            PANEL_WRITES,
            WRITE,
            edits=policy(old=WRITER, new=WRITER.replace("HMI-1", "HMI-9")),
        )
    )
    return found


WAIVED = frozenset({"waived"})
WAIVER = "rule: {rule}, match: {match}, reason: Trial, approved_by: Head, until: {until}"


def _waiver(
    rule: str = STOP, match: str = "{server: 10.20.1.12}", until: str = "2099-12-31"
) -> Mapping[str, Mapping[str, str]]:
    text = (
        "waivers:\n  - {" + WAIVER.replace("{rule}", rule).replace("{match}", match).replace("{until}", until) + "}\n"
    )
    return policy(old="time_zone: Europe/Berlin\n", new=f"time_zone: Europe/Berlin\n{text}")


def waivers() -> list[Case]:
    """What is borne, for how long."""
    covers = {
        "an address": _waiver(),
        "a pattern": _waiver(match='{server: "10.20.1.*"}'),
        "a network": _waiver(match="{client: 10.10.0.0/16}"),
        "one of several": _waiver(match="{server: [10.9.9.9, 10.20.1.12]}"),
        "a verb": _waiver(match="{verb: [stop, start, restart, mode-change]}"),
    }
    not_covers = {
        "another address": _waiver(match="{server: 10.20.1.11}"),
        "a longer network": _waiver(match="{client: 10.10.0.128/25}"),
        "both ends, one of them another": _waiver(match="{client: 10.10.0.66, server: 10.20.1.11}"),
        "another rule": _waiver(rule=WRITE),
        "until yesterday": _waiver(until="2020-01-01"),
        "another protocol": _waiver(match="{protocol: s7comm}"),
    }
    found = [Case(f"a waiver for {name}", {STOP: WAIVED}, PROGRAMMED, edits) for name, edits in covers.items()]
    return found + [seen(f"a waiver for {name}", PROGRAMMED, STOP, edits=edits) for name, edits in not_covers.items()]


OLD = (
    *("Win7", "WINDOWS 7 Embedded", "MS Windows XP Prof. SP3", "Windows Server 2008 R2", "W2K8R2", "Win 2003 Srv"),
    *(
        "Windows CE 5.0",
        "Windows NT 4.0",
        "CentOS Linux release 6.10",
        "Debian GNU/Linux 8 (jessie)",
        "Ubuntu 14.04 LTS",
    ),
    *(
        "Red Hat Enterprise Linux 5.11",
        "VMware ESXi 6.5",
        "SUSE Linux Enterprise Server 11 SP4",
        "Windows 7（已退役镜像）",
    ),
)
NEW = (
    "Windows Server 2022 Standard",
    "Win 11 24H2",
    "Windows 11 IoT Enterprise LTSC 2024",
    "Ubuntu 24.04 LTS",
    "Debian 12",
)


def _row(old: str, new: str) -> Mapping[str, Mapping[str, str]]:
    return {"inventory": {old: new}}


def inventory() -> list[Case]:
    """As lists of assets are kept."""
    spare = "PP-40,SPARE,{ip},{mac},SIEMENS,CPU,,2.9.4,{serial},PLC,cell,1,Store,low,Automation,,modbus,502,none,none,"
    spare += "active\nPP-20,SIS-1"
    twin = {
        "an address with a blank": {"ip": "10.20.1.11 "},
        "an address with its prefix": {"ip": "10.20.1.11/24"},
        "an address mapped to IPv6": {"ip": "::ffff:10.20.1.11"},
        "a MAC address in dots": {"mac": "0200.0a14.010b"},
        "a MAC address in capitals": {"mac": "02-00-0A-14-01-0B"},
        "a MAC address in one": {"mac": "02000a14010b"},
        "a serial number in lower case": {"serial": "s v-n8ku52401017"},
    }
    none = {
        "a serial number n/a": {"serial": "n/a"},
        "a serial number of dashes": {"serial": "---"},
        "no address": {"ip": ""},
    }
    usual = {"ip": "10.20.1.99", "mac": "02:00:0a:14:01:63", "serial": "S-SPARE"}
    return [
        *(
            seen(f"inventory with {os}", NOTHING, "unsupported-system-listed", edits=_row("Windows Server 2022", os))
            for os in OLD
        ),
        *(
            unmoved(f"inventory with {os}", NOTHING, "unsupported-system-listed", edits=_row("Windows Server 2022", os))
            for os in NEW
        ),
        *(
            seen(
                f"inventory with the owner {owner!r}",
                NOTHING,
                "asset-without-owner",
                edits=_row("high,Production IT", f"high,{owner}"),
            )
            for owner in ("", "-", "TBD", "n/a", "unbekannt", "待定", "none", "?", "keiner")
        ),
        *(
            seen(
                f"inventory with {name} twice",
                NOTHING,
                "inventory-duplicate",
                edits=_row("PP-20,SIS-1", spare.format(**{**usual, **same})),
            )
            for name, same in twin.items()
        ),
        *(
            unmoved(
                f"inventory with {name}",
                NOTHING,
                "inventory-duplicate",
                edits=_row("PP-20,SIS-1", spare.format(**{**usual, **same})),
            )
            for name, same in none.items()
        ),
        not_calm(
            "inventory with an address in the office",
            NOTHING,
            "device-in-several-zones",
            edits=_row("10.20.10.10,", "10.20.10.10; 10.10.0.77,"),
        ),
        calm(
            "inventory with two addresses in a zone",
            NOTHING,
            "device-in-several-zones",
            edits=_row("10.20.10.10,", "10.20.10.10; 10.20.10.77,"),
        ),
        *(
            seen(f"inventory with the address {ip}", NOTHING, "public-address-listed", edits=_row("10.10.0.5", ip))
            for ip in ("8.8.8.8", "2606:4700::1", "172.32.0.1", "::ffff:8.8.8.8")
        ),
        *(
            unmoved(f"inventory with the address {ip}", NOTHING, "public-address-listed", edits=_row("10.10.0.5", ip))
            for ip in ("100.64.0.9", "fd00::1", "172.16.0.5")
        ),
    ]


def advisory(
    vendor: str,
    product: str,
    versions: str,
    *,
    status: str = "known_affected",
    helper: Mapping[str, Any] | None = None,
    exact: bool = False,
) -> Mapping[str, bytes]:
    """A security advisory about one product."""
    leaf: dict[str, Any] = {"name": f"{product} {versions}", "product_id": "1"}
    if helper:
        leaf["product_identification_helper"] = helper
    kind = "product_version" if exact else "product_version_range"
    below = {"category": kind, "name": versions, "product": leaf}
    branch = {
        "category": "vendor",
        "name": vendor,
        "branches": [{"category": "product_name", "name": product, "branches": [below]}],
    }
    document = {
        "document": {
            "category": "csaf_security_advisory", "csaf_version": "2.0", "title": "Denial of service",
            "publisher": {"category": "vendor", "name": vendor, "namespace": "https://example.org"},
            "tracking": {
                "id": "EX-1", "status": "final", "version": "1", "initial_release_date": "2024-01-01T00:00:00Z",
                "current_release_date": "2024-01-01T00:00:00Z",
                "revision_history": [{"number": "1", "date": "2024-01-01T00:00:00Z", "summary": "First"}],
            },
        },
        "product_tree": {"branches": [branch]},
        "vulnerabilities": [{"cve": "CVE-2024-0001", "product_status": {status: ["1"]}}],
    }  # fmt: skip
    return {"advisory.json": json.dumps(document).encode()}


VULNERABLE = "vulnerability-in-advisory"
ORDER = {"model_numbers": ["6ES7512-1CK01-0AB0"]}
NAMED = "SIMATIC S7-1500 CPU 1512C-1 PN (6ES7512-1CK01-0AB0)"


def advisories() -> list[Case]:
    """Which asset an advisory is about."""
    hits = {
        "by its order number": advisory("Siemens", NAMED, "< V2.9.7"),
        "by a model number with a pattern": advisory(
            "Siemens", "CPU family", "< V2.9.7", helper={"model_numbers": ["6ES7512-1CK0*"]}
        ),
        "by a model number with blanks": advisory(
            "Siemens AG", "CPU family", "vers:intdot/<2.9.7", helper={"model_numbers": ["6ES7 512-1CK01-0AB0"]}
        ),
        "in all versions": advisory("SIEMENS", NAMED, "All versions"),
        "up to its version": advisory("Siemens", NAMED, "<= V2.9.4"),
        "in a range": advisory("Siemens", NAMED, ">= V2.0 < V2.9.5"),
        "in its very version": advisory("Siemens", NAMED, "V2.9.4", exact=True),
        "of WAGO": advisory("WAGO", "750-8212", "< 03.06.00"),
    }
    misses = {
        "below its version": advisory("Siemens", NAMED, "< V2.9.4"),
        "of another order number": advisory("Siemens", "CPU 1516 (6ES7516-3AN02-0AB0)", "All versions"),
        "that says it is not affected": advisory("Siemens", NAMED, "< V2.9.7", status="known_not_affected"),
        "that says it is fixed": advisory("Siemens", NAMED, "V2.9.4", status="fixed", exact=True),
        "of another vendor": advisory("Phoenix Contact", "750-8212", "All versions"),
    }
    return [
        *(seen(f"an advisory {name}", NOTHING, VULNERABLE, files=files) for name, files in hits.items()),
        *(unmoved(f"an advisory {name}", NOTHING, VULNERABLE, files=files) for name, files in misses.items()),
        not_calm(
            "an advisory that is being looked into",
            NOTHING,
            VULNERABLE,
            files=advisory("Siemens", NAMED, "< V2.9.7", status="under_investigation"),
        ),
        not_calm(
            "an advisory of WAGO with fewer zeros",
            NOTHING,
            VULNERABLE,
            files=advisory("WAGO GmbH & Co. KG", "PFC200 750-8212", "< 3.6.0"),
        ),
        not_calm(
            "an advisory in words", NOTHING, VULNERABLE, files=advisory("Siemens", NAMED, "those with the display")
        ),
    ]


def _from_elsewhere(frame: bytes, _: int) -> bytes:
    """Sent by, and to, another adapter than the address's own."""
    other = bytes.fromhex("3c5282010077")
    mine = frame[26:30] != bytes(map(int, PLC_2.split(".")))
    return frame[:6] + other + frame[12:] if mine else other + frame[6:]


def borrowed() -> list[Case]:
    """Addresses of others."""
    lent = [
        formed(each(_from_elsewhere), stream(host, PLC_2, 502, reads(adu, 4)))
        for host in (SCADA, "10.20.10.21", OFFICE_PC, "10.10.0.7")
    ]
    written = formed(each(_from_elsewhere), stream(PANEL, PLC_2, 502, [*reads(adu), (1, adu(SET)), (0, adu(SET))]))
    return [
        not_calm("the panel's address, written from by another adapter", written, WRITE),
        not_calm("the same beside the panel itself", both(written, PANEL_WRITES), WRITE),
        not_calm("SCADA's address, read from by another adapter", lent[0], CONDUIT),
        seen(
            "a stranger in the cell with an address of its own",
            stream(CELL_STRANGER, PLC_2, 502, [*reads(adu), (1, adu(SET)), (0, adu(SET))]),
            WRITE,
            "unknown-device",
        ),
    ]


def cases() -> list[Case]:
    """All."""
    return [*spelled(), *writers(), *waivers(), *inventory(), *advisories(), *borrowed()]
