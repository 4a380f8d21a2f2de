"""RouterOS: lines that go on, menus on every line, and what strangers may put into a file."""

from __future__ import annotations

import time

import pytest

from scanner.configs import reader
from scanner.configs.dialects.mikrotik_routeros.lines import joined, read_line, tokens
from scanner.configs.settings import Configuration
from tests.configs.dialect_cases import FIXTURES, read

NAME = "mikrotik-routeros"
HEADER = "# 2025-02-17 21:53:52 by RouterOS 7.16.2\n"
END = "/system identity\nset name=rtr\n"


def whole(text: str) -> Configuration:
    return read(NAME, f"{HEADER}{text}{END}".encode(), "rtr.cfg")


def value(configuration: Configuration, *key: str) -> str | None:
    rows = [r for r in configuration.rows if (r["category"], r["item"], r["setting"]) == key]
    assert len(rows) <= 1
    return str(rows[0]["value"]) if rows else None


def test_lines_go_on_without_their_leading_spaces() -> None:
    lines = ["add a=\\", '    b c="d \\', '    e"', "# x \\", "add f=g\\"]
    assert list(joined(lines)) == [
        (1, 3, 'add a=b c="d e"', True),
        (4, 4, "# x \\", True),
        (5, 5, "add f=g", False),
    ]


def test_words_and_escapes() -> None:
    assert tokens('a=b c="d \\"e\\"" [ find f=g ] h') == [
        ("a", "b"),
        ("c", '"d \\"e\\""'),
        ("", "[ find f=g ]"),
        ("", "h"),
    ]
    line = read_line('set [ find default-name=ether1 ] name="a \\"b\\" \\E7" !comment disabled=')
    assert line.verb == "set"
    assert line.chooses == "[ find default-name=ether1 ]"
    assert line.properties == {"name": 'a "b" ç', "comment": "", "disabled": ""}


@pytest.mark.parametrize("name", ["good", "bad"])
def test_menus_on_every_line_say_the_same(name: str) -> None:
    text = (FIXTURES / "rb5009" / f"{name}.cfg").read_text(encoding="utf-8")
    menu, lines = "", []
    for line in text.splitlines():
        if line.startswith("/"):
            menu = line
        elif line.startswith(("add ", "set ")):
            lines.append(f"{menu} {line}")
        else:
            lines.append(line)
    one, other = read(NAME, text.encode()), read(NAME, ("\n".join(lines) + "\n").encode())
    told = [{(r["category"], r["item"], r["setting"]): r["value"] for r in found.rows} for found in (one, other)]
    assert told[0] == told[1]
    assert other.problems == ()


