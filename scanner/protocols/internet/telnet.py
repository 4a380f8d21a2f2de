"""Telnet: on its port, and on any other from the option negotiation or the prompt for a login on that open a session.

Written from RFC 854 (NVT and commands), RFC 855 (options), the IANA registry of Telnet options, RFC 2217 (serial ports
of device servers), RFC 2941 and 2946 (authentication, encryption) and the START_TLS draft.

Of what is typed and shown no more is told than whether it is a prompt, how a login ends, and whether it is by a known
default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scanner.code_tables import code_table
from scanner.framing.language import Byte, Case, Framing, Range, Role, SentBy, Size, Whole, magic
from scanner.framing.shared import TELNET, TELNET_SESSION, TELNET_TEXT
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.before import Before, in_order
from scanner.protocols.internet._telnet_log_in import FAILED, WELCOMED, Typed
from scanner.protocols.internet._telnet_prompts import LOGIN, PASSWORD
from scanner.wording import Said, said

IAC, SE, SB = 0xFF, 0xF0, 0xFA
_NEGOTIATION = {0xFB: "WILL", 0xFC: "WONT", 0xFD: "DO", 0xFE: "DONT"}
_COMMANDS = {
    0xEC: "EOF",
    0xED: "SUSP",
    0xEE: "ABORT",
    0xEF: "EOR",
    0xF1: "NOP",
    0xF2: "DM",
    0xF3: "BRK",
    0xF4: "IP",
    0xF5: "AO",
    0xF6: "AYT",
    0xF7: "EC",
    0xF8: "EL",
    0xF9: "GA",
}
OPTIONS = code_table(__package__, "telnet_options.tsv")
_COM_PORT = 44
# RFC 2217 section 2: what a client sets of the serial line; the server's notifications are 100 higher.
_SERIAL_SETTINGS = {
    1: "SET-BAUDRATE",
    2: "SET-DATASIZE",
    3: "SET-PARITY",
    4: "SET-STOPSIZE",
    5: "SET-CONTROL",
    12: "PURGE-DATA",
}
_AUTHENTICATION, _ENCRYPTION, _START_TLS = 37, 38, 46
_PROTECTING = (_AUTHENTICATION, _ENCRYPTION, _START_TLS)

# What a text connection may turn out to be, also one that begins with options, as FTP may (RFC 959, section 3.2).
# Each line of it counts: answers by number, and commands that no shell knows in capitals.
_OTHER = re.compile(
    rb"(GET |POST|PUT |HEAD|OPTI|HTTP|SSH-|RFB |\+OK|\* OK|[1-5][0-5]\d[ -][A-Za-z]"
    rb"|(USER|PASS|STOR|RETR|DELE|TYPE|LIST|EHLO|HELO|MAIL|RCPT|CWD|PASV|PORT|SYST)[ \r])"
)
_TEXT = frozenset({7, 8, 9, 10, 12, 13, 27, 127, IAC, 0}) | frozenset(range(0x20, 0x7F)) | frozenset(range(0x80, 0x100))


def probe(message: Message) -> bool:
    """Negotiation, or text that is not another protocol's. What follows an opening may be anything: a serial port's
    data travel in such sessions too.
    """
    data = message.data
    if message.transport != "tcp" or not data:
        return False
    if data[0] == IAC and len(data) > 1:
        return data[1] in _COMMANDS or (len(data) > 2 and (data[1] in _NEGOTIATION or data[1] == SB)) or data[1] == IAC
    if _OTHER.match(data):
        return False
    text = _parse(data)[2]
    return message.framing == TELNET_SESSION.name or sum(byte not in _TEXT for byte in text) * 8 <= len(data)


def proof(message: Message) -> bool:
    """Options are negotiated, or a log-in is asked for or answered. Any text may come through port 23."""
    data = message.data
    negotiates = len(data) > 2 and data[0] == IAC and data[1] in (SB, *_NEGOTIATION) and data[2] in OPTIONS
    return negotiates or any(True for _ in _login(_parse(data)[2]))


def dissect(message: Message) -> Iterator[Row]:
    """Negotiation, prompts and outcomes of logins; nothing of what is typed or shown. As if nothing had been before."""
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """What reads the messages of one capture in their order."""
    before = Before(Typed)
    return lambda message: _read(message, before.of(message))


def _read(message: Message, typed: Typed) -> Iterator[Row]:
    if not message.data:
        raise Malformed("empty segment")
    said, commands, text = _parse(message.data)
    yield Session(encrypted=False)
    if said:
        yield _notice(Verb.SESSION, "Option negotiation", ", ".join(said), "telnet.cmd")
    yield from commands
    yield from _login(text)
    if message.connection:
        yield from typed.read(message, text, negotiates=len(said) > 1)


def _notice(verb: Verb, function: str, detail: str, shown_by: str) -> Operation:
    return Operation(verb=verb, function=function, kind=Kind.NOTICE, detail=detail, filter=shown_by)


def _parse(data: bytes) -> tuple[list[str], list[Row], bytes]:
    """What is negotiated, what else is commanded, and the text between."""
    negotiated: list[str] = []
    commands: list[Row] = []
    text = bytearray()
    at = 0
    while at < len(data):
        mark = data.find(IAC, at)
        if mark < 0 or mark + 1 >= len(data):
            text += data[at:]
            break
        text += data[at:mark]
        command = data[mark + 1]
        at = mark + 2
        if command == IAC:
            text.append(IAC)
        elif command in _NEGOTIATION and at < len(data):
            option = data[at]
            negotiated.append(f"{_NEGOTIATION[command]} {_option(option)}")
            if option in _PROTECTING:
                commands.append(Session(detail=_protecting(option, _NEGOTIATION[command])))
            at += 1
        elif command == SB and at < len(data):
            end = data.find(bytes((IAC, SE)), at)
            commands += _subnegotiation(data[at:] if end < 0 else data[at:end])
            at = len(data) if end < 0 else end + 2
        elif command in (0xF3, 0xF4):
            commands.append(_notice(Verb.SESSION, _COMMANDS[command], "", f"telnet.cmd == {command}"))
    return list(dict.fromkeys(negotiated)), commands, bytes(text)


def _protecting(option: int, name: str) -> Said:
    if option == _START_TLS:
        return said("START_TLS option: {name}", name=name)
    return said(
        "authentication option: {name}" if option == _AUTHENTICATION else "encryption option: {name}", name=name
    )


def _option(number: int) -> str:
    return OPTIONS.get(number, f"option {number}")


def _subnegotiation(body: bytes) -> Iterator[Row]:
    """Settings of a serial port are operations on what hangs on it; other sub-negotiations say nothing of interest."""
    if len(body) >= 2 and body[0] == _COM_PORT and body[1] % 100 in _SERIAL_SETTINGS:
        yield Operation(
            verb=Verb.CONFIGURE,
            function=_SERIAL_SETTINGS[body[1] % 100],
            kind=Kind.RESPONSE if body[1] >= 100 else Kind.NOTICE,
            code=str(body[1]),
            object="serial port",
            filter="telnet.subcmd == 44",
        )


def _login(text: bytes) -> Iterator[Row]:
    """Prompts by their kind, and how a login ended. A device that asks for a password here gets it in clear."""
    tail = text[-80:]
    if PASSWORD.search(tail):
        yield _notice(Verb.AUTHENTICATE, "Password prompt", "", "telnet.data")
        yield Session(credentials="user-password")
    elif LOGIN.search(tail):
        yield _notice(Verb.AUTHENTICATE, "Login prompt", "", "telnet.data")
        yield Session(credentials="prompt")
    if FAILED.search(text):
        yield _notice(Verb.AUTHENTICATE, "Login refused", "", "telnet.data")
    elif WELCOMED.search(text):
        yield Session(authenticated=True)


# --- framing and which bytes are meaning ----------------------------------------------------------------------------

_AGREES = (Byte(0, IAC), Byte(1, {SB, *_NEGOTIATION}), Byte(2, OPTIONS))
NEGOTIATION = Framing(
    name="telnet-negotiation",
    delimiter=Whole(),
    sync=(*_AGREES, Size(3)),
    ports={"tcp": (2323, 992, 4001, 7000)},
    confirmations=2,
    then=TELNET_SESSION.name,
)
TWICE = Framing(
    name="telnet-negotiation-twice",
    delimiter=Whole(),
    sync=(
        *NEGOTIATION.sync[:2],
        Byte(2, OPTIONS),
        Byte(3, IAC),
        Byte(4, {SB, *_NEGOTIATION}),
        Byte(5, OPTIONS),
        Size(6),
    ),
    ports={"tcp": ()},
    confirmations=1,
    then=TELNET_SESSION.name,
)
_LONGEST_BANNER = 512


def _prompt(name: str, words: bytes) -> Framing:
    """A segment of text that ends with a question for a login or password."""
    tail = tuple(
        Byte(place - len(words), {letter, letter ^ 0x20} if chr(letter).isalpha() else letter)
        for place, letter in enumerate(words)
    )
    return Framing(
        name,
        Whole(),
        (TELNET_TEXT, *tail, Size(len(words) + 1, _LONGEST_BANNER)),
        {"tcp": ()},
        1,
        then=TELNET_SESSION.name,
    )


PROMPTS = tuple(
    _prompt(f"telnet-{name}{'-blank' * len(blank)}", words + blank)
    for name, words in (("login", b"ogin:"), ("user", b"username:"), ("password", b"assword:"))
    for blank in (b"", b" ")
)

_NAME = "telnet"
_PROMPT_TAIL = (Range(-10),)
# As wide as an ideogram, in UTF-8 and in the encodings of China and Japan; a blank may follow.
_WIDE = (b"\xef\xbc\x9a", b"\xa3\xba", b"\xa1\x47", b"\x81\x46")
_WIDE_COLONS = tuple(colon + blank for colon in _WIDE for blank in (b"", b" "))
_LEADS = (b"", b"\r\n", b"\r\n\r\n")
_OUTCOMES = (b"Login incorrect", b"Last login", b"% Bad passwords", b"% Login invalid", b"Access denied")


def _outcome(lead: bytes, words: bytes) -> Case:
    """A segment that begins with the outcome of a login: the words are the key, not the host and time behind them."""
    start, end = len(lead), len(lead) + len(words)
    return Case(_NAME, magic(0, lead + words[:4]), (Range(start, end),), Role.NOTICE, keep=end)


CASES = (
    in_order(_NAME, (SentBy(client=False),), Role.NOTICE, keep=1500),
    in_order(_NAME, (SentBy(client=True), Byte(0, set(range(256)) - {IAC})), Role.NOTICE, keep=512),
    Case(_NAME, (Byte(0, IAC), Byte(1, {SB, *_NEGOTIATION, *_COMMANDS})), (Range(0, 64),), Role.NOTICE, keep=1500),
    Case(_NAME, (Byte(-1, b" "), Byte(-2, b":>?"), Size(6, 1500)), _PROMPT_TAIL, Role.NOTICE, keep=1500),
    Case(_NAME, (Byte(-1, b":?"), Size(6, 1500)), _PROMPT_TAIL, Role.NOTICE, keep=1500),
    *(Case(_NAME, (*magic(-len(c), c), Size(6, 1500)), _PROMPT_TAIL, Role.NOTICE, keep=1500) for c in _WIDE_COLONS),
    *(_outcome(lead, words) for lead in _LEADS for words in _OUTCOMES),
    Case(_NAME, (), (Range(0, 0),), Role.NOTICE, keep=4),
)

PROTOCOL = Protocol(
    name=_NAME,
    title="Telnet",
    framing=TELNET,
    cases=CASES,
    probe=probe,
    unread=("credentials",),
    proof=proof,
    dissect=dissect,
    reader=reader,
    beyond_key="options are negotiated in runs of any length; the key has their beginning",
    verbs=frozenset({Verb.SESSION, Verb.AUTHENTICATE, Verb.CONFIGURE}),
    specification="RFC 854, RFC 855, RFC 2217, RFC 2941, RFC 2946, IANA Telnet options",
    industrial=False,
    more_framings=(NEGOTIATION, TWICE, *PROMPTS, TELNET_SESSION),
)
