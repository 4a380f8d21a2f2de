"""SSH: identification strings and the algorithms offered before encryption begins, on any TCP port.

Written from RFC 4253 (sections 4.2 identification, 6.6 keys, 7.1 key exchange init, 8 reply), RFC 4419 (groups), RFC
5656 (elliptic curves), RFC 8709 (Ed25519, Ed448), OpenSSH's PROTOCOL.certkeys, and RFC 9142 and 8732 (algorithms to
avoid). The server's key is read from the reply that ends the key exchange, which is the last before encryption.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Field, Framing, Length, Line, Range, Role, Whole, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Offers, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.reader import Reader
from scanner.protocols.common.text import printable
from scanner.wording import said

FRAMING = Framing(name="ssh", delimiter=Line(255), sync=magic(0, b"SSH-"), ports={"tcp": (22,)}, confirmations=1)
# What follows the identification: packets with a 4-byte length, of which the first on each side is KEXINIT (20).
KEY_EXCHANGE = Framing(
    name="ssh-kexinit",
    delimiter=Length(at=0, width=4, add=4, minimum=32, maximum=35000),
    sync=(Byte(0, 0), Byte(1, 0), Byte(4, range(4, 64)), Byte(5, 20)),
    ports={"tcp": ()},
    confirmations=1,
    then="ssh-session",
)
# Behind the first KEXINIT: the other side's, then what is encrypted, of which nothing is looked at.
SESSION = Framing("ssh-session", Whole(), ports={"tcp": ()}, confirmations=1, anywhere=False, sealed=True)

_BANNER = re.compile(rb"SSH-(\d\.\d+)-([\x21-\x7e]*)(?: ([\x20-\x7e]*))?\r?\n?")
_SYSTEMS = ("Ubuntu", "Debian", "FreeBSD", "Raspbian", "Windows")
_LISTS = ("kex", "host key", "cipher", "cipher", "mac", "mac")
# RFC 9142 section 3 and 4 (SHOULD NOT, MUST NOT; RFC 8732 section 5 has those of GSS-API), keys of DSA and those signed
# with SHA-1 in certificates, too (RFC 6187), and ciphers and MACs that RFC 8758 and later practice retire.
WEAK = re.compile(
    r"(diffie-hellman|gss)-(group1|group14|group-exchange|gex)-sha1([-@].*)?|rsa1024-sha1"
    r"|(x509v3-)?ssh-(dss|rsa)(-cert-v\d+@openssh\.com)?|(x509v3|pgp|spki)-sign-dss|x509v3-sign-rsa-sha1"
    r"|3?des(-.*)?(@.*)?|.*-cbc(@.*)?|arcfour.*|none|hmac-md5.*|hmac-.*-96([-@].*)?|hmac-ripemd160.*"
)


def probe(message: Message) -> bool:
    """An identification string, or a KEXINIT whose name-lists fill it."""
    data = message.data
    if message.transport != "tcp":
        return False
    if data.startswith(b"SSH-"):
        return _BANNER.fullmatch(data) is not None
    return message.framing == SESSION.name or (_is_key_exchange(data) and len(_name_lists(data)) > 0)


def _is_key_exchange(data: bytes) -> bool:
    return len(data) > 26 and not any(data[:2]) and data[5] == 20


def dissect(message: Message) -> Iterator[Row]:
    """Version and program from the identification; weak algorithms of the server from its KEXINIT."""
    data = message.data
    if data.startswith(b"SSH-"):
        yield from _identification(data, of_server=message.from_client is False)
        return
    if _is_reply(data):
        yield from _host_key(data)
        return
    lists = _name_lists(data) if _is_key_exchange(data) else []
    if message.framing == SESSION.name and not lists:  # encrypted, or of a list of which only a part is here
        return
    if not lists:
        raise Malformed("key exchange init cut short")
    yield _notice("Key exchange init", "20")
    weak = [name for kind, names in zip(_LISTS, lists, strict=False) for name in names if kind and WEAK.fullmatch(name)]
    if weak and not message.from_client:
        yield Session(detail=said("server offers weak algorithms: {names}", names=", ".join(dict.fromkeys(weak))))
    offers = tuple(map(tuple, lists)) if len(lists) == len(_LISTS) else ()
    said_so = ("detail",)  # whoever asks is answered by all that the server offers
    yield Session(
        encrypted=True,
        offers=offers,
        unread=said_so if message.from_client else (),
        read=said_so if offers and not message.from_client else (),
    )


_SIGNS = re.compile(r"ext-info-.*|kex-strict-.*")  # what is said in the list of key exchanges and is none
_OWN_INTEGRITY = re.compile(r"chacha20-poly1305@.*|aes\d+-gcm@.*|AEAD_.*")  # ciphers that need no MAC


def agree(client: Offers, server: Offers) -> Iterator[Session]:
    """The first of the client's that the server has as well, of each list (RFC 4253, section 7.1). A right guess is the
    first of both; what one end has nothing of ends the connection.
    """
    chosen = [
        next((name for name in ours if name in set(theirs) and not _SIGNS.fullmatch(name)), "")
        for ours, theirs in zip(client, server, strict=True)
    ]
    if not all(chosen[:4]):
        return
    kex, key, *rest = chosen
    ciphers, macs = rest[:2], rest[2:]
    used = [mac for cipher, mac in zip(ciphers, macs, strict=True) if not _OWN_INTEGRITY.fullmatch(cipher)]
    names = list(dict.fromkeys((kex, key, *ciphers, *filter(None, used))))
    for name in names:
        yield Session(cipher=name)
    if weak := [name for name in names if WEAK.fullmatch(name)]:
        yield Session(detail=said("both ends agreed on weak algorithms: {names}", names=", ".join(weak)))


_REPLIES = (31, 33)  # of Diffie-Hellman with fixed groups and curves, and with groups that are asked for
_MOST_KEY = 1 << 14  # bytes of a host key
_KEYS = {b"ssh-rsa": "RSA", b"ssh-dss": "DSA", b"ssh-ed25519": "Ed25519", b"ssh-ed448": "Ed448"}
_OF_CURVES = {"Ed25519": 256, "Ed448": 448}
_EC = re.compile(rb"ecdsa-sha2-nistp(256|384|521)")
_CERTIFICATE = b"-cert-v01@openssh.com"


def _is_reply(data: bytes) -> bool:
    return len(data) > 18 and not any(data[:2]) and data[5] in _REPLIES and 15 <= int.from_bytes(data[6:10]) < _MOST_KEY


def _host_key(data: bytes) -> Iterator[Row]:
    """Kind and size of the key, as far as it was captured; nothing where the words are none of a key's."""
    read = Reader(data[10 : 10 + int.from_bytes(data[6:10])])
    try:
        kind = read.take(read.number(4))
        if kind.endswith(_CERTIFICATE):
            kind = kind.removesuffix(_CERTIFICATE)
            read.take(read.number(4))  # nonce
        if found := _EC.fullmatch(kind):
            yield Session(host_key="EC", host_key_bits=int(found[1]))
        elif name := _KEYS.get(kind, ""):
            bits = _OF_CURVES.get(name) or _first_number(read, second=name == "RSA")
            yield Session(host_key=name, host_key_bits=bits)
    except Malformed:
        return


