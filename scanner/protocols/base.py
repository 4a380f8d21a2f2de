"""What a protocol file offers, and the rows its ``dissect`` gives. Pure values only.

Rows and messages are not frozen, because making a frozen one takes twice the time and there are hundreds of thousands;
nobody changes one all the same.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from scanner.framing.language import Case, Framing, Role
from scanner.plugins import Fault, Plugin
from scanner.protocols.common.text import readable
from scanner.wording import Said, said


class Malformed(Exception):
    """The message breaks its specification; the sentence says how.

    It is put together when somebody asks: most are raised by probes, which nobody asks.
    """

    def __init__(self, sentence: str, /, **arguments: object) -> None:
        super().__init__(sentence)
        self._sentence, self._arguments = sentence, arguments

    @property
    def what(self) -> Said:
        """What is wrong."""
        given = self._arguments.items()
        return said(self._sentence, **{name: readable(v.encode()) if type(v) is str else v for name, v in given})

    def __str__(self) -> str:
        """In English."""
        return str(self.what)


class Verb(enum.StrEnum):
    """The vocabulary of operations shared by all protocols."""

    IDENTIFY = "identify"
    READ = "read"
    SUBSCRIBE = "subscribe"
    REPORT = "report"
    WRITE = "write"
    OPERATE = "operate"
    CONFIGURE = "configure"
    PROGRAM_UPLOAD = "program-upload"
    PROGRAM_DOWNLOAD = "program-download"
    START = "start"
    STOP = "stop"
    RESTART = "restart"
    MODE_CHANGE = "mode-change"
    FILE_READ = "file-read"
    FILE_WRITE = "file-write"
    FILE_DELETE = "file-delete"
    FIRMWARE_UPDATE = "firmware-update"
    AUTHENTICATE = "authenticate"
    DIAGNOSE = "diagnose"
    TIME_SYNC = "time-sync"
    SESSION = "session"
    UNKNOWN_FUNCTION = "unknown-function"  # a request that no published specification explains: it may do anything
    UNKNOWN = "unknown"  # an answer, a carrier or what is encrypted: not what it does, but that it is there


STATE_CHANGING = frozenset(
    {
        Verb.CONFIGURE,
        Verb.PROGRAM_DOWNLOAD,
        Verb.START,
        Verb.STOP,
        Verb.RESTART,
        Verb.MODE_CHANGE,
        Verb.FILE_WRITE,
        Verb.FILE_DELETE,
        Verb.FIRMWARE_UPDATE,
    }
)
"""Verbs that leave their target with another state, program, configuration or files; values are not meant."""

WRITES = (Verb.WRITE, Verb.OPERATE)  # what sets values of the process

UNTOLD = frozenset({Verb.UNKNOWN, Verb.UNKNOWN_FUNCTION})  # what it does cannot be told

OPENING = UNTOLD | {Verb.SESSION, Verb.IDENTIFY}  # what may be said before anything is protected

MAY_BE = STATE_CHANGING | {*WRITES, Verb.TIME_SYNC}  # what an unknown function may do to its target


class Kind(enum.StrEnum):
    """What a message does in the exchange, as the dissector sees it (it knows better than the kernel)."""

    REQUEST = "request"
    UNCONFIRMED = "unconfirmed"  # a request that nothing answers, as the protocol wants it
    RESPONSE = "response"  # a positive answer
    REFUSAL = "refusal"  # a negative answer; ``Operation.refusal`` says why, in the protocol's own words
    NOTICE = "notice"  # unsolicited or cyclic


class Sender(enum.StrEnum):
    """Which end of the conversation a row speaks of, relative to the message."""

    SENDER = "sender"
    RECEIVER = "receiver"


@dataclass(slots=True, unsafe_hash=True)
class Message:
    """One distinct message.

    data: the kept bytes from the start of the framing's message (for Modbus/TCP: from the MBAP header).
    length: the true length on the wire in bytes; larger than ``len(data)`` when only a part was kept or captured.
    from_client: True, False, or None when the side is not known.
    transport: "tcp", "udp", "sctp", "ethernet", or "ip-" and the number of another IP protocol.
    port: the server's port (or EtherType); a hint, never proof.
    framing: the framing that cut it, where a protocol has several of which one proves more; empty when not known.
    set_back: the first counter among its ``Elements.small`` was lower than in the messages before it.
    source, target: MAC (layer 2) or IP addresses as text, for protocols whose meaning depends on them.
    opener: the request by which its sender got the handle that it uses (``descriptor.Case.uses``), None where that was
        not seen.
    connection, lost: of a message that stands for itself (``descriptor.Case.in_order``): a number for its connection, 0
        for every other; and one that changes when something that its sender sent before it was lost.
    """

    data: bytes
    length: int
    from_client: bool | None = None
    transport: str = "tcp"
    port: int = 0
    source: str = ""
    target: str = ""
    framing: str = ""
    set_back: bool = False
    connection: int = 0
    lost: int = 0
    opener: Message | None = None

    def carrying(self, data: bytes, length: int, **changes: Any) -> Message:
        """The message as if it were these bytes; it is said of the bytes alone, whoever sent them."""
        return replace(self, data=data, length=length, **changes)


@dataclass(slots=True, unsafe_hash=True)
class Operation:
    """One operation asked for, answered, refused or reported by a message.

    function: the specification's name ("Write Multiple Registers"); code: its number as the specification writes it
        ("16", "0x05", "45", "1:2"), empty if none.
    unit: unit identifier, common address, rack/slot, slave number; the sub-address inside the device.
    object: what is touched, readable and stable ("holding register 40-49", "DB1.DBX0.0 x 4", "IOA 1001").
    detail: anything else worth reading, one line, never a secret, never a process value.
    filter: a tshark display filter that finds such messages ("modbus.func_code == 16"), without addresses.
    among: which of many it is, where it is only counted how many different ones there are (names of a domain).
    among_many: the same, where only very many different ones are worth a word: few say neither object nor detail.
    """

    verb: Verb
    function: str
    kind: Kind = Kind.REQUEST
    code: str = ""
    unit: str = ""
    object: str = ""
    detail: str = ""
    refusal: str = ""
    filter: str = ""
    among: str = ""
    among_many: str = ""


@dataclass(slots=True, unsafe_hash=True)
class Identity:
    """Something a message reveals about a device. ``field`` is one of IDENTITY_FIELDS.

    about: the sender of the message unless said otherwise; ``mac`` or ``ip`` name another device explicitly
    (a DCP answer carries the device's IP address).
    """

    field: str
    value: str
    about: Sender = Sender.SENDER
    mac: str = ""
    ip: str = ""


IDENTITY_FIELDS = (
    "vendor",
    "model",
    "order_number",
    "serial",
    "firmware",
    "hardware_revision",
    "name",
    "hostname",
    "profinet_name",
    "software",
    "os",
    "ip",
    "mac",
    "role",
)


Offers = tuple[tuple[str, ...], ...]


@dataclass(slots=True, unsafe_hash=True)
class Session:
    """Security-relevant facts of a session, all optional; rows of one conversation are merged field by field.

    versions: protocol versions, best known form ("TLS 1.2", "HTTP/1.1").  cipher_offered/cipher: IANA suite names,
    or the algorithms and methods of a log-in.
    credentials: the kind only: "none", "basic", "digest", "bearer", "cookie", "form", "user-password", "prompt".
    core_service: of a 5G core, that a request is for ("Namf_Communication").
    tools: of an MCP server, with the column of the table ``sessions`` in which each stands.
    unread: columns of the table ``sessions`` of which there may be more in what was not read (a body, say);
        ``payload`` for a connection that goes on in another protocol, which nobody may know.
    read: of these, columns of which all was read after all (the last of a message's fragments came): each takes one
        ``unread`` back.
    certificate_*: of the server unless ``certificate_of`` says "client"; times are ISO 8601 UTC. certificate_names:
        subject alternative names that are names of hosts or addresses. certificate_chain: id
        of the ``CertificateChain``.
    host_key, host_key_bits: kind and size of the bare key by which a server proves who it is (SSH).
    offers: of one end, lists of algorithms of which both ends take one each: ``Protocol.agree`` says which.
    """

    version_offered: tuple[str, ...] = ()
    version: str = ""
    cipher_offered: tuple[str, ...] = ()
    cipher: str = ""
    server_name: str = ""
    ja4: str = ""
    credentials: str = ""
    encrypted: bool | None = None
    authenticated: bool | None = None
    certificate_of: str = ""
    certificate_subject: str = ""
    certificate_issuer: str = ""
    certificate_not_before: str = ""
    certificate_not_after: str = ""
    certificate_key: str = ""
    certificate_key_bits: int = 0
    certificate_signature: str = ""
    certificate_self_signed: bool | None = None
    certificate_names: tuple[str, ...] = ()
    certificate_chain: str = ""
    host_key: str = ""
    host_key_bits: int = 0
    offers: tuple[tuple[str, ...], ...] = ()
    detail: str = ""
    core_service: str = ""
    tools: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    read: tuple[str, ...] = ()


@dataclass(slots=True, unsafe_hash=True)
class Publication:
    """What a cyclic publication says of itself; its messages are numbered (``descriptor.Numbering``).

    block: the control block or stream as subscribers know it; unit: APPID; name: goID. revision: confRev. signed:
    somebody else would not be believed. samples: ASDUs in a message.
    """

    function: str
    block: str
    unit: str = ""
    data_set: str = ""
    name: str = ""
    revision: int | None = None
    simulated: bool = False
    test: bool | None = None
    commissioning: bool | None = None
    signed: bool | None = None
    synchronised: str = ""
    rate: int | None = None
    samples: int | None = None
    filter: str = ""


@dataclass(slots=True, unsafe_hash=True)
class Related:
    """A further conversation between the same two ends that the message agrees on: its data connection, its transfer.

    transport, port: where it goes; port 0 where none is named.
    opened_by: who opens it, relative to the message; None: either.
    protocols: what may be spoken in it, the first of which must be, if anything is recognised; "" is what no protocol
    recognises.
    within: seconds after the message in which it begins.
    times: how many connections each agreement is good for.
    proves_itself: the conversation as such is the other end's consent; otherwise a request counts when it is accepted,
    and an answer when it was asked for.
    answer_names: the other end's answer says which port it is; the message counts only where that was not captured.
    """

    transport: str
    port: int
    opened_by: Sender | None
    protocols: tuple[str, ...]
    within: int = 60
    proves_itself: bool = False
    times: int = 1
    answer_names: bool = False


@dataclass(slots=True, unsafe_hash=True)
class Resolution:
    """What a name server answered: the name that was asked for, those it stands for (CNAME), and their addresses.

    It describes whoever has the addresses and proves nothing: anybody can answer anything.
    """

    name: str
    aliases: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(slots=True, unsafe_hash=True)
class CertificateChain:
    """The certificates that a server sent, its own first (DER). id: the same for the same ones in the same order.

    complete: these are all that it sent.
    """

    id: str
    certificates: tuple[bytes, ...]
    complete: bool


ANY_ANSWER = "any answer"
UNREAD = "unread"


@dataclass(slots=True, unsafe_hash=True)
class Sign:
    """Something by which the interface of a kind of program is told; alone it may be anybody's.

    kind, weight: signs of two kinds, or one of weight 2, tell it; several of one kind count once. object: as the
    ``Operation`` of the request has it; empty in answers. Of the kind ANY_ANSWER is what answers of others look like
    too: it counts where the server was asked for nothing but objects of the interface. Of the kind UNREAD is what
    was not read and may tell one: of no interface a request, of no object what answers those that look like its own.
    """

    interface: str
    kind: str
    weight: int = 1
    object: str = ""


@dataclass(slots=True, unsafe_hash=True)
class Subscription:
    """A session of a mobile device with a data network, or what one message of an exchange says of it.

    network_slice: S-NSSAI, ``1`` or ``1-00000a``; data_network: DNN or APN; instance: the network instance of a user
    plane, which operators call as they like; addresses: given to the device, of IPv6 the prefix; tunnel: identifier
    (TEID) of the user plane at the core's end, 0 for none; core: address of that end. exchange: what request and answer
    have in common, empty where the message says all; asks: it is the request; refused: there will be no session.
    """

    network_slice: str = ""
    data_network: str = ""
    instance: str = ""
    addresses: tuple[str, ...] = ()
    tunnel: int = 0
    core: str = ""
    exchange: str = ""
    asks: bool = False
    refused: bool = False


Beside = (
    CertificateChain | Identity | Session | Publication | Related | Resolution | Sign | Subscription
)  # what a message says beside operations
Row = Operation | Beside


@dataclass(frozen=True)
class Protocol(Plugin):
    """One protocol; each file in ``scanner/protocols/`` has exactly one, named ``PROTOCOL``.

    name: short lower-case name used in rules and tables ("modbus", "s7comm", "iec104", "profinet-dcp").
    title: as people write it ("Modbus/TCP").
    framing: shared framings are imported from ``scanner.framing.shared``.
    cases: tried in order; a case's ``protocol`` equals ``name``.
    probe: True when the distinct message really is of this protocol; it decides away from the protocol's ports.
    dissect: the rows of one message; raises Malformed and nothing else.
    secured: the protocol as such protects integrity and confidentiality (TLS, SSH).
    industrial: an OT protocol, as opposed to general IT.
    verbs: every verb ``dissect`` can give (checked by test; rules are checked against it); of an industrial one with
        ``unknown-function`` few of its functions are known, so what was not read of it may be any command.
    specification: the documents the dissector was written from, with sections.
    more_framings: other ways the same messages are carried (over UDP, over serial tunnels).
    display_filter: tshark's name of the protocol where it is not ``name``.
    reader: makes what reads the messages of one capture, each once and in their order, where what one means depends on
        those before it of the same connection or between the same ends, for which it then asks the message; ``dissect``
        then reads one by itself.
    beyond_key: why bytes that are in no key may say something as well: messages of different conversations are taken
        for the same only where all that is kept of them is. Empty: the key tells all.
    proof: True for a good message that hardly anything else can be. None: every good message is. Without one among them
        the port alone suggests the protocol, and no rule judges by it; datagrams on another port are not taken for it.
    needs_proof: also a stream of good messages is not taken for it without ``proof``: they may be another protocol's.
    shares: protocols whose messages are its own as well, where it is spoken and nothing proves those.
    opaque: functions, ``*`` for any text, that carry what is encrypted or belongs to another layer: what they do is not
        known, which makes them no unknown functions.
    unread: columns of the table ``sessions`` that no message of the protocol tells this dissector, although it
        may carry them (a log-in that is not read): every conversation has a session row that says so.
    log_ins_answered: its sessions are authenticated when an operation that logs in is accepted, and not when all are
        refused; no message says so by itself.
    signed_by_tcp: its ends prove themselves by options of TCP segments, if at all, which are looked at for it.
    midway: what stays unknown of a session of which only messages were captured that do not say how it is protected
        ("association not captured"); it has a session row with these words. Empty: every message says, or none can.
    beneath: what a conversation is taken for when the messages that tell this protocol are missing: ``dcerpc``, where
        only a bind names the interface.
    short: how reports write it where the title is too long.
    usual: ports, like those of framings, where its content alone tells it, but where what cannot be read may be it.
    agree: what the ends take of what the client and the server offer (``Session.offers``).
    """

    framing: Framing
    cases: tuple[Case, ...]
    probe: Callable[[Message], bool]
    dissect: Callable[[Message], Iterable[Row]]
    verbs: frozenset[Verb]
    specification: str
    industrial: bool = True
    secured: bool = False
    more_framings: tuple[Framing, ...] = ()
    display_filter: str = ""
    reader: Callable[[], Callable[[Message], Iterable[Row]]] | None = None
    beyond_key: str = ""
    proof: Callable[[Message], bool] | None = None
    needs_proof: bool = False
    shares: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    log_ins_answered: bool = False
    signed_by_tcp: bool = False
    midway: str = ""
    beneath: tuple[str, ...] = ()
    short: str = ""
    usual: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    agree: Callable[[Offers, Offers], Iterable[Session]] | None = None

    def faults(self) -> Iterable[Fault]:
        """Its cases are its own, and it says what it was written from."""
        if foreign := sorted({case.protocol for case in self.cases} - {self.name}):
            what = said("belong to another protocol, '{protocol}'", protocol=foreign[0])
            yield Fault("cases", what, said("give each case {code}", code=f"protocol={self.name!r}"))
        if not self.specification.strip():
            yield Fault("specification", said("is empty"), said("name the documents that it was written from"))

    @property
    def framings(self) -> tuple[Framing, ...]:
        """Every way in which its messages are cut, the usual one first."""
        return (self.framing, *self.more_framings)

    @cached_property
    def takes_the_rest(self) -> bool:
        """One of its cases takes whatever meets no other."""
        return any(not case.when for case in self.cases)

    @cached_property
    def both_ask(self) -> bool:
        """Both ends ask each other."""
        return any(case.role is Role.ASKS for case in self.cases)

    def meant(self, operation: Operation) -> Operation:
        """The operation; a request of an industrial protocol that no specification explains gets a verb of its own."""
        asked = operation.kind in (Kind.REQUEST, Kind.UNCONFIRMED)
        known = operation.verb is not Verb.UNKNOWN or not (asked and self.industrial)
        if known or any(fnmatchcase(operation.function, pattern) for pattern in self.opaque):
            return operation
        return replace(operation, verb=Verb.UNKNOWN_FUNCTION)
