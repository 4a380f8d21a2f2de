"""What a map of cables holds."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from scanner.wording import Said


class Sureness(enum.StrEnum):
    """How sure a link is."""

    BOTH_ENDS = "both-ends"  # the own output of either end names the other
    ONE_END = "one-end"  # of one end; nothing of the other was given
    ONE_SIDED = "one-sided"  # of one end, and the other, whose neighbours were given, does not name it
    CONTRADICTED = "contradicted"  # the other end names another neighbour at that port
    ANNOUNCED = "announced"  # a device says so on the wire, where anybody can
    LEARNED = "learned"  # a switch learnt the address of the device there


@dataclass(frozen=True, order=True)
class CableEnd:
    """A port of a device. device: the name that stands for it; port: as it is written, empty when not told."""

    device: str
    port: str = ""


@dataclass(frozen=True)
class Cable:
    """A cable, or what looks like one. evidence: where it is said: file and line, or capture and frame."""

    one: CableEnd
    other: CableEnd
    sure: Sureness
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class StationBehind:
    """A device behind a port. name: by inventory or its own word; seen: in a capture, None without one.

    redundant: frames of PRP, HSR or MRP are about it, so that it may be behind one port of each of several switches.
    """

    mac: str
    ips: tuple[str, ...] = ()
    name: str = ""
    vlans: tuple[int, ...] = ()
    seen: bool | None = None
    evidence: str = ""
    redundant: bool = False


@dataclass
class SwitchPort:
    """A port of a switch. mode: access, trunk or empty; leads_on: to another switch.

    members: of an aggregation its ports, as the configuration writes them; what was learnt there is behind all of it.
    """

    end: CableEnd
    mode: str = ""
    state: str = ""
    description: str = ""
    leads_on: bool = False
    members: list[str] = field(default_factory=list)
    stations: list[StationBehind] = field(default_factory=list)


@dataclass(frozen=True)
class Announcement:
    """What a device says on the wire of one of its ports. says: further words; neighbour: whom it names there."""

    end: CableEnd
    protocol: str
    says: tuple[Said, ...] = ()
    neighbour: CableEnd | None = None
    evidence: str = ""


@dataclass(frozen=True)
class CableNotice:
    """Something to look at. kind: what it is, as a word for machines."""

    kind: str
    text: Said
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class CableMap:
    """All of it. switches: those of which an output was given; ports: of each of these, in their order.

    announcements: what devices say on the wire of their ports, in the order of these.
    """

    switches: tuple[str, ...]
    links: tuple[Cable, ...]
    ports: tuple[SwitchPort, ...]
    notices: tuple[CableNotice, ...]
    announcements: tuple[Announcement, ...] = ()
