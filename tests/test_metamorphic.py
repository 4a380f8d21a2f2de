"""Whatever is done to the evidence, verdicts follow from it alone.

Told otherwise, it gives the same verdicts. Taken away in part, it never makes a violation a pass or "not applicable".
What the findings name, taken away, makes the rules pass again that objected to it.

``python -m tests.test_metamorphic [FORM...]`` goes through every form with every plant.
"""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from fixtures.record.wire import START
from scanner.results.model import Results, Verdict, failing_findings
from tests.adequacy.proving import AT, PLANT, traffic, violations
from tests.adequacy.scene import LONG, Part, recorded
from tests.capture.frames import arp, ethernet, ipv4, tcp
from tests.conformance.changes import rules
from tests.given import BAD, CALM, Given, Verdicts, differing, hushed, verdicts_of
from tests.recast import (
    ABOUT_TUNNELS,
    INVENTORY,
    POLICY,
    RECASTS,
    TOGETHER,
    Recast,
    all_at_once,
    at_once,
    beside_a_hall,
)
from tests.twins import Form, Record, answers_only, cut_short, is_ip, lossy, midway, records, requests_only

ROOT = Path(__file__).parents[1]
STRANGERS = (ROOT / "fixtures" / "examples" / "strangers.yaml").read_text(encoding="utf-8")
RECORDINGS = ("modbus/umas", "dnp3/tcp", "fins/client_udp", "profinet/dcp_commissioning")
VIOLATIONS = (
    "a PLC is stopped and programmed by an unlisted laptop of its own cell, by UMAS",
    "a program and a stop by FINS over UDP from the office",
    "Telnet inside the supervision zone, on an odd port",
    "PROFINET devices are renamed by a stranger",
)
LEFT_TO_THE_MATRIX = {
    *("1 % of frames lost", "30 % of frames lost", "cut after 96 bytes", "without both"),
    *("the first half", "from the violations on"),
}
BEGUN = 300_000  # microseconds into a second, as recordings begin
BOUNDARY_RULES = sorted(rule.id for rule in rules() if rule.boundary is not None)


# --- plants -----------------------------------------------------------------------------------------------------------


