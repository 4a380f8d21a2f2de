"""Ends of what was observed, where it was seen, and publications: parts of the results model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class End:
    """One end of a conversation."""

    address: str  # IP, or MAC for layer-2 protocols
    name: str  # best known name
    zone: str
    level: float | None
    roles: tuple[str, ...]
    device: str  # its id in the devices


@dataclass(frozen=True, slots=True)
class Seen:
    """Where something was observed."""

    source: str  # capture
    first_time: str  # ISO 8601 UTC
    last_time: str
    frames: tuple[int, ...]  # first frame numbers, as tshark counts them
    filter: str  # tshark display filter


@dataclass(frozen=True, slots=True)
class StateChange:
    """A publication's state number was another than in the message before; what changed is a process value."""

    time: str  # ISO 8601 UTC, of the first message of the state
    frame: int
    state: int  # stNum
    previous: int  # of the message before
    sequence: int  # sqNum of the first message seen of the state; 0 when none is missing
    kind: str  # next state, states skipped, begun anew, set back, other series
    source: str  # capture that the frame is in


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """A publisher and what it publishes: a GOOSE control block, a stream of Sampled Values."""

    protocol: str
    function: str  # GOOSE, R-GOOSE, Sampled Values, R-SV
    object: str  # control block (gocbRef), or stream (svID)
    data_set: str
    identifier: str  # goID
    unit: str  # APPID
    publisher: End
    target: End
    transport: str
    port: int  # EtherType for layer 2
    vlan: int  # -1: untagged
    tunnel: str
    other_publishers: tuple[str, ...]  # addresses that publish the same control block to the same target
    revisions: tuple[int, ...]  # confRev
    simulated: bool | None
    test: bool | None
    needs_commissioning: bool | None
    signed: bool | None
    count: int  # messages, each once
    copies: int | None  # that came again a moment later (PRP, HSR, a mirror of two ports); None: not followed
    late: int | None
    first_state: int | None  # stNum; None: it has no states
    last_state: int | None
    changes: int | None  # true number of the state changes
    states: tuple[StateChange, ...]  # the first 1,000 of them
    states_skipped: int | None
    begun_anew: int | None
    set_back: int | None
    alternations: int | None  # two series under one name at once
    gaps: int | None
    missing: int | None  # messages, at least
    repeated: int | None
    repetition: str  # mean intervals after a change of state: "2, 4, 8 … 1000 ms"
    shortest_interval: float | None  # seconds
    longest_interval: float | None
    shortest_lifetime: float | None  # time allowed to live, seconds
    longest_lifetime: float | None
    expired: int | None  # how often the next message came later, though none between them is missing
    expired_missing: int | None  # how often because messages between them are missing
    expired_time: str  # ISO 8601 UTC, of the first that came too late; empty: none did
    expired_source: str  # capture that the frame is in
    expired_frame: int | None
    ended: float | None  # silence until the capture's end, where longer than the time allowed to live, seconds
    samples: int | None  # of a stream in a message
    samples_in_a_round: int | None
    sample_rates: tuple[int, ...]
    synchronised: tuple[str, ...]
    seen: Seen
