"""The results of one scan. Plain, immutable and serialisable; the JSON form is described by ``results.schema.json``."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.results.answers import AnswerRow, InZones, Standing, Standings, ZoneStandings
from scanner.results.attack import TechniqueRow
from scanner.results.baseline import AbsentRow, Baseline, BaselineState, VerdictChange
from scanner.results.cabling import CableRow, OccupiedPortRow
from scanner.results.exports import ExportRow
from scanner.results.exposures import ExposureRow
from scanner.results.judged_by import ParameterValue, ProfileUse, WaiverRow
from scanner.results.publications import End, PublicationRow, Seen
from scanner.results.ratings import Audience, Confidence

Text = dict[str, str]  # language tag ("en", "zh") -> text


class Verdict(enum.StrEnum):
    """What is known about a rule. Only evidence earns a pass; silence never does."""

    FAIL = "fail"
    REVIEW = "review"  # it was seen, and nobody has said whether it is allowed
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

    rank: int  # 0 (info) to 4 (critical)

    def __init__(self, _: str) -> None:
        self.rank = len(self.__class__)


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


class Status(enum.StrEnum):
    """What a finding says of its subject."""

    FAIL = "fail"
    REVIEW = "review"
    WAIVED = "waived"


@dataclass(frozen=True)
class Finding:
    """One subject of a rule that fails, must be confirmed by a person, or is waived."""

    id: str  # stable over runs: hash of rule id and subject
    status: Status
    severity: Severity  # of this finding: one step below the rule's where everything was refused
    subject: Text
    message: Text
    evidence: Sequence[Evidence]  # the most telling first
    devices: tuple[str, ...] = ()  # device ids concerned
    proofs: int = 0  # pieces of evidence: one for each row of facts, or for many that differ only in what they touch
    waiver: Text = field(default_factory=dict)  # reason, who and until when; only in waived findings
    matches: tuple[dict[str, str], ...] = ()  # for review: what decisions must match to be about all of it, no more
    baseline_state: BaselineState = BaselineState.NOT_COMPARED


@dataclass(frozen=True)
class Coverage:
    """How much was observed behind a verdict: subjects (rows of facts), and the findings that they make."""

    subjects: int = 0
    failing: int = 0
    review: int = 0
    waived: int = 0
    unjudged: int = 0
    confirmed: int = 0  # somebody decided that they are allowed
    failing_findings: int = 0
    review_findings: int = 0
    waived_findings: int = 0
    text: Text = field(default_factory=dict)  # "1,204 write requests of 3 clients in 2 captures, 3 h 12 min"


class Cause(enum.StrEnum):
    """What kept a rule from being judged, or from passing. The words of the reports say what would help."""

    CAPTURE = "input:capture"  # an input of this kind was not given
    INVENTORY = "input:inventory"
    POLICY = "input:policy"
    ZONES = "input:zones"
    CONFIGURATION = "input:configuration"
    ADVISORY = "input:advisory"
    OUTPUT = "input:output"
    UNREAD = "unread"  # an input was not read completely
    NO_PACKETS = "no-packets"
    DURATION = "duration"  # too little time was captured
    PLACE = "place"  # a zone or a boundary that the rule is about was not seen, or not long enough
    ONE_SIDED = "one-sided"  # only one direction was captured
    NOT_UNDERSTOOD = "not-understood"  # packets that could not be decoded
    TRUNCATED = "truncated"  # packets cut by the snap length
    LOST = "lost"  # bytes that are missing or fit no message
    CONTRADICTORY = "contradictory"  # packets that contradict each other, so that nobody knows what was received
    HANDSHAKE = "handshake"  # connections of which the beginning was not captured
    UNRECOGNISED = "unrecognised"  # conversations whose protocol was not recognised
    UNJUDGED = "unjudged"  # a subject lacks a value that the rule looks at
    TOO_FEW = "too-few"  # subjects
    NOTHING_SEEN = "nothing-seen"  # what the rule judges did not occur, which shows nothing
    UNDECIDED = "undecided"  # policy and inventory were given, and say nothing about it
    UNBOUND = "unbound"  # a name of the policy means nobody: no inventory or configuration gives it an address
    SENDER = "sender"  # frames from one address come from several network adapters of one segment
    DEFECT = "defect"  # of otaudit


@dataclass(frozen=True)
class Doubt:
    """One reason why a rule could not be judged, could not pass, or must be confirmed by a person."""

    cause: Cause
    text: Text  # with its numbers: "6.0 s were captured, at least 1 min is needed"


@dataclass(frozen=True)
class Mapping:
    """A framework requirement that a rule gives evidence about."""

    framework: str  # id of rules/frameworks/<id>.yaml
    requirement: str  # "SR 2.1", "8.5.2.1 a)"


@dataclass(frozen=True)
class ZoneVerdict:
    """The verdict of a rule in one zone; what lies between two zones counts in both."""

    zone: str
    verdict: Verdict
    reason: Text
    subjects: int
    failing: int
    review: int
    waived: int
    unjudged: int


@dataclass(frozen=True)
class DeviceVerdicts:
    """The devices of which a rule says the same."""

    verdict: Verdict
    devices: tuple[str, ...]  # ids


@dataclass(frozen=True)
class FileVerdicts:
    """The files of which a rule says the same."""

    verdict: Verdict
    files: tuple[str, ...]


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
    findings: Sequence[Finding] = ()  # failing first, then those to be confirmed, then waived
    rationale: Text = field(default_factory=dict)
    remediation: Text = field(default_factory=dict)
    mappings: tuple[Mapping, ...] = ()
    attack: tuple[str, ...] = ()  # ATT&CK for ICS technique ids
    references: tuple[str, ...] = ()
    family: str = ""  # folder of the rule file
    origin: str = ""  # name of the user's folder that the rule comes from; empty: it is otaudit's own
    doubts: tuple[Doubt, ...] = ()  # of what could not be judged or must be confirmed: why, one by one
    by_zone: tuple[ZoneVerdict, ...] = ()  # empty where the rule says nothing of zones
    by_device: tuple[DeviceVerdicts, ...] = ()  # devices that are subjects
    by_file: tuple[FileVerdicts, ...] = ()  # files whose lines are subjects
    confidence: Confidence = Confidence.HIGH
    audience: tuple[Audience, ...] = ()
    parameters: tuple[ParameterValue, ...] = ()


def failing_findings(rule: RuleResult) -> Sequence[Finding]:
    """The findings that fail."""
    return rule.findings[: rule.coverage.failing_findings]


def review_findings(rule: RuleResult) -> Sequence[Finding]:
    """The findings that a person must confirm."""
    start = rule.coverage.failing_findings
    return rule.findings[start : start + rule.coverage.review_findings]


def waived_findings(rule: RuleResult) -> Sequence[Finding]:
    """The findings that a waiver covers."""
    return rule.findings[rule.coverage.failing_findings + rule.coverage.review_findings :]


@dataclass(frozen=True)
class RequirementResult:
    """One requirement of a framework: what its rules and what people say of it, and what nobody has judged."""

    requirement: str
    title: Text
    verdict: Verdict | None  # None: no rule of this scan gives evidence: manual
    rules: tuple[str, ...]
    confidence: str  # V, V2, S, D or M as in the framework file
    manual: Text = field(default_factory=dict)  # the part that stays manual
    level: str = ""  # from which SL, or which protection level
    note: Text = field(default_factory=dict)  # how sources disagree about the id or level; to be printed beside it
    group: Text = field(default_factory=dict)  # the class of the standard that it belongs to
    conclusion: str = ""  # of rules and people, in the framework's scale: a verdict, "partial" or "manual"
    judged_by: tuple[str, ...] = ()  # what can judge it: capture, inventory, configuration, output, policy, people
    question: Text = field(default_factory=dict)  # to people who judge it
    ask_for: Text = field(default_factory=dict)  # what they should show
    standing: Standing = Standing.OPEN
    answers: tuple[AnswerRow, ...] = ()
    in_zones: tuple[InZones, ...] = ()  # every zone in which it applies, once


@dataclass(frozen=True)
class FrameworkResult:
    """One framework, requirement by requirement."""

    framework: str
    title: Text
    edition: str
    requirements: tuple[RequirementResult, ...]
    scale: str = ""  # the words in which it concludes: "gb-t-28448"; empty: those of verdicts
    standings: Standings = field(default_factory=Standings)  # their sum is the number of requirements
    zone_standings: tuple[ZoneStandings, ...] = ()
    origin: str = ""  # name of the user's folder that it comes from; empty: it is otaudit's own


@dataclass(frozen=True)
class InputRecord:
    """One input as it was examined."""

    source: str
    kind: str  # capture, inventory, policy, configuration, facts, exclusion, not-examined
    size: int
    sha256: str
    summary: Text  # "pcapng+gzip, 20,311 packets, 2 interfaces, 00:12:04"
    complete: bool = True
    details: dict[str, Text] = field(default_factory=dict)  # what was not understood, gaps, limits, truncated packets


class Strength(enum.StrEnum):
    """How strong it is that something is said of a device: as strong as who says it, the strongest first.

    The first three bind: they give names, zones and roles. The others describe (docs/decisions/0002).
    """

    POLICY = "policy"  # it names the address itself
    INVENTORY = "inventory"
    CONFIGURATION = "configuration"  # the device's own
    CERTIFICATE = "certificate"  # shown in a handshake that was completed; who issued it is not known to a scan
    CLAIM = "claim"  # said on the wire, by whomever


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """One thing that is said of a device, and who says so."""

    field: str  # vendor, model, order_number, serial, firmware, name, os, ...
    value: str
    said_by: str  # a protocol, "inventory", "configuration", "policy" or "certificate"
    count: int = 0  # messages that said it
    source: str = ""  # capture, or inventory file
    place: int = 0  # first frame, or row or line of the file
    strength: Strength = Strength.CLAIM


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device that was seen, or that is only listed in the inventory."""

    device: str
    name: str
    zone: str
    level: float | None
    roles: tuple[str, ...]
    ips: tuple[str, ...]
    mac: str
    vlans: tuple[int, ...]
    oui_vendor: str
    vendor: str
    model: str
    order_number: str
    firmware: str
    serial: str
    protocols: tuple[str, ...]
    serves: tuple[str, ...]  # protocols it answered as server
    listed: bool | None
    seen: bool
    public: bool = False  # it has a public Internet address
    conflicts: tuple[Text, ...] = ()  # "firmware: listed 2.8, seen 2.9"
    reasons: tuple[Text, ...] = ()  # why it has each role, in the order of the roles; empty when only listed
    identities: tuple[IdentityRow, ...] = ()  # everything that is said of it
    packets: int = 0
    first_time: str = ""  # ISO 8601 UTC
    last_time: str = ""


