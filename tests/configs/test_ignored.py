"""Comments in a configuration that accept a finding: what they cover, and that they hide nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main
from tests.configs.dialect_cases import FIXTURES, read

UNTIL = "until 2099-01-01"
IOS = """\
version 15.2
hostname SW1
!
{top}
!
interface GigabitEthernet1/1
 ip access-group GONE in
!
{above}
interface GigabitEthernet1/2
 ip access-group ALSO in
!
line vty 0 4
 transport input telnet
end
"""
VRP = """\
!Software Version V200R011C10SPC600
#
sysname SW2
#
{top}
#
interface GigabitEthernet0/0/1
 traffic-filter inbound acl 3999
#
user-interface vty 0 4
 authentication-mode aaa
#
return
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def judged(folder: Path, text: str, name: str = "sw.cfg") -> tuple[int, dict[str, dict[str, list[str]]], list[str]]:
    """Exit status, rule -> what each status says of which item, and what could not be used."""
    (folder / name).write_text(text, encoding="utf-8")
    done = run("scan", folder, "-o", folder.parent / "r.json")
    document = json.loads((folder.parent / "r.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, list[str]]] = {}
    for rule in document["rules"]:
        for finding in rule["findings"]:
            of = found.setdefault(rule["rule"], {}).setdefault(finding["status"], [])
            of.append(finding["subject"].get("item", finding["subject"].get("device", "")))
    return done.exit_code, found, [row["what"]["en"] for row in document["problems"]]


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    (tmp_path / "configs").mkdir()
    return tmp_path / "configs"


def test_above_a_command_it_covers_that_command_alone(configs: Path) -> None:
    above = f"! otaudit: ignore acl-not-defined the list comes with the next release {UNTIL}"
    _, found, problems = judged(configs, IOS.format(top="!", above=above))
    assert found["acl-not-defined"] == {"fail": ["acl GONE"], "waived": ["acl ALSO"]}
    assert not problems


@pytest.mark.parametrize("text", [IOS, VRP], ids=["ios", "vrp"])
def test_elsewhere_it_covers_the_file(configs: Path, text: str) -> None:
    mark = text[text.index("\n{top}") - 1]
    top = f"{mark} OTAudit: ignore acl-not-defined  comes later  {UNTIL}"
    _, found, problems = judged(configs, text.format(top=top, above="!"))
    assert set(found["acl-not-defined"]) == {"waived"}
    assert not problems
    (configs / "other.cfg").write_text(text.format(top=mark, above=mark), encoding="utf-8")
    _, found, _ = judged(configs, text.format(top=top, above="!"))
    assert set(found["acl-not-defined"]) == {"waived", "fail"}, "a device of the same name in another file"


REFUSED = {
    f"ignore acl-not-defined {UNTIL}": "'ignore acl-not-defined' has no reason, so it does not count",
    "ignore acl-not-defined comes later": "'ignore acl-not-defined' does not say until when, so it does not count",
    "ignore acl-not-defined comes later until 2099-02-30": "'2099-02-30' is not a date, so the comment does not count",
    f"ignore acl-not-definde comes later {UNTIL}": (
        "a comment ignores the unknown rule 'acl-not-definde', so it does not count"
    ),
    f"ignore telnet-in-use comes later {UNTIL}": (
        "rule 'telnet-in-use' is not about configurations, so the comment does not count"
    ),
    f"disable acl-not-defined comes later {UNTIL}": "a comment to otaudit that it does not understand",
    "": "a comment to otaudit that it does not understand",
}


@pytest.mark.parametrize("comment", REFUSED)
def test_what_is_refused_covers_nothing_and_is_told(configs: Path, comment: str) -> None:
    status, found, problems = judged(configs, IOS.format(top=f"! otaudit: {comment}", above="!"))
    assert status == 1
    assert set(found["acl-not-defined"]) == {"fail"}
    assert problems == [REFUSED[comment]]


def test_the_last_day_counts_and_the_next_does_not(configs: Path) -> None:
    top = "! otaudit: ignore acl-not-defined was to be replaced until 2020-01-31"
    _, found, problems = judged(configs, IOS.format(top=top, above="!"))
    assert set(found["acl-not-defined"]) == {"fail"}
    assert problems == ["waiver for rule 'acl-not-defined' expired on 2020-01-31"]


def test_it_is_shown_with_file_and_line(configs: Path) -> None:
    above = f"! otaudit: ignore acl-not-defined the list comes later {UNTIL}"
    (configs / "sw.cfg").write_text(IOS.format(top="!", above=above), encoding="utf-8")
    shown = " ".join(run("scan", configs).stdout.split())
    assert f"the list comes later (ignored in {configs}/sw.cfg, line 9, until 2099-01-01)" in shown
    chinese = "".join(run("scan", configs, "--language", "zh").stdout.split())
    assert "第9行忽略，至2099-01-01" in chinese


def test_a_refused_comment_leaves_the_file_read(configs: Path) -> None:
    status, found, _ = judged(configs, IOS.format(top="!", above="!"))
    whole = json.loads((configs.parent / "r.json").read_text(encoding="utf-8"))
    again, _, _ = judged(configs, IOS.format(top="! otaudit: x", above="!"))
    broken = json.loads((configs.parent / "r.json").read_text(encoding="utf-8"))
    assert [r["verdict"] for r in whole["rules"]] == [r["verdict"] for r in broken["rules"]]
    assert not broken["complete"]
    assert (status, again) == (1, 1)
    assert found


def test_no_comment_of_others_and_no_banner_accepts_anything() -> None:
    banner = f"banner motd ^\n! otaudit: ignore acl-not-defined x {UNTIL}\n^"
    text = IOS.format(
        top=f"! see otaudit: ignore acl-not-defined x {UNTIL}\n{banner}",
        above=f"! notaudit: ignore acl-not-defined x {UNTIL}",
    )
    found = read("cisco-ios", text.encode())
    assert found.waivers == ()
    assert found.refused == ()


TEXTS = {
    "cisco-ios": (
        "banner motd ^C{comment}^C",
        "banner lcd ^C\n{comment}^C",
        "banner motd ^Chello{comment}bye ^C",
        "parameter-map type webauth global\n banner text ^C{comment}^C",
        "ip admission auth-proxy-banner http ^C{comment}^C",
        "banner exec #{comment}#",
    ),
    "huawei-vrp": (
        'header shell information "{comment}"',
        'header incoming information "{comment}"',
        "header login %{comment}%",
    ),
}
ENDLESS = {
    "cisco-ios": ("banner motd ^C{comment}", "banner motd ^C\n" + "text\n" * 2_100 + "{comment}^C"),
    "huawei-vrp": ('header shell information "hello{comment}',),
}


@pytest.mark.parametrize(("dialect", "shown"), [(name, text) for name, texts in TEXTS.items() for text in texts])
def test_no_text_of_a_device_accepts_anything(dialect: str, shown: str) -> None:
    found = read(dialect, _with_text(dialect, shown))
    assert (found.waivers, found.refused) == ((), ())


@pytest.mark.parametrize(("dialect", "shown"), [(name, text) for name, texts in ENDLESS.items() for text in texts])
def test_behind_a_text_without_an_end_nothing_is_accepted(dialect: str, shown: str) -> None:
    found = read(dialect, _with_text(dialect, shown))
    assert found.waivers == ()
    assert ["a comment behind a text that has no end" in str(p.what) for p in found.refused] == [True]


def _with_text(dialect: str, shown: str) -> bytes:
    text, mark = (IOS, "!") if dialect == "cisco-ios" else (VRP, "#")
    comment = f"\n{mark} otaudit: ignore acl-not-defined x {UNTIL}\n"
    return text.format(top=shown.format(comment=comment), above=mark).encode()


def test_what_could_not_be_judged_is_not_hidden(configs: Path) -> None:
    text = IOS.replace("transport input telnet", "login\nline vty 5 15\n transport input telnet")
    top = f"! otaudit: ignore telnet-enabled replaced in June {UNTIL}"
    (configs / "sw.cfg").write_text(text.format(top=top, above="!"), encoding="utf-8")
    run("scan", configs, "-o", configs.parent / "r.json")
    document = json.loads((configs.parent / "r.json").read_text(encoding="utf-8"))
    (rule,) = (r for r in document["rules"] if r["rule"] == "telnet-enabled")
    assert rule["verdict"] == "waived"
    assert rule["coverage"]["unjudged"] > 0
    assert "could not be judged" in rule["reason"]["en"]
    assert [doubt["cause"] for doubt in rule["doubts"]] == ["unjudged"]


@pytest.mark.parametrize(
    ("story", "rule"),
    [
        ("pfs-line", "acl-denials-not-logged"),
        ("opn-cell", "acl-denials-not-logged"),
        ("brs50", "central-authentication-missing"),
    ],
)
def test_comments_of_xml_are_obeyed(tmp_path: Path, story: str, rule: str) -> None:
    text = (FIXTURES / story / "bad.cfg").read_text(encoding="utf-8")
    (tmp_path / "plant").mkdir()
    end = text.rindex("</")
    for comment, status in ((f"<!-- otaudit: ignore {rule} replaced {UNTIL} -->\n\n", "waived"), ("", "fail")):
        _, found, refused = judged(tmp_path / "plant", text[:end] + comment + text[end:], "a.xml")
        assert set(found[rule]) == {status}
    _, _, refused = judged(tmp_path / "plant", text[:end] + f"<!-- otaudit: ignore {rule} -->\n" + text[end:], "a.xml")
    assert any("does not say until when" in line for line in refused)