def _begun(given: Iterable[Record]) -> list[Record]:
    moved = [(s * 10**6 + f + BEGUN, *rest) for s, f, *rest in given]
    return [(at // 10**6, at % 10**6, frame, wire) for at, frame, wire in moved]


@cache
def plain() -> Given:
    """Everything is as it should be, but for what old protocols cannot do."""
    texts = {name: (PLANT / name).read_text(encoding="utf-8") for name in (POLICY, INVENTORY)}
    return Given(_begun(traffic()), texts)


@cache
def violated() -> Given:
    added = [r for v in violations() if v.name in VIOLATIONS for r in _begun(recorded(v.add))]
    return replace(plain(), records=sorted([*plain().records, *added], key=lambda r: r[:2]))


@cache
def strangers(name: str) -> Given:
    """A recording between a stranger and a controller."""
    return Given(records(ROOT / "fixtures" / "captures" / f"{name}.pcap"), {POLICY: STRANGERS})


@cache
def results_of(given: str) -> Results:
    return {"plain": plain, "violated": violated}[given]().judged() if "/" not in given else strangers(given).judged()


def verdicts_as_it_is(given: str) -> Verdicts:
    return verdicts_of(results_of(given))


# --- told otherwise ---------------------------------------------------------------------------------------------------


def changed_by(recast: Recast, given: Given, before: Verdicts) -> dict[str, tuple[str, str]]:
    return {r: v for r, v in differing(before, recast(given).verdicts()).items() if r not in ABOUT_TUNNELS}


@pytest.mark.parametrize("names", TOGETHER.values(), ids=TOGETHER)
def test_the_same_evidence_gives_the_same_verdicts(names):
    assert changed_by(at_once(names), violated(), verdicts_as_it_is("violated")) == {}


def test_every_form_is_tried():
    assert {name for names in TOGETHER.values() for name in names} == RECASTS.keys()


@pytest.mark.parametrize("name", RECORDINGS)
def test_recordings_of_strangers_told_otherwise(name):
    assert changed_by(all_at_once, strangers(name), verdicts_as_it_is(name)) == {}


def test_a_plant_without_violations_told_otherwise():
    before = verdicts_as_it_is("plain")
    assert sum(verdict is Verdict.PASS for verdict in before.values()) > 40
    assert changed_by(all_at_once, plain(), before) == {}


def test_a_hall_whose_boundary_nobody_saw_keeps_only_boundary_rules_from_passing():
    changed = changed_by(beside_a_hall, plain(), verdicts_as_it_is("plain"))
    assert changed
    assert {after for _, after in changed.values()} == {"no-evidence"}
    assert set(changed) <= {*BOUNDARY_RULES}


# --- taken away -------------------------------------------------------------------------------------------------------


def until(seconds: float) -> Form:
    return lambda given: [r for r in given if r[0] + r[1] / 1e6 < START + seconds]


def since(seconds: float) -> Form:
    return lambda given: [r for r in given if r[0] + r[1] / 1e6 >= START + seconds]


def seen(form: Form) -> Recast:
    return lambda given: given.seen(form)


LESS: dict[str, Recast] = {
    "1 % of frames lost": seen(lossy(0.01)),
    "5 % of frames lost": seen(lossy(0.05)),
    "30 % of frames lost": seen(lossy(0.3)),
    "requests only": seen(requests_only),
    "answers only": seen(answers_only),
    "cut after 96 bytes": seen(cut_short(96)),
    "cut after 60 bytes": seen(cut_short(60)),
    "recorded midway": seen(midway),
    "the first half": seen(until(LONG / 2)),
    "from the violations on": seen(since(AT + 0.1)),
    "the minute of the violations": seen(lambda given: until(AT + 30)(since(AT - 30)(given))),
    "without the inventory": lambda given: given.without(INVENTORY),
    "without the policy": lambda given: given.without(POLICY),
    "without both": lambda given: given.without(INVENTORY).without(POLICY),
}


@pytest.mark.parametrize("form", sorted(LESS.keys() - LEFT_TO_THE_MATRIX))
def test_less_evidence_excuses_nothing(form):
    assert hushed(verdicts_as_it_is("violated"), LESS[form](violated()).verdicts()) == {}


# --- taken away to the frame ------------------------------------------------------------------------------------------


def objected(given: str) -> dict[str, Verdict]:
    """What rules object to beyond what they object to in the plant as it is."""
    usual = verdicts_as_it_is("plain")
    return {r: v for r, v in verdicts_as_it_is(given).items() if v in BAD and usual[r] not in BAD}


def blamed(names: Iterable[str]) -> set[frozenset[bytes]]:
    """The two ends of each conversation that findings of these rules show, as they stand in frames."""
    found = [f for rule in results_of("violated").rules if rule.rule in names for f in failing_findings(rule)]
    return {frozenset((_end(e.client), _end(e.server))) for f in found for e in f.evidence if e.client and e.server}


def _end(address: str) -> bytes:
    return bytes.fromhex(address.replace(":", "")) if ":" in address else bytes(map(int, address.split(".")))


def between(ends: frozenset[bytes], frame: bytes) -> bool:
    return ends in (
        frozenset((frame[:6], frame[6:12])),
        frozenset((frame[26:30], frame[30:34])) if is_ip(frame) else ends ^ ends,
    )


def without(conversations: set[frozenset[bytes]], given: Given) -> Given:
    return replace(given, records=[r for r in given.records if not any(between(c, r[2]) for c in conversations)])


ABOUT_DEVICES = {"unknown-device", "device-in-no-zone", "identity-conflict"}  # their findings name no conversation


def test_without_the_conversations_that_findings_show_nothing_is_found():
    bad = objected("violated")
    after = without(blamed(bad.keys() - ABOUT_DEVICES), violated()).verdicts()
    usual = verdicts_as_it_is("plain")
    assert len(bad) > 15
    assert {r: (usual[r], after[r]) for r in bad.keys() - ABOUT_DEVICES if after[r] != usual[r]} == {}


@pytest.mark.parametrize("name", ["telnet-in-use", "undeclared-conduit"])
def test_without_the_conversations_of_one_rule_the_others_stay(name):
    ends = blamed([name])
    after = without(ends, violated()).verdicts()
    assert after[name] not in BAD
    others = [r for r in objected("violated") if r not in ABOUT_DEVICES and not blamed([r]) <= ends]
    assert len(others) > 5
    assert [r for r in others if after[r] not in BAD] == []


# --- taken away to the line -------------------------------------------------------------------------------------------

SWITCH = "switch.cfg"
WORSE = {
    SWITCH: {
        " 40 deny   ip any any log\n": " 30 permit ip any any\n 40 deny   ip any any log\n",
        "snmp-server view": "snmp-server community public RO MGMT-HOSTS\nsnmp-server view",
        "no ip http server\n": "ip http server\n",
        "username emergency": "username admin secret 9 $9$example\nusername emergency",
    },
    POLICY: {
        "  - id: dmz-to-cell\n": "  - {id: wide, from: office, to: dmz, protocols: [any], owner: IT, reason: none}\n"
        "  - id: dmz-to-cell\n",
    },
    INVENTORY: {
        "PP-03,HMI-1": "PP-04,OLD-1,10.20.1.30,02:00:0a:14:01:99,Dell Inc.,R,,,S-9,HMI,cell,1,Hall 1,medium,IT,"
        "Windows XP,,,,none\nPP-03,HMI-1",
    },
}


def test_without_the_lines_that_findings_show_nothing_is_found():
    clean = {name: (PLANT / name).read_text(encoding="utf-8") for name in WORSE}
    worse = dict(clean)
    for name, edits in WORSE.items():
        for old, new in edits.items():
            assert old in worse[name]
            worse[name] = worse[name].replace(old, new, 1)
    usual, before = (Given([], texts, lambda _: {}).judged() for texts in (clean, worse))
    good = {rule for rule, verdict in verdicts_of(usual).items() if verdict not in BAD}
    found = [f for r in before.rules if r.rule in good for f in failing_findings(r)]
    lines = {
        (Path(e.source).name, n) for f in found for e in f.evidence for n in range(e.line_start, e.line_end + 1) if n
    }
    added = {n: {*text.splitlines()} - {*clean[n].splitlines()} for n, text in worse.items()}
    less = {
        name: "".join(
            line
            for number, line in enumerate(text.splitlines(keepends=True), 1)
            if not ((name, number) in lines and line.rstrip("\n") in added[name])
        )
        for name, text in worse.items()
    }
    assert {r.rule for r in before.rules if r.verdict in BAD and r.rule in good} >= {
        *("acl-permits-everything", "snmp-weak-community", "http-management-enabled", "default-account-name"),
        *("conduit-allows-everything", "inventory-duplicate", "unsupported-system-listed"),
    }
    after = Given([], less, lambda _: {}).verdicts()
    assert {rule: verdict for rule, verdict in after.items() if verdict in BAD and rule in good} == {}


# --- where nobody looked ----------------------------------------------------------------------------------------------


def test_two_devices_of_one_cell_say_nothing_of_its_boundary():
    inside = Part("dlms/modbus_on_4059", {"10.20.0.91": "10.20.1.30", "10.20.0.90": "10.20.1.12"})
    found = replace(plain(), records=_begun(recorded([inside]))).verdicts()
    assert {r: v for r in BOUNDARY_RULES if (v := found[r]) in CALM} == {}


ADDRESSES = ("10.10.0.5", "10.20.50.10", "10.20.10.10", "10.20.1.12", "10.20.9.11")
NEED_A_SIGHT = (
    "zone-not-captured",
    "telnet-in-use",
    "write-unauthorised",
    "credentials-in-clear",
    "listed-device-not-seen",
)


def asked(address: str, seconds: int) -> Record:
    """An ARP request to everybody."""
    sender = int.from_bytes(mac_of_text(address), "big")
    frame = ethernet(0x0806, arp(sender, address, 1), sender, 0xFFFFFFFFFFFF).ljust(60, b"\0")
    return (START + seconds, 0, frame, len(frame))


def mac_of_text(address: str) -> bytes:
    return b"\x02\0" + _end(address)


def test_one_frame_to_everybody_is_no_sight_of_a_zone():
    lone = [asked(address, 180 * number) for number, address in enumerate(ADDRESSES)]
    found = replace(plain(), records=lone).verdicts()
    calm = {r for r in (*BOUNDARY_RULES, *NEED_A_SIGHT) if found[r] in CALM}
    assert calm <= {"listed-device-not-seen"}


def unrecognised(client: str, server: str, number: int) -> list[Record]:
    """A connection of random bytes through all of the recording."""
    chance = random.Random(number)  # noqa: S311 - the same bytes every time
    found, at = [], [1000, 5000]
    for moment in range(0, LONG, 2):
        for side, (source, target) in enumerate(((client, server), (server, client))):
            data = chance.randbytes(700)
            ports = (50_123, 7001) if side == 0 else (7001, 50_123)
            head = bytearray(tcp(b"", *ports))
            struct.pack_into(">II", head, 4, at[side], at[1 - side])
            packet = ipv4(6, bytes(head) + data, source, target)
            frame = mac_of_text(target) + mac_of_text(source) + b"\x08\0" + packet
            found.append((START + moment, 1000 * side, frame, len(frame)))
            at[side] += len(data)
    return found


@pytest.mark.parametrize(
    ("recording", "ends", "rule"),
    [
        ("modbus/port_1502", {"10.20.0.10": "10.20.1.30", "10.20.0.31": "10.20.1.12"}, "write-unauthorised"),
        ("http/poll", {"10.20.0.10": "10.20.1.30", "10.20.0.34": "10.20.1.12"}, "credentials-in-clear"),
    ],
)
def test_what_is_allowed_is_no_pass_for_what_nobody_could_read(recording, ends, rule):
    few = [*recorded([Part(recording, ends, times=1, at=60)]), *unrecognised("10.20.1.30", "10.20.1.12", 1)]
    found = replace(plain(), records=sorted(few, key=lambda r: r[:2])).verdicts()
    assert found[rule] not in (*BAD, *CALM)


@pytest.mark.parametrize("few", ["umas", "two frames"])
def test_a_frame_an_hour_later_adds_no_sight(few):
    whole = strangers("modbus/umas")
    begin = whole.records if few == "umas" else whole.records[:1]
    seconds, fraction, *_ = whole.records[0]
    late = asked("10.20.0.31", 0)
    short = replace(whole, records=begin).verdicts()
    stretched = replace(whole, records=[*begin, (seconds + 3600, fraction, *late[2:])]).verdicts()
    assert {r: v for r, v in differing(short, stretched).items() if v[1] in map(str, CALM)} == {}
    assert stretched["capture-insufficient"] not in CALM


# --- everything -------------------------------------------------------------------------------------------------------


def mistakes(wanted: Sequence[str]) -> Iterator[str]:
    """Every form with every plant."""
    plants = {"plain": plain(), "violated": violated(), **{name: strangers(name) for name in RECORDINGS}}
    for name, given in plants.items():
        before = verdicts_as_it_is(name)
        for form, recast in {**RECASTS, "all at once": all_at_once}.items():
            if (not wanted or form in wanted) and not (form == "beside offices" and INVENTORY not in given.texts):
                yield from (
                    f"{name}, {form}: {r}: {a} -> {b}" for r, (a, b) in changed_by(recast, given, before).items()
                )
        for form, recast in LESS.items():
            if (not wanted or form in wanted) and not ("/" in name and "violations" in form):
                found = hushed(before, recast(given).verdicts())
                yield from (f"{name}, {form}: {r}: {a} -> {b}" for r, (a, b) in found.items())


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in mistakes(sys.argv[1:]))
