"""Scans and floods packet by packet through the kernel and the rules, in forms that the rules' examples do not have,
and what looks like them and is innocent.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from functools import cache

import pytest

from scanner.engine.definitions.rules import Rule
from scanner.engine.verdict.judged_facts import enriched
from scanner.engine.verdict.verdicts import Terms, judge_rule
from scanner.facts.build import capture_facts
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts
from scanner.framing.language import Case, Framing
from scanner.limits.capture import Limits
from tests import packaged
from tests.capture.files import pcap
from tests.capture.frames import arp, ethernet, ipv4, ipv6
from tests.capture.parts import Parts
from tests.capture.traffic import ACK, RST, SYN, tcp, udp

MINUTE = 1_767_254_400 + 55  # five seconds before the turn of a minute, and of an hour
Sent = list[tuple[float, bytes]]  # seconds after MINUTE
NONE: tuple[tuple[Framing, ...], dict[str, tuple[Case, ...]]] = ((), {})


@cache
def rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in packaged.rules().values() if rule.family == "monitoring"}


def records(sent: Sent) -> list[tuple[int, int, bytes]]:
    return [(MINUTE + int(at), int(at % 1 * 1_000_000), frame) for at, frame in sorted(sent, key=lambda one: one[0])]


def facts(*files: Sent) -> Facts:
    """Several files are one recording, cut where each ends."""
    reader = Parts(*NONE, Limits())
    found = Facts()
    for number, sent in enumerate(files):
        rest = [at for later in files[number + 1 :] for at, _ in later]
        following = int((MINUTE + min(rest)) * 1e9) if rest else 0
        result = reader.read(io.BytesIO(pcap(records(sent))), f"{number}.pcap", next_time=following)
        result.info.sha256 = f"{number:064x}"[::-1]
        found = found.merge(capture_facts(result, {}))
    return found


def failing(*files: Sent) -> set[str]:
    """The rules of monitoring that what was sent breaks."""
    found = facts(*files)
    case = enriched(found, enrich(found, {}))
    verdicts = {name: judge_rule(rule, case, Terms(date(2026, 1, 1))).verdict.value for name, rule in rules().items()}
    assert "error" not in verdicts.values(), verdicts
    return {name for name, verdict in verdicts.items() if verdict == "fail"}


def syn(at: float, number: int, server: tuple[str, int], *, answer: int = 0, client: str = "10.0.0.9") -> Sent:
    """A connection request, and an answer with these flags if any."""
    ends = (client, 40_000 + number % 20_000), server
    sent = [(at, tcp(False, 100, flags=SYN, client=ends[0], server=ends[1]))]
    return sent + ([(at + 0.001, tcp(True, 5, flags=answer, client=ends[0], server=ends[1]))] if answer else [])


def all_of(parts: Iterable[Sent]) -> Sent:
    return [one for part in parts for one in part]


def icmp(version: int, kind: int, source: str, target: str, body: bytes = b"\0" * 8) -> bytes:
    message = bytes([kind, 0, 0, 0]) + body
    packet = ipv6(58, message, source, target) if version == 6 else ipv4(1, message, source, target)
    return ethernet(0x86DD if version == 6 else 0x0800, packet)


def asked(apart: float, number: int) -> Sent:
    """Questions by ARP to everybody, each for another address."""
    sender = 0x020000000001
    questions = (arp(sender, "10.0.0.9", 1, f"10.0.{n >> 8}.{n & 255}") for n in range(number))
    return [(apart * n, ethernet(0x0806, data, sender, 0xFFFFFFFFFFFF)) for n, data in enumerate(questions)]


def half_open(each: float, number: int) -> Sent:
    ends = (f"10.9.{n >> 8}.{n & 255}" for n in range(number))
    return all_of(syn(3 + each * n, n, ("10.0.0.5", 502), answer=SYN | ACK, client=end) for n, end in enumerate(ends))


def ports(apart: float, answer: int, number: int = 30) -> Sent:
    return all_of(syn(apart * n, n, ("10.0.0.5", 20 + n), answer=answer) for n in range(number))


def hosts(apart: float, number: int = 40, port: int = 502) -> Sent:
    return all_of(syn(apart * n, n, (f"10.0.1.{n}", port)) for n in range(number))


def poll(length: int, server: str = "10.0.0.5") -> Sent:
    """A client that asks its server each second, as long as the recording lasts."""
    ends = ("10.0.0.7", 50_001), (server, 502)
    sent = syn(0, 10_001, ends[1], answer=SYN | ACK, client=ends[0][0])
    for n in range(1, length):
        for back in (False, True):
            sent.append((n + back / 100, tcp(back, 100 + 12 * n, b"x" * 12, client=ends[0], server=ends[1])))
    return sent


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        pytest.param(ports(0.3, RST | ACK), {"port-scan"}, id="refused, across the turn of an hour"),
        pytest.param(ports(0.3, 0), {"port-scan"}, id="unanswered"),
        pytest.param(ports(0.3, SYN | ACK), {"port-scan"}, id="half open"),
        pytest.param(ports(50, RST | ACK, 70), {"port-scan"}, id="slow"),
        pytest.param(ports(0.3, RST | ACK) + poll(300), {"port-scan"}, id="beside other traffic"),
        pytest.param(hosts(0.5), {"host-sweep"}, id="who speaks Modbus"),
        pytest.param(hosts(0.5, 60, 9999), {"host-sweep"}, id="another port"),
        pytest.param(
            [(n / 4, icmp(4, 8, "10.0.0.9", f"10.0.1.{n}")) for n in range(1, 60)], {"host-sweep"}, id="pings"
        ),
        pytest.param(
            [(n / 4, icmp(6, 135, "fe80::9", f"ff02::1:ff00:{n:x}", b"\0" * 20)) for n in range(1, 60)],
            {"host-sweep"},
            id="neighbours of IPv6",
        ),
        pytest.param(half_open(1 / 300, 3000), {"denial-of-service-flood"},
            id="half-open connections from anywhere",
        ),
        pytest.param(
            [(3 + n / 2000, icmp(4, 8, "10.0.0.9", "10.0.0.5")) for n in range(25_000)] + poll(100),
            {"denial-of-service-flood"},
            id="pings without end",
        ),
        pytest.param(
            [(3 + n / 400, icmp(4, 0, f"10.0.1.{n % 200}", "10.0.0.5")) for n in range(8_000)] + poll(100),
            {"echo-reply-flood"},
            id="answers that nobody asked for",
        ),
        pytest.param(
            asked(1 / 20, 300), {"arp-flood-or-sweep"}, id="ARP"
        ),
        pytest.param(
            [(0, icmp(4, 5, "10.0.0.9", "10.0.0.5")), *poll(70)], set(), id="a redirect is for review without a policy"
        ),
        pytest.param(ports(0.3, RST | ACK, 12), set(), id="few ports"),
        pytest.param(ports(400, RST | ACK, 40), set(), id="a port now and then"),
        pytest.param(all_of(poll(120, f"10.0.2.{n}") for n in range(20)), set(), id="twenty controllers are polled"),
        pytest.param(
            [(n / 10 + back / 100, icmp(4, 8 * (not back), *ends)) for n in range(600) for back, ends in
             ((0, ("10.0.0.9", f"10.0.1.{n % 60}")), (1, (f"10.0.1.{n % 60}", "10.0.0.9")))],
            set(),
            id="pings that are answered",
        ),
        pytest.param(asked(60, 300), set(), id="the usual ARP"),
    ],
)  # fmt: skip
def test_packets(sent: Sent, wanted: set[str]) -> None:
    assert failing(sent) == wanted


@pytest.mark.parametrize(
    "sent", [ports(0.3, RST | ACK), hosts(0.5), ports(50, 0, 70)], ids=["ports", "hosts", "slowly"]
)
@pytest.mark.parametrize("parts", [2, 7])
def test_a_recording_in_several_files_is_one(sent: Sent, parts: int) -> None:
    ordered = sorted(sent, key=lambda one: one[0])
    size = -(-len(ordered) // parts)
    assert failing(*(ordered[n : n + size] for n in range(0, len(ordered), size))) == failing(sent)


def test_a_flood_in_the_middle_of_a_day_is_found_and_days_without_one_pass() -> None:
    ends = {"client": ("10.0.0.7", 5000), "server": ("10.0.0.5", 7000)}
    day = [(20.0 * n, udp(back, b"x", **ends)) for n in range(4320) for back in (False, True)]
    other = {"client": ("10.0.0.8", 5000), "server": ("10.0.0.5", 7001)}
    slow = [(20.0 * n, udp(False, b"x", **other)) for n in range(4320)]
    burst = [(40_000 + n / 8000, udp(False, b"y", **other)) for n in range(90_000)]
    assert failing(day + slow + burst) == {"denial-of-service-flood"}
    found = facts(day)
    case = enriched(found, enrich(found, {}))
    for name in ("denial-of-service-flood", "host-sweep", "port-scan"):
        assert judge_rule(rules()[name], case, Terms(date(2026, 1, 1))).verdict.value == "pass", name
