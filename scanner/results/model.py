"""The results of one scan. Plain, immutable and serialisable; the JSON form is described by ``results.schema.json``."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

Text = dict[str, str]  # language tag ("en", "zh") -> text


class Verdict(enum.StrEnum):
    """What is known about a rule. Only evidence earns a pass; silence never does."""

    FAIL = "fail"
    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    NOT_APPLICABLE = "not-applicable"
    NO_EVIDENCE = "no-evidence"
    WAIVED = "waived"
    ERROR = "error"


class Severity(enum.StrEnum):
    """How much a failing rule matters, for a zone of SL-T 2."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 (info) to 4 (critical)."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Evidence:
    """One proof of a finding. Either a place in a capture or a place in a text input, or both empty fields."""

    source: str  # capture, configuration, inventory or policy file
    line_start: int = 0  # 0: not a text input
    line_end: int = 0
    text: str = ""  # the line(s), secrets masked
    frames: tuple[int, ...] = ()
    first_time: str = ""  # ISO 8601 UTC
    last_time: str = ""
    count: int = 0
    client: str = ""
    server: str = ""
    port: int = 0
    protocol: str = ""
    message: Text = field(default_factory=dict)  # decoded: "Write Multiple Registers, unit 1, holding register 40-49"
    outcome: Text = field(default_factory=dict)  # "accepted 12, refused 3 (Illegal Data Address)"; may be empty
    filter: str = ""  # tshark display filter


@dataclass(frozen=True)
class Finding:
    """One failing (or waived) subject of a rule."""

    id: str  # stable over runs: hash of rule id and subject
    subject: Text
    message: Text
    evidence: tuple[Evidence, ...]
    devices: tuple[str, ...] = ()  # device ids concerned
    proofs: int = 0  # pieces of evidence there are; ``evidence`` holds the most telling
    waiver: Text = field(default_factory=dict)  # reason, who and until when; only in waived findings


@dataclass(frozen=True)
class Coverage:
    """How much was observed behind a verdict."""

    subjects: int = 0
    failing: int = 0
    waived: int = 0
    text: Text = field(default_factory=dict)  # "1,204 write requests of 3 clients in 2 captures, 3 h 12 min"


@dataclass(frozen=True)
class Mapping:
    """A framework requirement that a rule gives evidence about."""

    framework: str  # id of rules/frameworks/<id>.yaml
    requirement: str  # "SR 2.1", "8.5.2.1 a)"


@dataclass(frozen=True)
class RuleResult:
    """The verdict of one rule, with everything a report needs to explain it."""

    rule: str
    title: Text
    description: Text
    severity: Severity
    verdict: Verdict
    reason: Text  # why this verdict: what was observed, or what is missing
    coverage: Coverage
    findings: tuple[Finding, ...] = ()  # failing first, then waived
    rationale: Text = field(default_factory=dict)
    remediation: Text = field(default_factory=dict)
    mappings: tuple[Mapping, ...] = ()
    attack: tuple[str, ...] = ()  # ATT&CK for ICS technique ids
    references: tuple[str, ...] = ()
    family: str = ""  # folder of the rule file
    confidence: str = ""


@dataclass(frozen=True)
class RequirementResult:
    """One requirement of a framework: the worst verdict of its rules, and what no passive scan can judge."""

    requirement: str
    title: Text
    verdict: Verdict | None  # None: no rule of this scan gives evidence: manual
    rules: tuple[str, ...]
    confidence: str  # V, V2, S, D or M as in the framework file
    manual: Text = field(default_factory=dict)  # the part that stays manual
    level: str = ""  # from which SL, or which protection level
    note: Text = field(default_factory=dict)  # how sources disagree about the id or level; to be printed beside it


@dataclass(frozen=True)
class FrameworkResult:
    """One framework, requirement by requirement."""

    framework: str
    title: Text
    edition: str
    requirements: tuple[RequirementResult, ...]


@dataclass(frozen=True)
class InputRecord:
    """One input as it was examined."""

    source: str
    kind: str  # capture, inventory, policy, configuration, facts
    size: int
    sha256: str
    summary: Text  # "pcapng+gzip, 20,311 packets, 2 interfaces, 00:12:04"
    complete: bool = True
    details: dict[str, Text] = field(default_factory=dict)  # what was not understood, gaps, limits, truncated packets


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device for the report's device list and map."""

    device: str
    name: str
    zone: str
    level: float | None
    roles: tuple[str, ...]
    ips: tuple[str, ...]
    mac: str
    oui_vendor: str
    vendor: str
    model: str
    firmware: str
    serial: str
    protocols: tuple[str, ...]
    listed: bool | None
    seen: bool
    conflicts: tuple[Text, ...] = ()  # "firmware: listed 2.8, seen 2.9"
    reasons: tuple[Text, ...] = ()  # why it has each role, in the order of the roles; empty when only listed
    packets: int = 0


@dataclass(frozen=True)
class ZoneRow:
    """A zone for the map."""

    zone: str
    name: str
    level: float | None
    sl_t: int | None
    devices: int


@dataclass(frozen=True)
class TrafficRow:
    """Traffic between two zones (or addresses where there is no policy), for the matrix and the map."""

    source: str  # zone id, "" outside every zone
    target: str
    protocols: tuple[str, ...]
    connections: int
    packets: int
    bytes: int
    allowed: bool | None
    conduit: str = ""


@dataclass(frozen=True)
class ProblemRow:
    """Something that could not be read or judged."""

    source: str
    place: Text  # "line 12, column 5"; empty for the whole
    what: Text
    remedy: Text


@dataclass(frozen=True)
class Run:
    """The stated run facts: the only part that may differ between two runs on the same input."""

    started: str  # ISO 8601 UTC
    seconds: float
    version: str


@dataclass(frozen=True)
class Results:
    """Everything a report shows."""

    site: str
    profile: str
    run: Run
    inputs: tuple[InputRecord, ...]
    problems: tuple[ProblemRow, ...]
    rules: tuple[RuleResult, ...]
    frameworks: tuple[FrameworkResult, ...]
    devices: tuple[DeviceRow, ...]
    zones: tuple[ZoneRow, ...]
    traffic: tuple[TrafficRow, ...]
    complete: bool = True  # False: an input could not be read in whole
