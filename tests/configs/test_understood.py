"""Which lines of a configuration count as understood, and what the others make doubtful."""

from __future__ import annotations

import pytest

from scanner.configs import reader
from scanner.configs.settings import Configuration
from scanner.configs.understood import MAX_NAMED, percent

IOS = "hostname SW1\nversion 15.2\n{}line vty 0 4\n transport input ssh\nend\n"


def read(lines: str) -> Configuration:
    return reader.read(IOS.replace("{}", lines).encode(), "sw1.cfg", "cisco-ios")


def value(configuration: Configuration, category: str, setting: str, item: str = "") -> list[str]:
    return [
        r["value"]
        for r in configuration.rows
        if (r["category"], r["setting"]) == (category, setting) and item in r["item"]
    ]


def test_the_share_and_the_lines_that_are_not_understood_are_told() -> None:
    notes = dict(read("frobnicate the plant\ninterface Vlan1\n ip address 10.0.0.1 255.255.255.0\n wibble\n").notes)
    assert "75 % of 8 lines" in str(notes["understood"])
    assert str(notes["not understood"]) == "lines 3, 6"


def test_a_configuration_of_known_commands_is_understood_whole() -> None:
    notes = dict(read("").notes)
    assert str(notes["understood"]) == "100 % of 4 lines"
    assert "not understood" not in notes


def test_only_the_first_lines_are_named() -> None:
    notes = dict(read("frobnicate\n" * (MAX_NAMED + 5)).notes)
    assert str(notes["not understood"]).endswith(f"{MAX_NAMED + 2} and 5 more")


@pytest.mark.parametrize(
    ("line", "category", "setting", "item"),
    [
        ("ntp wizardry 10.0.0.1", "time", "sources", "device"),
        ("syslog-ng server 10.0.0.1", "logging", "remote_hosts", "device"),
        ("new-telnet finger on", "management", "enabled", "finger"),
    ],
)
def test_a_line_that_is_not_understood_leaves_open_what_it_may_set(
    line: str, category: str, setting: str, item: str
) -> None:
    assert value(read(""), category, setting, item) != ["unknown-default"]
    assert value(read(line + "\n"), category, setting, item) == ["unknown-default"]
    assert value(read(f"no {line}\n"), category, setting, item) != ["unknown-default"]
    assert value(read(f"mystery block\n {line}\n"), category, setting, item) == ["unknown-default"]


@pytest.mark.parametrize("line", ["big log of the host", "zlog x log to server 10.0.0.1", "logging-of host h"])
def test_words_that_stand_apart_are_found_in_one_line(line: str) -> None:
    assert value(read(f"wizard {line}\n"), "logging", "remote_hosts") == ["unknown-default"]
    assert value(read("wizard log\nwizard server\nwizard blog hosting\n"), "logging", "remote_hosts") == ["absent"]


def test_a_block_is_doubted_by_its_own_lines_alone() -> None:
    port = "interface Gi1/0/{}\n switchport mode access\n switchport access vlan 20\n"
    found = read(port.format(1) + " wizard bpdu-shield\n" + port.format(2))
    assert value(found, "interface", "bpdu_guard", "Gi1/0/1") == ["unknown-default"]
    assert value(found, "interface", "bpdu_guard", "Gi1/0/2") == ["absent"]


def test_a_line_of_a_list_in_use_that_is_not_understood_may_permit_anything() -> None:
    used = "interface Vlan1\n ip address 10.0.0.1 255.255.255.0\n ip access-group A in\n"
    found = read("ip access-list extended A\n permit tcp any host 10.0.0.9 eq 502\n wizardry any any\n" + used)
    assert value(found, "acl", "permits_any", "acl A line") == ["unknown"]
    found = read("ip access-list extended A\n remark wizardry\n permit tcp any host 10.0.0.9 eq 502\n" + used)
    assert value(found, "acl", "permits_any", "acl A line") == []


def test_a_list_that_a_line_names_which_is_not_understood_may_be_in_use() -> None:
    everything = "ip access-list extended A\n permit ip any any\ninterface Vlan1\n ip address 10.0.0.1 255.255.255.0\n"
    for line, told in (
        (" wizard-guard A in\n", "unknown"),
        (" wizard-guard B in\n", "unbound"),
        (" no wizard-guard A in\n", "unbound"),
        (" description A\n", "unbound"),
        (" ip access-group A in\n", "yes"),
    ):
        assert value(read(everything + line), "acl", "permits_any", "acl A entry") == [told]


def test_a_share_is_whole_only_when_it_is() -> None:
    assert [percent(*case) for case in ((0, 9), (9, 9), (1, 1000), (999, 1000), (78, 100))] == [
        "0 %",
        "100 %",
        "1 %",
        "99 %",
        "78 %",
    ]
