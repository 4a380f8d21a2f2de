"""The devices of a plant: what the captures show, reconciled with the inventory and the policy.

Plain rows come in (``DeviceEvidence``), plain rows go out (``Plant``); the facts tables are filled from them by
``scanner.facts.enrich``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import polars as pl

from scanner.addresses import Address, Network, address_of, is_group_mac, is_mac
from scanner.assets import roles
from scanner.assets.binding import Host, HostIndex, Sighting, bind
from scanner.assets.configured import names_by_address
from scanner.assets.contested import addresses
from scanner.assets.doubtful import DoubtfulEnd, WhoIsKnown, doubtful_ends
from scanner.assets.entries import ROUTES, Entries, binds, entry_roles, only_mac
from scanner.assets.evidence import DeviceEvidence, chassis_of_ports, claims, of_chassis
from scanner.assets.identity import IdentityCounts
from scanner.assets.merging import by_configurations, by_inventory, merged, sent, with_parts
from scanner.assets.oui import vendors
from scanner.assets.owners import Owner, owners
from scanner.assets.reconcile import Conflict, Reconciled, SeenDevice, duplicates, inventory_row, reconcile
from scanner.assets.seen_networks import SeenNetworks
from scanner.assets.surroundings import Surroundings, conversations, network_by, virtual_router
from scanner.assets.tables import Tables
from scanner.assets.used_addresses import used_by_several
from scanner.device_names import name_key
from scanner.policy.listed import entry_names, entry_words, is_bound
from scanner.policy.membership import Membership, RoleAssignments, names_addresses
from scanner.wording import Plural, listed, marked, said, term

Row = Mapping[str, Any]

_CONTROL = frozenset(("controller", "safety_controller", "io_device", "drive", "robot", "ied"))
_FRAMES = 5
_NAMED = 3  # addresses that one reason names
_FORWARDED = Plural(
    "forwarded packets of {n} other address: {addresses}", "forwarded packets of {n} other addresses: {addresses}"
)
_TUNNELS_OF_GATEWAYS = frozenset(("gtp-u", "gre", "ip-in-ip", "vxlan", "geneve", "l2tp", "lisp", "gue"))


class EndKey(NamedTuple):
    """All that an end of a conversation is known by.

    mac, vlan: of its frames, where they say more than the device that has the address; else empty and -1. device: its
    id, also where it is shown as part of another.
    """

    address: str
    device: str
    mac: str
    vlan: int


class Endpoint(NamedTuple):
    """One end of a conversation, resolved. ``group``: multicast or broadcast, so nobody in particular.

    local: the address is not routed (link-local), so the other end is in the same network.
    broadcast_of: the network of the policy whose broadcast address it is.
    shared: names that the inventory gives to other devices as well, so that they bind nobody. listed_mac: of a device
    behind a router, the MAC address that the inventory lists with its address.
    host: the address is one device's. proven: the address tells whose; otherwise nothing that is said of it counts.
    """

    device: str
    name: str
    zone: str
    level: float | None
    roles: tuple[str, ...]
    assigned_roles: tuple[str, ...]
    listed: bool | None
    public: bool
    names: tuple[str, ...] = ()
    mac: str = ""
    group: bool = False
    local: bool = False
    broadcast_of: Network | None = None
    host: bool = True
    proven: bool = True
    shared: tuple[str, ...] = ()
    listed_mac: str = ""


_SILENT = IdentityCounts()  # of every device that said nothing; never added to


@dataclass(slots=True)
class _Device:
    """A device while it is put together."""

    host: Host
    identity: IdentityCounts
    names: Sequence[str] = ()  # trusted for the policy
    words: Sequence[str] = ()  # by which the policy may name it: names, and the serial number in the inventory
    shared: Sequence[str] = ()  # names by which it may not, as others bear them, too
    zone: str = ""
    zones: tuple[str, ...] = ()
    assigned: Sequence[roles.Reason] = ()
    observed: Sequence[roles.Reason] = ()
    entry: Row | None = None

    bound: bool = False  # the entry gives it an address
    own: Sequence[str] = ()  # addresses that it goes by

    @property
    def macs(self) -> Sequence[str]:
        return self.host.macs

    @property
    def listed(self) -> bool | None:
        """None: an entry may be its own by what it says of itself, which anybody can say."""
        return self.bound or (None if self.entry is not None else False)

    @property
    def addresses(self) -> list[Address]:
        return [address_of(ip) for ip in self.own]

    @property
    def places(self) -> list[Address]:
        """Addresses that say where it is: its own, or those listed with its MAC address while it has only link-local
        ones, as a switch of which nothing but spanning tree is heard.
        """
        own = self.addresses
        if self.entry is None or any(not one.link_local for one in own) or not self._listed_by_mac:
            return own
        return [*own, *map(address_of, self.entry["ips"])]

    @property
    def _listed_by_mac(self) -> bool:
        return self.entry is not None and not set(self.macs).isdisjoint(self.entry["macs"])

    @property
    def own_vlans(self) -> list[int]:
        """VLANs that say where it is; a router is in many, and an address behind one is seen in others' VLANs."""
        return [] if self.host.routes or not self.host.mac else self.vlans

    @property
    def vlans(self) -> list[int]:
        return sorted({r.vlan for r in self.host.rows if r.vlan is not None and r.vlan > 0})

    @property
    def packets(self) -> int:
        """Seen before or behind a router; a capture that shows both sides shows them twice."""
        return max(sum(r.packets or 0 for r in rows) for rows in (self.host.rows, self.host.distant))

    @property
    def all_roles(self) -> Sequence[roles.Reason]:
        """Policy, inventory, then what was observed and does not merely repeat or blur what is assigned."""
        if not self.observed:
            return self.assigned
        assigned = {r.role for r in self.assigned}
        blurred = {"hmi", "scada_server", "server"} if assigned else set()
        if assigned & _CONTROL:
            blurred |= {"controller", "io_device"}
        return [*self.assigned, *(r for r in self.observed if r.role not in assigned | blurred)]


