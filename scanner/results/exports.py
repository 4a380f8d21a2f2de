"""What leaves the plant: a part of the results model."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.results.publications import Seen


@dataclass(frozen=True, slots=True)
class ExportRow:
    """What a device sends to a destination outside of the plant by one protocol and port. Bytes are payload."""

    device: str  # its id in the devices, else its address
    name: str  # best known name
    zone: str
    level: float | None
    destination: str  # IP address
    destination_zone: str  # where the policy declares one outside
    kind: str  # internet, unassigned
    names: tuple[str, ...]  # by which it was asked for; they prove nothing
    providers: tuple[str, ...]  # clouds and platforms that the names belong to
    protocol: str  # empty: not recognised
    transport: str
    port: int
    opened_by: str  # inside, outside
    conversations: int
    bytes_out: int
    bytes_in: int
    bytes_out_unseen: int  # left and was not captured, as numbers prove
    bytes_encrypted: int  # both ways
    bytes_clear: int
    bytes_unknown: int
    encrypted_share: float | None  # 0 to 1; None: no bytes
    industrial: bool  # an industrial protocol was in it
    answered: bool  # packets of the destination were captured
    allowed: bool | None  # by conduits; None: not known
    seen: Seen
    site: str = ""  # plant of the zone, by the policy
    data_grade: str = ""  # of the zone: general, important, core; empty: not graded
    export_limited: bool | None = None  # the policy says what may leave from there
    export_permitted: bool | None = None  # export entries permit all of it; None: not known
    grade_permitted: bool | None = None  # its grade may leave for there; None: nobody says so
    export_entries: tuple[str, ...] = ()  # that it counts against
    export_bytes_per_day: int | None = None  # that these let leave in 24 hours; None: not limited
    country: str = ""  # of the destination, ISO 3166-1 alpha-2, by the database given; empty: not known
