"""rsync without SSH or TLS: which modules of a server are read and written, and who proves who he is, on any port.

Nobody publishes the protocol but its program: written from the manual pages rsyncd.conf(5) and rsync(1), and what its
version 3 sends. Names of users and files, and answers to challenges, are in no row; the module is.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator

from scanner.framing.language import Byte, Case, Range, Role, SentBy, Size, magic
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import readable
from scanner.protocols.internet._logins import KEEP, opening, probe, segment, session

NAME = "rsync"
_GREETING = re.compile(rb"@RSYNCD: (\d{2})\.(\d{1,3})((?: [\w-]{2,16}){0,16})\s*\n")
_ERROR = re.compile(rb"@ERROR: ([^\n]{0,120})")
_MODULE = re.compile(rb"([\w.+-][\w .+-]{0,62})\n")
_ANSWER = re.compile(rb"[^\s@#]{1,64} [\w+/=-]{22,128}\n")  # a user and the digest of challenge and password
_MARK = b"@RSYNCD: "
_SENDS = b"\0--sender\0"
MOST_CONNECTIONS = 1024  # of which it is known that the server asked for a log-in


def proof(message: Message) -> bool:
    """A greeting with a version."""
    return bool(_GREETING.match(message.data))


def dissect(message: Message) -> Iterator[Row]:
    """What one segment says, as if nothing had been sent before it."""
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """Greetings, the module that is asked for, the log-in, and whether files are fetched or sent."""
    challenged: OrderedDict[int, None] = OrderedDict()

    def read(message: Message) -> Iterator[Row]:
        data = segment(message)
        if greeting := _GREETING.match(data):
            yield Operation(Verb.SESSION, "greeting", Kind.NOTICE, filter="rsync")
            yield Session(version=f"rsync {int(greeting[1])}.{int(greeting[2])}", encrypted=False)
            data = data[greeting.end() :]
        if data.startswith(_MARK + b"AUTHREQD "):
            challenged[message.connection] = None
            if len(challenged) > MOST_CONNECTIONS:
                challenged.popitem(last=False)
        elif data.startswith(_MARK + b"OK"):
            yield Operation(Verb.SESSION, "module", Kind.RESPONSE, filter="rsync")
            kind = "challenge" if message.connection in challenged else "none"
            if message.lost and kind == "none":
                yield Session(authenticated=True, unread=("credentials",))
            else:
                yield Session(credentials=kind, authenticated=True)
        elif error := _ERROR.match(data):
            refusal = "auth failed" if b"auth" in error[1] else "unknown module" if b"odule" in error[1] else "error"
            yield Operation(Verb.SESSION, "module", Kind.REFUSAL, refusal=refusal, filter="rsync")
        elif message.from_client is not False:
            yield from _request(data)

    return read


def _request(data: bytes) -> Iterator[Row]:
    options = data.removeprefix(b"--server")
    if options.startswith(b"\0-"):
        verb = Verb.FILE_READ if options.startswith(_SENDS) else Verb.FILE_WRITE
        yield Operation(verb, "fetch" if verb is Verb.FILE_READ else "send", Kind.UNCONFIRMED, filter="rsync")
    elif data in (b"#list\n", b"\n"):
        yield Operation(Verb.READ, "list of modules", Kind.UNCONFIRMED, filter="rsync")
    elif _ANSWER.fullmatch(data):
        yield Operation(Verb.AUTHENTICATE, "log-in", filter="rsync")
    elif found := _MODULE.fullmatch(data):
        yield Operation(Verb.SESSION, "module", object=readable(found[1], 64), filter="rsync")


_OF_CLIENT = SentBy(client=True)
_PRINTABLE = range(0x21, 0x7F)
MOST_LINES = 64  # different modules and log-ins of a conversation


def _cases() -> Iterator[Case]:
    yield Case(NAME, (*magic(0, _MARK), Byte(9, range(0x30, 0x3A))), (Range(0),), Role.NOTICE, keep=KEEP)
    for word, role in ((b"AUTHREQD", Role.NOTICE), (b"OK", Role.RESPONSE)):
        when = (*magic(0, _MARK), *magic(9, word))
        yield Case(NAME, when, (Range(0, 0),), role, keep=18, in_order=True)
    yield Case(NAME, magic(0, _MARK), (Range(0, 13),), Role.NOTICE, keep=16)
    yield Case(NAME, magic(0, b"@ERROR"), (Range(0),), Role.RESPONSE, keep=KEEP)
    for options in (b"--server\0-", b"\0-"):
        yield Case(NAME, (*magic(0, options), _OF_CLIENT), (Range(0, 20),), Role.NOTICE, keep=20)
    yield Case(NAME, (Byte(0, b"\n"), Size(1, 1), _OF_CLIENT), (Range(0),), Role.NOTICE, keep=4)
    line = (Byte(0, _PRINTABLE), Byte(-1, b"\n"), Size(2, 200), _OF_CLIENT)
    yield Case(NAME, line, (Range(0),), Role.REQUEST, keep=200, most=MOST_LINES)
    yield Case(NAME, (), (Range(0, 0),), Role.NOTICE, keep=4)


PROTOCOL = Protocol(
    name=NAME,
    title="rsync",
    framing=opening(NAME, *magic(0, _MARK), Byte(9, range(0x30, 0x3A)), Byte(11, b".")),
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    reader=reader,
    verbs=frozenset({Verb.SESSION, Verb.AUTHENTICATE, Verb.READ, Verb.FILE_READ, Verb.FILE_WRITE}),
    specification="not published; rsyncd.conf(5), rsync(1) and what version 3 of the program sends",
    industrial=False,
    more_framings=(session(NAME),),
    usual={"tcp": (873,)},
)