class Plant:
    """Devices and inventory, reconciled."""

    def __init__(self, evidence: DeviceEvidence) -> None:
        self._evidence = evidence
        self.membership = Membership.of(evidence.zones)
        self._book = RoleAssignments.of(evidence.roles)
        self._entries = Entries(evidence.inventory)
        self._tables = Tables.of(evidence.bound, evidence.inventory)
        configured_macs = {ip: frozenset({m}) for ip, m in self._tables.macs.items() if not virtual_router(m)}
        self._macs_of = configured_macs | {ip: macs for ip, macs in self._entries.macs_of().items() if macs}
        self._configured = names_by_address(evidence.configured)
        self._identities = list(of_chassis(evidence))
        self._hosts = self._bound_hosts()
        said = self._said()
        self._devices = {id_: _Device(host, said.get(id_, _SILENT)) for id_, host in sorted(self._hosts.by_id.items())}
        for device in self._devices.values():
            device.own = self._own_addresses(device.host)
        self._shown = [d for d in self._devices.values() if not d.host.part_of]
        links, operations = self._with_devices(evidence.links, evidence.operations)
        self._speaks, self._serves = _spoken(links)
        self.reconciled = self._reconcile()
        for device in self._devices.values():
            self._settle(device)
        self._observe(operations, links)
        self._evidence = evidence.without_traffic()  # which may be large, and nothing asks for it any more

    def _inside(self, address: Address) -> bool:
        """The policy or the inventory counts the address among the plant's."""
        stated = any(n.prefixlen >= 8 for n in self.membership.subnets.holding(address))
        return stated or self._entries.by_ip(address.text) is not None

    def _bound_hosts(self) -> HostIndex:
        evidence = self._evidence
        hellos, asking, peers = conversations(evidence.talks)
        around = Surroundings(
            inside=self._inside,
            network=network_by(self.membership.subnets.holding),
            hellos=hellos,
            asking=asking,
            peers=peers,
            listed=self._macs_of,
            routers=self._entries.routers(),
        )
        pairs = {(mac, ip) for ip, macs in self._macs_of.items() for mac in macs}
        hosts = bind(evidence.sightings, claims(evidence, self._identities, pairs), around)
        listed = [
            *by_inventory(evidence.inventory, self._entries.together),
            *by_configurations(evidence.configured, self._tables),
        ]
        return with_parts(merged(hosts, listed), around, chassis_of_ports(evidence), sent(evidence.links))

    def _whole(self, id_: str) -> str:
        """Id of the device that is shown for it."""
        host = self._hosts.by_id.get(id_)
        return host.part_of if host is not None and host.part_of else id_

    # --- gathering --------------------------------------------------------------------------------------------------

    def _said(self) -> dict[str, IdentityCounts]:
        """What was said of each device, by its id."""
        said: defaultdict[str, IdentityCounts] = defaultdict(IdentityCounts)
        for row, id_ in zip(self._identities, self.speakers(), strict=True):
            if id_ and row["value"]:
                said[id_].add(row["field"], row["value"], row["protocol"], row["count"] or 1)
        return dict(said)

    def speakers(self) -> Iterator[str]:
        """Of each row of the facts table identities, the id of the device that said so; empty if unclear."""
        for row in self._identities:
            yield self._whole(self._hosts.owner(row["mac"]) or self._spoken_of(row["ip"], row["mac"]))

    def _spoken_of(self, ip: str, mac: str) -> str:
        """Who has an address; nobody where cells that have the same addresses could all be meant."""
        owners = self._hosts.owners.get(ip, ())
        if len(owners) > 1 and mac not in owners:
            vlans = [{row.vlan for row in self._hosts.by_id[o].rows if row.ip == ip} for o in owners]
            if any(a.isdisjoint(b) for a, b in pairwise(vlans)):
                return ""
        return self._hosts.owner(ip, mac)

    def _with_devices(self, *tables: pl.DataFrame) -> list[pl.DataFrame]:
        """Rows with the ids of the devices at their ends, ``client_device`` and ``server_device``; empty: not seen."""
        ends = [(end, f"{end}_mac") for end in ("client", "server")]
        each = pl.concat(rows.select(address=ip, mac=mac) for rows in tables for ip, mac in ends).unique()
        ids = [self._whole(self._hosts.owner(address, mac)) for address, mac in each.iter_rows()]
        known = each.with_columns(device=pl.Series(ids, dtype=pl.Enum(list(dict.fromkeys(("", *ids))))))
        found = []
        for rows in tables:
            for ip, mac in ends:
                end = known.rename({"address": ip, "mac": mac, "device": f"{ip}_device"})
                rows = rows.join(end, on=[ip, mac], how="left")  # noqa: PLW2901
            found.append(rows)
        return found

    def _place(self, device: _Device) -> None:
        device.zone, device.zones = self.membership.zone_of(
            macs=device.macs, names=device.words, addresses=device.places, vlans=device.own_vlans
        )

    def _reconcile(self) -> Reconciled:
        if not self._evidence.inventory:
            return Reconciled()
        for device in self._devices.values():  # zones without the inventory's names, to tell NAT cells apart
            self._place(device)
        return reconcile(
            self._evidence.inventory,
            [
                SeenDevice(
                    id=id_,
                    macs=d.host.macs,
                    ips=d.own,
                    zone=d.zone,
                    vlans=d.own_vlans,
                    packets=d.packets,
                    names=d.identity.names(),
                    values={f: d.identity.values(f) for f in _COMPARED},
                )
                for id_, d in self._devices.items()
            ],
            self._entries.together,
        )

    def _settle(self, device: _Device) -> None:
        """Names that the policy may use, zone, and assigned roles.

        Anyone can say on the wire that it is SCADA-1, so a name counts only when the inventory gives it to the device
        by its address or MAC address; an entry that was found by name or serial number alone gives nothing.
        """
        number = self.reconciled.entry_of.get(device.host.id)
        device.entry = self._evidence.inventory[number] if number is not None else None
        own = device.own
        bound = device.entry if device.entry is not None and binds(device.entry, device.macs, own) else None
        device.bound = bound is not None
        configured = self._configured_names(own, device.macs)
        device.names = [*(entry_names(bound) if bound is not None else ()), *configured]
        listed, device.shared = self._entries.words_of(bound) if bound is not None else ([], [])
        device.words = [*listed, *configured]
        self._place(device)
        device.assigned = self._assigned(device.macs or [only_mac(bound)], device.words, map(address_of, own), bound)

    def _configured_names(self, ips: Sequence[str], macs: Sequence[str]) -> list[str]:
        """Names that configurations give the addresses."""
        own = (name for ip in ips for name in self._configured.get(ip, ()))
        return list(dict.fromkeys((*own, *self._tables.names_of(ips, macs))))

    def _own_addresses(self, host: Host) -> list[str]:
        """The addresses that it sent from; of a device that sent from none, those that it states and nobody else has.

        Anyone can state another's address (PROFINET DCP) and go on sending from his own.
        """
        sent = {row.ip for row in (*host.rows, *host.distant)}
        return [ip for ip in host.ips if ip in sent] or [ip for ip in host.ips if self._has_alone(host, ip)]

    def _has_alone(self, host: Host, ip: str) -> bool:
        listed = self._macs_of.get(ip, frozenset())
        return self._hosts.owners.get(ip, [ip]) in ([host.id], [ip]) and (
            not listed or not listed.isdisjoint(host.macs)
        )

    def _assigned(
        self, macs: Iterable[str], names: Iterable[str], addresses: Iterable[Address], entry: Row | None
    ) -> list[roles.Reason]:
        given = self._book.roles_of(macs=macs, names=names, addresses=addresses)
        found = {r.role: said("policy line {line}", line=r.line) for r in given}
        if entry is not None:
            where = inventory_row(entry["source"], entry["row"])
            for role, word in entry_roles(entry).items():
                kind = term(f"role.{word}", word)
                found.setdefault(role, said("inventory says {type} ({place})", type=kind, place=where))
        return [roles.Reason(role, why) for role, why in found.items()]

    @property
    def listed_names(self) -> frozenset[str]:
        """Every name that the inventory gives, casefolded."""
        return frozenset(self._entries.names)

    @property
    def bound_names(self) -> frozenset[str]:
        """Every name that the inventory or a configuration gives together with an address, casefolded."""
        configured = (name_key(name) for names in self._configured.values() for name in names)
        return frozenset((*self._entries.bound, *configured, *self._tables.every_name))

    @property
    def shared_names(self) -> frozenset[str]:
        """Every name that the inventory gives to several devices, casefolded."""
        return self._entries.shared

    def names_given(self, device: str) -> tuple[Sequence[str], Sequence[str]]:
        """Those that somebody who can say so has given the device: its own, and those that others bear, too."""
        return self._devices[device].words, self._devices[device].shared

    @property
    def roles_given(self) -> list[str]:
        """Every role that the policy or the inventory gives to a device that can be told by its address."""
        found = {role for row in self._evidence.inventory if is_bound(row) for role in entry_roles(row)}
        for row in self._evidence.roles:
            exact, networks, names = names_addresses([row["member"]])
            if exact or networks or names & self.bound_names:
                found.add(row["role"])
        return sorted(found)

    def _observe(self, operations: pl.DataFrame, links: pl.DataFrame) -> None:
        stated: defaultdict[str, list[roles.Reason]] = defaultdict(list)
        for id_, device in self._devices.items():
            host = device.host
            if host.virtual:
                why = said("its MAC address is a virtual one of {protocol}", protocol=host.virtual)
                stated[id_].append(roles.Reason("router", why))
                hello = said("said hello as a member of {protocol}", protocol=host.virtual)
                for router in self._routers_of(host):
                    stated[router].append(roles.Reason("router", hello))
            elif host.relayed:
                more = len(host.relayed) - _NAMED
                shown = listed(host.relayed[:_NAMED], more)
                why = _FORWARDED.of(len(host.relayed), addresses=shown)
                stated[id_].append(roles.Reason("router", why))
            if "role" in device.identity.said:
                stated[id_] += roles.stated_by_itself(device.identity.said["role"])
        for tunnel, address in self._evidence.tunnels:
            id_ = self._whole(self._hosts.owner(address))
            if id_ and tunnel in _TUNNELS_OF_GATEWAYS:
                stated[id_].append(roles.Reason("gateway", said("end of {tunnel} tunnels", tunnel=tunnel)))
        named: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for address, mac, role, name in self._evidence.ai:
            named[self._whole(self._hosts.owner(address, mac)), role].append(name)
        for (id_, role), names in named.items():
            stated[id_].append(roles.with_ai(role, names))
        for address, protocol in self._evidence.mobile:
            stated[self._whole(self._hosts.owner(address))].append(roles.by_radio(protocol))
        for id_, found in roles.infer(_operations(operations), _links(links), stated).items():
            if id_ in self._devices:
                self._devices[id_].observed = found

    def _routers_of(self, virtual: Host) -> set[str]:
        """Ids of the devices that say hello for a virtual router."""
        owners = {o for row in virtual.rows for o in self._hosts.owners.get(row.ip, ()) if row.ip in virtual.ips}
        return {o for o in (*owners, virtual.part_of) if o and not self._hosts.by_id[o].virtual}

    # --- answers ----------------------------------------------------------------------------------------------------

    def who(self, address: str, mac: str, vlan: int) -> EndKey:
        """Whom an address means. ``mac``: of the frames; ``vlan``: of the conversation, -1 for none."""
        if is_mac(address):
            return EndKey(address, self._hosts.owner(address), "", vlan)
        device = self._hosts.owner(address, mac, vlan)
        if not device:  # the unspecified address is anybody's who has none yet
            return EndKey(address, "", mac, vlan)
        own = mac in self._devices[device].host.macs
        return EndKey(address, device, mac if own else "", vlan if own else -1)

    def endpoint(self, who: EndKey) -> Endpoint:
        """What is known of it."""
        if is_mac(who.address):
            return self._endpoint_by_mac(who.address, who.vlan)
        try:
            ip = address_of(who.address)
        except ValueError:  # a link type without addresses
            return _nobody(who.address, group=False)
        if ip.unspecified:
            return self._endpoint_by_mac(who.mac, who.vlan) if who.mac else _nobody(who.address, group=False)
        if not ip.host:
            return _nobody(who.address, group=True)
        device = self._devices.get(who.device)
        entry = device.entry if device else self._entries.by_ip(who.address, who.vlan)
        if device is None and entry is None and ip.version == 4:
            network = self.membership.broadcast_in(ip)
            # one that ends in 255 is in all likelihood a subnet's, too, which need not be the sender's
            if network or ip.number & 0xFF == 0xFF:
                zone = self.membership.zone_of(addresses=[ip]).zone
                return _nobody(who.address, group=True)._replace(
                    zone=zone, level=self.membership.levels.get(zone), broadcast_of=network
                )
        return self._resolved(who, device, entry, ip)

    def _endpoint_by_mac(self, mac: str, vlan: int) -> Endpoint:
        if is_group_mac(mac):
            return _nobody(mac, group=True)
        device = self._devices.get(self._hosts.owner(mac))
        entry = device.entry if device else self._entries.by_mac(mac)
        return self._resolved(EndKey(mac, device.host.id if device else "", mac, vlan), device, entry)

    def _resolved(self, who: EndKey, device: _Device | None, entry: Row | None, ip: Address | None = None) -> Endpoint:
        """``ip``: of the address, which is a MAC address otherwise."""
        if device:
            names, shared = device.words, device.shared
        else:
            listed, shared = self._entries.words_of(entry) if entry else ([], [])
            names = [*listed, *self._configured_names([who.address], [])]
        macs = device.macs if device else [] if ip else [who.address]
        addresses = [ip] if ip else device.places if device else []
        vlans = [] if (device.host.routes if device else ip) else [who.vlan]
        zone = self.membership.zone_of(macs=macs, names=names, addresses=addresses, vlans=vlans).zone
        if not zone and device and ip and not device.host.routes:  # it is where its other addresses are, and itself
            zone = self.membership.zone_of(addresses=device.places, vlans=device.own_vlans).zone
        assigned = device.assigned if device else self._assigned(macs, names, addresses, entry)
        every = device.all_roles if device else assigned
        return Endpoint(
            device=self._whole(device.host.id) if device else "",
            name=self._name(device) if device else next(iter((*names, *shared)), who.address),
            zone=zone,
            level=self.membership.levels.get(zone),
            roles=tuple(dict.fromkeys(r.role for r in every)),
            assigned_roles=tuple(r.role for r in assigned),
            listed=(device.listed if device else entry is not None) if self._evidence.has_inventory else None,
            public=ip is not None and ip.public,
            names=tuple(names),
            mac=who.mac if who.mac in macs else next(iter(macs), ""),
            local=ip is not None and ip.link_local,
            shared=tuple(shared),
            listed_mac="" if macs or (device and not device.bound) else only_mac(entry),
        )

    @staticmethod
    def _name(device: _Device) -> str:
        named = [*(entry_names(device.entry) if device.entry else ()), *device.names, *device.identity.names()]
        return next(iter(named), "") or next(iter(device.host.ips), device.host.id)

    def device_columns(self, doubtful: Iterable[DoubtfulEnd] = ()) -> Iterator[tuple[str, list[Any]]]:
        """The facts table devices by id, one column at a time: there may be hundreds of thousands of rows."""
        usurped = self._usurped(doubtful)
        devices = self._shown
        hosts = [d.host for d in devices]
        yield "device", [h.id for h in hosts]
        yield "mac", [h.mac for h in hosts]
        parts: defaultdict[str, list[str]] = defaultdict(list)
        for host in self._hosts.by_id.values():
            parts[host.part_of] += host.macs
        yield "macs", [[*h.macs, *sorted(parts.get(h.id, ()))] for h in hosts]
        makers = vendors(h.mac for h in hosts if h.mac and not h.virtual)
        yield "oui_vendor", [makers.get(h.mac, "") for h in hosts]
        yield "ips", [h.ips for h in hosts]
        yield "vlans", [d.vlans for d in devices]
        yield "name", [self._name(d) for d in devices]
        yield "names", [_every_name(d) for d in devices]
        for name in _COMPARED:
            yield name, [d.identity.best(name) for d in devices]
        yield "disagreements", [d.identity.disagreements() for d in devices]
        yield "roles", [[r.role for r in d.all_roles] for d in devices]
        yield "role_reasons", [[marked(roles.in_words(r)) for r in d.all_roles] for d in devices]
        yield "protocols", [sorted(self._speaks.get(h.id, ())) for h in hosts]
        yield "serves", [sorted(self._serves.get(h.id, ())) for h in hosts]
        yield "packets", [d.packets for d in devices]
        yield "public", [any(a.public for a in d.addresses) for d in devices]
        rows = [_by_time(h.rows) for h in hosts]
        yield "first_time", [min(_times(found), default=None) for found in rows]
        yield "last_time", [max(_times(found), default=None) for found in rows]
        yield "captures", [list(dict.fromkeys([r.capture for r in found])) for found in rows]
        yield "frames", [_first_frames(found) for found in rows]
        yield "filter", [_filter(h) for h in hosts]
        yield "zone", [d.zone for d in devices]
        yield "zones", [d.zones for d in devices]
        yield "zone_count", [len(d.zones) for d in devices]
        yield "zone_reach", [len(self._reach(d)) for d in devices]
        yield "level", [self.membership.levels.get(d.zone) for d in devices]
        yield "listed", [d.listed if self._evidence.has_inventory else None for d in devices]
        yield "inventory_row", [_place(d.entry) for d in devices]
        conflicts = [[*self._conflicts(d), *usurped.get(d.host.id, ())] for d in devices]
        yield "conflicts", [[c.field for c in found] for found in conflicts]
        yield "conflict_details", [[marked(c.detail) for c in found] for found in conflicts]

    def _reach(self, device: _Device) -> set[str]:
        """The zones that claim it, and those of addresses whose packets it forwards or that the inventory gives it."""
        host = device.host
        listed = device.entry["ips"] if device.entry is not None and device.bound else ()
        addresses = () if host.virtual or not self.membership.levels else map(address_of, (*host.relayed, *listed))
        return {*device.zones, *(self.membership.zone_of(addresses=[a]).zone for a in addresses)} - {""}

    def _conflicts(self, device: _Device) -> list[Conflict]:
        """On what it, its inventory entry and the tables in configurations disagree."""
        own = [m for m in device.macs if not virtual_router(m)]
        contradictions = [] if device.entry is None else self._tables.contradictions(device.entry)
        if not contradictions:
            its_own = device.entry is not None and not set(own).isdisjoint(device.entry["macs"])
            addresses = device.entry["ips"] if its_own and device.entry else ()
            contradictions = self._tables.unlike(device.own, own, addresses)
        return [*self.reconciled.conflicts.get(device.host.id, ()), *contradictions]

    def _usurped(self, doubtful: Iterable[DoubtfulEnd]) -> dict[str, list[Conflict]]:
        """Device id -> addresses that it sends from though they are given to others, beside whom it is."""
        found: defaultdict[str, dict[str, Conflict]] = defaultdict(dict)
        for end in doubtful:
            for mac in end.usurpers:
                sentence = said(
                    "address: {ip} is given to {macs}, frames from it come from {mac} (frame {n})",
                    ip=end.address,
                    macs=listed(sorted(self._macs_of[end.address])[:_NAMED]),
                    mac=mac,
                    n=end.frames[end.macs.index(mac)],
                )
                found[self._whole(self._hosts.owner(mac))].setdefault(end.address, Conflict("address", sentence))
        return {id_: list(conflicts.values()) for id_, conflicts in found.items()}

    @cached_property
    def address_rows(self) -> list[dict[str, Any]]:
        """The facts table addresses."""

        def shared(ip: str, macs: set[str]) -> bool:
            rows = self._entries.all_with(ip)
            return len(rows) > 1 and macs <= {mac for row in rows for mac in row["macs"]}

        names = {d.host.id: self._name(d) for d in self._devices.values()}
        return addresses(self._evidence.sightings, self._hosts, names.__getitem__, shared)

    def used_addresses(self, doubtful: Iterable[DoubtfulEnd], flows: pl.DataFrame) -> list[dict[str, Any]]:
        """The facts table addresses, with those that several use and nobody claims. flows: the stored table."""
        names = {d.host.id: self._name(d) for d in self._devices.values()}

        def named(mac: str) -> tuple[str, str]:
            device = self._whole(self._hosts.owner(mac)) if self._hosts.owner(mac) in self._hosts.by_id else ""
            return device, names.get(device, "")

        return used_by_several(self.address_rows, doubtful, flows["vlan"].to_list(), named)

    def doubtful_ends(self, flows: pl.DataFrame) -> list[DoubtfulEnd]:
        """Ends of conversations of which nobody knows whose they are. flows: the stored table."""
        routers = {m for d in self._devices.values() if any(r.role in ROUTES for r in d.assigned) for m in d.macs}
        around = Surroundings(network=network_by(self.membership.subnets.holding))
        at_once = {row["ip"] for row in self.address_rows if row["at_once"]}
        known = WhoIsKnown(self._hosts, self._evidence.sightings, self._macs_of, routers, at_once, around.together)
        return doubtful_ends(flows, known)

    def configuration_owners(self, files: Mapping[str, str]) -> dict[str, Owner]:
        """Whose configuration each file is. files: file -> host name in it."""
        named: defaultdict[str, list[str]] = defaultdict(list)
        for device in self._shown:
            for name in dict.fromkeys(name_key(n) for n in device.names):
                named[name].append(device.host.id)

        def having(ip: str) -> list[str]:
            return list(dict.fromkeys(map(self._whole, self._hosts.owners.get(ip, ()))))

        return owners(files, self._evidence.configured, self._evidence.inventory, having, named)

    def inventory_columns(self) -> list[dict[str, Any]]:
        """The derived columns of the facts table inventory, row by row."""
        rows = self._evidence.inventory
        repeated = duplicates(rows)
        covered = SeenNetworks(network_by(self.membership.subnets.holding), (d.host for d in self._devices.values()))
        called = {str(z[word]).strip().casefold(): z["zone"] for z in self._evidence.zones for word in ("name", "zone")}
        found = []
        for number, row in enumerate(rows):
            device = self._whole(self.reconciled.device_of.get(number, ""))
            addresses = [address_of(ip) for ip in row["ips"]]
            zone = self.membership.zone_of(
                macs=row["macs"], names=entry_words(row), addresses=addresses, vlans=row["vlans"]
            ).zone
            if not zone and not addresses:
                zone = self._zone_seen(device, row["macs"])
            found.append(
                {
                    "seen": bool(device) if self._evidence.has_capture else None,
                    "device": device,
                    "zone_by_policy": zone,
                    "zone_differs": bool(zone) and called.get(row["zone"].strip().casefold(), zone) != zone,
                    "duplicates": [marked(other) for other in repeated[number]],
                    "expected": covered.covers(row["ips"]) if self._evidence.has_capture and row["ips"] else None,
                }
            )
        return found

    def _zone_seen(self, device: str, macs: Sequence[str]) -> str:
        """Of an entry that has no IP address, because a DHCP server gives it one: where its MAC address was seen."""
        known = self._devices.get(device)
        return known.zone if known and not set(macs).isdisjoint(known.macs) else ""


