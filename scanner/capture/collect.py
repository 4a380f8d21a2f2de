"""The kernel's tables to a CaptureResult: numbers become names and texts, and conversations get their final direction.

A conversation that was turned round by what a message said, and conversations that were kept apart only while their
direction was in doubt, become one here, with their messages and pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any

from scanner.capture.compile import Plan
from scanner.capture.kernel.packet import TUNNELS
from scanner.capture.result import (
    FIRST_FRAMES,
    CaptureInfo,
    CaptureResult,
    Conversation,
    DistinctMessage,
    HostSighting,
    Pairing,
)

_TRANSPORTS = {0: "ethernet", 6: "tcp", 17: "udp", 132: "sctp"}
_OTHER = 256  # plus the IP protocol number, in the kernel
_ICMP = (1, 58)
_EVIDENCE = ("first", "port", "protocol", "syn")
_WITH_PORTS = ("tcp", "udp", "sctp")

_COLUMNS = (
    *("identity", "key_at", "key_size", "overflow", "kept_at", "kept_size", "by_port", "length", "count"),
    *("first_time", "last_time", *(f"frame{i}" for i in range(FIRST_FRAMES))),
)
_AT_ONCE = 8192  # rows that are Python objects at one time
_SUMMED = (
    *("connections", "client_packets", "server_packets", "client_bytes", "server_bytes"),
    *("retransmissions", "gaps", "lost_bytes", "skipped_bytes", "reset", "refused"),
)

Tables = dict[str, Any]


def collect(info: CaptureInfo, plan: Plan, tables: Tables) -> CaptureResult:
    """Everything the kernel found (``Flows.tables``), under the given info."""
    places = _places(tables["conversations"])
    messages = _Messages(plan, tables, places)
    return CaptureResult(
        info=info,
        conversations=_conversations(plan, tables, places),
        messages=messages.found,
        pairings=_pairings(tables, messages.place),
        hosts=list(_hosts(tables["hosts"])),
    )


@dataclass(slots=True)
class _Places:
    """Where each conversation row goes (index into the result, or -1), turned round or not; row 0 is none."""

    place: list[int]
    turned: list[bool]
    shared: list[bool]  # result index -> whether several rows went there


def _places(rows: Any) -> _Places:
    names = ("client_high", "client_low", "server_high", "server_low", "client_port", "server_port", "flipped")
    ends = [rows[n].tolist() for n in names]
    others = [rows[n].tolist() for n in ("transport", "family", "vlan", "tunnel")]
    heard = (rows["client_packets"] + rows["server_packets"] > 0).tolist()  # in this capture, of several in a row
    known: dict[tuple[int, ...], int] = {}
    places = _Places([-1], [False], [])
    for row in range(1, len(rows)):
        client_high, client_low, server_high, server_low, client_port, server_port, flipped = (e[row] for e in ends)
        turned = bool(flipped)
        places.turned.append(turned)
        if not heard[row]:
            places.place.append(-1)
            continue
        if turned:
            client_high, client_low, server_high, server_low = server_high, server_low, client_high, client_low
            server_port = client_port or server_port
        key = (client_high, client_low, server_high, server_low, server_port, *(o[row] for o in others))
        place = known.setdefault(key, len(places.shared))
        if place == len(places.shared):
            places.shared.append(False)
        else:
            places.shared[place] = True
        places.place.append(place)
    return places


def _conversations(plan: Plan, tables: Tables, places: _Places) -> list[Conversation]:
    rows = tables["conversations"]
    tunnels = [_tunnel(row) for row in tables["tunnels"]]
    found: list[Conversation | None] = [None] * len(places.shared)
    for start in range(0, len(rows), _AT_ONCE):
        columns = {name: rows[name][start : start + _AT_ONCE].tolist() for name in rows.dtype.names}
        for at, row in enumerate(zip(*columns.values(), strict=True), start):
            place = places.place[at]
            if place < 0:
                continue
            part = _conversation(plan, dict(zip(columns, row, strict=True)), tunnels, turned=places.turned[at])
            other = found[place]
            if other is None:
                found[place] = part
            elif other.first_frame <= part.first_frame:
                _join(other, part)
            else:
                _join(part, other)
                found[place] = part
    return [c for c in found if c is not None]


def _conversation(
    plan: Plan, row: dict[str, int], tunnels: list[tuple[str, str, str]], *, turned: bool
) -> Conversation:
    client, server = ("server", "client") if turned else ("client", "server")
    family = row["family"]
    transport = transport_name(row["transport"], family)
    framing = row["framing"] if row["framing"] >= 0 else row["tentative"]
    kind, *outer = tunnels[row["tunnel"]] if row["tunnel"] >= 0 else ("", "", "")
    if bool(row["tunnel_forward"]) == turned:
        outer.reverse()
    return Conversation(
        transport=transport,
        client=address_text(family, row[f"{client}_high"], row[f"{client}_low"]),
        server=address_text(family, row[f"{server}_high"], row[f"{server}_low"]),
        server_port=row["client_port"] if turned and transport in _WITH_PORTS else row["server_port"],
        client_mac=mac_text(row[f"{client}_mac"]),
        server_mac=mac_text(row[f"{server}_mac"]),
        vlan=row["vlan"],
        tunnel=kind,
        tunnel_id=row["tunnel_id"],
        tunnel_client=outer[0],
        tunnel_server=outer[1],
        opened_by=_EVIDENCE[row["evidence"]],
        connections=row["connections"],
        client_packets=row[f"{client}_packets"],
        server_packets=row[f"{server}_packets"],
        client_bytes=row[f"{client}_bytes"],
        server_bytes=row[f"{server}_bytes"],
        first_time=row["first_time"],
        last_time=row["last_time"],
        first_frame=row["first_frame"],
        retransmissions=row["retransmissions"],
        gaps=row["gaps"],
        lost_bytes=row["lost_bytes"],
        skipped_bytes=row["skipped_bytes"],
        reset=row["reset"],
        refused=row["refused"],
        framing=plan.names[framing] if framing >= 0 else "",
    )


def _join(into: Conversation, other: Conversation) -> None:
    """Add what was kept apart."""
    for name in _SUMMED:
        setattr(into, name, getattr(into, name) + getattr(other, name))
    into.first_time = min(into.first_time, other.first_time)
    into.last_time = max(into.last_time, other.last_time)
    into.opened_by = max(into.opened_by, other.opened_by, key=_EVIDENCE.index)
    into.client_mac = into.client_mac or other.client_mac
    into.server_mac = into.server_mac or other.server_mac
    into.tunnel_id = into.tunnel_id or other.tunnel_id
    into.framing = into.framing or other.framing


def _tunnel(row: Any) -> tuple[str, str, str]:
    """Kind and outer ends."""
    family = int(row.family)
    if not family:
        return TUNNELS[row.kind], "", ""
    ends = [address_text(family, int(row[f"{e}_high"]), int(row[f"{e}_low"])) for e in ("source", "target")]
    return TUNNELS[row.kind], ends[0], ends[1]


class _Messages:
    """Message rows to distinct messages; rows of conversations that became one are joined when their keys are equal.

    ``place`` says for each row which message it went to.
    """

    def __init__(self, plan: Plan, tables: Tables, places: _Places) -> None:
        self.found: list[DistinctMessage] = []
        self.place: list[int] = []
        self._names = plan.names
        self._protocols = [plan.protocols[number] for number in plan.cases["protocol"].tolist()]
        self._framings = plan.case_framing.tolist()
        self._kept = memoryview(tables["kept"])
        self._keys = tables["keys"]
        self._confirmed = tables["confirmed"]
        self._places = places
        self._known: dict[tuple[Any, ...], int] = {}
        rows = tables["messages"]
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            for row in zip(*(part[name].tolist() for name in _COLUMNS), strict=True):
                self._take(*row)

    def _take(  # noqa: PLR0917 - the columns of a row
        self,
        identity: int,
        key_at: int,
        key_size: int,
        overflow: int,
        kept_at: int,
        kept_size: int,
        by_port: int,
        length: int,
        count: int,
        first_time: int,
        last_time: int,
        *frames: int,
    ) -> None:
        conversation, case, from_client = identity >> 32, identity >> 1 & 0x7FFFFFFF, bool(identity & 1)
        framing = self._framings[case]
        message = DistinctMessage(
            conversation=self._places.place[conversation],
            from_client=from_client != self._places.turned[conversation],
            framing=self._names[framing],
            protocol=self._protocols[case],
            by_port=bool(by_port),
            confirmed=(conversation, framing) in self._confirmed,
            data=bytes(self._kept[kept_at : kept_at + kept_size]),
            length=length,
            count=count,
            first_time=first_time,
            last_time=last_time,
            frames=frames[:count],
        )
        index = len(self.found)
        if self._places.shared[message.conversation]:
            key = self._keys[key_at : key_at + (key_size + 7) // 8].tobytes()[:key_size]
            whole = (message.conversation, message.from_client, case, overflow, key)
            index = self._known.setdefault(whole, index)
        if index == len(self.found):
            self.found.append(message)
        else:
            _add(self.found[index], message)
        self.place.append(index)


def _add(into: DistinctMessage, other: DistinctMessage) -> None:
    """Count ``other`` as well, which is equal."""
    into.count += other.count
    into.first_time = min(into.first_time, other.first_time)
    into.last_time = max(into.last_time, other.last_time)
    into.by_port |= other.by_port
    into.confirmed |= other.confirmed
    into.frames = tuple(sorted(into.frames + other.frames)[:FIRST_FRAMES])


def _pairings(tables: Tables, place: list[int]) -> list[Pairing]:
    counts: dict[tuple[int, int], int] = {}
    for row in tables["pairs"].tolist():
        key = (place[row[1]], place[row[2]])
        counts[key] = counts.get(key, 0) + row[0]
    return [Pairing(request, response, count) for (request, response), count in counts.items()]


def _hosts(rows: Any) -> Iterator[HostSighting]:
    names = ("mac", "family", "high", "low", "vlan", "proof", "packets", "first_time", "last_time", "first_frame")
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        for row in zip(*(part[name].tolist() for name in names), strict=True):
            mac, family, high, low, vlan, proof, packets, *when = row
            if packets:
                ip = address_text(family, high, low) if family else ""
                yield HostSighting(mac_text(mac), ip, vlan, "arp" if proof else "ip", packets, *when)


def transport_name(number: int, family: int) -> str:
    """The kernel's transport number as ``Conversation.transport`` writes it."""
    if number < _OTHER:
        return _TRANSPORTS[number]
    protocol = number - _OTHER
    return "icmp" if protocol == _ICMP[family == 6] else f"ip-{protocol}"


def address_text(family: int, high: int, low: int) -> str:
    """An address of the kernel as text: family 4 or 6, or 0 for a MAC address."""
    if family == 4:
        return ".".join(map(str, (low & 0xFFFFFFFF).to_bytes(4, "big")))
    if family == 6:
        return str(IPv6Address(high << 64 | low))
    return mac_text(low) or "00:00:00:00:00:00"


def mac_text(mac: int) -> str:
    """Lower case with colons; empty for 0, which stands for unknown."""
    return ":".join(f"{mac >> shift & 0xFF:02x}" for shift in range(40, -8, -8)) if mac else ""
