"""What is kept of protocols when otaudit is built is what their modules say."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from scanner import protocols
from scanner.framing.plan import FramingPlan, compile_descriptors
from scanner.protocols import PROTOCOLS, _kept
from scanner.protocols.base import Protocol

MODULES = {name: protocols._own(name) for name in PROTOCOLS.own()}
FRAMINGS = protocols.all_framings.__wrapped__


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Protocol]:
    folder = tmp_path_factory.mktemp("kept")
    (folder / _kept.NAME).write_bytes(_kept.compiled(MODULES.values()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_kept, "_FOLDER", folder)
        found = _kept.known(protocols._own)
    assert found is not None
    return found


def test_all_are_kept(kept: dict[str, Protocol]) -> None:
    assert list(kept) == list(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_what_is_kept_is_what_the_module_says(kept: dict[str, Protocol], name: str) -> None:
    for field in dataclasses.fields(Protocol):
        own, ours = getattr(MODULES[name], field.name), getattr(kept[name], field.name)
        if field.name in _kept._CALLED:
            assert (ours is None) == (own is None)
            assert own is None or ours._function is own
        else:
            assert ours == own
    for fact in _kept._WORKED_OUT:
        assert kept[name].__dict__[fact] == getattr(MODULES[name], fact)


def _whole(every: dict[str, Protocol], patch: pytest.MonkeyPatch) -> FramingPlan:
    """The plan with every framing prepared."""
    patch.setattr(protocols, "protocols", lambda: every)
    framings = FRAMINGS()
    patch.setattr(protocols, "all_framings", lambda: framings)
    cases = protocols._Cases(every)
    plan = compile_descriptors(framings, cases, cases.rest())
    assert plan.names == tuple(cases)
    for number in range(len(plan.names)):
        plan.prepare(number)
    return plan


def test_the_kernel_is_told_the_same(kept: dict[str, Protocol], monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = (_whole(every, monkeypatch) for every in (kept, MODULES))
    assert ours.names == theirs.names
    assert ours.protocols == theirs.protocols
    assert (ours.hints, ours.anywhere) == (theirs.hints, theirs.anywhere)
    for one, other in zip(
        (ours.framings, ours.case_framing, *ours.tables_that_grow),
        (theirs.framings, theirs.case_framing, *theirs.tables_that_grow),
        strict=True,
    ):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("name", MODULES)
def test_the_rest_belongs_to_the_protocol_of_the_last_case(name: str) -> None:
    cases = protocols._Cases(MODULES)
    for framing in MODULES[name].framings:
        assert cases.rest()[framing.name] == cases[framing.name][-1].protocol


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:0], lambda b: b[:-1], lambda b: b.replace(b"Modbus", b"Madbus"), lambda b: b"[]\n" + b]
)
def test_what_is_damaged_or_of_other_sources_counts_for_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spoil: object
) -> None:
    monkeypatch.setattr(_kept, "_FOLDER", tmp_path)
    assert _kept.known(protocols._own) is None
    (tmp_path / _kept.NAME).write_bytes(spoil(_kept.compiled(MODULES.values())))  # type: ignore[operator]
    assert _kept.known(protocols._own) is None


def test_a_source_that_changed_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sources, folder = tmp_path / "sources", tmp_path / "kept"
    (sources / "family").mkdir(parents=True)
    folder.mkdir()
    module = sources / "family" / "one.py"
    module.write_text("1")
    monkeypatch.setattr(_kept, "_FOLDER", folder)
    monkeypatch.setattr(_kept, "_SOURCES", (sources,))
    (folder / _kept.NAME).write_bytes(_kept.compiled(MODULES.values()))
    assert _kept.known(protocols._own) is not None
    module.write_text("2")
    assert _kept.known(protocols._own) is None


def test_a_scan_imports_the_modules_of_the_protocols_that_it_meets(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from scanner import protocols\n"
        "from scanner.protocols import _kept\n"
        "_kept._FOLDER = __import__('pathlib').Path(sys.argv[1])\n"
        "protocols.framing_plan()\n"
        "print(sorted(m for m in sys.modules if m.startswith('scanner.protocols.modbus')))\n"
        "assert protocols.protocols()['modbus'].cases\n"
        "print('scanner.protocols.modbus.modbus' in sys.modules)\n"
    )
    (tmp_path / _kept.NAME).write_bytes(_kept.compiled(MODULES.values()))
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "True"]
