"""The command: where the policy goes, what is refused, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main
from scanner.policy.document import parse_policy
from tests.cli.test_bad_input import GOOD_POLICY, capture


def learn(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["policy", "learn", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    capture(tmp_path / "plant.pcap")
    return tmp_path


@pytest.mark.parametrize("output", [(), ("-o", "-")])
def test_standard_output_is_the_policy_alone(folder: Path, output: tuple[str, ...]) -> None:
    done = learn(folder / "plant.pcap", *output)
    assert done.exit_code == 0
    parse_policy(done.stdout, "stdout", ())
    assert "stability" in done.stderr


def test_two_runs_write_the_same_bytes(folder: Path) -> None:
    for name in ("a/one.yaml", "b/two.yaml"):
        assert learn(folder / "plant.pcap", "-o", folder / name).exit_code == 0
    assert (folder / "a/one.yaml").read_bytes() == (folder / "b/two.yaml").read_bytes()


def test_an_input_is_not_written_over(folder: Path) -> None:
    before = (folder / "plant.pcap").read_bytes()
    done = learn(folder / "plant.pcap", "-o", folder / "plant.pcap")
    assert done.exit_code == 2
    assert "is one of the inputs" in done.stderr
    assert (folder / "plant.pcap").read_bytes() == before


def test_a_policy_among_the_inputs_is_left_out_and_kept(folder: Path) -> None:
    policy = folder / "policy.yaml"
    policy.write_text(GOOD_POLICY, encoding="utf-8")
    done = learn(folder)
    assert done.exit_code == 0
    assert "left out" in done.stderr
    assert learn(folder, "-o", policy).exit_code == 2
    assert policy.read_text(encoding="utf-8") == GOOD_POLICY


@pytest.mark.parametrize("arguments", [[], ["nothing.pcap"], ["policy.yaml"]])
def test_nothing_to_learn_from_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.chdir(folder)
    (folder / "policy.yaml").write_text(GOOD_POLICY, encoding="utf-8")
    done = learn(*arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_damaged_capture_is_learned_from_and_said_to_be_incomplete(folder: Path) -> None:
    cut = folder / "cut.pcap"
    cut.write_bytes((folder / "plant.pcap").read_bytes()[:-17])
    done = learn(cut)
    assert done.exit_code == 3
    parse_policy(done.stdout, "stdout", ())


def test_a_place_that_cannot_be_written_to(folder: Path) -> None:
    done = learn(folder / "plant.pcap", "-o", folder / "plant.pcap" / "x.yaml")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr
