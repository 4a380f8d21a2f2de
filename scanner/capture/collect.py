"""The kernel's tables to a CaptureResult: numbers become names and texts, and conversations get their final direction.

A conversation that was turned round by what a message said, and conversations that were kept apart only while their
direction was in doubt, become one here, with their messages and pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
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

Tables = dict[str, Any]


def collect(info: CaptureInfo, plan: Plan, tables: Tables) -> CaptureResult:
    """Everything the kernel found (``Flows.tables``), under the given info."""
    places = _places(tables["conversations"])
    rows = _message_rows(tables, places)
    return CaptureResult(
        info=info,
        conversations=_conversations(plan, tables, places),
        messages=_messages(plan, tables, places, rows.members),
        pairings=_pairings(tables, rows.place),
        hosts=list(_hosts(tables["hosts"])),
    )


@dataclass(slots=True)
class _Places:
    """Where each conversation row goes (index into the result), turned round or not; row 0 is no conversation."""

    place: list[int]
    turned: list[bool]
    members: list[list[int]]  # result index -> rows


def _places(rows: Any) -> _Places:
    names = ("client_high", "client_low", "server_high", "server_low", "client_port", "server_port", "flipped")
    ends = [rows[n].tolist() for n in names]
    others = [rows[n].tolist() for n in ("transport", "family", "vlan", "tunnel")]
    known: dict[tuple[int, ...], int] = {}
    places = _Places([-1], [False], [])
    for row in range(1, len(rows)):
        client_high, client_low, server_high, server_low, client_port, server_port, flipped = (e[row] for e in ends)
        turned = bool(flipped)
        if turned:
            client_high, client_low, server_high, server_low = server_high, server_low, client_high, client_low
            server_port = client_port or server_port
        key = (client_high, client_low, server_high, server_low, server_port, *(o[row] for o in others))
        place = known.setdefault(key, len(places.members))
        if place == len(places.members):
            places.members.append([])
        places.members[place].append(row)
        places.place.append(place)
        places.turned.append(turned)
    return places


def _conversations(plan: Plan, tables: Tables, places: _Places) -> list[Conversation]:
    rows = tables["conversations"]
    tunnels = [_tunnel(row) for row in tables["tunnels"]]
    found: list[Conversation] = []
    for members in places.members:
        parts = [_conversation(plan, rows[row], tunnels, turned=places.turned[row]) for row in members]
        first = min(parts, key=lambda c: c.first_frame)
        for part in parts:
            if part is not first:
                _join(first, part)
        found.append(first)
    return found


def _conversation(plan: Plan, row: Any, tunnels: list[tuple[str, str, str]], *, turned: bool) -> Conversation:
    client, server = ("server", "client") if turned else ("client", "server")
    number, family = int(row.transport), int(row.family)
    transport = transport_name(number, family)
    framing = int(row.framing) if row.framing >= 0 else int(row.tentative)
    kind, *outer = tunnels[row.tunnel] if row.tunnel >= 0 else ("", "", "")
    if bool(row.tunnel_forward) == turned:
        outer.reverse()
    server_port = int(row.client_port) if turned and transport in _WITH_PORTS else int(row.server_port)

    def address(end: str) -> str:
        return address_text(family, int(row[f"{end}_high"]), int(row[f"{end}_low"]))

    return Conversation(
        transport=transport,
        client=address(client),
        server=address(server),
        server_port=server_port,
        client_mac=mac_text(int(row[f"{client}_mac"])),
        server_mac=mac_text(int(row[f"{server}_mac"])),
        vlan=int(row.vlan),
        tunnel=kind,
        tunnel_id=int(row.tunnel_id),
        tunnel_client=outer[0],
        tunnel_server=outer[1],
        opened_by=_EVIDENCE[row.evidence],
        connections=int(row.connections),
        client_packets=int(row[f"{client}_packets"]),
        server_packets=int(row[f"{server}_packets"]),
        client_bytes=int(row[f"{client}_bytes"]),
        server_bytes=int(row[f"{server}_bytes"]),
        first_time=int(row.first_time),
        last_time=int(row.last_time),
        first_frame=int(row.first_frame),
        retransmissions=int(row.retransmissions),
        gaps=int(row.gaps),
        lost_bytes=int(row.lost_bytes),
        reset=int(row.reset),
        refused=int(row.refused),
        framing=plan.names[framing] if framing >= 0 else "",
    )


def _join(into: Conversation, other: Conversation) -> None:
    """Add what was kept apart."""
    for name in (
        "connections",
        "client_packets",
        "server_packets",
        "client_bytes",
        "server_bytes",
        "retransmissions",
        "gaps",
        "lost_bytes",
        "reset",
        "refused",
    ):
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


@dataclass(slots=True)
class _MessageRows:
    """The message rows that become one distinct message each, and where each row goes."""

    members: list[list[int]]
    place: list[int]


def _message_rows(tables: Tables, places: _Places) -> _MessageRows:
    rows, keys = tables["messages"], tables["keys"]
    columns = [rows[n].tolist() for n in ("identity", "key_at", "key_size", "overflow")]
    found = _MessageRows([], [])
    known: dict[tuple[Any, ...], int] = {}
    for row, (identity, key_at, key_size, overflow) in enumerate(zip(*columns, strict=True)):
        conversation, case, from_client = _identity(identity)
        place = places.place[conversation]
        index = len(found.members)
        if len(places.members[place]) > 1:
            key = keys[key_at : key_at + (key_size + 7) // 8].tobytes()[:key_size]
            side = from_client != places.turned[conversation]
            index = known.setdefault((place, side, case, overflow, key), index)
        if index == len(found.members):
            found.members.append([])
        found.members[index].append(row)
        found.place.append(index)
    return found


def _messages(plan: Plan, tables: Tables, places: _Places, members: list[list[int]]) -> list[DistinctMessage]:
    rows = tables["messages"]
    columns = {name: rows[name].tolist() for name in rows.dtype.names}
    protocols = [plan.protocols[number] for number in plan.cases["protocol"].tolist()]
    framings = plan.case_framing.tolist()
    kept = memoryview(tables["kept"])
    found: list[DistinctMessage] = []
    for together in members:
        row = together[0]
        conversation, case, from_client = _identity(columns["identity"][row])
        kept_at = columns["kept_at"][row]
        message = DistinctMessage(
            conversation=places.place[conversation],
            from_client=from_client != places.turned[conversation],
            framing=plan.names[framings[case]],
            protocol=protocols[case],
            by_port=bool(columns["by_port"][row]),
            confirmed=(conversation, framings[case]) in tables["confirmed"],
            data=bytes(kept[kept_at : kept_at + columns["kept_size"][row]]),
            length=columns["length"][row],
            count=columns["count"][row],
            first_time=columns["first_time"][row],
            last_time=columns["last_time"][row],
            frames=_frames(columns, row),
        )
        for other in together[1:]:
            message.count += columns["count"][other]
            message.first_time = min(message.first_time, columns["first_time"][other])
            message.last_time = max(message.last_time, columns["last_time"][other])
            message.by_port |= bool(columns["by_port"][other])
            message.confirmed |= (_identity(columns["identity"][other])[0], framings[case]) in tables["confirmed"]
            message.frames = tuple(sorted(message.frames + _frames(columns, other))[:FIRST_FRAMES])
        found.append(message)
    return found


def _identity(number: int) -> tuple[int, int, bool]:
    """Conversation, case and side, which the kernel keeps as one number."""
    return number >> 32, number >> 1 & 0x7FFFFFFF, bool(number & 1)


def _frames(columns: dict[str, list[int]], row: int) -> tuple[int, ...]:
    return tuple(columns[f"frame{i}"][row] for i in range(min(FIRST_FRAMES, columns["count"][row])))


def _pairings(tables: Tables, place: list[int]) -> list[Pairing]:
    counts: dict[tuple[int, int], int] = {}
    for row in tables["pairs"].tolist():
        key = (place[row[1]], place[row[2]])
        counts[key] = counts.get(key, 0) + row[0]
    return [Pairing(request, response, count) for (request, response), count in counts.items()]


def _hosts(rows: Any) -> Iterator[HostSighting]:
    for row in rows:
        yield HostSighting(
            mac=mac_text(int(row.mac)),
            ip=address_text(int(row.family), int(row.high), int(row.low)) if row.family else "",
            vlan=int(row.vlan),
            proof="arp" if row.proof else "ip",
            packets=int(row.packets),
            first_time=int(row.first_time),
            last_time=int(row.last_time),
            first_frame=int(row.first_frame),
        )


def transport_name(number: int, family: int) -> str:
    """The kernel's transport number as ``Conversation.transport`` writes it."""
    if number < _OTHER:
        return _TRANSPORTS[number]
    protocol = number - _OTHER
    return "icmp" if protocol == _ICMP[family == 6] else f"ip-{protocol}"


def address_text(family: int, high: int, low: int) -> str:
    """An address of the kernel as text: family 4 or 6, or 0 for a MAC address."""
    if family == 4:
        return str(IPv4Address(low & 0xFFFFFFFF))
    if family == 6:
        return str(IPv6Address(high << 64 | low))
    return mac_text(low) or "00:00:00:00:00:00"


def mac_text(mac: int) -> str:
    """Lower case with colons; empty for 0, which stands for unknown."""
    return ":".join(f"{mac >> shift & 0xFF:02x}" for shift in range(40, -8, -8)) if mac else ""
