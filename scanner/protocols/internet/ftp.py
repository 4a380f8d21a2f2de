"""FTP control connections, on any TCP port, until they are upgraded to TLS.

Written from RFC 959 (commands in section 4.1, replies in 4.2), RFC 2228 (security extensions), RFC 2389 (FEAT),
RFC 2428 (EPSV), RFC 3659 (MLST and others), RFC 4217 (FTP over TLS) and RFC 7151 (HOST).

The arguments of ACCT, ADAT and SITE commands are never kept; of that of PASS only whether it is a known default. User
names are shown: they say whose account it is, and the anonymous ones are a finding of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address

from scanner.code_tables import code_table
from scanner.framing.language import Byte, Case, Framing, Line, Range, Role, magic
from scanner.protocols.base import (
    Identity,
    Kind,
    Malformed,
    Message,
    Operation,
    Protocol,
    Related,
    Row,
    Sender,
    Session,
    Verb,
)
from scanner.protocols.common.default_log_ins import of_password, passwords
from scanner.protocols.common.text import printable, readable, readable_path
from scanner.wording import said

COMMANDS = {
    Verb.AUTHENTICATE: "USER PASS ACCT ADAT",
    Verb.FILE_READ: "RETR",
    Verb.FILE_WRITE: "STOR STOU APPE MKD XMKD RNFR RNTO",
    Verb.FILE_DELETE: "DELE RMD XRMD RMDA",
    Verb.READ: "LIST NLST MLSD MLST STAT SIZE MDTM PWD XPWD AVBL THMB",
    Verb.IDENTIFY: "SYST FEAT HELP CLNT CSID",
    Verb.CONFIGURE: "SITE MFMT MFCT MFF",
    Verb.SESSION: (
        "AUTH PBSZ PROT CCC MIC CONF ENC CWD XCWD CDUP XCUP SMNT REIN QUIT PORT PASV EPRT EPSV LPRT LPSV TYPE STRU "
        "MODE ALLO REST ABOR NOOP OPTS LANG HOST"
    ),
}
_VERBS = {word: verb for verb, words in COMMANDS.items() for word in words.split()}
_WITH_PATH = frozenset(
    (
        "RETR",
        "STOR",
        "STOU",
        "APPE",
        "MKD",
        "XMKD",
        "RNFR",
        "RNTO",
        "DELE",
        "RMD",
        "XRMD",
        "RMDA",
        "LIST",
        "NLST",
        "MLSD",
        "SIZE",
        "MDTM",
        "CWD",
    )
)

REPLIES = code_table(__package__, "ftp_replies.tsv")
_REPLY = re.compile(rb"([1-5][0-5][0-9])([ -]|$)(.*)", re.DOTALL)
_COMMAND = re.compile(rb"([A-Za-z]{3,4})(?: +(.*))?", re.DOTALL)
# Mail and news servers greet and answer with numbers too: SMTP, enhanced status codes (RFC 3463), NNTP.
_NOT_FTP = re.compile(rb"(?i)\b(e?smtp|nntp)\b|^[245]\.\d{1,3}\.\d{1,3}\s")
_PRODUCT = re.compile(
    r"(?=[\w.-]*[A-Za-z])[\w.-]{2,30}(?: FTP)?(?: server)?[ /(]+(?:version )?v?\d+\.[\w.-]*\w", re.IGNORECASE
)
_OWN_REPLIES = {125, 150, 213, 215, 225, 226, 227, 228, 229, 230, 232, 234, 257, 331, 332, 350, 425, 426, 532}
_OWN_COMMANDS = {
    *("PASV", "PORT", "EPSV", "EPRT", "RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD", "MLST", "CWD", "XCWD"),
    *("PWD", "XPWD", "CDUP", "MKD", "XMKD", "RMD", "XRMD", "RNFR", "RNTO", "DELE", "SIZE", "MDTM", "SYST", "TYPE"),
    *("PBSZ", "PROT", "CCC", "REIN", "ALLO", "SITE", "STRU", "MODE", "MFMT"),
}
_NUMBERS = re.compile(",".join([r"(\d{1,3})"] * 6))
_PASSIVE = re.compile(r"(?:\d{1,3},){4}(\d{1,3}),(\d{1,3})")
_EXTENDED = re.compile(r"\((?P<mark>[!-~])(?P=mark)(?P=mark)(?P<port>\d{1,5})(?P=mark)\)")
_DATA = ("",)  # files: what is recognised in a data connection is no file
_ANONYMOUS = ("anonymous", "ftp", "guest")


# --- framing --------------------------------------------------------------------------------------------------------


_UPPER = frozenset(range(65, 91))
_PRINTABLE = frozenset(range(0x20, 0x7F)) | frozenset(range(0x80, 0x100)) | {9, 10, 13}

# Mail servers greet with the same code; their clients then say who they are.
_MAIL = (Byte(0, b"EHeh"), Byte(1, b"HEhe"), Byte(2, b"Ll"), Byte(3, b"Oo"))
# On its port every line of text is in step, also those between the first and the last line of a long reply.
FRAMING = Framing(
    name="ftp",
    delimiter=Line(1024),
    sync=tuple(Byte(at, _PRINTABLE) for at in range(3)),
    ports={"tcp": (21,)},
    confirmations=1,
    anywhere=False,
    unless=_MAIL,
)
# Elsewhere a line begins with a command in capitals, a reply code, or a blank and a word in capitals; not with HELP,
# HOST or THMB, so that who greets a mail server (EHLO, HELO) is out of step.
ELSEWHERE = Framing(
    name="ftp-elsewhere",
    delimiter=Line(1024),
    sync=(
        Byte(0, ({ord(word[0]) for word in _VERBS} - {ord("H")}) | set(b"12345 ")),
        Byte(1, ({ord(word[1]) for word in _VERBS} - {ord("H")}) | set(b"0123456789 ")),
        Byte(2, _UPPER | set(b"0123456789 -\r\n")),
        Byte(3, (_UPPER - {ord("K")}) | set(b"0123456789 -\r\n")),
    ),
    ports={"tcp": (2121,)},
    confirmations=3,
    unless=_MAIL,
)


def probe(message: Message) -> bool:
    """A command or a reply code of FTP."""
    if message.transport != "tcp":
        return False
    line = message.data.rstrip(b"\r\n")
    if reply := _REPLY.fullmatch(line):
        return int(reply[1]) in REPLIES and not _NOT_FTP.search(reply[3])
    command = _COMMAND.fullmatch(line)
    return command is not None and command[1].decode().upper() in _VERBS


def proof(message: Message) -> bool:
    """A command or reply that only file transfer has; greetings, help and farewells are those of mail, too."""
    line = message.data.rstrip(b"\r\n")
    if reply := _REPLY.fullmatch(line):
        return int(reply[1]) in _OWN_REPLIES or (int(reply[1]) == 220 and b"ftp" in reply[3].lower())
    command = _COMMAND.fullmatch(line)
    return command is not None and command[1].decode().upper() in _OWN_COMMANDS


def dissect(message: Message) -> Iterator[Row]:
    """A command as an operation, a reply as its outcome; logins and upgrades as session facts."""
    line = message.data.rstrip(b"\r\n")
    if reply := _REPLY.fullmatch(line):
        yield from _reply(int(reply[1]), reply[2], reply[3])
    elif command := _COMMAND.fullmatch(line):
        yield from _command(command[1].decode().upper(), command[2] or b"", message)
    else:
        raise Malformed("neither a command nor a reply")


def _command(word: str, argument: bytes, message: Message) -> Iterator[Row]:
    if word not in _VERBS:
        raise Malformed("unknown command {command}", command=word)
    yield Operation(
        verb=_VERBS[word],
        function=word,
        object=_object(word, argument),
        detail=of_password(argument) if word == "PASS" else "",
        filter=f'ftp.request.command == "{word}"',
    )
    yield Session(encrypted=False)
    port = _offered(word, argument.decode("latin-1"), message.source)
    if port:
        yield Related("tcp", port, Sender.RECEIVER, _DATA)
    if word in ("PASV", "EPSV", "LPSV"):
        yield Related("tcp", 0, Sender.SENDER, _DATA, answer_names=True)
    if word == "USER":
        anonymous = argument.strip().lower().decode("latin-1") in _ANONYMOUS
        yield Session(
            credentials="anonymous" if anonymous else "user-password",
            detail=said("anonymous user") if anonymous else "",
        )


def _object(word: str, argument: bytes) -> str:
    """What the command is about, if that can be shown."""
    if word in _WITH_PATH:
        return readable_path(argument)
    if word in ("USER", "AUTH", "PROT", "HOST"):
        return readable(argument, 60)
    if word == "SITE":
        return readable(argument.split(b" ")[0], 20).upper()
    return ""


def _reply(code: int, continued: bytes, text: bytes) -> Iterator[Row]:
    """``continued`` is the character behind the code: "-" when more lines follow."""
    if code not in REPLIES:
        raise Malformed("unknown reply code {code}", code=code)
    preliminary = code < 200 or continued == b"-" or code == 220
    if not preliminary:
        yield Operation(
            verb=Verb.UNKNOWN,
            function="reply",
            kind=Kind.REFUSAL if code >= 400 else Kind.RESPONSE,
            code=str(code),
            refusal=f"{code} {REPLIES[code]}" if code >= 400 else "",
            filter="ftp.response",  # tshark shows the code of a segment's first reply only
        )
    if code in (227, 229) and (port := _listening(code, text.decode("latin-1"))):
        yield Related("tcp", port, Sender.RECEIVER, _DATA)
    if code in (230, 232):
        yield Session(authenticated=True)
    elif code == 530:
        yield Session(authenticated=False)
    elif code in (234, 334):
        yield Session(detail=said("upgraded by {name}", name="AUTH"))
    elif code == 220:
        yield from _greeting(printable(text), last=continued != b"-")
    elif code == 215 and printable(text):
        yield Identity("os", readable(text.split(b" Type:")[0], 40))


def _offered(word: str, argument: str, own: str) -> int:
    """The port to which the server is to open a data connection; 0 when none is named, or one of another host (a
    bounce, RFC 2577 section 3) or below 1024.
    """
    if word == "PORT" and (found := _NUMBERS.fullmatch(argument.strip())):
        *address, high, low = map(int, found.groups())
        host, port = ".".join(map(str, address)), 256 * high + low
    elif word == "EPRT" and len(argument) > 4 and len(parts := argument.strip().split(argument[0])) == 5:
        host, port = parts[2], int(parts[3]) if parts[3].isdecimal() and len(parts[3]) < 6 else 0
    else:
        return 0
    return port if _same_host(host, own) and 1024 <= port <= 0xFFFF else 0


def _same_host(one: str, other: str) -> bool:
    try:
        return ip_address(one) == ip_address(other)
    except ValueError:
        return False


def _listening(code: int, text: str) -> int:
    """The port at which the server listens for a data connection. Which address it names does not matter: behind NAT it
    is another than that of the control connection, to which clients connect all the same.
    """
    found = _PASSIVE.search(text) if code == 227 else _EXTENDED.search(text)
    if not found:
        return 0
    port = 256 * int(found[1]) + int(found[2]) if code == 227 else int(found["port"])
    return port if port <= 0xFFFF else 0


def _greeting(text: str, *, last: bool) -> Iterator[Row]:
    """The program's name and version; a greeting that holds none is told as it is."""
    product = _PRODUCT.search(text)
    if product:
        yield Identity("software", product[0].replace("(", ""))
    elif text and last:
        yield Session(detail=said("greeting: {words}", words=text[:80]))


