"""Doubts by conversation: those that could have carried what a rule looks for, and were not seen so.

A rule says what it must see (``sees``). A conversation of a protocol that could have carried it must have been seen in
these directions without a hole that a message fits into. What was not recognised, or is encrypted, hides it where its
server may be a target. docs/evidence.md has the reasons and the limits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from operator import or_
from typing import Any

import numpy as np
import polars as pl

from scanner.addresses import is_group_mac
from scanner.engine.definitions.rules import Rule
from scanner.engine.definitions.sees import Sees
from scanner.engine.language.expressions import Tables
from scanner.engine.language.truths import RowTruths
from scanner.engine.language.vocabulary import protocol_names
from scanner.engine.obstacles import Obstacle
from scanner.engine.verdict.carriers import (
    asks_for_protection,
    carrying_protocols,
    could_be_a_step,
    could_fail,
    hidden_could_fail,
    one_of_each,
)
from scanner.engine.verdict.defects import depends_on
from scanner.engine.verdict.recording_files import Files
from scanner.engine.verdict.subset import Subset, Truth
from scanner.engine.words import counted, first_of, share
from scanner.facts.homes import home, homes_of
from scanner.facts.numbered import numbered
from scanner.facts.schema import FLOWS
from scanner.facts.when_asked import OtherTables
from scanner.protocols import protocols
from scanner.protocols.tls._secured_ports import PORTS
from scanner.results.model import Cause
from scanner.wording import Plural, Said, said

MOST_UNREAD = 3  # bytes; no message of any protocol that changes something is shorter
MOST_HIDDEN = 0.25  # of all payload, in conversations not recognised to servers that may be anything
MOST_STRAY = 1  # answers without their request, in a conversation: the first may have been asked for before
MOST_LOST = 0.005  # of the bytes of a capture's TCP streams, before its datagrams are thought to be incomplete, too
ECHO = 128  # bytes of an ICMP message; more is not asked for by who looks whether somebody is there
_NAMED = 2  # conversations that a doubt names
_CONTROL = {"controller", "safety_controller", "io_device", "drive", "robot", "ied"}
_NO_TARGET = {
    *("printer", "camera", "switch", "router", "firewall", "wireless_ap", "workstation", "server", "jump_host"),
    *("remote_access", "domain_controller", "time_server", "log_server", "security_monitor", "mes_server"),
}
_BY_ANSWERING = {"server", "time_server"}  # roles that any answer gives
_ROUTING = {
    "ip-2",
    "ip-46",
    "ip-51",
    "ip-88",
    "ip-89",
    "ip-103",
    "ip-112",
}  # groups, reservations, routes, standby addresses
_ARP, _MESH = 0x0806, 0x4305
_ICMP_ERRORS = ["unreachable", "time exceeded", "parameter problem", "packet too big", "redirect", "source quench"]
_CARRIES_ANYTHING = ("esp", "ike", "l2tp", "macsec", "openvpn", "wireguard")
_TUNNEL_PORTS = (3544, 4341, 4754, 4789, 4790, 6080, 6081, 6635, 8472)  # of UDP: what could be opened is not hidden
_CARRIES_PAGES = (22, 443, 8443)  # shells and pages in TLS; of no use to who speaks an industrial protocol
_DIRECTIONS = {Sees.REQUESTS: ("client", said("requests")), Sees.ANSWERS: ("server", said("answers"))}
_UNASKED = Plural(
    "{n} answer came without a captured request in {conversations}",
    "{n} answers came without a captured request in {conversations}",
)
_CUT_OFF = "{size} of the {what} were cut off in {conversations}"
_MISSING = "{size} of the {what} are missing or were not read in {conversations}"
HIDDEN = "{size} of payload that was not recognised or is encrypted could hide it, in {conversations}"
_OTHER = {"client": "server", "server": "client"}
_WHO = "_who"  # of hidden conversations: a number for each pair of ends and port
_HOME = "_home"  # as ``_homes`` has them
_PAIR = ["capture", "transport", "client", "server", "server_port", "vlan"]


@dataclass(frozen=True)
class Sight:
    """What was seen of all conversations. truths: of the rows of a table, as rules try them."""

    tables: Tables
    truths: Callable[[str], RowTruths]

    @cached_property
    def files(self) -> Files:
        """The files of all recordings."""
        return Files.of(self.tables["captures"], self.tables["files"])

    @cached_property
    def flows(self) -> pl.DataFrame:
        """Conversations with payload, and what is derived for all rules: answers without requests, whether an end is a
        control device, or sent nothing in any capture.
        """
        flows = self.tables["flows"].filter(~pl.col("copy").fill_null(value=False))
        counted = ("_bytes", "_missing", "_unread", "_contradictory", "_cut", "midway")
        counts = {c: 0 for c in flows.columns if c.endswith(counted)} | {"client_packets": 1, "server_packets": 1}
        flows = flows.with_columns(pl.col(name).fill_null(least) for name, least in counts.items())
        flows = flows.with_columns(_payload=pl.col("client_bytes") + pl.col("server_bytes"))
        missing = pl.col("client_missing") + pl.col("server_missing")
        flows = flows.filter((pl.col("_payload") > 0) | (missing > 0))
        control = self._control(flows)
        pairs = flows.select(_PAIR).join(self._stray, on=_PAIR, how="left", nulls_equal=True, maintain_order="left")
        return flows.with_columns(
            pairs["_stray"].fill_null(0),
            *(
                (
                    pl.col(end).is_in(control)
                    | (pl.col(f"{end}_roles").list.set_intersection([*_CONTROL]).list.len() > 0)
                )
                .fill_null(value=False)
                .alias(f"_{end}_control")
                for end in ("client", "server")
            ),
            _elsewhere=_no_target(),
            _asked_all=pl.struct("capture", "client", "transport", "server_port").is_in(self._callers.implode()),
            _silent_server=~pl.col("server").is_in(self.senders),
            _group=_groups(flows["server"]),
        )

    @staticmethod
    def _control(flows: pl.DataFrame) -> list[str]:
        """Addresses that answer in an industrial protocol."""
        serving = flows.filter(pl.col("industrial").fill_null(value=False) & (pl.col("server_packets") > 0))
        return serving["server"].unique().to_list()

    @cached_property
    def _control_zones(self) -> list[str]:
        """Zones in which control devices speak: what comes out of a tunnel that ends there may be for one of them."""
        zones = [self.flows.filter(pl.col(f"_{e}_control"))[f"{e}_zone"] for e in _OTHER]
        return sorted({zone or "" for each in zones for zone in each.unique().to_list()})

    def _beside_control(self, end: str) -> pl.Expr:
        """A tunnel ends where control devices speak, or may do so: nobody knows where that is which is in no zone."""
        zone, public = pl.col(f"{end}_zone").fill_null(""), pl.col(f"{end}_public").fill_null(value=False)
        if not self._control_zones:
            return pl.lit(value=False)
        return pl.when(zone == "").then(~public).otherwise(zone.is_in(self._control_zones))

    @cached_property
    def senders(self) -> list[str]:
        """Addresses that sent anything."""
        flows = self.tables["flows"]
        return pl.concat([flows.filter(pl.col(f"{e}_packets") > 0)[e] for e in _OTHER]).unique().to_list()

    @cached_property
    def _callers(self) -> pl.Series:
        """Who asks several at once, and by what: each of them answers by itself."""
        flows = self.tables["flows"]
        groups = flows.filter(_groups(flows["server"]))
        return groups.select(pl.struct("capture", "client", "transport", "server_port")).unique().to_series()

    @cached_property
    def _stray(self) -> pl.DataFrame:
        """Answers in datagrams whose request was not captured, by conversation."""
        operations = self.tables["operations"].select(*_PAIR, "seen_as", "count")
        found = operations.filter((pl.col("seen_as") == "response") & (pl.col("transport") != "tcp"))
        return found.group_by(_PAIR).agg(_stray=pl.col("count").fill_null(1).sum())

    @cached_property
    def lossy(self) -> list[str]:
        """Captures of whose TCP streams so much is missing that datagrams will be, too."""
        sums = (
            self.flows.select("capture", "transport", "client_missing", "server_missing", "_payload")
            .filter(pl.col("transport") == "tcp")
            .group_by("capture")
            .agg(
                missing=(pl.col("client_missing") + pl.col("server_missing")).sum(),
                seen=pl.col("_payload").sum(),
            )
        )
        return sums.filter(pl.col("missing") > MOST_LOST * pl.col("seen"))["capture"].to_list()

    @cached_property
    def doubtful(self) -> RowTruths:
        """Recognised conversations of which something is missing, once for each protocol in them."""
        known = protocols()
        late = (pl.col("transport") == "tcp") & (pl.col("midway") > 0)
        lacking = reduce(or_, (self._lacks(end) for end in _OTHER), late)
        each = self.flows.filter((pl.col("protocol") != "") & lacking).with_columns(
            _names=pl.when(pl.col("protocols").list.len() > 0).then("protocols").otherwise(pl.concat_list("protocol"))
        )
        each = each.explode("_names").with_columns(protocol=pl.col("_names"))
        names = each["protocol"].unique().to_list()
        each = each.with_columns(
            industrial=pl.col("protocol").is_in([n for n in names if n in known and known[n].industrial]),
            secured=pl.col("protocol").is_in([n for n in names if n in known and known[n].secured]),
        )
        return RowTruths(FLOWS.name, OtherTables(self.tables, {FLOWS.name: each}))

    def _lacks(self, end: str) -> pl.Expr:
        """One direction was not seen, or not all of it."""
        datagrams = (pl.col("transport") != "tcp") & ((pl.col("_stray") > MOST_STRAY) | pl.lit(bool(self.lossy)))
        return _unheard(end) | _holed(end) | _torn(end) | datagrams

    @cached_property
    def hidden(self) -> RowTruths:
        """Conversations of which nobody knows what is in them: not recognised, or encrypted (``_sealed``), the largest
        first. A link or a tunnel that is encrypted as a whole is as good as not recognised. ``_beside``: what was not
        captured of a recognised one may be commands.
        """
        arp = (pl.col("transport") == "ethernet") & (pl.col("server_port") == _ARP)
        icmp = pl.col("transport") == "icmp"
        small = pl.col("_payload") <= ECHO * (pl.col("client_packets") + pl.col("server_packets"))
        kinds = pl.concat_list("icmp", "icmp_answers").list
        quoting = (kinds.len() > 0) & (kinds.set_difference(_ICMP_ERRORS).list.len() == 0)
        routing = pl.col("transport").is_in([*_ROUTING]) & pl.col("_group")
        carrying = ~(arp | routing | (icmp & (small | quoting)))
        guessed = (pl.col("recognised_by") == "port").fill_null(value=False)
        most = pl.col("_payload") + sum(pl.col(f"{e}_missing") for e in _OTHER)  # bytes that were sent, for all we know
        carrying &= (most > MOST_UNREAD) | ((pl.col("_payload") > 0) & (pl.col("midway") > 0))
        opaque = guessed | pl.col("protocol").is_in(["", *_CARRIES_ANYTHING])
        turned = pl.col("opened_by") == "protocol"  # by messages that may be no more than a decoy
        passed_over = _passed_over("client") | (turned & _passed_over("server"))
        beside = (pl.col("_server_control") | self._unsaid()) & _beside_others("client")
        passed_over |= beside & _captured_whole("client")
        opaque |= pl.col("_switched") | pl.col("_passed_over")
        unknown = (opaque | beside) & carrying
        secured = pl.col("protocols").list.set_intersection(sorted(_secured())).list.len() > 0  # part of it, perhaps
        secured = secured.fill_null(value=False) | pl.col("secured").fill_null(value=False)
        sealed = secured & (pl.col("protocol") != "") & ~unknown & ~guessed
        found = self.flows.with_columns(_switched=self._switched, _passed_over=passed_over)
        found = found.filter((unknown & ~self._file_data & ~self._read_all) | sealed)
        tunnel = pl.col("transport").str.starts_with("ip-") | icmp | pl.col("protocol").is_in([*_CARRIES_ANYTHING])
        tunnel |= (
            (pl.col("transport") == "udp") & (pl.col("protocol") == "") & pl.col("server_port").is_in(_TUNNEL_PORTS)
        )
        mesh = (pl.col("transport") == "ethernet") & (pl.col("server_port") == _MESH)  # fragments, mostly
        tunnel |= mesh & ~pl.col("_group")
        ends_there = reduce(or_, map(self._beside_control, _OTHER))
        into_control = tunnel & ends_there & ~icmp & ~mesh
        unsure = (pl.col("opened_by") == "first") | tunnel | (turned & pl.col("_passed_over"))
        holes = sum((pl.col(f"{e}_missing") + pl.col(f"{e}_cut") for e in _OTHER), pl.col("midway"))
        whole = ~(opaque | beside) & ~(_holed("client") | _holed("server"))  # of what was read, nothing is hidden
        found = found.with_columns(
            _sealed=~(opaque | beside),
            _beside=beside & ~opaque,
            secured=pl.when(whole).then(pl.lit(value=True)).otherwise("secured"),
            _tunnel=tunnel,
            _guessed=guessed,
            _sent=most,
            _misread=_misread(),
            _near=(pl.col("_server_control") | self._unsaid() | (unsure & pl.col("_client_control")))
            & ~pl.col("_group"),
            _into_control=into_control & ~pl.col("_group"),
            _whole=(holes == 0) & (pl.col("client_packets") > 0) & (pl.col("server_packets") > 0) & ~tunnel & ~_taken(),
        )
        found = found[found.select(pl.arg_sort_by("_payload", descending=True, maintain_order=True)).to_series()]
        pairs = found.select(pl.struct("client", "server", "server_port", "transport")).to_series()
        home = pl.concat_str("transport", pl.lit("/"), "server_port")
        found = found.with_columns(numbered(pairs)[1].alias(_WHO), home.alias(_HOME))
        return RowTruths(FLOWS.name, OtherTables(self.tables, {FLOWS.name: found}))

    def _unsaid(self) -> pl.Expr:
        """Nobody says what the server is, and it is in a zone in which control devices speak: it may be one."""
        among = pl.col("server_zone").is_in([zone for zone in self._control_zones if zone])
        return among & (pl.col("server_assigned_roles").list.len() == 0).fill_null(value=True) & ~pl.col("_elsewhere")

    @cached_property
    def _read_all(self) -> pl.Series:
        """Of ``flows``: of ESP, and each packet between its ends was in clear, so that it is another conversation's as
        well. One in a VLAN or tunnel may be in clear and one in another not, so they count together, and what was in
        ESP twice counts once.
        """
        packets = pl.sum_horizontal(pl.col(f"{end}_packets").fill_null(0) for end in _OTHER)
        known = self.tables["flows"].filter(~pl.col("copy").fill_null(value=False))
        inside = known.filter((pl.col("tunnel") == "esp-null") & ~pl.col("protocol").is_in(_CARRIES_ANYTHING))
        read = inside.select(_two_ends("tunnel_client", "tunnel_server"), read=packets)
        sent = self.flows.select(_two_ends("client", "server"), esp=pl.col("transport") == "ip-50", sent=packets)
        whole = sent.filter("esp").group_by(_TWO).agg(pl.col("sent").sum())
        whole = whole.join(read.group_by(_TWO).agg(pl.col("read").sum()), on=_TWO).filter(
            pl.col("read") >= pl.col("sent")
        )
        found = sent.join(whole.select(*_TWO, whole=True), on=_TWO, how="left", maintain_order="left")
        return found.select((pl.col("esp") & pl.col("whole")).fill_null(value=False)).to_series()

    @cached_property
    def _switched(self) -> pl.Series:
        """Of ``flows``: they went on in another protocol (WebSocket), and none was recognised beside the first."""
        sessions = self.tables["sessions"]
        known = sessions.filter(pl.col("unread").list.contains("payload")).select(pl.struct(_PAIR)).to_series()
        alone = self.flows["protocols"].list.len() <= 1
        return self.flows.select(pl.struct(_PAIR)).to_series().is_in(known.implode()) & alone

    @cached_property
    def _file_data(self) -> pl.Series:
        """Of ``flows``: one side alone sends, and an FTP session beside it, whose files these are."""
        sessions = self.flows.filter(pl.col("protocols").list.contains("ftp"))
        pairs = pl.concat(
            [sessions.select("capture", a="client", b="server"), sessions.select("capture", a="server", b="client")]
        )
        beside = self.flows.select(pl.struct("capture", a="client", b="server"))
        one_way = (self.flows["client_bytes"] == 0) | (self.flows["server_bytes"] == 0)
        tcp = self.flows["transport"] == "tcp"
        return (
            beside.to_series().is_in(pairs.select(pl.struct("capture", "a", "b")).to_series().implode()) & one_way & tcp
        )

    @cached_property
    def payload(self) -> int:
        """All bytes of payload."""
        return int(self.flows["_payload"].sum())

    def doubts(self, rule: Rule, *, authority: bool) -> Iterator[Obstacle]:
        """Why the silence of conversations is not believed for this rule."""
        if not rule.sees or not self.flows.height:
            return
        doubtful, hidden = self.doubtful.frame.height, self.hidden.frame.height
        if not doubtful and not hidden:
            return
        if hidden and Sees.CONNECTIONS in rule.sees:
            yield from self._tunnelled(rule, authority=authority)
        if rule.sees == {Sees.CONNECTIONS}:
            return
        names = carrying_protocols(rule, self.each)
        if doubtful:
            yield from self._doubtful(rule, names, authority=authority)
        if not hidden:
            return
        step = could_be_a_step(rule, self.hidden, self.truths, spoken=False)
        open_ = hidden_could_fail(rule, self.hidden, self.tables["conduits"], authority=authority)
        could = (open_ | step).to_numpy()
        tunnels = self._of_hidden["_tunnel"]
        if tunnels.any():
            inside = could_fail(rule, self.hidden, spoken=False, authority=authority, tunnel=True).to_numpy()
            could = np.where(tunnels, inside, could)
        across = self._across(rule, authority=authority)
        protected = self._of_hidden["_protected"]
        if protected.any() and asks_for_protection(rule):
            inside = could_fail(rule, self.hidden, spoken=False, authority=authority, sealed=True).to_numpy()
            could = np.where(protected, inside, could)
        if rule.table == "operations":
            could = could & ~self._of_hidden["_trusted"]
        yield from self._hidden(rule, could, names, across)

    def _across(self, rule: Rule, *, authority: bool) -> Truth:
        """Which of ``hidden`` are tunnels over a boundary of the rule; what a conduit says of one holds in it, too."""
        tunnels = self._of_hidden["_tunnel"] & self._of_hidden["_crossing"]
        if rule.boundary is None or not tunnels.any():
            return np.zeros_like(tunnels)
        could = could_fail(rule, self.hidden, spoken=False, authority=authority, tunnel=True, declared=True)
        across: Truth = tunnels & could.to_numpy()
        return across

    def _tunnelled(self, rule: Rule, *, authority: bool) -> Iterator[Obstacle]:
        """What connections to control devices and their neighbours are, nobody knows who sees a tunnel alone."""
        could = could_fail(rule, self.hidden, spoken=False, authority=authority, tunnel=True).to_numpy()
        tunnels = Subset.where(self.hidden.frame, could & self._of_hidden["_into_control"])
        if tunnels.height:
            size, where = counted_bytes(int(tunnels["_sent"].sum())), self._named(tunnels)
            yield Obstacle(Cause.UNRECOGNISED, said(HIDDEN, size=size, conversations=where))

    @cached_property
    def each(self) -> RowTruths:
        """A conversation of each protocol."""
        return one_of_each(self.tables)

    def _doubtful(self, rule: Rule, names: frozenset[str], *, authority: bool) -> Iterator[Obstacle]:
        """What recognised conversations lack."""
        spoken = self.doubtful.frame
        could = could_fail(rule, self.doubtful, spoken=True, authority=authority)
        could |= could_be_a_step(rule, self.doubtful, self.truths, spoken=True)
        told = spoken["protocol"].is_in([*names]) & could
        could = could_fail(rule, self.doubtful, spoken=False, authority=authority)
        general = spoken["protocol"].is_in(_taken_for(names)) & could
        carriers = spoken.filter(told | general)
        for part, (end, what) in _DIRECTIONS.items():
            if part in rule.sees:
                yield from self._direction(carriers, end, what)
        if Sees.PAYLOAD in rule.sees:
            end, what = _DIRECTIONS[Sees.REQUESTS]
            yield from self._direction(spoken.filter(general & ~told), end, what)
        if Sees.HANDSHAKE in rule.sees:
            yield from _opening(self.files, carriers)

    def _direction(self, carriers: pl.DataFrame, end: str, what: Said) -> Iterator[Obstacle]:
        """What one direction of the carriers lacks."""
        if not carriers.height or not carriers.select(self._lacks(end).any()).item():
            return
        unheard = _unheard(end)
        absent = carriers.filter(unheard)
        if absent.height:
            names = named(self.files, absent.sort("_payload", descending=True))
            yield Obstacle(
                Cause.ONE_SIDED, said("the {what} of {conversations} were not captured", what=what, conversations=names)
            )
        rest = carriers.filter(~unheard)
        gaps = rest.filter(_holed(end)).sort(f"{end}_unread", descending=True)
        if gaps.height:
            names = named(self.files, gaps, f"{end}_doubt_frame")
            size = counted_bytes(int(gaps[f"{end}_unread"].sum()))
            cut = gaps[f"{end}_cut"][0] > 0
            sentence = said(_CUT_OFF if cut else _MISSING, size=size, what=what, conversations=names)
            yield Obstacle(Cause.TRUNCATED if cut else Cause.LOST, sentence)
        disputed = rest.filter(_torn(end)).sort(f"{end}_contradictory", descending=True)
        if disputed.height:
            names = named(self.files, disputed, f"{end}_doubt_frame")
            number = counted(int(disputed[f"{end}_contradictory"].sum()), "packet")
            sentence = said(
                "{packets} of the {what} contradict others, and which the receiver took is not known, in "
                "{conversations}",
                packets=number,
                what=what,
                conversations=names,
            )
            yield Obstacle(Cause.CONTRADICTORY, sentence)
        yield from self._datagrams(rest, what)

    def _datagrams(self, carriers: pl.DataFrame, what: Said) -> Iterator[Obstacle]:
        """Datagrams have no sequence numbers: what is lost shows in answers that nobody asked for, and beside them."""
        datagrams = carriers.filter(pl.col("transport") != "tcp")
        asked = datagrams.filter(pl.col("_stray") > MOST_STRAY).sort("_stray", descending=True)
        lossy = datagrams.filter(pl.col("capture").is_in(self.lossy)).sort("_payload", descending=True)
        if asked.height:
            names = named(self.files, asked)
            yield Obstacle(Cause.LOST, _UNASKED.of(int(asked["_stray"].sum()), conversations=names))
        elif lossy.height:
            names = named(self.files, lossy)
            sentence = said(
                "TCP streams of the same capture lack packets, and so may the {what} of {conversations}",
                what=what,
                conversations=names,
            )
            yield Obstacle(Cause.LOST, sentence)

    def _hidden(self, rule: Rule, could: Truth, names: frozenset[str], across: Truth) -> Iterator[Obstacle]:
        """Conversations that nobody could look into, and that could be of one of the protocols. could: of each of
        ``hidden``, whether it could be a subject that fails; across: whether it could at a boundary of the rule.
        """
        certain = depends_on(rule) == protocol_names()
        carried, close, pool = self._carried(names, certain=certain, commands=rule.table == "operations")
        could = could & carried
        near = Subset.where(self.hidden.frame, could & (close | across))
        if near.height:
            where = self._named(near)
            size = counted_bytes(int(near["_sent"].sum()))
            yield Obstacle(Cause.UNRECOGNISED, said(HIDDEN, size=size, conversations=where))
            return
        far = Subset.where(self.hidden.frame, could & pool)
        part = int(far["_payload"].sum()) / self.payload if far.height and self.payload else 0.0
        if part > MOST_HIDDEN:
            where, seen = self._named(far), share(part)
            sentence = said(
                "{share} of the payload belongs to conversations whose protocol was not recognised: {conversations}",
                share=seen,
                conversations=where,
            )
            yield Obstacle(Cause.UNRECOGNISED, sentence)

    def _carried(self, names: frozenset[str], *, certain: bool, commands: bool) -> tuple[Truth, Truth, Truth]:
        """Of each of ``hidden``, whether it could carry one of the protocols at all; whether where it goes makes it
        likely; whether it counts beside all others. certain: it may be of any protocol that there is. commands: it is
        about what devices are told, so that a tunnel to their zone may have brought it.
        """
        key = names, certain, commands
        if key not in self._known_carried:
            self._known_carried[key] = self._found_carried(names, certain=certain, commands=commands)
        return self._known_carried[key]

    @cached_property
    def _known_carried(self) -> dict[tuple[frozenset[str], bool, bool], tuple[Truth, Truth, Truth]]:
        return {}

    def _found_carried(self, names: frozenset[str], *, certain: bool, commands: bool) -> tuple[Truth, Truth, Truth]:
        known, hidden = protocols(), self._of_hidden
        control = any(known[name].industrial for name in names)
        foreign = self._among(_HOME, _homes(names.difference(_CARRIES_ANYTHING)))
        at_home = np.where(
            hidden["_anything"], foreign, self._among(_HOME, _homes(names))
        )  # its own home hides nothing
        near = hidden["_near"] | (hidden["_into_control"] & control & commands)
        spoken = self._any_value("protocols", lambda each: not names.isdisjoint(each))
        about_sealed = self._any_value("protocols", lambda each: not names.isdisjoint(_secured().intersection(each)))
        sealed = hidden["_sealed"] & control & ~hidden["_pages"] & ~about_sealed
        sealed &= at_home | near | hidden["_secured_port"]
        if not control or not certain:  # these would have been recognised by their content
            near = near & ~hidden["_whole"]
        near = near | (hidden["_guessed"] & spoken)
        about_tunnels = all(name in _CARRIES_ANYTHING or known[name].secured for name in names)
        own = spoken & hidden["_anything"] & about_tunnels
        own |= hidden["_beside"] & (not (control and certain and commands))
        return (
            (self._among("transport", _transports(names)) | hidden["_tunnel"]) & ~own,
            (~hidden["_sealed"] & (at_home | near | hidden["_misread"])) | sealed,
            ~hidden["_sealed"] & ~hidden["_elsewhere"],
        )

    @cached_property
    def _of_hidden(self) -> dict[str, Truth]:
        """What is true of each of ``hidden``, whatever the rule."""
        found = self.hidden.frame.select(
            "_sealed",
            "_near",
            "_into_control",
            "_whole",
            "_guessed",
            "_tunnel",
            "_elsewhere",
            "_misread",
            "_beside",
            _pages=pl.col("server_port").is_in([*_CARRIES_PAGES]).fill_null(value=True)
            | pl.col("protocols").list.contains("http"),
            _secured_port=pl.col("server_port").is_in([*PORTS]),
            _anything=pl.col("protocol").is_in([*_CARRIES_ANYTHING]),
            _crossing=pl.col("crosses_zones").fill_null(value=False)
            | pl.col("client_public")
            | pl.col("server_public"),
            _trusted=pl.col("_sealed") & pl.col("trusted").fill_null(value=False),
            _protected=pl.col("_sealed") & pl.col("secured").fill_null(value=False),
        )
        return {column.name: column.to_numpy() for column in found.fill_null(value=False)}

    def _among(self, column: str, values: Collection[str]) -> Truth:
        """Of each of ``hidden``, whether the column has one of the values."""
        return self._any_value(column, values.__contains__)

    def _any_value(self, column: str, holds: Callable[[Any], bool]) -> Truth:
        """Of each of ``hidden``, what holds of its value; every distinct one is asked about once."""
        known = self.hidden.distinct(column)
        answers = np.array([holds(value) for value in known.values.to_list()], np.bool_)
        found: Truth = answers[known.places.to_numpy()]
        return found

    def _named(self, some: Subset) -> str:
        """The first of some that are hidden, and how many more there are."""
        every = int(np.count_nonzero(np.bincount(some[_WHO].to_numpy())))
        return named(self.files, some[:_NAMED], every=every)


_TWO = ["capture", "one", "other"]  # ends, whichever sent


def _no_target() -> pl.Expr:
    """Somebody said that the server is nothing that takes commands. What it says of itself does not tell, nor that it
    answered somebody: a frame can be forged, and controllers have pages and clocks, too.
    """
    assigned = pl.col("server_assigned_roles")
    every = pl.col("server_roles").list.set_difference([*_BY_ANSWERING]).list.set_union(assigned)
    return (assigned.list.len() > 0).fill_null(value=False) & (every.list.set_difference([*_NO_TARGET]).list.len() == 0)


def _two_ends(first: str, second: str) -> list[pl.Expr]:
    least, most = pl.min_horizontal(first, second), pl.max_horizontal(first, second)
    return [pl.col("capture"), least.alias("one"), most.alias("other")]


def _unheard(end: str) -> pl.Expr:
    """Nothing was captured of one direction, to which the other one answers."""
    unheard = (pl.col(f"{end}_packets") == 0) & (pl.col(f"{_OTHER[end]}_bytes") > 0) & ~pl.col("_group")
    elsewhere = pl.col("_asked_all") if end == "client" else ~pl.col("_silent_server")
    return unheard & ((pl.col("transport") == "tcp") | ~elsewhere)


def _holed(end: str) -> pl.Expr:
    return pl.col(f"{end}_unread") > MOST_UNREAD


def _passed_over(end: str) -> pl.Expr:
    """Of what was captured of one direction the greater part fits no message of the protocol, or nothing was read at
    all: it may be of another.
    """
    captured = pl.col(f"{end}_bytes")
    unfit = pl.col(f"{end}_unread") - pl.col(f"{end}_missing") - pl.col(f"{end}_cut")
    return (unfit > MOST_UNREAD) & (captured > 0) & ((2 * unfit > captured) | (pl.col(f"{end}_unread") >= captured))


def _beside_others(end: str) -> pl.Expr:
    """Of one direction some was not captured, or is no message of its general protocol: it may be a command. What an
    industrial protocol does not explain is a doubt about that one (``_doubtful``).
    """
    judged = pl.col("industrial").fill_null(value=False) | pl.col("protocol").is_in(_general())
    return (pl.col(f"{end}_unread") > MOST_UNREAD) & ~judged


def _captured_whole(end: str) -> pl.Expr:
    return (pl.col(f"{end}_missing") == 0) & (pl.col(f"{end}_cut") == 0) & (pl.col("midway") == 0)


def _taken() -> pl.Expr:
    """Some of its datagrams look like a protocol's, and others, which may be decoys, do not."""
    unread, captured = (sum(pl.col(f"{end}_{what}") for end in _OTHER) for what in ("unread", "bytes"))
    return (pl.col("transport") == "udp") & (pl.col("protocol") == "") & (unread < captured)


