"""What the fuzzer found stays mended; a claimed count never costs more steps than the bytes of the message allow."""

from __future__ import annotations

import contextlib
import functools
import random
from pathlib import Path

import pytest

from scanner.capture.read import read_capture
from scanner.errors import InputError
from scanner.protocols import framing_plan
from tests.fuzz.engine import Finding, Fuzz, TooManySteps, Trace
from tests.fuzz.kernel import damaged
from tests.fuzz.targets import FIXTURES, Target, targets

FOUND = Path(__file__).parent / "found"
PROTOCOLS = [name for name in targets() if name.startswith("protocol-")]
BOMBS = (b"\xff" * 4, b"\x7f" + b"\xff" * 3, b"\xff" * 9 + b"\x7f", b"\xff\xff\xff\x7f")


@pytest.mark.parametrize("file", sorted(FOUND.rglob("*.bin")), ids=lambda file: f"{file.parent.name}-{file.stem[:8]}")
def test_what_was_found_is_mended(file: Path) -> None:
    target = targets()[file.parent.name]
    target.call(b"")  # what is made once, as the framing plan, is not the input's
    Trace().run(target, file.read_bytes())


def kernel_reads(file: Path) -> None:
    with contextlib.suppress(InputError):
        read_capture(file, "x", framing_plan())


@pytest.mark.parametrize("file", sorted(FOUND.rglob("*.pcap")), ids=lambda file: file.stem)
def test_what_was_found_in_the_kernel_is_mended(file: Path) -> None:
    kernel_reads(file)


def test_damaged_captures_are_read_or_refused(tmp_path: Path) -> None:
    captures = [path.read_bytes() for path in sorted((FIXTURES / "captures").rglob("*.pcap"))[::20]]
    chance, runs = random.Random(1), 60
    for number in range(runs):
        file = tmp_path / f"{number}.pcap"
        file.write_bytes(damaged(captures[number % len(captures)], captures, chance))
        kernel_reads(file)
    assert len({file.read_bytes() for file in tmp_path.iterdir()}) > runs / 2


@functools.cache
def seeds(name: str) -> list[bytes]:
    """The shortest message of each length class: counts lie anywhere in them."""
    return sorted(set(targets()[name].seeds()), key=len)[:4]


@pytest.mark.parametrize("name", PROTOCOLS)
def test_claimed_counts_cost_no_more_steps_than_the_bytes_allow(name: str) -> None:
    trace = Trace()
    for seed in seeds(name)[:2]:
        for at in range(0, min(len(seed), 64), 2):
            for bomb in BOMBS[at // 2 % 2 :: 2]:
                trace.run(targets()[name], seed[:at] + bomb + seed[at + len(bomb) :])


def test_the_fuzzer_finds_what_was_hidden() -> None:
    def run(data: bytes) -> None:
        if data[:1] == b"\xff":
            raise ZeroDivisionError

    fuzz = Fuzz(Target("hidden", run, lambda: [b"10.0.0.1"]), random.Random(1))
    found: list[Finding] = [*fuzz.start()]
    while not found:
        found += fuzz.go_on(0.05)
    assert found[0].what.startswith("ZeroDivisionError")


def test_steps_are_bounded() -> None:
    from scanner.report._words import natural

    def run(_: bytes) -> None:
        while True:
            natural("1")

    with pytest.raises(TooManySteps):
        Trace().run(Target("endless", run, list), b"x")
