"""What Junos alone asks for: two forms that say the same, what is cut off, and lines that nobody knows."""

from __future__ import annotations

import pytest

from scanner.configs import reader
from scanner.configs.settings import LEAVES_OPEN, Configuration
from tests.configs.dialect_cases import FIXTURES, read

NAME = "juniper-junos"
STORIES = ("ex4300", "srx345")
WHOLE = "set version 21.4R3\nset system host-name a\nset interfaces ge-0/0/9 disable\n"


def said(configuration: Configuration) -> set[tuple[str, str, str, str, bool]]:
    """The settings without their places, and without the comment that only one form has."""
    return {
        (r["category"], r["item"], r["setting"], r["value"], r["present"])
        for r in configuration.rows
        if r["setting"] != "changed"
    }


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("name", ["good", "bad"])
def test_both_forms_say_the_same(story: str, name: str) -> None:
    blocks = (FIXTURES / story / f"{name}.cfg").read_bytes()
    commands = (FIXTURES / story / f"{name}.set").read_bytes()
    for data in (blocks, commands):
        assert reader.resembling(data[: reader.HEAD]).best is reader.DIALECTS.all()[NAME]
    one, other = read(NAME, blocks), read(NAME, commands)
    assert said(one) == said(other)
    assert one.problems == other.problems == ()
    assert dict(one.notes)["understood"].startswith("100 %")
    assert dict(other.notes)["understood"].startswith("100 %")


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("name", ["good.cfg", "good.set"])
def test_windows_line_ends_pagers_and_prompts_change_nothing(story: str, name: str) -> None:
    text = (FIXTURES / story / name).read_text("utf-8")
    plain = said(read(NAME, text.encode()))
    assert said(read(NAME, text.replace("\n", "\r\n").encode())) == plain
    lines = text.splitlines()
    paged = [
        ("---(more 12%)---\r                  \r" + line) if i % 20 == 19 else line for i, line in enumerate(lines)
    ]
    logged = ["carla@fw> show configuration | no-more", *paged, "", "{master:0}", "carla@fw> "]
    configuration = read(NAME, "\n".join(logged).encode())
    assert configuration.problems == ()
    assert said(configuration) == plain


@pytest.mark.parametrize("story", STORIES)
def test_commands_in_another_order_say_the_same_but_for_terms(story: str) -> None:
    lines = (FIXTURES / story / "good.set").read_text("utf-8").splitlines()
    matters = ("-order ", " term ", " policy ", "-list ", "deactivate")
    ordered = [line for line in lines if any(word in line for word in matters)]
    others = [line for line in lines if line not in ordered]
    moved = [*others[::-1], *ordered]
    several = ("remote_hosts", "sources", "ciphers", "macs", "key_exchange", "login_methods", "address")
    kept = lambda rows: {r for r in rows if r[2] not in several and r[0] != "acl" and r[2] != "acl_in"}  # noqa: E731
    assert kept(said(read(NAME, "\n".join(moved).encode() + b"\n"))) == kept(
        said(read(NAME, "\n".join(lines).encode() + b"\n"))
    )


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_what_is_cut_off_is_no_whole_configuration(story: str, share: float) -> None:
    for name in ("good.cfg", "good.set"):
        data = (FIXTURES / story / name).read_bytes()
        cut = data[: int(len(data) * share)].rstrip(b"\n")
        assert read(NAME, cut).problems


def test_nothing_is_said_to_be_absent_where_a_part_is_missing() -> None:
    for lines in ("set interfaces ge-0/0/1 disable\n", "set system host-name a\nset system syslog file x any any\n"):
        assert {r["value"] for r in read(NAME, lines.encode()).rows if not r["present"]} == {"unknown-default"}


