"""IP addresses from which several network adapters of one segment send, so that the address alone tells nobody's.

Anyone can send from the address of a host that is alive, without any ARP. A device sends from its own address by its
own MAC address; only what a router brings comes under the router's. So it is asked of each address, where frames of it
came from several MAC addresses:

- *near*: with somebody of the same network, or to everybody there. All must be the device's own.
- *leaving*: to another network, the other end under the MAC address of a router. The same.
- *brought*: from another network, the other end at home. A router sends for many, so that one which is known as such,
  or which brings answered conversations of several, may be one of two routers; others may not.

A listed address is its listed device's in every VLAN: near, who else sends from it is doubtful, where that device is
and where it is not, and so is a virtual router. Where the listed device is nowhere, its network adapter may have been
replaced: that what is sent near or leaving is where the address belongs is believed then, but not who sends it.

A segment is a VLAN, or several in which one device sends from its address by one MAC address: a mirrored trunk shows
with its tag what an access port shows without.

No doubt: MAC addresses of one device, or to which the inventory or a configuration gives the address; virtual routers
and routers that answer for addresses of other networks; an address that moved, each newcomer claiming it (ARP); what
comes back to a master from a ring of EtherCAT (``scanner.capture.kernel.decode.ethercat_ring``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from scanner.addresses import address_of, is_ip
from scanner.assets.binding import Host, HostIndex, Sighting
from scanner.assets.contested import answers_for_others
from scanner.assets.surroundings import virtual_router

_ROUTED = 2  # other addresses of which a router brings answered conversations
_ON_THE_PATH = ("mpls", "pppoe")  # tunnels without a link of their own: the MAC addresses are those of the path
_ETHERCAT = 0x88A4
_LOCAL = 2  # in the first octet of a MAC address: set by the first slave of a ring
_PLACE = ("capture", "vlan", "tunnel", "tunnel_id")
_ENDS = (("client", "server"), ("server", "client"))
Place = tuple[str, int, str, int]


class DoubtfulEnd(NamedTuple):
    """An end of a conversation: row of the flows, 0 client or 1 server. macs: who sends from the address.

    frames: the first frame from each of them, in the recording ``capture``; 0 not known. usurpers: those of them to
    whom the inventory or a configuration does not give the address, though it does to others, beside whom they are.
    rivals: who sends as if the address were its own, where that is in doubt. given: the MAC addresses to which the
    inventory or a configuration gives it, where none of them is anywhere: only who sends is in doubt then, not where.
    """

    row: int
    end: int
    address: str
    macs: tuple[str, ...]
    frames: tuple[int, ...]
    capture: str
    usurpers: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class WhoIsKnown:
    """What is known of whom. bound: MAC addresses that the inventory or a configuration gives an address; routers:
    those of routers that somebody declares; at_once: addresses that several claim at once; together: two addresses
    are in one network.
    """

    hosts: HostIndex
    sightings: Sequence[Sighting]
    bound: Mapping[str, Collection[str]]
    routers: Collection[str]
    at_once: Collection[str]
    together: Callable[[str, str], bool]


class _Use(NamedTuple):
    """An end of a conversation, and one of the MAC addresses that it came from."""

    row: int
    end: int
    mac: str
    peer: str
    peer_mac: str
    frame: int


@dataclass
class _Sent:
    """When a MAC address sent from an address in one place, and whether it claimed it."""

    first: int = 0
    last: int = 0
    frame: int = 0
    claims: bool = False
    times: bool = True

    def add(self, row: Sighting) -> None:
        if row.first_time is None or row.last_time is None:
            self.times = False
        else:
            self.first = min(self.first or row.first_time, row.first_time)
            self.last = max(self.last, row.last_time)
        self.frame = min(filter(None, (self.frame, row.first_frame)), default=0)
        self.claims = self.claims or row.proof == "arp"


_Span = Mapping[str, _Sent]  # by MAC address


def doubtful_ends(flows: pl.DataFrame, known: WhoIsKnown) -> list[DoubtfulEnd]:
    """Every end of which it is not known whose it is. flows: the stored table."""
    if not flows.height or not (uses := _uses(flows)).height:
        return []
    segments = _segments(uses, known.hosts)
    uses = _joined(uses, segments)
    claims = _joined(_claims(known.sightings, uses), segments)
    every = pl.concat([uses.select(*_PLACE, "address", "mac"), claims])
    routers = _routers(uses, known)
    alive, absent = _listed(uses, known, routers)
    several = (
        every.group_by(*_PLACE, "address")
        .agg(pl.col("mac").n_unique())
        .filter((pl.col("mac") > 1) | pl.col("address").is_in([*alive, *absent]))
    )
    if not several.height:
        return []
    key = [*_PLACE, "address"]
    found = uses.join(several.select(key), on=key, how="semi", nulls_equal=True, maintain_order="left")
    sent = _sent(known.sightings, set(several["address"]), segments)
    judge = _Judge(known, routers, _ring(flows), frozenset(alive), frozenset(absent))
    groups: defaultdict[tuple[Place, str], list[_Use]] = defaultdict(list)
    for *place, address, row, end, mac, peer, peer_mac, frame in found.select(*key, *_Use._fields).iter_rows():
        groups[tuple(place), address].append(_Use(row, end, mac, peer, peer_mac, frame))
    return [
        end
        for (place, address), own in groups.items()
        if is_ip(address) and address_of(address).host
        for end in judge.ends(address, place, own, sent.get((place[0], place[1], address), {}))
    ]


def _uses(flows: pl.DataFrame) -> pl.DataFrame:
    """Columns of ``_Use``, the place and the address."""
    rows = flows.with_row_index("row").filter(
        (pl.col("transport") != "ethernet") & ~pl.col("tunnel").is_in(_ON_THE_PATH)
    )
    parts = []
    for number, (own, other) in enumerate(_ENDS):
        heard = rows.filter((pl.col(f"{own}_mac") != "") & (pl.col(f"{own}_packets") > 0))
        macs = pl.concat_list(pl.col(f"{own}_mac"), pl.col(f"{own}_other_macs").fill_null([]))
        first = pl.concat_list(pl.col("frames").list.first().fill_null(0), pl.col(f"{own}_other_frames").fill_null([]))
        parts.append(
            heard.select(
                *_PLACE,
                pl.col("row").cast(pl.Int64),
                "client_bytes",
                "server_bytes",
                "transport",
                address=own,
                end=pl.lit(number),
                peer=other,
                peer_mac=f"{other}_mac",
                mac=macs,
                frame=first,
            ).explode("mac", "frame")
        )
    return pl.concat(parts)


def _segments(uses: pl.DataFrame, hosts: HostIndex) -> dict[tuple[str, int], int]:
    """By recording and VLAN the VLAN that stands for its segment, where that is another one."""
    pairs = (
        uses.filter(pl.col("tunnel") == "").group_by("capture", "mac", "address").agg(pl.col("vlan").unique().sort())
    )
    first: dict[tuple[str, int], int] = {}

    def of(capture: str, vlan: int) -> int:
        while (capture, vlan) in first:
            vlan = first[capture, vlan]
        return vlan

    for capture, mac, address, vlans in pairs.filter(pl.col("vlan").list.len() > 1).iter_rows():
        host = hosts.by_id.get(hosts.owner(mac))
        if host is None or address not in host.ips:  # a router is in several
            continue
        lowest, *others = sorted({of(capture, vlan) for vlan in vlans})
        first.update(((capture, vlan), lowest) for vlan in others)
    return {place: of(*place) for place in first}


def _joined(rows: pl.DataFrame, segments: Mapping[tuple[str, int], int]) -> pl.DataFrame:
    """The rows, each under the VLAN that stands for its segment; inside of tunnels as they are."""
    for (capture, vlan), segment in segments.items():
        there = (pl.col("tunnel") == "") & (pl.col("capture") == capture) & (pl.col("vlan") == vlan)
        rows = rows.with_columns(vlan=pl.when(there).then(pl.lit(segment, rows.schema["vlan"])).otherwise("vlan"))
    return rows


def _listed(uses: pl.DataFrame, known: WhoIsKnown, routers: Collection[str]) -> tuple[list[str], list[str]]:
    """Addresses of which one is bound to the MAC address that it sends by, and which others send from, too; and those
    that are sent from by nobody to whom they are bound, nor only by routers.
    """
    listed = uses.select("address", "mac").unique().filter(pl.col("address").is_in(list(known.bound)))
    own: defaultdict[str, set[bool]] = defaultdict(set)
    ends: set[str] = set()
    for address, mac in listed.iter_rows():
        own[address].add(mac in known.bound[address])
        if mac not in routers:
            ends.add(address)
    alive = sorted(address for address, whose in own.items() if len(whose) > 1)
    return alive, sorted(address for address in ends if own[address] == {False})


def _claims(sightings: Iterable[Sighting], uses: pl.DataFrame) -> pl.DataFrame:
    """Claims by ARP of the addresses that are used outside of tunnels."""
    used = set(uses.filter(pl.col("tunnel") == "")["address"].unique())
    rows = [
        (r.capture, -1 if r.vlan is None else r.vlan, "", 0, r.ip, r.mac)
        for r in sightings
        if r.proof == "arp" and r.mac and r.ip in used
    ]
    wanted = uses.select(*_PLACE, "address", "mac").schema
    return pl.DataFrame(rows, schema=wanted, orient="row")


def _sent(
    sightings: Iterable[Sighting], addresses: set[str], segments: Mapping[tuple[str, int], int]
) -> dict[tuple[str, int, str], dict[str, _Sent]]:
    """By recording, segment and address."""
    found: defaultdict[tuple[str, int, str], dict[str, _Sent]] = defaultdict(dict)
    for row in sightings:
        if row.mac and row.ip in addresses:
            vlan = -1 if row.vlan is None else row.vlan
            place = row.capture, segments.get((row.capture, vlan), vlan), row.ip
            found[place].setdefault(row.mac, _Sent()).add(row)
    return found


def _routers(uses: pl.DataFrame, known: WhoIsKnown) -> frozenset[str]:
    """MAC addresses of routers: declared, virtual, or with answered TCP conversations of several addresses not their
    own.
    """
    answered = uses.filter((pl.col("transport") == "tcp") & (pl.col("client_bytes") > 0) & (pl.col("server_bytes") > 0))
    brought: dict[str, int] = {}
    for mac, addresses in answered.group_by("mac").agg(pl.col("address").unique()).iter_rows():
        host = known.hosts.by_id.get(known.hosts.owner(mac))
        brought[mac] = len(set(host.relayed).intersection(addresses)) if host else 0
    return frozenset((*known.routers, *(mac for mac, count in brought.items() if count > _ROUTED)))


def _ring(flows: pl.DataFrame) -> bool:
    """Somebody sends EtherCAT."""
    return flows.filter((pl.col("transport") == "ethernet") & (pl.col("server_port") == _ETHERCAT)).height > 0


@dataclass(frozen=True)
class _Judge:
    """Which of an address's MAC addresses nobody can account for. ring: there is one of EtherCAT. alive: addresses that
    are sent from by whom they are bound to, here or elsewhere; absent: by nobody of those.
    """

    known: WhoIsKnown
    routers: Collection[str]
    ring: bool
    alive: Collection[str]
    absent: Collection[str]
    _devices: dict[str, str] = field(default_factory=dict)

    def ends(self, address: str, place: Place, uses: Sequence[_Use], sent: _Span) -> list[DoubtfulEnd]:
        """The doubtful ones among the ends with this address in this place."""
        claiming = {mac for mac, one in sent.items() if one.claims} if not place[2] else set()
        kinds = self._kinds(address, uses, claiming)
        own = self._own(address, {u.mac for name in ("near", "leaving") for u in kinds[name]} | claiming)
        own |= self._posing(address, kinds["near"])
        beside = self._strange(address, own, sent)
        strange = beside or self._elsewhere(address, {u.mac for u in kinds["near"]} & own)
        brought = {u.mac for u in kinds["brought"] if not virtual_router(u.mac)}
        bringing = self._strange_routers(address, brought - own)
        macs = sorted({*own, *brought}, key=lambda m: (m in strange | bringing, self._frame(m, uses, sent), m))
        frames = tuple(self._frame(mac, uses, sent) for mac in macs)
        usurpers = tuple(m for m in macs if m in beside & self._beside(address, uses) and not virtual_router(m))
        rivals = tuple(mac for mac in macs if mac in own)
        doubtful: dict[tuple[int, int], tuple[str, ...]] = {}
        for name, among, own_ones in (
            ("near", strange, rivals),
            ("leaving", strange, rivals),
            ("brought", bringing, ()),
        ):
            for use in kinds[name]:
                if use.mac in among:
                    doubtful.setdefault((use.row, use.end), own_ones)
        strangers = [
            DoubtfulEnd(*at, address, tuple(macs), frames, place[0], usurpers, rivals=own_ones)
            for at, own_ones in doubtful.items()
        ]
        return [*strangers, *self._unlisted(address, place, [*kinds["near"], *kinds["leaving"]], own, sent, doubtful)]

    def _unlisted(  # noqa: PLR0917 - of one address
        self,
        address: str,
        place: Place,
        uses: Iterable[_Use],
        own: Collection[str],
        sent: _Span,
        doubtful: Collection[tuple[int, int]],
    ) -> Iterator[DoubtfulEnd]:
        """The other ends of which only the sender is in doubt: the address is bound to somebody who sends nothing."""
        if address not in self.absent:
            return
        given = tuple(sorted(self.known.bound[address]))
        whose = {self._device(mac) for mac in given}
        found: dict[tuple[int, int], list[_Use]] = defaultdict(list)
        for use in uses:
            if use.mac in own and use.mac not in self.routers and self._device(use.mac) not in whose:
                found[use.row, use.end].append(use)
        for at, senders in found.items():
            if at not in doubtful:
                macs = tuple(dict.fromkeys(use.mac for use in senders))
                frames = tuple(self._frame(mac, senders, sent) for mac in macs)
                yield DoubtfulEnd(*at, address, macs, frames, place[0], given=given)

    def _beside(self, address: str, uses: Iterable[_Use]) -> set[str]:
        """Who sends from an address that is given to somebody to others of its network, and is no router."""
        if address not in self.known.bound:
            return set()
        return {u.mac for u in uses if u.mac not in self.routers and self._kind(address, u) == "near"}

    def _kinds(self, address: str, uses: Iterable[_Use], claiming: set[str]) -> dict[str, list[_Use]]:
        """By kind. Whom its device reaches by its own MAC address is near, whatever the networks look like."""
        kinds: dict[str, list[_Use]] = {"near": [], "leaving": [], "brought": []}
        for use in uses:
            kinds[self._kind(address, use)].append(use)
        own = {u.mac for name in ("near", "leaving") for u in kinds[name]}
        own |= claiming | set(self.known.bound.get(address, ()))
        reached = {u.peer for u in kinds["brought"] if u.mac in own}
        kinds["near"] += (u for u in kinds["brought"] if u.peer in reached)
        kinds["brought"] = [u for u in kinds["brought"] if u.peer not in reached]
        return kinds

    def _kind(self, address: str, use: _Use) -> str:
        if not is_ip(use.peer):
            return "brought"
        peer = address_of(use.peer)
        if not peer.host:
            return "near" if _to_all_here(use.peer) else "brought"
        if peer.link_local or self._together(address, use.peer):
            return "near"
        at_home = self.known.hosts.by_id.get(self.known.hosts.owner(use.peer_mac)) if use.peer_mac else None
        return "brought" if at_home is None or use.peer in at_home.ips else "leaving"

    def _together(self, address: str, peer: str) -> bool:
        """By what the policy says, and by what is usual: what is not in both may lie behind a router."""
        one, other = address_of(address), address_of(peer)
        return one.network == other.network and self.known.together(address, peer)

    def _device(self, mac: str) -> str:
        if self.ring and int(mac[:2], 16) & _LOCAL:  # set in what comes back to its sender, EtherCAT or not
            mac = f"{int(mac[:2], 16) ^ _LOCAL:02x}{mac[2:]}"
        if mac not in self._devices:
            host = self.known.hosts.by_id.get(self.known.hosts.owner(mac))
            self._devices[mac] = (host.part_of or host.id) if host else mac
        return self._devices[mac]

    def _own(self, address: str, macs: Iterable[str]) -> set[str]:
        """Those who send as if they had the address: neither virtual routers nor such that answer for others."""
        return {mac for mac in macs if not virtual_router(mac) and not self._proxy(address, mac)}

    def _posing(self, address: str, near: Iterable[_Use]) -> set[str]:
        """Virtual MAC addresses that send, in its own network, from the address of a host that is listed with another:
        what a router sends there by one of these comes from an address of its own.
        """
        bound = set(self.known.bound.get(address, ()))
        if not bound or not bound.isdisjoint(self.known.routers):
            return set()
        return {use.mac for use in near if use.mac not in bound and virtual_router(use.mac)}

    def _proxy(self, address: str, mac: str) -> bool:
        host: Host | None = self.known.hosts.by_id.get(self.known.hosts.owner(mac))
        return host is not None and answers_for_others(address, host, self.known.hosts)

    def _strange(self, address: str, own: set[str], sent: _Span) -> set[str]:
        """Of those who send from it, who need not be the one who is meant."""
        if len({self._device(mac) for mac in own}) < 2:
            return set()
        bound = {self._device(mac) for mac in self.known.bound.get(address, ())}
        rest = {mac for mac in own if self._device(mac) not in bound}
        if len(rest) < len(own) or not rest:
            return rest
        return set() if self._moved(address, own, sent) else own

    def _elsewhere(self, address: str, near: set[str]) -> set[str]:
        """Of those who send in its own network as if they had it, who is not the one that is listed with it and sends
        elsewhere: a cell in another VLAN has the same addresses, or says so.
        """
        if address not in self.alive or not near.isdisjoint(self.known.bound[address]):
            return set()
        bound = {self._device(mac) for mac in self.known.bound[address]}
        return {mac for mac in near if mac not in self.routers and self._device(mac) not in bound}

    def _moved(self, address: str, own: set[str], sent: _Span) -> bool:
        """Each but the first claimed the address and used it after those before, or all take turns by claims."""
        if address in self.known.at_once or not all(mac in sent for mac in own):
            return False
        if all(sent[mac].claims for mac in own):
            return True
        if not all(sent[mac].times for mac in own):
            return False
        _, *later = order = sorted(own, key=lambda mac: (sent[mac].first, mac))
        return all(sent[mac].claims for mac in later) and all(
            sent[a].last < sent[b].first for a, b in zip(order, later, strict=False)
        )

    def _strange_routers(self, address: str, brought: set[str]) -> set[str]:
        """Of those under whose MAC address it comes from elsewhere, who is no router as far as one knows."""
        if len({self._device(mac) for mac in brought}) < 2:
            return set()
        bound = {self._device(mac) for mac in self.known.bound.get(address, ())}
        return {mac for mac in brought if mac not in self.routers and self._device(mac) not in bound}

    @staticmethod
    def _frame(mac: str, uses: Iterable[_Use], sent: _Span) -> int:
        if mac in sent and sent[mac].frame:
            return sent[mac].frame
        return min((u.frame for u in uses if u.mac == mac and u.frame), default=0)


def _to_all_here(group: str) -> bool:
    """A broadcast or multicast address that no router forwards."""
    if ":" in group:
        return group.startswith(("ff01:", "ff02:"))
    return group == "255.255.255.255" or group.startswith("224.0.0.")