# --- which bytes are meaning ----------------------------------------------------------------------------------------
# A command is its line where that is a name or a path; of passwords and addresses only the word is kept. A reply is its
# code, the greeting and the system type are whole.

_NAME = "ftp"
_WORD = (Range(0, 4),)


def _starts(word: str) -> tuple[Byte, ...]:
    """Tests for a word in either case."""
    return tuple(Byte(i, (ord(c), ord(c.lower()))) for i, c in enumerate(word))


def _lines(words: Iterable[str], *, whole: bool) -> Iterator[Case]:
    for word in words:
        yield Case(
            _NAME,
            (*_starts(word), Byte(len(word), b" \r\n")),
            (Range(0),) if whole else _WORD,
            Role.REQUEST,
            keep=512 if whole else 4,
        )


def _passwords() -> Iterator[Case]:
    """Those that are known defaults; of others nothing is kept."""
    for password in sorted(passwords()):
        line = b" " + password
        when = (*_starts("PASS"), *magic(4, line), Byte(4 + len(line), b"\r\n"))
        yield Case(_NAME, when, (Range(0, 4 + len(line)),), Role.REQUEST, keep=5 + len(line))


_NUMBER = (Byte(0, b"12345"), Byte(1, b"012345"), Byte(2, b"0123456789"))
_SHOWN = sorted({*_WITH_PATH, "USER", "AUTH", "PROT", "HOST", "SITE", "PORT", "EPRT"})
_LETTERS = frozenset(range(65, 91)) | frozenset(range(97, 123))

