"""Which lines are one entry, and which are left where they are."""

from __future__ import annotations

import pytest

from scanner.configs.entry_lines import extent
from scanner.configs.reader import DIALECTS

FINDERS = {name: found for name, dialect in DIALECTS.all().items() if (found := dialect.entry_lines) is not None}

_POLICY = "set security policies from-zone a to-zone b policy"
_RULE = "set rulebase security rules"
_ALONE = """\
security {
    policies {
        from-zone a to-zone b {
            policy p {
                then {
                    permit;
                }
            }
        }
    }
}
"""


@pytest.mark.parametrize(
    ("dialect", "text", "line", "name", "lines"),
    [
        ("linux-nftables", "chain a {\n  tcp dport { 22, 80 } accept # drop; }\n}\n", 2, "1", (2, 2)),
        ("linux-nftables", "add rule inet f a tcp dport 22 \\\n  accept;\n", 1, "1", (1, 2)),
        ("linux-nftables", "chain a {\n  tcp dport 22 accept; tcp dport 80 accept\n}\n", 2, "2", None),
        ("linux-nftables", "chain a { tcp dport 22 accept\n}\n", 1, "1", None),
        ("linux-nftables", "chain a {\n  tcp dport 22 accept }\n", 2, "1", None),
        ("linux-nftables", "chain a {\n  tcp dport \\\n 22 accept\n}\n", 3, "1", None),
        ("juniper-junos", _ALONE, 4, "a/b/p", (3, 9)),
        ("juniper-junos", _ALONE.replace("permit;\n", "permit; }\n").replace("}\n", "", 1), 4, "a/b/p", (3, 8)),
        (
            "juniper-junos",
            f"{_POLICY} p match x\n{_POLICY} p then y\n{_POLICY} pq then y\n",
            1,
            "a/b/p",
            (1, 2),
        ),
        ("juniper-junos", f"{_POLICY} p match x\n{_POLICY} q then permit\n{_POLICY} p then permit\n", 1, "a/b/p", None),
        ("juniper-junos", f"{_POLICY} p match x\ninsert {_POLICY[4:]} p before policy q\n", 1, "a/b/p", None),
        ("juniper-junos", f"set groups g {_POLICY[4:]} p then permit\n", 1, "a/b/p", None),
        ("juniper-junos", f"edit security\n{_POLICY} p then permit\n", 2, "a/b/p", None),
        ("paloalto-panos", f'{_RULE} "R" to a\n{_RULE} "R" from b\n', 1, "R", (1, 2)),
        ("paloalto-panos", '<rules>\n<entry name="R">\n<a/>\n</entry></rules>\n', 2, "R", None),
        ("paloalto-panos", '<rules>\n<entry name="R">\n<entry name="x"/>\n</entry>\n</rules>\n', 2, "R", (2, 4)),
        ("fortinet-fortios", " edit 1\n  config x\n   edit 2\n   next\n  end\n next\n edit 2\n next\n", 1, "1", (1, 6)),
        ("fortinet-fortios", " edit 1\n  set a b\nend\n", 1, "1", None),
        ("mikrotik-routeros", "/ip firewall filter\nset 0 action=drop\n", 2, "1", None),
        ("sonic", '{\n"A|R": {\n "x": "}"\n},\n"A|S": {\n "y": []\n}\n}\n', 2, "R", (2, 4)),
        ("sonic", '{\n"A|R": {\n "x": "}"\n},\n"A|S": {\n "y": []\n}\n}\n', 5, "S", (4, 7)),
        ("sonic", '{\n"A|S": {\n "y": [{\n}]\n}\n}\n', 2, "S", (2, 5)),
        ("sonic", '{\n"A|S": {\n}, "A|R": {\n}\n}\n', 2, "S", None),
        ("sonic", '{"A|S": {\n}\n}\n', 1, "S", None),
        ("sonic", '{\n"A|S": {"y": "1"}\n}\n', 2, "S", None),
        ("sonic", '{\n"A|R": 1, "B": 2\n,\n"A|S": {\n}\n}\n', 4, "S", (3, 5)),
        ("sonic", '{\n"A|R": {\n', 2, "R", None),
        ("sonic", '{\n"A|R": {\n},\n', 2, "S", None),
        ("cisco-ios", " permit ip any any\n", 1, "1", (1, 1)),
        ("cisco-ios", " permit ip any any\n", 7, "1", None),
    ],
)
def test_extent(dialect: str, text: str, line: int, name: str, lines: tuple[int, int] | None) -> None:
    for form in (text, text.replace("\n", "\r\n")):
        found = extent(FINDERS[dialect], form, line, line, name)
        assert ((found.first, found.last) if found.why is None else None) == lines


@pytest.mark.parametrize("dialect", sorted(FINDERS))
@pytest.mark.parametrize("text", ["", "edit 1", "{", '"', "set policy", "<entry", "<rule>", "}", "edit 1\n" * 50])
def test_no_text_makes_it_fail(dialect: str, text: str) -> None:
    for line in (1, 2, 50):
        extent(FINDERS[dialect], text, line, line, "1")