@pytest.mark.parametrize(
    "lines",
    [
        "set interfaces ge-0/0/1 unit 0 family inet address 10.0.0.1/24",  # no system
        "set system host-name a\nset system services ssh",  # no interfaces
        "set system host-name a\nset interfaces ge-0/0/1 disable\nset apply-groups nowhere",
        "set system host-name a\nset interfaces ge-0/0/1 disable\nset system wizardry 5",
        "set system host-name a\nset interfaces ge-0/0/1 disable\nset wizardry 5",
        "system {\n host-name a;\n}\ninterfaces {\n lo0;\n}\n}",
        'system {\n host-name a;\n login {\n message "endless;\n}\n}\ninterfaces {\n lo0;\n}',
        "version 12.1;\nsystem {\n host-name a;\n}\ninterfaces {\n lo0;\n}\nversion 12.1;\nsystem {\n host-name b;\n}",
    ],
)
def test_what_is_not_whole_or_not_known_counts_as_half_read(lines: str) -> None:
    assert read(NAME, (lines + "\n").encode()).problems


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ("set system services ssh root-loginn deny", "management"),
        ("set system services wizardry", "management"),
        ("set snmp wizardry", "snmp"),
        ("set system login wizardry 5", "account"),
        ("set system login retry-options wizardry 5", "password-policy"),
        ("set system syslog host 10.0.0.1 wizardry any", "logging"),
        ("set system ntp wizardry", "time"),
        ("set interfaces ge-0/0/1 unit 0 family ethernet-switching wizardry", "interface"),
        ("set protocols ospf area 0 interface ge-0/0/1.0 wizardry", "routing"),
        ("set firewall filter F term a from wizardry", "acl"),
        ("set security policies wizardry", "acl"),
        ("set routing-instances v protocols ospf wizardry", "routing"),
        ("set groups g snmp wizardry\nset apply-groups g", "snmp"),
        ("set groups g snmp apply-groups h\nset apply-groups g\nset groups h community x", "snmp"),
        ("set logical-systems l system services telnet", "management"),
    ],
)
def test_a_statement_that_nobody_knows_leaves_its_part_open(line: str, category: str) -> None:
    configuration = read(NAME, f"{WHOLE}{line}\n".encode())
    assert category in dict(configuration.notes).get(LEAVES_OPEN, "").split(", ")


@pytest.mark.parametrize(
    "line",
    [
        "set groups g snmp wizardry",  # applied nowhere
        "set snmp wizardry\ndeactivate snmp",
        "set snmp wizardry\ndelete snmp wizardry",
    ],
)
def test_what_does_not_count_leaves_nothing_open(line: str) -> None:
    configuration = read(NAME, f"{WHOLE}{line}\n".encode())
    assert LEAVES_OPEN not in dict(configuration.notes)
    assert configuration.problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "a {" * 5_000 + "}" * 5_000,
        "\n".join(f"x{i} {{" for i in range(500)),
        WHOLE + "set " + "x " * 20_000,
        WHOLE + "".join(f"set groups g{i} system services telnet\nset apply-groups g{i}\n" for i in range(1_100)),
        WHOLE + 'set system login message "' + "x\n" * 3_000,
        WHOLE + "/* " + "x\n" * 3_000,
    ],
    ids=["one line", "many lines", "many words", "many groups", "endless text", "endless comment"],
)
def test_what_is_too_much_is_half_read(text: str) -> None:
    assert read(NAME, text.encode()).problems


def test_inactive_blocks_hide_what_is_in_them() -> None:
    hidden = " inactive: services {\n  telnet;\n  ssh;\n }\n"
    text = f"version 1.1R1;\nsystem {{\n host-name a;\n{hidden}}}\ninterfaces {{\n lo0;\n}}\n"
    rows = said(read(NAME, text.encode()))
    assert ("line", "telnet", "telnet", "no", False) in rows
    assert ("management", "ssh", "enabled", "no", False) in rows


def test_a_comment_accepts_a_finding() -> None:
    for comment in (
        "# otaudit: ignore telnet-enabled old panel until 2026-12-31",
        "/* otaudit: ignore telnet-enabled old panel until 2026-12-31 */",
    ):
        configuration = read(NAME, f"{comment}\n{WHOLE}".encode())
        assert [w["rule"] for w in configuration.waivers] == ["telnet-enabled"]