def _first_number(read: Reader, *, second: bool) -> int:
    """Bits of the prime of DSA, which comes first; of the modulus of RSA, which follows the exponent."""
    if second:
        read.take(read.number(4))
    return int.from_bytes(read.take(read.number(4)), "big").bit_length()


def _notice(function: str, code: str = "") -> Operation:
    return Operation(verb=Verb.SESSION, function=function, kind=Kind.NOTICE, code=code, filter="ssh")


def _identification(data: bytes, *, of_server: bool) -> Iterator[Row]:
    """The server's may stand behind lines of greeting (section 4.2) or be missing: without it the version is not known,
    whatever the client's says.
    """
    banner = _BANNER.fullmatch(data)
    if banner is None:
        raise Malformed("identification string")
    version, program, comment = (printable(part or b"") for part in banner.groups())
    yield _notice("Identification")
    versions = ("versions",)
    yield Session(version=f"SSH {version}", unread=() if of_server else versions, read=versions if of_server else ())
    if program:
        yield Identity("software", program)
    for system in _SYSTEMS:
        if system.lower() in f"{program} {comment}".lower():
            yield Identity("os", system)


def _name_lists(data: bytes) -> list[list[str]]:
    """The first six name-lists behind the 16 bytes of cookie, as far as they are whole; none when they are not text."""
    lists: list[list[str]] = []
    at = 22
    while len(lists) < len(_LISTS) and at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        names = data[at + 4 : at + 4 + size]
        if len(names) < size or not all(0x21 <= byte <= 0x7E for byte in names):
            break
        lists.append(names.decode("ascii").split(","))
        at += 4 + size
    return lists if lists and all(lists[0]) else []


_NAME = "ssh"
_KEXINIT = (Byte(0, 0), Byte(1, 0), Byte(5, 20))
_REPLY = (Byte(0, 0), Byte(1, 0), Byte(5, _REPLIES), Byte(6, 0), Byte(7, 0), Byte(8, range(_MOST_KEY >> 8)))
MOST_KEYS = 16  # of a conversation
PROTOCOL = Protocol(
    name=_NAME,
    title="SSH",
    framing=FRAMING,
    cases=(
        Case(_NAME, magic(0, b"SSH-"), (Range(0),), Role.NOTICE, keep=255),
        # The 16 random bytes of the cookie are no meaning, and neither is the padding (RFC 4253 section 6).
        *(
            Case(_NAME, (*_KEXINIT, Byte(4, size)), (Range(22, Field(0, 4, add=4 - size)),), Role.NOTICE, keep=4096)
            for size in range(4, 64)
        ),
        # The server's reply: its key and nothing that is new each time.
        Case(_NAME, _REPLY, (Range(6, Field(6, 4, add=10)),), Role.NOTICE, keep=4096, most=MOST_KEYS),
        Case(_NAME, (), (Range(0, 0),), Role.NOTICE, keep=8),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="RFC 4253 (4.2, 6.6, 7.1, 8), RFC 4419, RFC 5656, RFC 6187, RFC 8709, RFC 8732, RFC 8758, RFC 9142",
    industrial=False,
    secured=True,
    agree=agree,
    more_framings=(KEY_EXCHANGE, SESSION),
)