@dataclass(frozen=True)
class LevelRow:
    """A zone's security level in one foundational requirement of IEC 62443-3-3, as far as the evidence goes.

    at_most: the highest level of which no requirement fails; what is open may lower it.
    at_least: the highest level of which every requirement is met, as judged whole or as people answer.
    """

    code: str  # IAC, UC, SI, DC, RDF, TRE, RA
    title: Text
    target: int | None  # SL-T
    at_least: int  # lower bound of SL-A, 0 to 4
    at_most: int  # upper bound
    blocked_by: tuple[str, ...]  # requirements that fail at the next level
    settled: int  # requirements up to the target (SL 1 without one) that fail nothing, by checks or answers of people
    open: tuple[str, ...]  # those that nothing settles: no check, no evidence, or to be confirmed


@dataclass(frozen=True)
class ZoneRow:
    """A zone for the map."""

    zone: str
    name: str
    level: float | None
    sl_t: int | None  # the highest of its foundational requirements
    devices: int
    observed: float | None = None  # seconds in which its devices were seen talking; None: no capture
    boundary: str = (
        ""  # why traffic across its boundary would have been seen: routed, router, crossing; empty: it would not
    )
    levels: tuple[LevelRow, ...] = ()


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
    encryption: str = ""  # of what goes through conduits that must be encrypted: proved, readable, unproved, or empty
    encrypted_by: tuple[str, ...] = ()  # its protocols, with versions and algorithms


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a server refused, in the protocol's own words, and how often it did for that reason."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One distinct operation between two ends: what was asked for, how often, and with what outcome."""

    verb: str
    changes: bool  # it changes the state, program, configuration or files of its target
    protocol: str
    function: str
    code: str
    object: str  # what is touched; where very many things are only read, their ranges and how many they are
    unit: str
    detail: Text
    client: End
    server: End
    transport: str
    port: int
    vlan: int  # -1: untagged
    tunnel: str
    seen_as: str  # request, response (its request was not captured), notice
    count: int
    accepted: int
    refused: int
    unanswered: int
    unobserved: int
    refusals: tuple[Refusal, ...]  # none where the protocol gives no reasons
    allowed: bool | None  # by the policy; None: nothing is said
    seen: Seen


