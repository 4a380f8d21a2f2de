"""What the capture stage gives: distinct messages, conversations and counts. No meaning yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from scanner.capture.arp_exchanges import Exchange
from scanner.capture.columns import Columns
from scanner.capture.senders import Others
from scanner.wording import NOTHING, Said, joined, said

SPANS = 12  # repetitions after a change of state whose intervals are told apart
FIRST_FRAMES = 5  # how many frame numbers are kept as evidence for each distinct message
ANSWER_GROUP = 15  # answers to one request in a row of which the middle one counts
ANSWER_CLASSES = 16  # of time: below 2**ANSWER_FINEST ns, then each twice as long, the last one without an end
ANSWER_FINEST = 16
MINUTES = 2  # of how many minutes it is known how often each distinct message was seen in them


class Stop(NamedTuple):
    """Where and why a file could not be read to its end."""

    place: Said
    what: Said
    remedy: Said = NOTHING


@dataclass(slots=True)
class CaptureInfo:
    """One capture as a container. Times are integer nanoseconds since 1970 UTC; 0 where no packet carries a time."""

    source: str  # the name as the user gave it, relative where it was
    sha256: str = ""
    size: int = 0  # bytes on disk
    format: str = ""  # "pcap", "pcapng", with "+gzip" etc.
    packets: int = 0
    bytes: int = 0  # original lengths
    captured_bytes: int = 0
    first_time: int = 0
    last_time: int = 0
    link_types: dict[str, int] = field(default_factory=dict)  # name -> packets
    interfaces: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    truncated_packets: int = 0  # captured length below original length
    dropped_packets: int = 0  # lost by the capturing system, as the capture itself says (pcapng)
    filters: list[str] = field(default_factory=list)  # with which it was recorded, as it says itself (pcapng)
    not_understood: dict[str, int] = field(default_factory=dict)  # link type, EtherType or reason -> packets
    foreign_links: list[str] = field(default_factory=list)  # of these the link types that are no peripheral's
    malformed_packets: int = 0  # headers that contradict their lengths
    fragments: int = 0
    fragments_dropped: int = 0
    stop: Stop | None = None  # why the rest of the file could not be read; None when it was read whole
    stops: Sequence[tuple[str, Stop]] = ()  # of a recording of several files: which ended so
    limits: dict[str, int] = field(default_factory=dict)  # table ceiling reached -> how much was left out
    slot: int = 0  # length of the slots of time, ns
    activity: tuple[int, ...] = ()  # of each slot from the first packet on, ns with traffic
    missing_files: int = 0  # of its ring, just before it, as the numbers in the names say

    @property
    def unread(self) -> Said:
        """Why the rest could not be read, in words; nothing when it was read whole."""
        several = (said("{source}: {what}", source=source, what=_words(stop)) for source, stop in self.stops)
        return _words(self.stop) if self.stop else joined(several, "; ")

    @property
    def undecoded(self) -> Said:
        """What most of the packets are, when that is nothing that is decoded, or all of an interface: it may be another
        place than the others. Nothing when what matters was.
        """
        counts = dict(self.not_understood)
        if self.malformed_packets:
            counts[said("headers that contradict their lengths")] = self.malformed_packets
        if 2 * sum(counts.values()) <= self.packets:
            links = joined(self.foreign_links[:3])
            return said("packets of an interface could not be decoded: {kinds}", kinds=links) if links else NOTHING
        kinds = sorted(counts, key=lambda kind: (-counts[kind], kind))
        return said("most packets could not be decoded: {kinds}", kinds=joined(kinds[:3]))

    @property
    def left_out(self) -> Said:
        """What never came into it, as it says itself: what a filter kept out, what was lost as it was recorded."""
        parts = [said("recorded with the filter “{filter}”", filter=text) for text in self.filters[:3]]
        if self.dropped_packets:
            parts.append(said("{n:,} packets were lost as it was recorded", n=self.dropped_packets))
        return joined(parts, "; ")

    @property
    def complete(self) -> bool:
        """Nothing was left out of it, read to its end, no ceiling reached, and most of it decoded."""
        return not (self.unread or self.limits or self.undecoded or self.left_out)


def _words(stop: Stop) -> Said:
    return said("{place}: {what}", place=stop.place, what=stop.what)


@dataclass(slots=True)
class Conversation:
    """Everything between one client and one server port (or two MACs and an EtherType), in one VLAN and tunnel.

    The client's ephemeral port is not part of it, so ten thousand short connections are one conversation.
    Frame numbers count from 1, as tshark's ``frame.number``.
    """

    transport: str  # "tcp", "udp", "sctp", "icmp", "ip-<number>", "ethernet"
    client: str  # IP address as text; MAC for "ethernet"
    server: str
    server_port: int  # 0 if none; the EtherType (or LLC DSAP below 1536) for "ethernet"
    client_mac: str = ""
    server_mac: str = ""
    vlan: int = -1  # outermost 802.1Q identifier, -1 untagged
    tunnel: str = ""  # outermost: one of TUNNELS of kernel.packet, "" if none
    tunnel_id: int = 0  # TEID, VNI, GRE key, session
    tunnel_client: str = ""  # outer endpoints, in the direction client -> server
    tunnel_server: str = ""
    mobile_end: str = ""  # "client" or "server": behind the base station, as packets of the user plane of 5G say
    opened_by: str = "first"  # how the client is known: "syn", "protocol", "port", "first"
    connections: int = 0
    client_packets: int = 0
    server_packets: int = 0
    client_bytes: int = 0  # transport payload
    server_bytes: int = 0
    first_time: int = 0
    last_time: int = 0
    first_frame: int = 0
    retransmissions: int = 0
    gaps: int = 0  # stream positions never captured
    lost_bytes: int = 0
    skipped_bytes: int = 0  # captured, but fit no message of the framing
    reset: int = 0  # RST seen
    refused: int = 0  # SYN answered by RST
    framing: str = ""  # what the kernel believes it is cut by; "" not recognised
    copy_of: int = -1  # index of the conversation whose packets these are, captured at another place, with its messages
    activity: Any = None  # rows of STRETCH in the order of time; None: one, from the first to the last packet
    tunnels_around: tuple[str, ...] = ()  # its tunnel is within these, the outermost first
    icmp: tuple[frozenset[int], ...] = (frozenset(), frozenset())  # types from the client and from the server
    client_others: Others = ()  # who else sends for the client, other than a router that passes its packets on
    server_others: Others = ()
    exchange: Exchange | None = None  # of ARP


# Seconds since 1970, the last included, with the packets of both sides and the connections opened in them; at most so
# many in one second of them (peak) and in one calendar minute.
COUNTED = ("client_packets", "server_packets", "connections")
MOST_IN = ("peak", "minute")
STRETCH = np.dtype([(n, "i8") for n in ("start", "end", *COUNTED, *(f"{n}_{m}" for m in MOST_IN for n in COUNTED))])


@dataclass(slots=True)
class DistinctMessage:
    """One distinct message of one conversation, with how often it was seen."""

    conversation: int  # index into CaptureResult.conversations
    from_client: bool
    framing: str
    protocol: str  # the protocol of the matching case, "" when no case matched
    by_port: bool  # the framing was tried because of the port
    confirmed: bool  # enough messages were in sync (Framing.confirmations)
    data: bytes
    length: int
    count: int
    first_time: int
    last_time: int
    frames: tuple[int, ...]  # up to FIRST_FRAMES
    set_back: bool  # its counter (Elements.small) was lower than in the messages before it
    connection: int = 0  # of a message that stands for itself (Case.in_order): a number for its connection
    lost: int = 0  # of such a message: what of its sender was lost so far; another number than before: something was


# The columns of distinct messages: as DistinctMessage has them, but names as indices, and where ``data`` are.
# ``in_minutes``: how often at least it was seen in each of ``minutes`` (since 1970, UTC, all different; 0 where nothing
# is known): its own busiest, and the busiest of all like it in the conversation (messages of one case and side), so
# that of many that are rare and come together it is known that they did.
MESSAGE = np.dtype(
    [
        ("conversation", "i4"),
        ("from_client", "?"),
        ("framing", "i4"),
        ("protocol", "i4"),
        ("by_port", "?"),
        ("confirmed", "?"),
        ("start", "i8"),
        ("end", "i8"),
        ("length", "i8"),
        ("cut", "?"),  # its bytes were captured only in part, and fewer than its protocol looks at
        ("count", "i8"),
        ("first_time", "i8"),
        ("last_time", "i8"),
        ("frames", "u4", (FIRST_FRAMES,)),  # the first ``count`` are there
        ("set_back", "?"),
        ("series", "i4"),  # index into CaptureResult.series, -1 for none
        ("connection", "i8"),
        ("lost", "i8"),
        ("opener", "i8"),  # the message that got the handle by which this one says what it means, plus one; 0 not known
        ("content", "i8"),  # the same number for those that say the same, in whatever conversation
        ("minutes", "i4", (MINUTES,)),
        ("in_minutes", "i8", (MINUTES,)),
    ]
)
# Numbered messages of one sender, target and name (``descriptor.Numbering``), followed from each to the next; copies
# (the same numbers a moment later) are counted apart. Times, intervals and lifetimes are in ns.
SERIES = np.dtype(
    [
        *((name, "i8") for name in ("first_time", "last_time", "messages", "copies")),
        ("late", "i8"),  # lower numbers that came a moment too late
        *((name, "i8") for name in ("first_state", "first_sequence", "state", "sequence")),  # the latter two: the last
        ("states", "i8"),  # how often the state was another than in the message before
        ("skipped", "i8"),  # states that were never seen
        ("starts", "i8"),  # how often the state began anew
        ("set_back", "i8"),  # how often the state was lower than before
        ("alternations", "i8"),  # how often a series that had been left went on: there are two at once
        ("gaps", "i8"),  # places where numbers are missing
        ("missing", "i8"),  # messages
        ("repeated", "i8"),  # numbers that had been there, longer ago than a copy may be
        *((name, "i8") for name in ("least", "most", "intervals", "spaced")),  # between messages; their number and sum
        *((name, "i8") for name in ("steady", "steadies")),  # sum and number of those that are in no ``span``
        ("expired", "i8"),  # how often the next message came later than the lifetime, and none was missing
        ("expired_missing", "i8"),  # and some were missing
        *((name, "i8") for name in ("expired_time", "expired_frame")),  # the first such message
        *((name, "i8") for name in ("lifetime_least", "lifetime_most", "lifetime")),
        *((name, "i8") for name in ("step", "modulus")),  # of samples; 0 where not known
        ("span_sums", "i8", (SPANS,)),  # the intervals before the first repetitions after a change of state
        ("span_counts", "i8", (SPANS,)),
    ]
)
# ``state`` (with ``sequence``) follows ``before``; kind: index of CHANGES. The first changes of each series are kept.
CHANGE = np.dtype([(n, "i8") for n in ("series", "kind", "time", "frame", "state", "before", "sequence")])
CHANGES = ("next state", "states skipped", "begun anew", "set back", "other series")
# What was seen of one direction of a conversation, and what is known not to have been seen. Times in ns, 0 for none;
# sizes in bytes, the others in packets (midway: TCP connections).
SIGHT = np.dtype(
    [
        *((name, "i8") for name in ("first_time", "last_time")),
        ("missing", "i8"),  # sent, as sequence or acknowledgement numbers prove, and not captured
        ("unread", "i8"),  # missing or captured, where a message may lie that nobody read
        ("cut", "i8"),  # shortened by the snap length
        ("contradictory", "i8"),  # nobody can tell whether the receiver took these bytes or others
        ("discarded", "i8"),  # the receiver cannot have taken them, and nobody read them
        ("midway", "i8"),  # begun before the capture did
        ("frame", "i8"),  # the first that shows that something is missing, unread or contradictory; 0 not known
        ("signatures", "i4"),  # each ``Packet.signature`` among its TCP segments with payload
    ]
)
# What is furthest from what is usual in a conversation. again_most: segments repeated in one minute, which begins at
# again_most_at (ns). other_frame: the first with the other number of hops. looped: packets that came round. answers:
# how many were compared; request: index into messages, -1 none. usual: ns that the middle answer of most groups took at
# most; slowest: that of the slowest group took at least. hops: of the first packet with payload and of the first that
# began with another number, 0 for none.
RHYTHM = np.dtype(
    [
        *((name, "i8") for name in ("again_most", "again_most_at", "other_frame", "looped", "looped_frame")),
        *((name, "i8") for name in ("answers", "request", "usual", "slowest", "slowest_at")),
        ("hops", "i8", (2, 2)),
    ]
)
# ``count`` times the request was answered by the response (indices into messages).
PAIRING = np.dtype([("request", "i8"), ("response", "i8"), ("count", "i8")])

_AT_ONCE = 8192  # rows that are Python objects at one time


@dataclass(slots=True, eq=False)
class Messages:
    """Distinct messages as columns of ``MESSAGE``, because hundreds of thousands of objects take much memory: each is
    made when it is looked at.

    kept: the data of all. framings, protocols: what the indices stand for.
    """

    rows: Columns = field(default_factory=lambda: Columns(MESSAGE))
    kept: memoryview = field(default_factory=lambda: memoryview(b""))
    framings: Sequence[str] = ()
    protocols: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> DistinctMessage:
        return next(self.at([index]))

    def __iter__(self) -> Iterator[DistinctMessage]:
        return self.at(range(len(self)))

    def at(self, indices: Sequence[int] | npt.NDArray[np.int64]) -> Iterator[DistinctMessage]:
        """The messages at these indices."""
        for start in range(0, len(indices), _AT_ONCE):
            rows = self.rows.at(np.asarray(indices[start : start + _AT_ONCE], np.int64))
            counts = rows["count"].tolist()
            spans = zip(rows["start"].tolist(), rows["end"].tolist(), strict=True)
            yield from map(  # by position, in the order of the fields
                DistinctMessage,
                rows["conversation"].tolist(),
                rows["from_client"].tolist(),
                map(self.framings.__getitem__, rows["framing"].tolist()),
                map(self.protocols.__getitem__, rows["protocol"].tolist()),
                rows["by_port"].tolist(),
                rows["confirmed"].tolist(),
                (bytes(self.kept[start:end]) for start, end in spans),
                rows["length"].tolist(),
                counts,
                rows["first_time"].tolist(),
                rows["last_time"].tolist(),
                (tuple(f[:count]) for f, count in zip(rows["frames"].tolist(), counts, strict=True)),
                rows["set_back"].tolist(),
                rows["connection"].tolist(),
                rows["lost"].tolist(),
            )


@dataclass(slots=True)
class HostSighting:
    """A MAC address that sent frames, with an IP address it sent from ("" none) in a VLAN.

    proof: "arp" when the ARP sender fields say so (or gratuitous ARP / neighbour advertisement), else "ip".
    claims: how often they did. contested: how often another MAC address had used the address since the claim before
    (claims within a second count as one); contested_frame: the first such claim, 0 if none.
    """

    mac: str
    ip: str
    vlan: int
    proof: str
    packets: int
    first_time: int
    last_time: int
    first_frame: int
    claims: int = 0
    contested: int = 0
    contested_frame: int = 0


@dataclass(slots=True, eq=False)
class CaptureResult:
    """One recording, understood as far as the kernel goes. ``files``: each by itself; their frames are numbered on."""

    info: CaptureInfo
    conversations: list[Conversation] = field(default_factory=list)
    sights: Any = field(default_factory=lambda: np.zeros((0, 2), SIGHT))  # for each conversation: client, server
    rhythms: Any = field(default_factory=lambda: np.zeros(0, RHYTHM))  # for each conversation
    messages: Messages = field(default_factory=Messages)
    pairings: Any = field(default_factory=lambda: np.empty(0, PAIRING).view(np.recarray))  # rows of PAIRING
    hosts: list[HostSighting] = field(default_factory=list)
    slots: Any = field(default_factory=lambda: np.empty((0, 32), np.uint8))  # of each conversation: a bit a slot
    series: Any = field(default_factory=lambda: np.empty(0, SERIES).view(np.recarray))  # rows of SERIES
    changes: Any = field(default_factory=lambda: np.empty(0, CHANGE).view(np.recarray))  # rows of CHANGE
    files: list[CaptureInfo] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Of conversations of which nothing else is said, all was seen."""
        if len(self.sights) < len(self.conversations):
            self.sights = np.zeros((len(self.conversations), 2), SIGHT)
        if len(self.rhythms) < len(self.conversations):
            self.rhythms = np.zeros(len(self.conversations), RHYTHM)
        self.files = self.files or [self.info]

    def add(self, conversation: Conversation) -> None:
        """One more, of which the kernel knows nothing: no slot of time, and nothing that was not seen."""
        self.conversations.append(conversation)
        self.sights = np.concatenate([self.sights, np.zeros((1, 2), SIGHT)])
        self.rhythms = np.concatenate([self.rhythms, np.zeros(1, RHYTHM)])
        if len(self.slots):
            self.slots = np.concatenate([self.slots, np.zeros((1, self.slots.shape[1]), self.slots.dtype)])
