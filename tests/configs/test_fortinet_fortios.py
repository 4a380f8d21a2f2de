"""How FortiOS closes blocks, quotes values of several lines, and carries out what scripts do to tables."""

from __future__ import annotations

import time

import pytest

from scanner.configs import reader
from scanner.configs.dialects.fortinet_fortios.blocks import MAX_VALUES, parse, words_of
from scanner.configs.dialects.fortinet_fortios.objects import MOST_MEMBERS
from scanner.configs.settings import Configuration
from tests.configs.dialect_cases import read

NAME = "fortinet-fortios"
HEADER = "#config-version=FGT60F-7.4.5-FW-build2702-240926:opmode=0:vdom=0:user=admin\n"
END = "config router multicast\nend\n"


def whole(text: str) -> Configuration:
    return read(NAME, f"{HEADER}{text}{END}".encode())


def value(configuration: Configuration, *key: str) -> str | None:
    rows = [r for r in configuration.rows if (r["category"], r["item"], r["setting"]) == key]
    assert len(rows) <= 1
    return str(rows[0]["value"]) if rows else None


def said(configuration: Configuration) -> list[str]:
    return [p.what for p in configuration.problems]


def test_words_lose_their_quotes() -> None:
    assert words_of('set a "b c" \'\' d "e \\"f\\" \\\\"') == ["set", "a", "b c", "", "d", 'e "f" \\']


def test_a_text_of_several_lines_is_no_command() -> None:
    text = 'config system replacemsg admin "pre"\n set buffer "say \\"no\\"\nend\nnext\nset x y"\nend\n'
    found = whole(text + "config system global\n set hostname a\nend\n")
    assert said(found) == []
    assert value(found, "system", "device", "hostname") == "a"


def test_a_private_key_of_several_lines_is_nowhere() -> None:
    key = "MIIEpQIBAAKCAQEAinventedinventedinvented"
    text = f'  set private-key "-----BEGIN-----\n{key}\n---"\n'
    found = whole(f'config vpn certificate local\n edit "a"\n{text} next\nend\n')
    assert key not in repr(found)
    assert said(found) == []


def test_a_text_without_an_end_is_told() -> None:
    found = whole('config system admin\n edit "a"\n  set comments "never closed\n next\nend\n')
    assert "opens a text or certificate that has no end" in said(found)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("config system global\n set hostname a\nend\n", "no final 'config router multicast'"),
        ("config system admin\n edit a\n  set accprofile b\n", "blocks are not closed"),
        ("config system global\nend\nend\n" + END, "blocks are not closed"),
        ("config vdom\nedit a\nconfig system settings\nend\nend\n", "no final 'config router multicast'"),
        ("#global_vdom=0:vd_name=root\nconfig system settings\nend\n" + END, "a backup of one virtual domain"),
    ],
)
def test_what_is_cut_off_is_told(text: str, told: str) -> None:
    found = read(NAME, (HEADER + text).encode())
    assert any(problem.startswith(told) for problem in said(found))
    assert value(found, "system", "device", "complete") == "no"


def test_every_virtual_domain_must_have_its_end() -> None:
    domains = "config vdom\nedit a\nnext\nedit b\nnext\nend\nconfig vdom\nedit a\nconfig router multicast\nend\nend\n"
    found = read(NAME, (HEADER + domains + "config vdom\nedit b\nconfig system settings\nend\nend\n").encode())
    assert value(found, "system", "device", "complete") == "no"
    found = read(NAME, (HEADER + domains + "config vdom\nedit b\nconfig router multicast\nend\nend\n").encode())
    assert said(found) == []


def test_policies_of_two_virtual_domains_are_two_lists() -> None:
    ends = 'set srcaddr "all"\nset dstaddr "all"\n'
    policy = f'config firewall policy\nedit 1\n{ends}set action accept\nset service "ALL"\nnext\nend\n'
    domain = "config vdom\nedit {}\n" + policy + END + "end\n"
    found = read(NAME, (HEADER + domain.format("a") + domain.format("b")).encode())
    assert value(found, "acl", "acl a policy entry 1", "permits_any") == "yes"
    assert value(found, "acl", "acl b policy entry 1", "permits_any") == "yes"
    assert len({(r["category"], r["item"], r["setting"]) for r in found.rows}) == len(found.rows)