@dataclass(frozen=True, slots=True)
class CommandRow:
    """All operations of one verb from one device to another: the cells of "who commands whom"."""

    client: End
    server: End
    verb: str
    changes: bool
    protocols: tuple[str, ...]
    count: int
    accepted: int
    refused: int
    first_time: str
    last_time: str


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate that the server of a session showed."""

    subject: str
    issuer: str
    not_before: str  # ISO 8601 UTC
    not_after: str
    key: str  # RSA, EC, ...
    key_bits: int
    signature: str
    self_signed: bool | None
    expired: bool | None  # when it was seen


@dataclass(frozen=True, slots=True)
class SessionRow:
    """The security properties that a protocol showed between two ends."""

    protocol: str
    client: End
    server: End
    transport: str
    port: int
    versions_offered: tuple[str, ...]
    versions: tuple[str, ...]
    ciphers_offered: tuple[str, ...]
    ciphers: tuple[str, ...]
    server_names: tuple[str, ...]
    credentials: tuple[str, ...]  # kinds, never the credentials
    encrypted: bool | None
    authenticated: bool | None
    certificate: CertificateRow | None
    client_certificate: str  # its subject
    detail: Text
    count: int
    seen: Seen


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One security-relevant setting of a device configuration, secrets masked."""

    source: str
    line_start: int
    line_end: int
    device: str
    dialect: str
    category: str
    item: str
    setting: str
    value: str
    number: float | None
    present: bool | None  # the configuration sets it explicitly
    text: str