def _misread() -> pl.Expr:
    """Some of it was cut as messages of what it is not: by them who serves, on which port, was known no longer, or what
    followed was no longer compared with other protocols, as when the first words are a decoy. Or two packets contradict
    each other, and the one that was read may be the decoy.
    """
    unread, captured, unseen = (
        sum(pl.col(f"{end}_{what}") for end in _OTHER for what in kinds)
        for kinds in (("unread",), ("bytes",), ("missing", "cut"))
    )
    unsure = (pl.col("opened_by") == "first") | ((pl.col("transport") == "tcp") & (unread > unseen))
    return (pl.col("protocol") == "") & ((unsure & (unread < captured)) | _torn("client") | _torn("server"))


def _torn(end: str) -> pl.Expr:
    return pl.col(f"{end}_contradictory") > 0


@cache
def _homes(names: frozenset[str]) -> frozenset[str]:
    """``tcp/502``: where the protocols are at home."""
    known = protocols()
    homes = (homes_of(known[name]) for name in names if name in known)
    return frozenset(f"{transport}/{port}" for ports in homes for transport, port in ports)


@cache
def _secured() -> frozenset[str]:
    """Protocols that protect what they carry as a whole."""
    return frozenset(name for name, known in protocols().items() if known.secured)


@cache
def _taken_for(names: frozenset[str]) -> list[str]:
    """What conversations of the protocols are taken for when the messages are missing that tell."""
    return sorted({general for name in names for general in protocols()[name].beneath})