def test_a_block_that_is_opened_again_goes_on() -> None:
    found = whole(
        'config system admin\nedit "a"\nset two-factor email\nnext\nend\n'
        'config system admin\nedit "a"\nset two-factor sms\nend\n'
        'config system admin\nrename "a" to "b"\nclone "b" to "c"\nend\n'
    )
    assert value(found, "account", "user a", "second_factor") is None
    assert value(found, "account", "user b", "second_factor") == "sms"
    assert value(found, "account", "user c", "second_factor") == "sms"


def test_what_is_purged_is_gone() -> None:
    entry = 'edit "{}"\nset accprofile x\nnext\n'
    found = whole("config system admin\n" + entry.format("a") + "purge\n" + entry.format("b") + "end\n")
    assert value(found, "account", "user a", "privilege") is None
    assert value(found, "account", "local accounts", "rights") == "single"


def test_a_second_configuration_is_told_and_not_read() -> None:
    text = "config system global\n set hostname {}\nend\n"
    found = read(NAME, (HEADER + text.format("a") + END + HEADER + text.format("b") + END).encode())
    assert "a second configuration begins here and was not read" in said(found)
    assert value(found, "system", "device", "hostname") == "a"


def test_a_key_that_nobody_knows_leaves_open_what_seems_absent() -> None:
    table = "config system global\n set hostname a\n{}end\n"
    assert value(whole(table.format("")), "line", "administrators", "idle_timeout") == "300"
    unsure = whole(table.format(" set wizard-timeout 0\n"))
    assert value(unsure, "line", "administrators", "idle_timeout") == "unknown-default"
    assert "not understood" in dict(unsure.notes)
    assert value(whole("config system wizard\n set syslog-host 1\nend\n"), "logging", "device", "remote_hosts") == (
        "unknown-default"
    )


def test_a_comment_accepts_a_finding() -> None:
    remark = "# otaudit: ignore telnet-enabled the panel is replaced until 2030-01-01\n"
    found = whole(f"{remark}config system global\nend\n")
    assert [w["rule"] for w in found.waivers] == ["telnet-enabled"]


@pytest.mark.parametrize("system", ["FMG-VM64", "FAZ-VM64", "S248EP", "FV-1KD", "FPX-VM64"])
def test_other_systems_of_the_vendor_are_not_claimed(system: str) -> None:
    text = f"#config-version={system}-7.4.3-FW-build2487-240326\nconfig system global\n set hostname a\nend\n"
    assert not reader.recognises(text.encode())


def test_a_page_that_shows_commands_is_no_configuration() -> None:
    page = "# How to\n```\nconfig system global\n    set hostname a\nend\nconfig firewall policy\n    edit 1\n```\n"
    assert not reader.recognises(page.encode())


def test_a_large_group_stays_a_group() -> None:
    names = [f"h{i}" for i in range(MOST_MEMBERS + 50)]
    entry = 'edit "{}"\nset subnet 10.{}.{}.1 255.255.255.255\nnext\n'
    addresses = "".join(entry.format(n, i // 100, i % 100) for i, n in enumerate(names))
    group = 'config firewall addrgrp\nedit "g"\nset member ' + " ".join(f'"{n}"' for n in names) + "\nnext\nend\n"
    ends = 'set srcaddr "g"\nset dstaddr "all"\n'
    policy = f'config firewall policy\nedit 1\n{ends}set action accept\nset service "SSH"\nnext\nend\n'
    found = whole(f"config firewall address\n{addresses}end\n{group}{policy}")
    assert value(found, "acl", "acl policy entry 1", "source") == "group g"


def test_the_rest_of_too_long_a_line_is_told() -> None:
    found = whole('config firewall addrgrp\nedit "g"\nset member ' + '"aaaa" ' * (MAX_VALUES // 6) + "\nnext\nend\n")
    assert any(problem.startswith("longer than") for problem in said(found))


@pytest.mark.parametrize(
    "text",
    [
        "config a\n" * 20_000,
        "config a\nedit b\n" * 20_000,
        "config a\n" + "edit b\n" * 40_000 + "end\n",
        "config a\n" + "".join(f"edit {i}\n" for i in range(20_000)) + "".join(f"delete {i}\n" for i in range(20_000)),
        "config a\n" + "".join(f"clone x to {i}\n" for i in range(20_000)),
        "config a\n" + "unset b\n" * 40_000,
        'config a\nset b "\n' * 20_000,
        "config a\n" + "end\n" * 40_000,
    ],
    ids=lambda text: text[:20],
)
def test_no_script_takes_long(text: str) -> None:
    began = time.monotonic()
    parse((HEADER + text).encode(), "x", lambda line, _: (line, ()))
    assert time.monotonic() - began < 10
