"""ONC RPC over UDP and TCP, on any port: which of its services are used (NFS, mount, portmapper …), and as whom.

Written from RFC 5531 sections 9 to 11 (messages, record marking), 8.2 and 14 (flavours of authentication), RFC 2203 and
5403 (RPCSEC_GSS), RFC 1833 (portmapper), RFC 1094, 1813 and 8881 (NFS 2, 3 and 4.1). AUTH_SYS is what a client says
of itself: nobody proves it. Names of files, accounts and machines are in no row, nor what a COMPOUND of NFS 4 does.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import After, Byte, Case, Field, Framing, Length, Part, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed, once

NAME = "onc-rpc"
_PORTMAP, _NFS, _MOUNT = 100000, 100003, 100005
_PROGRAMS = {
    _PORTMAP: "portmapper",
    100001: "rstatd",
    100002: "rusersd",
    _NFS: "NFS",
    100004: "ypserv",
    _MOUNT: "mount",
    100007: "ypbind",
    100009: "yppasswdd",
    100011: "rquotad",
    100012: "sprayd",
    100017: "rexd",
    100021: "nlockmgr",
    100024: "status",
    100227: "nfs_acl",
    100300: "nisd",
}
_NFS_2 = {
    1: ("GETATTR", Verb.READ),
    2: ("SETATTR", Verb.CONFIGURE),
    4: ("LOOKUP", Verb.READ),
    5: ("READLINK", Verb.READ),
    6: ("READ", Verb.FILE_READ),
    8: ("WRITE", Verb.FILE_WRITE),
    9: ("CREATE", Verb.FILE_WRITE),
    10: ("REMOVE", Verb.FILE_DELETE),
    11: ("RENAME", Verb.FILE_WRITE),
    12: ("LINK", Verb.FILE_WRITE),
    13: ("SYMLINK", Verb.FILE_WRITE),
    14: ("MKDIR", Verb.FILE_WRITE),
    15: ("RMDIR", Verb.FILE_DELETE),
    16: ("READDIR", Verb.READ),
    17: ("STATFS", Verb.READ),
}
_NFS_3 = {
    1: ("GETATTR", Verb.READ),
    2: ("SETATTR", Verb.CONFIGURE),
    3: ("LOOKUP", Verb.READ),
    4: ("ACCESS", Verb.READ),
    5: ("READLINK", Verb.READ),
    6: ("READ", Verb.FILE_READ),
    7: ("WRITE", Verb.FILE_WRITE),
    8: ("CREATE", Verb.FILE_WRITE),
    9: ("MKDIR", Verb.FILE_WRITE),
    10: ("SYMLINK", Verb.FILE_WRITE),
    11: ("MKNOD", Verb.FILE_WRITE),
    12: ("REMOVE", Verb.FILE_DELETE),
    13: ("RMDIR", Verb.FILE_DELETE),
    14: ("RENAME", Verb.FILE_WRITE),
    15: ("LINK", Verb.FILE_WRITE),
    16: ("READDIR", Verb.READ),
    17: ("READDIRPLUS", Verb.READ),
    18: ("FSSTAT", Verb.READ),
    19: ("FSINFO", Verb.READ),
    20: ("PATHCONF", Verb.READ),
    21: ("COMMIT", Verb.FILE_WRITE),
}
_MOUNTING = {
    1: ("MNT", Verb.SESSION),
    2: ("DUMP", Verb.IDENTIFY),
    3: ("UMNT", Verb.SESSION),
    4: ("UMNTALL", Verb.SESSION),
    5: ("EXPORT", Verb.IDENTIFY),
}
_MAPPING = {
    1: ("SET", Verb.CONFIGURE),
    2: ("UNSET", Verb.CONFIGURE),
    3: ("GETPORT", Verb.IDENTIFY),
    4: ("DUMP", Verb.IDENTIFY),
    5: ("CALLIT", Verb.UNKNOWN),
}
_PROCEDURES = {
    (_NFS, 2): _NFS_2,
    (_NFS, 3): _NFS_3,
    (_NFS, 4): {1: ("COMPOUND", Verb.UNKNOWN)},
    **{(_MOUNT, version): _MOUNTING for version in (1, 2, 3)},
    **{(_PORTMAP, version): _MAPPING for version in (2, 3, 4)},
}
_FLAVOURS = {0: "none", 1: "user-id", 2: "user-id", 3: "challenge", 6: "ticket"}
_GSS = 6
_PRIVACY = 3
_CALL, _REPLY = 0, 1
_ACCEPTED = {
    1: "PROG_UNAVAIL",
    2: "PROG_MISMATCH",
    3: "PROC_UNAVAIL",
    4: "GARBAGE_ARGS",
    5: "SYSTEM_ERR",
}
_REJECTED = {0: "RPC_MISMATCH", 1: "AUTH_ERROR"}
_LEAST = 24  # bytes of a reply
MAX_FRAGMENT = 1 << 21  # bytes


def _sync(base: int) -> tuple[Byte, ...]:
    """Type of the message; of a call version 2 and a program below 131,072, of a reply its state and verifier."""
    zeros = (4, 5, 6, 8, 9, 10, 12)
    return (
        *(Byte(base + at, 0) for at in zeros),
        Byte(base + 7, (_CALL, _REPLY)),
        Byte(base + 11, (0, 1, 2)),
        Byte(base + 13, (0, 1)),
    )


def _call_of_none(base: int) -> tuple[Byte, ...]:
    """A call of another version than 2, as zeros would be."""
    return Byte(base + 7, _CALL), Byte(base + 11, (0, 1))


UDP = Framing(f"{NAME}-udp", Whole(), (*_sync(0), Size(_LEAST)), {"udp": (111, 2049)}, 1, unless=_call_of_none(0))
TCP = Framing(
    NAME,
    Length(
        at=0,
        width=4,
        add=4,
        mask=0x7FFFFFFF,
        minimum=4 + _LEAST,
        maximum=MAX_FRAGMENT,
    ),
    (Byte(0, (0, 0x80)), *_sync(4)),
    {"tcp": (111, 2049)},
    1,
    unless=_call_of_none(4),
)


@once
def _words(message: Message) -> list[int]:
    """The message behind its mark, in numbers of four bytes; Malformed when it is none of ONC RPC."""
    data = message.data
    if message.transport == "tcp":
        if len(data) < 4 or (int.from_bytes(data[:4], "big") & 0x7FFFFFFF) + 4 != message.length:
            raise Malformed("the lengths do not agree")
        data = data[4:]
    elif message.transport != "udp" or message.length % 4:
        raise Malformed("no message of ONC RPC")
    words = [int.from_bytes(data[at : at + 4], "big") for at in range(0, len(data) - 3, 4)]
    if len(words) < 6 or not (_is_call(words) if words[1] == _CALL else words[1] == _REPLY and _is_reply(words)):
        raise Malformed("no message of ONC RPC")
    return words


def _is_call(words: list[int]) -> bool:
    """Version 2 of RPC, a program that somebody may have, and credentials of a flavour that exists."""
    program = words[3]
    known = program in _PROGRAMS or 100000 <= program < 131072
    return (
        words[2] == 2 and known and 0 < words[4] < 16 and len(words) > 7 and words[6] in _FLAVOURS and words[7] <= 400
    )


def _is_reply(words: list[int]) -> bool:
    """Accepted with a verifier of a flavour that exists, or rejected for a reason."""
    if words[2] == 0:
        return words[3] in _FLAVOURS and words[4] <= 400
    return words[2] == 1 and words[3] in _REJECTED


def probe(message: Message) -> bool:
    """A call or a reply."""
    return is_well_formed(_words, message)


def proof(message: Message) -> bool:
    """A call."""
    return _words(message)[1] == _CALL


def dissect(message: Message) -> Iterator[Row]:
    """What is called, as whom, and whether the call was taken."""
    words = _words(message)
    if words[1] == _REPLY:
        yield _reply(words)
        return
    program, version, number, flavour = words[3:7]
    name = _PROGRAMS.get(program, f"program {program}")
    procedures = _PROCEDURES.get((program, version), {})
    function, verb = ("NULL", Verb.SESSION) if number == 0 else procedures.get(number, (str(number), Verb.UNKNOWN))
    yield Operation(
        verb, f"{name} {function}", code=f"{program}:{version}:{number}", filter=f"rpc.program == {program}"
    )
    yield Session(
        version=f"{name} {version}",
        credentials=_FLAVOURS[flavour] if number else "",
        encrypted=_is_private(words) if number else None,
    )


def _is_private(call: list[int]) -> bool | None:
    """Whether arguments and results are encrypted; None where the service of RPCSEC_GSS was not captured."""
    if call[6] != _GSS:
        return False
    return call[8] == 1 and call[11] == _PRIVACY if len(call) > 11 else None


def _reply(words: list[int]) -> Operation:
    if words[2] == 1:
        return Operation(Verb.UNKNOWN, "reply", Kind.REFUSAL, refusal=_REJECTED[words[3]], filter="rpc.replystat == 1")
    at = 5 + (words[4] + 3) // 4
    state = words[at] if at < len(words) else 0
    refusal = "" if not state else _ACCEPTED.get(state, f"accept state {state}")
    kind = Kind.REFUSAL if refusal else Kind.RESPONSE
    return Operation(Verb.UNKNOWN, "reply", kind, refusal=refusal, filter="rpc.replystat == 0")


def _cases() -> Iterator[Case]:
    for base, framed in ((4, (Byte(0, (0, 0x80)), Byte(8, 0))), (0, ())):
        number = (Range(base, base + 4),)
        called: tuple[Part, ...] = (Range(base + 4, base + 28),)
        gss = (Range(base + 32, base + 36), Range(base + 44, base + 48))
        state = After(Field(base + 16, 4, add=base + 20), 4)
        call, reply = Byte(base + 7, _CALL), Byte(base + 7, _REPLY)
        common = (*framed, *(Byte(base + at, 0) for at in (4, 5, 6, 8, 9, 10)))
        yield Case(NAME, (*common, call, Byte(base + 27, _GSS)), (*called, *gss), Role.REQUEST, number, keep=64)
        yield Case(NAME, (*common, call), called, Role.REQUEST, number, keep=64)
        yield Case(
            NAME, (*common, reply, Byte(base + 11, 0)), (Range(base + 4, base + 20), state), Role.RESPONSE, number
        )
        yield Case(NAME, (*common, reply), (Range(base + 4, base + 20),), Role.RESPONSE, number, keep=64)


PROTOCOL = Protocol(
    name=NAME,
    title="ONC RPC (NFS, mount, portmapper)",
    short="ONC RPC",
    framing=TCP,
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset(
        {verb for known in _PROCEDURES.values() for _, verb in known.values()} | {Verb.SESSION, Verb.UNKNOWN}
    ),
    specification="RFC 5531, RFC 2203, RFC 1833, RFC 1094, RFC 1813, RFC 8881",
    industrial=False,
    more_framings=(UDP,),
    display_filter="rpc",
)
