"""Settings of single commands, in both dialects, and that no input makes a dialect fail."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.configs import cisco_ios, huawei_vrp
from scanner.configs.settings import MAX_VALUE, VOCABULARY, Configuration
from scanner.errors import InputError
from scanner.limits import Limits

Read = Callable[[bytes, str], Configuration]
CASES = yaml.safe_load((Path(__file__).parent / "settings.yaml").read_text(encoding="utf-8"))


def title(case: dict[str, object]) -> str:
    return f"{case['row'][2]}: {case['config']}".replace("\n", " / ")[:90]


def read_ios(text: str) -> Configuration:
    return cisco_ios.read(f"hostname a\n{text}\nend\n".encode(), "sw1.cfg")


def read_vrp(text: str) -> Configuration:
    return huawei_vrp.read(f"sysname a\n{text}\nreturn\n".encode(), "sw1.cfg")


def check(configuration: Configuration, expected: list[object]) -> None:
    rows = [[r[k] for k in ("category", "item", "setting", "value", "present")] for r in configuration.rows]
    assert [r for r in rows if r[:3] == expected[:3]] == [expected]


@pytest.mark.parametrize("case", CASES["cisco-ios"], ids=title)
def test_ios_settings(case: dict[str, object]) -> None:
    check(read_ios(case["config"]), case["row"])


@pytest.mark.parametrize("case", CASES["huawei-vrp"], ids=title)
def test_vrp_settings(case: dict[str, object]) -> None:
    check(read_vrp(case["config"]), case["row"])


def test_absence_points_at_the_block_or_the_name_of_the_device() -> None:
    rows = {(r["item"], r["setting"]): r for r in read_ios("line vty 0 4\n login").rows}
    assert (rows["vty 0 4", "access_acl"]["line_start"], rows["vty 0 4", "access_acl"]["text"]) == (2, "line vty 0 4")
    assert (rows["device", "sources"]["line_start"], rows["device", "sources"]["text"]) == (1, "hostname a")


def test_a_list_that_is_used_but_not_there_is_said() -> None:
    rows = read_ios("interface Vlan1\n ip access-group X in").rows
    assert [(r["value"], r["line_start"]) for r in rows if r["setting"] == "defined"] == [("no", 3)]
    selected = read_ios("route-map R permit 10\n match ip address X").rows
    assert not [r for r in selected if r["setting"] == "defined"]


def test_numbers_are_numbers() -> None:
    rows = {
        (r["item"], r["setting"]): r["number"] for r in read_ios("line con 0\n exec-timeout 0 0\nlogging 10.0.0.1").rows
    }
    assert rows["console 0", "idle_timeout"] == 0.0
    assert rows["device", "remote_hosts"] == 1.0
    assert rows["device", "sources"] == 0.0
    assert rows["device", "hostname"] is None


KEYWORDS = {
    "ios": (
        "no hostname line con vty aux 0 4 exec-timeout transport input access-class in login local interface Vlan1 Gi1"
        " ip address access-group 10 extended access-list permit deny any host eq range snmp-server community RO RW"
        " view group user v3 priv access username privilege secret password 0 7 enable aaa new-model authentication"
        " auth default logging buffered trap ntp server key vrf banner motd ^C switchport mode trunk allowed vlan add"
        " archive spanning-tree log config path template source route-map match nat list crypto pki certificate quit"
        " end ! 999999999999999999999 ² version ipv6"
    ),
    "vrp": (
        "undo sysname user-interface con vty 0 4 16 idle-timeout protocol inbound all acl 2001 number name rule permit"
        " deny source destination any 0.0.0.255 snmp-agent community read write cipher simple usm-user v3 group"
        " target-host params securityname aaa local-user password irreversible-cipher level privilege service-type"
        " authentication-scheme telnet server enable disable http info-center loghost size ntp-service unicast-server"
        " interface GE1 Vlanif1 ip address port link-type trunk allow-pass vlan to traffic-filter traffic classifier"
        " if-match header login return # ipv6 ² 99999999999"
    ),
}


@pytest.mark.parametrize(("kind", "read"), [("ios", cisco_ios.read), ("vrp", huawei_vrp.read)])
@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_no_text_makes_a_dialect_fail(kind: str, read: Read, data: st.DataObject) -> None:
    words = st.sampled_from(KEYWORDS[kind].split())
    line = st.builds(lambda indent, ws: " " * indent + " ".join(ws), st.integers(0, 2), st.lists(words, max_size=7))
    text = "\n".join(data.draw(st.lists(line, max_size=12)))
    try:
        configuration = read(text.encode(), "x")
    except InputError:
        return
    for row in configuration.rows:
        assert (row["category"], row["setting"]) in VOCABULARY
        assert 1 <= row["line_start"] <= row["line_end"]


@pytest.mark.parametrize("read", [cisco_ios.read, huawei_vrp.read])
@given(data=st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_a_dialect_fail(read: Read, data: bytes) -> None:
    with contextlib.suppress(InputError):
        read(data, "x")


def test_rows_values_and_places_are_bounded() -> None:
    many = read_ios("interface Gi1/1\n" * 10_000)
    assert len(many.rows) == Limits.configuration_settings
    assert ["settings: " in p.what for p in many.problems] == [True]
    trunk = " switchport trunk allowed vlan add 1,2,3\n" * 2_000
    long = read_ios(
        "interface Gi1\n switchport mode trunk\n" + trunk + "interface Vlan1\n" + " ip access-group 1 in\n" * 900
    )
    assert max(len(r["value"]) for r in long.rows) == MAX_VALUE