@pytest.mark.parametrize("share", range(1, 10))
def test_what_is_cut_off_leaves_open_what_seems_absent(share: int) -> None:
    text = (FIXTURES / "rb5009" / "good.cfg").read_text(encoding="utf-8")
    part = text[: text.index("/system clock")]
    found = read(NAME, part[: len(part) * share // 10].encode())
    assert found.problems
    assert value(found, "system", "device", "complete") == "no"
    assert value(found, "logging", "device", "remote_hosts") in ("unknown-default", "10.40.9.12")
    assert value(found, "line", "telnet", "telnet") != "yes"


def test_a_terminal_around_it_says_nothing() -> None:
    service = "/ip service\nset telnet disabled=yes\n"
    text = f"[admin@rtr] > /export show-sensitive\n{HEADER}{service}{END}[admin@rtr] > \n"
    found = read(NAME, text.encode())
    assert found.problems == ()
    assert value(found, "line", "telnet", "telnet") == "no"


@pytest.mark.parametrize(
    "line", ["set 0 disabled=yes", "set *5 disabled=yes", "set [ find disabled=no ] action=drop", "move 0 1"]
)
def test_entries_that_nobody_can_tell_leave_the_firewall_open(line: str) -> None:
    found = whole(
        f"/ip firewall filter\nadd chain=forward protocol=tcp dst-port=502\nadd chain=forward action=drop\n{line}\n"
    )
    assert "acl" in dict(found.notes)["leaves open"]
    assert value(found, "acl", "acl filter/forward entry 0", "entry").startswith("unknown")


def test_entries_are_chosen_by_what_they_say() -> None:
    rules = "/ip firewall filter\nadd chain=forward comment=a\nadd chain=forward action=drop\n"
    found = whole(f"{rules}set [ find comment=a ] disabled=yes\n")
    assert value(found, "acl", "acl filter/forward entry 1", "entry") == "deny ip any any"
    found = whole(f"{rules}remove [ find comment=a ]\n")
    assert value(found, "acl", "acl filter/forward entry 1", "entry") == "deny ip any any"


def test_code_is_not_understood() -> None:
    found = whole(':local x "a"\n:foreach i in=[/ip address find] do={\n /ip address remove $i\n}\n')
    assert any(p.what.startswith("not understood") for p in found.problems)


def test_secrets_of_scripts_are_nowhere() -> None:
    found = whole(
        '/system script\nadd name=a source="/tool fetch user=x password=Zq12345xQ\\r\\\n    \\n:put Zq6789xQ"\n'
    )
    assert "Zq" not in repr(found)


def test_a_text_that_tells_of_a_secret_is_hidden() -> None:
    line = '/ip address add address=10.0.0.1/24 comment="password S3crets"'
    assert reader.masker(NAME).mask(line)[0] == "/ip address add address=10.0.0.1/24 comment=<masked>"


def test_a_second_configuration_is_told_and_not_read() -> None:
    found = whole(END.replace("rtr", "one") + HEADER)
    assert any(p.what.startswith("a second configuration begins here") for p in found.problems)
    assert value(found, "system", "device", "hostname") == "one"


def test_a_line_that_nobody_knows_leaves_open_what_its_menu_is_about() -> None:
    found = whole("/ip service\nset telnet disabled=yes wizardry=1\n")
    assert dict(found.notes)["leaves open"] == "line, management"
    found = whole("/wizardry\nset a=b\n")
    assert any(p.what.startswith("not understood") for p in found.problems)


def test_comments_accept_a_finding() -> None:
    remark = "# otaudit: ignore telnet-enabled the panel is replaced until 2030-01-01\n"
    assert [w["rule"] for w in whole(remark).waivers] == ["telnet-enabled"]


@pytest.mark.parametrize(
    "text",
    ["/ip link set eth0 up\n", "# RouterOS notes\n", "/interface GigabitEthernet0/1\n", "add address=10.0.0.1\n"],
)
def test_other_texts_are_not_claimed(text: str) -> None:
    choice = reader.resembling(text.encode())
    assert choice.best is None or choice.best.name != NAME


@pytest.mark.parametrize(
    "text",
    [
        "/ip firewall address-list\n"
        + "".join(f"add address=10.{i >> 8 & 255}.{i & 255}.1 list=a\n" for i in range(60_000)),
        "/ip firewall filter\n"
        + "".join(
            f"add chain=forward protocol=tcp dst-port={i % 60_000 + 1} src-address=10.0.{i % 250}.1\n"
            for i in range(3_000)
        ),
        "/ip firewall filter\n" + "".join(f"add chain=c{i} action=jump jump-target=c{i + 1}\n" for i in range(3_000)),
        "/interface ethernet\n" + "".join(f"set [ find default-name=e{i} ] name=n{i}\n" for i in range(8_000)),
        "/ip address\n" + "add address=\\\n" * 40_000,
        "/ip address\n" + 'add comment="\n' * 40_000,
        "/a/b/c/d\n" * 40_000,
    ],
    ids=["addresses", "rules", "jumps", "ports", "goes on", "quotes", "menus"],
)
def test_no_file_takes_long(text: str) -> None:
    began = time.monotonic()
    whole(text)
    assert time.monotonic() - began < 20
