"""A change of configurations: what it opens, closes and leaves without answers, by the command."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import main

_PLANT = Path("tests/reach/plants/bottling")
_ROUTE = "ip route 10.1.40.0 255.255.255.0 10.1.30.2\n"
_EDGE = """\
version 15.2
hostname EDGE
!
ip routing
!
interface Vlan30
 ip address 10.1.30.2 255.255.255.0
!
interface Vlan40
 ip address 10.1.40.1 255.255.255.0
 ip access-group SITE-IN in
!
ip access-list extended SITE-IN
 permit tcp 10.1.40.0 0.0.0.255 host 10.1.20.10 eq 443
 deny ip any any log
!
ip route 10.1.20.0 255.255.255.0 10.1.30.1
!
end
"""
_ADDED = """\
version 15.2
hostname BYPASS
!
ip routing
!
interface Vlan10
 ip address 10.1.10.2 255.255.255.0
!
interface Vlan40
 ip address 10.1.40.2 255.255.255.0
!
end
"""


_TURNED = {"+": "-", "-": "+", "!": "=", "opens": "closes", "closes": "opens", "only after": "only before"}


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    core = (_PLANT / "core.cfg").read_text(encoding="utf-8")
    for mine, new in (
        ("line con 0", f"{_ROUTE}!\nline con 0"),
        (" deny   ip any 10.1.0.0", " permit tcp 10.1.40.0 0.0.0.255 host 10.1.20.10 eq 443\n deny   ip any 10.1.0.0"),
        (
            "access-list 120 deny",
            "access-list 120 permit tcp 10.1.20.0 0.0.0.255 any established\naccess-list 120 deny",
        ),
    ):
        assert mine in core
        core = core.replace(mine, new)
    policy = (_PLANT / "policy.yaml").read_text(encoding="utf-8")
    policy = policy.replace("conduits:", "  - {id: site, level: 4, members: {subnets: [10.1.40.0/24]}}\nconduits:")
    policy += "  - {id: site-reports, from: site, to: scada, protocols: [tcp/443]}\n"
    (tmp_path / "zones.yaml").write_text(policy, encoding="utf-8")
    for side in ("before", "after"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "core.cfg").write_text(core, encoding="utf-8")
        (tmp_path / side / "edge.cfg").write_text(_EDGE, encoding="utf-8")
    return tmp_path / "before", tmp_path / "after"


def _run(before: Path, after: Path, *words: str) -> tuple[int, str]:
    policy = str(before.parent / "zones.yaml")
    result = CliRunner().invoke(main, ["reach", "-z", policy, "--before", str(before), "--after", str(after), *words])
    return result.exit_code, result.stdout


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("edge.cfg", "", "", ["no flow between zones opens or closes"]),
        (
            "core.cfg",
            _ROUTE,
            "",
            ["! only after: site -> scada: conduit site-reports gets no answers by tcp/443"],
        ),
        (
            "edge.cfg",
            "ip route 10.1.20.0 255.255.255.0 10.1.30.1\n",
            "",
            [
                "- site -> scada: closes: tcp/443",
                "! only after: site -> scada: conduit site-reports is blocked for tcp/443",
            ],
        ),
        (
            "edge.cfg",
            " deny ip any any log",
            " permit ip any any",
            ["+ site -> office: opens: any", "! only after: site -> office: permitted, but in no conduit: any"],
        ),
        # what a device takes as its own address closes nothing
        (
            "new.cfg",
            "",
            _ADDED,
            [
                "+ filling -> site: opens: any",
                "+ site -> filling: opens: any",
                "! only after: filling -> site: permitted, but in no conduit: any",
                "! only after: site -> filling: permitted, but in no conduit: any",
            ],
        ),
    ],
)
def test_what_a_change_does(sides: tuple[Path, Path], file: str, old: str, new: str, told: list[str]) -> None:
    before, after = sides
    path = after / file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new) if old else text + new, encoding="utf-8")
    status, lines = _run(before, after)
    assert lines.splitlines() == told
    assert status == (0 if told[0].startswith("no flow") else 1)
    turned = [
        re.sub(r"^[-+!]|\b(?:opens|closes)(?=:)|only after", lambda word: _TURNED[word[0]], line) for line in told
    ]
    assert sorted(_run(after, before)[1].splitlines()) == sorted(turned)


def test_a_device_that_is_gone_closes_nothing_for_others(sides: tuple[Path, Path]) -> None:
    before, after = sides
    (after / "edge.cfg").unlink()
    status, told = _run(before, after)
    assert status == 1
    assert "office -> scada" not in told  # its own address is that of a host now, to which the same list applies
    assert "?- site -> scada: may close: tcp/443" in told


def test_what_is_not_read_any_more_may_open_what_cannot_be_told(sides: tuple[Path, Path]) -> None:
    before, after = sides
    (after / "edge.cfg").write_bytes(b"")
    status, told = _run(before, after)
    assert status == 1
    assert "?+ filling -> scada: may open: what cannot be told" in told


def test_why_nothing_is_known_before_and_after(sides: tuple[Path, Path]) -> None:
    before, after = sides
    for side in sides:
        (side / "edge.cfg").write_bytes(b"")
    status, told = _run(before, after)
    assert status == 3
    assert "? office -> filling: unknown before and after" in told
    assert "  not known: the file was not read, and may be the configuration of a device" in told


def test_machines_are_told_the_same(sides: tuple[Path, Path]) -> None:
    before, after = sides
    text = (after / "core.cfg").read_text(encoding="utf-8")
    (after / "core.cfg").write_text(text.replace(_ROUTE, ""), encoding="utf-8")
    made = json.loads(_run(before, after, "-f", "json")[1])
    assert made["changes"] == []
    (only,) = made["contradictions"]["only_after"]
    assert (only["kind"], only["conduit"]) == ("conduit-without-answers", "site-reports")


def test_both_sides_must_be_there(sides: tuple[Path, Path]) -> None:
    before, after = sides
    assert _run(before, after / "nowhere")[0] == 2
    result = CliRunner().invoke(main, ["reach", "--before", str(before), "--after", str(after)])
    assert result.exit_code == 2
    assert "--policy: no policy was given" in result.stderr
