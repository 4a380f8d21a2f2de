"""Commands behind the first words of another protocol, whose sessions take anything for their own."""

from __future__ import annotations

from collections.abc import Mapping

from tests.adversarial.industrial_forms import Talk, said_in
from tests.adversarial.modbus_forms import READ, SET, VALUES, adu, rtu
from tests.adversarial.modbus_forms import text as spelled
from tests.adversarial.service_forms import question
from tests.adversarial.staging import Case, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CAPTURES,
    NOWHERE_LISTED,
    PLC_2,
    STOP,
    STRANGER,
    UNKNOWN,
    WRITE,
    Said,
    addresses,
    datagrams,
    formed,
    stream,
)
from tests.carriers import packet
from tests.twins import cut_short, is_ip, records

OF_JABBER = b"xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
FILES = "files-changed-unauthorised"
DECOYS: Mapping[str, Said] = {
    "irc": [(1, b"NICK joe\r\nUSER joe 0 * :Joe\r\n"), (0, b":irc.example 001 joe :Welcome\r\n")],
    "rsync": [(0, b"@RSYNCD: 31.0\n"), (1, b"@RSYNCD: 31.0\n"), (1, b"module\n"), (0, b"@RSYNCD: OK\n")],
    "x11": [(1, b"l\0\x0b\0\0\0\0\0\0\0\0\0"), (0, b"\1\0\x0b\0\0\0\2\0" + bytes(8))],
    "rlogin": [(1, b"\0"), (1, b"joe\0joe\0vt100/9600\0"), (0, b"\0")],
    "stomp": [(1, b"CONNECT\naccept-version:1.2\nhost:x\n\n\0"), (0, b"CONNECTED\nversion:1.2\n\n\0")],
    "nats": [
        (0, b'INFO {"server_id":"X","version":"2.9","proto":1}\r\n'),
        (1, b'CONNECT {"verbose":false}\r\nPING\r\n'),
        (0, b"PONG\r\n"),
    ],
    "redis": [(1, b"*1\r\n$4\r\nPING\r\n"), (0, b"+PONG\r\n")],
    "smtp": [(0, b"220 mail.example ESMTP\r\n"), (1, b"EHLO x\r\n"), (0, b"250 ok\r\n")],
    "pop3": [(0, b"+OK POP3 ready\r\n"), (1, b"CAPA\r\n"), (0, b"+OK\r\n.\r\n")],
    "imap": [(0, b"* OK IMAP4rev1 ready\r\n"), (1, b"a1 CAPABILITY\r\n"), (0, b"* CAPABILITY IMAP4rev1\r\na1 OK\r\n")],
    "ftp": [(0, b"220 ready\r\n"), (1, b"USER joe\r\n"), (0, b"331 pass\r\n")],
    "telnet": [(0, b"\xff\xfd\x18\xff\xfd\x20"), (1, b"\xff\xfb\x18\xff\xfc\x20"), (0, b"login: ")],
    "ssh": [(0, b"SSH-2.0-OpenSSH_9\r\n"), (1, b"SSH-2.0-OpenSSH_9\r\n")],
    "vnc": [(0, b"RFB 003.008\n"), (1, b"RFB 003.008\n"), (0, b"\1\1"), (1, b"\1"), (0, bytes(4))],
    "http": [(1, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), (0, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")],
    "rtsp": [(1, b"OPTIONS rtsp://x/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"), (0, b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")],
    "xmpp": [
        (1, b"<?xml version='1.0'?><stream:stream to='x' " + OF_JABBER),
        (0, b"<?xml version='1.0'?><stream:stream from='x' id='1' " + OF_JABBER),
    ],
    "mysql": [
        (
            0,
            b"\x4a\0\0\0\x0a8.0.30\0"
            + bytes(4)
            + b"abcdefgh\0\xff\xf7\x08\2\0\xff\xc1\x15"
            + bytes(10)
            + b"abcdefghijkl\0mysql_native_password\0",
        )
    ],
    "postgres": [(1, b"\0\0\0\x21\0\3\0\0user\0joe\0database\0x\0app\0y\0\0"), (0, b"R\0\0\0\x08\0\0\0\0Z\0\0\0\5I")],
    "syslog": [(1, b"<13>1 2024-01-01T00:00:00Z h a - - - x\n")],
    "tls": [(1, b"\x16\3\1\0\x2e\1\0\0\x2a\3\3" + bytes(range(32)) + b"\0\0\2\x13\1\1\0\0\0")],
}

COMMANDS: Mapping[str, tuple[Said, tuple[str, ...]]] = {
    "MELSEC in text": (said_in(Talk("slmp/client_3e_ascii", "10.20.0.110", "10.20.0.111", "stop")), (STOP, WRITE)),
    "an older MELSEC in text": (said_in(Talk("slmp/1e_ascii", "10.20.0.110", "10.20.0.111", "stop")), (STOP, WRITE)),
    "Modbus in text": ([(1, spelled(SET)), (0, spelled(SET))] * 3, (WRITE,)),
    "Modbus of a serial line": ([(1, rtu(SET)), (0, rtu(SET))] * 3, (WRITE,)),
    "IEC 104": (said_in(Talk("iec104/port_12404", "10.20.0.50", "10.20.0.51", "operate")), (WRITE,)),
    "SRTP": (said_in(Talk("ge_srtp/tcp", "10.20.0.90", "10.20.0.91", "stop")), (STOP,)),
    "HART-IP": (said_in(Talk("hart_ip/tcp", "10.20.0.100", "10.20.0.101", "write")), (WRITE,)),
}
HEXADECIMAL = b"".join(b"%08X  00 11 22 33 44 55 66 77\r\n" % (n * 16) for n in range(8))
SUMS = b"".join(b"%064x  file%d.bin\n" % (n * 7919**15, n) for n in range(9))


def behind() -> list[Case]:
    """Each first word before each command."""
    found = []
    for turn, (decoy, words) in enumerate(DECOYS.items()):
        for number, (name, (said, rules)) in enumerate(COMMANDS.items()):
            port = (9999, 25)[(turn + number) % 2]
            recording = stream(STRANGER, PLC_2, port, [*words, *said])
            found.append(not_calm(f"{name} behind words of {decoy} on {port}", recording, *rules))
            if port == 25:  # another that greets, for which the words wait
                turned = stream(STRANGER, PLC_2, (110, 143, 21)[number % 3], [*words, *said])
                found.append(not_calm(f"{name} behind words of {decoy} on a port that greets", turned, *rules))
    return found


def cut_behind() -> list[Case]:
    """The same, of which only the beginnings of frames were captured."""
    found = []
    for turn, (decoy, words) in enumerate(DECOYS.items()):
        for number, (name, (said, rules)) in enumerate(COMMANDS.items()):
            size = (60, 64, 70, 96)[(turn + number) % 4]
            if (turn + number) % 3 == 0:
                recording = formed(cut_short(size), stream(STRANGER, PLC_2, (9999, 25)[number % 2], [*words, *said]))
                found.append(not_calm(f"{name} behind words of {decoy}, cut after {size} bytes", recording, *rules))
    return found


IN_DATAGRAMS = (
    Talk("dnp3/udp", "10.20.0.70", "10.20.0.71", "operate stop"),
    Talk("bacnet/bacpypes3", "10.20.0.70", "10.20.0.71", "write restart"),
    Talk("fins/udp", "10.20.0.80", "10.20.0.81", "stop write"),
    Talk("hart_ip/udp", "10.20.0.100", "10.20.0.101", "write configure"),
    Talk("knxnet_ip/management", "10.50.0.10", "10.50.0.21", "write configure"),
    Talk("slmp/3e_udp", "10.20.0.110", "10.20.0.111", "stop write"),
    Talk("slmp/1e_udp", "10.20.0.110", "10.20.0.111", "stop write"),
    Talk("modbus_rtu/udp", "10.20.0.10", "10.20.0.32", "write"),
    Talk("codesys_v3/search", "10.70.0.10", "10.70.0.21", "write"),
)
FIRST_DATAGRAMS: Mapping[str, bytes] = {
    "nothing": b"",
    "DNS": question(b"plc2.plant.example", 1),
    "syslog": b"<13>Jan  1 00:00:00 h a: x",
    "NTP": b"\x23" + bytes(47),
    "TFTP": b"\0\1a.bin\0octet\0",
    "SIP": b"OPTIONS sip:a SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nVia: SIP/2.0/UDP a\r\nFrom: a\r\nTo: b\r\n\r\n",
    "RADIUS": b"\1\1\0\x14" + bytes(range(16)),
    "DTLS": b"\x16\xfe\xfd" + bytes(8) + b"\0\x20" + bytes(32),
}
ODD_PORTS = (53, 514, 69, 161, 123, 5060, 1812, 67, 137, 443, 4789, 6081, 2152, 9999)


def said_in_datagrams(talk: Talk) -> Said:
    """What client and server of the fixture say."""
    found = []
    for _, _, frame, _ in records(CAPTURES / f"{talk.fixture}.pcap"):
        if is_ip(frame) and frame[23] == 17 and set(addresses(frame)) == {talk.client, talk.server}:
            found.append((int(addresses(frame)[0] == talk.client), packet(frame)[28:]))
    return found


def behind_datagrams() -> list[Case]:
    """Each command in datagrams, behind first words and on ports of others."""
    found = []
    for number, talk in enumerate(IN_DATAGRAMS):
        for turn, (name, first) in enumerate(FIRST_DATAGRAMS.items()):
            port = ODD_PORTS[(number * 5 + turn) % len(ODD_PORTS)]
            said = [*([(1, first)] if first else []), *said_in_datagrams(talk)]
            case = f"{talk.fixture} behind {name} on {port}"
            found.append(not_calm(case, datagrams(STRANGER, PLC_2, port, said), *talk.rules))
    return found


def among_others() -> list[Case]:
    """A command among messages that its protocol's specification does not have, on a port that says nothing."""
    found = []
    reads: Said = [(1, adu(READ)), (0, adu(VALUES))] * 3
    write: Said = [(1, adu(SET)), (0, adu(SET))]
    for function in (65, 91, 100):
        for times in (1, 3, 40):
            strange: Said = [(who, adu(bytes((function, 1, 2, 3, 4)), 9)) for who in (1, 0)] * times
            turns = {"first": write + strange, "last": strange + write, "in the middle": reads + write + strange}
            for server in (PLC_2, NOWHERE_LISTED):
                for turn, said in turns.items():
                    name = f"a write {turn} among {times} of function {function}, to {server}"
                    found.append(not_calm(name, stream(STRANGER, server, 1502, said), WRITE))
            name = f"reads among {times} of function {function}"
            found.append(not_calm(name, stream(STRANGER, NOWHERE_LISTED, 1502, reads + strange), UNKNOWN))
    return found


def among_noise() -> list[Case]:
    """CODESYS V2, which has no length at a fixed place, with noise between its messages."""
    said = list(said_in(Talk("codesys_v2/session", "10.85.0.10", "10.85.0.21", "stop")))[8:14]
    found = []
    for name, noise in (
        ("text", b"hello, hello"),
        ("zeros", bytes(40)),
        ("octets", bytes.fromhex("fe8a1733c209d45b7e")),
    ):
        turns = {
            "first": [(1, noise), *said],
            "before each request": [one for who, data in said for one in ([(1, noise)] if who else []) + [(who, data)]],
            "after each message": [one for who, data in said for one in ((who, data), (1, noise))],
            "of the server": [one for who, data in said for one in ((0, noise), (who, data))],
            "behind each message, in its segment": [(who, data + noise) for who, data in said],
        }
        for turn, noisy in turns.items():
            recording = stream(STRANGER, NOWHERE_LISTED, 5020, noisy)
            found.append(not_calm(f"CODESYS V2 among {name}, {turn}", recording, STOP))
    return found


DNP3 = {  # on latch of output 1
    "Select": "05641ac403000400c9b7c1c1030c0128010001000301640000007b5e6400000000005b",
    "Operate": "05641ac403000400c9b7c1c2040c01280100010003016400000083546400000000005b",
}


def answered_otherwise() -> list[Case]:
    """Whoever answers first says something that is of no protocol."""
    asks = [bytes.fromhex(said) for said in DNP3.values()]
    writes = [adu(READ), adu(SET, 2)]
    return [
        seen(f"{name}, answered by {len(answer)} bytes that are nothing", stream(STRANGER, PLC_2, port, said), WRITE)
        for name, port, messages in (
            ("DNP3 on 20000", 20000, asks),
            ("DNP3 on 30000", 30000, asks),
            ("Modbus", 502, writes),
        )
        for answer in (b"\0", b"\xde\xad" * 20)
        for said in [[part for message in messages for part in ((1, message), (0, answer))]]
    ]


def sessions_behind() -> list[Case]:
    """Files moved behind words that were not answered as their protocol answers, and a write behind a preface."""
    words = {
        "options of Telnet": (1, b"\xff\xfd\x18\xff\xfd\x20"),
        "a command of Redis": (1, b"*1\r\n$4\r\nPING\r\n"),
        "an offer of SOCKS": (1, b"\5\1\0"),
        "a greeting of MySQL": DECOYS["mysql"][0],
    }
    files: Said = [
        (0, b"220 ready\r\n"),
        (1, b"USER joe\r\n"),
        (0, b"331 password\r\n"),
        (1, b"PASS recipes\r\n"),
        (0, b"230 welcome\r\n"),
        (1, b"CWD recipes\r\n"),
        (0, b"250 done\r\n"),
        (1, b"STOR pump.bin\r\n"),
        (0, b"226 done\r\n"),
    ]
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
    writes: Said = [(1, adu(SET)), (0, adu(SET)), (1, adu(READ)), (0, adu(VALUES))] * 3
    return [
        *(
            not_calm(f"FTP behind {name}", stream(STRANGER, PLC_2, 2021, [said, *files]), FILES)
            for name, said in words.items()
        ),
        seen("Modbus behind a preface of HTTP/2", stream(STRANGER, PLC_2, 1502, [(1, preface), *writes]), WRITE),
    ]


def cases() -> list[Case]:
    """All."""
    quiet = [
        unmoved(
            f"digits behind words of {decoy}",
            stream(STRANGER, PLC_2, 9999, [*DECOYS[decoy], (1, SUMS), (0, HEXADECIMAL)] * 2),
            STOP,
            WRITE,
        )
        for decoy in ("irc", "telnet", "smtp", "ftp", "redis", "rsync")
    ]
    plain = [
        seen(f"{name}, behind nothing", stream(STRANGER, PLC_2, 9999, list(said)), *rules)
        for name, (said, rules) in COMMANDS.items()
    ]
    return [
        *behind(),
        *cut_behind(),
        *quiet,
        *plain,
        *among_others(),
        *among_noise(),
        *behind_datagrams(),
        *answered_otherwise(),
        *sessions_behind(),
    ]
