"""Commands to a host of the cell that nobody lists: behind words of other protocols a few bytes at a time, behind polls
of relays and noise, amid datagrams of others; and those words alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from tests.adversarial.decoy_forms import DECOYS
from tests.adversarial.industrial_forms import Talk, said_in
from tests.adversarial.modbus_forms import READ, SET, VALUES, adu
from tests.adversarial.staging import Case, calm, not_calm
from tests.adversarial.talk import (
    ANSWERS,
    ASKS,
    CELL_STRANGER,
    NOWHERE_LISTED,
    STOP,
    WRITE,
    Said,
    datagrams,
    formed,
    stream,
)
from tests.twins import in_pieces, requests_only

WORDS: Mapping[str, Said] = {
    **{name: DECOYS[name] for name in ("smtp", "pop3", "imap", "ftp", "telnet", "vnc", "xmpp", "syslog")},
    "redis": [(ASKS, b"*1\r\n$4\r\nPING\r\n"), (ANSWERS, b"+PONG\r\n")],
    "nats": [
        (ANSWERS, b'INFO {"server_id":"x","version":"2.9.0","max_payload":1048576}\r\n'),
        (ASKS, b"PING\r\n"),
        (ANSWERS, b"PONG\r\n"),
    ],
    "stomp": [
        (ASKS, b"CONNECT\naccept-version:1.2\nhost:x\n\n\0"),
        (ANSWERS, b"CONNECTED\nversion:1.2\n\n\0"),
    ],
    "irc": [(ASKS, b"NICK a\r\nUSER a 0 * :a\r\n"), (ANSWERS, b":s 001 a :hi\r\n")],
    "memcached": [(ASKS, b"version\r\n"), (ANSWERS, b"VERSION 1.6\r\n")],
}
READ_AS_SUCH = ("pop3", "imap", "ftp", "telnet", "xmpp", "nats", "stomp", "irc")
IEC_104 = Talk("iec104/port_12404", "10.20.0.50", "10.20.0.51", "operate")
S7 = Talk("s7comm/snap7", "10.20.0.40", "10.20.0.32", "stop")
NOISE = bytes((n * 73 + 11) & 0xFF for n in range(64))
POLLS = {"definitions": b"\xa5\xc0", "meters": b"\xa5\xd1", "a status": b"\xa5\x46\x12\0\0\0\0\0\x80\1\0\0\0\xff\xff"}
to_nobody = partial(stream, CELL_STRANGER, NOWHERE_LISTED)
in_datagrams = partial(datagrams, CELL_STRANGER, NOWHERE_LISTED)


def behind_words() -> list[Case]:
    """In segments of a few bytes."""
    commands = {
        "IEC 104": (said_in(IEC_104), WRITE),
        "S7comm": (said_in(S7), STOP),
        "Modbus": ([(ASKS, adu(READ)), (ANSWERS, adu(VALUES)), (ASKS, adu(SET, 2)), (ANSWERS, adu(SET, 2))], WRITE),
    }
    found = []
    for turn, (of, words) in enumerate(WORDS.items()):
        for number, (name, (said, rule)) in enumerate(commands.items()):
            size = (1, 2, 3, 5, 7)[(turn + number) % 5]
            recording = formed(in_pieces(size), to_nobody(7070, [*words, *said]))
            found.append(not_calm(f"{name} behind words of {of}, {size} bytes at a time", recording, rule))
        if of in READ_AS_SUCH:
            alone = formed(in_pieces(2), to_nobody(7070, [*words, *list(words)[-1:]]))
            found.append(calm(f"words of {of} alone, 2 bytes at a time", alone, WRITE, STOP))
    return found


def glued() -> list[Case]:
    """What is no message, and one behind it in the same segment."""
    written = [(ASKS, adu(SET)), (ANSWERS, adu(SET))]
    return [
        *(
            not_calm(
                f"a write behind {name} that is asked of a relay",
                to_nobody(7071, [(ASKS, poll + written[0][1]), written[1]]),
                WRITE,
            )
            for name, poll in POLLS.items()
        ),
        *(
            not_calm(
                f"writes behind {size} bytes of noise",
                to_nobody(7072, [(who, NOISE[:size] * who + data) for who, data in written * 6]),
                WRITE,
            )
            for size in (1, 3, 6)
        ),
    ]


def amid_datagrams() -> list[Case]:
    """One command by UDP, unanswered, and datagrams of others to the same port."""
    stop = b"\x80\0\2\0\x0b\0\0\x42\0\x09\x04\2"
    others = {
        "NTP": b"\xe3\0\6\xec" + bytes(44),
        "PFCP": b"\x20\1\0\x0d\0\0\1\0\0\x3c\0\5\0\x0a\x14\x0a\x15",
        "DNS": b"\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\5plant\0\0\1\0\1",
        "SIP": b"OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nCSeq: 1 OPTIONS\r\n\r\n",
        "SNMP": bytes.fromhex("302602010104067075626c6963a019020101020100020100300e300c06082b060102010105000500"),
        "CoAP": b"\x40\1\0\1\xb3abc",
    }
    found = []
    for name, data in others.items():
        for count in (1, 4):
            said = [(ASKS, stop), *[(ASKS, data)] * count]
            found += [
                not_calm(
                    f"a stop by FINS and {count} of {name} behind it",
                    formed(requests_only, in_datagrams(7073, said)),
                    STOP,
                ),
                not_calm(f"a stop by FINS behind {count} of {name}", in_datagrams(7073, [*said[1:], said[0]]), STOP),
            ]
    found.append(calm("questions for names alone", in_datagrams(7073, [(ASKS, others["DNS"])] * 4), STOP, WRITE))
    return found


def cases() -> list[Case]:
    """All."""
    return [*behind_words(), *glued(), *amid_datagrams()]