CASES = (
    Case(_NAME, (*magic(0, b"220"), Byte(3, b" -")), (Range(0),), Role.NOTICE, keep=512),
    Case(_NAME, (*magic(0, b"215"), Byte(3, b" ")), (Range(0),), Role.RESPONSE, keep=512),
    Case(_NAME, (*magic(0, b"22"), Byte(2, b"79"), Byte(3, b" ")), (Range(0),), Role.RESPONSE, keep=128),
    Case(_NAME, (*_NUMBER, Byte(3, b"-")), _WORD, Role.NOTICE, keep=64),
    Case(_NAME, (Byte(0, b"1"), *_NUMBER[1:], Byte(3, b" \r\n")), _WORD, Role.NOTICE, keep=64),
    Case(_NAME, (*_NUMBER, Byte(3, b" \r\n")), _WORD, Role.RESPONSE, keep=64),
    *_lines(_SHOWN, whole=True),
    *_passwords(),
    *_lines(sorted(_VERBS.keys() - set(_SHOWN)), whole=False),
    # Lines of mail and news protocols, so that ``probe`` can say that this is not FTP.
    Case(_NAME, magic(0, b"+OK"), _WORD, Role.NOTICE, keep=16),
    Case(_NAME, magic(0, b"-ERR"), _WORD, Role.NOTICE, keep=16),
    Case(_NAME, tuple(Byte(i, _LETTERS) for i in range(3)), _WORD, Role.NOTICE, keep=16),
)

PROTOCOL = Protocol(
    name=_NAME,
    title="FTP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({*COMMANDS, Verb.UNKNOWN}),
    specification="RFC 959 sections 4.1 and 4.2, RFC 2228, RFC 2389, RFC 2428, RFC 3659, RFC 4217, RFC 7151",
    industrial=False,
    more_framings=(ELSEWHERE,),
)
