"""The kernel's tables to a CaptureResult: numbers become names and texts, and conversations get their final direction.

A conversation that was turned round by what a message said, and conversations that were kept apart only while their
direction was in doubt, become one here, with their messages and pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from ipaddress import IPv6Address
from operator import attrgetter
from socket import inet_ntoa
from typing import Any

import numpy as np

from scanner.capture.columns import Columns
from scanner.capture.contents import contents, equal
from scanner.capture.kernel.decode.packet import TUNNELS
from scanner.capture.quotes import uncaptured
from scanner.capture.result import (
    CHANGE,
    COUNTED,
    FIRST_FRAMES,
    MESSAGE,
    MINUTES,
    MOST_IN,
    PAIRING,
    SERIES,
    SIGHT,
    STRETCH,
    CaptureInfo,
    CaptureResult,
    Conversation,
    HostSighting,
    Messages,
)
from scanner.capture.rhythms import rhythms
from scanner.capture.senders import OtherSender, each_once, mac_text, senders
from scanner.framing.plan import FramingPlan
from scanner.gc_paused import uncollected

_TRANSPORTS = {0: "ethernet", 6: "tcp", 17: "udp", 132: "sctp"}
_SECOND = 1_000_000_000
_OTHER = 256  # plus the IP protocol number, in the kernel
_TCP = 6
_ICMP = (1, 58)
EVIDENCE = ("first", "port", "protocol", "syn")
_WITH_PORTS = ("tcp", "udp", "sctp")

_TURNED = {
    f"{end}_{what}": f"{other}_{what}"
    for what in ("high", "low", "mac", "packets", "bytes")
    for end, other in (("client", "server"), ("server", "client"))
}
_ADDRESSES = ("client_high", "client_low", "server_high", "server_low")
_FRAMES = tuple(f"frame{i}" for i in range(FIRST_FRAMES))
_AT_ONCE = 8192  # rows that are Python objects at one time
_SUMMED = (
    *("connections", "client_packets", "server_packets", "client_bytes", "server_bytes"),
    *("retransmissions", "gaps", "lost_bytes", "skipped_bytes", "reset", "refused"),
)
_AS_THEY_ARE = (
    *("vlan", "tunnel_id", "connections", "first_time", "last_time", "first_frame"),
    *("retransmissions", "gaps", "lost_bytes", "skipped_bytes", "reset", "refused"),
)
_SIDES = ("client", "server")
# Carriers.ways where they agree, uplink from the source or downlink to it, or the other way round -> behind which end,
# source or target, mobile devices are.
_NEAR_DEVICES = dict.fromkeys((1, 8, 9), 0) | dict.fromkeys((2, 4, 6), 1)
_ARP = 0x0806
_LATER = (
    "activity",
    "tunnels_around",
    "icmp",
    "client_others",
    "server_others",
    "exchange",
)  # fields that are filled when the rest is there
_COLUMNS = tuple(field.name for field in fields(Conversation) if field.name not in _LATER)

Tables = dict[str, Any]
Numbers = Any  # an array of numpy


@uncollected()
def collect(info: CaptureInfo, plan: FramingPlan, tables: Tables) -> CaptureResult:
    """Everything the kernel found (``Flows.tables``), under the given info."""
    places = _places(tables["conversations"])
    messages, place = _messages(plan, tables, places)
    present = tables["presence"]
    info.slot, info.activity = present["span"], tuple(present["activity"].tolist())
    conversations = _conversations(plan, tables, places)
    _exchanges(tables, conversations)
    quoted = list(uncaptured(tables["quotes"], conversations))
    sights, slots = _sights(tables["conversations"], tables["sights"], places), _slots(present, places)
    more = [*quoted, *_in_tunnels(tables, places, conversations)]
    regular = rhythms(tables, places.place, places.turned, len(sights), place)
    if more:
        conversations += more
        sights, slots, regular = (
            np.concatenate([a, np.zeros((len(more), *a.shape[1:]), a.dtype)]) for a in (sights, slots, regular)
        )
    return CaptureResult(
        info=info,
        conversations=conversations,
        sights=sights,
        rhythms=regular,
        messages=messages,
        pairings=_pairings(tables["pairs"], place),
        hosts=list(_hosts(tables["hosts"])),
        slots=slots,
        series=_series(tables),
        changes=_copied(tables["changes"], CHANGE),
    )


@dataclass(slots=True)
class _Places:
    """Where each conversation row goes (index into the result, or -1), turned round or not; row 0 is none."""

    place: Numbers
    turned: Numbers  # truths
    shared: Numbers  # truths: result index -> whether several rows went there


def _places(rows: Any) -> _Places:
    """Rows that agree in everything that makes a conversation go to one place, in the order of the first of each."""
    turned = rows["flipped"].astype(bool)
    turned ^= _asked_by_all(rows, turned)
    copies = np.flatnonzero(rows["copy_of"] > 0)  # each with the client of its original
    original = rows["copy_of"][copies]
    other_way = (rows["client_low"][copies] != rows["client_low"][original]) | (
        rows["client_high"][copies] != rows["client_high"][original]
    )
    turned[copies] = turned[original] ^ other_way
    ends = [np.where(turned, rows[_TURNED[n]], rows[n]) for n in _ADDRESSES]
    port = np.where(turned & (rows["client_port"] > 0), rows["client_port"], rows["server_port"])
    heard = rows["client_packets"] + rows["server_packets"] > 0  # in this capture, of several in a row
    heard[:1] = False
    keys = [k[heard] for k in (*ends, port, *(rows[n] for n in ("transport", "family", "vlan", "tunnel")))]
    order = np.lexsort(keys)  # stable: the first row of each group comes first
    begins = np.ones(len(order), bool)
    begins[1:] = np.any([k[order[1:]] != k[order[:-1]] for k in keys], axis=0)
    by_first = np.argsort(order[begins])
    rank = np.empty_like(by_first)
    rank[by_first] = np.arange(len(by_first))
    group = np.empty(len(order), np.int64)
    group[order] = np.cumsum(begins) - 1
    place = np.full(len(rows), -1, np.int64)
    place[heard] = rank[group]
    return _Places(place, turned, np.bincount(place[heard], minlength=len(by_first)) > 1)


def _asked_by_all(rows: Any, turned: Numbers) -> Numbers:
    """Rows whose client would be the broadcast address of the server's network: who sends to all is the client.

    An address that sent anything is a host's.
    """
    silent = np.where(turned, rows["server_packets"], rows["client_packets"]) == 0
    client = np.where(turned, rows["server_low"], rows["client_low"])
    hosts = rows["client_low"] ^ rows["server_low"]
    for bits in (1, 2, 4, 8, 16):  # ones from the highest bit that differs downwards
        hosts |= hosts >> np.uint64(bits)
    to_all = (rows["family"] == 4) & (client & 0xFF == 0xFF) & (client & hosts == hosts)
    return silent & to_all & (rows["transport"] != _TCP)


def _conversations(plan: FramingPlan, tables: Tables, places: _Places) -> list[Conversation]:
    rows = tables["conversations"]
    tunnels = [_tunnel(row) for row in tables["tunnels"]]
    found: list[Conversation | None] = [None] * len(places.shared)
    stretches: dict[int, list[Any]] = {}  # of conversations that several rows became, by their place
    heard = np.flatnonzero(places.place >= 0)
    for start in range(0, len(heard), _AT_ONCE):
        part = heard[start : start + _AT_ONCE]
        own = _as_original(rows, part)
        made = _with_senders(
            _made(plan, own, places.turned[part], tunnels, places.place), own, places.turned[part], tables["senders"]
        )
        busy = _busy(tables, part, places.turned[part])
        said = _icmp_types(tables["tracks"][part], places.turned[part])
        for place, conversation, series, types in zip(places.place[part].tolist(), made, busy, said, strict=True):
            conversation.activity = series
            if conversation.transport == "icmp":
                base = 128 * (":" in conversation.client)
                conversation.icmp = tuple(_types(base, kinds) for kinds in types)
            other = found[place]
            if other is None:
                found[place] = conversation
                continue
            if place in stretches or _need_stretches(other, conversation):
                stretches.setdefault(place, [_own_stretches(other)]).append(_own_stretches(conversation))
            earlier, later = sorted((other, conversation), key=attrgetter("first_frame"))
            _join(earlier, later)
            found[place] = earlier
    for place, parts in stretches.items():
        if joined := found[place]:
            joined.activity = np.sort(np.concatenate(parts), order="start")
    return [c for c in found if c is not None]


def _exchanges(tables: Tables, conversations: Iterable[Conversation]) -> None:
    """Tell conversations by ARP what they amount to."""
    heard = frozenset(tables["hosts"]["mac"][tables["hosts"]["packets"] > 0].tolist())
    for c in conversations:
        if c.transport == "ethernet" and c.server_port == _ARP:
            ends = (int(mac.replace(":", "") or "0", 16) for mac in (c.client, c.server))
            c.exchange = tables["exchanges"].between(*ends, c.vlan, heard)


def _in_tunnels(tables: Tables, places: _Places, conversations: list[Conversation]) -> Iterator[Conversation]:
    """Conversations in a tunnel that is in another one, as they would be captured where the outer one ends: copies."""
    rows, tunnels = tables["conversations"], tables["tunnels"]
    seen = set()
    carried = np.flatnonzero((places.place >= 0) & (rows["tunnel"] >= 0))
    for row in carried[tunnels["nested"][rows["tunnel"][carried]] > 0].tolist():
        tunnel, place = tunnels[rows["tunnel"][row]], int(places.place[row])
        whole = conversations[place]
        around = [whole.tunnel]
        for level in tables["tunnels in tunnels"][tunnel.nested_at : tunnel.nested_at + tunnel.nested].tolist():
            kind, identifier, family, *ends = level
            near, far = address_text(family, *ends[:2]), address_text(family, *ends[2:])
            if bool(rows["tunnel_forward"][row]) == bool(places.turned[row]):
                near, far = far, near
            own = whole.copy_of if whole.copy_of >= 0 else place
            if (place, kind, near, far) not in seen:
                seen.add((place, kind, near, far))
                inside = replace(whole, tunnel=TUNNELS[kind], tunnel_id=identifier, copy_of=own)
                inside.tunnel_client, inside.tunnel_server, inside.mobile_end = near, far, ""
                inside.tunnels_around = tuple(around)
                yield inside
            around.append(TUNNELS[kind])


def _slots(found: Tables, places: _Places) -> Numbers:
    """The slots of time in which each conversation had packets, bit after bit, of rows that became one together."""
    words = np.zeros((len(places.shared), found["bits"].shape[1]), "<u8")
    heard = np.flatnonzero(places.place >= 0)
    np.bitwise_or.at(words, places.place[heard], found["bits"][heard])
    return words.view(np.uint8)


def _busy(tables: Tables, part: Numbers, turned: Numbers) -> Iterator[Any]:
    """The stretches in which the conversation of each row was busy; None where it is one, from its first packet on."""
    tracks = tables["tracks"][part]
    many = np.where(tracks["size"], tracks["size"] + 1, 0)  # the one in front stands for itself
    ends = np.cumsum(many)
    owner = np.repeat(np.arange(len(part)), many)
    place = np.arange(len(owner)) - (ends - many)[owner]
    front = place == tracks["size"][owner]
    found = np.empty(len(owner), tables["stretches"].dtype)
    found[front] = tracks["front"][owner[front]]
    found[~front] = tables["stretches"][(tracks["at"][owner] + place)[~front]]
    rows = _stretches(found, turned[owner])
    spans = zip((ends - many).tolist(), ends.tolist(), strict=True)
    return (rows[start:end] if end > start else None for start, end in spans)


def _stretches(found: Any, turned: Numbers) -> Any:
    rows = np.empty(len(found), STRETCH)
    rows["start"], rows["end"] = found["start"], found["end"]
    for name, own, other in zip(COUNTED, (*_SIDES, "opened"), (*_SIDES[::-1], "opened"), strict=True):
        for behind in ("", *(f"_{span}" for span in MOST_IN)):
            rows[name + behind] = np.where(turned, found[other + behind], found[own + behind])
    return rows


def _icmp_types(tracks: Any, turned: Numbers) -> Iterator[tuple[int, int]]:
    """A bit for each type of ICMP that client and server of each row sent."""
    own, other = (np.where(turned, tracks[f"{b}_kinds"], tracks[f"{a}_kinds"]) for a, b in (_SIDES, _SIDES[::-1]))
    return zip(own.tolist(), other.tolist(), strict=True)


@lru_cache(maxsize=1024)
def _types(base: int, kinds: int) -> frozenset[int]:
    return frozenset(base + n for n in range(64) if kinds >> n & 1)


def _as_original(rows: Any, part: Numbers) -> Any:
    """The rows ``part``, the copies among them with the framing of their original."""
    found = rows[part]
    copies = np.flatnonzero((found["copy_of"] > 0) & (found["framing"] < 0) & (found["tentative"] < 0))
    for name in ("framing", "tentative"):
        found[name][copies] = rows[name][found["copy_of"][copies]]
    return found


def _made(
    plan: FramingPlan, rows: Any, turned: Numbers, tunnels: list[tuple[str, str, str, int | None]], place: Numbers
) -> Iterator[Conversation]:
    """The conversation of each row by itself."""

    def end(name: str) -> list[Any]:
        return np.where(turned, rows[_TURNED[name]], rows[name]).tolist()  # type: ignore[no-any-return]

    def same(name: str) -> list[Any]:
        return rows[name].tolist()  # type: ignore[no-any-return]

    family = same("family")
    transports = list(map(transport_name, same("transport"), family))
    ported = np.array([t in _WITH_PORTS for t in transports], bool)
    framing = np.where(rows["framing"] >= 0, rows["framing"], rows["tentative"]).tolist()
    outer = [("", "", "", None) if number < 0 else tunnels[number] for number in same("tunnel")]
    reverse = (rows["tunnel_forward"].astype(bool) == turned).tolist()
    columns: dict[str, Iterable[Any]] = {
        "transport": transports,
        "client": map(address_text, family, end("client_high"), end("client_low")),
        "server": map(address_text, family, end("server_high"), end("server_low")),
        "server_port": np.where(turned & ported, rows["client_port"], rows["server_port"]).tolist(),
        "tunnel": [kind for kind, _, _, _ in outer],
        "tunnel_client": [ends[back] for (_, *ends, _), back in zip(outer, reverse, strict=True)],
        "tunnel_server": [ends[not back] for (_, *ends, _), back in zip(outer, reverse, strict=True)],
        "mobile_end": [
            "" if near is None else _SIDES[near != back] for (*_, near), back in zip(outer, reverse, strict=True)
        ],
        "opened_by": map(EVIDENCE.__getitem__, same("evidence")),
        "framing": [plan.names[number] if number >= 0 else "" for number in framing],
        "copy_of": np.where(rows["copy_of"] > 0, place[rows["copy_of"]], -1).tolist(),
        **{name: map(mac_text, end(name)) for name in ("client_mac", "server_mac")},
        **{name: end(name) for name in ("client_packets", "server_packets", "client_bytes", "server_bytes")},
        **{name: same(name) for name in _AS_THEY_ARE},
    }
    # There may be hundreds of thousands, so the fields are given in their order and not one by one.
    return map(Conversation, *(columns[name] for name in _COLUMNS))


def _with_senders(made: Iterable[Conversation], rows: Any, turned: Numbers, chains: Any) -> Iterator[Conversation]:
    """The conversations with the MAC addresses of ends that have several."""
    found = {end: senders(rows, chains, end) for end in _SIDES}
    for number, conversation in enumerate(made):
        for end, other in zip(_SIDES, reversed(_SIDES), strict=True):
            if number in found[end]:
                mac, others = found[end][number]
                side = other if turned[number] else end
                setattr(conversation, f"{side}_mac", mac)
                setattr(conversation, f"{side}_others", others)
        yield conversation


def _sights(conversations: Any, sights: Any, places: _Places) -> Any:
    """What was seen of what clients and servers sent, in the order and direction of the conversations."""
    heard, none = places.place >= 0, np.iinfo(np.int64).max
    place, turned = places.place[heard], places.turned[heard, None]
    found = np.zeros((len(places.shared), 2), SIGHT)
    seen = sights[heard]
    for name in ("missing", "unread", "cut", "contradictory", "discarded", "midway"):
        np.add.at(found[name], place, np.where(turned, seen[name][:, ::-1], seen[name]))
    both = ("client", "server")
    first, last, signed = (
        np.stack([conversations[f"{e}_{what}"][heard] for e in both], 1) for what in ("first", "last", "signatures")
    )
    np.bitwise_or.at(found["signatures"], place, np.where(turned, signed[:, ::-1], signed))
    np.maximum.at(found["last_time"], place, np.where(turned, last[:, ::-1], last))
    for name, times in (("first_time", first), ("frame", seen["frame"])):
        least = np.full(found.shape, none)
        turned_times = np.where(turned, times[:, ::-1], times)
        np.minimum.at(least, place, np.where(turned_times > 0, turned_times, none))
        found[name] = np.where(least < none, least, 0)
    return found


def _join(into: Conversation, other: Conversation) -> None:
    """Add what was kept apart, but for the stretches."""
    into.icmp = (into.icmp[0] | other.icmp[0], into.icmp[1] | other.icmp[1])
    for name in _SUMMED:
        setattr(into, name, getattr(into, name) + getattr(other, name))
    into.first_time = min(into.first_time, other.first_time)
    into.last_time = max(into.last_time, other.last_time)
    into.opened_by = max(into.opened_by, other.opened_by, key=EVIDENCE.index)
    for end in _SIDES:
        _join_senders(into, other, end)
    into.tunnel_id = into.tunnel_id or other.tunnel_id
    into.framing = into.framing or other.framing
    into.copy_of = max(into.copy_of, other.copy_of)


def _join_senders(into: Conversation, other: Conversation, end: str) -> None:
    mine, theirs = (getattr(c, f"{end}_mac") for c in (into, other))
    others = (*getattr(into, f"{end}_others"), OtherSender(theirs, other.first_frame), *getattr(other, f"{end}_others"))
    setattr(into, f"{end}_mac", mine or theirs)
    setattr(into, f"{end}_others", each_once(mine or theirs, others))


def _need_stretches(one: Conversation, two: Conversation) -> bool:
    """They are no longer one stretch when they are joined."""
    apart = one.last_time // _SECOND < two.first_time // _SECOND or two.last_time // _SECOND < one.first_time // _SECOND
    return apart or one.activity is not None or two.activity is not None


def _own_stretches(c: Conversation) -> Any:
    """Its series; one stretch where it has none."""
    if c.activity is not None:
        return c.activity
    counts = c.client_packets, c.server_packets, c.connections
    return np.array([(c.first_time // _SECOND, c.last_time // _SECOND, *counts, *counts, *counts)], STRETCH)


def _tunnel(row: Any) -> tuple[str, str, str, int | None]:
    """Kind, outer ends, and behind which of them mobile devices are, if its packets say so."""
    family, near = int(row.family), _NEAR_DEVICES.get(int(row.ways))
    if not family:
        return TUNNELS[row.kind], "", "", near
    ends = [address_text(family, int(row[f"{e}_high"]), int(row[f"{e}_low"])) for e in ("source", "target")]
    return TUNNELS[row.kind], ends[0], ends[1], near


def _messages(plan: FramingPlan, tables: Tables, places: _Places) -> tuple[Messages, Numbers]:
    """The distinct messages, and for each row of the kernel which of them it went to: rows of conversations that became
    one are joined when their keys are equal.
    """
    found = tables["messages"]
    conversation, case = (found["identity"] >> 32).astype(np.int64), found["identity"] >> 1 & 0x7FFFFFFF
    rows = Columns(MESSAGE, len(found))
    rows["conversation"] = places.place[conversation]
    rows["from_client"] = (found["identity"] & 1).astype(bool) ^ places.turned[conversation]
    rows["framing"] = plan.case_framing[case]
    rows["protocol"] = plan.cases["protocol"][case]
    for name in ("by_port", "set_back", "series", "connection", "lost"):
        rows[name] = found[name]
    rows["content"] = contents(found, rows["from_client"], tables["keys"])
    confirmed = np.array([c << 32 | f for c, f in tables["confirmed"]], np.int64)
    rows["confirmed"] = np.isin(conversation << 32 | rows["framing"], confirmed)
    rows["start"], rows["end"] = found["kept_at"], found["kept_at"] + found["kept_size"]
    rows["cut"] = found["kept_size"] < np.minimum(plan.cases["keep"][case], found["length"])
    for name in ("length", "count", "first_time", "last_time"):
        rows[name] = found[name]
    for number, name in enumerate(_FRAMES):
        rows["frames"][:, number] = found[name]
    _minutes(rows, found)
    place = _joined(rows, found, case, tables["keys"], places.shared) if places.shared.any() else np.arange(len(rows))
    first = place == np.arange(len(rows))
    place = (np.cumsum(first) - 1)[place]
    known = (found["opener"] > 0) & (found["overflow"][found["opener"] - 1] == 0)  # and not one row for many
    rows["opener"] = np.where(known, place[found["opener"] - 1] + 1, 0)
    kept = rows if first.all() else rows.at(first)
    return Messages(kept, memoryview(tables["kept"]), plan.names, plan.protocols), place


def _minutes(rows: Any, found: Any) -> None:
    """Fill ``minutes`` and ``in_minutes``. Minute 0 is of packets without a time."""
    for number, name in enumerate(("most", "peak")):
        rows["minutes"][:, number] = found[f"{name}_at"]
        rows["in_minutes"][:, number] = np.where(found[f"{name}_at"] > 0, found[name], 0)
    rows["in_minutes"][found["peak_at"] == found["most_at"], 1] = 0


def _joined(rows: Any, found: Any, case: Numbers, keys: Any, shared: Numbers) -> Numbers:
    """For each row the first that is equal to it, which then counts for both."""
    place = np.arange(len(rows))
    apart = np.flatnonzero(shared[rows["conversation"]])
    columns = rows["conversation"][apart], rows["from_client"][apart], case[apart], found["overflow"][apart]
    place[apart] = apart[equal(found[apart], keys, *columns)]
    for row in np.flatnonzero(place < np.arange(len(place))).tolist():
        _add(rows, int(place[row]), row)
    return place


def _add(rows: Columns, into: int, other: int) -> None:
    """Count the row ``other`` as well, which is equal."""
    frames = [frame for row in (into, other) for frame in rows["frames"][row][: rows["count"][row]].tolist()]
    frames = sorted(frames)[:FIRST_FRAMES]
    rows["frames"][into, : len(frames)] = frames
    minutes: dict[int, int] = {}
    for row in (into, other):
        for minute, count in zip(rows["minutes"][row].tolist(), rows["in_minutes"][row].tolist(), strict=True):
            minutes[minute] = minutes.get(minute, 0) + count
    most = sorted(minutes.items(), key=lambda item: -item[1])[:MINUTES]
    most += [(0, 0)] * (MINUTES - len(most))
    rows["minutes"][into], rows["in_minutes"][into] = zip(*most, strict=True)
    rows["count"][into] += rows["count"][other]
    rows["first_time"][into] = min(rows["first_time"][into], rows["first_time"][other])
    rows["last_time"][into] = max(rows["last_time"][into], rows["last_time"][other])
    rows["by_port"][into] |= rows["by_port"][other]
    rows["confirmed"][into] |= rows["confirmed"][other]


def _pairings(found: Any, place: Numbers) -> Any:
    """The pairs, those of rows that were joined counted together."""
    pairs, row = np.unique(place[found["request"]] << 32 | place[found["response"]], return_inverse=True)
    rows = np.zeros(len(pairs), PAIRING)
    rows["request"], rows["response"] = pairs >> 32, pairs & 0xFFFFFFFF
    np.add.at(rows["count"], row, found["count"])
    return rows.view(np.recarray)


def _series(tables: Tables) -> Any:
    """The series that numbered messages are of, with the intervals after changes of their states."""
    kept = [name for name in SERIES.names or () if not name.startswith("span_")]
    rows = _copied(tables["series"], SERIES, kept)
    rows["span_sums"], rows["span_counts"] = tables["spans"][:, 0], tables["spans"][:, 1]
    return rows


def _copied(found: Any, dtype: np.dtype[Any], names: Sequence[str] | None = None) -> Any:
    """The columns ``names``, all when not given, as rows of ``dtype``."""
    rows = np.zeros(len(found), dtype)
    for name in names or dtype.names or ():
        rows[name] = found[name]
    return rows.view(np.recarray)


def _hosts(rows: Any) -> Iterator[HostSighting]:
    names = (
        *("mac", "family", "high", "low", "vlan", "proof", "packets", "first_time", "last_time", "first_frame"),
        *("claims", "contested", "contested_frame"),
    )
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
        return inet_ntoa((low & 0xFFFFFFFF).to_bytes(4, "big"))
    if family == 6:
        return str(IPv6Address(high << 64 | low))
    return mac_text(low) or "00:00:00:00:00:00"
