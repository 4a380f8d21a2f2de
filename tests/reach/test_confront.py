"""Configurations beside captures, and before and after a change: by the command, as people use it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scanner.cli import main
from scanner.configs import reader
from scanner.facts.homes import HomePorts
from scanner.policy.document import parse_policy
from scanner.reach.confront import Discord
from scanner.reach.proofs import ReachState
from scanner.reach.study import Study, study

_PLANT = Path("tests/reach/plants/bottling")


def _study(*flows: dict[str, Any], policy: str = "", device: str = "", stateful: bool = False) -> Study:
    data = device.encode() or (_PLANT / "core.cfg").read_bytes()
    router = reader.read(data, "core.cfg", "cisco-ios").router
    assert router
    text = policy or (_PLANT / "policy.yaml").read_text(encoding="utf-8")
    given = parse_policy(text, "policy.yaml", ())
    return study([replace(router, stateful=stateful)], {**given.tables(), "inventory": ()}, HomePorts(), flows)


def _flow(client: str, server: str, port: int, **other: Any) -> dict[str, Any]:
    return {
        "client": client,
        "server": server,
        "transport": "tcp",
        "server_port": port,
        "client_packets": 9,
        "server_packets": 9,
        "client_missing": 0,
        "server_missing": 0,
        "established": True,
        "opened_by": "syn",
        "related_protocol": "",
        "capture": "c1",
        "frames": [4],
        "filter": "",
    } | other


def _seen(found: Study) -> list[str]:
    return [d.flow.row["server"] for d in found.contradictions if d.kind is Discord.SEEN and d.flow]


def test_what_is_seen_though_it_is_closed_is_a_bypass_or_a_stale_file() -> None:
    assert _seen(_study(_flow("10.1.30.9", "10.1.10.7", 502))) == ["10.1.10.7"]
    assert _seen(_study(_flow("10.1.20.10", "10.1.10.7", 502))) == []
    assert _seen(_study(_flow("10.1.20.11", "10.1.10.7", 502))) == ["10.1.10.7"]
    assert _seen(_study(_flow("10.1.30.9", "10.1.10.7", 502, opened_by="first"))) == ["10.1.10.7"]  # whoever began it


def test_who_acknowledges_what_was_not_captured_was_answered() -> None:
    half = _flow("10.1.30.9", "10.1.10.7", 502, server_packets=0, server_missing=40)
    assert _seen(_study(half)) == ["10.1.10.7"]
    other = _flow("10.1.30.9", "10.1.10.7", 502, client_packets=0, client_missing=40)
    assert _seen(_study(other)) == ["10.1.10.7"]


def test_what_another_conversation_agreed_on_may_pass_devices_that_know_conversations() -> None:
    data = _flow("10.1.30.9", "10.1.10.7", 51_210)
    assert _seen(_study(data | {"related_protocol": "ftp"}, stateful=True)) == []
    assert _seen(_study(data | {"related_protocol": "ftp"})) == ["10.1.10.7"]
    assert _seen(_study(data, stateful=True)) == ["10.1.10.7"]


def test_what_was_answered_though_no_answer_may_pass_is_a_bypass() -> None:
    flow, text = _flow("10.1.20.10", "10.1.10.7", 502), (_PLANT / "core.cfg").read_text(encoding="utf-8")
    known = " permit tcp 10.1.10.0 0.0.0.255 10.1.20.0 0.0.0.255 established\n"
    assert _seen(_study(flow)) == []
    assert _seen(_study(flow, device=text.replace(known, ""))) == ["10.1.10.7"]


@pytest.mark.parametrize(
    "other",
    [
        {"server_packets": 0},  # dropped on the way, perhaps
        {"established": False},  # a reset may come from whoever dropped it
        {
            "client": "10.1.10.7",
            "server": "10.1.20.10",
            "server_port": 50001,
            "opened_by": "first",
        },  # or it is the client
        {"server": "10.1.30.10"},  # inside one zone
        {"server": "10.77.0.1"},  # in no zone
        {"client": "00:00:5e:00:53:01", "server": "00:00:5e:00:53:02", "transport": "ethernet"},
    ],
)
def test_what_proves_no_bypass_is_none(other: dict[str, Any]) -> None:
    assert _seen(_study(_flow("10.1.30.9", "10.1.10.7", 502) | other)) == []


def test_what_is_open_and_not_seen_used_is_a_note() -> None:
    used = _study(_flow("10.1.30.9", "10.1.20.10", 443))
    assert used.untouched == (("filling", "scada"), ("scada", "filling"))
    assert [c.used for c in used.conduits] == [False, False, True]
    assert used.contradictions == ()


@pytest.mark.parametrize(("client", "wanted"), [("10.1.30.1", "unknown"), ("10.1.30.9", "closed")])
def test_what_a_device_sends_itself_passes_none_of_its_filters(client: str, wanted: str) -> None:
    text = (_PLANT / "policy.yaml").read_text(encoding="utf-8")
    conduit = f"  - {{id: own, from: office, to: filling, protocols: [tcp/502], clients: [{client}]}}\n"
    conduits = {one.conduit["conduit"]: one for one in _study(policy=text.rstrip() + "\n" + conduit).conduits}
    assert conduits["own"].state.value == wanted


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["reach", *arguments])
    return result.exit_code, result.output


def test_the_command_says_it_in_words_and_for_machines() -> None:
    policy, core = str(_PLANT / "policy.yaml"), str(_PLANT / "core.cfg")
    status, text = _run(core, "-z", policy)
    assert status == 0
    assert "office -> filling: proved closed" in text
    assert "core.cfg, line 55: deny   ip any 10.1.0.0 0.0.255.255" in text
    assert "scada -> filling: proved open: tcp/502" in text
    status, text = _run(core, "-z", policy, "-f", "json")
    made = json.loads(text)
    assert status == 0
    assert made["otaudit_reach"] == 1
    control = next(pair for pair in made["pairs"] if (pair["from"], pair["to"]) == ("scada", "filling"))
    assert control["witness"]["hops"][0]["filter_in"]["line"] == 59
    assert control["witness"]["destination"].startswith("10.1.10.")
    assert "已证明关闭" in _run(core, "-z", policy, "--language", "zh")[1]


def test_a_change_is_told_by_what_it_opens_and_closes(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
        (folder / "core.cfg").write_bytes((_PLANT / "core.cfg").read_bytes())
    policy = str(_PLANT / "policy.yaml")
    given = ("-z", policy, "--before", str(before), "--after", str(after))
    assert _run(*given) == (0, "no flow between zones opens or closes\n")
    text = (after / "core.cfg").read_text(encoding="utf-8")
    (after / "core.cfg").write_text(text.replace("eq 443", "eq 444"), encoding="utf-8")
    status, told = _run(*given)
    assert status == 1
    assert told.splitlines() == [
        "+ office -> scada: opens: tcp/444",
        "- office -> scada: closes: tcp/443",
        "! only after: office -> scada: permitted, but in no conduit: tcp/444",
        "! only after: office -> scada: conduit reports is blocked for tcp/443",
    ]
    (after / "core.cfg").write_text(text.replace("OFFICE-IN in", "OFFCE-IN in"), encoding="utf-8")
    status, told = _run(*given)
    assert status == 1
    assert "?+ office -> filling: may open" not in told  # the cell has a list of its own
    assert "?+ office -> scada: may open" in told
    assert "a filter is named but not defined" in told
    status, told = _run(*given, "-f", "json")
    assert {row["turn"] for row in json.loads(told)["changes"]} == {"may-open", "may-close"}


def test_a_policy_is_needed_and_both_sides_of_a_change() -> None:
    assert _run(str(_PLANT / "core.cfg"))[0] == 2
    assert _run("--before", str(_PLANT), "-z", str(_PLANT / "policy.yaml"))[0] == 2


def test_a_device_that_cannot_be_followed_may_join_what_is_closed(tmp_path: Path) -> None:
    shutil.copy(_PLANT / "core.cfg", tmp_path)
    (tmp_path / "other.cfg").write_text("version 15.2\nhostname OTHER\nend\n", encoding="utf-8")
    policy = str(_PLANT / "policy.yaml")
    assert "office -> filling: unknown" in _run(str(tmp_path), "-z", policy)[1]
    data = (_PLANT / "core.cfg").read_bytes()
    device = reader.read(data, "core.cfg", "cisco-ios").router
    assert device
    tables = {**parse_policy(Path(policy).read_text(encoding="utf-8"), "p", ()).tables(), "inventory": ()}
    found = study([device], tables, HomePorts(), untold=["firewall.conf"])
    assert found.proofs["office", "filling"].state is ReachState.UNKNOWN
    assert found.proofs["scada", "filling"].state is ReachState.OPEN
    assert found.contradictions == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x8a\x00\xfe\x91" * 99,
        b": Saved\nNGFW Version 7.2.5\nhostname FW\ninterface Gi0/0\n nameif inside\n: end\n",
        b"node-name R1\nport p1 10.1.10.254/24\nport p2 10.1.30.254/24\nforward all\n",
        b"QmFja3VwIG9mIGEgZGV2aWNlIHRoYXQgbm9ib2R5IGNhbiByZWFkIGhlcmU+\n" * 20,
        (_PLANT / "core.cfg").read_bytes()[:300],  # cut off
    ],
)
def test_what_may_be_a_device_and_is_not_read_leaves_nothing_closed(content: bytes, tmp_path: Path) -> None:
    for name in ("core.cfg", "policy.yaml"):
        shutil.copy(_PLANT / name, tmp_path)
    (tmp_path / "other.cfg").write_bytes(content)
    status, told = _run(str(tmp_path))
    assert status == 3
    assert "proved closed" not in told
    assert "scada -> filling: proved open: tcp/502" in told
    (reason,) = (line for line in told.splitlines() if line.startswith("[1] not known"))
    assert "other.cfg" in reason


def test_what_is_certainly_no_configuration_leaves_closed_what_is(tmp_path: Path) -> None:
    for name in ("core.cfg", "policy.yaml", "expected.yaml"):
        shutil.copy(_PLANT / name, tmp_path)
    assert "office -> filling: proved closed" in _run(str(tmp_path))[1]


def test_without_a_configuration_that_forwards_nothing_is_proved() -> None:
    status, told = _run("-z", str(_PLANT / "policy.yaml"))
    assert status == 4
    assert "no configuration that forwards was given" in told
    assert "zone scada: no configured network has 10.1.20.0/24" in told


def test_what_many_pairs_lack_is_told_once_and_quiet_tells_contradictions_alone() -> None:
    told = _run("fixtures/plants/bottling")[1].splitlines()
    assert len([line for line in told if "whether the device routes cannot be told" in line]) == 1
    assert len(told) < 120
    assert _run("-q", "fixtures/plants/bottling") == (4, "")


def test_a_change_says_what_it_cannot_tell(tmp_path: Path) -> None:
    for side in ("before", "after"):
        (tmp_path / side).mkdir()
        shutil.copy(_PLANT / "core.cfg", tmp_path / side)
        (tmp_path / side / "other.cfg").write_bytes(b"")
    given = ("--before", str(tmp_path / "before"), "--after", str(tmp_path / "after"))
    status, told = _run("-z", str(_PLANT / "policy.yaml"), *given)
    assert status == 3
    assert "? office -> filling: unknown before and after" in told
    assert "no flow between zones" not in told