def _spoken(links: pl.DataFrame) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Protocols that each device speaks, and those that it serves."""
    known = links.filter(pl.col("protocol") != "")
    asked = known.filter("asked").select("protocol", device="client_device")
    answered = known.filter("answered").select("protocol", device="server_device")
    speaks, serves = (
        rows.filter(pl.col("device") != "").group_by("device").agg(pl.col("protocol").unique().sort())
        for rows in (pl.concat([asked, answered]), answered)
    )
    return dict(speaks.iter_rows()), dict(serves.iter_rows())


def _operations(operations: pl.DataFrame) -> pl.DataFrame:
    """As ``roles.infer`` takes them."""
    return operations.select("protocol", "verb", "answered", client="client_device", server="server_device")


def _links(links: pl.DataFrame) -> pl.DataFrame:
    """As ``roles.infer`` takes them: a group address is no device, but tells what it is for."""
    path = ("client", "client_mac", "server", "server_mac", "transport", "server_port", "protocol", "industrial")
    server = pl.col("server_device").cast(pl.String)
    group = (server == "") & (pl.col("transport") == "ethernet")
    return links.sort(path).select(
        *("transport", "protocol", "industrial", "answered"),
        client=pl.col("client_device").cast(pl.String),
        server=pl.when(group).then("server").otherwise(server),
        port=pl.col("server_port").fill_null(0),
    )


def _place(entry: Row | None) -> str:
    return marked(inventory_row(entry["source"], entry["row"])) if entry else ""


_COMPARED = ("vendor", "model", "order_number", "serial", "firmware")


def _nobody(address: str, *, group: bool) -> Endpoint:
    return Endpoint("", address, "", None, (), (), None, False, group=group, host=False)


def _every_name(device: _Device) -> list[str]:
    listed = entry_names(device.entry) if device.entry else ()
    return list(dict.fromkeys([*device.identity.names(), *listed, *device.names]))


def _by_time(rows: Sequence[Sighting]) -> Sequence[Sighting]:
    """Sightings from the earliest on; those without a time come last."""
    if len(rows) < 2:
        return rows
    return sorted(rows, key=lambda r: (r.first_time is None, r.first_time, r.capture, r.first_frame or 0))


def _times(rows: Sequence[Sighting]) -> list[int]:
    """All that are known: a first packet without a time does not make the last one's unknown."""
    return [time for r in rows for time in (r.first_time, r.last_time) if time is not None]


def _first_frames(rows: Sequence[Sighting]) -> list[int]:
    """In the capture of the first sighting."""
    return sorted({r.first_frame for r in rows if r.capture == rows[0].capture and r.first_frame})[:_FRAMES]


def _filter(host: Host) -> str:
    if host.mac:
        return " or ".join(f"eth.addr == {mac}" for mac in host.macs)
    return f"{'ip' if address_of(host.id).version == 4 else 'ipv6'}.addr == {host.id}"
