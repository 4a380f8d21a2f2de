"""``otaudit fix`` from end to end."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner.cli.fix import command

_PLANT = Path("fixtures/plants/bottling")
_LIST = """\
hostname SW
!
ip access-list extended GUARD
 permit tcp 10.0.10.0 0.0.0.255 10.0.20.0 0.0.0.255 eq 502
 permit tcp host 10.0.10.9 host 10.0.20.9 eq 502
 deny ip any any log
!
interface Vlan10
 ip address 10.0.10.1 255.255.255.0
 ip access-group GUARD in
!
end
"""


def _run(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def test_an_entry_without_effect_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "sw.cfg"
    path.write_text(_LIST, encoding="utf-8")
    shown = _run(str(path), "--rule", "acl-entry-without-effect")
    assert shown.exit_code == 0, shown.output
    assert "- permit tcp host 10.0.10.9 host 10.0.20.9 eq 502" in shown.stdout
    assert path.read_text(encoding="utf-8") == _LIST
    assert _run(str(path), "--rule", "acl-entry-without-effect", "--write").exit_code == 0
    assert path.read_text(encoding="utf-8") == _LIST.replace(" permit tcp host 10.0.10.9 host 10.0.20.9 eq 502\n", "")
    again = _run(str(path), "--rule", "acl-entry-without-effect")
    assert again.exit_code == 4
    assert "no such finding fails" in again.output


def test_a_conduit_is_declared_where_that_allows_nothing_else(tmp_path: Path) -> None:
    for name in ("capture.pcap.gz", "inventory.csv", "policy.yaml"):
        shutil.copy(_PLANT / name, tmp_path)
    words = (str(tmp_path), "--rule", "undeclared-conduit", "--owner", "Automation", "--reason", 'Recipes: "all"')
    found = _run(*words)
    assert found.exit_code == 1, found.output
    added = [line for line in found.stdout.splitlines() if line.startswith("+ ")]
    assert any("to: packaging, protocols: [tls], clients: [10.20.10.20]" in line for line in added)
    assert all(r'reason: "Recipes: \"all\""' in line for line in added)
    assert not any("from: office" in line for line in added)  # the same conduit would let a controller be stopped
    assert "it would settle findings that were not chosen" in found.output


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("x.cfg",), 2),
        (("x.cfg", "--finding", "ab"), 2),
        (("x.cfg", "--rule", "undeclared-conduit"), 4),
    ],
)
def test_what_is_asked_must_be_something(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    path = tmp_path / "x.cfg"
    path.write_text(_LIST, encoding="utf-8")
    assert _run(*(str(path) if word == "x.cfg" else word for word in words)).exit_code == code


def test_a_conduit_needs_somebody_who_answers_for_it(tmp_path: Path) -> None:
    for name in ("capture.pcap.gz", "policy.yaml"):
        shutil.copy(_PLANT / name, tmp_path)
    found = _run(str(tmp_path), "--rule", "undeclared-conduit")
    assert found.exit_code == 1
    assert "a conduit needs an owner and a reason" in found.output
    assert not found.stdout