@cache
def _general() -> list[str]:
    """What conversations of any protocol are taken for, as ``_taken_for`` has it."""
    return sorted({general for known in protocols().values() for general in known.beneath})


@cache
def _transports(names: frozenset[str]) -> frozenset[str]:
    """What the protocols are carried by."""
    known = [protocols()[name] for name in names]
    places = {p for one in known for framing in one.framings for p in framing.ports.items()}
    return frozenset(home(transport, port)[0] for transport, ports in places for port in ports or (0,))


def _opening(files: Files, carriers: pl.DataFrame) -> Iterator[Obstacle]:
    """Connections that had begun before the recording did."""
    late = carriers.filter((pl.col("transport") == "tcp") & (pl.col("midway") > 0)).sort("_payload", descending=True)
    if late.height:
        names = named(files, late)
        sentence = said("the opening of connections was not captured of {conversations}", conversations=names)
        yield Obstacle(Cause.HANDSHAKE, sentence)


def counted_bytes(number: int) -> str:
    """``72 bytes``, ``1.2 MB``: the same in both languages."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**4)):
        if number >= size:
            return f"{number / (1000 if unit == 'kB' else size):.1f} {unit}"
    return f"{number} B"


def named(files: Files, rows: pl.DataFrame, frame: str = "", *, every: int | None = None) -> str:
    """The first conversations, and how many more there are. every: how many there are, where these are not all."""
    shown = [_conversation(files, row, frame) for row in rows.head(_NAMED).to_dicts()]
    if every is None:
        every = rows.select("client", "server", "server_port", "transport").n_unique()
    return first_of(shown, every - len(shown), "flows")


def _conversation(files: Files, row: dict[str, Any], frame: str) -> Said:
    """``10.0.0.1 → 10.0.0.2 tcp/502 modbus (frame 17)``."""
    port = row["server_port"]
    place = f"{row['transport']}/{port:#06x}" if row["transport"] == "ethernet" else f"{row['transport']}/{port}"
    if row["transport"] not in ("tcp", "udp", "sctp", "ethernet"):
        place = str(row["transport"])
    text = " ".join(filter(None, (f"{row['client']} → {row['server']}", place, str(row["protocol"] or ""))))
    number = row.get(frame)
    if number is None:
        frames = row["frames"]
        number = frames[0] if isinstance(frames, Sequence) and frames else None
    if number is None:
        return said("{conversation}", conversation=text)
    source, number = files.one(row["capture"], number)
    if files.several(row["capture"]):
        return said("{conversation} (frame {n} of {file})", conversation=text, n=number, file=source)
    return said("{conversation} (frame {n})", conversation=text, n=number)


def _groups(addresses: pl.Series) -> pl.Series:
    """Which of them are several hosts at once."""
    values, places = numbered(addresses)
    return pl.Series([None if value is None else _is_group(value) for value in values], dtype=pl.Boolean)[places]


def _is_group(address: str) -> bool:
    """Several hosts at once: a multicast or broadcast address, IP or MAC."""
    if address[2::3] == ":::::":  # IPv6 may have five colons as well
        return is_group_mac(address)
    first, _, _ = address.partition(".")
    return address.startswith("ff") if ":" in address else first.isdigit() and int(first) >= 224
