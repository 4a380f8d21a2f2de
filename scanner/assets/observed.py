"""Whether a table says what was found on a network, and not what people have decided belongs there.

Sensors, scanners, ARP tables and DHCP leases list every intruder. They are told by columns that only a tool writes,
in a table without any column that only people can fill (whose, where, how critical).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from scanner.assets.cells import text_of
from scanner.assets.spelling import normalise

_OF_SENSORS = tuple(  # in whatever form it is exported: Defender for IoT, Nozomi; DHCP of Windows, Kea; UniFi
    frozenset(headers.split())
    for headers in ("programmingdevice scannerdevice", "macaddresslevel", "appliancehosts", "capturedevice")
    + ("scopeid clientid addressstate", "hwaddr validlifetime", "clientname connection")
)
# Since when and until when something was there: of what people list nobody writes both.
_FIRST = frozenset(
    f"first{word}" for word in ("seen", "activity", "discovered", "observed", "detected", "seenat", "seendate")
) | frozenset(map(normalise, ("erstmals gesehen", "première détection", "首次发现", "首次发现时间", "首次出现时间")))
_LAST = frozenset(header.replace("first", "last", 1) for header in _FIRST if header.startswith("first")) | frozenset(
    map(normalise, ("zuletzt gesehen", "dernière détection", "最近发现", "最近发现时间", "最后发现时间"))
)
_OF_TOOLS = re.compile(
    r"lease\w*|age(d|ing|s|sec|secs|seconds|min|mins|minutes)?|arp(age|type|state|cache)\w*|ttl|hops|ping\w*|rtt\w*"
    r"|(response|roundtrip|answer)time\w*|latency\w*|packetloss|(tx|rx)?(packets|bytes)|alive|isalive|reachable"
    r"|reachability|(last)?scan(ned)?(at|on|time|date)?|discover(ed|y)(by|at|on|date|time|method|source|protocol)?"
    r"|detected(by|at|on)?|learned(by|at|on|from)?|confidence|expires|expirationtime"
    r"|租约\w*|租期\w*|老化\w*|剩余时间|响应时间|延迟|応答時間|リース\w*|antwortzeit\w*|tempsdereponse"
)
_BY_PEOPLE = frozenset(
    ("id", "serial", "order_number", "owner", "location", "site", "zone", "level", "criticality", "authorized")
    + ("lifecycle", "backup", "restore_tested", "redundancy", "malware_protection", "certified", "accounts", "logging")
)
_OF_ADDRESS_TABLES = frozenset(("ips", "macs", "vlans", "type", "protocols", "ports", "state"))
_INTERFACES = frozenset(
    map(
        normalise,
        ("interface", "interface name", "iface", "if", "ifname", "dev", "port", "Schnittstelle", "接口", "端口"),
    )
)
_REACHED = frozenset(("on", "off", "dead", "alive", "up", "down"))
_ASKED = re.compile(r"ping\w*|alive|isalive|reachable|reachability|(response|roundtrip)time\w*|rtt\w*|响应时间")
_NO_ANSWER = frozenset(
    ("", "no", "false", "dead", "down", "off", "timeout", "timed out", "unreachable", "offline", "0")
)
_OF_WHO_ANSWERED = ("macs", "name", "hostname", "vendor", "ports", "os", "model")
_LEARNED = frozenset(("dynamic", "dyn", "learned", "dynamisch", "dynamique", "dinámico", "dinamica", "动态", "動的"))


class Tellers:
    """What the headers of a table tell. fields: header -> field of those that are understood."""

    def __init__(self, headers: Collection[str], fields: Mapping[str, str]) -> None:
        words, known = set(map(normalise, headers)), set(fields.values())
        seen = not words.isdisjoint(_FIRST) and not words.isdisjoint(_LAST)
        self._people = not known.isdisjoint(_BY_PEOPLE)
        tool = not self._people and any(map(_OF_TOOLS.fullmatch, words))
        self.found = seen or tool or any(marks <= words for marks in _OF_SENSORS)
        self._addresses = {"ips", "macs"} <= known <= _OF_ADDRESS_TABLES and not words.isdisjoint(_INTERFACES)
        self._asked = [header for header in headers if _ASKED.fullmatch(normalise(header))]
        self._types = [header for header, field in fields.items() if field == "type"]

    def unanswered(self, row: Mapping[str, Any], cells: Mapping[str, Any]) -> bool:
        """A scanner asked the address, and nobody answered. cells: as they were given."""
        if not self.found or not row.get("ips") or any(row.get(name) for name in _OF_WHO_ANSWERED):
            return False
        asked = [text_of(cells.get(header)).casefold() for header in self._asked]
        return bool(asked) and all(answer in _NO_ANSWER for answer in asked)

    def observed(self, row: Mapping[str, Any], cells: Mapping[str, Any]) -> bool:
        """The row was found on the network, and nobody has said that it belongs there. cells: as they were given."""
        if row.get("authorized") is True:
            return False
        if self.found or self._people:
            return self.found
        learned = any(str(cells.get(header, "")).strip().casefold() in _LEARNED for header in self._types)
        reached = row.get("state", "").casefold() in _REACHED
        return learned or reached or (self._addresses and row.get("type", "unknown") == "unknown")
