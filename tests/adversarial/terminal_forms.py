"""Commands between the text of a terminal, requests that share a segment, and reports of which the end lacks."""

from __future__ import annotations

from fixtures.record import proconos
from tests.adversarial.staging import Case, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ANSWERS,
    ASKS,
    NOWHERE_LISTED,
    OFFICE_PC,
    PLC_1,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    UNKNOWN,
    WRITE,
    Said,
    formed,
    played,
    stream,
)
from tests.twins import cut_short, in_pieces, other_port

MALFORMED = ("malformed-message-seen", "malformed-messages")


def operate(code: int = 0x31, kind: int = 0xE3) -> bytes:
    """Fast Operate: open breaker 1."""
    body = bytes((0xA5, kind, 6, code, (code * 4 + 1) & 0xFF))
    return body + bytes((sum(body) & 0xFF,))


GREETED: Said = [
    (ANSWERS, b"\xff\xfb\1\xff\xfb\3"),
    (ASKS, b"\xff\xfd\1\xff\xfd\3"),
    (ANSWERS, b"\r\n="),
    (ASKS, b"ACC\r\n"),
    (ANSWERS, b"ACC\r\nPassword: ? "),
    (ASKS, b"SECRET\r\n"),
    (ANSWERS, b"\r\n\2\r\nLevel 1\r\n\r\n=>"),
]
DEFINED = bytes.fromhex("a5c01a030101a5c1a5d10004a5b90000000003000005000800d2")
POLLED: Said = [(ASKS, b"\xa5\xc0"), (ANSWERS, DEFINED)]
BEHIND = {
    "a line": b"ACC\r\n" + operate(),
    "a long line": b"TAR 12 and what else somebody typed before it\r\n" + operate(),
    "a word, before a line": b"2AC" + operate() + b"\r\n",
    "a line, before another": b"ACC\r\n" + operate() + b"QUI\r\n",
    "a line with a mark that is none": b"ACC \xa5 20\r\n" + operate(),
    "a line, a remote bit": b"ACC\r\n" + operate(0x21, 0xE0),
}


def relays() -> list[Case]:
    """SEL, on the port of Telnet and on another."""
    found = []
    for port in (23, 4001):
        for server in (PLC_2, NOWHERE_LISTED):
            for name, segment in BEHIND.items():
                said = [*GREETED, *POLLED, (ASKS, segment), (ANSWERS, b"\r\n=>")]
                found.append(
                    seen(f"a breaker behind {name} on {port} of {server}", stream(STRANGER, server, port, said), WRITE)
                )
    at_once = stream(STRANGER, PLC_2, 23, [(ASKS, BEHIND["a line"])])
    typed = "TAR 12\r\nPUL 5 € ¥ 20\r\n".encode()
    return [
        *found,
        seen("a breaker behind a line, first of all", at_once, WRITE),
        not_calm("a breaker behind a line, in segments of 2 bytes", formed(in_pieces(2), at_once), WRITE),
        not_calm(
            "a breaker behind a line, cut off",
            formed(cut_short(58), stream(STRANGER, PLC_2, 23, [*GREETED, *POLLED, (ASKS, BEHIND["a line"])])),
            WRITE,
        ),
        calm("SCADA looks at a relay", stream(SCADA, PLC_2, 23, [*GREETED, *POLLED, (ASKS, typed)]), WRITE, *MALFORMED),
        unmoved(
            "a terminal with other marks", stream(SCADA, PLC_2, 23, [*GREETED, (ASKS, b"\xa5\xa5\xa5 5\r\n")]), WRITE
        ),
        unmoved(
            "a wrong checksum behind a line",
            stream(SCADA, PLC_2, 23, [*GREETED, (ASKS, b"A\r\n" + operate()[:5] + b"\0")]),
            WRITE,
        ),
    ]


def sharing() -> list[Case]:
    """ProConOS: behind the one request that is known stands another."""
    asked, other = proconos.INFORMATION, proconos.request(0x33, 5)
    told = b"\xcc\0" + b"0" * 10 + b"ProConOS V4.2.0214 Oct 28 2011" + bytes(60)
    shared: Said = [(ASKS, asked), (ANSWERS, told), (ASKS, asked + other), (ANSWERS, told)]
    alone: Said = [(ASKS, asked), (ANSWERS, told)] * 3
    return [
        *(
            seen(f"a request shares a segment on {port}", stream(STRANGER, NOWHERE_LISTED, port, shared), UNKNOWN)
            for port in (20547, 5020)
        ),
        *(
            not_calm(
                f"a request shares a segment on {port}: it may stop", stream(STRANGER, PLC_2, port, shared), STOP, WRITE
            )
            for port in (20547, 5020)
        ),
        not_calm(
            "a request shares a segment, in segments of 3 bytes",
            formed(in_pieces(3), stream(STRANGER, PLC_2, 20547, shared)),
            UNKNOWN,
        ),
        calm("SCADA asks what it is", stream(SCADA, PLC_2, 20547, alone), UNKNOWN, STOP, WRITE, *MALFORMED),
    ]


def shared_in_pieces() -> list[Case]:
    """A screen that is shared without a password, a few bytes at a time."""
    hosts = {"_10_20_0_10": OFFICE_PC, "_10_20_0_40": PLC_2, "_10_20_0_42": PLC_1}
    return [
        seen(
            f"a screen shared, {size} bytes at a time",
            formed(in_pieces(size), formed(other_port, played("vnc/built", **hosts))),
            "remote-desktop-unprotected",
        )
        for size in (1, 2, 5)
    ]


def cut_off() -> list[Case]:
    """What lacks its end accuses nobody."""
    found: list[Case] = []
    for name, client, server in (
        ("sel_fast_message/telnet", "_10_20_0_90", "_10_20_0_91"),
        ("sel_fast_message/selprotopy", "_10_20_0_90", "_10_20_0_91"),
        ("sel_fast_message/port_2404", "_10_20_0_90", "_10_20_0_91"),
        ("atg/session", "_10_20_10_95", "_10_20_1_95"),
        ("atg/port_4001", "_10_20_10_95", "_10_20_1_95"),
    ):
        whole = played(name, **{client: SCADA, server: PLC_2})
        found += [
            unmoved(f"{name} cut after {size} bytes", formed(cut_short(size), whole), *MALFORMED)
            for size in (60, 64, 70, 80, 96, 128)
        ]
    return found


def cases() -> list[Case]:
    """All."""
    return [*relays(), *sharing(), *shared_in_pieces(), *cut_off()]