@dataclass(frozen=True, slots=True)
class UnrecognisedRow:
    """A conversation whose protocol was not recognised."""

    client: End
    server: End
    transport: str
    port: int  # EtherType for layer 2
    vlan: int
    tunnel: str
    connections: int
    packets: int
    bytes: int  # of payload
    seen: Seen


@dataclass(frozen=True, slots=True)
class ProtocolRow:
    """How much of the traffic is one protocol; ``protocol`` is empty for what was not recognised."""

    protocol: str
    industrial: bool
    conversations: int
    clients: int
    servers: int
    packets: int
    bytes: int
    secured_conversations: int


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
class Basis:
    """What the verdicts were made with. The digests are SHA-256, hexadecimal; those of inputs stand with them."""

    rules: str = ""  # names and contents of the rules
    frameworks: str = ""
    profile: str = ""
    tables: dict[str, str] = field(default_factory=dict)  # of facts; those that --save-facts writes
    options: dict[str, str] = field(default_factory=dict)  # that change what the results say
    limits: dict[str, int] = field(default_factory=dict)  # ceilings that are not where they usually are
    own: dict[str, str] = field(default_factory=dict)  # of each file of definitions that the user brought


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
    devices: Sequence[DeviceRow]
    zones: tuple[ZoneRow, ...]
    traffic: tuple[TrafficRow, ...]
    outside: tuple[RuleResult, ...] = ()  # critical and high findings of rules that the profile leaves out
    reach: tuple[RuleResult, ...] = ()  # checks of the evidence itself, not of the plant
    nursery: tuple[RuleResult, ...] = ()  # rules that are not proven: they count nowhere
    operations: Sequence[OperationRow] = ()  # those that change their target first
    commands: Sequence[CommandRow] = ()
    sessions: Sequence[SessionRow] = ()
    settings: Sequence[SettingRow] = ()
    unrecognised: Sequence[UnrecognisedRow] = ()
    protocols: Sequence[ProtocolRow] = ()
    publications: Sequence[PublicationRow] = ()
    exports: Sequence[ExportRow] = ()  # the most bytes first
    exposures: Sequence[ExposureRow] = ()  # assets that advisories may concern
    cables: Sequence[CableRow] = ()  # from switches to what is connected to them
    occupied_ports: Sequence[OccupiedPortRow] = ()
    techniques: tuple[TechniqueRow, ...] = ()  # every one of ATT&CK for ICS
    attack_version: str = ""  # of ATT&CK
    complete: bool = True  # False: an input could not be read completely
    basis: Basis = field(default_factory=Basis)
    profile_use: ProfileUse = field(default_factory=ProfileUse)
    waivers: tuple[WaiverRow, ...] = ()
    baseline: Baseline = field(default_factory=Baseline)
    absent: tuple[AbsentRow, ...] = ()  # findings of the baseline that are no longer there
    verdict_changes: tuple[VerdictChange, ...] = ()  # since the baseline
